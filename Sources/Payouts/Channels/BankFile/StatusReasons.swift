internal import LedgerCore

/// Why a bank rejected a transfer (ISO 20022 ExternalStatusReason1Code), and what comes after it. A code that is not here
/// proves nothing.
enum StatusReasons {
  /// Rising by code; the test holds it to be without repetitions.
  static let table: [(code: String, kind: FailureKind, reason: PayoutReason)] = [
    ("AB05", .tryAgain, .channelUnavailable),  // time-out at the payee's bank
    ("AB06", .tryAgain, .channelUnavailable),
    ("AB07", .tryAgain, .channelUnavailable),
    ("AB08", .tryAgain, .channelUnavailable),
    ("AB09", .tryElsewhere, .channelUnavailable),
    ("AC01", .payee, .accountWrong),
    ("AC02", .tryElsewhere, .requestMalformed),  // our own account
    ("AC03", .payee, .accountWrong),
    ("AC04", .payee, .accountClosed),
    ("AC05", .tryElsewhere, .requestMalformed),  // our own account
    ("AC06", .payee, .accountBlocked),
    ("AC07", .payee, .accountClosed),
    ("AG01", .payee, .accountBlocked),  // this kind of payment is forbidden on the account
    ("AG03", .tryElsewhere, .channelUnavailable),
    ("AM02", .tryElsewhere, .amountNotTaken),
    ("AM03", .tryElsewhere, .amountNotTaken),
    ("AM04", .tryElsewhere, .channelFundsShort),
    ("AM06", .tryElsewhere, .amountNotTaken),
    ("AM12", .tryElsewhere, .amountNotTaken),
    ("AM13", .tryElsewhere, .channelLimit),
    ("AM14", .tryElsewhere, .channelLimit),  // agreed with us
    ("BE01", .payee, .nameMismatch),
    ("BE05", .tryElsewhere, .requestMalformed),  // the initiating party: us
    ("CNOR", .tryElsewhere, .channelUnavailable),  // the payee's bank is not in this clearing
    ("DT01", .tryAgain, .channelUnavailable),
    ("ED05", .tryAgain, .channelUnavailable),
    ("FF01", .tryElsewhere, .requestMalformed),
    ("MS02", .payee, .unspecified),  // the payee refused
    ("MS03", .tryElsewhere, .unspecified),
    ("RC01", .payee, .accountWrong),
    ("RR01", .refused, .regulatory),
    ("RR02", .refused, .regulatory),
    ("RR03", .refused, .regulatory),
    ("RR04", .refused, .regulatory),
    ("TM01", .tryAgain, .channelUnavailable),  // after the bank's cut-off
  ]

  /// AM05 (duplicate) is not in the table, although it rejects: the transfer that it repeats may have been paid.
  static func answer(_ code: String) -> ChannelAnswer {
    guard let row = table.first(where: { $0.code == code }) else {
      return .unknown(code: code, message: "rejected for a reason that proves nothing")
    }
    return .failed(ChannelAnswer.Failure(row.kind, row.reason, code: code))
  }
}
