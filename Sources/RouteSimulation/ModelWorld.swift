internal import LedgerCore
internal import Routing

/// What becomes of a payout at a channel at a time: the same whoever asks, so that all policies meet the same luck.
struct ModelWorld: Sendable {
  enum Fate: Sendable, Hashable {
    /// Answered and arrived so long after it was sent.
    case paid(answer: Int64, arrival: Int64)
    case technicalFailure(answer: Int64)
    case payeeFailure(answer: Int64)
    /// Nothing was answered; once the channel speaks again a query finds it paid, so long after it was sent.
    case silent(found: Int64)
  }

  /// After so long we call an answer lost. That of the dispatcher's.
  static let timeOutMilliseconds: Int64 = 10_000
  /// So long after the time-out a payout in doubt is asked about; then hourly.
  private static let queries: [Int64] = [1_000, 5_000, 30_000, 120_000, 600_000, 1_800_000]
  private static let hour: Int64 = 3_600_000
  /// Payouts whose payee's data are wrong, at whatever channel.
  private static let payeePermille: Int64 = 8

  let seed: UInt64
  let channels: [ModelChannel]
  let disturbances: [Disturbance]
  /// Of the first payout, to which the disturbances' times relate.
  let start: Int64

  func fate(of payout: Int, at place: Int, sentAt now: Int64, attempt: Int) -> Fate {
    let channel = channels[place]
    var ofPayout = SeededNumbers(seed: seed, of: 3, UInt64(payout))
    var numbers = SeededNumbers(seed: seed, of: 4, UInt64(payout), UInt64(place), UInt64(attempt))
    let answer = max(1, spread(channel.answerMilliseconds, &numbers))
    var arrival = spread(channel.arrivalMilliseconds, &numbers)
    let isTechnical = numbers.chance(channel.failurePermille, of: 1_000)

    for disturbance in disturbances where disturbance.channel == channel.manifest.id && isActive(disturbance, at: now) {
      switch disturbance.kind {
      case .outage: return .technicalFailure(answer: answer)
      case .silence:
        let found = firstAnsweredQuery(after: now, quietUntil: start + disturbance.milliseconds.upperBound)
        return .silent(found: found - now + arrival)
      case .slow(let factor): arrival *= factor
      }
    }
    if isTechnical { return .technicalFailure(answer: answer) }
    if ofPayout.chance(Self.payeePermille, of: 1_000) { return .payeeFailure(answer: answer) }
    return .paid(answer: min(answer, arrival), arrival: arrival)
  }

  /// Whether every attempt fails, or is answered with nothing.
  func isFailing(_ place: Int, at now: Int64) -> Bool {
    disturbances.contains {
      $0.isFailure && $0.channel == channels[place].manifest.id && isActive($0, at: now)
    }
  }

  private func isActive(_ disturbance: Disturbance, at now: Int64) -> Bool {
    disturbance.milliseconds.contains(now - start)
  }

  private func firstAnsweredQuery(after sent: Int64, quietUntil end: Int64) -> Int64 {
    let inDoubt = sent + Self.timeOutMilliseconds
    for wait in Self.queries where inDoubt + wait >= end { return inDoubt + wait }
    // Rounded up: the first full hour that is not before the end.
    return inDoubt + max(1, (end - inDoubt + Self.hour - 1) / Self.hour) * Self.hour
  }

  /// Half to one and a half of the usual, and one of 25 three times that.
  private func spread(_ usual: Int64, _ numbers: inout SeededNumbers) -> Int64 {
    let time = usual * numbers.pick(500...1_500) / 1_000
    return numbers.chance(1, of: 25) ? time * 3 : time
  }
}
