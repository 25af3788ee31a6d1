internal import Digests
package import Ledger
package import LedgerCore

/// What receivers are told of one change: the same bytes for all endpoints and in every try.
package struct WebhookMessage: Hashable, Sendable {
  /// The webhook-id header. Made of what the change is, so that it is the same whenever it is made.
  package let id: String
  package let sequence: UInt64
  package let partner: Label
  package let withdrawal: WithdrawalID
  package let body: [UInt8]

  /// - Parameter withdrawal: as it stands now, perhaps after later changes. What they may change is not told, or told as it
  ///   was at the event.
  package init(_ event: FeedEvent, _ withdrawal: Withdrawal, of ledger: LedgerIdentity) {
    id = Self.id(sequence: event.sequence, of: ledger)
    sequence = event.sequence
    partner = event.partner
    self.withdrawal = event.withdrawal
    body = Self.body(event, withdrawal)
  }

  /// A restored ledger counts on from an older sequence: the epoch tells its changes from the lost ones.
  package static func id(sequence: UInt64, of ledger: LedgerIdentity) -> String {
    "evt_\(ledger.id.hexadecimal.prefix(8))_\(ledger.epoch)_\(sequence)"
  }

  private static func body(_ event: FeedEvent, _ withdrawal: Withdrawal) -> [UInt8] {
    let state = event.state.webhookName
    let currency = "\(withdrawal.amount.currency)"
    func money(_ minorUnits: Int64) -> String { #"{"currency_code":"\#(currency)","minor_units":\#(minorUnits)}"# }
    var text = #"{"type":"withdrawal.\#(state.lowercased())","timestamp":"\#(event.time.webhookText)","data":{"#
    text += #""id":"\#(withdrawal.id)","state":"\#(state)","sequence":\#(event.sequence),"#
    text += #""agent":\#(quoted(withdrawal.agent)),"request_id":\#(quoted(withdrawal.requestID)),"#
    text += #""amount":\#(money(withdrawal.amount.minorUnits)),"fee":\#(money(withdrawal.feeMinorUnits)),"#
    text += #""net":\#(money(withdrawal.netMinorUnits)),"time":"\#(event.time.webhookText)""#
    if let attempt = failedAttempt(event, withdrawal) {
      text += #","failure":{"iso_reason":"\#(attempt.reason.isoCode)","code":"\#(attempt.reason.webhookName)","#
      text += #""channel_code":\#(quoted(attempt.code))}"#
    }
    text += "}}"
    return Array(text.utf8)
  }

  /// The attempt that explains a state which is a failure; later ones have nothing to do with it.
  private static func failedAttempt(_ event: FeedEvent, _ withdrawal: Withdrawal) -> Attempt? {
    let attempts = withdrawal.payout?.facts.attempts ?? []
    switch event.state {
    case .actionRequired, .failed, .returned:
      return attempts.last {
        $0.reason != .none && $0.updateTime <= event.time && ($0.state.isFailure || event.state == .returned)
      }
    case .submitted, .pendingReview, .approved, .rejected, .expired, .cancelled, .processing, .awaitingPayee, .inDoubt,
      .cancelling, .paid, .confirmed:
      return nil
    }
  }

  /// A JSON string. Labels are UTF-8 without control characters.
  private static func quoted(_ label: Label) -> String {
    var text = "\""
    for scalar in label.description.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { text.unicodeScalars.append("\\") }
      text.unicodeScalars.append(scalar)
    }
    return text + "\""
  }
}

extension Timestamp {
  /// RFC 3339 in UTC, always with microseconds.
  fileprivate var webhookText: String {
    let microsecondsPerDay: Int64 = 86_400 * 1_000_000
    var (days, rest) = microseconds.quotientAndRemainder(dividingBy: microsecondsPerDay)
    if rest < 0 { (days, rest) = (days - 1, rest + microsecondsPerDay) }
    let date = CivilDate(daysSince1970: Int32(clamping: days))
    func padded(_ value: Int64, _ digits: Int) -> String {
      let text = "\(value)"
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    let seconds = rest / 1_000_000
    let day = "\(padded(Int64(date.year), 4))-\(padded(Int64(date.month), 2))-\(padded(Int64(date.day), 2))"
    let time = "\(padded(seconds / 3_600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    return "\(day)T\(time).\(padded(rest % 1_000_000, 6))Z"
  }
}

extension WithdrawalState {
  /// As the wire enum without its prefix: a test holds them equal.
  package var webhookName: String {
    switch self {
    case .submitted: "SUBMITTED"
    case .pendingReview: "PENDING_REVIEW"
    case .approved: "APPROVED"
    case .rejected: "REJECTED"
    case .expired: "EXPIRED"
    case .cancelled: "CANCELLED"
    case .processing: "PROCESSING"
    case .awaitingPayee: "AWAITING_PAYEE"
    case .inDoubt: "IN_DOUBT"
    case .actionRequired: "ACTION_REQUIRED"
    case .cancelling: "CANCELLING"
    case .paid: "PAID"
    case .confirmed: "CONFIRMED"
    case .returned: "RETURNED"
    case .failed: "FAILED"
    }
  }
}

extension PayoutReason {
  /// As replies write it: a test holds them equal.
  package var webhookName: String {
    switch self {
    case .none: ""
    case .accountWrong: "ACCOUNT_WRONG"
    case .accountClosed: "ACCOUNT_CLOSED"
    case .accountBlocked: "ACCOUNT_BLOCKED"
    case .nameMismatch: "NAME_MISMATCH"
    case .payeeLimit: "PAYEE_LIMIT"
    case .payeeUnverified: "PAYEE_UNVERIFIED"
    case .notConfirmedInTime: "NOT_CONFIRMED_IN_TIME"
    case .channelFundsShort: "CHANNEL_FUNDS_SHORT"
    case .channelUnavailable: "CHANNEL_UNAVAILABLE"
    case .channelLimit: "CHANNEL_LIMIT"
    case .amountNotTaken: "AMOUNT_NOT_TAKEN"
    case .regulatory: "REGULATORY"
    case .duplicate: "DUPLICATE"
    case .cancelledByUs: "CANCELLED_BY_US"
    case .requestMalformed: "REQUEST_MALFORMED"
    case .returnedByBank: "RETURNED_BY_BANK"
    case .unspecified: "UNSPECIFIED"
    }
  }
}
