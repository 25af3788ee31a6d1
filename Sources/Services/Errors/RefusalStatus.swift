internal import LedgerCore
internal import RPC

/// What a caller is told about a business refusal: which check, what it found, what it asks for, and what to do. The same
/// in two languages, because the Chinese text is what an agent reads on its screen.
struct RefusalWords {
  var code = RPCStatus.Code.failedPrecondition
  /// UPPER_SNAKE, for programs.
  let reason: String
  /// Path of the field, or name of the thing, that the check is about.
  let subject: String
  let english: String
  let chinese: String
  /// What was found and what bounds it, in the order in which they are told.
  let figures: [(name: String, value: String)]
  /// The figures are amounts in this currency.
  var currency: Currency?

  var metadata: [String: String] {
    var metadata = Dictionary(figures.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    if let currency {
      metadata["currency"] = "\(currency)"
      metadata["unit"] = "minor"
    }
    return metadata
  }
}

extension RPCStatus {
  init(_ refusal: Refusal) { self.init(RefusalWords(refusal)) }

  init(_ words: RefusalWords) {
    let found = words.figures.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    self.init(
      words.code, words.english,
      details: [
        Self.reason(words.reason, words.metadata),
        .preconditionFailure([(type: words.reason, subject: words.subject, description: found)]),
        .localizedMessage(locale: Self.agentLocale, words.chinese),
      ])
  }
}

extension RefusalWords {
  init(_ refusal: Refusal) {
    self =
      switch refusal {
      case .insufficientFunds(let available, let requested): .insufficientFunds(available, requested)
      case .amountOutOfBounds(let minimum, let maximum, let requested): .outOfBounds(minimum, maximum, requested)
      case .limitExceeded(let kind, let bound, let used, let requested): .limitExceeded(kind, bound, used, requested)
      case .insufficientPoints(let available, let requested): .insufficientPoints(available, requested)
      case .amountBelowFee(let fee, let requested): .belowFee(fee, requested)
      case .quoteExpired(let end): .quoteExpired(at: end)
      case .unknownTier: .unknownTier
      case .speedUnavailable(let speed): .speedUnavailable(speed)
      case .pointsNotTaken(let speed): .pointsNotTaken(speed)
      case .agentFrozen: .agentFrozen
      case .openViolations(let count): .openViolations(count)
      case .agentNotVerified(let missing): .agentNotVerified(missing)
      case .payeeNotVerified: .payeeNotVerified
      case .payeeOfOtherAgent: .payeeOfOtherAgent
      case .payeeErased: .payeeErased
      case .holderDiffers: .holderDiffers
      case .notCancelable(let state): .notCancelable(state)
      case .notInReview(let state): .notInReview(state)
      case .onHold: .onHold
      case .digestOutdated: .digestOutdated
      case .makerMayNotDecide: .makerMayNotDecide
      case .personDecidedAlready: .personDecidedAlready
      case .reviewClaimed(let end): .reviewClaimed(until: end)
      case .noInformationRequested: .noInformationRequested
      case .holdUnchanged(let isHeld): .holdUnchanged(isHeld)
      case .proposalClosed(let state): .proposalClosed(state)
      case .proposalExpired(let end): .proposalExpired(at: end)
      case .proposalOfOthers: .proposalOfOthers
      case .externalReferenceUsed: .externalReferenceUsed
      case .notActionRequired(let state): .notActionRequired(state)
      case .payoutBlocked: .payoutBlocked
      case .attemptsUsedUp(let maximum): .attemptsUsedUp(maximum)
      case .channelFundsShort(let available, let requested): .channelFundsShort(available, requested)
      case .notInDoubt(let state): .notInDoubt(state)
      case .appealNotPossible(let state): .appealNotPossible(state)
      case .appealOpen: .appealOpen
      case .tooManyAppeals(let maximum): .tooManyAppeals(maximum)
      case .disputedTooMuch(let maximum, let requested): .disputedTooMuch(maximum, requested)
      case .appealClosed(let state): .appealClosed(state)
      case .tooMuchEvidence(let maximum): .tooMuchEvidence(maximum)
      case .appealNotAssigned: .appealNotAssigned
      case .moneyHasLeft(let paid): .moneyHasLeft(paid)
      case .assigneeNotCaller: .assigneeNotCaller
      }
  }
}
