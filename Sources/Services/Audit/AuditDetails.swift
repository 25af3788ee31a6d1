internal import Digests
internal import LedgerCore
internal import RPC

/// The figures and codes of a record, for people. Nothing private: no sealed data, no keyed hash as a whole, no reference
/// that a platform chose (it may be an account's number).
extension Record {
  var auditDetails: String {
    switch self {
    case .agentCreated(let fact): fact.parent.isNone ? "" : "parent \(fact.parent)"
    case .deposited(let fact): fact.amount.auditText
    case .withdrawalSubmitted(let fact):
      "\(fact.amount.auditText), \(fact.screening.auditText(fact.amount.currency)), \(fact.state.wireName)"
    case .withdrawalCancelled, .reviewExpired, .payeeRevealed: ""
    case .requestRefused(let fact): fact.auditText
    case .agentUpdated(let fact): fact.auditText
    case .agentVerified(let fact): "passed \(fact.elements.auditText)"
    case .payeeCreated(let fact):
      "\(fact.rail.auditText) \(fact.maskedNumber) \(fact.maskedName), \(fact.isVerified ? "verified" : "unverified")"
    case .payeeVerified(let fact): fact.isVerified ? "verified" : "unverified"
    case .payeeErased(let fact): "reason \(fact.reason)"
    case .reviewActed(let fact): fact.auditText
    case .holdChanged(let fact): "\(fact.isHeld ? "held" : "released"), reason \(fact.reason)"
    case .withdrawalAmended(let fact): "\(fact.screening.risk.auditText), \(fact.state.wireName)"
    case .outcomeReported(let fact): fact.auditText
    case .proposed(let fact): fact.subject.auditText
    case .proposalConfirmed(let fact): "digest \(fact.digest)"
    case .listChanged(let fact): fact.auditText
    case .rulesActivated(let fact): "version \(fact.version), digest \(fact.digest)"
    case .channelStateSet(let fact): "channel \(fact.channel) \(fact.state.wireName), reason \(fact.reason)"
    case .channelFunded(let fact): "channel \(fact.channel), \(fact.amount.auditText), reference \(fact.reference)"
    case .attemptBegun(let fact): "key \(fact.payoutKey), channel \(fact.channel)"
    case .attemptUpdated(let fact): "key \(fact.payoutKey), \(fact.result.auditText)"
    case .payoutHeldBack(let fact): "reason \(fact.reason)"
    case .strayPaid(let fact): "key \(fact.payoutKey), \(fact.result.auditText)"
    case .payoutReturned(let fact):
      "key \(fact.payoutKey), code \(fact.code), \(fact.reason.wireName)"
        + (fact.figures.map { ", \($0.toAgent) of \($0.cameBack) minor units to the agent" } ?? "")
    case .strayReturned(let fact):
      "key \(fact.payoutKey), code \(fact.code), \(fact.reason.wireName), \(fact.minorUnits) minor units"
    case .payoutConfirmed(let fact): "key \(fact.payoutKey)"
    case .withdrawalReworked(let fact): "\(fact.screening.risk.auditText), \(fact.state.wireName)"
    case .actionLapsed, .cancelBegun: ""
    case .appealCreated(let fact): "appeal \(fact.id), \(fact.kind), \(fact.disputedMinorUnits) minor units disputed"
    case .appealActed(let fact): "appeal \(fact.id), \(fact.action.auditText)"
    case .doubtResolved(let fact):
      "\(fact.state.wireName), digest \(fact.digest)"
        + (fact.channelFeeMinorUnits.map { ", channel's fee \($0) minor units" } ?? "")
    }
  }
}

extension Money {
  /// Minor units of CNY as people read them, those of other currencies as they are.
  fileprivate var auditText: String {
    currency == .cny ? "\(DecimalAmount.text(minorUnits)) CNY" : "\(minorUnits) \(currency)"
  }
}

extension Screening {
  fileprivate func auditText(_ currency: Currency) -> String {
    let fee = Money(minorUnits: terms.feeMinorUnits, currency: currency).auditText
    let points = terms.points == 0 ? "" : ", \(terms.points) points"
    let people = checkers == 0 ? "" : ", \(checkers) must approve"
    return "fee \(fee)\(points), \(terms.speed.wireName), rules \(rulesVersion), \(risk.auditText)\(people)"
  }
}

extension RiskResult {
  fileprivate var auditText: String {
    let list = reasons.map { "\($0.code.name) \($0.points)" }.joined(separator: ", ")
    return "risk \(score)\(list.isEmpty ? "" : " (\(list))")"
  }
}

extension Rail {
  fileprivate var auditText: String {
    switch self {
    case .bankCard: "BANK_CARD"
    case .alipay: "ALIPAY"
    case .weChat: "WECHAT"
    }
  }
}

extension VerifiedElements {
  fileprivate var auditText: String {
    let names: [(VerifiedElements, String)] = [(.name, "name"), (.idNumber, "id_number"), (.card, "card_number")]
    let passed = names.filter { contains($0.0) }.map(\.1)
    return passed.isEmpty ? "nothing" : passed.joined(separator: ", ")
  }
}

extension RequestRefused {
  fileprivate var auditText: String {
    let status = RPCStatus(refusal)
    return "\(method.auditText): \(status.reason ?? ""): \(status.message)"
  }
}

