import LedgerCore

/// What a replayed state owes its clients and has at the channels, to be held against deposits, fundings and books.
struct PayoutBalances {
  /// Owed to agents, posted minor units.
  private var liabilities: [Currency: Int64] = [:]
  /// Held for withdrawals that are not at rest.
  private var held: [Currency: Int64] = [:]
  /// At the channels, posted minor units.
  private var floats: [PayoutEvidence.FloatName: Int64] = [:]

  init(of state: borrowing LedgerState, _ evidence: PayoutEvidence) {
    for agent in evidence.agents {
      for currency in evidence.sums.keys {
        let query = Query.balance(partner: agent.partner, agent: agent.agent, currency)
        guard case (.balance(let balance), _) = state.answer(query, policy: OpenPolicy(), now: state.lastTime) else {
          continue
        }
        liabilities[currency, default: 0] &+= balance.creditsPosted - balance.debitsPosted
        held[currency, default: 0] &+= balance.debitsPending
      }
    }
    guard case (.channels(let standings), _) = state.answer(.channels, policy: OpenPolicy(), now: state.lastTime) else {
      return
    }
    for standing in standings {
      for float in standing.floats {
        floats[PayoutEvidence.FloatName(channel: standing.channel, currency: float.currency)] =
          float.debitsPosted - float.creditsPosted
      }
    }
  }

  func violations(_ evidence: PayoutEvidence, _ books: PayoutBooks) -> [PayoutViolation] {
    var violations: [PayoutViolation] = []
    for currency in evidence.sums.keys.sorted() {
      let sums = evidence.sums[currency] ?? PayoutEvidence.Sums()
      let left = Self.sum(books.moved, in: currency) &- Self.sum(books.returned, in: currency)
      let expected = sums.deposits &- left &- sums.fees
      let found = liabilities[currency] ?? 0
      if found != expected {
        violations.append(
          PayoutViolation(
            "agents are owed \(found) \(currency), but \(sums.deposits) were deposited, the books say that \(left) left, "
              + "and \(sums.fees) were fees: that makes \(expected)"))
      }
      let waiting = evidence.withdrawals.reduce(Int64(0)) {
        $1.isHeld && $1.amount.currency == currency ? $0 &+ $1.amount.minorUnits : $0
      }
      if held[currency] ?? 0 != waiting {
        violations.append(
          PayoutViolation("\(held[currency] ?? 0) \(currency) are held for withdrawals of \(waiting)"))
      }
    }
    for name in Set(floats.keys).union(evidence.fundings.keys).sorted(by: PayoutEvidence.FloatName.precedes) {
      let out = books.moved.filter { $0.channel == name.channel }
      let back = books.returned.filter { $0.channel == name.channel }
      let fees = out.filter { $0.amount.currency == name.currency }.reduce(Int64(0)) { $0 &+ $1.fee }
      let expected =
        (evidence.fundings[name] ?? 0) &- Self.sum(out, in: name.currency) &+ Self.sum(back, in: name.currency) &- fees
      let found = floats[name] ?? 0
      if found != expected {
        violations.append(
          PayoutViolation(
            "the ledger has \(found) \(name.currency) at channel \(name.channel), its book says \(expected)"))
      }
    }
    return violations
  }

  /// Modulo 2^64, where equal sums stay equal: a book may say anything.
  private static func sum(_ movements: [PayoutBooks.Movement], in currency: Currency) -> Int64 {
    movements.reduce(0) { $1.amount.currency == currency ? $0 &+ $1.amount.minorUnits : $0 }
  }
}

extension PayoutEvidence.FloatName {
  static func precedes(_ a: Self, _ b: Self) -> Bool {
    (a.channel.description, a.currency) < (b.channel.description, b.currency)
  }
}
