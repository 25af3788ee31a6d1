import CNghttp2
import COpenSSL
import Glibc

@testable import Transport

/// A client that sends any bytes: a blocking socket, our TLS engine, and frames written by hand.
final class RawClient {
  enum Failure: Error {
    case socket(String, Int32)
    case timedOut
    case handshake(TLSFailure)
    case closed
  }

  struct Frame: Equatable, Sendable {
    var type: UInt8
    var flags: UInt8 = 0
    var stream: UInt32 = 0
    var payload: [UInt8] = []

    static let data: UInt8 = 0, headers: UInt8 = 1, priority: UInt8 = 2, reset: UInt8 = 3, settings: UInt8 = 4
    static let ping: UInt8 = 6, goaway: UInt8 = 7, windowUpdate: UInt8 = 8, continuation: UInt8 = 9
    static let endStream: UInt8 = 1, ack: UInt8 = 1, endHeaders: UInt8 = 4, padded: UInt8 = 8

    var bytes: [UInt8] {
      let count = payload.count
      return [UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF), type, flags]
        + Self.number(stream) + payload
    }

    var errorCode: UInt32? {
      switch type {
      case Self.reset where payload.count == 4: Self.number(payload[0..<4])
      case Self.goaway where payload.count >= 8: Self.number(payload[4..<8])
      default: nil
      }
    }

    var hasEndStream: Bool { (type == Self.data || type == Self.headers) && flags & Self.endStream != 0 }

