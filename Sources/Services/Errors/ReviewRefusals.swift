internal import LedgerCore
internal import RPC

/// Withdrawals in a state, or in the hands of people, that do not allow what was asked; and proposals.
extension RefusalWords {
  static func notCancelable(_ state: WithdrawalState) -> RefusalWords {
    RefusalWords(
      reason: "NOT_CANCELABLE", subject: "id",
      english: "a withdrawal in state \(state.wireName) cannot be cancelled any more: "
        + "read it again, what is under way ends by itself",
      chinese: "该笔提现当前状态为“\(state.chineseName)”，不能撤销。请刷新后查看最新状态。",
      figures: [
        ("state", state.wireName), ("required", "PENDING_REVIEW, APPROVED, ACTION_REQUIRED or AWAITING_PAYEE"),
      ])
  }

  static func notInReview(_ state: WithdrawalState) -> RefusalWords {
    RefusalWords(
      reason: "NOT_IN_REVIEW", subject: "id",
      english:
        "a withdrawal in state \(state.wireName) is not open for this: reviews need PENDING_REVIEW, "
        + "amendments that or ACTION_REQUIRED, a hold a state that is not final, an outcome a withdrawal that was approved or rejected",
      chinese: "该笔提现当前状态为“\(state.chineseName)”，不能进行此操作。请刷新后查看最新状态。",
      figures: [
        ("state", state.wireName),
        (
          "required",
          "PENDING_REVIEW; for an amendment also ACTION_REQUIRED; for a hold one that is not final; for an outcome one that was decided"
        ),
      ])
  }

  static let onHold = RefusalWords(
    reason: "ON_HOLD", subject: "id",
    english: "compliance holds the withdrawal: only compliance may lift the hold or cancel; try again after that",
    chinese: "该笔提现已被合规部门暂停处理。请等待合规部门解除暂停后再操作。",
    figures: [("on_hold", "true"), ("required", "false")])

  static let digestOutdated = RefusalWords(
    reason: "DIGEST_OUTDATED", subject: "digest",
    english: "what you saw is not what is there now: read it again, decide again with the digest that is shown then",
    chinese: "内容在您查看后已发生变化。请重新查看，并以最新内容为准再次审核。",
    figures: [("digest", "of an earlier version"), ("required", "of the present one")])

  static let makerMayNotDecide = RefusalWords(
    reason: "MAKER_MAY_NOT_DECIDE", subject: "person",
    english: "who made it, or took it up, may not decide on it: let another person do it",
    chinese: "发起人或经办人不能审核自己的申请。请由其他人员审核。",
    figures: [("person", "the maker"), ("required", "another person")])

  static let personDecidedAlready = RefusalWords(
    reason: "PERSON_DECIDED_ALREADY", subject: "person",
    english: "you have decided already and each person counts once, whatever the role: let another person do it",
    chinese: "您已审核过，同一人只计一次。请由其他人员继续审核。",
    figures: [("decisions", "1"), ("maximum", "1")])

  static func reviewClaimed(until end: Timestamp) -> RefusalWords {
    RefusalWords(
      reason: "REVIEW_CLAIMED", subject: "id",
      english:
        "another person is at this review until \(end.utcText): wait for that, or take another one from the queue",
      chinese: "该审核已由其他人员领取，至 \(end.beijingText) 为止。请稍后再试，或处理其他审核。",
      figures: [("claim_end_time", end.utcText)])
  }

  static let noInformationRequested = RefusalWords(
    reason: "NO_INFORMATION_REQUESTED", subject: "id",
    english: "nobody asked for information about this withdrawal, so nothing of it may be amended: "
      + "cancel it and submit another one",
    chinese: "该笔提现未要求补充资料，不能修改。如需更改，请撤销后重新申请。",
    figures: [("information_requested", "false"), ("required", "true")])

  static func holdUnchanged(_ isHeld: Bool) -> RefusalWords {
    RefusalWords(
      reason: "HOLD_UNCHANGED", subject: "id",
      english: isHeld
        ? "the withdrawal is held already: nothing is to be done"
        : "the withdrawal is not held: nothing is to be lifted",
      chinese: isHeld ? "该笔提现已处于暂停状态，无需重复操作。" : "该笔提现未被暂停，无需解除。",
      figures: [("on_hold", "\(isHeld)"), ("required", "\(!isHeld)")])
  }

  static func proposalClosed(_ state: ProposalState) -> RefusalWords {
    RefusalWords(
      reason: "PROPOSAL_CLOSED", subject: "id",
      english:
        "a proposal in state \(state.wireName) does not allow this, or is about something else: read it again, or "
        + "make a new one",
      chinese: "该申请当前状态为“\(state.chineseName)”，不能进行此操作。请刷新查看，或重新发起。",
      figures: [("state", state.wireName), ("required", "OPEN to confirm, CONFIRMED to use")])
  }

  static func proposalExpired(at end: Timestamp) -> RefusalWords {
    RefusalWords(
      reason: "PROPOSAL_EXPIRED", subject: "id", english: "the proposal was valid until \(end.utcText): make a new one",
      chinese: "该申请已于 \(end.beijingText) 失效。请重新发起。", figures: [("valid_until", end.utcText)])
  }

  static let proposalOfOthers = RefusalWords(
    reason: "PROPOSAL_OF_OTHERS", subject: "person",
    english: "only who proposed it and who confirmed it may use it: make a proposal of your own",
    chinese: "仅发起人和确认人可以使用该申请。请自行发起新的申请。",
    figures: [("person", "another person"), ("required", "the proposer or a confirmer")])

  static let externalReferenceUsed = RefusalWords(
    code: .alreadyExists, reason: "EXTERNAL_REFERENCE_USED", subject: "external_reference",
    english: "another deposit of this partner has this external_reference: it may be booked already; look it up before "
      + "you use another reference",
    chinese: "该外部单号已用于另一笔入账。请先核对是否已入账，再使用新的单号。",
    figures: [("deposits", "1"), ("maximum", "1")])
}
