import LedgerCore
import Synchronization
import Testing

@testable import Notifications

/// Name servers that do not answer.
@Suite struct WebhookLookupTests {
  /// Hosts that begin with "hang" hang until they are let go.
  private final class Names: HostLookup {
    private struct State {
      var hanging: [CheckedContinuation<Void, Never>] = []
      var isOver = false
      var asked: [String] = []
      var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    func addresses(of host: String) async throws(HostLookupFailure) -> [InternetAddress] {
      let over = state.withLock { state in
        state.asked.append(host)
        let over = state.waiting.filter { $0.count <= state.asked.count }
        state.waiting.removeAll { $0.count <= state.asked.count }
        return over.map(\.continuation)
      }
      for each in over { each.resume() }
      guard host.hasPrefix("hang") else { return [.four(0x0808_0808)] }
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if !state.isOver { state.hanging.append(continuation) }
          return state.isOver
        }
        if isOver { continuation.resume() }
      }
      throw HostLookupFailure("it took too long")
    }

    var asked: [String] { state.withLock { $0.asked } }

    /// Returns when so many have been asked for.
    func wait(_ count: Int) async {
      await withCheckedContinuation { continuation in
        let isThere = state.withLock { state in
          if state.asked.count < count { state.waiting.append((count, continuation)) }
          return state.asked.count >= count
        }
        if isThere { continuation.resume() }
      }
    }

    func letGo() {
      let hanging = state.withLock { state in
        state.isOver = true
        defer { state.hanging = [] }
        return state.hanging
      }
      for each in hanging { each.resume() }
    }
  }

  /// One partner's hosts hang: it has its share and no more, and others are answered.
  @Test func aPartnerHasItsShareOfLookUps() async throws {
    let (names, time) = (Names(), HandTime())
    let lookups = SharedLookups(names, time: time)
    let (bad, good) = (try Label("bad"), try Label("good"))
    let share = WebhookLimits.lookupsOfPartnerMaximum
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<(3 * share) {
        group.addTask { _ = try? await lookups.addresses(of: "hang-\(number)", for: bad) }
      }
      await names.wait(share)
      for number in 0..<100 {
        let found = try? await lookups.addresses(of: "host-\(number)", for: good)
        #expect(found == [.four(0x0808_0808)])
      }
      // Nobody waits for longer than he is to.
      let passing = passing(time)
      for await _ in group {}
      passing.cancel()
    }
    #expect(names.asked.count { $0.hasPrefix("hang") } == share)
    // What was begun goes on, and counts.
    await #expect(throws: HostLookupFailure.self) { _ = try await lookups.addresses(of: "host", for: bad) }
    #expect(try await lookups.addresses(of: "host", for: good) == [.four(0x0808_0808)])
    names.letGo()
    var found: [InternetAddress]?
    // They end one after the other.
    while found == nil { found = try? await lookups.addresses(of: "host", for: bad) }
    #expect(found == [.four(0x0808_0808)])
  }

  /// Partners whose hosts all hang take what there is, and no thread more.
  @Test func thereIsABoundForAll() async throws {
    let (names, time) = (Names(), HandTime())
    let lookups = SharedLookups(names, time: time)
    let share = WebhookLimits.lookupsOfPartnerMaximum
    let partners = WebhookLimits.lookupsMaximum / share
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<(share * (partners + 2)) {
        group.addTask {
          guard let partner = try? Label("partner-\(number / share)") else { return }
          _ = try? await lookups.addresses(of: "hang-\(number)", for: partner)
        }
      }
      await names.wait(share * partners)
      let passing = passing(time)
      for await _ in group {}
      passing.cancel()
    }
    #expect(names.asked.count == share * partners)
    names.letGo()
  }

  @Test func theSameHostIsAskedForOnce() async throws {
    let (names, time) = (Names(), HandTime())
    let lookups = SharedLookups(names, time: time)
    let demo = try Label("demo")
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<50 { group.addTask { _ = try? await lookups.addresses(of: "hang", for: demo) } }
      let passing = passing(time)
      for await _ in group {}
      passing.cancel()
    }
    #expect(names.asked == ["hang"])
    names.letGo()
  }

  /// As long as it is not cancelled, the time to wait is over again and again, for whoever begins to wait.
  private func passing(_ time: HandTime) -> Task<Void, Never> {
    Task {
      while !Task.isCancelled {
        time.advance(to: time.now().microseconds + WebhookLimits.lookupMicroseconds)
        await Task.yield()
      }
    }
  }

  @Test func theSystemKnowsThisMachine() async throws {
    let found = try await SystemLookup().addresses(of: "localhost")
    #expect(!found.isEmpty && found.allSatisfy { $0.defect == .loopback })
    await #expect(throws: HostLookupFailure.self) { _ = try await SystemLookup().addresses(of: "no.such.host.invalid") }
  }

  /// While no name server knows it, a receiver is where it was, for an hour.
  @Test func aReceiverStaysWhereItWasWhileNobodyCanSay() async throws {
    let post = try await Post()
    let receiver = try await Receiver(post.certificate) { _ in .status(200) }
    _ = try await post.endpoint(receiver)
    try await post.submit()
    await post.told.wait(1, \.isTry)
    post.names.table.withLock { $0[ReceiverCertificate.host] = nil }
    post.time.advance(seconds: 3_000)
    try await post.submit()
    await post.told.wait(2, \.isTry)
    #expect(post.told.tries.map(\.state) == [.delivered, .delivered])
    post.time.advance(seconds: 700)
    try await post.submit()
    await post.told.wait(3, \.isTry)
    #expect(post.told.tries.last?.state == .waiting && receiver.received.count == 2)
    await receiver.close()
    await post.close()
  }
}
