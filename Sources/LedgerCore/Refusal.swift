/// Business refusals. Raw values stand in the journal and are never renumbered.
package enum Refusal: Hashable, Sendable, BitwiseCopyable {
  /// Amount above what is available.
  case insufficientFunds(available: Int64, requested: Int64)
  /// The withdrawal's state allows no cancel.
  case notCancelable(state: WithdrawalState)
  /// The single amount lies outside the bounds of the agent's tier.
  case amountOutOfBounds(minimum: Int64, maximum: Int64, requested: Int64)
  /// Another deposit of this partner already has the external reference.
  case externalReferenceUsed
  case agentFrozen
  case openViolations(count: UInt16)
  /// The real-name check has not passed these.
  case agentNotVerified(missing: VerifiedElements)
  case payeeNotVerified
  /// The account belongs to another agent of the same partner.
  case payeeOfOtherAgent
  case payeeErased
  /// The holder's name is not the agent's verified name.
  case holderDiffers
  /// `used` counts what is reserved and paid in the bucket; the request would bring it above `bound`.
  case limitExceeded(LimitKind, bound: Int64, used: Int64, requested: Int64)
  case insufficientPoints(available: Int64, requested: Int64)
  case quoteExpired(at: Timestamp)
  /// The rules do not know the agent's tier.
  case unknownTier
  case speedUnavailable(Speed)
  case pointsNotTaken(Speed)
  case amountBelowFee(fee: Int64, requested: Int64)
  /// Review, hold or amend of a withdrawal in a state that knows no such thing.
  case notInReview(state: WithdrawalState)
  /// Compliance holds it: only compliance may go on.
  case onHold
  /// What was approved or confirmed is not what is there now.
  case digestOutdated
  /// Who made it may not decide on it.
  case makerMayNotDecide
  /// One person counts once.
  case personDecidedAlready
  /// Another person has claimed it until then.
  case reviewClaimed(until: Timestamp)
  /// Nobody asked for information, so nothing may be amended.
  case noInformationRequested
  /// It is held already, or not held.
  case holdUnchanged(isHeld: Bool)
  case proposalClosed(ProposalState)
  case proposalExpired(at: Timestamp)
  /// Only the proposer and those who confirmed may use it.
  case proposalOfOthers
  /// Only a withdrawal in ACTION_REQUIRED is retried.
  case notActionRequired(state: WithdrawalState)
  /// Money left for an attempt that counts as failed: nothing more is paid before people have settled that.
  case payoutBlocked
  /// Each attempt has a key of its own, and there is none left.
  case attemptsUsedUp(maximum: UInt8)
  /// The account that the money would come from has not so much: custody, or the channel's float.
  case channelFundsShort(available: Int64, requested: Int64)
  /// Only a payout that is in doubt is decided by people.
  case notInDoubt(state: WithdrawalState)
  /// Before it is paid there is nothing to appeal against, or no money to freeze.
  case appealNotPossible(state: WithdrawalState)
  /// Another appeal about the withdrawal is open.
  case appealOpen
  case tooManyAppeals(maximum: UInt16)
  /// Minor units; what was awarded before counts.
  case disputedTooMuch(maximum: Int64, requested: Int64)
  case appealClosed(state: AppealState)
  case tooMuchEvidence(maximum: UInt16)
  /// Money is awarded only after somebody has looked into it.
  case appealNotAssigned
  /// The channel proved that minor units left: nobody decides that nothing did.
  case moneyHasLeft(paid: Int64)
  /// Who looks into an appeal takes it: were it given to somebody, one person could award money alone.
  case assigneeNotCaller
}

package enum Rejection: Hashable, Sendable {
  case agentNotFound
  case withdrawalNotFound
  case requestNotFound
  /// Known request_id with other content.
  case requestIDReused
  case agentExists
  case etagMismatch(current: UInt64)
  case currencyNotSupported(Currency)
  case amountNotPositive
  /// Posting it would leave the range of 64-bit minor units.
  case balanceOverflow
  /// The partner has been refused too often in this hour; recorded refusals are capped so that memory stays bounded.
  case tooManyRefusals(retryAfterMicroseconds: Int64)
  case payeeNotFound
  case proposalNotFound
  case listEntryNotFound
  /// The parent is not an agent of the same partner.
  case parentNotFound
  /// The parent is the agent itself or below it, or the chain is longer than `AgentLimits.levelsMaximum`.
  case parentLoop
  case tierNotFound(Label)
  /// Nothing was asked to change.
  case nothingToChange
  /// No review is due.
  case nothingDue
  /// Rules of this version, or of a later one, were active before, with another content.
  case rulesVersionTaken(active: UInt32)
  /// The account has this many; old ones may be erased.
  case tooManyPayees(limit: Int)
  /// The submission did not tell its device or address, so there is nothing to list.
  case originNotTold(ListSubject)
  /// The lists are full: remove entries that ended.
  case listFull
  /// It is not in a state to be sent.
  case payoutNotDue(state: WithdrawalState)
  /// It has another number of attempts, or another payee, than the request was made for.
  case payoutChanged
  case channelNotEnabled
  /// Our free money at the channel, minor units.
  case channelFloatShort(available: Int64)
  case attemptNotFound
  case appealNotFound
  /// The channel says now that a payout failed that it had proven paid.
  case resultConflicts
  /// Another amount came back than was paid.
  case returnDiffers(paid: Int64)
  /// It was paid here, and a statement showed it before, or its money came back since: nothing is missing.
  case alreadyConfirmed
}

package enum AgentLimits {
  /// Levels of agents above each other: general agent, regional agent, agent and room for finer chains.
  package static let levelsMaximum = 8
  /// Payee accounts of one agent: many more than honest use, few enough to list at once.
  package static let payeesMaximum = 100
}
