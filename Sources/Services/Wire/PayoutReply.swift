internal import LedgerCore

/// Writes what paying adds to settlement.v1.Withdrawal: fields 24 to 29, whose tags take two bytes.
extension WireWriter {
  private static let timestampField = 2 + 1 + longestVarint + 1 + 5
  private static let moneyField = 2 + 5 + 1 + longestVarint
  private static let labelField = 2 + Label.maximumBytes
  private static let failure =
    2 + longestLength + (2 + PayoutFailureWords.isoMaximumBytes) + (2 + PayoutFailureWords.codeMaximumBytes)
    + labelField + (1 + longestLength + PayoutFailureWords.chineseMaximumBytes) + 2
  private static let attempt =
    2 + longestLength + 3 + (2 + PayoutKey.textBytes) + 2 * labelField + 2 + 2 * timestampField + moneyField + failure
    + 2

  /// Room to grant for the fields of a withdrawal; none where no payout was ever tried.
  static func payoutBound(_ withdrawal: borrowing Withdrawal) -> Int {
    guard let payout = withdrawal.payout else { return 0 }
    // Few have one: room for it is granted where it is.
    let confirmations = payout.facts.attempts.reduce(0) {
      $0 + ($1.payeeConfirmation.map { 1 + longestLength + $0.bytes.count } ?? 0)
    }
    return payout.facts.attempts.count * attempt + confirmations + (1 + failure) + (1 + moneyField)
      + (1 + timestampField) + 2 * 3
  }

  /// Nothing is written where no payout was ever tried.
  @inline(__always)
  mutating func payout(_ value: borrowing Withdrawal, for audience: Audience) {
    if let payout = value.payout { self.payout(payout.facts, of: value, for: audience) }
  }

  private mutating func payout(
    _ facts: PayoutStanding.Facts, of value: borrowing Withdrawal, for audience: Audience
  ) {
    // Field numbers 24 to 29: number << 3 | type, low seven bits first.
    let currency = value.amount.currency
    for index in facts.attempts.indices {
      let failure = value.failure(ofAttempt: index)
      byte(0xC2)
      attempt(facts.attempts[index], failure, of: value.id, currency, for: audience)
    }
    if let last = facts.attempts.last, let failure = value.payoutFailure {
      byte(0xCA)
      self.failure(0x01, failure, channelCode: last.code)
    }
    if facts.feeRefundedMinorUnits != 0 {
      byte(0xD2)
      money(0x01, minorUnits: facts.feeRefundedMinorUnits, currency)
    }
    if facts.deadline.microseconds != 0 {
      byte(0xDA)
      timestamp(0x01, facts.deadline)
    }
    if value.isRetryable {
      byte(0xE0)
      byte(0x01)
      byte(1)
    }
    if facts.isBlocked {
      byte(0xE8)
      byte(0x01)
      byte(1)
    }
  }

  private mutating func attempt(
    _ attempt: Attempt, _ failure: PayoutFailureWords?, of id: WithdrawalID, _ currency: Currency,
    for audience: Audience
  ) {
    message(0x01) { inner in
      inner.field(1 << 3, varint: UInt64(attempt.number))
      inner.text(2 << 3 | 2, PayoutKey(id, attempt: attempt.number).text)
      inner.label(3 << 3 | 2, attempt.channel)
      inner.field(4 << 3, varint: UInt64(attempt.state.rawValue))
      inner.label(5 << 3 | 2, attempt.channelReference)
      inner.timestamp(6 << 3 | 2, attempt.beginTime)
      inner.timestamp(7 << 3 | 2, attempt.updateTime)
      // What it costs us is not for the platforms.
      if audience == .staff, attempt.state == .paid {
        inner.money(8 << 3 | 2, minorUnits: attempt.channelFeeMinorUnits, currency)
      }
      if let failure { inner.failure(9 << 3 | 2, failure, channelCode: attempt.code) }
      inner.field(10 << 3, varint: attempt.isStray ? 1 : 0)
      attempt.payeeConfirmation?.bytes.withUnsafeBytes { inner.field(11 << 3 | 2, bytes: $0) }
    }
  }

  private mutating func failure(_ tag: UInt8, _ words: PayoutFailureWords, channelCode: Label) {
    message(tag) { inner in
      inner.text(1 << 3 | 2, words.reason.isoCode)
      inner.text(2 << 3 | 2, words.reason.wireName)
      inner.label(3 << 3 | 2, channelCode)
      inner.byte(4 << 3 | 2)
      inner.varint(UInt64(words.cause.utf8.count + words.advice.utf8.count))
      inner.rawText(words.cause)
      inner.rawText(words.advice)
      inner.field(5 << 3, varint: UInt64(words.action.rawValue))
    }
  }

  private mutating func text(_ tag: UInt8, _ text: String) {
    var text = text
    text.withUTF8 { field(tag, bytes: UnsafeRawBufferPointer($0)) }
  }

  private mutating func rawText(_ text: String) {
    var text = text
    text.withUTF8 { raw(UnsafeRawBufferPointer($0)) }
  }
}

extension Withdrawal {
  /// A retry or an amendment would go on with it now.
  var isRetryable: Bool {
    guard state == .actionRequired, review?.facts.holdReason.isNone ?? true, let facts = payout?.facts else {
      return false
    }
    return !facts.isBlocked && facts.attempts.count < PayoutKey.attemptMaximum
  }

  /// Why the last attempt did not arrive; nil where it did, or may.
  var payoutFailure: PayoutFailureWords? {
    guard let attempts = payout?.facts.attempts else { return nil }
    return failure(ofAttempt: attempts.count - 1)
  }

  /// nil where it arrived, or may.
  func failure(ofAttempt index: Int) -> PayoutFailureWords? {
    guard let attempts = payout?.facts.attempts, attempts.indices.contains(index) else { return nil }
    let attempt = attempts[index]
    let isLast = index == attempts.count - 1
    guard attempt.state.isFailure || isLast && attempt.state == .paid && state == .returned else { return nil }
    return isLast ? PayoutFailureWords(last: attempt, of: self) : .superseded(attempt)
  }
}
