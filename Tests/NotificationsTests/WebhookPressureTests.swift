import Ledger
import LedgerCore
import Testing

@testable import Notifications

/// Receivers that want to be left alone, that are slower than what comes, and what is kept for how long.
@Suite(.serialized) struct WebhookPressureTests {
  private let demo: Label
  private let scope: Scope

  init() throws {
    demo = try Label("demo")
    scope = .partner(demo)
  }

  private func seconds(_ post: Post) throws -> Int64 {
    let next = try #require(post.told.tries.last?.next)
    return (next.microseconds - post.time.now().microseconds) / 1_000_000
  }

  /// Seconds to the next try after the first one failed: the schedule says 5.
  @Test(arguments: [
    (503, "120", 120), (500, "120", 120), (429, "86400", 86_400), (503, "4", 5), (503, "0", 5),
    // No longer than the longest step of the schedule, however the receiver writes it.
    (503, "86401", 86_400), (503, "9223372036854775807", 86_400), (503, "9223372036854775808", 5),
    // Dates are for caches; what is no number is no wish.
    (503, "Fri, 31 Dec 1999 23:59:59 GMT", 5), (503, "-5", 5), (503, "1.5", 5), (503, "", 5),
  ])
  func retryAfterIsHonouredWithinBounds(_ status: Int, _ text: String, _ expected: Int64) async throws {
    let post = try await Post()
    let receiver = try await Receiver(post.certificate) { _ in .status(status, headers: ["retry-after": text]) }
    _ = try await post.endpoint(receiver)
    try await post.submit()
    await post.told.wait(1, \.isTry)
    #expect(try seconds(post) == expected)
    await receiver.close()
    await post.close()
  }

  /// A receiver that names a time gets nothing at all before it.
  @Test func nothingIsSentBeforeTheTimeThatAReceiverNames() async throws {
    let post = try await Post()
    let receiver = try await Receiver(post.certificate) { _ in .status(503, headers: ["retry-after": "120"]) }
    let made = try await post.endpoint(receiver)
    let begin = post.time.now().microseconds
    try await post.submit()
    await post.told.wait(1, \.isTry)
    try await post.submit()
    // Both wait: for the time, not for the schedule.
    let pause = Timestamp(microseconds: begin + 120_000_000)
    let looks: @Sendable (WebhookEvent) -> Bool = { $0 == .idle(endpoint: made.endpoint.id, until: pause) }
    let end = post.ledger.feed.lastSequence
    await post.told.wait(1) { $0 == .queued(through: end) }
    await post.told.wait(2, looks)
    receiver.answer { _ in .status(200) }
    let before = post.told.events.count(where: looks)
    post.time.advance(seconds: 119)
    // It looks again once a minute, since the clock may have been set.
    await post.told.wait(before + 1, looks)
    #expect(receiver.received.count == 1)
    await post.pass(untilTries: 3)
    #expect(receiver.received.count == 3 && Set(receiver.received.map(\.id)).count == 2)
    await receiver.close()
    await post.close()
  }

