internal import Digests
internal import Ledger
internal import LedgerCore
internal import SettlementProto
internal import SwiftProtobuf

/// A record as auditors see it: who, when, from which certificate, about what. Sealed data and keyed hashes stay out.
extension Settlement_V1_AuditEvent {
  init(_ stored: StoredRecord) {
    self.init()
    let record = stored.record
    sequence = stored.sequence
    time = Google_Protobuf_Timestamp(stored.time)
    kind = record.auditKind
    actor = record.auditActor
    if let key = record.key {
      requestID = key.id.description
      if key.caller.certificate != 0 { certificate = Self.hexadecimal(key.caller.certificate) }
    }
    let subject = record.auditSubject
    partner = subject.partner.description
    agent = subject.agent.description
    withdrawalID = subject.withdrawal?.description ?? ""
    payeeID = subject.payee?.description ?? ""
    proposalID = subject.proposal?.description ?? ""
    details = record.auditDetails
    receipt = Settlement_V1_Receipt(Receipt(sequence: stored.sequence, seal: stored.seal))
  }

  private static func hexadecimal(_ value: UInt64) -> String {
    withUnsafeBytes(of: value.bigEndian) { Hexadecimal.encode($0) }
  }
}

/// What a record is about, as far as it says.
struct AuditSubject {
  var partner: Label
  var agent: Label = .none
  var withdrawal: WithdrawalID?
  var payee: PayeeID?
  var proposal: ProposalID?
}

extension Record {
  /// Every kind there is.
  static let auditKinds = [
    "AGENT_CREATED",
    "DEPOSITED",
    "WITHDRAWAL_SUBMITTED",
    "WITHDRAWAL_CANCELLED",
    "REQUEST_REFUSED",
    "AGENT_UPDATED",
    "AGENT_VERIFIED",
    "PAYEE_CREATED",
    "PAYEE_VERIFIED",
    "PAYEE_ERASED",
    "REVIEW_ACTED",
    "HOLD_CHANGED",
    "WITHDRAWAL_AMENDED",
    "REVIEW_EXPIRED",
    "OUTCOME_REPORTED",
    "PROPOSED",
    "PROPOSAL_CONFIRMED",
    "PAYEE_REVEALED",
    "LIST_CHANGED",
    "RULES_ACTIVATED",
    "CHANNEL_STATE_SET",
    "CHANNEL_FUNDED",
    "ATTEMPT_BEGUN",
    "ATTEMPT_UPDATED",
    "PAYOUT_HELD_BACK",
    "STRAY_PAID",
    "PAYOUT_RETURNED",
    "PAYOUT_CONFIRMED",
    "WITHDRAWAL_REWORKED",
    "ACTION_LAPSED",
    "CANCEL_BEGUN",
    "DOUBT_RESOLVED",
    "APPEAL_CREATED",
    "APPEAL_ACTED",
  ]

  /// For filters and programs; never renamed.
  var auditKind: String {
    switch self {
    case .agentCreated: "AGENT_CREATED"
    case .deposited: "DEPOSITED"
    case .withdrawalSubmitted: "WITHDRAWAL_SUBMITTED"
    case .withdrawalCancelled: "WITHDRAWAL_CANCELLED"
    case .requestRefused: "REQUEST_REFUSED"
    case .agentUpdated: "AGENT_UPDATED"
    case .agentVerified: "AGENT_VERIFIED"
    case .payeeCreated: "PAYEE_CREATED"
    case .payeeVerified: "PAYEE_VERIFIED"
    case .payeeErased: "PAYEE_ERASED"
    case .reviewActed: "REVIEW_ACTED"
    case .holdChanged: "HOLD_CHANGED"
    case .withdrawalAmended: "WITHDRAWAL_AMENDED"
    case .reviewExpired: "REVIEW_EXPIRED"
    case .outcomeReported: "OUTCOME_REPORTED"
    case .proposed: "PROPOSED"
    case .proposalConfirmed: "PROPOSAL_CONFIRMED"
    case .payeeRevealed: "PAYEE_REVEALED"
    case .listChanged: "LIST_CHANGED"
    case .rulesActivated: "RULES_ACTIVATED"
    case .channelStateSet: "CHANNEL_STATE_SET"
    case .channelFunded: "CHANNEL_FUNDED"
    case .attemptBegun: "ATTEMPT_BEGUN"
    case .attemptUpdated: "ATTEMPT_UPDATED"
    case .payoutHeldBack: "PAYOUT_HELD_BACK"
    case .strayPaid: "STRAY_PAID"
    case .payoutReturned: "PAYOUT_RETURNED"
    case .strayReturned: "STRAY_RETURNED"
    case .payoutConfirmed: "PAYOUT_CONFIRMED"
    case .withdrawalReworked: "WITHDRAWAL_REWORKED"
    case .actionLapsed: "ACTION_LAPSED"
    case .cancelBegun: "CANCEL_BEGUN"
    case .doubtResolved: "DOUBT_RESOLVED"
    case .appealCreated: "APPEAL_CREATED"
    case .appealActed: "APPEAL_ACTED"
    }
  }

