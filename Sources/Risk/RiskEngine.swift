package import LedgerCore

/// Judges a submission by facts alone: every rule gives points with a reason, and their sum decides. The same facts and
/// settings give the same result.
package struct RiskEngine: Sendable {
  package let settings: RiskSettings
  /// Of local time, east positive.
  package let utcOffsetSeconds: Int64

  package init(settings: RiskSettings, utcOffsetSeconds: Int64) {
    self.settings = settings
    self.utcOffsetSeconds = utcOffsetSeconds
  }

  package func assess(_ facts: borrowing RiskFacts) -> RiskResult {
    var tally = RiskTally()
    applyRules(copy facts, &tally)
    return tally.result(settings.thresholds(of: facts.tier))
  }
}

/// Collects what rules found, in place.
struct RiskTally {
  /// As many as there are codes: a rule gives each of its codes at most once.
  private var reasons = InlineArray<32, RiskReason>(repeating: RiskReason(code: .newAgent, points: 0))
  private var count = 0
  private var sum: Int32 = 0
  private var isBlacklisted = false
  private var listAddressUntil = Timestamp(microseconds: 0)

  mutating func add(_ code: RiskCode, _ points: Int16) {
    guard points != 0, count < 32 else { return }
    reasons[count] = RiskReason(code: code, points: points)
    count += 1
    sum += Int32(points)
  }

  mutating func addBlacklisted(_ code: RiskCode, _ points: Int16) {
    add(code, points)
    isBlacklisted = true
  }

  mutating func listAddress(until time: Timestamp) { listAddressUntil = time }

  consuming func result(_ thresholds: RiskThresholds) -> RiskResult {
    let score = Int16(clamping: sum)
    let verdict: RiskVerdict =
      if isBlacklisted || score >= thresholds.reject {
        .reject
      } else if score >= thresholds.review {
        .review
      } else {
        .approve
      }
    return RiskResult(
      verdict: verdict, score: score, collected: reasons, count: count, listAddressUntil: listAddressUntil)
  }
}
