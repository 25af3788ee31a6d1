internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// Calls one server: HTTPS only, HTTP/1.1, no redirects, no retries, everything bounded. What came of a call is told so
/// that nobody has to guess whether the other side may have acted on it.
package final class HTTPCaller: Sendable {
  package struct Options: Sendable, Hashable {
    /// `https://host[:port]`, without a path.
    package var origin: String
    /// PEM file of the authorities that the server's certificate may lead to; nil for those of the system.
    package var authorityFile: String?
    /// From the call to the answer's last byte, however slowly it drips.
    package var timeoutMilliseconds: Int64
    package var connectionsMaximum: Int

    package init(
      origin: String, authorityFile: String? = nil, timeoutMilliseconds: Int64 = 10_000, connectionsMaximum: Int = 64
    ) {
      self.origin = origin
      self.authorityFile = authorityFile
      self.timeoutMilliseconds = timeoutMilliseconds
      self.connectionsMaximum = connectionsMaximum
    }
  }

  package enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
  }

  /// Answers of payment channels have a few hundred bytes.
  package static let answerBytesMaximum = 64 * 1_024
  private static let timeoutMilliseconds: ClosedRange<Int64> = 10...120_000

  package let origin: String
  private let timeoutMilliseconds: Int64
  private let client: HTTPClient

  package init(_ options: Options) throws(ChannelDefect) {
    guard Self.isOrigin(options.origin) else {
      throw ChannelDefect("\(options.origin) is not https://host or https://host:port, without a path")
    }
    guard Self.timeoutMilliseconds.contains(options.timeoutMilliseconds) else {
      throw ChannelDefect(
        "a time-out of \(options.timeoutMilliseconds) ms is outside \(Self.timeoutMilliseconds.lowerBound) to "
          + "\(Self.timeoutMilliseconds.upperBound)")
    }
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    if let file = options.authorityFile {
      // Read here, so that a wrong file is told at the start and not by the first payout.
      do {
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file))
      } catch {
        throw ChannelDefect("\(file): no certificates of authorities in PEM form can be read from it")
      }
    }
    var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
    configuration.redirectConfiguration = .disallow
    configuration.httpVersion = .http1Only
    // A refused connection is told at once: whoever calls knows better when to try again.
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(1, options.connectionsMaximum)
    configuration.timeout.connect = .milliseconds(options.timeoutMilliseconds)
    origin = options.origin
    timeoutMilliseconds = options.timeoutMilliseconds
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  deinit {
    // The library wants to be told; the closure holds the client until it has ended.
    let client = client
    client.shutdown { [client] _ in _ = client }
  }

  /// - Parameter path: with its query, beginning with a slash.
  package func call(
    _ method: Method, _ path: String, headers: [(name: String, value: String)], body: [UInt8] = []
  ) async -> HTTPOutcome {
    let sent = SentMark()
    var request = HTTPClientRequest(url: origin + path)
    request.method = HTTPMethod(rawValue: method.rawValue)
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if method == .post {
      request.body = .stream(MarkedBody(bytes: body, mark: sent), length: .known(Int64(body.count)))
    } else {
      // Nothing can be said of a request without a body: it counts as sent.
      sent.set()
    }
    return await exchange(request, sent)
  }

  private func exchange(_ request: HTTPClientRequest, _ sent: SentMark) async -> HTTPOutcome {
    let milliseconds = timeoutMilliseconds
    let outcome = await withTaskGroup(of: Result<HTTPAnswer, CallFailure>?.self) { group in
      group.addTask { await self.answer(to: request) }
      group.addTask {
        try? await Task.sleep(for: .milliseconds(milliseconds))
        return nil
      }
      for await result in group {
        group.cancelAll()
        // Nil is the timer; the call is told to end and is waited for: perhaps it has just been answered.
        if let result { return result }
      }
      return .failure(CallFailure("TIMEOUT", "no answer"))
    }
    switch outcome {
    case .success(let answer): return .answered(answer)
    case .failure(let failure):
      let message = "\(failure.code): \(failure.message)"
      return sent.isSet ? .lost(message) : .notSent(message)
    }
  }

  private func answer(to request: HTTPClientRequest) async -> Result<HTTPAnswer, CallFailure> {
    do {
      let response = try await client.execute(request, timeout: .milliseconds(timeoutMilliseconds))
      var body: [UInt8] = []
      for try await piece in response.body {
        guard body.count + piece.readableBytes <= Self.answerBytesMaximum else {
          return .failure(CallFailure("TOO_LARGE", "the answer has more than \(Self.answerBytesMaximum) bytes"))
        }
        body.append(contentsOf: piece.readableBytesView)
      }
      // A cancelled task sees the end of the body wherever it just was.
      guard !Task.isCancelled else { return .failure(CallFailure("TIMEOUT", "no complete answer")) }
      return .success(
        HTTPAnswer(
          status: Int(response.status.code),
          headers: response.headers.map { (name: $0.name.lowercased(), value: $0.value) }, body: body))
    } catch {
      return .failure(CallFailure(error))
    }
  }

  private static func isOrigin(_ text: String) -> Bool {
    guard text.utf8.count <= 256, let parts = URLComponents(string: text) else { return false }
    return parts.scheme == "https" && !(parts.host ?? "").isEmpty && parts.path.isEmpty && parts.query == nil
      && parts.fragment == nil && parts.user == nil && parts.password == nil
  }
}

/// What became of a call.
package enum HTTPOutcome: Sendable {
  case answered(HTTPAnswer)
  /// No byte of the request's body was given to a connection: the other side cannot have the request.
  case notSent(String)
  /// The other side may have the request; no complete answer came.
  case lost(String)
}

package struct HTTPAnswer: Sendable {
  package var status: Int
  /// Lower-case names.
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]

  /// nil when it is missing, or there twice: then nobody knows which counts.
  package func header(_ name: String) -> String? {
    let found = headers.filter { $0.name == name }
    return found.count == 1 ? found[0].value : nil
  }
}

/// Short words for what went wrong; never anything of the request.
private struct CallFailure: Error {
  let code: String
  let message: String

  private static let messageCharactersMaximum = 160

  init(_ code: String, _ message: String) {
    self.code = code
    self.message = message
  }

  init(_ error: any Error) {
    let code =
      switch error {
      case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout: "TIMEOUT"
      case let error as HTTPClientError where error == .connectTimeout || error == .tlsHandshakeTimeout: "TIMEOUT"
      case is HTTPClientError: "CLOSED"
      case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: "TLS"
      case is NIOConnectionError: "CONNECT"
      case is HTTPParserError: "PROTOCOL"
      case is CancellationError: "TIMEOUT"
      default: "IO"
      }
    self.init(code, String(String(describing: error).prefix(Self.messageCharactersMaximum)))
  }
}

/// Set when the request's body is asked for, which happens after a connection has taken its head.
private final class SentMark: Sendable {
  private let value = Atomic(false)
  var isSet: Bool { value.load(ordering: .acquiring) }
  func set() { value.store(true, ordering: .releasing) }
}

private struct MarkedBody: AsyncSequence, Sendable {
  let bytes: [UInt8]
  let mark: SentMark

  struct AsyncIterator: AsyncIteratorProtocol {
    var rest: [UInt8]?
    let mark: SentMark

    mutating func next() async -> ByteBuffer? {
      guard let bytes = rest else { return nil }
      rest = nil
      mark.set()
      return ByteBuffer(bytes: bytes)
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: bytes, mark: mark) }
}
