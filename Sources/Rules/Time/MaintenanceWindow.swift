package import LedgerCore

/// The local time of every day within which nothing is sent. It may cross midnight: then its end is smaller.
package struct MaintenanceWindow: Hashable, Sendable, BitwiseCopyable {
  /// Minute of the local day, 0..<1440. Within.
  package let beginMinute: Int32
  /// Minute of the local day, 0..<1440, never the begin. Not within any more.
  package let endMinute: Int32

  var crossesMidnight: Bool { endMinute < beginMinute }

  /// - Parameter minute: of the local day.
  @inline(__always)
  package func contains(minute: Int32) -> Bool {
    crossesMidnight ? minute >= beginMinute || minute < endMinute : minute >= beginMinute && minute < endMinute
  }

  /// `03:00` and the like, for people.
  package var beginText: String { Figures.timeText(beginMinute) }
  package var endText: String { Figures.timeText(endMinute) }
}

/// The window that is open at a time, or else the next one.
package struct MaintenanceNotice: Hashable, Sendable {
  package var begin: Timestamp
  package var end: Timestamp
  /// Nothing is sent now.
  package var isNow: Bool
}

extension LocalClock {
  func notice(of window: MaintenanceWindow, at time: Timestamp) -> MaintenanceNotice {
    let now = moment(at: time)
    let isNow = window.contains(minute: now.minute)
    // It began today or, when it has crossed midnight, yesterday; the next one begins today or tomorrow.
    let beginDay =
      isNow
      ? (now.minute >= window.beginMinute ? now.day : now.day - 1)
      : (now.minute < window.beginMinute ? now.day : now.day + 1)
    return MaintenanceNotice(
      begin: self.time(day: beginDay, minute: window.beginMinute),
      end: self.time(day: window.crossesMidnight ? beginDay + 1 : beginDay, minute: window.endMinute), isNow: isNow)
  }
}
