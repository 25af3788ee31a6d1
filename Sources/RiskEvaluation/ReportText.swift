// A report for people: a line for each kind of abuse and each habit, and the two figures that goals are set for.
extension RiskReport {
  /// Goals, of 10,000: nine of ten violations caught, 99 of a hundred honest withdrawals approved at once.
  package static let caughtGoal = 9_000
  package static let untouchedGoal = 9_900

  package var meetsGoals: Bool { caughtPer10000 >= Self.caughtGoal && untouchedPer10000 >= Self.untouchedGoal }

  /// Lines, each without its end.
  package var lines: [String] {
    var lines = [Self.row("abuse", "number", "rejected", "in review", "approved", "caught")]
    for (kind, counts) in zip(AbuseKind.allCases, abuse) where counts.all > 0 {
      lines.append(Self.row(kind.rawValue, counts, share: counts.caught))
    }
    lines.append(Self.row("all", allAbuse, share: allAbuse.caught))
    lines.append("")
    lines.append(Self.row("honest", "number", "rejected", "in review", "approved", "untouched"))
    for (habit, counts) in zip(HonestHabit.allCases, honest) where counts.all > 0 {
      lines.append(Self.row(habit.rawValue, counts, share: counts.approved))
    }
    lines.append(Self.row("all", allHonest, share: allHonest.approved))
    return lines
  }

  private static func row(_ name: String, _ counts: VerdictCounts, share: Int) -> String {
    row(
      name, "\(counts.all)", "\(counts.rejected)", "\(counts.reviewed)", "\(counts.approved)",
      percent(per10000(share, of: counts.all)))
  }

  private static func row(_ name: String, _ columns: String...) -> String {
    let name = name + String(repeating: " ", count: max(0, 22 - name.utf8.count))
    return columns.reduce(into: name) { $0 += String(repeating: " ", count: max(1, 11 - $1.utf8.count)) + $1 }
  }

  /// With two digits behind the point.
  private static func percent(_ of10000: Int) -> String {
    let digits = of10000 % 100
    return "\(of10000 / 100).\(digits < 10 ? "0" : "")\(digits) %"
  }
}