  /// "partner/<id>", "staff/<role>/<name>", "staff" where the person was not recorded yet, or "house".
  var auditActor: String {
    guard let key else { return "house" }
    if let person = key.caller.person { return "staff/\(person.role.wireName)/\(person.name)" }
    switch key.namespace {
    case .partner(let id): return "partner/\(id)"
    case .staff: return "staff"
    }
  }

  var auditSubject: AuditSubject {
    switch self {
    case .agentCreated(let fact): AuditSubject(partner: fact.partner, agent: fact.agent)
    case .deposited(let fact): AuditSubject(partner: fact.partner, agent: fact.agent)
    case .withdrawalSubmitted(let fact):
      AuditSubject(
        partner: fact.partner, agent: fact.agent, withdrawal: fact.id, payee: PayeeID(fact.payee.description))
    case .withdrawalCancelled(let fact): AuditSubject(partner: fact.partner, withdrawal: fact.id)
    case .requestRefused(let fact): AuditSubject(partner: fact.partner, agent: fact.agent)
    case .agentUpdated(let fact): AuditSubject(partner: fact.partner, agent: fact.agent)
    case .agentVerified(let fact): AuditSubject(partner: fact.partner, agent: fact.agent)
    case .payeeCreated(let fact): AuditSubject(partner: fact.partner, agent: fact.agent, payee: fact.id)
    case .payeeVerified(let fact): AuditSubject(partner: fact.partner, payee: fact.id)
    case .payeeErased(let fact): AuditSubject(partner: fact.partner, payee: fact.id)
    case .reviewActed(let fact): AuditSubject(partner: fact.partner, withdrawal: fact.id)
    case .holdChanged(let fact): AuditSubject(partner: fact.partner, withdrawal: fact.id)
    case .withdrawalAmended(let fact):
      AuditSubject(partner: fact.partner, withdrawal: fact.id, payee: PayeeID(fact.payee.description))
    case .reviewExpired(let fact): AuditSubject(partner: fact.partner, withdrawal: fact.id)
    case .outcomeReported(let fact): AuditSubject(partner: fact.partner, withdrawal: fact.id)
    case .proposed(let fact): fact.auditSubject
    case .proposalConfirmed(let fact): AuditSubject(partner: fact.partner, proposal: fact.id)
    case .payeeRevealed(let fact): AuditSubject(partner: fact.partner, proposal: fact.id)
    case .listChanged(let fact):
      AuditSubject(partner: fact.partner, agent: fact.subject == .agent ? fact.name : .none)
    case .rulesActivated, .channelStateSet, .channelFunded: AuditSubject(partner: .none)
    case .attemptBegun(let fact): AuditSubject(partner: fact.partner, withdrawal: fact.payoutKey.withdrawal)
    case .attemptUpdated(let fact): AuditSubject(partner: fact.partner, withdrawal: fact.payoutKey.withdrawal)
    case .payoutHeldBack(let fact): AuditSubject(partner: fact.partner, withdrawal: fact.id)
    case .strayPaid(let fact): AuditSubject(partner: fact.partner, withdrawal: fact.payoutKey.withdrawal)
    case .payoutReturned(let fact): AuditSubject(partner: fact.partner, withdrawal: fact.payoutKey.withdrawal)
    case .strayReturned(let fact): AuditSubject(partner: fact.partner, withdrawal: fact.payoutKey.withdrawal)
    case .payoutConfirmed(let fact): AuditSubject(partner: fact.partner, withdrawal: fact.payoutKey.withdrawal)
    case .withdrawalReworked(let fact):
      AuditSubject(partner: fact.partner, withdrawal: fact.id, payee: PayeeID(fact.payee.description))
    case .actionLapsed(let fact): AuditSubject(partner: fact.partner, withdrawal: fact.id)
    case .cancelBegun(let fact): AuditSubject(partner: fact.partner, withdrawal: fact.id)
    case .appealCreated(let fact): AuditSubject(partner: fact.partner, withdrawal: fact.withdrawal)
    case .appealActed(let fact): AuditSubject(partner: fact.partner)
    case .doubtResolved(let fact):
      AuditSubject(partner: fact.partner, withdrawal: fact.withdrawal, proposal: fact.id)
    }
  }
}

extension Proposed {
  fileprivate var auditSubject: AuditSubject {
    switch subject {
    case .revealPayee(let payee): AuditSubject(partner: partner, payee: payee, proposal: id)
    case .adjustment(_, let agent, _, _): AuditSubject(partner: partner, agent: agent, proposal: id)
    case .resolveDoubt(let resolution): AuditSubject(partner: partner, withdrawal: resolution.id, proposal: id)
    }
  }
}
