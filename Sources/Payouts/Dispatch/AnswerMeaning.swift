internal import LedgerCore
internal import Routing

// What an answer is for the ledger and for the channel's health. The ledger's own table says what becomes of the withdrawal.
extension ChannelAnswer {
  /// nil: it tells nothing that is recorded.
  func result(asked amount: Money, source: ResultSource) -> AttemptResult? {
    switch self {
    case .paid(let proof):
      // Money left, but not as it should: another currency or payee is for people, whatever the amount.
      let isOurs = proof.amount.currency == amount.currency && !proof.payeeDiffers
      return AttemptResult(
        isOurs ? .paid : .mismatch, source: source, channelReference: Label(channelText: proof.reference),
        paidMinorUnits: max(proof.amount.minorUnits, 0),
        channelFeeMinorUnits: isOurs ? max(proof.feeMinorUnits, 0) : 0)
    case .accepted(let reference):
      return AttemptResult(.accepted, source: source, channelReference: Label(channelText: reference))
    case .waiting(let reference, let until, let text):
      let confirmation = text.flatMap { try? PayeeConfirmation($0) }
      // Without it the payee cannot confirm: the attempt says why, and the payout goes on.
      let isUnusable = text != nil && confirmation == nil
      return AttemptResult(
        .awaitingPayee, source: source, channelReference: Label(channelText: reference),
        code: isUnusable ? Label(channelText: OwnCode.badConfirmation) : .none,
        confirmUntil: until ?? Timestamp(microseconds: 0), confirmation: confirmation)
    case .failed(let failure):
      return AttemptResult(
        failure.kind.state, source: source, reason: failure.reason, code: Label(channelText: failure.code))
    // Of an open attempt: nobody has counted it as paid, so there is nothing to give back. Another sum than was sent is for
    // people: the rest is still out.
    case .returned(let back) where back.amount != amount:
      let (rest, overflow) = amount.minorUnits.subtractingReportingOverflow(back.amount.minorUnits)
      let isOurs = back.amount.currency == amount.currency && !overflow
      return AttemptResult(
        .mismatch, source: source, channelReference: Label(channelText: back.reference),
        paidMinorUnits: isOurs ? max(rest, 0) : amount.minorUnits)
    case .returned(let back):
      return AttemptResult(
        .payeeFailure, source: source, reason: .returnedByBank, channelReference: Label(channelText: back.reference),
        code: Label(channelText: back.code))
    case .unknown(let code, _): return AttemptResult(.unknown, source: source, code: Label(channelText: code))
    case .notFound: return nil
    }
  }

  /// Of a send.
  var healthOutcome: HealthOutcome {
    switch self {
    case .paid, .accepted, .waiting: .success
    case .failed(let failure): failure.kind.healthOutcome
    case .returned: .payeeFailure
    case .unknown, .notFound: .unknown
    }
  }

  /// nil where nothing is wrong with the channel.
  var errorCode: String? {
    switch self {
    case .waiting(_, _, let text?): (try? PayeeConfirmation(text)) == nil ? OwnCode.badConfirmation : nil
    case .paid, .accepted, .waiting, .returned, .notFound: nil
    case .failed(let failure): failure.kind.healthOutcome == .technicalFailure ? failure.code : nil
    case .unknown(let code, _): code.isEmpty ? "UNKNOWN" : code
    }
  }
}

extension FailureKind {
  var state: AttemptState {
    switch self {
    case .payee: .payeeFailure
    case .tryAgain: .tryAgain
    case .tryElsewhere: .tryElsewhere
    case .refused: .refused
    case .cancelled: .cancelled
    case .lapsed: .lapsed
    }
  }

  /// Only technical failures are the channel's own.
  var healthOutcome: HealthOutcome {
    switch self {
    case .tryAgain, .tryElsewhere: .technicalFailure
    case .payee, .refused, .cancelled, .lapsed: .payeeFailure
    }
  }
}

extension Label {
  /// A channel's own text, as far as it fits; what a log could not show is left out.
  init(channelText text: String) {
    let shown = text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
    var kept = ""
    for scalar in shown {
      guard kept.utf8.count + UTF8.width(scalar) <= Self.maximumBytes else { break }
      kept.unicodeScalars.append(scalar)
    }
    do throws(Label.Defect) { self = try Label(kept) } catch { self = .none }
  }
}
