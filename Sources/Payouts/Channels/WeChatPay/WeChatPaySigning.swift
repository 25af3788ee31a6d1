internal import Digests
internal import Foundation
internal import LedgerCore

/// WECHATPAY2-SHA256-RSA2048 (APIv3, "Generate a signature" and "Verify a signature").
enum WeChatPaySigning {
  static let scheme = "WECHATPAY2-SHA256-RSA2048"
  /// "Refuse an answer whose time-stamp is more than five minutes away": against replays.
  static let windowSeconds: UInt64 = 300

  /// Five lines, each with its newline. The path has its query; a GET has an empty body.
  static func requestText(method: String, path: String, timestamp: String, nonce: String, body: [UInt8]) -> [UInt8] {
    Array("\(method)\n\(path)\n\(timestamp)\n\(nonce)\n".utf8) + body + [UInt8(ascii: "\n")]
  }

  /// Three lines: of answers and of notifications.
  static func answerText(timestamp: String, nonce: String, body: [UInt8]) -> [UInt8] {
    Array("\(timestamp)\n\(nonce)\n".utf8) + body + [UInt8(ascii: "\n")]
  }

  static func authorization(
    merchant: String, serial: String, timestamp: String, nonce: String, signature: String
  ) -> String {
    "\(scheme) mchid=\"\(merchant)\",nonce_str=\"\(nonce)\",signature=\"\(signature)\",timestamp=\"\(timestamp)\","
      + "serial_no=\"\(serial)\""
  }

  static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

  static func bytes(base64 text: String) -> [UInt8]? { Data(base64Encoded: text).map { Array($0) } }
}

/// WeChat Pay's keys by the names under which it signs.
struct WeChatPayKeys: Sendable {
  enum Defect: Error { case signature, stale }

  /// The first one encrypts.
  let all: [(id: String, key: RSAPublicKey)]

  /// - Parameter header: by lower-case name.
  func verify(
    _ body: [UInt8], now: Timestamp, header: (String) -> String?
  ) throws(Defect) {
    guard let timestamp = header("wechatpay-timestamp"), let nonce = header("wechatpay-nonce"),
      let serial = header("wechatpay-serial"), let text = header("wechatpay-signature"),
      let signature = WeChatPaySigning.bytes(base64: text), let key = all.first(where: { $0.id == serial })?.key,
      key.verifies(signature, of: WeChatPaySigning.answerText(timestamp: timestamp, nonce: nonce, body: body))
    else { throw .signature }
    guard let seconds = Int64(timestamp) else { throw .stale }
    let (age, overflow) = (now.microseconds / 1_000_000).subtractingReportingOverflow(seconds)
    guard !overflow, age.magnitude <= WeChatPaySigning.windowSeconds else { throw .stale }
  }
}
