internal import LedgerCore

// How often an agent pays out, against a fixed count and against its own usual day.
extension RiskEngine {
  func velocity(_ facts: RiskFacts, _ tally: inout RiskTally) {
    let usual = percentage(settings.velocity.usualPercent, of: Int64(facts.profile.usualDay.payouts))
    func isMore(within span: UInt32, than bound: Int64) -> Bool {
      let count = facts.profile.submitted(within: span, of: facts.time).count + 1
      // A profile remembers no more than so many: within minutes that is a burst, whatever a busy agent's day is like.
      if span <= 600, count > AgentProfile.historyMaximum { return true }
      return count >= bound && count * Int64(DayFigures.one) > usual
    }
    if isMore(within: 600, than: settings.velocity.tenMinutesCount) {
      tally.add(.velocity10Minutes, settings.velocity.tenMinutesPoints)
    }
    if isMore(within: 3_600, than: settings.velocity.hourCount) {
      tally.add(.velocityHour, settings.velocity.hourPoints)
    }
    if isMore(within: 86_400, than: settings.velocity.dayCount) {
      tally.add(.velocityDay, settings.velocity.dayPoints)
    }
  }
}
