import Glibc

/// A server under a run, killed and started again as the seed says, and its channels, switched off and on.
struct PayoutTroubles: Sendable {
  let place: PayoutPlace
  let plan: PayoutPlan
  let progress: PayoutProgress
  let channels: [String]

  struct Result: Sendable {
    var kills = 0
    var outages = 0
    var longestStart = Duration.zero
  }

  /// How often the progress is looked at.
  private static let tick = Duration.milliseconds(10)
  /// Without any news for so long, whatever is open waits for its time to be asked about: a start asks at once.
  private static let quiet = Duration.seconds(3)
  /// Without any news for so long and no kill left, nothing will come any more: the proof tells what is open.
  private static let giveUp = Duration.seconds(180)

  /// Kills and starts the server as often as planned, until all is at rest.
  func run(_ server: inout ChildServer) async throws -> Result {
    var numbers = SeededNumbers(seed: plan.seed)
    var result = Result()
    var marks = (0..<plan.kills).map { _ in Int.random(in: 0..<max(plan.payouts * 19 / 20, 1), using: &numbers) }
      .sorted()
    let clock = ContinuousClock()
    var news = (events: -1, at: clock.now)
    while await !progress.isDone || !marks.isEmpty {
      try await Task.sleep(for: Self.tick)
      let (settled, events, isDone) = await (progress.settled, progress.events, progress.isDone)
      if events != news.events { news = (events, clock.now) }
      let silence = clock.now - news.at
      guard let mark = marks.first else {
        guard silence < Self.giveUp else { return result }
        continue
      }
      guard settled >= mark || silence > Self.quiet || isDone else { continue }
      marks.removeFirst()
      try await Task.sleep(for: .milliseconds(Int.random(in: 0...300, using: &numbers)))
      server.send(SIGKILL)
      _ = await server.ending()
      result.kills += 1
      let begin = clock.now
      server = try await ChildServer.start(place.serveArguments(listen: server.endpoint), logPath: place.log)
      result.longestStart = max(result.longestStart, clock.now - begin)
      news.at = clock.now
    }
    return result
  }

  /// Switches one channel after the other off for a while, until it is cancelled; leaves all of them on.
  func outages() async -> Int {
    var numbers = SeededNumbers(seed: plan.seed ^ 0x6F75_7461_6765)
    var count = 0
    while !Task.isCancelled {
      let path = place.outage(channels[Int.random(in: 0..<channels.count, using: &numbers)])
      do {
        try await Task.sleep(for: .milliseconds(Int.random(in: 200...1_500, using: &numbers)))
        try Files.write([], to: path, mode: 0o600, existing: .replace)
        count += 1
        try await Task.sleep(for: .milliseconds(Int.random(in: 100...600, using: &numbers)))
      } catch {
        // Cancelled; a file that cannot be written makes no outage.
      }
      unlink(path)
    }
    return count
  }
}
