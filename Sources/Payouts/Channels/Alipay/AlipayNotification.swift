internal import Digests
internal import Foundation
internal import LedgerCore

/// Alipay's message alipay.fund.trans.order.changed: a form whose `biz_content` is the bill. It is believed in nothing but
/// that the bill is worth a query.
extension AlipayChannel {
  /// Alipay repeats a message for 25 hours (open platform, "Asynchronous notifications"); the listener remembers ids as long.
  private static let ageMaximumMicroseconds: Int64 = 26 * 3_600 * 1_000_000
  /// Clocks differ.
  private static let futureMaximumMicroseconds: Int64 = 5 * 60 * 1_000_000
  private static let message = "alipay.fund.trans.order.changed"

  package func parseNotification(
    _ notification: RawNotification
  ) throws(NotificationDefect) -> ChannelNotification {
    guard notification.body.count <= HTTPCaller.answerBytesMaximum else { throw .malformed("too long") }
    guard let form = FormText.decode(notification.body) else { throw .malformed("not a form") }
    func field(_ name: String) -> String { form.first { $0.name == name }?.value ?? "" }
    guard field("sign_type") == "RSA2", let signature = Data(base64Encoded: field("sign")),
      alipayKey.verifies(Array(signature), of: Array(AlipaySigning.notificationText(form).utf8))
    else { throw .signature }
    guard let time = Self.time(milliseconds: field("utc_timestamp"), text: field("notify_time")) else {
      throw .malformed("no time")
    }
    let (age, overflow) = notification.receivedAt.microseconds.subtractingReportingOverflow(time.microseconds)
    guard !overflow, age <= Self.ageMaximumMicroseconds, age >= -Self.futureMaximumMicroseconds else { throw .stale }
    guard field("app_id") == appID else { throw .malformed("another application's") }
    guard field("msg_method") == Self.message else { throw .malformed("another message") }
    let id = field("notify_id")
    guard !id.isEmpty, id.utf8.count <= 128 else { throw .malformed("no notify_id") }
    guard let bill = try? JSONText(reading: Array(field("biz_content").utf8)) else { throw .malformed("biz_content") }
    let number = bill["out_biz_no"]?.string ?? ""
    guard let key = PayoutKey(number) else { throw .unknownKey(OwnCode.short(number)) }
    return ChannelNotification(
      key: key, id: id,
      reply: ChannelNotification.Reply(status: 200, contentType: "text/plain", body: Array("success".utf8)))
  }

  private static func time(milliseconds: String, text: String) -> Timestamp? {
    guard !milliseconds.isEmpty else { return ChinaTime.parse(text) }
    guard let value = Int64(milliseconds), value > 0 else { return nil }
    let (microseconds, overflow) = value.multipliedReportingOverflow(by: 1_000)
    return overflow ? nil : Timestamp(microseconds: microseconds)
  }
}
