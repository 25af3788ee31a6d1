/// A finished run in words and as JSON. JSON holds whole numbers only: nanoseconds, and counts per second.
struct LoadReport {
  let name: String
  let plan: LoadPlan
  let result: LoadResult

  private var tally: Tally { result.tally }
  private var succeeded: Int { tally.succeededTotal }

  private func perSecond(_ count: Int) -> Int {
    Int(Double(count) / (Double(result.elapsedNanoseconds) / 1e9))
  }

  /// CPU is charged to every answered call, refused ones included.
  private func perCall(_ nanoseconds: Int64) -> Int64 {
    nanoseconds / Int64(max(tally.answered, 1))
  }

  /// In units that a call's work is: requests, or items of batches.
  private var hasItems: Bool { tally.succeeded[Call.batch.rawValue] > 0 }

  // MARK: Words

  var text: String {
    var lines = [
      "\(name): \(plan.connections) connections x \(plan.streamsPerConnection) streams, \(pace)",
      row(
        "requests",
        "\(grouped(succeeded)) in \(durationText(UInt64(result.elapsedNanoseconds))): "
          + "\(grouped(perSecond(succeeded))) requests/s"),
    ]
    if hasItems {
      lines.append(
        row("items", "\(grouped(tally.itemsAccepted)) accepted: \(grouped(perSecond(tally.itemsAccepted))) items/s"))
    }
    if succeeded > 0 { lines.append(row("latency", tally.latencies.figuresText)) }
    for (label, counts) in [("refused", refusals), ("failed", failures), ("items refused", itemRefusals)]
    where !counts.isEmpty {
      lines.append(row(label, listed(counts)))
    }
    if result.unsent > 0 { lines.append(row("unsent", "\(grouped(result.unsent)) were due and found no free stream")) }
    if result.connectionsLost > 0 { lines.append(row("lost", "\(result.connectionsLost) connections")) }
    lines.append(row("CPU", processors))
    return lines.joined(separator: "\n")
  }

  /// On one line, what did not succeed.
  var problems: String {
    let counts = refusals + failures
    return counts.isEmpty ? "no answer" : listed(counts)
  }

  private func listed(_ counts: [(name: String, count: Int)]) -> String {
    counts.map { "\($0.name) \(grouped($0.count))" }.joined(separator: ", ")
  }

  private var pace: String {
    switch plan.pace {
    case .closedLoop: "closed loop"
    case .openLoop(let requestsPerSecond): "open loop at \(grouped(Int(requestsPerSecond)))/s"
    }
  }

  private var processors: String {
    var text = "generator " + share(result.ownCPUNanoseconds)
    if let server = result.serverCPUNanoseconds { text += "; server " + share(server) }
    return text
  }

  private func share(_ nanoseconds: Int64) -> String {
    let percent = Int(Double(nanoseconds) / Double(result.elapsedNanoseconds) * 100)
    return "\(decimal(Double(perCall(nanoseconds)) / 1e3, places: 2)) us per request (\(percent) % of a core)"
  }

  private func row(_ label: String, _ text: String) -> String {
    "  " + label + String(repeating: " ", count: max(1, 15 - label.count)) + text
  }

  // MARK: JSON

  var json: JSON {
    var members: [JSON.Member] = [
      .init("work", .text(name)),
      .init("connections", .integer(Int64(plan.connections))),
      .init("streams", .integer(Int64(plan.streamsPerConnection))),
      .init("elapsed_ns", .integer(result.elapsedNanoseconds)),
      .init("succeeded", .integer(Int64(succeeded))),
      .init("requests_per_second", .integer(Int64(perSecond(succeeded)))),
    ]
    if succeeded > 0 { members.append(.init("reply_bytes", .integer(Int64(tally.replyBytes / succeeded)))) }
    if case .openLoop(let requestsPerSecond) = plan.pace {
      members.append(.init("rate", .integer(Int64(requestsPerSecond))))
      members.append(.init("unsent", .integer(Int64(result.unsent))))
    }
    if hasItems {
      members.append(.init("items_accepted", .integer(Int64(tally.itemsAccepted))))
      members.append(.init("items_per_second", .integer(Int64(perSecond(tally.itemsAccepted)))))
      members.append(.init("items_refused", object(itemRefusals)))
    }
    if succeeded > 0 { members.append(.init("latency_ns", tally.latencies.figuresJSON)) }
    members.append(.init("refused", object(refusals)))
    members.append(.init("failed", object(failures)))
    members.append(.init("connections_lost", .integer(Int64(result.connectionsLost))))
    members.append(.init("generator_cpu_ns", .integer(result.ownCPUNanoseconds)))
    members.append(.init("generator_cpu_ns_per_request", .integer(perCall(result.ownCPUNanoseconds))))
    if let server = result.serverCPUNanoseconds {
      members.append(.init("server_cpu_ns", .integer(server)))
      members.append(.init("server_cpu_ns_per_request", .integer(perCall(server))))
    }
    return .object(members)
  }

  private func object(_ counts: [(name: String, count: Int)]) -> JSON {
    .object(counts.map { JSON.Member($0.name, .integer(Int64($0.count))) })
  }

  // MARK: Counts by name

  private var refusals: [(name: String, count: Int)] { statuses(tally.refused) }
  private var itemRefusals: [(name: String, count: Int)] { statuses(tally.itemsRefused) }

  private var failures: [(name: String, count: Int)] {
    CallFailure.allCases.map { ($0.label, tally.failed[$0.rawValue]) }.filter { $0.count > 0 }
  }

  /// In the order of their codes: https://grpc.io/docs/guides/status-codes/
  private static let statusNames = [
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
    "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
    "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED", "unknown status",
  ]

  private func statuses(_ counts: [Int]) -> [(name: String, count: Int)] {
    counts.indices.map { (Self.statusNames[$0], counts[$0]) }.filter { $0.count > 0 }
  }
}
