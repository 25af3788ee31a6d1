import Digests
import Foundation
import Ledger
import LedgerCore
import Synchronization
import Testing

@testable import Notifications

/// The engine with a real database and real TLS receivers, in time that tests move.
@Suite(.serialized) struct WebhookDeliveryTests {
  private func expectSigned(_ request: Receiver.Request, _ secret: WebhookSecret?) throws {
    let secret = try #require(secret)
    let key = try #require(Data(base64Encoded: String(secret.text.dropFirst("whsec_".count))))
    let timestamp = try #require(request.headers["webhook-timestamp"])
    var code = key.withUnsafeBytes { HMACSHA256(key: $0) }
    code.update(Array("\(request.id).\(timestamp).".utf8) + request.body)
    let expected = "v1," + code.finalize().withUnsafeBytes { Data($0) }.base64EncodedString()
    #expect(request.headers["webhook-signature"]?.split(separator: " ").contains { $0 == expected } == true)
  }

  @Test func everyChangeIsToldOnceAndSigned() async throws {
    let post = try await Post()
    let receiver = try await Receiver(post.certificate) { _ in .status(204) }
    let made = try await post.endpoint(receiver)
    for _ in 0..<5 { try await post.submit() }
    await post.told.wait(5, \.isTry)
    let requests = receiver.received
    #expect(requests.count == 5 && Set(requests.map(\.id)).count == 5)
    for request in requests {
      #expect(request.headers[":method"] == "POST" && request.headers[":path"] == "/hook?a=1")
      #expect(request.headers["host"]?.hasPrefix(ReceiverCertificate.host) == true)
      try expectSigned(request, made.secret)
      let body = try #require(try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any])
      #expect(body["type"] as? String == "withdrawal.approved")
    }
    let endpoint = try #require(try await post.engine.endpoints.list(of: try Label("demo")).first)
    #expect(endpoint.waiting == 0 && endpoint.deadLetters == 0)
    await receiver.close()
    await post.close()
  }

  /// H1: a receiver that fails is tried as the schedule says, then never again.
  @Test func theScheduleAndThenDead() async throws {
    let post = try await Post()
    let receiver = try await Receiver(post.certificate) { _ in .status(500) }
    let made = try await post.endpoint(receiver)
    try await post.submit()
    for count in 1...10 {
      await post.told.wait(count, \.isTry)
      if let next = post.told.tries.last?.next {
        let waited = next.microseconds - post.time.now().microseconds
        #expect(waited == WebhookSchedule.waitSeconds[count] * 1_000_000)
        post.time.advance(to: next.microseconds)
      }
    }
    #expect(post.told.tries.map(\.state) == Array(repeating: .waiting, count: 9) + [.dead])
    #expect(Set(receiver.received.map(\.id)).count == 1 && Set(receiver.received.map(\.body)).count == 1)
    #expect(Set(receiver.received.compactMap { $0.headers["webhook-timestamp"] }).count == 10)
    let scope = Scope.partner(try Label("demo"))
    let dead = try await post.engine.endpoints.deliveries(
      of: made.endpoint.id, scope, state: .dead, before: nil, limit: 10)
    let delivery = try #require(dead.first)
    #expect(delivery.tries == 10 && delivery.lastStatus == 500)
    // Alarms are in memory: people are told again after a start.
    let toldAgain = WebhookEvent.deadLetters(endpoint: made.endpoint.id, count: 1)
    #expect(!post.told.events.contains(toldAgain))
    try await post.restart()
    #expect(post.told.events.contains(toldAgain))
    receiver.answer { _ in .status(200) }
    _ = try await post.engine.endpoints.redeliver(
      delivery.messageID, to: made.endpoint.id, scope, key: try post.newKey())
    await post.pass(untilTries: 11)
    #expect(post.told.tries.last?.state == .delivered && receiver.received.last?.id == delivery.messageID)
    await receiver.close()
    await post.close()
  }

  /// H1: one partner's receiver hangs, another's is answered; redirects are not followed; a huge reply does no harm.
  @Test func badReceiversHarmNobodyElse() async throws {
    let post = try await Post()
    let hanging = try await Receiver(post.certificate) { _ in .never }
    let good = try await Receiver(post.certificate) { _ in .status(200, bodyBytes: 4 << 20) }
    _ = try await post.endpoint(hanging)
    _ = try await post.endpoint(good, partner: "other")
    try await post.submit()
    try await post.submit(partner: "other")
    await post.told.wait(1, \.isTry)
    #expect(post.told.tries.first?.state == .delivered && good.received.count == 1)
    await post.pass(untilTries: 2)
    #expect(post.told.tries.last?.status == 0)
    hanging.answer { _ in .status(307, headers: ["location": good.url]) }
    await post.pass(untilTries: 3)
    #expect(post.told.tries.last?.status == 307 && good.received.count == 1)
    await hanging.close()
    await good.close()
    await post.close()
  }

