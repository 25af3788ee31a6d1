import Glibc

/// A server under a run, killed and started again as the seed says, and its channels, switched off and on.
struct PayoutTroubles: Sendable {
  let place: PayoutPlace
  let plan: PayoutPlan
  let progress: PayoutProgress
  let channels: [String]

  struct Result: Sendable {
    var kills = 0
    /// Ordinary ones, of a server that had nothing to tell any more.
    var restarts = 0
    var outages = 0
    var longestStart = Duration.zero
  }

  /// How often the progress is looked at.
  private static let tick = Duration.milliseconds(10)
  /// Without any news for so long, the next kill comes whatever the progress is.
  private static let quiet = Duration.seconds(3)
  /// Without any news for so long and no kill left, whatever is open waits for its time to be asked about, which may be
  /// ten minutes away: a start asks at once. Long enough for the questions after 1 s and 5 s to be put by a server that lives.
  private static let still = Duration.seconds(10)
  /// So many starts in a row brought nothing: nothing will come any more, and the proof tells what is open.
  private static let fruitlessRestarts = 10

  /// Kills and starts the server as often as planned, until all is at rest.
  func run(_ server: inout ChildServer) async throws -> Result {
    var numbers = SeededNumbers(seed: plan.seed)
    var result = Result()
    var marks = (0..<plan.kills).map { _ in Int.random(in: 0..<max(plan.payouts * 19 / 20, 1), using: &numbers) }
      .sorted()
    let clock = ContinuousClock()
    var news = (events: -1, at: clock.now)
    var fruitless = 0
    while await !progress.isDone || !marks.isEmpty {
      try await Task.sleep(for: Self.tick)
      let (settled, events, isDone) = await (progress.settled, progress.events, progress.isDone)
      if events != news.events {
        news = (events, clock.now)
        fruitless = 0
      }
      let silence = clock.now - news.at
      if let mark = marks.first {
        guard settled >= mark || silence > Self.quiet || isDone else { continue }
        marks.removeFirst()
        try await Task.sleep(for: .milliseconds(Int.random(in: 0...300, using: &numbers)))
        server.send(SIGKILL)
        result.kills += 1
      } else {
        guard silence > Self.still else { continue }
        guard fruitless < Self.fruitlessRestarts else { return result }
        fruitless += 1
        server.send(SIGTERM)
        result.restarts += 1
      }
      _ = await server.ending()
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
