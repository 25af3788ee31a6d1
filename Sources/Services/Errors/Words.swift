internal import LedgerCore

/// Values as people and programs read them in a status.

/// Minor units of a currency with two decimals (CNY) as people read them: 123456 is "1234.56".
enum DecimalAmount {
  static func text(_ minorUnits: Int64) -> String {
    let (whole, cents) = minorUnits.magnitude.quotientAndRemainder(dividingBy: 100)
    return "\(minorUnits < 0 ? "-" : "")\(whole).\(cents < 10 ? "0" : "")\(cents)"
  }
}

extension WithdrawalState {
  /// The name of the wire enum without its prefix.
  var wireName: String {
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

  /// What an agent reads.
  var chineseName: String {
    switch self {
    case .submitted: "已提交"
    case .pendingReview: "审核中"
    case .approved: "已通过"
    case .rejected: "已拒绝"
    case .expired: "已过期"
    case .cancelled: "已撤销"
    case .processing: "打款中"
    case .awaitingPayee: "待收款人确认"
    case .inDoubt: "结果确认中"
    case .actionRequired: "待修改"
    case .cancelling: "撤销中"
    case .paid: "已打款"
    case .confirmed: "已到账"
    case .returned: "已退回"
    case .failed: "打款失败"
    }
  }
}

extension Speed {
  /// The name of the wire enum without its prefix.
  var wireName: String {
    switch self {
    case .express: "EXPRESS"
    case .sameDay: "SAME_DAY"
    case .nextDay: "NEXT_DAY"
    }
  }

  /// What an agent reads.
  var chineseName: String {
    switch self {
    case .express: "极速到账"
    case .sameDay: "当日到账"
    case .nextDay: "次日到账"
    }
  }
}

extension LimitKind {
  var wireName: String {
    switch self {
    case .dayAmount: "DAY_AMOUNT"
    case .monthAmount: "MONTH_AMOUNT"
    case .dayCount: "DAY_COUNT"
    }
  }
}

extension ProposalState {
  /// The name of the wire enum without its prefix.
  var wireName: String {
    switch self {
    case .open: "OPEN"
    case .confirmed: "CONFIRMED"
    case .expired: "EXPIRED"
    }
  }

  /// What staff reads.
  var chineseName: String {
    switch self {
    case .open: "待确认"
    case .confirmed: "已确认"
    case .expired: "已过期"
    }
  }
}

extension Timestamp {
  /// 2026-11-21T05:00:00Z
  var utcText: String { text(offsetSeconds: 0, separator: "T") + "Z" }

  /// For people in China, wherever the rules' own days begin: 北京时间 2026-11-21 13:00:00
  var beijingText: String { "北京时间 " + text(offsetSeconds: 8 * 3_600, separator: " ") }

  private func text(offsetSeconds: Int64, separator: String) -> String {
    let seconds = wireParts.seconds + offsetSeconds
    // Rounded down, also before 1970.
    let rest = (seconds % 86_400 + 86_400) % 86_400
    let days = (seconds - rest) / 86_400
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let time = "\(two(rest / 3_600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
    return "\(CivilDate(daysSince1970: Int32(clamping: days)))\(separator)\(time)"
  }
}
