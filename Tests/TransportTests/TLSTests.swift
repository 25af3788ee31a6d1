import COpenSSL
import HTTPStreams
import Testing

@testable import Transport

/// Who gets a connection at all. faults.md calls these A01 and A05.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct TLSTests {
  enum Stranger: String, CaseIterable {
    case noCertificate, otherAuthority, expired, notYetValid, selfSigned, serverOnly
  }

  private func context(_ stranger: Stranger) throws -> TLSContext {
    let authority = try TestPKI.authority.get()
    let name = "URI:spiffe://test/partner/demo"
    let leaf: TestAuthority.Leaf
    switch stranger {
    case .noCertificate: return try TLSContext.client(authorityFile: authority.certificateFile)
    case .otherAuthority: leaf = try TestPKI.stranger.get().leaf("x", alternativeNames: name)
    case .expired: leaf = try authority.leaf("x", alternativeNames: name, days: (-3, -1))
    case .notYetValid: leaf = try authority.leaf("x", alternativeNames: name, days: (1, 3))
    case .selfSigned: leaf = try authority.leaf("x", alternativeNames: name, selfSigned: true)
    case .serverOnly: leaf = try authority.leaf("x", usage: .server, alternativeNames: name)
    }
    return try TestServer.clientTLS(leaf)
  }

  @Test(arguments: Stranger.allCases)
  func strangersAreRefused(_ stranger: Stranger) async throws {
    let server = try await TestServer.start()
    let client = try RawClient(port: server.port, tls: try context(stranger))
    // In TLS 1.3 the client is done before the server has looked at its certificate: the refusal comes as an alert.
    #expect(throws: (any Error).self) {
      try client.start()
      _ = try client.rest()
    }
    guard case .tls(.certificateRefused) = try await server.ended() else {
      Issue.record("not refused for its certificate")
      return
    }
    await server.stop()
  }

  @Test func aPartnerIsKnownByItsVerifiedNames() async throws {
    let server = try await TestServer.start()
    let client = try server.client()
    try client.start()
    try client.send(.request(1, "/who"))
    let body = try client.next(RawClient.Frame.data)?.payload ?? []
    #expect(String(decoding: body, as: UTF8.self) == "spiffe://test/partner/demo urn:second 32")
    await server.stop()
  }

  @Test func withoutVerificationNobodyIsKnown() async throws {
    let server = try await TestServer.start(clients: ClientVerification.none)
    let client = try server.client()
    try client.start()
    try client.send(.request(1, "/who"))
    let body = try client.next(RawClient.Frame.data)?.payload ?? []
    #expect(String(decoding: body, as: UTF8.self) == " 0")
    await server.stop()
  }

  @Test func whoTheProgramRefusesGoes() async throws {
    let server = try await TestServer.start { $0.identify = { _, _ in .refuse("not a partner") } }
    let client = try server.client()
    try client.start()
    _ = try client.rest()
    #expect(try await server.ended() == .notAdmitted("not a partner"))
    await server.stop()
  }

  @Test func withoutHTTP2ByALPNThereIsNoConnection() async throws {
    for offer in [[], [8] + Array("http/1.1".utf8), [2, 0x68, 0x33]] as [[UInt8]] {
      let server = try await TestServer.start()
      let tls = try TestServer.clientTLS()
      SSL_CTX_set_alpn_protos(tls.pointer, offer.isEmpty ? nil : offer, UInt32(offer.count))
      let client = try RawClient(port: server.port, tls: tls)
      #expect(throws: (any Error).self) {
        try client.start()
        _ = try client.rest()
      }
      #expect(try await server.ended() == .tls(.noHTTP2))
      await server.stop()
    }
  }

  @Test func oldVersionsAreRefused() async throws {
    let server = try await TestServer.start()
    let tls = try TestServer.clientTLS()
    SSL_CTX_set_cipher_list(tls.pointer, "ALL:@SECLEVEL=0")
    _ = settle_SSL_CTX_set_min_proto_version(tls.pointer, TLS1_VERSION)
    SSL_CTX_ctrl(tls.pointer, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(TLS1_1_VERSION), nil)
    let client = try RawClient(port: server.port, tls: tls)
    #expect(throws: (any Error).self) { try client.handshake() }
    guard case .tls(.protocolError(let why)) = try await server.ended() else {
      Issue.record("not a protocol error")
      return
    }
    #expect(why.contains("unsupported protocol"))
    await server.stop()
  }

  @Test func version12Works() async throws {
    let server = try await TestServer.start()
    let client = try RawClient(port: server.port, tls: try Self.version12())
    try client.start()
    #expect(SSL_version(client.engine.ssl) == TLS1_2_VERSION)
    try client.send(.request(1, "/who"))
    #expect(try client.next(RawClient.Frame.data)?.payload.isEmpty == false)
    await server.stop()
  }

  @Test func renegotiationIsRefused() async throws {
    let server = try await TestServer.start()
    let tls = try Self.version12()
    SSL_CTX_clear_options(tls.pointer, settle_SSL_OP_NO_RENEGOTIATION)
    let client = try RawClient(port: server.port, tls: tls)
    try client.start()
    _ = try client.next(RawClient.Frame.settings)
    #expect(SSL_renegotiate(client.engine.ssl) == 1)
    #expect(throws: (any Error).self) {
      _ = client.engine.handshake()
      try client.send(.ping())
      _ = try client.rest()
      try client.handshake()
    }
    await server.stop()
  }

  @Test func aFloodOfKeyUpdatesIsCutOff() async throws {
    let server = try await TestServer.start()
    let client = try server.client()
    try client.start()
    #expect(throws: (any Error).self) {
      // Each asks for an answer, and none of the answers is read.
      for _ in 0..<20_000 {
        #expect(SSL_key_update(client.engine.ssl, SSL_KEY_UPDATE_REQUESTED) == 1)
        try client.send(.windowUpdate(0, 1))
      }
      _ = try client.rest()
      throw RawClient.Failure.closed
    }
    #expect(try await server.ended() == .tls(.flooded))
    await server.stop()
  }

  @Test func sessionsAreNeverResumed() async throws {
    for makeTLS in [Self.version12, { try TestServer.clientTLS() }] {
      let server = try await TestServer.start()
      let tls = try makeTLS()
      let first = try RawClient(port: server.port, tls: tls)
      try first.start()
      _ = try first.next(RawClient.Frame.settings)
      let session = SSL_get1_session(first.engine.ssl)
      defer { SSL_SESSION_free(session) }
      let second = try RawClient(port: server.port, tls: tls)
      SSL_set_session(second.engine.ssl, session)
      try second.start()
      _ = try second.next(RawClient.Frame.settings)
      #expect(SSL_session_reused(second.engine.ssl) == 0)
      await server.stop()
    }
  }

  @Test func aReplacedCertificateServesNewHandshakesAndOldConnectionsGoOn() async throws {
    let server = try await TestServer.start()
    let old = try server.client()
    try old.start()
    let leaf = try TestPKI.authority.get().leaf("renewed", usage: .server, alternativeNames: "DNS:localhost")
    let authority = try TestPKI.authority.get().certificateFile
    server.server.replaceTLS(
      try TLSContext.server(
        chainFile: leaf.chainFile, keyFile: leaf.keyFile, clients: .required(authorityFile: authority)))
    let new = try server.client()
    try new.start()
    let shown = try [old, new].map { try #require(Self.peerDigest($0)) }
    #expect(shown[0] != shown[1])
    for client in [old, new] {
      try client.send(.request(1, "/who"))
      #expect(try client.next(RawClient.Frame.data) != nil)
    }
    await server.stop()
  }

  @Test func badFilesAreNamed() throws {
    let good = try TestPKI.server.get()
    let authority = try TestPKI.authority.get().certificateFile
    let other = try TestPKI.partner.get()
    for (chain, key, clients, wrong) in [
      ("/nowhere.pem", good.keyFile, authority, "/nowhere.pem"),
      (good.chainFile, "/nowhere.key", authority, "/nowhere.key"),
      (good.chainFile, other.keyFile, authority, other.keyFile),
      (good.chainFile, good.keyFile, "/no-ca.pem", "/no-ca.pem"),
      (good.keyFile, good.keyFile, authority, good.keyFile),
      (good.chainFile, try TestPKI.authority.get().encryptedKeyFile(), authority, "encrypted.key"),
    ] {
      let error = #expect(throws: TLSConfigurationError.self) {
        try TLSContext.server(chainFile: chain, keyFile: key, clients: .required(authorityFile: clients))
      }
      #expect(error?.path.hasSuffix(wrong) == true)
      #expect(error?.reason.isEmpty == false)
    }
  }

  private static func peerDigest(_ client: RawClient) -> [UInt8]? { client.engine.peerCertificate?.digest }

  private static func version12() throws -> TLSContext {
    let tls = try TestServer.clientTLS()
    SSL_CTX_ctrl(tls.pointer, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
    return tls
  }
}