  @Test func goneSwitchesOffAndWhatCameIsSentLater() async throws {
    let post = try await Post()
    let receiver = try await Receiver(post.certificate) { _ in .status(410) }
    let made = try await post.endpoint(receiver)
    try await post.submit()
    await post.told.wait(1) { $0 == .switchedOff(endpoint: made.endpoint.id) }
    try await post.submit()
    try await post.submit()
    receiver.answer { _ in .status(200) }
    let scope = Scope.partner(try Label("demo"))
    _ = try await post.engine.endpoints.setEnabled(made.endpoint.id, scope, true, key: try post.newKey())
    await post.told.wait(1) { $0 == .caughtUp(endpoint: made.endpoint.id) }
    await post.pass(untilTries: 4)
    #expect(Set(receiver.received.map(\.id)).count == 3)
    await receiver.close()
    await post.close()
  }

  @Test func rotationSignsWithBothForADay() async throws {
    let post = try await Post()
    let receiver = try await Receiver(post.certificate) { _ in .status(200) }
    let made = try await post.endpoint(receiver)
    let demo = try Label("demo")
    let rotated = try await post.engine.endpoints.rotate(
      made.endpoint.id, .partner(demo), key: try post.key("rotate", demo))
    try await post.submit()
    await post.told.wait(1, \.isTry)
    let during = try #require(receiver.received.last)
    try expectSigned(during, made.secret)
    try expectSigned(during, rotated.secret)
    post.time.advance(seconds: 24 * 3_600)
    try await post.submit()
    await post.told.wait(2, \.isTry)
    let after = try #require(receiver.received.last)
    try expectSigned(after, rotated.secret)
    #expect(after.headers["webhook-signature"]?.split(separator: " ").count == 1)
    await receiver.close()
    await post.close()
  }

  /// H3 and restarts: what was not recorded is sent again under the same id, what was is not.
  @Test func aRestartLosesNothing() async throws {
    let post = try await Post()
    let receiver = try await Receiver(post.certificate) { _ in .never }
    _ = try await post.endpoint(receiver)
    try await post.submit()
    await post.told.wait(1) { if case .queued = $0 { true } else { false } }
    try await post.restart()
    receiver.answer { _ in .status(200) }
    try await post.restart()
    try await post.submit()
    await post.told.wait(2, \.isTry)
    let delivered = post.told.tries.filter { $0.state == .delivered }
    #expect(delivered.count == 2)
    let bodies = Dictionary(grouping: receiver.received, by: \.id).mapValues { Set($0.map(\.body)).count }
    #expect(bodies.count == 2 && bodies.values.allSatisfy { $0 == 1 })
    await receiver.close()
    await post.close()
  }

  /// H4: a name that means a private address is refused, and one that means it later is not connected to.
  @Test func privatePlacesAreNotReached() async throws {
    let post = try await Post(
      ["good.test": [.four(0x0808_0808)], "bad.test": [.four(0x0808_0808), .four(0x7F00_0001)]], allowsPrivate: false)
    let demo = try Label("demo")
    for url in [
      "https://bad.test/", "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/", "http://good.test/",
    ] {
      await #expect(throws: WebhookFailure.self) {
        _ = try await post.engine.endpoints.create(partner: demo, url: url, key: try post.key(url, demo))
      }
    }
    _ = try await post.engine.endpoints.create(
      partner: demo, url: "https://good.test/", key: try post.key("good", demo))
    post.names.table.withLock { $0["good.test"] = [.four(0x7F00_0001)] }
    try await post.submit()
    await post.told.wait(1, \.isTry)
    guard case .tried(_, _, 0, let error, .waiting, _)? = post.told.events.last(where: \.isTry) else {
      Issue.record("it was answered")
      return
    }
    #expect(error.contains("loopback"))
    await post.close()
  }

  @Test func partnersSeeTheirOwnOnly() async throws {
    let post = try await Post()
    let receiver = try await Receiver(post.certificate) { _ in .status(200) }
    let made = try await post.endpoint(receiver)
    let other = Scope.partner(try Label("other"))
    #expect(try await post.engine.endpoints.list(of: try Label("other")).isEmpty)
    await #expect(throws: WebhookFailure.endpointNotFound) {
      try await post.engine.endpoints.delete(made.endpoint.id, other, key: try post.newKey("other"))
    }
    await #expect(throws: WebhookFailure.endpointNotFound) {
      _ = try await post.engine.endpoints.deliveries(
        of: made.endpoint.id, other, state: nil, before: nil, limit: 1)
    }
    try await post.submit(partner: "other")
    try await post.submit()
    await post.told.wait(1, \.isTry)
    #expect(receiver.received.count == 1)
    await receiver.close()
    await post.close()
  }

  /// The database alone signs nothing.
  @Test func secretsAreNotOnDiskInTheClear() async throws {
    let post = try await Post()
    let receiver = try await Receiver(post.certificate) { _ in .status(200) }
    let made = try await post.endpoint(receiver)
    let secret = try #require(made.secret)
    await post.engine.stop()
    for file in try FileManager.default.contentsOfDirectory(atPath: post.certificate.directory)
    where file.hasPrefix("webhooks.sqlite") {
      let path = post.certificate.directory + "/" + file
      let bytes = try Data(contentsOf: URL(filePath: path))
      #expect(bytes.range(of: Data(secret.bytes)) == nil && bytes.range(of: Data(secret.text.utf8)) == nil)
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600, "\(file)")
    }
    await receiver.close()
    await post.ledger.stop()
  }
}
