import Digests
import Histogram
import LedgerCore

/// A run and its proof in words and as JSON. JSON holds whole numbers only.
struct PayoutReport {
  let conduct: PayoutBenchCommand.Conduct
  /// nil where only the proof was made.
  var plan: PayoutPlan?
  var run: PayoutRun.Result?
  var finding = PayoutProof.Finding()

  /// Violations that are printed one by one; more say no more.
  private static let shownMaximum = 50

  init(conduct: PayoutBenchCommand.Conduct) { self.conduct = conduct }

  /// What the proof found, and what was acknowledged and is not there.
  var violations: [PayoutViolation] {
    var violations = finding.violations
    guard let run, let plan else { return violations }
    for text in run.acknowledged where WithdrawalID(text).flatMap({ finding.evidence[$0] }) == nil {
      violations.append(PayoutViolation("\(text) was acknowledged, and the journal does not know it"))
    }
    if finding.evidence.withdrawals.count != plan.payouts {
      violations.append(
        PayoutViolation(
          "\(plan.payouts) withdrawals were submitted, each under one request id; the journal has "
            + "\(finding.evidence.withdrawals.count)"))
    }
    return violations
  }

  // MARK: Figures

  private var counts: [(state: WithdrawalState, count: Int)] {
    WithdrawalState.allCases.compactMap { state in
      let count = finding.evidence.withdrawals.count { $0.state == state }
      return count > 0 ? (state, count) : nil
    }
  }

  private var attempts: Int { finding.evidence.withdrawals.reduce(0) { $0 + $1.attempts.count } }

  /// Of the records: from the one that submits to the one that says paid.
  private var latencies: Histogram<UInt32> {
    var histogram = Histogram<UInt32>(
      highestTrackableValue: 3_600_000_000_000, numberOfSignificantValueDigits: .three)
    for withdrawal in finding.evidence.withdrawals {
      guard let paid = withdrawal.paidTime else { continue }
      let nanoseconds = (paid.microseconds - withdrawal.submitTime.microseconds) * 1_000
      histogram.record(UInt64(min(max(nanoseconds, 0), 3_600_000_000_000)))
    }
    return histogram
  }

  private var paidCount: Int { finding.evidence.withdrawals.count { $0.paidTime != nil } }

  private func perSecond(_ run: PayoutRun.Result) -> Int { Int(Double(paidCount) / max(run.elapsed.seconds, 1e-9)) }

  // MARK: Words

  var text: String {
    var lines: [String] = []
    if let run, let plan {
      lines.append(
        "payout, \(conduct.rawValue): \(grouped(plan.payouts)) withdrawals, seed \(plan.seed)")
      lines.append(
        row(
          "paid", "\(grouped(paidCount)) in \(decimal(run.elapsed.seconds, places: 2)) s: \(grouped(perSecond(run)))/s")
      )
      if paidCount > 0 { lines.append(row("submit to paid", latencies.figuresText)) }
      if let cpu = run.serverCPUNanoseconds {
        lines.append(
          row("server CPU", "\(decimal(Double(cpu) / 1e3 / Double(max(paidCount, 1)), places: 1)) us per payout"))
      }
      if conduct == .misbehave {
        lines.append(
          row(
            "troubles",
            "\(run.troubles.kills) kills, \(run.troubles.restarts) restarts, \(run.troubles.outages) outages; "
              + "longest start \(decimal(run.troubles.longestStart.seconds, places: 2)) s"))
      }
      if !run.open.isEmpty { lines.append(row("given up", run.open.joined(separator: ", "))) }
    }
    lines.append(row("withdrawals", counts.map { "\(grouped($0.count)) \($0.state)" }.joined(separator: ", ")))
    lines.append(row("attempts", grouped(attempts)))
    lines.append(
      row(
        "books",
        "\(finding.books.channels.count) channels: \(grouped(finding.books.moved.count)) payments left, "
          + "\(grouped(finding.books.returned.count)) came back"))
    lines.append(row("journal", "\(grouped(finding.evidence.records)) records, state \(finding.stateHash.hexadecimal)"))
    let violations = violations
    for violation in violations.prefix(Self.shownMaximum) { lines.append(row("VIOLATION", violation.text)) }
    if violations.count > Self.shownMaximum {
      lines.append(row("VIOLATION", "and \(grouped(violations.count - Self.shownMaximum)) more"))
    }
    lines.append(
      row("proof", violations.isEmpty ? "each withdrawal was paid at most once, every PAID exactly once" : "FAILED"))
    return lines.joined(separator: "\n")
  }

  private func row(_ label: String, _ text: String) -> String {
    "  " + label + String(repeating: " ", count: max(1, 16 - label.count)) + text
  }

  // MARK: JSON

  var json: JSON {
    var members: [JSON.Member] = []
    if let run, let plan {
      members += [
        .init("conduct", .text(conduct.rawValue)),
        .init("payouts", .integer(Int64(plan.payouts))),
        .init("seed", .integer(Int64(truncatingIfNeeded: plan.seed))),
        .init("elapsed_ns", .integer(run.elapsed.nanoseconds)),
        .init("payouts_per_second", .integer(Int64(perSecond(run)))),
        .init("kills", .integer(Int64(run.troubles.kills))),
        .init("restarts", .integer(Int64(run.troubles.restarts))),
        .init("outages", .integer(Int64(run.troubles.outages))),
        .init("longest_start_ns", .integer(run.troubles.longestStart.nanoseconds)),
        .init("generator_cpu_ns", .integer(run.ownCPUNanoseconds)),
        .init("open", .array(run.open.map { .text($0) })),
      ]
      if let cpu = run.serverCPUNanoseconds {
        members.append(.init("server_cpu_ns", .integer(cpu)))
        members.append(.init("server_cpu_ns_per_payout", .integer(cpu / Int64(max(paidCount, 1)))))
      }
      if paidCount > 0 { members.append(.init("submit_to_paid_ns", latencies.figuresJSON)) }
    }
    let violations = violations
    members += [
      .init("withdrawals", .object(counts.map { .init("\($0.state)", .integer(Int64($0.count))) })),
      .init("paid", .integer(Int64(paidCount))),
      .init("attempts", .integer(Int64(attempts))),
      .init("payments_left", .integer(Int64(finding.books.moved.count))),
      .init("payments_back", .integer(Int64(finding.books.returned.count))),
      .init("records", .integer(Int64(finding.evidence.records))),
      .init("state_hash", .text(finding.stateHash.hexadecimal)),
      .init("violation_count", .integer(Int64(violations.count))),
      .init(
        "violations",
        .array(
          violations.prefix(Self.shownMaximum).map { violation in
            .object([
              "withdrawal": violation.withdrawal.map { .text("\($0)") } ?? .null, "what": .text(violation.what),
            ])
          })),
    ]
    return .object(members)
  }
}

extension Duration {
  fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }

  /// Of a run: days at most, so it does not overflow.
  fileprivate var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
