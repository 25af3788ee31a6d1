import LedgerCore
import SettlementProto

/// Refusals as `settle journal dump` prints them: the reason that the caller got, and its figures in minor units.
extension Refusal {
  var json: JSON { .object([JSON.Member("reason", .text(reason))] + figures) }

  private var reason: String {
    switch self {
    case .insufficientFunds: "INSUFFICIENT_FUNDS"
    case .notCancelable: "NOT_CANCELABLE"
    case .amountOutOfBounds: "AMOUNT_OUT_OF_BOUNDS"
    case .externalReferenceUsed: "EXTERNAL_REFERENCE_USED"
    case .agentFrozen: "AGENT_FROZEN"
    case .openViolations: "OPEN_VIOLATIONS"
    case .agentNotVerified: "AGENT_NOT_VERIFIED"
    case .payeeNotVerified: "PAYEE_NOT_VERIFIED"
    case .payeeOfOtherAgent: "PAYEE_OF_OTHER_AGENT"
    case .payeeErased: "PAYEE_ERASED"
    case .holderDiffers: "HOLDER_DIFFERS"
    case .limitExceeded: "LIMIT_EXCEEDED"
    case .insufficientPoints: "INSUFFICIENT_POINTS"
    case .quoteExpired: "QUOTE_EXPIRED"
    case .unknownTier: "UNKNOWN_TIER"
    case .speedUnavailable: "SPEED_UNAVAILABLE"
    case .pointsNotTaken: "POINTS_NOT_TAKEN"
    case .amountBelowFee: "AMOUNT_BELOW_FEE"
    case .notInReview: "NOT_IN_REVIEW"
    case .onHold: "ON_HOLD"
    case .digestOutdated: "DIGEST_OUTDATED"
    case .makerMayNotDecide: "MAKER_MAY_NOT_DECIDE"
    case .personDecidedAlready: "PERSON_DECIDED_ALREADY"
    case .reviewClaimed: "REVIEW_CLAIMED"
    case .noInformationRequested: "NO_INFORMATION_REQUESTED"
    case .holdUnchanged: "HOLD_UNCHANGED"
    case .proposalClosed: "PROPOSAL_CLOSED"
    case .proposalExpired: "PROPOSAL_EXPIRED"
    case .proposalOfOthers: "PROPOSAL_OF_OTHERS"
    case .notActionRequired: "NOT_ACTION_REQUIRED"
    case .payoutBlocked: "PAYOUT_BLOCKED"
    case .attemptsUsedUp: "ATTEMPTS_USED_UP"
    case .channelFundsShort: "CHANNEL_FUNDS_SHORT"
    case .notInDoubt: "NOT_IN_DOUBT"
    case .appealNotPossible: "APPEAL_NOT_POSSIBLE"
    case .appealOpen: "APPEAL_OPEN"
    case .tooManyAppeals: "TOO_MANY_APPEALS"
    case .disputedTooMuch: "DISPUTED_TOO_MUCH"
    case .appealClosed: "APPEAL_CLOSED"
    case .tooMuchEvidence: "TOO_MUCH_EVIDENCE"
    case .appealNotAssigned: "APPEAL_NOT_ASSIGNED"
    case .moneyHasLeft: "MONEY_HAS_LEFT"
    case .assigneeNotCaller: "ASSIGNEE_NOT_CALLER"
    }
  }

  private var figures: [JSON.Member] {
    switch self {
    case .insufficientFunds(let available, let requested), .insufficientPoints(let available, let requested),
      .channelFundsShort(let available, let requested):
      [JSON.Member("available", .integer(available)), JSON.Member("requested", .integer(requested))]
    case .notCancelable(let state), .notInReview(let state), .notActionRequired(let state), .notInDoubt(let state),
      .appealNotPossible(let state):
      [JSON.Member("state", .text(state.shortName))]
    case .amountOutOfBounds(let minimum, let maximum, let requested):
      [
        JSON.Member("minimum", .integer(minimum)), JSON.Member("maximum", .integer(maximum)),
        JSON.Member("requested", .integer(requested)),
      ]
    case .tooManyAppeals(let maximum), .tooMuchEvidence(let maximum): [JSON.Member("maximum", .integer(Int64(maximum)))]
    case .disputedTooMuch(let maximum, let requested):
      [JSON.Member("maximum", .integer(maximum)), JSON.Member("requested", .integer(requested))]
    case .moneyHasLeft(let paid): [JSON.Member("paid", .integer(paid))]
    case .appealClosed(let state): [JSON.Member("state", .text(state.shortName))]
    case .attemptsUsedUp(let maximum): [JSON.Member("maximum", .integer(Int64(maximum)))]
    case .openViolations(let count): [JSON.Member("count", .integer(Int64(count)))]
    case .agentNotVerified(let missing): [JSON.Member("missing", missing.json)]
    case .limitExceeded(let limit, let bound, let used, let requested):
      [
        JSON.Member("limit", .text(limit.shortName)), JSON.Member("bound", .integer(bound)),
        JSON.Member("used", .integer(used)), JSON.Member("requested", .integer(requested)),
      ]
    case .quoteExpired(let time), .proposalExpired(let time): [JSON.Member("at", .text(time.text))]
    case .speedUnavailable(let speed), .pointsNotTaken(let speed): [JSON.Member("speed", .text(speed.shortName))]
    case .amountBelowFee(let fee, let requested):
      [JSON.Member("fee", .integer(fee)), JSON.Member("requested", .integer(requested))]
    case .reviewClaimed(let time): [JSON.Member("until", .text(time.text))]
    case .holdUnchanged(let isHeld): [JSON.Member("held", .bool(isHeld))]
    case .proposalClosed(let state): [JSON.Member("state", .text(state.shortName))]
    case .externalReferenceUsed, .agentFrozen, .payeeNotVerified, .payeeOfOtherAgent, .payeeErased, .holderDiffers,
      .unknownTier, .onHold, .digestOutdated, .makerMayNotDecide, .personDecidedAlready, .noInformationRequested,
      .proposalOfOthers, .payoutBlocked, .appealOpen, .appealNotAssigned, .assigneeNotCaller:
      []
    }
  }
}

extension LimitKind {
  fileprivate var shortName: String {
    switch self {
    case .dayAmount: "DAY_AMOUNT"
    case .monthAmount: "MONTH_AMOUNT"
    case .dayCount: "DAY_COUNT"
    }
  }
}

extension ProposalState {
  fileprivate var shortName: String {
    (Settlement_V1_ProposalState(rawValue: Int(rawValue)) ?? .unspecified).shortName
  }
}
