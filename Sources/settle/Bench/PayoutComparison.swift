import LedgerCore

/// Withdrawal by withdrawal: what the ledger says was paid, and what the books say left.
struct PayoutComparison {
  private(set) var violations: [PayoutViolation] = []
  private let evidence: PayoutEvidence
  private var moved: [WithdrawalID: [PayoutBooks.Movement]] = [:]
  private var returned: [WithdrawalID: [PayoutBooks.Movement]] = [:]

  init(_ evidence: PayoutEvidence, _ books: PayoutBooks) {
    self.evidence = evidence
    for movement in books.moved { moved[movement.key.withdrawal, default: []].append(movement) }
    for movement in books.returned { returned[movement.key.withdrawal, default: []].append(movement) }
    for movement in books.moved + books.returned where evidence[movement.key.withdrawal] == nil {
      violate(
        movement.key.withdrawal,
        "channel \(movement.channel) moved \(movement.amount.minorUnits) for \(movement.key), which nobody submitted")
    }
    for withdrawal in evidence.withdrawals { compare(withdrawal) }
  }

  private mutating func violate(_ id: WithdrawalID, _ what: String) {
    violations.append(PayoutViolation(what, withdrawal: id))
  }

  private mutating func compare(_ withdrawal: PayoutEvidence.Withdrawal) {
    let out = moved[withdrawal.id] ?? []
    if out.count > 1 {
      violate(withdrawal.id, "its money left \(out.count) times: \(out.map { "\($0.key) over \($0.channel)" })")
    }
    for movement in out { compare(movement, of: withdrawal) }
    switch withdrawal.state {
    case .paid, .confirmed, .returned:
      if out.isEmpty { violate(withdrawal.id, "the ledger says \(withdrawal.state), but no book says that money left") }
    case .rejected, .expired, .cancelled, .failed, .actionRequired, .submitted, .pendingReview, .approved:
      if !out.isEmpty { violate(withdrawal.id, "money left, but the ledger says \(withdrawal.state)") }
    case .processing, .awaitingPayee, .inDoubt, .cancelling:
      violate(withdrawal.id, "it is still \(withdrawal.state), although its channel answers")
    }
    compareReturn(of: withdrawal)
  }

  private mutating func compare(_ movement: PayoutBooks.Movement, of withdrawal: PayoutEvidence.Withdrawal) {
    let number = Int(movement.key.attempt)
    guard number >= 1, number <= withdrawal.attempts.count else {
      return violate(withdrawal.id, "money left for \(movement.key), an attempt that the ledger never began")
    }
    let attempt = withdrawal.attempts[number - 1]
    if attempt.channel != movement.channel {
      violate(withdrawal.id, "\(movement.key) was begun over \(attempt.channel), and paid by \(movement.channel)")
    }
    if attempt.state != .paid {
      violate(withdrawal.id, "money left for \(movement.key), which the ledger says is \(attempt.state)")
    }
    if movement.amount != Money(minorUnits: withdrawal.net, currency: withdrawal.amount.currency) {
      violate(
        withdrawal.id,
        "\(movement.amount.minorUnits) \(movement.amount.currency) left, owed were \(withdrawal.net) "
          + "\(withdrawal.amount.currency)")
    }
    if attempt.state == .paid, attempt.paid != movement.amount.minorUnits {
      violate(
        withdrawal.id, "the ledger was told that \(attempt.paid) left, the book says \(movement.amount.minorUnits)")
    }
  }

  private mutating func compareReturn(of withdrawal: PayoutEvidence.Withdrawal) {
    let back = returned[withdrawal.id] ?? []
    if back.count > 1 { violate(withdrawal.id, "its money came back \(back.count) times") }
    let isReturned = withdrawal.state == .returned
    if isReturned, back.isEmpty {
      violate(withdrawal.id, "the ledger says returned, but no book says that it came back")
    }
    if !isReturned, !back.isEmpty {
      violate(withdrawal.id, "its money came back, but the ledger says \(withdrawal.state)")
    }
    for movement in back where movement.amount.minorUnits != withdrawal.net {
      violate(withdrawal.id, "\(movement.amount.minorUnits) came back of \(withdrawal.net)")
    }
  }
}
