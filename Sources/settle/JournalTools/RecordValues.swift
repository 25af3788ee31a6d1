import Digests
import LedgerCore
import SettlementClient
import SettlementProto

/// The values of records as `settle journal dump` prints them: with the names and forms of the wire contract.
extension Label {
  /// `Label.none` is empty.
  var json: JSON { .text("\(self)") }
}

extension WithdrawalID {
  var json: JSON { .text("\(self)") }
}

extension PayeeID {
  var json: JSON { .text("\(self)") }
}

extension ProposalID {
  var json: JSON { .text("\(self)") }
}

extension Timestamp {
  /// RFC 3339 in UTC, up to microseconds.
  var text: String {
    let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    // The remainder of a time before 1970 is negative.
    let isBefore = rest < 0
    return Instant.text(
      seconds: Int(isBefore ? seconds - 1 : seconds), nanoseconds: Int32((isBefore ? rest + 1_000_000 : rest) * 1_000))
  }
}

extension Money {
  var json: JSON {
    let code = "\(currency)"
    let decimals = DecimalAmount.decimals(ofCurrency: code)
    return .object([
      "currency_code": .text(code), "amount": .text(DecimalAmount.text(minorUnits: minorUnits, decimals: decimals)),
      "minor_units": .integer(minorUnits),
    ])
  }
}

extension LimitOverride {
  /// Minor units; 0 leaves the tier's.
  var json: JSON {
    .object([
      "payout_maximum": .integer(payoutMaximum), "day_amount": .integer(dayAmount),
      "month_amount": .integer(monthAmount), "day_count": .integer(dayCount),
    ])
  }
}

extension VerifiedElements {
  var json: JSON {
    let names: [(VerifiedElements, String)] = [(.name, "name"), (.idNumber, "id_number"), (.card, "card")]
    return .array(names.filter { contains($0.0) }.map { .text($0.1) })
  }
}

extension Screening {
  /// Zero days and times are those of withdrawals from before there was any screening.
  var json: JSON {
    .object([
      "speed": .text(terms.speed.shortName), "fee_minor_units": .integer(terms.feeMinorUnits),
      "points": .integer(terms.points),
      "settlement_date": terms.settlementDay == 0 ? .null : .text(Self.date(terms.settlementDay)),
      "expected_arrival": Self.json(terms.expectedArrival), "limit_date": .text(Self.date(limitDay.day)),
      "risk": risk.json, "checkers": .integer(Int64(checkers)), "review_due": Self.json(reviewDue),
    ])
  }

  private static func json(_ time: Timestamp) -> JSON { time.microseconds == 0 ? .null : .text(time.text) }

  /// - Parameter day: days since 1970-01-01.
  private static func date(_ day: Int32) -> String {
    String(Instant.text(seconds: Int(day) * 86_400, nanoseconds: 0).prefix { $0 != "T" })
  }
}

extension RiskResult {
  fileprivate var json: JSON {
    .object([
      "verdict": .text(verdict.shortName), "score": .integer(Int64(score)),
      "reasons": .array(
        reasons.map { .object(["code": .text("\($0.code.name)"), "points": .integer(Int64($0.points))]) }),
    ])
  }
}

// MARK: Names: those of the wire where it has the same values

extension WithdrawalState {
  var shortName: String { (Settlement_V1_WithdrawalState(rawValue: Int(rawValue)) ?? .unspecified).shortName }
}

extension Speed {
  var shortName: String { (Settlement_V1_Speed(rawValue: Int(rawValue)) ?? .unspecified).shortName }
}

extension Rail {
  var shortName: String { (Settlement_V1_Rail(rawValue: Int(rawValue)) ?? .unspecified).shortName }
}

extension CreditGrade {
  var shortName: String { (Settlement_V1_CreditGrade(rawValue: Int(rawValue)) ?? .unspecified).shortName }
}

extension ReviewOutcome {
  var shortName: String { (Settlement_V1_ReviewOutcome(rawValue: Int(rawValue)) ?? .unspecified).shortName }
}

extension ListSubject {
  var shortName: String { (Settlement_V1_ListSubject(rawValue: Int(rawValue)) ?? .unspecified).shortName }
}

extension ListColour {
  var shortName: String { (Settlement_V1_ListColour(rawValue: Int(rawValue)) ?? .unspecified).shortName }
}

extension RiskVerdict {
  fileprivate var shortName: String {
    switch self {
    case .approve: "APPROVE"
    case .review: "REVIEW"
    case .reject: "REJECT"
    }
  }
}

extension StaffRole {
  /// As it stands in certificates.
  var shortName: String {
    switch self {
    case .reader: "reader"
    case .reviewer: "reviewer"
    case .finance: "finance"
    case .operator: "operator"
    case .compliance: "compliance"
    case .auditor: "auditor"
    }
  }
}

extension RequestRefused.Method {
  var name: String {
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

extension RecordedAction.Kind {
  var name: String {
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
