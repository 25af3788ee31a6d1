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

extension Settlement_V1_Appeal {
  init(_ appeal: Appeal, _ receipt: Receipt, for audience: Audience) {
    self.init()
    id = appeal.id.description
    partner = appeal.partner.description
    agent = appeal.agent.description
    withdrawalID = appeal.withdrawal.description
    // The raw values are the same by contract; a test walks them all.
    kind = Settlement_V1_AppealKind(rawValue: Int(appeal.kind.rawValue)) ?? .unspecified
    state = Settlement_V1_AppealState(rawValue: Int(appeal.state.rawValue)) ?? .unspecified
    disputed = Settlement_V1_Money(appeal.disputed)
    if appeal.state == .upheld {
      awarded = Settlement_V1_Money(Money(minorUnits: appeal.awardedMinorUnits, currency: appeal.disputed.currency))
    }
    text = appeal.text.description
    evidence = appeal.evidence.map { Settlement_V1_Evidence($0, for: audience) }
    if audience == .staff { assignee = appeal.assignee.description }
    createTime = Google_Protobuf_Timestamp(appeal.createTime)
    firstAnswerDue = Google_Protobuf_Timestamp(appeal.firstAnswerDue)
    dueTime = Google_Protobuf_Timestamp(appeal.due)
    if appeal.firstAnswerTime.microseconds != 0 { firstAnswerTime = Google_Protobuf_Timestamp(appeal.firstAnswerTime) }
    if appeal.resolveTime.microseconds != 0 { resolveTime = Google_Protobuf_Timestamp(appeal.resolveTime) }
    escalated = appeal.isEscalated
    answer = appeal.answer.description
    self.receipt = Settlement_V1_Receipt(receipt)
  }
}

extension Settlement_V1_Evidence {
  fileprivate init(_ evidence: Appeal.Evidence, for audience: Audience) {
    self.init()
    // A partner sees that staff brought it, not who.
    if !evidence.person.isNone { person = audience == .staff ? evidence.person.description : "staff" }
    time = Google_Protobuf_Timestamp(evidence.time)
    note = evidence.note.description
    var bytes = Data(count: Digest256.byteCount)
    if bytes.withUnsafeMutableBytes({ Hexadecimal.decode(evidence.hash.description, into: $0) }) { sha256 = bytes }
  }
}
