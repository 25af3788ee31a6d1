import Foundation
import Testing

@testable import settle

/// The certificates as OpenSSL's own command line sees them.
@Suite("Development PKI")
struct DevelopmentPKITests {
  /// Now as the PKI is told: 2026-07-01T00:00:00Z.
  static let nowSeconds = 1_782_864_000

  static func pki(notBeforeSeconds: Int? = nil, days: Int = 30, domain: String = "settle.example") throws
    -> DevelopmentPKI
  {
    CertsCommand.plan(
      domain: try #require(TrustDomain(domain)), nowSeconds: nowSeconds, notBeforeSeconds: notBeforeSeconds,
      days: days)
  }

  @Test(
    "every certificate is signed by the authority for its one purpose",
    arguments: [
      ("server", "sslserver"), ("partner-demo", "sslclient"), ("partner-other", "sslclient"),
      ("reader-demo", "sslclient"), ("operator-demo", "sslclient"), ("reviewer-alice", "sslclient"),
      ("auditor-frank", "sslclient"),
    ])
  func verifies(name: String, purpose: String) throws {
    try Shell.withDirectory { directory in
      try Self.pki().write(to: directory, existing: .refuse)
      let other = purpose == "sslserver" ? "sslclient" : "sslserver"
      func verify(_ purpose: String, at seconds: Int) throws -> Shell.Outcome {
        try Shell.run([
          "openssl", "verify", "-x509_strict", "-purpose", purpose, "-attime", String(seconds), "-CAfile",
          "\(directory)/ca.pem", "\(directory)/\(name).pem",
        ])
      }
      let good = try verify(purpose, at: Self.nowSeconds)
      #expect(good.status == 0, "\(good.output)")
      #expect(try verify(other, at: Self.nowSeconds).status != 0, "also good for \(other)")
      #expect(try verify(purpose, at: Self.nowSeconds + 31 * 86_400).status != 0, "good after its end")
    }
  }

  @Test(
    "a client has exactly one URI name, a server its host names",
    arguments: [
      ("server", "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1"),
      ("partner-demo", "URI:spiffe://payments.test/partner/demo"),
      ("partner-other", "URI:spiffe://payments.test/partner/other"),
      ("reader-demo", "URI:spiffe://payments.test/staff/reader/reader-demo"),
      ("operator-demo", "URI:spiffe://payments.test/staff/operator/operator-demo"),
      ("reviewer-alice", "URI:spiffe://payments.test/staff/reviewer/alice"),
      ("reviewer-bob", "URI:spiffe://payments.test/staff/reviewer/bob"),
      ("finance-carol", "URI:spiffe://payments.test/staff/finance/carol"),
      ("finance-dave", "URI:spiffe://payments.test/staff/finance/dave"),
      ("compliance-erin", "URI:spiffe://payments.test/staff/compliance/erin"),
      ("auditor-frank", "URI:spiffe://payments.test/staff/auditor/frank"),
    ])
  func names(name: String, expected: String) throws {
    try Shell.withDirectory { directory in
      try Self.pki(domain: "payments.test").write(to: directory, existing: .refuse)
      let shown = try Shell.run([
        "openssl", "x509", "-noout", "-ext", "subjectAltName", "-in", "\(directory)/\(name).pem",
      ])
      let line = shown.output.split(separator: "\n").last.map { $0.drop { $0 == " " } }
      #expect(line.map(String.init) == expected)
    }
  }

  @Test("keys are P-256, belong to their certificates, and only the owner reads them")
  func keys() throws {
    try Shell.withDirectory { directory in
      let pki = try Self.pki()
      try pki.write(to: directory, existing: .refuse)
      for name in ["ca"] + pki.members.map(\.name) {
        let key = "\(directory)/\(name).key"
        let ofKey = try Shell.run(["openssl", "pkey", "-pubout", "-in", key])
        let ofCertificate = try Shell.run(["openssl", "x509", "-noout", "-pubkey", "-in", "\(directory)/\(name).pem"])
        #expect(ofKey.status == 0 && ofKey.output == ofCertificate.output, "\(name)")
        #expect(try Shell.run(["openssl", "pkey", "-noout", "-text", "-in", key]).output.contains("prime256v1"))
        let mode = try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int
        #expect(mode == 0o600, "\(name)")
      }
    }
  }

  @Test("a leaf of another time is wrong by itself, under an authority that is valid now")
  func notYetValid() throws {
    try Shell.withDirectory { directory in
      let start = Self.nowSeconds + 10 * 86_400
      try Self.pki(notBeforeSeconds: start, days: 1).write(to: directory, existing: .refuse)
      func verify(_ name: String, at seconds: Int) throws -> String {
        try Shell.run([
          "openssl", "verify", "-attime", String(seconds), "-CAfile", "\(directory)/ca.pem", "\(directory)/\(name).pem",
        ]).output
      }
      #expect(try verify("partner-demo", at: Self.nowSeconds).contains("certificate is not yet valid"))
      #expect(try verify("ca", at: Self.nowSeconds).contains("OK"))
      #expect(try verify("partner-demo", at: start + 60).contains("OK"))
      #expect(try verify("partner-demo", at: start + 2 * 86_400).contains("certificate has expired"))
    }
  }

  @Test("what exists stays, all of it, unless it may be replaced")
  func refusesToOverwrite() throws {
    try Shell.withDirectory { directory in
      try Data("mine".utf8).write(to: URL(fileURLWithPath: "\(directory)/reader-demo.key"))
      let pki = try Self.pki()
      let failure = #expect(throws: Failure.self) { try pki.write(to: directory, existing: .refuse) }
      #expect(failure?.reason == .cannotCreate)
      #expect(failure?.message.contains("reader-demo.key exists already") == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["reader-demo.key"])

      try pki.write(to: directory, existing: .replace)
      let files = try FileManager.default.contentsOfDirectory(atPath: directory)
      #expect(Set(files) == Set(pki.fileNames))
    }
  }

  @Test("a directory that cannot be made is named")
  func directoryIsAFile() throws {
    try Shell.withDirectory { directory in
      try Data().write(to: URL(fileURLWithPath: "\(directory)/file"))
      let pki = try Self.pki()
      let failure = #expect(throws: Failure.self) { try pki.write(to: "\(directory)/file", existing: .refuse) }
      #expect(failure?.reason == .cannotCreate)
      #expect(failure?.message.contains("\(directory)/file") == true)
    }
  }

  @Test(
    "a trust domain is what SPIFFE allows",
    arguments: [
      ("settle.example", true), ("a", true), ("a_b-c.9", true), ("", false), ("Settle.example", false),
      ("a/b", false), ("a,URI:x", false), ("a b", false), ("例", false), (String(repeating: "a", count: 256), false),
    ])
  func trustDomain(text: String, isAllowed: Bool) {
    #expect((TrustDomain(text) != nil) == isAllowed)
  }
}
