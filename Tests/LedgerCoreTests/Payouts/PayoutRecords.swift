import Digests
import LedgerCore

/// Records about payouts, small and as large as they can be: the codec's tests take them in.
enum PayoutRecords {
  private typealias Make = RecordCodecTests
  static let key = PayoutKey(WithdrawalID(rawValue: .max), attempt: PayoutKey.attemptMaximum)
  private static let first = PayoutKey(Make.id, attempt: 1)

  static let request = StoredRequest([UInt8](repeating: 0x5A, count: StoredRequest.maximumBytes), isSealed: true)
  private static let candidates = RouteCandidate.Verdict.allCases.map { verdict in
    RouteCandidate(
      channel: Make.longest, verdict: verdict, feeMinorUnits: .min, arrivalP95Milliseconds: .max, successPermille: .max,
      score: .min)
  }
  static let mostCandidates = Array((candidates + candidates).prefix(RouteCandidate.countMaximum))

  private static func result(_ state: AttemptState, _ source: ResultSource, _ reason: PayoutReason) -> AttemptResult {
    AttemptResult(
      state, source: source, reason: reason, channelReference: Make.longest, code: Make.longest, paidMinorUnits: .max,
      channelFeeMinorUnits: .max, confirmUntil: Timestamp(microseconds: .max))
  }

  static let begun: [Record] =
    [StoredRequest([], isSealed: false), request].compactMap { $0 }.enumerated().map { place, request in
      .attemptBegun(
        AttemptBegun(
          partner: place == 0 ? Make.p : Make.longest, payoutKey: place == 0 ? first : key,
          channel: place == 0 ? label("alpha") : Make.longest, channelFeeMinorUnits: place == 0 ? 0 : .max,
          request: request, candidates: place == 0 ? [] : mostCandidates))
    }

  /// One of each state, source and reason.
  static let updated: [Record] = PayoutReason.allCases.enumerated().map { place, reason in
    let states = AttemptState.allCases
    let sources = ResultSource.allCases
    let entered = WithdrawalState.allCases
    return .attemptUpdated(
      AttemptUpdated(
        partner: Make.longest, payoutKey: key,
        result: result(states[place % states.count], sources[place % sources.count], reason),
        state: place % 3 == 0 ? nil : entered[place % entered.count], feeRefundMinorUnits: .max, deadline: Make.moment))
  }

  /// What a payee confirms with, as short and as long as it can be.
  static let confirmable: [Record] = ["x", String(repeating: "界", count: 170) + "xx"].compactMap { text in
    guard let confirmation = try? PayeeConfirmation(text) else { return nil }
    var result = result(.awaitingPayee, .answer, .none)
    result.confirmation = confirmation
    return .attemptUpdated(
      AttemptUpdated(
        partner: Make.longest, payoutKey: key, result: result, state: .awaitingPayee, feeRefundMinorUnits: .max,
        deadline: Make.moment))
  }

  static let others: [Record] = [
    .channelStateSet(
      ChannelStateSet(key: Make.staff, channel: Make.longest, state: .disabled, reason: Make.longest)),
    .channelFunded(
      ChannelFunded(key: Make.staff, channel: Make.longest, amount: fen(.min, usd), reference: Make.longest)),
    .attemptUpdated(
      AttemptUpdated(
        partner: Make.p, payoutKey: first, result: AttemptResult(.accepted, source: .answer), state: nil,
        feeRefundMinorUnits: 0, deadline: Timestamp(microseconds: 0))),
    .payoutHeldBack(
      PayoutHeldBack(partner: Make.longest, id: Make.id, reason: Make.longest, checkers: .max, due: Make.moment)),
    .strayPaid(StrayPaid(partner: Make.longest, payoutKey: key, result: result(.paid, .statement, .none))),
    .payoutReturned(
      PayoutReturned(
        partner: Make.longest, payoutKey: key, channelReference: Make.longest, code: Make.longest,
        reason: .returnedByBank, feeRefundMinorUnits: .max)),
    .payoutReturned(
      PayoutReturned(
        partner: Make.p, payoutKey: first, channelReference: .none, code: .none, reason: .unspecified,
        feeRefundMinorUnits: 0)),
    .strayPaid(
      StrayPaid(
        partner: Make.longest, payoutKey: key, result: result(.paid, .statement, .none),
        booked: StrayFigures(paid: .max, channelFee: .min))),
    .strayReturned(
      StrayReturned(
        partner: Make.longest, payoutKey: key, channelReference: Make.longest, code: Make.longest,
        reason: .returnedByBank, minorUnits: .max)),
    .payoutReturned(
      PayoutReturned(
        partner: Make.longest, payoutKey: key, channelReference: Make.longest, code: Make.longest,
        reason: .returnedByBank, feeRefundMinorUnits: .max, figures: ReturnFigures(cameBack: .max, toAgent: .min))),
    .payoutConfirmed(PayoutConfirmed(partner: Make.longest, payoutKey: key, channelReference: Make.longest)),
    .payoutConfirmed(PayoutConfirmed(partner: Make.p, payoutKey: first, channelReference: .none)),
    .withdrawalReworked(
      WithdrawalReworked(
        key: Make.staff, partner: Make.longest, id: Make.id, payee: Make.longest, screening: Make.heaviest,
        state: .pendingReview)),
    .actionLapsed(ActionLapsed(partner: Make.longest, id: Make.id)),
    .cancelBegun(CancelBegun(key: Make.staff, partner: Make.longest, id: Make.id)),
    .doubtResolved(
      DoubtResolved(
        key: Make.staff, partner: Make.longest, id: Make.proposal, digest: Make.digest, withdrawal: Make.id,
        state: .failed, feeRefundMinorUnits: .max, deadline: Make.moment)),
    .doubtResolved(
      DoubtResolved(
        key: Make.staff, partner: Make.longest, id: Make.proposal, digest: Make.digest, withdrawal: Make.id,
        state: .paid, feeRefundMinorUnits: .max, deadline: Make.moment, channelFeeMinorUnits: .max)),
  ]

  static let doubts: [Record] = DoubtVerdict.allCases.map { verdict in
    .proposed(
      Proposed(
        key: Make.staff, partner: Make.p, id: Make.proposal,
        subject: .resolveDoubt(
          DoubtResolution(id: Make.id, verdict: verdict, paidMinorUnits: .max, evidence: Make.longest))))
  }

  static let all = begun + updated + confirmable + others + doubts
}
