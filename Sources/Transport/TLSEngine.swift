import COpenSSL

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One TLS connection over memory: ciphertext goes in by pointer, plaintext comes out, and the other way round. It
/// knows no sockets. Owns its SSL object and frees it in `deinit`. Not thread-safe.
package final class TLSEngine {
  package enum Handshake {
    case incomplete
    case complete
    case failed(TLSFailure)
  }

  package enum Read {
    case bytes(Int)
    /// All input is used up.
    case incomplete
    /// The peer said that it sends nothing more.
    case closed
    case failed(TLSFailure)
  }

  let ssl: OpaquePointer
  private let pipe: UnsafeMutablePointer<TLSPipe>
  private let role: TLSContext.Role
  /// Bytes that reading alone made this side send after the handshake (answers to key updates).
  private var answered = 0

  /// A KeyUpdate answer takes 27 bytes on the wire, so this is some 1,200 of them; honest peers send one per 2^24
  /// records.
  private static let answerLimitBytes = 32 * 1024
  /// Ciphertext memory kept for the next turn; what is larger is given back.
  private static let keptOutputBytes = 34 * 1024

  package convenience init?(server context: TLSContext) {
    self.init(context)
    SSL_set_accept_state(ssl)
  }

  /// `serverName` is a DNS name or an IP address; the server's certificate must carry it.
  package convenience init?(client context: TLSContext, serverName: String) {
    self.init(context)
    SSL_set_connect_state(ssl)
    let parameters = SSL_get0_param(ssl)
    if X509_VERIFY_PARAM_set1_ip_asc(parameters, serverName) != 1 {
      OpenSSLErrors.clear()
      guard SSL_set1_host(ssl, serverName) == 1, settle_SSL_set_tlsext_host_name(ssl, serverName) == 1 else {
        return nil
      }
    }
  }

  private init?(_ context: TLSContext) {
    OpenSSLErrors.clear()
    let pipe = UnsafeMutablePointer<TLSPipe>.allocate(capacity: 1)
    pipe.initialize(to: TLSPipe())
    guard let ssl = SSL_new(context.pointer), let bio = TLSPipeBIO.make(pipe) else {
      pipe.deinitialize(count: 1)
      pipe.deallocate()
      return nil
    }
    SSL_set_bio(ssl, bio, bio)
    self.ssl = ssl
    self.pipe = pipe
    self.role = context.role
  }

  deinit {
    SSL_free(ssl)
    pipe.pointee.freeOutput()
    pipe.deinitialize(count: 1)
    pipe.deallocate()
  }

  /// Lets `handshake` and `read` take ciphertext from `bytes` while `body` runs. OpenSSL copies what it cannot use
  /// yet, so nothing is left over once one of them answered `incomplete`.
  package func withInput<Result>(_ bytes: UnsafeRawBufferPointer, _ body: () -> Result) -> Result {
    pipe.pointee.input = bytes.baseAddress
    pipe.pointee.inputCount = bytes.count
    defer {
      pipe.pointee.input = nil
      pipe.pointee.inputCount = 0
    }
    return body()
  }

  package func handshake() -> Handshake {
    OpenSSLErrors.clear()
    let result = SSL_do_handshake(ssl)
    if result == 1 { return negotiatedHTTP2 ? .complete : .failed(.noHTTP2) }
    switch SSL_get_error(ssl, result) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .incomplete
    default: return .failed(failure())
    }
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer) -> Read {
    OpenSSLErrors.clear()
    let before = pipe.pointee.outputCount
    var count = 0
    let result = SSL_read_ex(ssl, buffer.baseAddress, buffer.count, &count)
    answered += pipe.pointee.outputCount - before
    if answered > Self.answerLimitBytes { return .failed(.flooded) }
    if result == 1 { return .bytes(count) }
    switch SSL_get_error(ssl, result) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .incomplete
    case SSL_ERROR_ZERO_RETURN: return .closed
    default: return .failed(failure())
    }
  }

  /// Nothing of the input is left, not even a part of a record: `read` would answer `incomplete`. Asking is cheaper than
  /// reading in vain, which matters with one request per turn.
  package var isDrained: Bool { pipe.pointee.inputCount == 0 && SSL_has_pending(ssl) == 0 }

  /// Encrypts all of `bytes`; 16 KiB at a time make the fewest records. False when the connection is broken.
  package func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count > 0 else { return true }
    OpenSSLErrors.clear()
    var count = 0
    // The pipe takes everything, so a write is never partial.
    return SSL_write_ex(ssl, bytes.baseAddress, bytes.count, &count) == 1 && count == bytes.count
  }

  /// Says that this side sends nothing more (close_notify).
  package func close() {
    OpenSSLErrors.clear()
    if SSL_is_init_finished(ssl) == 1 { _ = SSL_shutdown(ssl) }
    OpenSSLErrors.clear()
  }

  /// Ciphertext that waits to be sent.
  package var outputCount: Int { pipe.pointee.outputCount }

  /// Hands all waiting ciphertext to `body` and forgets it.
  package func takeOutput(_ body: (UnsafeRawBufferPointer) -> Void) {
    guard pipe.pointee.outputCount > 0 else { return }
    body(UnsafeRawBufferPointer(start: pipe.pointee.output, count: pipe.pointee.outputCount))
    pipe.pointee.outputCount = 0
    if pipe.pointee.outputCapacity > Self.keptOutputBytes { pipe.pointee.freeOutput() }
  }

  /// Gives the memory for ciphertext back: for a connection that fell idle.
  package func trim() {
    if pipe.pointee.outputCount == 0 { pipe.pointee.freeOutput() }
  }

  /// The peer's certificate as this handshake verified it; nil without one.
  package var peerCertificate: PeerCertificate? {
    guard let certificate = SSL_get1_peer_certificate(ssl) else { return nil }
    defer { X509_free(certificate) }
    guard SSL_get_verify_result(ssl) == Int(X509_V_OK), SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER != 0 else {
      return nil
    }
    return PeerCertificate(certificate)
  }

  private var negotiatedHTTP2: Bool {
    var name: UnsafePointer<UInt8>?
    var count: UInt32 = 0
    SSL_get0_alpn_selected(ssl, &name, &count)
    guard count == 2, let name else { return false }
    return name[0] == 0x68 && name[1] == 0x32
  }

  private func failure() -> TLSFailure {
    let verified = SSL_get_verify_result(ssl)
    guard let (code, text) = OpenSSLErrors.drain() else { return .closedByPeer }
    let reason = Int32(truncatingIfNeeded: code & UInt(ERR_REASON_MASK))
    if verified != Int(X509_V_OK) {
      return .certificateRefused(String(cString: X509_verify_cert_error_string(verified)))
    }
    if reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE { return .certificateRefused("none was sent") }
    if reason == SSL_R_NO_APPLICATION_PROTOCOL || reason == SSL_R_CALLBACK_FAILED
      || reason == SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL
    {
      return .noHTTP2
    }
    // OpenSSL numbers received alerts from this value on.
    if reason >= Self.firstAlertReason { return .refusedByPeer(text) }
    return .protocolError(text)
  }

  /// SSL_AD_REASON_OFFSET of ssl.h: reason = 1000 + alert number.
  private static let firstAlertReason: Int32 = 1000
}
