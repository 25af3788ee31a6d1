internal import Digests

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// What an endpoint's deliveries are signed with (Standard Webhooks 1.0.0): 32 bytes, written "whsec_" and base64.
package struct WebhookSecret: Sendable, CustomStringConvertible, CustomReflectable {
  static let byteCount = 32

  let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  init(random: any RandomSource) throws(RandomFailure) { bytes = try random.bytes(Self.byteCount) }

  /// Shown once, to the one that made it.
  package var text: String { "whsec_" + Data(bytes).base64EncodedString() }

  /// "v1," and base64 of HMAC-SHA-256 over "{id}.{timestamp}.{body}".
  func signature(id: String, timestampSeconds: Int64, body: [UInt8]) -> String {
    var code = bytes.withUnsafeBytes { HMACSHA256(key: $0) }
    code.update(Array("\(id).\(timestampSeconds).".utf8))
    code.update(body)
    return "v1," + code.finalize().withUnsafeBytes { Data($0) }.base64EncodedString()
  }

  package var description: String { "<webhook secret>" }

  package var customMirror: Mirror { Mirror(self, children: []) }
}
