internal import LedgerCore

extension RulesDocument {
  /// When something that is asked for now is sent at the earliest, and on which local day it counts.
  struct Start {
    /// Local day of sending, days since 1970-01-01.
    var day: Int32
    /// Of that day.
    var microsecond: Int64
  }

  /// The local day that a request counts as one of: from the cut-off on, the next.
  @inline(__always)
  func requestDay(_ now: LocalClock.Moment, _ rule: SpeedRule) -> Int32 {
    now.minute >= rule.cutOffMinute ? now.day + 1 : now.day
  }

  /// - Returns: settlement day and expected arrival.
  ///
  /// | speed | sent | arrives |
  /// |---|---|---|
  /// | within minutes | at once; from the cut-off on, at the beginning of the next day; not before the end of the maintenance window; on a working day where that is asked for | that many minutes later |
  /// | next day | on the day after that of the request, or the first working day after it | by the stated time of that day |
  @inline(__always)
  func schedule(_ rule: SpeedRule, at time: Timestamp) -> (day: Int32, arrival: Timestamp) {
    let now = clock.moment(at: time)
    let asked = requestDay(now, rule)
    switch rule.arrival {
    case .nextDay(let byMinute):
      let day = rule.workingDaysOnly ? calendar.workingDay(onOrAfter: asked + 1) : asked + 1
      return (day, clock.time(day: day, minute: byMinute))
    case .within(let minutes):
      var start = Start(day: asked, microsecond: asked == now.day ? now.microsecond : 0)
      // Waiting for the window's end may lead to a day off, and a later day begins in the window again.
      for _ in 0..<2 {
        if rule.workingDaysOnly, !calendar.isWorkingDay(start.day) {
          start = Start(day: calendar.workingDay(onOrAfter: start.day), microsecond: 0)
        }
        start = outsideMaintenance(start)
      }
      let arrival = start.microsecond + Int64(minutes) * LocalClock.microsecondsPerMinute
      return (start.day, clock.time(day: start.day, microsecond: arrival))
    }
  }

  @inline(__always)
  private func outsideMaintenance(_ start: Start) -> Start {
    guard let window = maintenanceWindow else { return start }
    let minute = Int32(truncatingIfNeeded: start.microsecond / LocalClock.microsecondsPerMinute)
    guard window.contains(minute: minute) else { return start }
    let endsTomorrow = window.crossesMidnight && minute >= window.beginMinute || window.endMinute == 0
    return Start(
      day: endsTomorrow ? start.day + 1 : start.day,
      microsecond: Int64(window.endMinute) * LocalClock.microsecondsPerMinute)
  }
}
