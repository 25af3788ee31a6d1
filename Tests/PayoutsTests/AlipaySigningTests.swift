import LedgerCore
import Testing

@testable import Payouts

@Suite struct AlipaySigningTests {
  /// Open platform, "Verify a signature yourself", asynchronous notifications: the example's parameters and text.
  @Test func aNotificationsText() {
    let parameters = [
      ("total_amount", "2.00"), ("buyer_id", "2088102116773037"), ("body", "大乐透2.1"),
      ("trade_no", "2016071921001003030200089909"), ("refund_fee", "0.00"), ("notify_time", "2016-07-19 14:10:49"),
      ("subject", "大乐透2.1"), ("sign_type", "RSA2"), ("charset", "utf-8"), ("notify_type", "trade_status_sync"),
      ("out_trade_no", "0719141034-6418"), ("sign", "kPbQIjX+xQc8F0/A6/AocELIjhhZnGbcBN6G4MM="),
      ("app_id", "2015102700040153"),
    ].map { (name: Array($0.0.utf8), value: Array($0.1.utf8)) }
    #expect(
      String(decoding: AlipaySigning.notificationText(parameters), as: UTF8.self)
        == "app_id=2015102700040153&body=大乐透2.1&buyer_id=2088102116773037&charset=utf-8"
        + "&notify_time=2016-07-19 14:10:49&notify_type=trade_status_sync&out_trade_no=0719141034-6418&refund_fee=0.00"
        + "&subject=大乐透2.1&total_amount=2.00&trade_no=2016071921001003030200089909")
  }

  @Test func aRequestsTextKeepsItsTypeAndLeavesOutWhatIsEmpty() {
    let parameters = [("sign_type", "RSA2"), ("b", ""), ("sign", "x"), ("a_b", "1&2=3"), ("a", "%20"), ("B", "z")]
      .map { (name: $0.0, value: $0.1) }
    #expect(AlipaySigning.requestText(parameters) == "B=z&a=%20&a_b=1&2=3&sign_type=RSA2")
  }

  @Test(arguments: [
    ("0.10", 10), ("23", 2_300), ("23.5", 2_350), ("23.00", 2_300), ("92233720368547758.07", Int64.max),
    ("007.00", 700),
  ])
  func amounts(text: String, minorUnits: Int64) {
    #expect(AlipayAmount.minorUnits(text) == minorUnits)
  }

  @Test(arguments: [
    "", ".", "1.", ".5", "1.234", "-1.00", "+1", "1e2", "1,00", " 1", "92233720368547758.08", "一", "1.0.0",
  ])
  func noAmounts(text: String) {
    #expect(AlipayAmount.minorUnits(text) == nil)
  }

  @Test(arguments: [
    (10, "0.10"), (1, "0.01"), (100, "1.00"), (123_456, "1234.56"), (Int64.max, "92233720368547758.07"),
  ])
  func amountsAsText(minorUnits: Int64, text: String) {
    #expect(AlipayAmount.text(minorUnits: minorUnits) == text)
  }
}
