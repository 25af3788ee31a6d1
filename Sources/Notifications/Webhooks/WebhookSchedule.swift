/// When a delivery is tried: at once, and after each failure later, as Standard Webhooks suggests; in all three days.
package enum WebhookSchedule {
  /// Seconds from the end of one try to the next.
  package static let waitSeconds: [Int64] = [
    0, 5, 5 * 60, 30 * 60, 2 * 3_600, 5 * 3_600, 10 * 3_600, 14 * 3_600, 20 * 3_600, 24 * 3_600,
  ]

  /// What failed together is not tried again together: up to this share of the wait is added.
  static let jitterDivisor: Int64 = 10

  /// How long to wait before the next try after so many failed ones; nil: it was the last.
  package static func waitMicroseconds(afterFailures count: Int, random: UInt64) -> Int64? {
    guard count >= 0, count < waitSeconds.count else { return nil }
    let wait = waitSeconds[count] * WebhookLimits.second
    let most = wait / jitterDivisor
    return most == 0 ? wait : wait + Int64(random % UInt64(most + 1))
  }

  /// How long an endpoint rests after so many failures in a row, whatever is due.
  static func pauseMicroseconds(afterFailures streak: Int) -> Int64 {
    guard streak > 0 else { return 0 }
    return min(WebhookLimits.second << Int64(min(streak - 1, 6)), WebhookLimits.pauseMicrosecondsMaximum)
  }
}