  /// So many wait and no more; the rest stays in the journal, in order, and comes when there is room. Others notice nothing.
  @Test func anEndpointThatIsFullTakesNoMoreUntilItHasRoom() async throws {
    let (most, all) = (4, 30)
    let post = try await Post(waitingMaximum: most)
    let slow = try await Receiver(post.certificate) { _ in .status(500) }
    let good = try await Receiver(post.certificate) { _ in .status(200) }
    let others = try await Receiver(post.certificate) { _ in .status(200) }
    let full = try await post.endpoint(slow).endpoint.id
    let fine = try await post.endpoint(good).endpoint.id
    _ = try await post.endpoint(others, partner: "other")
    for _ in 0..<all {
      try await post.submit()
      try await post.submit(partner: "other")
    }
    await post.told.wait(2 * all) { if case .tried(_, _, _, _, .delivered, _) = $0 { true } else { false } }
    #expect(good.received.count == all && others.received.count == all)
    await post.told.wait(1) { if case .behind(full, _) = $0 { true } else { false } }
    let listed = try await post.engine.endpoints.list(of: demo)
    let waiting = try #require(listed.first { $0.id == full })
    #expect(waiting.waiting == most && listed.first { $0.id == fine }?.waiting == 0)
    let figures = try #require(await post.engine.figures())
    // The good ones may be behind for a moment too: so few may wait here.
    #expect(figures.behind >= 1 && figures.waiting[.enabled] == most)

    // A restart changes nothing: where it is, is on disk. It begins with those that were not tried yet.
    let known = Set(slow.received.map(\.id))
    slow.answer { _ in .status(200) }
    try await post.restart()
    await post.told.wait(1) { $0 == .caughtUp(endpoint: full) }
    await post.told.wait(3 * all - known.count) {
      if case .tried(_, _, _, _, .delivered, _) = $0 { true } else { false }
    }
    await post.pass(untilTries: 3 * all + known.count)
    #expect(known.count <= most && Set(slow.received.map(\.id)) == Set(good.received.map(\.id)))
    // What came after the first failures came in the order of changes.
    let later = slow.received.map(\.id).filter { !known.contains($0) }
    #expect(later.count == Set(later).count)
    try await post.submit()
    await post.told.wait(3 * all + 2) { if case .tried(_, _, _, _, .delivered, _) = $0 { true } else { false } }
    #expect(try await post.engine.endpoints.list(of: demo).allSatisfy { $0.waiting == 0 && $0.deadLetters == 0 })
    for receiver in [slow, good, others] { await receiver.close() }
    await post.close()
  }

  /// Delivered ones are kept for a week, dead ones for a month, and what waits for ever.
  @Test func whatEndedIsRemovedInTime() async throws {
    let post = try await Post()
    let good = try await Receiver(post.certificate) { _ in .status(200) }
    let bad = try await Receiver(post.certificate) { _ in .status(500) }
    let off = try await Receiver(post.certificate) { _ in .status(410) }
    let delivered = try await post.endpoint(good).endpoint.id
    let dying = try await post.endpoint(bad).endpoint.id
    let waiting = try await post.endpoint(off).endpoint.id
    try await post.submit()
    await post.told.wait(3, \.isTry)
    func counts() async throws -> [Int] {
      var counts: [Int] = []
      for endpoint in [delivered, dying, waiting] {
        counts.append(
          try await post.engine.endpoints.deliveries(of: endpoint, scope, state: nil, before: nil, limit: 10).count)
      }
      return counts
    }
    // Ten tries, then it is dead: some three days later.
    for tries in 4...12 {
      let next = post.told.events.compactMap { event -> Timestamp? in
        if case .tried(dying, _, _, _, .waiting, let next) = event { next } else { nil }
      }.last
      post.time.advance(to: try #require(next).microseconds)
      await post.told.wait(tries, \.isTry)
    }
    let week: Int64 = 7 * 24 * 3_600
    #expect(try await counts() == [1, 1, 1])
    post.time.advance(seconds: week)
    await post.told.wait(1) { $0 == .pruned(deliveries: 1, messages: 0) }
    #expect(try await counts() == [0, 1, 1])
    await #expect(throws: WebhookFailure.deliveryNotFound) {
      _ = try await post.engine.endpoints.redeliver(
        good.received[0].id, to: delivered, scope, key: try post.newKey())
    }
    post.time.advance(seconds: 31 * 24 * 3_600)
    await post.told.wait(2) { $0 == .pruned(deliveries: 1, messages: 0) }
    #expect(try await counts() == [0, 0, 1])
    // Somebody switches the third one on: its message is still there.
    off.answer { _ in .status(200) }
    _ = try await post.engine.endpoints.setEnabled(waiting, scope, true, key: try post.newKey())
    await post.told.wait(13, \.isTry)
    #expect(off.received.last?.id == good.received[0].id && off.received.last?.body == good.received[0].body)
    // Now nobody needs it any more.
    post.time.advance(seconds: week + 3_600)
    await post.told.wait(1) { $0 == .pruned(deliveries: 1, messages: 1) }
    #expect(try await counts() == [0, 0, 0])
    for receiver in [good, bad, off] { await receiver.close() }
    await post.close()
  }
}