extension RequestRefused.Method {
  fileprivate var auditText: String {
    switch self {
    case .deposit: "DEPOSIT"
    case .submitWithdrawal: "SUBMIT_WITHDRAWAL"
    case .cancelWithdrawal: "CANCEL_WITHDRAWAL"
    case .amendWithdrawal: "AMEND_WITHDRAWAL"
    case .reviewWithdrawal: "REVIEW_WITHDRAWAL"
    case .holdWithdrawal: "HOLD_WITHDRAWAL"
    case .createPayee: "CREATE_PAYEE"
    case .verifyPayee: "VERIFY_PAYEE"
    case .erasePayee: "ERASE_PAYEE"
    case .propose: "PROPOSE"
    case .confirmProposal: "CONFIRM_PROPOSAL"
    case .revealPayee: "REVEAL_PAYEE"
    case .reportOutcome: "REPORT_OUTCOME"
    case .setChannelState: "SET_CHANNEL_STATE"
    case .fundChannel: "FUND_CHANNEL"
    case .retryWithdrawal: "RETRY_WITHDRAWAL"
    case .createAppeal: "CREATE_APPEAL"
    case .actOnAppeal: "ACT_ON_APPEAL"
    }
  }
}

extension AgentUpdated {
  fileprivate var auditText: String {
    var parts = ["tier \(tier.isNone ? "(default)" : tier.description)", isFrozen ? "frozen" : "not frozen"]
    parts.append("credit \(creditGrade)")
    parts.append("\(openViolations) open violations")
    if !parent.isNone { parts.append("parent \(parent)") }
    for (name, value) in [
      ("payout", limits.payoutMaximum), ("day", limits.dayAmount), ("month", limits.monthAmount),
      ("day count", limits.dayCount),
    ] where value != 0 {
      parts.append("\(name) limit \(value)")
    }
    return parts.joined(separator: ", ") + ", reason \(reason)"
  }
}

extension ReviewActed {
  fileprivate var auditText: String {
    var parts = [action.kind.auditText]
    if !action.note.isNone { parts.append("note \(action.note)") }
    if action.kind == .approve { parts.append("digest \(action.digest)") }
    if let state { parts.append(state.wireName) }
    return parts.joined(separator: ", ")
  }
}

extension RecordedAction.Kind {
  fileprivate var auditText: String {
    switch self {
    case .claim: "CLAIM"
    case .release: "RELEASE"
    case .approve: "APPROVE"
    case .reject: "REJECT"
    case .requestInformation: "REQUEST_INFORMATION"
    case .escalate: "ESCALATE"
    }
  }
}

extension OutcomeReported {
  fileprivate var auditText: String {
    let black = ListSubject.allCases.filter { listed.contains($0) }.map(\.auditText)
    return "\(outcome.auditText)\(black.isEmpty ? "" : ", black list \(black.joined(separator: ", "))"), note \(note)"
  }
}

extension ReviewOutcome {
  fileprivate var auditText: String {
    switch self {
    case .cleared: "CLEARED"
    case .fraud: "FRAUD"
    case .stolenCard: "STOLEN_CARD"
    case .laundering: "LAUNDERING"
    }
  }
}

extension ListSubject {
  fileprivate var auditText: String {
    switch self {
    case .agent: "AGENT"
    case .payee: "PAYEE"
    case .device: "DEVICE"
    case .address: "ADDRESS"
    }
  }
}

extension ProposalSubject {
  fileprivate var auditText: String {
    switch self {
    case .revealPayee: "reveal"
    case .adjustment(_, _, let amount, let reason): "adjustment of \(amount.auditText), reason \(reason)"
    case .resolveDoubt(let resolution):
      "\(resolution.verdict.wireName), \(resolution.paidMinorUnits) minor units left, evidence \(resolution.evidence)"
    }
  }
}

extension AppealAction {
  fileprivate var auditText: String {
    switch self {
    case .addEvidence(let note, let hash): "evidence \(note)\(hash.isNone ? "" : ", SHA-256 \(hash)")"
    case .assign(let assignee): "assigned to \(assignee)"
    case .resolve(let isUpheld, let awarded, let answer):
      "\(isUpheld ? "UPHELD" : "REJECTED"), \(awarded) minor units awarded, answer \(answer)"
    }
  }
}

extension AttemptResult {
  fileprivate var auditText: String {
    var parts = [state.wireName]
    if reason != .none { parts.append(reason.wireName) }
    if !channelReference.isNone { parts.append("reference \(channelReference)") }
    if !code.isNone { parts.append("code \(code)") }
    if paidMinorUnits != 0 { parts.append("\(paidMinorUnits) minor units left") }
    return parts.joined(separator: ", ")
  }
}

extension ListChanged {
  fileprivate var auditText: String {
    let colour = colour == .black ? "BLACK" : "WHITE"
    // Of a payee so much that two entries are told apart.
    let name = subject == .payee ? "\(name.description.prefix(8))..." : name.description
    switch change {
    case .put(let until, let reason):
      let end = until.map { "until second \($0.microseconds / 1_000_000)" } ?? "for good"
      return "put \(colour) \(subject.auditText) \(name) \(end), reason \(reason)"
    case .remove(let reason): return "removed \(colour) \(subject.auditText) \(name), reason \(reason)"
    }
  }
}
