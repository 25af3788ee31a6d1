import Foundation
import LedgerCore
import Payouts
import Routing
import Synchronization
import Testing

@testable import Notifications

/// Callers that would keep others out, and a dispatcher that cannot take a callback now.
@Suite struct CallbackHoldingTests {
  private static let key = PayoutKey(WithdrawalID(epoch: 0, shard: 0, ordinal: 7), attempt: 1)
  private let desk = ListeningDesk()

  private func play(_ what: String, _ limits: HTTPSLimits) async throws -> [String: Int] {
    let certificate = try await Certificate()
    let listener = try await CallbackListener.start(
      host: "127.0.0.1", port: 0, certificateFile: certificate.certificateFile, keyFile: certificate.keyFile,
      channels: [try SigningChannel()], desk: desk, limits: limits,
      now: { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }, report: { _ in })
    let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "EndToEnd/callback_client.py").path()
    let data = try await run(
      "python3", script, what, "\(listener.port)", certificate.certificateFile, Self.key.text)
    await listener.stop()
    return try JSONDecoder().decode([String: Int].self, from: data)
  }

  /// One stranger with 256 connections kept every channel out.
  @Test func oneAddressHasAShareOnly() async throws {
    var limits = HTTPSLimits()
    limits.connectionsOfAddressMaximum = 4
    #expect(try await play("share", limits) == ["closed": 2, "elsewhere": 200])
  }

  /// A request now and then kept a connection for ever.
  @Test func noConnectionIsKeptForEver() async throws {
    var limits = HTTPSLimits()
    limits.age = .seconds(2)
    let results = try await play("old", limits)
    #expect(try #require(results["asked"]) > 0 && results["kept"] == 0)
  }

  @Test func whoIsRefusedKeepsNoConnection() async throws {
    let results = try await play("refused", HTTPSLimits())
    for status in [401, 404, 405] {
      #expect(results["\(status)"] == status)
      #expect(results["\(status) closed"] == 1, "\(status)")
    }
  }

  private struct Believing: PayoutChannel {
    let manifest: ChannelManifest
    init() throws { manifest = ChannelManifest(id: try Label("believing"), rails: [.bankCard]) }
    func prepare(_ order: PayoutOrder) throws(PrepareDefect) -> [UInt8] { [] }
    func send(_ request: SentRequest) async -> ChannelAnswer { .notFound }
    func query(_ request: SentRequest) async -> ChannelAnswer { .notFound }
    func cancel(_ request: SentRequest) async -> ChannelAnswer { .notFound }
    func statement(day: CivilDate) async throws(StatementFailure) -> [StatementLine] { throw .notSupported }
    func parseNotification(_ raw: RawNotification) throws(NotificationDefect) -> ChannelNotification {
      ChannelNotification(
        key: CallbackHoldingTests.key, id: "1", reply: .init(status: 200, contentType: "text/plain", body: []))
    }
  }

  /// A refund's callback was answered with success and dropped where the dispatcher had no room: nobody asked again.
  @Test func whatIsNotTakenIsToldAgain() async throws {
    let callbacks = CallbackDesk(
      channels: [try Believing()], desk: desk, now: { Timestamp(microseconds: 0) }, report: { _ in })
    desk.answers.withLock { $0 = [false] }
    let request = HTTPSRequest(method: "POST", path: "/notifications/believing", headers: [], body: [])
    let refused = await callbacks.answer(request)
    #expect(refused.status == 503 && refused.headers.contains { $0.name == "retry-after" })
    #expect(await callbacks.answer(request).status == 200)
    #expect(await callbacks.answer(request).status == 200)
    #expect(desk.told.withLock { $0.count } == 2)
    let counts = [CallbackOutcome.postponed, .taken, .replayed].map { callbacks.count(of: $0) }
    #expect(counts == [1, 1, 1])
  }
}
