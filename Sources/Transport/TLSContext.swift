import COpenSSL

/// Which client certificates a server takes.
package enum ClientVerification: Sendable {
  /// A certificate is required and must lead to one of the authorities in this PEM file and be fit for a TLS client.
  case required(authorityFile: String)
  /// Any client may connect and nobody is identified: for public test servers.
  case none
}

/// How a client proves who it is.
package enum ClientCredentials: Sendable {
  case anonymous
  case certificate(chainFile: String, keyFile: String)
}

/// An immutable set of TLS rules, shared by many connections.
///
/// TLS 1.2 at least, 1.3 preferred; HTTP/2 by ALPN or nothing; no renegotiation; no compression. There is no session
/// resumption at all, neither by ticket nor by cache: an identity then always comes from the certificate chain that
/// this very handshake verified, and no partner's ticket can open another partner's session. Connections are few and
/// long-lived, so the full handshake costs nothing that matters.
///
/// Unchecked: an SSL_CTX is not changed after `init`, and OpenSSL counts its references atomically.
package final class TLSContext: @unchecked Sendable {
  package enum Role: Sendable { case server, client }

  package let role: Role
  let pointer: OpaquePointer

  /// Forward secrecy and authenticated encryption only; AES first, which the CPU does in hardware.
  private static let ciphersTLS12 = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL"
  private static let ciphersTLS13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
  private static let groups = "X25519:P-256:P-384"
  /// ALPN's wire form: a length and a name.
  static let alpn: [UInt8] = [2, 0x68, 0x32]

  /// Reads all files now; a later change of the files needs a new context.
  package static func server(
    chainFile: String, keyFile: String, clients: ClientVerification
  ) throws(TLSConfigurationError) -> TLSContext {
    let context = try TLSContext(role: .server)
    try context.useCertificate(chainFile: chainFile, keyFile: keyFile)
    setOption(context.pointer, settle_SSL_OP_CIPHER_SERVER_PREFERENCE)
    switch clients {
    case .required(let file):
      try context.trust(file)
      SSL_CTX_set_client_CA_list(context.pointer, SSL_load_client_CA_file(file))
      SSL_CTX_set_verify(context.pointer, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
    case .none:
      SSL_CTX_set_verify(context.pointer, SSL_VERIFY_NONE, nil)
    }
    context.requireHTTP2()
    return context
  }

  package static func client(
    authorityFile: String, credentials: ClientCredentials = .anonymous
  ) throws(TLSConfigurationError) -> TLSContext {
    let context = try TLSContext(role: .client)
    try context.trust(authorityFile)
    switch credentials {
    case .anonymous: break
    case .certificate(let chainFile, let keyFile):
      try context.useCertificate(chainFile: chainFile, keyFile: keyFile)
    }
    SSL_CTX_set_verify(context.pointer, SSL_VERIFY_PEER, nil)
    SSL_CTX_set_alpn_protos(context.pointer, alpn, UInt32(alpn.count))
    return context
  }

  private init(role: Role) throws(TLSConfigurationError) {
    OpenSSLErrors.clear()
    let method =
      switch role {
      case .server: TLS_server_method()
      case .client: TLS_client_method()
      }
    guard let pointer = SSL_CTX_new(method) else {
      throw TLSConfigurationError(what: "OpenSSL", path: "", reason: OpenSSLErrors.drainText())
    }
    self.role = role
    self.pointer = pointer
    setOption(pointer, settle_SSL_OP_NO_RENEGOTIATION)
    setOption(pointer, settle_SSL_OP_NO_TICKET)
    setOption(pointer, settle_SSL_OP_NO_COMPRESSION)
    _ = settle_SSL_CTX_set_session_cache_mode(pointer, Int(SSL_SESS_CACHE_OFF))
    SSL_CTX_set_num_tickets(pointer, 0)
    // Idle connections then hold no 16 KiB record buffers.
    _ = settle_SSL_CTX_set_mode(pointer, settle_SSL_MODE_RELEASE_BUFFERS)
    let configured =
      settle_SSL_CTX_set_min_proto_version(pointer, TLS1_2_VERSION) == 1
      && SSL_CTX_set_cipher_list(pointer, Self.ciphersTLS12) == 1
      && SSL_CTX_set_ciphersuites(pointer, Self.ciphersTLS13) == 1
      && settle_SSL_CTX_set1_groups_list(pointer, Self.groups) == 1
    guard configured else {
      throw TLSConfigurationError(what: "OpenSSL", path: "", reason: OpenSSLErrors.drainText())
    }
  }

  deinit { SSL_CTX_free(pointer) }

  private func useCertificate(chainFile: String, keyFile: String) throws(TLSConfigurationError) {
    OpenSSLErrors.clear()
    // An encrypted key is an error: without this OpenSSL would stop and ask the terminal.
    SSL_CTX_set_default_passwd_cb(pointer) { _, _, _, _ in 0 }
    guard SSL_CTX_use_certificate_chain_file(pointer, chainFile) == 1 else {
      throw TLSConfigurationError(what: "certificate file", path: chainFile, reason: OpenSSLErrors.drainText())
    }
    guard SSL_CTX_use_PrivateKey_file(pointer, keyFile, SSL_FILETYPE_PEM) == 1 else {
      throw TLSConfigurationError(what: "key file", path: keyFile, reason: OpenSSLErrors.drainText())
    }
    guard SSL_CTX_check_private_key(pointer) == 1 else {
      throw TLSConfigurationError(
        what: "key file", path: keyFile, reason: "it does not belong to the certificate in \(chainFile)")
    }
  }

  private func trust(_ authorityFile: String) throws(TLSConfigurationError) {
    OpenSSLErrors.clear()
    guard SSL_CTX_load_verify_locations(pointer, authorityFile, nil) == 1 else {
      throw TLSConfigurationError(what: "authority file", path: authorityFile, reason: OpenSSLErrors.drainText())
    }
  }

  /// A client that offers no ALPN, or not h2, gets the alert no_application_protocol (RFC 7301, RFC 9113 section 3.2).
  private func requireHTTP2() {
    SSL_CTX_set_client_hello_cb(
      pointer,
      { ssl, alert, _ in
        var data: UnsafePointer<UInt8>?
        var count = 0
        let extensionALPN = UInt32(TLSEXT_TYPE_application_layer_protocol_negotiation)
        if SSL_client_hello_get0_ext(ssl, extensionALPN, &data, &count) == 1 { return SSL_CLIENT_HELLO_SUCCESS }
        alert?.pointee = SSL_AD_NO_APPLICATION_PROTOCOL
        return SSL_CLIENT_HELLO_ERROR
      }, nil)
    SSL_CTX_set_alpn_select_cb(
      pointer,
      { _, out, outCount, offered, offeredCount, _ in
        guard let out, let outCount, let offered else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        var at = 0
        let end = Int(offeredCount)
        while at < end {
          let count = Int(offered[at])
          if count == 2, at + 2 < end, offered[at + 1] == 0x68, offered[at + 2] == 0x32 {
            out.pointee = offered + at + 1
            outCount.pointee = 2
            return SSL_TLSEXT_ERR_OK
          }
          at += 1 + count
        }
        return SSL_TLSEXT_ERR_ALERT_FATAL
      }, nil)
  }
}

private func setOption(_ context: OpaquePointer, _ option: UInt64) {
  _ = settle_SSL_CTX_set_options(context, option)
}
