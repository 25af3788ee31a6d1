internal import LedgerCore
internal import Routing
internal import Synchronization

// Channels that pay by files: filled at their cut-offs, then closed.
extension Dispatcher {
  func runBatches(_ lane: ChannelLane) async {
    guard let batch = lane.batch else { return }
    var looked = clock.now()
    while isRunning {
      // Never until the cut-off at once: clocks are set, and what is sent again after a start or a failed close waits in the
      // open batch meanwhile.
      let wait = min(millisecondsToCutOff(lane), limits.batchAgainMilliseconds)
      await clock.sleep(untilMilliseconds: clock.monotonicMilliseconds() + wait)
      guard isRunning, !Task.isCancelled else { return }
      let now = clock.now()
      let isCutOff = hasCutOff(lane, after: looked, until: now)
      looked = now
      if isCutOff { await fill(lane) }
      if isCutOff || lane.state.withLock({ $0.hasOpenBatch }) { await close(lane, batch) }
    }
  }

  private func hasCutOff(_ lane: ChannelLane, after begin: Timestamp, until end: Timestamp) -> Bool {
    let first = Int64(localDay(begin)) * 1_440 + Int64(localMinute(begin))
    let last = Int64(localDay(end)) * 1_440 + Int64(localMinute(end))
    // More than a day: the clock was set, and every cut-off is among them.
    guard last - first < 1_440 else { return true }
    return lane.manifest.batchMinutes.contains { minute in
      [localDay(begin), localDay(end)].contains { day in
        let time = Int64(day) * 1_440 + Int64(minute)
        return time > first && time <= last
      }
    }
  }

  /// Until nothing that is due fits any more.
  private func fill(_ lane: ChannelLane) async {
    lane.state.withLock { $0.isCollecting = true }
    pumpSignal.set()
    // The minute of the cut-off belongs to it: what is approved then still goes.
    await clock.sleep(untilMilliseconds: clock.monotonicMilliseconds() + limits.batchAgainMilliseconds)
    lane.state.withLock { $0.isCollecting = false }
    while !lane.hasNoSends, isRunning {
      await clock.sleep(untilMilliseconds: clock.monotonicMilliseconds() + limits.overloadedMilliseconds)
    }
  }

  private func close(_ lane: ChannelLane, _ batch: any BatchChannel) async {
    guard lane.hasNoSends else { return }
    do throws(BatchFailure) {
      lane.state.withLock { $0.hasOpenBatch = false }
      try await batch.closeBatch(at: clock.now())
    } catch {
      let now = clock.now()
      lane.state.withLock {
        $0.hasOpenBatch = true
        $0.lastError = "BATCH_NOT_CLOSED"
        $0.lastErrorTime = now
      }
    }
  }

  private func millisecondsToCutOff(_ lane: ChannelLane) -> Int64 {
    let time = clock.now()
    let intoMinute = (time.microseconds % 60_000_000 + 60_000_000) % 60_000_000 / 1_000
    let minute = localMinute(time)
    let next = lane.manifest.batchMinutes.first { $0 > minute } ?? (lane.manifest.batchMinutes.first ?? 0) + 1_440
    return Int64(next - minute) * 60_000 - intoMinute
  }
}
