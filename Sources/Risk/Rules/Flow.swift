internal import LedgerCore

// How money came in before it goes out.
extension RiskEngine {
  func fastInOut(_ facts: RiskFacts, _ tally: inout RiskTally) {
    let amount = facts.amount.minorUnits
    guard amount >= settings.flow.fastMinimum else { return }
    let came = facts.profile.depositedMinutes(within: settings.flow.fastSeconds, of: facts.time).amount
    guard came >= percentage(settings.flow.fastPercent, of: amount) else { return }
    let isHabit = facts.profile.submissions >= settings.flow.fastHabitCount
    tally.add(.fastInOut, isHabit ? settings.flow.fastHabitPoints : settings.flow.fastPoints)
  }

  func scatteredIn(_ facts: RiskFacts, _ tally: inout RiskTally) {
    let came = facts.profile.depositedHours(within: 16 * 3_600, of: facts.time)
    guard came.count >= settings.flow.scatteredCount else { return }
    let usual = Int64(facts.profile.usualDay.deposits)
    guard came.count * Int64(DayFigures.one) > percentage(settings.flow.scatteredUsualPercent, of: usual) else {
      return
    }
    if facts.amount.minorUnits >= percentage(settings.flow.scatteredOutPercent, of: came.amount) {
      tally.add(.scatteredIn, settings.flow.scatteredPoints)
    }
  }

  func splitBelowThreshold(_ facts: RiskFacts, _ tally: inout RiskTally) {
    let amount = facts.amount.minorUnits
    let habit = facts.profile.amountHabit
    // Who always takes about as much does not dodge a threshold.
    guard habit.count < settings.amounts.habitCount || amount > habit.median + habit.spread else { return }
    for threshold in settings.flow.splitThresholds {
      let least = percentage(settings.flow.splitPercent, of: threshold)
      guard amount >= least, amount < threshold else { continue }
      let count = facts.profile.submitted(from: least, below: threshold, within: 86_400, of: facts.time) + 1
      if count >= settings.flow.splitManyCount {
        tally.add(.splitBelowThreshold, settings.flow.splitManyPoints)
      } else if count >= settings.flow.splitCount {
        tally.add(.splitBelowThreshold, settings.flow.splitPoints)
      } else {
        tally.add(.splitBelowThreshold, settings.flow.splitOncePoints)
      }
      return
    }
  }
}
