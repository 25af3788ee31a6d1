import Journal
import LedgerCore

/// What a journal tells of payouts, added up record by record without the ledger's own bookkeeping.
struct PayoutEvidence {
  struct Attempt {
    let channel: Label
    var state: AttemptState
    /// Minor units that left for it, as the ledger was told: of `paid` and of strays.
    var paid: Int64 = 0
  }

  struct Withdrawal {
    let id: WithdrawalID
    let agent: Label
    let amount: Money
    let fee: Int64
    var state: WithdrawalState
    /// Of the attempt number 1, 2 and so on.
    var attempts: [Attempt] = []
    let submitTime: Timestamp
    var paidTime: Timestamp?

    /// Minor units that the payee gets.
    var net: Int64 { amount.minorUnits - fee }

    /// Its money is neither the agent's to use nor gone.
    var isHeld: Bool {
      switch state {
      case .submitted, .pendingReview, .approved, .processing, .awaitingPayee, .inDoubt, .actionRequired, .cancelling:
        true
      case .rejected, .expired, .cancelled, .paid, .confirmed, .returned, .failed: false
      }
    }
  }

  /// Minor units of one currency.
  struct Sums {
    var deposits: Int64 = 0
    /// Of the withdrawals whose money left, without what of them was given back.
    var fees: Int64 = 0
  }

  private(set) var withdrawals: [Withdrawal] = []
  private(set) var agents: Set<AgentName> = []
  private(set) var sums: [Currency: Sums] = [:]
  /// Minor units that were moved to a channel.
  private(set) var fundings: [FloatName: Int64] = [:]
  private(set) var violations: [PayoutViolation] = []
  private(set) var records = 0

  private var index: [WithdrawalID: Int] = [:]

  struct AgentName: Hashable {
    let partner: Label
    let agent: Label
  }

  struct FloatName: Hashable {
    let channel: Label
    let currency: Currency
  }

  subscript(_ id: WithdrawalID) -> Withdrawal? { index[id].map { withdrawals[$0] } }

  mutating func add(_ record: Record, sequence: UInt64, time: Timestamp) {
    records += 1
    switch record {
    case .agentCreated(let fact): agents.insert(AgentName(partner: fact.partner, agent: fact.agent))
    case .deposited(let fact): sums[fact.amount.currency, default: Sums()].deposits &+= fact.amount.minorUnits
    case .channelFunded(let fact):
      fundings[FloatName(channel: fact.channel, currency: fact.amount.currency), default: 0] &+= fact.amount.minorUnits
    case .withdrawalSubmitted(let fact):
      index[fact.id] = withdrawals.count
      withdrawals.append(
        Withdrawal(
          id: fact.id, agent: fact.agent, amount: fact.amount, fee: fact.feeMinorUnits, state: fact.state,
          submitTime: time))
    case .attemptBegun(let fact): begin(fact, sequence)
    case .attemptUpdated(let fact): update(fact, sequence, time)
    case .strayPaid(let fact):
      change(fact.payoutKey, sequence) { $0.paid = fact.result.paidMinorUnits }
      violate(fact.payoutKey.withdrawal, "money left for attempt \(fact.payoutKey) although it counts as failed")
    case .payoutReturned(let fact):
      guard let withdrawal = self[fact.payoutKey.withdrawal] else {
        return unknown(fact.payoutKey.withdrawal, sequence)
      }
      sums[withdrawal.amount.currency, default: Sums()].fees -= fact.feeRefundMinorUnits
    case .proposalConfirmed, .doubtResolved, .appealCreated, .appealActed:
      violations.append(
        PayoutViolation("record \(sequence) was decided by people: a proof by machine cannot tell what it moved"))
    case .withdrawalCancelled, .requestRefused, .agentUpdated, .agentVerified, .payeeCreated, .payeeVerified,
      .payeeErased, .reviewActed, .holdChanged, .withdrawalAmended, .reviewExpired, .outcomeReported, .proposed,
      .payeeRevealed, .listChanged, .rulesActivated, .channelStateSet, .payoutHeldBack, .strayReturned,
      .payoutConfirmed,
      .withdrawalReworked, .actionLapsed, .cancelBegun:
      break
    }
    if let change = record.withdrawalChange {
      guard let place = index[change.id] else { return unknown(change.id, sequence) }
      withdrawals[place].state = change.state
    }
  }

  private mutating func begin(_ fact: AttemptBegun, _ sequence: UInt64) {
    let id = fact.payoutKey.withdrawal
    guard let place = index[id] else { return unknown(id, sequence) }
    let attempts = withdrawals[place].attempts
    if attempts.contains(where: { !$0.state.isFailure }) {
      violate(id, "attempt \(fact.payoutKey) began before the one before it had failed for certain")
    }
    guard Int(fact.payoutKey.attempt) == attempts.count + 1 else {
      return violate(id, "attempt \(fact.payoutKey) is not the next one after \(attempts.count)")
    }
    withdrawals[place].attempts.append(Attempt(channel: fact.channel, state: .sent))
  }

  private mutating func update(_ fact: AttemptUpdated, _ sequence: UInt64, _ time: Timestamp) {
    let isPaid = fact.result.state == .paid
    change(fact.payoutKey, sequence) {
      $0.state = fact.result.state
      if isPaid { $0.paid = fact.result.paidMinorUnits }
    }
    guard isPaid, let place = index[fact.payoutKey.withdrawal] else { return }
    let withdrawal = withdrawals[place]
    if withdrawal.paidTime != nil { violate(withdrawal.id, "it was booked as paid twice") }
    withdrawals[place].paidTime = time
    sums[withdrawal.amount.currency, default: Sums()].fees += withdrawal.fee - fact.feeRefundMinorUnits
  }

  private mutating func change(_ key: PayoutKey, _ sequence: UInt64, _ body: (inout Attempt) -> Void) {
    guard let place = index[key.withdrawal] else { return unknown(key.withdrawal, sequence) }
    let number = Int(key.attempt)
    guard number >= 1, number <= withdrawals[place].attempts.count else {
      return violate(key.withdrawal, "record \(sequence) is about attempt \(key), which never began")
    }
    body(&withdrawals[place].attempts[number - 1])
  }

  private mutating func violate(_ id: WithdrawalID, _ what: String) {
    violations.append(PayoutViolation(what, withdrawal: id))
  }

  private mutating func unknown(_ id: WithdrawalID, _ sequence: UInt64) {
    violate(id, "record \(sequence) is about it, but it was never submitted")
  }
}

/// Something that must never happen.
struct PayoutViolation: Hashable, Sendable {
  let withdrawal: WithdrawalID?
  let what: String

  init(_ what: String, withdrawal: WithdrawalID? = nil) {
    self.withdrawal = withdrawal
    self.what = what
  }

  var text: String { withdrawal.map { "\($0): \(what)" } ?? what }
}
