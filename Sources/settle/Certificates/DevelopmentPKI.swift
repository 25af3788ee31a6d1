/// The certificates that a developer's machine and the tests need: one authority, a server on this host, and clients
/// of each kind. Not for production: the authority's key lies beside them.
struct DevelopmentPKI: Sendable {
  /// The trust domain of the URI names.
  let domain: TrustDomain
  let leaves: Validity
  /// Wide enough that a leaf that is expired or not yet valid is so by itself.
  let authority: Validity

  struct Member: Hashable, Sendable {
    /// Of its files: `<name>.pem` and `<name>.key`.
    let name: String
    let purpose: CertificatePurpose
  }

  static let authorityName = "ca"
  static let serverName = "server"
  static let partnerName = "partner-demo"
  static let otherPartnerName = "partner-other"
  static let readerName = "reader-demo"
  static let operatorName = "operator-demo"

  /// People whose roles check each other: their files are `<role>-<name>`.
  struct Colleague: Hashable, Sendable {
    let role: String
    let name: String
    var fileName: String { "\(role)-\(name)" }
  }

  static let alice = Colleague(role: "reviewer", name: "alice")
  static let bob = Colleague(role: "reviewer", name: "bob")
  static let carol = Colleague(role: "finance", name: "carol")
  static let dave = Colleague(role: "finance", name: "dave")
  static let erin = Colleague(role: "compliance", name: "erin")
  static let frank = Colleague(role: "auditor", name: "frank")
  static let colleagues = [alice, bob, carol, dave, erin, frank]

  var members: [Member] {
    let base = "spiffe://\(domain.name)"
    return [
      Member(
        name: Self.serverName, purpose: .server(names: ["DNS:localhost", "IP:127.0.0.1", "IP:::1"])),
      Member(name: Self.partnerName, purpose: .client(uri: "\(base)/partner/demo")),
      Member(name: Self.otherPartnerName, purpose: .client(uri: "\(base)/partner/other")),
      Member(name: Self.readerName, purpose: .client(uri: "\(base)/staff/reader/reader-demo")),
      Member(name: Self.operatorName, purpose: .client(uri: "\(base)/staff/operator/operator-demo")),
    ]
      + Self.colleagues.map { colleague in
        Member(
          name: colleague.fileName, purpose: .client(uri: "\(base)/staff/\(colleague.role)/\(colleague.name)"))
      }
  }

  var fileNames: [String] {
    ([Self.authorityName] + members.map(\.name)).flatMap { ["\($0).pem", "\($0).key"] }
  }

  /// Writes all files; the directory is made if it is missing. Nothing is written when one exists and may not be replaced.
  func write(to directory: String, existing: Files.Existing) throws(Failure) {
    let paths = fileNames.map { "\(directory)/\($0)" }
    switch existing {
    case .refuse:
      if let taken = paths.first(where: Files.exists) {
        throw Failure(
          .cannotCreate, "\(taken) exists already; nothing was written",
          advice: "Choose another --out, or replace all certificates in it with --force.")
      }
    case .replace: break
    }
    try Files.makeDirectory(directory, mode: 0o755)
    let files = try make()
    for file in files {
      try Files.write(file.bytes, to: "\(directory)/\(file.name)", mode: file.mode, existing: existing)
    }
    try Files.syncDirectory(directory)
  }

  private struct File {
    let name: String
    let bytes: [UInt8]
    let mode: UInt32
  }

  private func make() throws(Failure) -> [File] {
    do throws(OpenSSLError) {
      let issuer = try CertificateIssuer(authority: "settle development CA", validity: authority)
      var files = try Self.pair(Self.authorityName, issuer.certificate, issuer.key)
      for member in members {
        let issued = try issuer.issue(commonName: member.name, purpose: member.purpose, validity: leaves)
        files += try Self.pair(member.name, issued.certificate, issued.key)
      }
      return files
    } catch {
      throw Failure(.internalError, "cannot make the certificates: \(error)")
    }
  }

  private static func pair(
    _ name: String, _ certificate: Certificate, _ key: PrivateKey
  ) throws(OpenSSLError) -> [File] {
    [
      File(name: "\(name).key", bytes: try key.pem(), mode: 0o600),
      File(name: "\(name).pem", bytes: try certificate.pem(), mode: 0o644),
    ]
  }
}
