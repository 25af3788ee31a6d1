import Digests
import Foundation
import Journal
import JournalTesting
import Ledger
import LedgerCore
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization
import Testing
import Vault

@testable import Notifications

/// Time that passes when a test says so.
final class HandTime: WebhookTime, LedgerClock {
  private struct State {
    var now: Int64 = 1_790_000_000_000_000
    var serial = 0
    var sleepers: [Int: (until: Int64, continuation: CheckedContinuation<Bool, Never>)] = [:]
    /// Cancelled before they slept.
    var cancelled: Set<Int> = []
  }

  private let state = Mutex(State())

  func now() -> Timestamp { Timestamp(microseconds: state.withLock { $0.now }) }
  func monotonicNanoseconds() -> Int64 { state.withLock { $0.now } &* 1_000 }

  func sleep(microseconds: Int64) async throws(CancellationError) {
    let serial = state.withLock { state in
      state.serial += 1
      return state.serial
    }
    let isOver = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer: Bool? = state.withLock { state in
          if state.cancelled.remove(serial) != nil { return false }
          if microseconds <= 0 { return true }
          state.sleepers[serial] = (state.now + microseconds, continuation)
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let sleeper = state.withLock { state in
        let sleeper = state.sleepers.removeValue(forKey: serial)
        if sleeper == nil { state.cancelled.insert(serial) }
        return sleeper
      }
      sleeper?.continuation.resume(returning: false)
    }
    if !isOver { throw CancellationError() }
  }

  func advance(seconds: Int64) { advance(to: now().microseconds + seconds * 1_000_000) }

  func advance(to time: Int64) {
    let over = state.withLock { state in
      state.now = max(state.now, time)
      let over = state.sleepers.filter { $0.value.until <= state.now }
      for serial in over.keys { state.sleepers[serial] = nil }
      return over.values.map(\.continuation)
    }
    for continuation in over { continuation.resume(returning: true) }
  }
}

/// Names that only a test knows.
final class TestNames: HostLookup {
  let table: Mutex<[String: [InternetAddress]]>

  init(_ table: [String: [InternetAddress]]) { self.table = Mutex(table) }

  func addresses(of host: String) async throws(HostLookupFailure) -> [InternetAddress] {
    guard let found = table.withLock({ $0[host] }) else { throw HostLookupFailure("the host is not known") }
    return found
  }
}

/// A certificate for "receiver.test", which no name server knows: who connects to it was told the address by us.
final class ReceiverCertificate: Sendable {
  static let host = "receiver.test"
  let directory = FileManager.default.temporaryDirectory.appending(path: "webhooks-\(UUID())").path()
  var certificateFile: String { directory + "/certificate.pem" }
  var keyFile: String { directory + "/key.pem" }

  init() async throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    _ = try await run(
      "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
      "-subj", "/CN=receiver", "-addext", "subjectAltName=DNS:\(Self.host)", "-keyout", keyFile, "-out",
      certificateFile)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }
}

/// A real HTTPS server whose answers a test chooses.
final class Receiver: Sendable {
  struct Request: Sendable {
    let headers: [String: String]
    let body: [UInt8]
    var id: String { headers["webhook-id"] ?? "" }
  }

  enum Answer: Sendable {
    case status(Int, headers: [String: String] = [:], bodyBytes: Int = 0)
    case never
  }

  private let channel: any Channel
  let port: Int
  var url: String { "https://\(ReceiverCertificate.host):\(port)/hook?a=1" }
  var received: [Request] { box.requests.withLock { $0 } }

