/// What `serve --channels` reads of simulated channels, as benches and demonstrations write it.
struct SimulatedChannelText: Sendable {
  private let lines: [String]

  /// - Parameters:
  ///   - outage: while this file is there, the channel is out.
  ///   - manifest: keys of the channel, with their values.
  ///   - rates: per thousand of all payouts.
  ///   - times: milliseconds.
  init(
    _ id: String, _ book: String, outage: String? = nil, seed: UInt64 = 1,
    _ manifest: KeyValuePairs<String, String> = [:],
    rates: KeyValuePairs<String, Int> = [:], times: KeyValuePairs<String, Int> = [:]
  ) {
    var lines = ["  - id: \(id)", "    kind: simulated"]
    for (key, value) in manifest { lines.append("    \(key): \(value)") }
    lines += ["    book: \"\(book)\"", "    behaviour:", "      seed: \(seed)"]
    if let outage { lines.append("      outage_file: \"\(outage)\"") }
    for (key, value) in rates { lines.append("      \(key)_permille: \(value)") }
    for (key, value) in times { lines.append("      \(key)_ms: \(value)") }
    self.lines = lines
  }

  static func document(_ channels: [SimulatedChannelText]) -> String {
    (["channels:"] + channels.flatMap(\.lines)).joined(separator: "\n") + "\n"
  }
}

/// The channels of a payout bench.
struct PayoutChannels {
  let place: PayoutPlace
  let plan: PayoutPlan

  var document: String {
    SimulatedChannelText.document(
      PayoutRun.channels.enumerated().map { number, id in
        switch plan.conduct {
        case .clean:
          SimulatedChannelText(
            id, place.book(id), ["calls_at_once": "256", "fee": "{ fixed_minor_units: \(number + 1) }"])
        case .misbehave:
          // Seeds below 2^53: what reads YAML may take whole numbers for floating ones.
          SimulatedChannelText(
            id, place.book(id), outage: place.outage(id), seed: plan.seed % (1 << 32) + UInt64(number),
            [
              "calls_at_once": "128", "fee": "{ fixed_minor_units: \(number + 1) }",
              // One of eight fails by design: a breaker by the usual figures would leave all three for most of the time.
              // An outage still opens it.
              "breaker":
                "{ technical_permille: 400, failures_in_a_row: 12, failures_of_64: 40, back_off_ms: 300, "
                + "back_off_maximum_ms: 1500 }",
            ],
            rates: [
              "technical_failure": 30, "payee_failure": 10, "refusal": 5, "lost_answer": 40, "lost_request": 40,
              "accepted": 50, "awaiting_payee": 20, "unconfirmed": 5, "unknown_code": 20,
              "duplicate_notification": 200, "late_notification": 200,
            ],
            times: ["latency_max": [2, 5, 15][number], "later": 400, "confirm": 2_000])
        }
      })
  }
}
