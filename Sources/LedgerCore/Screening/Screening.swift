/// What was found when a withdrawal was decided, as it stands in the journal: the terms that hold for it, the days whose
/// limits it uses, and the risk decision with its reasons.
package struct Screening: Hashable, Sendable, BitwiseCopyable {
  package var rulesVersion: UInt32
  package var terms: Terms
  package var limitDay: LimitDay
  package var risk: RiskResult
  /// People who must approve; 0 where nobody has to.
  package var checkers: UInt8
  /// When a review expires; 1970 where there is none.
  package var reviewDue: Timestamp

  package init(
    rulesVersion: UInt32, terms: Terms, limitDay: LimitDay, risk: RiskResult, checkers: UInt8, reviewDue: Timestamp
  ) {
    self.rulesVersion = rulesVersion
    self.terms = terms
    self.limitDay = limitDay
    self.risk = risk
    self.checkers = checkers
    self.reviewDue = reviewDue
  }

  /// Of a withdrawal from before there was any screening.
  package static func none(rulesVersion: UInt32, feeMinorUnits: Int64) -> Screening {
    Screening(
      rulesVersion: rulesVersion,
      terms: Terms(
        speed: .nextDay, feeMinorUnits: feeMinorUnits, points: 0, settlementDay: 0,
        expectedArrival: Timestamp(microseconds: 0)),
      limitDay: LimitDay(day: 0, month: 0), risk: .approved, checkers: 0, reviewDue: Timestamp(microseconds: 0))
  }
}

/// Where a submission came from, as the platform tells it. One object, because most submissions say nothing.
package final class Origin: Hashable, Sendable {
  /// Fingerprint of the agent's device; `Label.none` where it is not told.
  package let device: Label
  /// Network address of the agent; `Label.none` where it is not told.
  package let address: Label

  package init(device: Label, address: Label) {
    self.device = device
    self.address = address
  }

  package static func == (a: Origin, b: Origin) -> Bool { a.device == b.device && a.address == b.address }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(device)
    hasher.combine(address)
  }
}
