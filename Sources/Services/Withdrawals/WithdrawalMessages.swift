internal import Digests
internal import Ledger
internal import LedgerCore
internal import SettlementProto
internal import SwiftProtobuf

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Values as generated messages, for the methods that are not hot. `WireWriter.withdrawal` writes the same without them,
/// and the tests hold the two equal.

extension Settlement_V1_Withdrawal {
  init(_ value: Withdrawal, _ receipt: Receipt, for audience: Audience) {
    self.init()
    id = value.id.description
    partner = value.partner.description
    agent = value.agent.description
    state = Settlement_V1_WithdrawalState(value.state)
    final = value.state.isFinal
    cancelable = value.isCancelable
    amount = Settlement_V1_Money(value.amount)
    fee = Settlement_V1_Money(Money(minorUnits: value.feeMinorUnits, currency: value.amount.currency))
    net = Settlement_V1_Money(Money(minorUnits: value.netMinorUnits, currency: value.amount.currency))
    payee = value.payee.description
    requestID = value.requestID.description
    createTime = Google_Protobuf_Timestamp(value.createTime)
    updateTime = Google_Protobuf_Timestamp(value.updateTime)
    etag = ETag(sequence: value.lastSequence).string
    timeline = (0..<value.timeline.count).map { Settlement_V1_TimelineEntry(value.timeline[$0]) }
    self.receipt = Settlement_V1_Receipt(receipt)
    let terms = value.screening.terms
    speed = Settlement_V1_Speed(terms.speed)
    points = terms.points
    settlementDate = SettlementDate(daysSince1970: terms.settlementDay)?.string ?? ""
    if terms.expectedArrival.microseconds != 0 { expectedArrival = Google_Protobuf_Timestamp(terms.expectedArrival) }
    rulesVersion = value.screening.rulesVersion
    if !value.screening.risk.isSilent { risk = Settlement_V1_RiskDecision(value.screening.risk) }
    if let standing = value.review { review = Settlement_V1_ReviewStanding(standing.facts, for: audience) }
    if let standing = value.payout { tell(standing.facts, of: value, for: audience) }
  }
}

extension Settlement_V1_Speed {
  /// The raw values are the same by contract; a test walks them all.
  init(_ speed: Speed) {
    self = Settlement_V1_Speed(rawValue: Int(speed.rawValue)) ?? .unspecified
  }
}

extension Settlement_V1_RiskDecision {
  init(_ risk: RiskResult) {
    self.init()
    verdict = Settlement_V1_RiskVerdict(rawValue: Int(risk.verdict.rawValue)) ?? .approve
    score = Int32(risk.score)
    reasons = risk.reasons.map { reason in
      var message = Settlement_V1_RiskReason()
      message.code = "\(reason.code.name)"
      message.points = Int32(reason.points)
      return message
    }
  }
}

extension Settlement_V1_ReviewStanding {
  init(_ facts: ReviewStanding.Facts, for audience: Audience) {
    self.init()
    approvalsRequired = UInt32(facts.required)
    approvals = facts.approvals.map { approval in
      var message = Settlement_V1_Approval()
      if audience == .staff { message.person = approval.person.description }
      message.role = approval.role.wireName
      message.time = Google_Protobuf_Timestamp(approval.time)
      return message
    }
    if facts.due.microseconds != 0 { dueTime = Google_Protobuf_Timestamp(facts.due) }
    if audience == .staff, let person = facts.claimedBy {
      claimedBy = person.description
      claimEndTime = Google_Protobuf_Timestamp(facts.claimedUntil)
    }
    escalated = facts.isEscalated
    informationNote = facts.informationNote.description
    onHold = !facts.holdReason.isNone
    // Why compliance looks, and what it found, is not for the one it looks at.
    if audience == .staff { holdReason = facts.holdReason.description }
    rejectionReason = facts.rejectionReason.description
    if audience == .staff, facts.digest != Digest256() { digest = facts.digest.withUnsafeBytes { Data($0) } }
    if audience == .staff, let found = facts.outcome {
      outcome = Settlement_V1_ReviewOutcome(rawValue: Int(found.rawValue)) ?? .unspecified
    }
  }
}

extension Settlement_V1_TimelineEntry {
  init(_ entry: TimelineEntry) {
    self.init()
    state = Settlement_V1_WithdrawalState(entry.state)
    time = Google_Protobuf_Timestamp(entry.time)
  }
}

extension Settlement_V1_WithdrawalState {
  /// The raw values are the same by contract; a test walks them all.
  init(_ state: WithdrawalState) {
    self = Settlement_V1_WithdrawalState(rawValue: Int(state.rawValue)) ?? .unspecified
  }
}

extension Settlement_V1_Money {
  init(_ money: Money) {
    self.init()
    currencyCode = money.currency.description
    minorUnits = money.minorUnits
  }
}

extension Settlement_V1_Receipt {
  init(_ receipt: Receipt) {
    self.init()
    // Of no record: an empty message, not a seal of zeros.
    guard receipt.sequence != 0 else { return }
    sequence = receipt.sequence
    seal = receipt.seal.withUnsafeBytes { Data($0) }
  }
}

extension Google_Protobuf_Timestamp {
  init(_ time: Timestamp) {
    let (seconds, nanos) = time.wireParts
    self.init(seconds: seconds, nanos: Int32(nanos))
  }
}
