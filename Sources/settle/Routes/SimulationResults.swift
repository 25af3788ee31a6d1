import LedgerCore
import RouteSimulation
import SettlementClient

extension RoutePolicy {
  var words: String {
    switch self {
    case .routing: "our routing"
    case .cheapest: "cheapest"
    case .fastest: "fastest"
    case .roundRobin: "round robin"
    case .hindsight: "best in hindsight"
    }
  }
}

extension SimulationReport: Printable {
  var json: JSON {
    .object([
      "payouts": .integer(Int64(payouts)), "span_ms": .integer(spanMilliseconds),
      "disturbances": .array(disturbances.map(\.json)),
      "policies": .array(policies.map { $0.json(lossAboveBest: lossAboveBest(of: $0.policy)) }),
      "switching": .array(switching.map(\.json)), "meets_goals": .bool(meetsGoals),
    ])
  }

  var lines: [String] {
    var lines = ["\(payouts) payouts in \(seconds(spanMilliseconds)) s of virtual time"]
    lines += disturbances.map { "  \($0.words)" }
    lines += [""] + columns()
    lines += [""] + switching.map(\.words)
    lines.append(
      meetsGoals ? "meets the goals" : "misses the goals: 5 % above the best; 5 % of traffic in 100 attempts or 10 s")
    return lines
  }

  private func columns() -> [String] {
    let heading = [
      "", "loss CNY", "above best", "fees CNY", "p50 s", "p95 s", "late", "paid", "failed tries", "unanswered",
      "given up",
    ]
    let rows = policies.map { figures in
      [
        figures.policy.words, DecimalAmount.text(minorUnits: figures.lossHundredths / 100, decimals: 2),
        "\(DecimalAmount.text(minorUnits: lossAboveBest(of: figures.policy), decimals: 2)) %",
        DecimalAmount.text(minorUnits: figures.feeMinorUnits, decimals: 2), seconds(figures.arrivalP50Milliseconds),
        seconds(figures.arrivalP95Milliseconds), "\(figures.late)", "\(figures.paid)", "\(figures.failedAttempts)",
        "\(figures.inDoubt)", "\(figures.givenUp)",
      ]
    }
    let all = [heading] + rows
    let widths = heading.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      // The names to the left, the figures to the right.
      row.indices.map { column in
        let blanks = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 0 ? row[column] + blanks : blanks + row[column]
      }.joined(separator: "  ")
    }
  }
}

private func seconds(_ milliseconds: Int64) -> String {
  "\(milliseconds / 1_000).\(milliseconds % 1_000 / 100)"
}

extension PolicyFigures {
  fileprivate func json(lossAboveBest: Int64) -> JSON {
    .object([
      "policy": .text(policy.rawValue), "paid": .integer(Int64(paid)),
      "payee_failures": .integer(Int64(payeeFailures)), "given_up": .integer(Int64(givenUp)),
      "failed_attempts": .integer(Int64(failedAttempts)), "unanswered_attempts": .integer(Int64(inDoubt)),
      "late": .integer(Int64(late)), "fee_minor_units": .integer(feeMinorUnits),
      "loss_hundredths": .integer(lossHundredths), "loss_above_best_per_10000": .integer(lossAboveBest),
      "arrival_p50_ms": .integer(arrivalP50Milliseconds), "arrival_p95_ms": .integer(arrivalP95Milliseconds),
    ])
  }
}

extension Disturbance {
  fileprivate var json: JSON {
    var members = [JSON.Member("channel", .text("\(channel)")), JSON.Member("kind", .text(name))]
    if case .slow(let factor) = kind { members.append(JSON.Member("factor", .integer(factor))) }
    members.append(JSON.Member("from_ms", .integer(milliseconds.lowerBound)))
    members.append(JSON.Member("to_ms", .integer(milliseconds.upperBound)))
    return .object(members)
  }

  private var name: String {
    switch kind {
    case .outage: "outage"
    case .silence: "silence"
    case .slow: "slow"
    }
  }

  fileprivate var words: String {
    let what =
      switch kind {
      case .outage: "fails"
      case .silence: "answers nothing"
      case .slow(let factor): "is \(factor) times slower"
      }
    return
      "\(shown("\(channel)")) \(what) from \(seconds(milliseconds.lowerBound)) to \(seconds(milliseconds.upperBound)) s"
  }
}

extension Switching {
  fileprivate var json: JSON {
    .object([
      "disturbance": disturbance.json, "attempts": .integer(Int64(attempts)), "milliseconds": .integer(milliseconds),
      "attempts_meanwhile": .integer(Int64(attemptsMeanwhile)), "attempts_there": .integer(Int64(attemptsThere)),
      "meets_goal": .bool(meetsGoal),
    ])
  }

  fileprivate var words: String {
    "\(disturbance.words): under 5 % of traffic after \(attempts) attempts, \(seconds(milliseconds)) s; "
      + "\(attemptsThere) of \(attemptsMeanwhile) attempts went there"
  }
}
