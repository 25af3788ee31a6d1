import Digests
import Ledger
import LedgerCore
import Synchronization
import Telemetry
import Testing

@testable import Notifications

/// What people see of webhooks: metrics, alarms, and who changed what.
@Suite(.serialized) struct WebhookWatchingTests {
  private func text(_ registry: Registry) async -> [Substring] { await registry.text().split(separator: "\n") }

  @Test func figuresFollowWhatHappens() async throws {
    let post = try await Post()
    let registry = Registry()
    let metrics = WebhookMetrics(registry)
    let now: @Sendable () -> Int64 = { [time = post.time] in time.now().microseconds }
    WebhookMetrics.register(post.engine, on: registry, nowMicroseconds: now)
    let receiver = try await Receiver(post.certificate) { _ in .status(500) }
    let made = try await post.endpoint(receiver)
    try await post.submit()
    await post.told.wait(1, \.isTry)
    try await post.submit()
    let end = post.ledger.feed.lastSequence
    await post.told.wait(1) { $0 == .queued(through: end) }
    post.time.advance(seconds: 3)
    for event in post.told.events { metrics.observe(event) }
    var lines = await text(registry)
    for line in [
      "settle_webhook_deliveries_total{outcome=\"delivered\"} 0", "settle_webhook_endpoints{state=\"enabled\"} 1",
      "settle_webhook_endpoints{state=\"gone\"} 0", "settle_webhook_endpoints_behind 0",
      "settle_webhook_backlog{state=\"enabled\"} 2", "settle_webhook_dead_letters 0", "settle_webhook_oldest_seconds 3",
    ] {
      #expect(lines.contains(Substring(line)), "\(line) is not in \(lines)")
    }
    // Off: what waits is somebody's decision, and not late.
    let scope = Scope.partner(try Label("demo"))
    _ = try await post.engine.endpoints.setEnabled(made.endpoint.id, scope, false, key: try post.newKey())
    lines = await text(registry)
    for line in [
      "settle_webhook_endpoints{state=\"disabled\"} 1", "settle_webhook_backlog{state=\"enabled\"} 0",
      "settle_webhook_backlog{state=\"disabled\"} 2", "settle_webhook_oldest_seconds 0",
    ] {
      #expect(lines.contains(Substring(line)), "\(line) is not in \(lines)")
    }
    await receiver.close()
    await post.close()
  }

  @Test func outcomesAreCounted() async {
    let registry = Registry()
    let metrics = WebhookMetrics(registry)
    for (state, times) in [(WebhookDeliveryState.delivered, 3), (.waiting, 2), (.dead, 1)] {
      for _ in 0..<times {
        metrics.observe(.tried(endpoint: "e", message: "m", status: 0, error: "", state: state, next: nil))
      }
    }
    metrics.observe(.switchedOff(endpoint: "e"))
    let lines = await text(registry)
    for (outcome, count) in [("delivered", 3), ("failed", 2), ("dead", 1)] {
      #expect(lines.contains("settle_webhook_deliveries_total{outcome=\"\(outcome)\"} \(count)"))
    }
  }

  @Test func alarmsAreOnForAsLongAsItIsSo() {
    let board = AlarmBoard()
    let alarms = WebhookAlarms(board, nowMicroseconds: { 7 })
    func tried(_ state: WebhookDeliveryState, _ endpoint: String = "we_1") -> WebhookEvent {
      .tried(endpoint: endpoint, message: "evt_9", status: 500, error: "it answered 500", state: state, next: nil)
    }
    func codes() -> [AlarmCode] { board.all.map(\.code) }
    alarms.observe(tried(.waiting))
    #expect(board.all.isEmpty)
    alarms.observe(tried(.dead))
    #expect(codes() == [.webhookDeadLetters] && board.all[0].subject == "we_1" && board.all[0].sinceMicroseconds == 7)
    #expect(board.all[0].message.contains("evt_9") && board.all[0].message.contains("500"))
    alarms.observe(tried(.delivered, "we_2"))
    #expect(codes() == [.webhookDeadLetters])
    alarms.observe(tried(.delivered))
    #expect(board.all.isEmpty)
    alarms.observe(.deadLetters(endpoint: "we_1", count: 12))
    #expect(codes() == [.webhookDeadLetters] && board.all[0].message.hasPrefix("12 "))
    alarms.observe(tried(.delivered))
    #expect(board.all.isEmpty)
    alarms.observe(.switchedOff(endpoint: "we_1"))
    alarms.observe(.switchedOff(endpoint: "we_1"))
    #expect(codes() == [.webhookOff])
    alarms.observe(.switchedOn(endpoint: "we_1"))
    #expect(board.all.isEmpty)
    alarms.observe(tried(.dead))
    alarms.observe(.switchedOff(endpoint: "we_1"))
    alarms.observe(.removed(endpoint: "we_1"))
    #expect(board.all.isEmpty)
  }

  /// Of the partner's receiver that answered 410, people are told again after a start: alarms are in memory.
  @Test func whatIsOffIsToldAgainAfterAStart() async throws {
    let post = try await Post()
    let receiver = try await Receiver(post.certificate) { _ in .status(410) }
    let made = try await post.endpoint(receiver)
    try await post.submit()
    await post.told.wait(1) { $0 == .switchedOff(endpoint: made.endpoint.id) }
    try await post.restart()
    await post.told.wait(2) { $0 == .switchedOff(endpoint: made.endpoint.id) }
    await receiver.close()
    await post.close()
  }

