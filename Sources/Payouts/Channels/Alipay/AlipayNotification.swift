internal import Digests
internal import Foundation
internal import LedgerCore

/// Alipay's message alipay.fund.trans.order.changed: a form whose `biz_content` is the bill. It is believed in nothing but
/// that the bill is worth a query.
extension AlipayChannel {
  /// Alipay repeats a message for 25 hours (open platform, "Asynchronous notifications"). The listener remembers a bounded
  /// number of ids; a repetition of one that it has forgotten only makes us ask once more.
  private static let ageMaximumMicroseconds: Int64 = 26 * 3_600 * 1_000_000
  /// Clocks differ.
  private static let futureMaximumMicroseconds: Int64 = 5 * 60 * 1_000_000
  private static let message = "alipay.fund.trans.order.changed"

  package func parseNotification(
    _ notification: RawNotification
  ) throws(NotificationDefect) -> ChannelNotification {
    guard notification.body.count <= HTTPCaller.answerBytesMaximum else { throw .malformed("too long") }
    guard let form = FormText.decodeBytes(notification.body) else { throw .malformed("not a form") }
    func bytes(_ name: String) -> [UInt8] { form.first { $0.name.elementsEqual(name.utf8) }?.value ?? [] }
    func field(_ name: String) -> String { String(validating: bytes(name), as: UTF8.self) ?? "" }
    guard field("sign_type") == "RSA2", let signature = Data(base64Encoded: field("sign")),
      alipayKey.verifies(Array(signature), of: AlipaySigning.notificationText(form))
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
    let isChinese = Self.chineseCharsets.contains(field("charset").lowercased())
    let content = isChinese ? Self.plain(bytes("biz_content")) : bytes("biz_content")
    guard let bill = try? JSONText(reading: content) else { throw .malformed("biz_content") }
    let number = bill["out_biz_no"]?.string ?? ""
    guard let key = PayoutKey(number) else { throw .unknownKey(OwnCode.short(number)) }
    return ChannelNotification(
      key: key, id: id,
      reply: ChannelNotification.Reply(status: 200, contentType: "text/plain", body: Array("success".utf8)))
  }

  private static let chineseCharsets: Set<String> = ["gbk", "gb2312", "gb18030"]

  /// GB 18030, of which the others are parts, with a question mark for each character that is not ASCII: all that is read of
  /// the bill is our own number. Bytes cannot be taken singly, because a second one may be that of an ASCII character.
  private static func plain(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    var at = 0
    while at < bytes.count {
      guard bytes[at] >= 0x80 else {
        out.append(bytes[at])
        at += 1
        continue
      }
      // Characters of four bytes have a digit as their second one.
      let isOfFour = at + 1 < bytes.count && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[at + 1])
      at += isOfFour ? 4 : 2
      out.append(UInt8(ascii: "?"))
    }
    return out
  }

  private static func time(milliseconds: String, text: String) -> Timestamp? {
    guard !milliseconds.isEmpty else { return ChinaTime.parse(text) }
    guard let value = Int64(milliseconds), value > 0 else { return nil }
    let (microseconds, overflow) = value.multipliedReportingOverflow(by: 1_000)
    return overflow ? nil : Timestamp(microseconds: microseconds)
  }
}
