internal import LedgerCore
internal import SettlementProto
internal import SwiftProtobuf

/// What paying adds to a withdrawal, as generated messages. `WireWriter.payout` writes the same.
extension Settlement_V1_Withdrawal {
  mutating func tell(_ facts: PayoutStanding.Facts, of value: Withdrawal, for audience: Audience) {
    attempts = facts.attempts.indices.map { Settlement_V1_PayoutAttempt(value, $0, facts.attempts[$0], for: audience) }
    if let last = facts.attempts.last, let words = value.payoutFailure {
      failure = Settlement_V1_PayoutFailure(words, channelCode: last.code)
    }
    if facts.feeRefundedMinorUnits != 0 {
      feeRefunded = Settlement_V1_Money(
        Money(minorUnits: facts.feeRefundedMinorUnits, currency: value.amount.currency))
    }
    if facts.deadline.microseconds != 0 { deadline = Google_Protobuf_Timestamp(facts.deadline) }
    retryable = value.isRetryable
    blocked = facts.isBlocked
  }
}

extension Settlement_V1_PayoutAttempt {
  init(_ value: Withdrawal, _ index: Int, _ attempt: Attempt, for audience: Audience) {
    self.init()
    number = UInt32(attempt.number)
    key = PayoutKey(value.id, attempt: attempt.number).text
    channel = attempt.channel.description
    state = Settlement_V1_AttemptState(attempt.state)
    channelReference = attempt.channelReference.description
    beginTime = Google_Protobuf_Timestamp(attempt.beginTime)
    updateTime = Google_Protobuf_Timestamp(attempt.updateTime)
    if audience == .staff, attempt.state == .paid {
      channelFee = Settlement_V1_Money(
        Money(minorUnits: attempt.channelFeeMinorUnits, currency: value.amount.currency))
    }
    if let words = value.failure(ofAttempt: index) {
      failure = Settlement_V1_PayoutFailure(words, channelCode: attempt.code)
    }
    stray = attempt.isStray
    payeeConfirmation = attempt.payeeConfirmation?.text ?? ""
  }
}

extension Settlement_V1_AttemptState {
  /// The raw values are the same by contract; a test walks them all.
  init(_ state: AttemptState) { self = Settlement_V1_AttemptState(rawValue: Int(state.rawValue)) ?? .unspecified }
}

extension Settlement_V1_PayoutFailure {
  init(_ words: PayoutFailureWords, channelCode: Label) {
    self.init()
    isoReason = words.reason.isoCode
    code = words.reason.wireName
    self.channelCode = channelCode.description
    messageZh = words.cause + words.advice
    nextAction = Settlement_V1_NextAction(words.action)
  }
}

extension Settlement_V1_NextAction {
  /// The raw values are the same by contract; a test walks them all.
  init(_ action: NextAction) { self = Settlement_V1_NextAction(rawValue: Int(action.rawValue)) ?? .unspecified }
}
