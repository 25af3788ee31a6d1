import ArgumentParser

/// The domain of the URI names in client certificates: `spiffe://<domain>/...`.
struct TrustDomain: Hashable, Sendable, ExpressibleByArgument {
  let name: String

  /// Longest trust domain by the SPIFFE ID specification, section 2.
  static let maximumBytes = 255
  static let standard = TrustDomain(unchecked: "settle.example")

  /// nil unless it is 1 to 255 lower-case letters, digits, dots, dashes and underscores (the SPIFFE rules).
  init?(_ text: String) {
    let utf8 = text.utf8
    guard (1...Self.maximumBytes).contains(utf8.count) else { return nil }
    let allowed = utf8.allSatisfy { byte in
      switch byte {
      case 0x61...0x7a, 0x30...0x39, 0x2d, 0x2e, 0x5f: true
      default: false
      }
    }
    guard allowed else { return nil }
    name = text
  }

  private init(unchecked name: String) { self.name = name }

  init?(argument: String) { self.init(argument) }

  var defaultValueDescription: String { name }
}
