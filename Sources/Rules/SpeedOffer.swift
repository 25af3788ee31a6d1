package import LedgerCore

/// One speed in a quote: what it would cost and when the money would come, or why it is not to be had.
package struct SpeedOffer: Hashable, Sendable {
  package var speed: Speed
  /// Paid by the fee.
  package var terms: Result<Terms, TermsRefusal>
  /// Price in points instead of the fee; 0 where points do not buy it or it is free anyway.
  package var points: Int64
}

extension RulesDocument {
  /// Every speed, the fastest first; the application's own speed and acceleration do not matter.
  package func explainSpeeds(_ application: Application) -> [SpeedOffer] {
    Speed.allCases.map { speed in
      var asked = application
      asked.speed = speed
      asked.acceleration = .fee
      let byFee = terms(of: asked)
      asked.acceleration = .points
      let byPoints = terms(of: asked)
      return SpeedOffer(speed: speed, terms: byFee, points: (try? byPoints.get())?.points ?? 0)
    }
  }

  /// The window that is open at `time`, or else the next one; nil: the rules have none.
  package func maintenance(at time: Timestamp) -> MaintenanceNotice? {
    maintenanceWindow.map { clock.notice(of: $0, at: time) }
  }

  /// The calendar knows no holidays of that day's year, only weekends.
  ///
  /// - Parameter day: local, days since 1970-01-01.
  package func isCalendarMissing(day: Int32) -> Bool { !calendar.covers(day) }

  /// What is allowed but may not be meant, for whoever loads or checks the document at `time`.
  package func warnings(at time: Timestamp) -> [String] {
    let today = CivilDate(daysSince1970: clock.moment(at: time).day)
    // The notice for a year is published in autumn of the year before.
    let needed = today.month >= 12 ? [today.year, today.year + 1] : [today.year]
    return needed.filter { !calendar.knownYears.contains($0) }.map { year in
      "calendar.\(year): is missing: of \(year) only Saturdays and Sundays count as days off; "
        + "add the holidays and moved working days of the State Council's notice"
    }
  }
}