  init(_ certificate: ReceiverCertificate, _ answer: @escaping @Sendable (Request) -> Answer) async throws {
    let tls = try NIOSSLContext(
      configuration: .makeServerConfiguration(
        certificateChain: try NIOSSLCertificate.fromPEMFile(certificate.certificateFile).map { .certificate($0) },
        privateKey: .privateKey(try NIOSSLPrivateKey(file: certificate.keyFile, format: .pem))))
    let box = AnswerBox(answer)
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Handler(box))
        }
      }.bind(host: "127.0.0.1", port: 0).get()
    port = channel.localAddress?.port ?? 0
    self.box = box
  }

  private let box: AnswerBox

  func answer(_ answer: @escaping @Sendable (Request) -> Answer) { box.answer.withLock { $0 = answer } }

  func close() async { try? await channel.close() }

  final class AnswerBox: Sendable {
    let answer: Mutex<@Sendable (Request) -> Answer>
    let requests = Mutex<[Request]>([])
    init(_ answer: @escaping @Sendable (Request) -> Answer) { self.answer = Mutex(answer) }

    func take(_ request: Request) -> Answer {
      requests.withLock { $0.append(request) }
      return answer.withLock { $0 }(request)
    }
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart
    private let box: AnswerBox
    private var headers: [String: String] = [:]
    private var body: [UInt8] = []

    init(_ box: AnswerBox) { self.box = box }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head):
        headers = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { $1 }
        headers[":method"] = head.method.rawValue
        headers[":path"] = head.uri
        body = []
      case .body(let part): body += Array(part.readableBytesView)
      case .end: reply(context)
      }
    }

    private func reply(_ context: ChannelHandlerContext) {
      guard case .status(let status, let headers, let bytes) = box.take(Request(headers: headers, body: body)) else {
        return
      }
      var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status))
      for (name, value) in headers { head.headers.add(name: name, value: value) }
      head.headers.add(name: "content-length", value: "\(bytes)")
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      if bytes > 0 {
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(repeating: 0x2E, count: bytes)))), promise: nil)
      }
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }
}

/// What the engine told, for tests to wait for.
final class Told: Sendable {
  private struct Waiting {
    let serial: Int
    let count: Int
    let matches: @Sendable (WebhookEvent) -> Bool
    let continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    var events: [WebhookEvent] = []
    var waiting: [Waiting] = []
    var serial = 0
  }

  /// No test expects to wait so long; it turns a hang into a failure.
  private static let patience = Duration.seconds(45)

  private let state = Mutex(State())

  func note(_ event: WebhookEvent) {
    let over = state.withLock { state in
      state.events.append(event)
      let over = state.waiting.filter { waiting in state.events.count(where: waiting.matches) >= waiting.count }
      state.waiting.removeAll { waiting in state.events.count(where: waiting.matches) >= waiting.count }
      return over.map(\.continuation)
    }
    for continuation in over { continuation.resume() }
  }

  /// Returns when so many such events have been told, since the beginning.
  func wait(
    _ count: Int, at place: SourceLocation = #_sourceLocation, _ matches: @escaping @Sendable (WebhookEvent) -> Bool
  ) async {
    let serial = state.withLock { state in
      state.serial += 1
      return state.serial
    }
    let deadline = Task {
      do { try await Task.sleep(for: Self.patience) } catch { return }
      giveUp(serial, at: place)
    }
    defer { deadline.cancel() }
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.events.count(where: matches) >= count { return true }
        state.waiting.append(Waiting(serial: serial, count: count, matches: matches, continuation: continuation))
        return false
      }
      if isThere { continuation.resume() }
    }
  }

  private func giveUp(_ serial: Int, at place: SourceLocation) {
    let waiting = state.withLock { state in
      state.waiting.firstIndex { $0.serial == serial }.map { state.waiting.remove(at: $0) }
    }
    guard let waiting else { return }
    Issue.record("it was not told \(waiting.count) times, but \(events.suffix(5)) at the end", sourceLocation: place)
    waiting.continuation.resume()
  }

  var events: [WebhookEvent] { state.withLock { $0.events } }
  var tries: [(status: Int, state: WebhookDeliveryState, next: Timestamp?)] {
    events.compactMap {
      if case .tried(_, _, let status, _, let state, let next) = $0 { (status, state, next) } else { nil }
    }
  }
}

extension WebhookEvent {
  var isTry: Bool { if case .tried = self { true } else { false } }
}

/// A ledger, an engine over a real database, and a way to make changes.
final class Post {
  let time = HandTime()
  let told = Told()
  let names: TestNames
  let certificate: ReceiverCertificate
  let disk = SimulatedDisk()
  let ledger: Ledger
  private(set) var engine: WebhookEngine
  private var serial = 0
  private let options: WebhookOptions
  static let key: WebhookKey = {
    guard let secret = try? SecretKey(random: SystemRandom()) else { fatalError("no random bytes") }
    return WebhookKey(secret)
  }()

