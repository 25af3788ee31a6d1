internal import Digests
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
  /// As records keep it.
  package let caller: Caller

  /// - Parameter certificate: as in `Caller`; 0 where it is not known.
  package init(role: Role, name: Label, certificate: UInt64 = 0) {
    self.role = role
    self.name = name
    if let staff = role.staff {
      namespace = .staff
      scope = .all
      caller = Caller(person: Person(name: name, role: staff), certificate: certificate)
    } else {
      namespace = .partner(name)
      scope = .partner(name)
      caller = Caller(person: nil, certificate: certificate)
    }
  }

  /// The key of a request of this principal.
  func key(_ id: Label, _ content: Fingerprint128) -> RequestKey {
    RequestKey(namespace: namespace, id: id, content: content, caller: caller)
  }

  /// Why a certificate names nobody we know.
  package enum Defect: Error, Hashable, Sendable {
    case noURIName
    case severalURINames(count: Int)
    case otherDomain(expected: String)
    case notAPrincipal
    case unknownRole
  }

  /// - Parameter certificateDigest: SHA-256 of the certificate; empty without one.
  package static func authenticate(
    uriNames: [String], domain: String, certificateDigest: [UInt8]
  ) -> Result<Principal, Defect> {
    let certificate = certificate(certificateDigest)
    guard let name = uriNames.first else { return .failure(.noURIName) }
    guard uriNames.count == 1 else { return .failure(.severalURINames(count: uriNames.count)) }
    let prefix = "spiffe://\(domain)/"
    guard name.utf8.starts(with: prefix.utf8) else { return .failure(.otherDomain(expected: domain)) }
    let path = name.utf8.dropFirst(prefix.utf8.count).split(
      separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    switch path.count {
    case 2 where path[0].elementsEqual("partner".utf8):
      return label(path[1]).map { Principal(role: .partner, name: $0, certificate: certificate) }
    case 3 where path[0].elementsEqual("staff".utf8):
      guard let role = Role(rawValue: String(decoding: path[1], as: UTF8.self)), role != .partner else {
        return .failure(.unknownRole)
      }
      return label(path[2]).map { Principal(role: role, name: $0, certificate: certificate) }
    default: return .failure(.notAPrincipal)
    }
  }

  /// The first eight bytes, the first of them the highest: enough to find the certificate that an auditor asks for.
  private static func certificate(_ digest: [UInt8]) -> UInt64 {
    guard digest.count >= 8 else { return 0 }
    return digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
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

extension Principal.Role {
  /// nil for a partner.
  var staff: StaffRole? {
    switch self {
    case .partner: nil
    case .reader: .reader
    case .reviewer: .reviewer
    case .finance: .finance
    case .operator: .operator
    case .compliance: .compliance
    case .auditor: .auditor
    }
  }
}

extension StaffRole {
  /// As certificates and replies write it.
  var wireName: String {
    switch self {
    case .reader: "reader"
    case .reviewer: "reviewer"
    case .finance: "finance"
    case .operator: "operator"
    case .compliance: "compliance"
    case .auditor: "auditor"
    }
  }
}

/// For whom a reply is written: some of it is for staff only.
enum Audience: Hashable, Sendable {
  case partner
  case staff
}

extension Principal {
  var audience: Audience { role == .partner ? .partner : .staff }
}
