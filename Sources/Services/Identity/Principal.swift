package import LedgerCore

/// Who calls, as the client certificate says it. Made once for a connection and kept as `Peer.identity`.
///
/// The certificate must carry exactly one URI subject alternative name (as X.509-SVID demands), and that one must be in
/// the configured domain:
///
///     spiffe://<domain>/partner/<id>
///     spiffe://<domain>/staff/<role>/<name>
package final class Principal: Sendable {
  package enum Role: String, CaseIterable, Sendable {
    case partner
    /// Reads everybody's things.
    case reader
    case reviewer
    case finance
    case `operator`
    case compliance
    case auditor
  }

  package let role: Role
  /// The partner's id, or the person's name.
  package let name: Label
  /// Whose request ids its requests use.
  package let namespace: Namespace
  /// Whose things it sees.
  package let scope: Scope

  package init(role: Role, name: Label) {
    self.role = role
    self.name = name
    switch role {
    case .partner:
      namespace = .partner(name)
      scope = .partner(name)
    case .reader, .reviewer, .finance, .operator, .compliance, .auditor:
      namespace = .staff
      scope = .all
    }
  }

  /// Why a certificate names nobody we know.
  package enum Defect: Error, Hashable, Sendable {
    case noURIName
    case severalURINames(count: Int)
    case otherDomain(expected: String)
    case notAPrincipal
    case unknownRole
  }

  package static func authenticate(uriNames: [String], domain: String) -> Result<Principal, Defect> {
    guard let name = uriNames.first else { return .failure(.noURIName) }
    guard uriNames.count == 1 else { return .failure(.severalURINames(count: uriNames.count)) }
    let prefix = "spiffe://\(domain)/"
    guard name.utf8.starts(with: prefix.utf8) else { return .failure(.otherDomain(expected: domain)) }
    let path = name.utf8.dropFirst(prefix.utf8.count).split(
      separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    switch path.count {
    case 2 where path[0].elementsEqual("partner".utf8):
      return label(path[1]).map { Principal(role: .partner, name: $0) }
    case 3 where path[0].elementsEqual("staff".utf8):
      guard let role = Role(rawValue: String(decoding: path[1], as: UTF8.self)), role != .partner else {
        return .failure(.unknownRole)
      }
      return label(path[2]).map { Principal(role: role, name: $0) }
    default: return .failure(.notAPrincipal)
    }
  }

  /// One segment of a SPIFFE path: letters, digits, '.', '-', '_', at least one and not all dots (SPIFFE ID, section 2.2).
  private static func label(_ segment: Substring.UTF8View.SubSequence) -> Result<Label, Defect> {
    let isAllowed = segment.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    guard isAllowed, segment.contains(where: { $0 != UInt8(ascii: ".") }) else { return .failure(.notAPrincipal) }
    do throws(Label.Defect) {
      return .success(try Label(String(decoding: segment, as: UTF8.self)))
    } catch {
      return .failure(.notAPrincipal)
    }
  }
}
