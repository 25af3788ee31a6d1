/// Why TLS did not come about or broke. Each case is a sentence that a log line can end with.
package enum TLSFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The peer's certificate was missing or did not verify; the text is OpenSSL's.
  case certificateRefused(String)
  /// This side and the peer did not agree on "h2".
  case noHTTP2
  /// The peer sent a fatal alert: it refused this side. The text is OpenSSL's.
  case refusedByPeer(String)
  /// The peer broke the protocol, or no common version or cipher exists. The text is OpenSSL's.
  case protocolError(String)
  /// The peer closed the connection inside the handshake.
  case closedByPeer
  /// What the peer made this side answer inside TLS (key updates) exceeds its budget.
  case flooded

  package var description: String {
    switch self {
    case .certificateRefused(let why): "certificate refused: \(why)"
    case .noHTTP2: "the peers did not agree on HTTP/2 (ALPN h2)"
    case .refusedByPeer(let why): "refused by the peer: \(why)"
    case .protocolError(let why): "TLS error: \(why)"
    case .closedByPeer: "closed by the peer inside the TLS handshake"
    case .flooded: "too much TLS control traffic"
    }
  }
}

/// Why a TLS configuration cannot be used.
package struct TLSConfigurationError: Error, Sendable, CustomStringConvertible {
  package let what: String
  package let path: String
  package let reason: String
  package var description: String { "cannot use \(what) \(path): \(reason)" }
}
