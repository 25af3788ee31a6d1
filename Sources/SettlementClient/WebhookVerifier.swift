internal import Digests

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Verifies webhooks as a receiver does, by Standard Webhooks 1.0.0 and by the same rules as the Python client.
package struct WebhookVerifier: Sendable {
  /// Seconds that a webhook's timestamp may be away from the clock: older ones may be replayed.
  package static let toleranceSeconds: Int64 = 300

  private static let secretPrefix = "whsec_"
  private static let secretBytes = 24...64
  /// Digits of a timestamp: enough for 30,000 years, and no overflow.
  private static let timestampDigitsMaximum = 12

  package enum Defect: Error, Hashable, Sendable {
    /// A secret is "whsec_" and base64 of 24 to 64 bytes.
    case notASecret
    case headerMissing(String)
    case timestampMalformed
    case timestampAway(seconds: Int64)
    /// The body or a header was altered, or the secret is another one.
    case signatureWrong
  }

  private let keys: [[UInt8]]

  /// - Parameter secrets: as `CreateWebhookEndpoint` showed them; several while they are rotated.
  package init(secrets: [String]) throws(Defect) {
    guard !secrets.isEmpty else { throw .notASecret }
    keys = try secrets.map { text throws(Defect) in
      let base64 = text.hasPrefix(Self.secretPrefix) ? String(text.dropFirst(Self.secretPrefix.count)) : text
      guard let key = Data(base64Encoded: base64), Self.secretBytes.contains(key.count) else { throw .notASecret }
      return Array(key)
    }
  }

  /// A delivery may arrive more than once: remember the id of what you have acted on.
  ///
  /// - Parameters:
  ///   - headers: names in any case.
  ///   - body: exactly as it was received.
  /// - Returns: the webhook-id.
  package func verify(
    headers: [(name: String, value: String)], body: [UInt8], nowSeconds: Int64
  ) throws(Defect) -> String {
    func header(_ name: String) throws(Defect) -> String {
      guard let value = headers.last(where: { $0.name.lowercased() == name })?.value, !value.isEmpty else {
        throw .headerMissing(name)
      }
      return value
    }
    let id = try header("webhook-id")
    let timestamp = try Self.timestamp(try header("webhook-timestamp"))
    let away = timestamp > nowSeconds ? timestamp - nowSeconds : nowSeconds - timestamp
    guard away <= Self.toleranceSeconds else { throw .timestampAway(seconds: away) }
    let expected = keys.map { key in
      var code = key.withUnsafeBytes { HMACSHA256(key: $0) }
      code.update(Array("\(id).\(timestamp).".utf8))
      code.update(body)
      return code.finalize().withUnsafeBytes { Array($0) }
    }
    let given = try header("webhook-signature").split(separator: " ").filter { $0.hasPrefix("v1,") }
      .compactMap { Data(base64Encoded: String($0.dropFirst(3))) }
    // All of them, so that the time tells nothing.
    let matches = given.flatMap { signature in expected.map { Self.isEqual(Array(signature), $0) } }
    guard matches.contains(true) else { throw .signatureWrong }
    return id
  }

  /// Only plain digits: what else may be read as the same number is another text under the same signature.
  private static func timestamp(_ text: String) throws(Defect) -> Int64 {
    guard (1...timestampDigitsMaximum).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      text == "0" || !text.hasPrefix("0"), let seconds = Int64(text)
    else { throw .timestampMalformed }
    return seconds
  }

  private static func isEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard a.count == b.count else { return false }
    return zip(a, b).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
