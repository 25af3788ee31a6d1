internal import LedgerCore

// How much an agent pays out, against its own history.
extension RiskEngine {
  func amountUnusual(_ facts: RiskFacts, _ tally: inout RiskTally) {
    let amount = facts.amount.minorUnits
    let count = min(Int(facts.profile.submissions), AgentProfile.historyMaximum)
    guard count >= settings.amounts.habitCount else {
      if amount >= settings.amounts.newcomerAmount && facts.agentAgeSeconds < settings.novelty.newAgentSeconds {
        tally.add(.amountUnusual, settings.amounts.newcomerPoints)
      }
      return
    }
    guard amount >= settings.amounts.unusualMinimum else { return }
    let habit = facts.profile.amountHabit
    let spread = max(habit.spread, percentage(settings.amounts.spreadMinimumPercent, of: habit.median))
    let (distance, overflow) = spread.multipliedReportingOverflow(by: settings.amounts.spreads)
    if !overflow && amount > habit.median.addingReportingOverflow(distance).partialValue {
      tally.add(.amountUnusual, settings.amounts.unusualPoints)
    }
  }

  func largeAmount(_ facts: RiskFacts, _ tally: inout RiskTally) {
    if facts.amount.minorUnits > settings.amounts.largeAmount {
      tally.add(.largeAmount, settings.amounts.largePoints)
    }
  }

  /// Tonight's payouts against those of a usual night: the usual day's, by the share of submissions in night hours.
  func nightSurge(_ facts: RiskFacts, _ tally: inout RiskTally) {
    let seconds = facts.time.microseconds / 1_000_000
    let local = seconds.addingReportingOverflow(utcOffsetSeconds).partialValue
    let secondOfDay = ((local % 86_400) + 86_400) % 86_400
    let first = settings.amounts.nightFirstHour
    let intoNight = (secondOfDay - first * 3_600 + 86_400) % 86_400
    guard intoNight >= 0, intoNight < settings.amounts.nightHours * 3_600, facts.profile.daysObserved > 0 else {
      return
    }
    let tonight = facts.profile.submitted(within: UInt32(clamping: intoNight), of: facts.time).amount
    let (sum, overflow) = tonight.addingReportingOverflow(facts.amount.minorUnits)
    guard overflow || sum >= settings.amounts.nightMinimum else { return }
    var share: Int64 = 0
    var hour = first - utcOffsetSeconds / 3_600
    for _ in 0..<min(24, settings.amounts.nightHours) {
      share += facts.profile.share256(ofHour: Int(hour))
      hour += 1
    }
    let usual = Int64(facts.profile.usualDay.payoutAmount) * share / 256
    if overflow || sum > percentage(settings.amounts.nightSurgePercent, of: usual) {
      tally.add(.nightSurge, settings.amounts.nightPoints)
    }
  }
}
