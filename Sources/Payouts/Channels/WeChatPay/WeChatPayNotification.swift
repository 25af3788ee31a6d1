internal import Digests
internal import LedgerCore

/// "Merchant transfer, notification": a signed envelope whose resource is sealed with the APIv3 key. It is believed in
/// nothing but that the bill is worth a query.
extension WeChatPayChannel {
  private static let event = "MCHTRANSFER.BILL.FINISHED"
  private static let algorithm = "AEAD_AES_256_GCM"

  package func parseNotification(
    _ notification: RawNotification
  ) throws(NotificationDefect) -> ChannelNotification {
    guard notification.body.count <= HTTPCaller.answerBytesMaximum else { throw .malformed("too long") }
    do throws(WeChatPayKeys.Defect) {
      try platformKeys.verify(notification.body, now: notification.receivedAt) { notification.header($0) }
    } catch {
      switch error {
      case .signature: throw .signature
      case .stale: throw .stale
      }
    }
    guard let envelope = try? JSONText(reading: notification.body) else { throw .malformed("not JSON") }
    guard envelope["event_type"]?.string == Self.event else { throw .malformed("another event") }
    guard let id = envelope["id"]?.string, !id.isEmpty, id.utf8.count <= 128 else { throw .malformed("no id") }
    let bill = try opened(envelope["resource"] ?? .null)
    guard (bill["mch_id"] ?? bill["mchid"])?.string == merchantID else { throw .malformed("another merchant's") }
    let number = bill["out_bill_no"]?.string ?? ""
    guard let key = PayoutKey(number) else { throw .unknownKey(OwnCode.short(number)) }
    return ChannelNotification(
      key: key, id: id,
      reply: ChannelNotification.Reply(
        status: 200, contentType: "application/json", body: Array(#"{"code":"SUCCESS","message":"成功"}"#.utf8)))
  }

  /// APIv3, "Decrypt certificates and notifications": the nonce and the associated data are texts, the tag stands behind
  /// the ciphertext.
  private func opened(_ resource: JSONText) throws(NotificationDefect) -> JSONText {
    guard resource["algorithm"]?.string == Self.algorithm, let nonce = resource["nonce"]?.string,
      let sealed = WeChatPaySigning.bytes(base64: resource["ciphertext"]?.string ?? "")
    else { throw .malformed("resource") }
    let additional = resource["associated_data"]?.string ?? ""
    guard
      let plaintext = try? AESGCM.open(
        key: apiV3Key, nonce: Array(nonce.utf8), sealed: sealed, authenticating: Array(additional.utf8)),
      let bill = try? JSONText(reading: plaintext)
    else { throw .malformed("the resource does not open with the APIv3 key") }
    return bill
  }
}
