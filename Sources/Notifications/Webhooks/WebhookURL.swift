/// Where a receiver is. Of the many ways to write a URL only the plain ones are taken, so that no other reader of the same
/// text finds another host in it.
///
///     https://HOST[:PORT][/PATH][?QUERY]
package struct WebhookURL: Hashable, Sendable {
  /// Ports at which receivers of HTTPS stand; others are other services, that a URL must not be a way to.
  package static let ports: [UInt16] = [443, 4443, 8443, 9443]

  package enum Defect: Error, Hashable, Sendable {
    case tooLong(bytes: Int)
    case notHTTPS
    case hostMalformed
    case portMalformed
    case portNotAllowed(UInt16)
    /// Of the path or query: something else than printable ASCII, a backslash, or a fragment.
    case targetMalformed
  }

  /// In lower case; an IPv6 address without its brackets.
  package let host: String
  package let port: UInt16
  /// Path and query, from the first "/" on.
  package let target: String

  /// - Parameter anyPort: for tests and demos.
  package init(_ text: String, anyPort: Bool) throws(Defect) {
    guard text.utf8.count <= WebhookLimits.urlBytesMaximum else { throw .tooLong(bytes: text.utf8.count) }
    let scheme = "https://"
    guard text.utf8.count > scheme.utf8.count, text.prefix(scheme.count).lowercased() == scheme else { throw .notHTTPS }
    let rest = text.utf8.dropFirst(scheme.utf8.count)
    let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
    let (host, port) = try Self.authority(rest[..<end])
    guard anyPort || Self.ports.contains(port) else { throw .portNotAllowed(port) }
    let target = rest[end...]
    guard target.allSatisfy(Self.isTargetByte) else { throw .targetMalformed }
    self.host = host
    self.port = port
    let path = String(decoding: target, as: UTF8.self)
    self.target = path.hasPrefix("/") ? path : "/" + path
  }

  /// One form for each place.
  package var text: String {
    let host = isSix ? "[\(host)]" : host
    return port == 443 ? "https://\(host)\(target)" : "https://\(host):\(port)\(target)"
  }

  private var isSix: Bool { host.utf8.contains(UInt8(ascii: ":")) }

  private static func authority(_ bytes: Substring.UTF8View.SubSequence) throws(Defect) -> (String, UInt16) {
    var host = bytes
    var port: UInt16 = 443
    if bytes.first == UInt8(ascii: "[") {
      guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else { throw .hostMalformed }
      host = bytes[bytes.index(after: bytes.startIndex)..<close]
      let behind = bytes[bytes.index(after: close)...]
      if !behind.isEmpty {
        guard behind.first == UInt8(ascii: ":") else { throw .hostMalformed }
        port = try self.port(behind.dropFirst())
      }
      guard case .six? = InternetAddress(String(decoding: host, as: UTF8.self)) else { throw .hostMalformed }
    } else {
      if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
        host = bytes[..<colon]
        port = try self.port(bytes[bytes.index(after: colon)...])
      }
      guard isName(host) else { throw .hostMalformed }
    }
    return (String(decoding: host, as: UTF8.self).lowercased(), port)
  }

  private static func port(_ digits: Substring.UTF8View.SubSequence) throws(Defect) -> UInt16 {
    guard (1...5).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = UInt16(String(decoding: digits, as: UTF8.self)), port > 0
    else { throw .portMalformed }
    return port
  }

  /// Letters, digits, hyphens and single dots inside (RFC 1123); an IPv4 address is such a name too.
  private static func isName(_ bytes: Substring.UTF8View.SubSequence) -> Bool {
    guard (1...253).contains(bytes.count) else { return false }
    return bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
      (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
        && label.allSatisfy {
          switch $0 {
          case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"): true
          default: false
          }
        }
    }
  }

  private static func isTargetByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "#"), UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"),
      UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"),
      UInt8(ascii: "["), UInt8(ascii: "]"):
      false
    case 0x21...0x7E: true
    default: false
    }
  }
}
