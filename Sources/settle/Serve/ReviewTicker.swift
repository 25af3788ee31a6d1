import Ledger
import Logging
import Synchronization

/// Ends the reviews that are due, and payouts that nobody mended in time, once a second, for as long as the clock may be believed.
final class ReviewTicker: Sendable {
  /// A review's time is hours: a second more is nothing.
  private static let intervalNanoseconds: UInt64 = 1_000_000_000

  private let isConfirmed = Mutex(false)
  private let task = Mutex<Task<Void, Never>?>(nil)

  init(_ ledger: Ledger, _ payouts: ServerPayouts, logger: Logger) {
    let running = Task { [self] in await run(ledger, payouts, logger) }
    task.withLock { $0 = running }
  }

  private func run(_ ledger: Ledger, _ payouts: ServerPayouts, _ logger: Logger) async {
    var clock = ExpiryClock(ledger.clock)
    var wasTrusted = true
    while !Task.isCancelled {
      if isConfirmed.withLock({ exchange(&$0, with: false) }) { clock.confirm() }
      switch clock.look(at: ledger.clock) {
      case .trusted:
        if !wasTrusted { logger.notice("the clock is confirmed; reviews end again when they are due") }
        wasTrusted = true
        let ended = await ledger.expireReviews()
        if ended > 0 { logger.notice("reviews ended because nobody decided in time", metadata: ["count": "\(ended)"]) }
        await payouts.look(at: ledger)
        let lapsed = await ledger.lapseActions()
        if lapsed > 0 {
          logger.notice("payouts failed because nobody mended them in time", metadata: ["count": "\(lapsed)"])
        }
      case .jumped(let microseconds):
        if wasTrusted {
          logger.error(
            "the clock jumped: no review ends by time until an operator confirms it",
            metadata: [
              "seconds": "\(microseconds / 1_000_000)",
              "advice": "Set the clock right, then send SIGHUP to this process.",
            ])
        }
        wasTrusted = false
      }
      // Cancelled only by the stop, which the loop then sees.
      try? await Task.sleep(nanoseconds: Self.intervalNanoseconds)
    }
  }

  private func exchange(_ flag: inout Bool, with new: Bool) -> Bool {
    defer { flag = new }
    return flag
  }

  /// An operator says that the clock is right.
  func confirmClock() { isConfirmed.withLock { $0 = true } }

  func stop() async {
    guard let task = task.withLock({ $0 }) else { return }
    task.cancel()
    await task.value
  }
}
