import Foundation
import GRDB
import Ledger
import LedgerCore
import Testing

@testable import Notifications

/// What people ask for counts, whatever tries under way bring; and how connections and lists are made.
@Suite(.serialized) struct WebhookRedeliveryTests {
  private let scope: Scope

  init() throws { scope = .partner(try Label("demo")) }

  /// The last try hung, somebody asked for another one, and the hanging one's end made the delivery dead.
  @Test func aTryUnderWayDoesNotUndoARedelivery() async throws {
    let post = try await Post()
    let receiver = try await Receiver(post.certificate) { _ in .status(500) }
    let endpoint = try await post.endpoint(receiver).endpoint.id
    try await post.submit()
    let (asked, tellAsked) = AsyncStream.makeStream(of: Void.self)
    for count in 1...9 {
      await post.told.wait(count, \.isTry)
      if count == 9 {
        receiver.answer { _ in
          tellAsked.yield()
          return .never
        }
      }
      post.time.advance(to: try #require(post.told.tries.last?.next).microseconds)
    }
    for await _ in asked { break }
    let message = receiver.received[0].id
    _ = try await post.engine.endpoints.redeliver(message, to: endpoint, scope, key: try post.newKey())
    receiver.answer { _ in .status(200) }
    await post.pass(untilTries: 10)
    let row = try #require(
      try await post.engine.endpoints.deliveries(of: endpoint, scope, state: nil, before: nil, limit: 1).first)
    try #require(row.state != .dead)
    #expect(post.told.tries.allSatisfy { $0.state != .dead })
    await post.pass(untilTries: 11)
    #expect(post.told.tries.last?.state == .delivered)
    await receiver.close()
    await post.close()
  }

  /// A receiver named a day; its owner has mended it and asks now.
  @Test(arguments: [false, true])
  func whoAsksNeedNotWaitForAPause(_ isSwitchedOn: Bool) async throws {
    let post = try await Post()
    let receiver = try await Receiver(post.certificate) { _ in .status(503, headers: ["retry-after": "86400"]) }
    let endpoint = try await post.endpoint(receiver).endpoint.id
    try await post.submit()
    await post.told.wait(1, \.isTry)
    let message = receiver.received[0].id
    let day = try #require(post.told.tries.last?.next)
    await post.told.wait(1) { $0 == .idle(endpoint: endpoint, until: day) }
    receiver.answer { _ in .status(200) }
    if isSwitchedOn {
      // What is new goes out; what failed has its own time.
      _ = try await post.engine.endpoints.setEnabled(endpoint, scope, false, key: try post.newKey())
      _ = try await post.engine.endpoints.setEnabled(endpoint, scope, true, key: try post.newKey())
      try await post.submit()
    } else {
      _ = try await post.engine.endpoints.redeliver(message, to: endpoint, scope, key: try post.newKey())
    }
    await post.told.wait(2, \.isTry)
    #expect(post.told.tries.last?.state == .delivered && post.time.now() < day)
    await receiver.close()
    await post.close()
  }

  /// Lists walk back from the newest row; sorting all of an endpoint's held up everything else on the one connection.
  @Test func listsAreNotSorted() async throws {
    let post = try await Post()
    await post.engine.stop()
    let database = try DatabaseQueue(path: post.certificate.directory + "/webhooks.sqlite")
    let plan = try await database.read { db in
      try Row.fetchAll(
        db, sql: "EXPLAIN QUERY PLAN " + WebhookStore.deliveriesNewestFirst,
        arguments: [1, 0, 0, Int64.max, 100]
      ).map { $0["detail"] as String }
    }
    #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
    #expect(plan.first?.contains("(endpoint=? AND ordinal<?)") == true, "\(plan)")
    await post.ledger.stop()
  }
}
