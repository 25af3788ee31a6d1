/// The documents that come with the program. They are files of their own, because each is also the manual of its keys.
package enum ShippedRules: String, CaseIterable, Sendable {
  /// Strict: real names, payee accounts, limits, risk rules, reviews. To begin a platform's own rules from.
  case standard
  /// Takes everything: for load tests and demonstrations, never for money.
  case open

  /// As the file is written, comments included.
  package var text: String {
    switch self {
    case .standard: String(decoding: PackageResources.standard_yaml, as: UTF8.self)
    case .open: String(decoding: PackageResources.open_yaml, as: UTF8.self)
    }
  }
}