  /// Each change once, by whom it was asked for, whatever was repeated, refused, or changed nothing.
  @Test func whoChangedWhatIsWrittenDown() async throws {
    let post = try await Post()
    let receiver = try await Receiver(post.certificate) { _ in .status(200) }
    let (demo, begin) = (try Label("demo"), post.time.now())
    let scope = Scope.partner(demo)
    let endpoints = post.engine.endpoints
    let lin = Person(name: try Label("lin"), role: .operator)
    func staff(_ id: String) throws -> RequestKey {
      RequestKey(
        namespace: .staff, id: try Label(id), content: Fingerprint128(first: 9, second: 9),
        caller: Caller(person: lin, certificate: 0xAB << 56))
    }
    let create = try post.key("c1", demo)
    let id = try await endpoints.create(partner: demo, url: receiver.url, key: create).endpoint.id
    _ = try await endpoints.create(partner: demo, url: receiver.url, key: create)
    await #expect(throws: WebhookFailure.requestIDReused) {
      _ = try await endpoints.create(partner: demo, url: receiver.url, key: try post.key("c1", demo, content: 1))
    }
    try await post.submit()
    await post.told.wait(1, \.isTry)
    let message = receiver.received[0].id
    post.time.advance(seconds: 1)
    for _ in 0..<2 { _ = try await endpoints.rotate(id, .all, key: try staff("s1")) }
    for _ in 0..<2 { _ = try await endpoints.redeliver(message, to: id, scope, key: try post.key("r1", demo)) }
    await post.told.wait(2, \.isTry)
    for _ in 0..<2 { _ = try await endpoints.setEnabled(id, scope, false, key: try post.key("d1", demo)) }
    // It is off already.
    _ = try await endpoints.setEnabled(id, scope, false, key: try post.key("d2", demo))
    for _ in 0..<2 { _ = try await endpoints.setEnabled(id, scope, true, key: try post.key("e1", demo)) }
    // The request of before, once more: an answer, and nothing is switched off by it.
    #expect(try await endpoints.setEnabled(id, scope, false, key: try post.key("d1", demo)).state == .enabled)
    receiver.answer { _ in .status(410) }
    try await post.submit()
    await post.told.wait(1) { $0 == .switchedOff(endpoint: id) }
    await #expect(throws: WebhookFailure.endpointNotFound) {
      try await endpoints.delete(id, .partner(try Label("other")), key: try post.newKey("other"))
    }
    for _ in 0..<2 { try await endpoints.delete(id, scope, key: try post.key("x1", demo)) }
    #expect(receiver.received.count == 3)

    let changes = try await endpoints.changes(of: demo, endpoint: nil, before: nil, limit: 100)
    try #require(
      changes.map(\.kind) == [.deleted, .gone, .enabled, .disabled, .redelivered, .secretRotated, .created])
    #expect(
      changes.map(\.actor) == [
        "partner/demo", "house", "partner/demo", "partner/demo", "partner/demo", "staff/operator/lin", "partner/demo",
      ])
    #expect(changes.map(\.requestID) == ["x1", "", "e1", "d1", "r1", "s1", "c1"])
    #expect(changes[5].certificate == 0xAB << 56 && changes[1].certificate == 0)
    #expect(changes[4].details == message && changes[6].details == receiver.url && changes[6].time == begin)
    #expect(changes.allSatisfy { $0.endpointID == id && $0.partner == demo })
    // In parts, and of one endpoint.
    let first = try await endpoints.changes(of: nil, endpoint: id, before: nil, limit: 3)
    let rest = try await endpoints.changes(of: nil, endpoint: id, before: first.last?.ordinal, limit: 100)
    #expect(first + rest == changes)
    #expect(try await endpoints.changes(of: try Label("other"), endpoint: nil, before: nil, limit: 9).isEmpty)
    #expect(try await endpoints.changes(of: nil, endpoint: "we_none", before: nil, limit: 9).isEmpty)
    await receiver.close()
    await post.close()
  }

  /// A repeated request is answered without a look at the host, which may be gone by then.
  @Test func aRepeatedCreateNeedsNoNameServer() async throws {
    let post = try await Post()
    let receiver = try await Receiver(post.certificate) { _ in .status(200) }
    let demo = try Label("demo")
    let made = try await post.engine.endpoints.create(partner: demo, url: receiver.url, key: try post.key("c1", demo))
    post.names.table.withLock { $0 = [:] }
    let again = try await post.engine.endpoints.create(
      partner: demo, url: receiver.url, key: try post.key("c1", demo))
    #expect(again.endpoint.id == made.endpoint.id && again.secret?.text == made.secret?.text)
    post.time.advance(seconds: 24 * 3_600)
    let late = try await post.engine.endpoints.create(partner: demo, url: receiver.url, key: try post.key("c1", demo))
    #expect(late.endpoint.id == made.endpoint.id && late.secret == nil)
    await receiver.close()
    await post.close()
  }
}
