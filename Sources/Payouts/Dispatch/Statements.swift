internal import Ledger
package import LedgerCore
internal import Routing
internal import Synchronization

// What channels booked: payments that arrived, and money that came back.
extension Dispatcher {
  /// Yesterday's statement of each channel that has one, some minutes after midnight.
  func readStatementsDaily() async {
    while isRunning {
      let time = clock.now()
      var isMissing = false
      if localMinute(time) >= limits.statementMinute {
        let yesterday = localDay(time) - 1
        for lane in lanes where lane.manifest.capabilities.contains(.statement) {
          guard state.withLock({ $0.statementDays[lane.index] }) < yesterday else { continue }
          if await readStatement(lane, CivilDate(daysSince1970: yesterday)) {
            state.withLock { $0.statementDays[lane.index] = yesterday }
          } else {
            isMissing = true
          }
        }
      }
      let untilNext = Int64((1_440 + limits.statementMinute - localMinute(time) - 1) % 1_440 + 1) * 60_000
      await clock.sleep(
        untilMilliseconds: clock.monotonicMilliseconds()
          + (isMissing ? min(limits.statementAgainMilliseconds, untilNext) : untilNext))
    }
  }

  /// Reads what all channels booked on a day, now. Reading it again changes nothing.
  package func readStatements(of day: CivilDate) async {
    for lane in lanes where lane.manifest.capabilities.contains(.statement) { _ = await readStatement(lane, day) }
  }

  /// False: it was not to be had.
  private func readStatement(_ lane: ChannelLane, _ day: CivilDate) async -> Bool {
    let lines: [StatementLine]
    do throws(StatementFailure) {
      lines = try await lane.channel.statement(day: day)
    } catch {
      let now = clock.now()
      lane.state.withLock {
        $0.lastError = "STATEMENT"
        $0.lastErrorTime = now
      }
      return error == .notSupported
    }
    var rest = lines[...]
    while !rest.isEmpty {
      let part = Array(rest.prefix(limits.page))
      rest = rest.dropFirst(part.count)
      let replies = await ledger.performAll(part.map { Self.operation($0) })
      guard !replies.contains(where: { $0.isNoAnswer }) else { return false }
      for (line, reply) in zip(part, replies) { follow(line, reply, lane) }
    }
    return true
  }

  private static func operation(_ line: StatementLine) -> LedgerOperation {
    let reference = Label(channelText: line.reference)
    switch line.kind {
    case .paid: return .command(.confirmPayout(ConfirmPayout(payoutKey: line.key, channelReference: reference)))
    case .returned(let code):
      return .command(
        .recordReturn(
          RecordReturn(
            payoutKey: line.key, minorUnits: line.amount.minorUnits, channelReference: reference,
            code: Label(channelText: code), reason: .returnedByBank)))
    }
  }

  private func follow(_ line: StatementLine, _ reply: LedgerReply, _ lane: ChannelLane) {
    switch (line.kind, reply.outcome) {
    case (.returned, .answered(.done)): observer.observe(.returned(line.key, channel: lane.manifest.id))
    // Booked there and not paid here: the channel is asked, which also finds what strayed.
    case (.paid, .answered(.rejected(.nothingToChange))): notified(line.key, by: lane.manifest.id)
    case (.paid, _), (.returned, _): break
    }
  }
}
