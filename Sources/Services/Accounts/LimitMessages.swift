internal import LedgerCore
internal import SettlementProto

extension Settlement_V1_LimitStanding {
  init(_ standing: LimitStanding, _ currency: Currency) {
    self.init()
    let limits = standing.limits
    currencyCode = currency.description
    payoutMinimum = limits.payoutMinimum
    payoutMaximum = limits.payoutMaximum
    dayAmount = limits.dayAmount
    dayAmountLeft = Self.left(of: limits.dayAmount, standing.dayUsed)
    monthAmount = limits.monthAmount
    monthAmountLeft = Self.left(of: limits.monthAmount, standing.monthUsed)
    dayCount = limits.dayCount
    dayCountLeft = Self.left(of: limits.dayCount, standing.dayCountUsed)
  }

  /// A limit may have been lowered below what was used.
  private static func left(of bound: Int64, _ used: Int64) -> Int64 {
    let (left, overflow) = bound.subtractingReportingOverflow(used)
    return overflow ? 0 : max(0, left)
  }
}