    static func number(_ value: UInt32) -> [UInt8] {
      [UInt8(value >> 24), UInt8(value >> 16 & 0xFF), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)]
    }

    static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }

    static func settings(_ entries: [(UInt16, UInt32)] = []) -> Frame {
      Frame(
        type: settings,
        payload: entries.flatMap { [UInt8($0.0 >> 8), UInt8($0.0 & 0xFF)] + number($0.1) })
    }

    static let settingsAck = Frame(type: settings, flags: ack)
    static func data(_ stream: UInt32, _ payload: [UInt8], end: Bool = false) -> Frame {
      Frame(type: data, flags: end ? endStream : 0, stream: stream, payload: payload)
    }
    static func reset(_ stream: UInt32, _ code: UInt32) -> Frame {
      Frame(type: reset, stream: stream, payload: number(code))
    }
    static func windowUpdate(_ stream: UInt32, _ increment: UInt32) -> Frame {
      Frame(type: windowUpdate, stream: stream, payload: number(increment))
    }
    static func ping(_ mark: UInt8 = 0) -> Frame {
      Frame(type: ping, payload: [UInt8](repeating: mark, count: 8))
    }
    static func headers(_ stream: UInt32, _ fields: [(String, String)], end: Bool = false) -> Frame {
      Frame(
        type: headers, flags: endHeaders | (end ? endStream : 0), stream: stream, payload: block(fields))
    }
    static func request(_ stream: UInt32, _ path: String, end: Bool = true, extra: [(String, String)] = []) -> Frame {
      headers(
        stream,
        [(":method", "POST"), (":scheme", "https"), (":path", path), (":authority", "localhost")] + extra, end: end)
    }

    /// HPACK: literals without indexing and without Huffman coding.
    static func block(_ fields: [(String, String)]) -> [UInt8] {
      fields.flatMap { [0x00] + text($0.0) + text($0.1) }
    }

    private static func text(_ value: String) -> [UInt8] {
      var count = value.utf8.count
      var bytes: [UInt8] = []
      if count < 127 {
        bytes.append(UInt8(count))
      } else {
        bytes.append(127)
        count -= 127
        while count >= 128 {
          bytes.append(UInt8(count % 128 + 128))
          count /= 128
        }
        bytes.append(UInt8(count))
      }
      return bytes + Array(value.utf8)
    }
  }

  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  let engine: TLSEngine
  private let socket: Int32
  private var plain: [UInt8] = []
  private var isEnded = false
  private var inflater: OpaquePointer?

  /// Reading gives up after this: a test then fails instead of hanging.
  private static let patienceSeconds = 20

  init(port: Int, tls: TLSContext, receiveBufferBytes: Int32? = nil) throws {
    guard let engine = TLSEngine(client: tls, serverName: "localhost") else { throw Failure.closed }
    self.engine = engine
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var patience = timeval(tv_sec: Self.patienceSeconds, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    if var size = receiveBufferBytes {
      setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    nghttp2_hd_inflate_new(&inflater)
    guard result == 0 else { throw Failure.socket("connect", errno) }
  }

  deinit {
    if let inflater { nghttp2_hd_inflate_del(inflater) }
    Glibc.close(socket)
  }

  /// TLS only.
  func handshake() throws {
    while true {
      switch engine.handshake() {
      case .complete:
        try sendCiphertext()
        return
      case .failed(let why):
        try? sendCiphertext()
        throw Failure.handshake(why)
      case .incomplete:
        try sendCiphertext()
        try receiveCiphertext { _ in
          switch engine.handshake() {
          case .failed(let why): throw Failure.handshake(why)
          // The server's first frames may have come along.
          case .complete: _ = try decrypt()
          case .incomplete: break
          }
        }
      }
    }
  }

  /// TLS, preface and SETTINGS.
  func start(_ settings: Frame = .settings()) throws {
    try handshake()
    try send(raw: Self.preface + settings.bytes)
  }

  func send(_ frames: Frame...) throws { try send(raw: frames.flatMap(\.bytes)) }
  func send(_ frames: [Frame]) throws { try send(raw: frames.flatMap(\.bytes)) }

  func send(raw bytes: [UInt8]) throws {
    for start in stride(from: 0, to: bytes.count, by: 16384) {
      let sent = bytes[start..<min(bytes.count, start + 16384)].withUnsafeBytes { engine.write($0) }
      guard sent else { throw Failure.closed }
    }
    try sendCiphertext()
  }

  /// The next frame; nil when the server has closed.
  func next() throws -> Frame? {
    while true {
      if plain.count >= 9 {
        let count = Int(plain[0]) << 16 | Int(plain[1]) << 8 | Int(plain[2])
        if plain.count >= 9 + count {
          let frame = Frame(
            type: plain[3], flags: plain[4], stream: Frame.number(plain[5..<9]) & 0x7FFF_FFFF,
            payload: Array(plain[9..<9 + count]))
          plain.removeFirst(9 + count)
          return frame
        }
      }
      guard try readMore() else { return nil }
    }
  }

  /// The next frame of that type, answering SETTINGS on the way; nil when the server has closed.
  func next(_ type: UInt8, stream: UInt32? = nil) throws -> Frame? {
    while let frame = try next() {
      if frame.type == Frame.settings, frame.flags & Frame.ack == 0 { try send(.settingsAck) }
      if frame.type == type, stream == nil || frame.stream == stream { return frame }
    }
    return nil
  }

  /// All frames until the server closes.
  func rest() throws -> [Frame] {
    var frames: [Frame] = []
    while let frame = try next() { frames.append(frame) }
    return frames
  }

  /// Fields of a header block, in order of arrival of the blocks.
  func fields(_ frame: Frame) -> [String: String] {
    var found: [String: String] = [:]
    var rest = frame.payload[...]
    while !rest.isEmpty {
      var field = nghttp2_nv()
      var flags: Int32 = 0
      let used = rest.withUnsafeBufferPointer {
        nghttp2_hd_inflate_hd2(inflater, &field, &flags, $0.baseAddress, $0.count, 1)
      }
      guard used >= 0 else { break }
      rest = rest.dropFirst(used)
      if UInt32(flags) & NGHTTP2_HD_INFLATE_EMIT.rawValue != 0 {
        let name = String(decoding: UnsafeBufferPointer(start: field.name, count: field.namelen), as: UTF8.self)
        found[name] = String(decoding: UnsafeBufferPointer(start: field.value, count: field.valuelen), as: UTF8.self)
      }
      if UInt32(flags) & NGHTTP2_HD_INFLATE_FINAL.rawValue != 0 {
        nghttp2_hd_inflate_end_headers(inflater)
        break
      }
    }
    return found
  }

  func shutdownSending() { Glibc.shutdown(socket, Int32(SHUT_WR)) }

  private func readMore() throws -> Bool {
    if isEnded { return false }
    var more = false
    let alive = try receiveCiphertext { _ in more = try decrypt() }
    if !alive { isEnded = true }
    return more || !isEnded
  }

  /// Takes all plaintext that the input gives; true when there was some.
  private func decrypt() throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 32768)
    var more = false
    while true {
      switch buffer.withUnsafeMutableBytes({ engine.read(into: $0) }) {
      case .bytes(let count):
        plain.append(contentsOf: buffer[..<count])
        more = true
      case .incomplete: return more
      case .closed:
        isEnded = true
        return more
      case .failed(let why): throw Failure.handshake(why)
      }
    }
  }

  /// False at the end of the stream; a reset counts as one.
  @discardableResult
  private func receiveCiphertext(_ body: (Int) throws -> Void) throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = recv(socket, &buffer, buffer.count, 0)
    if count == 0 || (count < 0 && errno == ECONNRESET) {
      if SSL_is_init_finished(engine.ssl) == 0 { throw Failure.closed }
      return false
    }
    guard count > 0 else { throw errno == EAGAIN ? Failure.timedOut : Failure.socket("recv", errno) }
    try buffer.withUnsafeBytes { bytes in
      try engine.withInput(UnsafeRawBufferPointer(rebasing: bytes[..<count])) {
        Result { try body(count) }
      }.get()
    }
    return true
  }

  private func sendCiphertext() throws {
    var bytes: [UInt8] = []
    engine.takeOutput { bytes = Array($0) }
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { throw Failure.socket("send", errno) }
      sent += count
    }
  }
}
