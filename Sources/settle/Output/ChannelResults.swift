import SettlementProto

extension Settlement_V1_Channel: Printable {
  var json: JSON {
    .object([
      "id": .text(id), "state": .text(state.shortName), "reason": .text(reason),
      "rails": .array(rails.map { .text($0) }),
      "floats": .array(
        floats.map {
          .object(["available": $0.available.json, "pending": $0.pending.json, "fees": $0.fees.json])
        }),
      "minimum": hasMinimum ? minimum.json : .null, "maximum": hasMaximum ? maximum.json : .null,
      "daily_maximum": hasDailyMaximum ? dailyMaximum.json : .null,
      "capabilities": .array(capabilities.map { .text($0) }), "opens": .text(opens), "closes": .text(closes),
      "speeds": .array(speeds.map { .text($0.shortName) }), "simulated": .bool(simulated),
    ])
  }

  var lines: [String] {
    var rows = [("channel", shown(id) + (simulated ? " (simulated: it pays nobody)" : ""))]
    rows.append(("state", state.shortName + (reason.isEmpty ? "" : ": \(shown(reason))")))
    rows += floats.map {
      ("float", "\($0.available.text) free, \($0.pending.decimal) reserved, fees so far \($0.fees.decimal)")
    }
    guard hasMaximum else { return table(rows + [("", "not in the server's file of channels any more")]) }
    rows += [
      ("rails", rails.map(shown).joined(separator: ", ")),
      ("one payout", "\(minimum.decimal) to \(maximum.text)"),
    ]
    if hasDailyMaximum { rows.append(("a day", dailyMaximum.text)) }
    rows += [
      ("open", "\(shown(opens)) to \(shown(closes))"),
      ("speeds", speeds.map(\.shortName).joined(separator: ", ")),
      ("can", capabilities.map(shown).joined(separator: ", ")),
    ]
    return table(rows)
  }

  /// On one line, for lists.
  var line: String {
    let money = floats.map { "\($0.available.text) free" }.joined(separator: ", ")
    return "\(shown(id))  \(state.shortName)  \(money.isEmpty ? "no money" : money)  "
      + rails.map(shown).joined(separator: ", ") + (simulated ? "  (simulated)" : "")
  }
}

extension Settlement_V1_ListChannelsResponse: Printable {
  var json: JSON { .object(["channels": .array(channels.map(\.json))]) }

  var lines: [String] {
    channels.isEmpty ? ["no channels: serve takes a file of them with --channels"] : channels.map(\.line)
  }
}

extension Settlement_V1_ChannelHealth: Printable {
  var json: JSON {
    .object([
      "channel": .text(channel), "breaker": .text(breaker.shortName),
      "breaker_since": hasBreakerSince ? breakerSince.json : .null, "next_probe": hasNextProbe ? nextProbe.json : .null,
      "window_attempts": .integer(Int64(windowAttempts)), "window_failures": .integer(Int64(windowFailures)),
      "success_permille": .integer(Int64(successPermille)), "arrival_p95_ms": .integer(Int64(arrivalP95Ms)),
      "in_flight": .integer(Int64(inFlight)), "in_flight_maximum": .integer(Int64(inFlightMaximum)),
      "in_doubt": .integer(Int64(inDoubt)), "last_error": .text(lastError),
      "last_error_time": hasLastErrorTime ? lastErrorTime.json : .null,
    ])
  }

  var lines: [String] {
    var breaker = self.breaker.shortName
    if hasBreakerSince { breaker += " since \(breakerSince.text)" }
    if hasNextProbe { breaker += ", next probe \(nextProbe.text)" }
    var rows = [
      ("channel", shown(channel)),
      ("breaker", breaker),
      ("lately", "\(windowAttempts) payouts, \(windowFailures) technical failures"),
      ("success", "\(successPermille / 10).\(successPermille % 10) %"),
      ("arrival", "95 % within \(arrivalP95Ms) ms"),
      ("calls", "\(inFlight) of \(inFlightMaximum)"),
      ("in doubt", "\(inDoubt)"),
    ]
    if !lastError.isEmpty { rows.append(("last error", "\(shown(lastError)) \(lastErrorTime.text)")) }
    return table(rows)
  }
}

extension Settlement_V1_BreakerState: WireNamed {
  var shortName: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .closed: "CLOSED"
    case .open: "OPEN"
    case .halfOpen: "HALF_OPEN"
    case .UNRECOGNIZED(let number): "BREAKER_\(number)"
    }
  }
}

extension Settlement_V1_RouteCandidate {
  var json: JSON {
    .object([
      "channel": .text(channel), "verdict": .text(verdict.shortName), "fee": fee.json,
      "arrival_p95_ms": .integer(Int64(arrivalP95Ms)), "success_permille": .integer(Int64(successPermille)),
      "score": .integer(Int64(score)),
    ])
  }

  /// "card-a  CHOSEN  score 812, fee 0.60 CNY, 95 % within 1200 ms, success 99.8 %"
  var text: String {
    "\(shown(channel))  \(verdict.shortName)  score \(score), fee \(fee.text), 95 % within \(arrivalP95Ms) ms, "
      + "success \(successPermille / 10).\(successPermille % 10) %"
  }
}

extension Settlement_V1_RoutingExplanation: Printable {
  var json: JSON {
    .object(["chosen": .text(chosen), "candidates": .array(candidates.map(\.json)), "time": time.json])
  }

  var lines: [String] {
    table(
      [("chosen", chosen.isEmpty ? "none can take it now" : shown(chosen)), ("time", time.text)]
        + candidates.map { ("candidate", $0.text) })
  }
}

extension Settlement_V1_ListAttemptsResponse: Printable {
  var json: JSON {
    .object([
      "attempts": .array(
        attempts.map {
          .object([
            "attempt": $0.attempt.json, "candidates": .array($0.candidates.map(\.json)), "receipt": $0.receipt.json,
          ])
        })
    ])
  }

  var lines: [String] {
    if attempts.isEmpty { return ["no attempts"] }
    return attempts.flatMap { explained in
      table(
        [("attempt", explained.attempt.text), ("key", shown(explained.attempt.key))]
          + explained.attempt.confirmationRows
          + (explained.attempt.hasFailure ? [("failure", explained.attempt.failure.text)] : [])
          + explained.candidates.map { ("candidate", $0.text) } + [("receipt", explained.receipt.text)])
    }
  }
}

extension Settlement_V1_ListAlarmsResponse: Printable {
  var json: JSON {
    .object([
      "alarms": .array(
        alarms.map {
          .object([
            "code": .text($0.code), "subject": .text($0.subject), "message": .text($0.message),
            "since": $0.since.json,
          ])
        })
    ])
  }

  var lines: [String] {
    if alarms.isEmpty { return ["no alarms"] }
    return alarms.map { "\($0.since.text)  \(shown($0.code))  \(shown($0.subject))  \(shown($0.message))" }
  }
}
