import Digests
import LedgerCore
import Testing

@testable import struct LedgerCore.Balances

/// What is submitted in tests of payouts, minor units: the payee gets 970, the channel is expected to take 5.
let payoutAmount: Int64 = 1_000
let payoutFee: Int64 = 30
let payoutNet = payoutAmount - payoutFee
let channelFee: Int64 = 5

extension Ledger {
  /// Agents "a" and "b" of partner "p" with money, and channels "alpha" and "beta" with some of it.
  static func paying() throws -> Ledger {
    let ledger = Ledger()
    ledger.policy.fee = payoutFee
    for agent in ["a", "b"] {
      try ledger.createAgent(agent)
      try ledger.deposit(fen(1_000_000), to: agent, reference: "v-\(agent)")
    }
    for channel in ["alpha", "beta"] { try ledger.fund(channel, 500_000) }
    return ledger
  }

  /// A new withdrawal that waits to be sent.
  @discardableResult
  func submitPayout(
    _ amount: Int64 = payoutAmount, of agent: String = "a", payee: String = "payee", speed: Speed? = nil,
    acceleration: Acceleration = .fee
  ) throws -> WithdrawalID {
    let answer = try submit(
      fen(amount), of: agent, request: "w\(state.requestCount)", payee: payee, speed: speed,
      acceleration: acceleration)
    guard let withdrawal = answer.withdrawal, withdrawal.state == .approved else { throw Unexpected(answer) }
    return withdrawal.id
  }

  @discardableResult
  func fund(
    _ channel: String, _ amount: Int64, _ currency: Currency = .cny, by person: Person? = eve, request: String? = nil
  ) throws -> Answer {
    let key = staffKey(request ?? freshID, person, "fund \(channel) \(amount) \(currency)")
    return try perform(
      .fundChannel(
        FundChannel(key: key, channel: label(channel), amount: fen(amount, currency), reference: label("bank"))))
  }

  @discardableResult
  func set(_ channel: String, _ state: ChannelState, by person: Person? = eve, request: String? = nil) throws -> Answer
  {
    let key = staffKey(request ?? freshID, person, "set \(channel) \(state)")
    return try perform(
      .setChannelState(
        SetChannelState(key: key, channel: label(channel), state: state, reason: label("upkeep"))))
  }

  /// Of the newest attempt; of the one to come where there is none.
  func payoutKey(_ id: WithdrawalID, attempt: Int? = nil) -> PayoutKey {
    PayoutKey(id, attempt: UInt8(attempt ?? max(1, attempts(id).count)))
  }

  func attempts(_ id: WithdrawalID) -> [Attempt] { withdrawal(id)?.payout?.facts.attempts ?? [] }

  @discardableResult
  func begin(
    _ id: WithdrawalID, on channel: String = "alpha", fee: Int64 = channelFee, payee: String? = nil,
    attempt: Int? = nil
  ) throws -> Answer {
    guard let request = StoredRequest(Array("pay \(id)".utf8), isSealed: true) else { throw Unexpected(.done) }
    return try perform(
      .beginAttempt(
        BeginAttempt(
          payoutKey: PayoutKey(id, attempt: UInt8(attempt ?? attempts(id).count + 1)), channel: label(channel),
          payee: payee.map { label($0) } ?? withdrawal(id)?.payee ?? label("payee"), request: request,
          channelFeeMinorUnits: fee,
          candidates: [
            RouteCandidate(
              channel: label(channel), verdict: .chosen, feeMinorUnits: fee, arrivalP95Milliseconds: 900,
              successPermille: 998, score: 77)
          ])))
  }

  /// - Parameter paid: what left, where the state says that something did; else the net amount.
  @discardableResult
  func tell(
    _ id: WithdrawalID, _ state: AttemptState, attempt: Int? = nil, paid: Int64? = nil, fee: Int64 = channelFee,
    reason: PayoutReason = .none, source: ResultSource = .query, reference: String? = nil,
    confirmUntil: Timestamp = Timestamp(microseconds: 0)
  ) throws -> Answer {
    let isPaid = state == .paid || state == .mismatch
    let found = withdrawal(id)
    let net = found.map { $0.netMinorUnits } ?? payoutNet
    return try perform(
      .recordResult(
        RecordResult(
          payoutKey: payoutKey(id, attempt: attempt),
          result: AttemptResult(
            state, source: source, reason: reason, channelReference: reference.map { label($0) } ?? .none,
            code: label("CODE"), paidMinorUnits: isPaid ? paid ?? net : 0, channelFeeMinorUnits: isPaid ? fee : 0,
            confirmUntil: confirmUntil))))
  }

