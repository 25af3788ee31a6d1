package import Digests
package import Ledger
internal import NIOSSL
package import Vault

/// Tells partners' own servers of every change of their withdrawals.
///
///     feed --cursor--> messages --one transaction--> queue (SQLite) --lane of each endpoint--> receiver
///                                                        ^ verdict                                |
///                                                        +----------------------------------------+
///
/// At least once: what was answered and not recorded before a crash is sent again, under the same id and with the same
/// bytes. In the order of changes, but for what is tried again; each body has its sequence.
package actor WebhookEngine {
  private let parts: EngineParts
  private var intake: Task<Void, Never>?
  private var pruning: Task<Void, Never>?
  private var lanes: [Int64: (lane: WebhookLane, task: Task<Void, Never>)] = [:]
  private var isStopped = false

  /// - Parameters:
  ///   - key: encrypts the endpoints' secrets.
  ///   - secrets: where secrets and ids come from.
  ///   - random: for jitter.
  ///   - observe: told what happens, on any task; must not wait.
  package static func start(
    _ options: WebhookOptions, ledger: Ledger, key: WebhookKey, time: any WebhookTime = SystemWebhookTime(),
    lookup: any HostLookup = SystemLookup(), secrets: any RandomSource = SystemRandom(),
    random: @escaping @Sendable () -> UInt64 = { .random(in: .min ... .max) },
    observe: @escaping @Sendable (WebhookEvent) -> Void = { _ in }
  ) async throws(WebhookFailure) -> WebhookEngine {
    let authorities = try authorities(options.authorityFile)
    let store = try WebhookStore(
      path: options.path, identity: ledger.identity, end: ledger.feed.lastSequence,
      waitingMaximum: options.waitingMaximum, now: time.now())
    let engine = WebhookEngine(
      EngineParts(
        ledger: ledger, store: store,
        guarding: WebhookGuard(
          allowsPrivate: options.allowsPrivate, lookups: SharedLookups(lookup, time: time)),
        secrets: SealedSecrets(key: key, random: secrets, ledger: ledger.identity), authorities: authorities,
        time: time, random: random, observe: observe, intakeWake: WakeUp()))
    try await engine.begin()
    return engine
  }

  private static func authorities(_ path: String?) throws(WebhookFailure) -> [NIOSSLCertificate] {
    guard let path else { return [] }
    do {
      return try NIOSSLCertificate.fromPEMFile(path)
    } catch {
      throw .trouble("the authorities of webhook receivers cannot be read from \(path): \(error)")
    }
  }

  private init(_ parts: EngineParts) { self.parts = parts }

  private func begin() async throws(WebhookFailure) {
    for endpoint in try await parts.store.goneEndpoints() { parts.observe(.switchedOff(endpoint: endpoint)) }
    for (endpoint, count) in try await parts.store.deadLetters() {
      parts.observe(.deadLetters(endpoint: endpoint, count: count))
    }
    for number in try await parts.store.laneNumbers() { addLane(number) }
    let parts = parts
    intake = Task { [weak self] in
      let intake = WebhookIntake(parts: parts) { [weak self] in await self?.wake($0) }
      await intake.run()
    }
    pruning = Task { await Self.prune(parts) }
  }

  /// Ends all attempts under way: they are made again after the next start. Returns when nothing runs any more.
  package func stop() async {
    isStopped = true
    let tasks = [intake, pruning].compactMap { $0 } + lanes.values.map(\.task)
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
    lanes = [:]
    parts.store.close()
  }

  /// For the service.
  package nonisolated var endpoints: WebhookEndpoints { WebhookEndpoints(engine: self, parts: parts) }

  /// For metrics; nil where the database does not answer.
  package nonisolated func figures() async -> WebhookFigures? {
    do throws(WebhookFailure) { return try await parts.store.figures() } catch { return nil }
  }

  // MARK: Lanes

  func addLane(_ number: Int64) {
    guard !isStopped, lanes[number] == nil else { return }
    let lane = WebhookLane(number: number, parts: parts)
    lanes[number] = (lane, Task { await lane.run() })
    parts.intakeWake.ring()
  }

  func removeLane(_ number: Int64) { lanes.removeValue(forKey: number)?.task.cancel() }

  func wake(_ numbers: [Int64]) {
    for number in numbers {
      lanes[number]?.lane.wake.ring()
      lanes[number]?.lane.catchUpWake.ring()
    }
  }

  func startAfresh(_ number: Int64) { lanes[number]?.lane.startAfresh() }

  private static func prune(_ parts: EngineParts) async {
    while !Task.isCancelled {
      do throws(WebhookFailure) {
        var pruned: WebhookStore.Pruned
        repeat {
          pruned = try await parts.store.prune(now: parts.time.now())
          if pruned.deliveries + pruned.messages > 0 {
            parts.observe(.pruned(deliveries: pruned.deliveries, messages: pruned.messages))
          }
        } while !pruned.isAll && !Task.isCancelled
      } catch {
        parts.observe(.trouble("\(error)"))
      }
      do throws(CancellationError) {
        try await parts.time.sleep(microseconds: WebhookLimits.pruneEveryMicroseconds)
      } catch {}
    }
  }
}

/// Brings the feed into the queue.
struct WebhookIntake: Sendable {
  let parts: EngineParts
  /// Lanes that have something new.
  let changed: @Sendable ([Int64]) async -> Void

  func run() async {
    while !Task.isCancelled {
      do throws(WebhookFailure) {
        let state = try await parts.store.intakeState()
        // Without endpoints nothing is read: the first one that comes sets the cursor to where it begins.
        guard !state.partners.isEmpty else {
          await parts.intakeWake.wait()
          continue
        }
        let page = try await parts.page(after: state.cursor)
        try await take(page.events, through: page.next)
      } catch {
        await parts.rest(after: error)
      }
    }
  }

  private func take(_ events: [FeedEvent], through cursor: UInt64) async throws(WebhookFailure) {
    while !Task.isCancelled {
      let partners = try await parts.store.intakeState().partners
      let messages = try await parts.messages(of: events.filter { partners.contains($0.partner) })
      switch try await parts.store.take(messages, through: cursor, partners: partners, now: parts.time.now()) {
      case .partnersChanged: continue
      case .taken(let numbers, let behind):
        for each in behind { parts.observe(.behind(endpoint: each.endpoint, through: each.through)) }
        if !numbers.isEmpty { await changed(numbers) }
        parts.observe(.queued(through: cursor))
        return
      }
    }
  }
}
