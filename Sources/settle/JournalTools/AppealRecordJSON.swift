import LedgerCore
import SettlementProto

// Records about appeals.

extension AppealCreated {
  var members: [JSON.Member] {
    [
      JSON.Member("appeal", .text(id.description)), JSON.Member("withdrawal", withdrawal.json),
      JSON.Member(
        "appeal_kind", .text((Settlement_V1_AppealKind(rawValue: Int(kind.rawValue)) ?? .unspecified).shortName)),
      JSON.Member("disputed", .integer(disputedMinorUnits)), JSON.Member("text", text.json),
    ]
  }
}

extension AppealActed {
  var members: [JSON.Member] {
    let appeal = JSON.Member("appeal", .text(id.description))
    switch action {
    case .addEvidence(let note, let hash):
      return [
        appeal, JSON.Member("action", .text("ADD_EVIDENCE")), JSON.Member("note", note.json),
        JSON.Member("sha256", hash.json),
      ]
    case .assign(let assignee):
      return [appeal, JSON.Member("action", .text("ASSIGN")), JSON.Member("assignee", assignee.json)]
    case .resolve(let isUpheld, let awarded, let answer):
      return [
        appeal, JSON.Member("action", .text("RESOLVE")), JSON.Member("upheld", .bool(isUpheld)),
        JSON.Member("awarded", .integer(awarded)), JSON.Member("answer", answer.json),
      ]
    }
  }
}

extension AppealState {
  var shortName: String { (Settlement_V1_AppealState(rawValue: Int(rawValue)) ?? .unspecified).shortName }
}