  init(
    _ names: [String: [InternetAddress]] = [ReceiverCertificate.host: [.four(0x7F00_0001)]], allowsPrivate: Bool = true,
    waitingMaximum: Int = WebhookLimits.waitingMaximum
  )
    async throws
  {
    self.names = TestNames(names)
    certificate = try await ReceiverCertificate()
    try disk.makeDirectory("/ledger")
    var configuration = LedgerConfiguration(directory: "/ledger")
    configuration.journal.segmentBytes = 16 << 20
    (ledger, _) = try Ledger.open(
      configuration, disk: disk, clock: time,
      seeds: LedgerSeeds(newLedgerID: Fingerprint128(first: 1, second: 2), hash: HashSeed(first: 3, second: 4)),
      failed: { _ in })
    var options = WebhookOptions(path: certificate.directory + "/webhooks.sqlite")
    options.allowsPrivate = allowsPrivate
    options.authorityFile = certificate.certificateFile
    options.waitingMaximum = waitingMaximum
    self.options = options
    engine = try await Self.start(options, ledger, time, self.names, told)
    for partner in ["demo", "other"] {
      let partner = try Label(partner)
      _ = await ledger.perform(
        .command(.createAgent(CreateAgent(key: try key("agent", partner), partner: partner, agent: try Label("a1")))))
      _ = await ledger.perform(
        .command(
          .deposit(
            Deposit(
              key: RequestKey(namespace: .staff, id: partner, content: Fingerprint128()), partner: partner,
              agent: try Label("a1"), amount: Money(minorUnits: 1 << 40, currency: .cny), externalReference: partner))))
    }
  }

  private static func start(
    _ options: WebhookOptions, _ ledger: Ledger, _ time: HandTime, _ names: TestNames, _ told: Told
  ) async throws -> WebhookEngine {
    try await WebhookEngine.start(
      options, ledger: ledger, key: key, time: time, lookup: names, random: { 0 }, observe: { told.note($0) })
  }

  func restart() async throws {
    await engine.stop()
    engine = try await Self.start(options, ledger, time, names, told)
  }

  func close() async {
    await engine.stop()
    await ledger.stop()
  }

  func key(_ id: String, _ partner: Label, content: UInt64 = 0) throws -> RequestKey {
    RequestKey(namespace: .partner(partner), id: try Label(id), content: Fingerprint128(first: content, second: 0))
  }

  /// Lets time pass until so many tries were told. Step by step: a lane that is about to sleep must not sleep through it,
  /// and an attempt under way must not be cut off.
  func pass(untilTries count: Int) async {
    let passing = Task { [time] in
      while !Task.isCancelled {
        time.advance(seconds: 1)
        do { try await Task.sleep(for: .milliseconds(100)) } catch { return }
      }
    }
    await told.wait(count, \.isTry)
    passing.cancel()
  }

  /// Of another request each time.
  func newKey(_ partner: String = "demo") throws -> RequestKey {
    serial += 1
    return try key("request-\(serial)", try Label(partner))
  }

  func endpoint(_ receiver: Receiver, partner: String = "demo") async throws -> WebhookEndpoints.WithSecret {
    serial += 1
    let partner = try Label(partner)
    return try await engine.endpoints.create(
      partner: partner, url: receiver.url, key: try key("endpoint-\(serial)", partner))
  }

  @discardableResult
  func submit(partner: String = "demo") async throws -> WithdrawalID {
    serial += 1
    let partner = try Label(partner)
    let reply = await ledger.perform(
      .command(
        .submitWithdrawal(
          SubmitWithdrawal(
            key: try key("w\(serial)", partner), partner: partner, agent: try Label("a1"),
            amount: Money(minorUnits: 100, currency: .cny), payee: try Label("payee")))))
    guard case .answered(.withdrawal(let withdrawal)) = reply.outcome else {
      throw Unexpected(what: "\(reply.outcome)")
    }
    return withdrawal.id
  }

  struct Unexpected: Error { let what: String }
}