  @discardableResult
  func giveBack(_ id: WithdrawalID, _ minorUnits: Int64? = nil, attempt: Int? = nil) throws -> Answer {
    try perform(
      .recordReturn(
        RecordReturn(
          payoutKey: payoutKey(id, attempt: attempt),
          minorUnits: minorUnits ?? withdrawal(id)?.netMinorUnits ?? payoutNet, channelReference: label("back"),
          code: label("REFUND"), reason: .returnedByBank)))
  }

  @discardableResult
  func confirmArrival(_ id: WithdrawalID, _ minorUnits: Int64? = nil, attempt: Int? = nil) throws -> Answer {
    try perform(
      .confirmPayout(
        ConfirmPayout(
          payoutKey: payoutKey(id, attempt: attempt),
          minorUnits: minorUnits ?? withdrawal(id)?.netMinorUnits ?? payoutNet, channelReference: label("line"))))
  }

  @discardableResult
  func retry(
    _ id: WithdrawalID, partner: String = "p", request: String? = nil, expected: UInt64? = nil
  ) throws -> Answer {
    try perform(
      .retryWithdrawal(
        RetryWithdrawal(
          key: key(request ?? "retry-\(state.requestCount)", partner, "retry \(id)"), scope: .partner(label(partner)),
          id: id, expectedSequence: expected)))
  }

  /// Proposed by eve.
  @discardableResult
  func doubt(_ id: WithdrawalID, _ verdict: DoubtVerdict, paid: Int64 = 0, by person: Person? = eve) throws -> Answer {
    try propose(
      .resolveDoubt(
        DoubtResolution(id: id, verdict: verdict, paidMinorUnits: paid, evidence: label("\(digestOfEvidence)"))),
      by: person)
  }

  /// Proposed by eve, confirmed by cai.
  @discardableResult
  func resolve(_ id: WithdrawalID, _ verdict: DoubtVerdict, paid: Int64 = 0) throws -> Answer {
    let answer = try doubt(id, verdict, paid: paid)
    guard let proposal = answer.proposal else { return answer }
    return try confirm(proposal, by: cai)
  }

  /// Brings a new one there.
  @discardableResult
  func payout(in state: WithdrawalState) throws -> WithdrawalID {
    let id = try submitPayout()
    if state != .approved { try begin(id) }
    switch state {
    case .approved, .processing: break
    case .awaitingPayee: try tell(id, .awaitingPayee)
    case .inDoubt: try tell(id, .unknown)
    case .cancelling:
      try tell(id, .awaitingPayee)
      try cancel(id, request: "cancel-\(self.state.requestCount)")
    case .actionRequired: try tell(id, .payeeFailure, reason: .accountClosed)
    case .paid: try tell(id, .paid)
    case .confirmed:
      try tell(id, .paid)
      try confirmArrival(id)
    case .returned:
      try tell(id, .paid)
      try giveBack(id)
    case .failed: try tell(id, .refused)
    case .submitted, .pendingReview, .rejected, .expired, .cancelled:
      preconditionFailure("no payout brings a withdrawal there")
    }
    try #require(stateOf(id) == state)
    return id
  }

  func due(after: WithdrawalID? = nil, limit: Int = 1_000) -> [Payout] {
    guard case .payouts(let found) = ask(.duePayouts(after: after, limit: limit)).0 else { return [] }
    return found
  }

  func open(after: WithdrawalID? = nil, limit: Int = 1_000) -> [Payout] {
    guard case .payouts(let found) = ask(.openPayouts(after: after, limit: limit)).0 else { return [] }
    return found
  }

  func channel(_ name: String) -> ChannelStanding? {
    guard case .channels(let found) = ask(.channels).0 else { return nil }
    return found.first { $0.channel == label(name) }
  }

  var figures: PayoutFigures? {
    guard case .payoutFigures(let figures) = ask(.payoutFigures).0 else { return nil }
    return figures
  }
}

let digestOfEvidence = SHA256.hash(Array("a letter of the bank".utf8))

extension Answer {
  var isDone: Bool { if case .done = self { true } else { false } }
  var channels: [ChannelStanding]? { if case .channels(let value) = self { value } else { nil } }
  var channel: ChannelStanding? { if case .channel(let value) = self { value } else { nil } }
}
