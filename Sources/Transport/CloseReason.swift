/// Why a connection ended, for logs and counters.
package enum CloseReason: Hashable, Sendable, CustomStringConvertible {
  /// The peer closed, in the regular way or not.
  case closedByPeer
  /// The drain was over: all streams ended, or its time was up.
  case drained
  case tls(TLSFailure)
  /// The program did not admit the peer's certificate.
  case notAdmitted(String)
  /// HTTP/2 was broken; the text is nghttp2's.
  case protocolError(String)
  case flooded(Flood)
  case timedOut(ConnectionTimer)
  case socketError(String)
  /// Closed by this side on purpose, at once.
  case closed

  package var description: String {
    switch self {
    case .closedByPeer: "closed by the peer"
    case .drained: "drained"
    case .tls(let failure): failure.description
    case .notAdmitted(let why): "not admitted: \(why)"
    case .protocolError(let why): "HTTP/2 error: \(why)"
    case .flooded(let flood): "flooded by \(flood.rawValue)"
    case .timedOut(let timer): "timed out: \(timer.rawValue)"
    case .socketError(let why): "socket error: \(why)"
    case .closed: "closed by this side"
    }
  }
}

/// What a peer sent too much of.
package enum Flood: String, Hashable, Sendable {
  case resetsCaused = "streams that had to be reset"
  case idleFrames = "frames without progress"
  case headers = "a header block without end"
  case pings = "pings (too_many_pings)"
}

/// Which timer ran out.
package enum ConnectionTimer: String, Hashable, Sendable {
  case handshake = "TLS handshake"
  case preface = "HTTP/2 preface and SETTINGS"
  case settingsAck = "acknowledgement of SETTINGS"
  case frame = "a frame or header block that does not end"
  case write = "the peer does not take what we send"
  case ping = "ping not answered"
}
