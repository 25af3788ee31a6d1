internal import Ledger
package import LedgerCore
internal import Routing
internal import Synchronization

// What channels booked: payments that arrived, and money that came back.
extension Dispatcher {
  /// Yesterday's statement of each channel that has one, some minutes after midnight; those of the days before that were
  /// missed, because nobody was there to read them or the channel had none.
  func readStatementsDaily() async {
    while isRunning {
      let time = clock.now()
      var isMissing = false
      if localMinute(time) >= limits.statementMinute {
        let yesterday = localDay(time) - 1
        for lane in lanes where lane.manifest.capabilities.contains(.statement) {
          isMissing = await !readStatements(lane, until: yesterday) || isMissing
        }
      }
      let untilNext = Int64((1_440 + limits.statementMinute - localMinute(time) - 1) % 1_440 + 1) * 60_000
      await clock.sleep(
        untilMilliseconds: clock.monotonicMilliseconds()
          + (isMissing ? min(limits.statementAgainMilliseconds, untilNext) : untilNext))
    }
  }

  /// False: some day's was not to be had.
  private func readStatements(_ lane: ChannelLane, until yesterday: Int32) async -> Bool {
    let first = yesterday - limits.statementDaysMaximum + 1
    state.withLock { state in state.statementDays[lane.index] = state.statementDays[lane.index].filter { $0 >= first } }
    var isWhole = true
    // A payment comes before its return.
    for day in stride(from: first, through: yesterday, by: 1) {
      guard isRunning else { return isWhole }
      guard state.withLock({ !$0.statementDays[lane.index].contains(day) }) else { continue }
      if await readStatement(lane, CivilDate(daysSince1970: day)) {
        state.withLock { state in _ = state.statementDays[lane.index].insert(day) }
      } else {
        isWhole = false
      }
    }
    return isWhole
  }

  /// Reads what all channels booked on a day, now. Reading it again changes nothing.
  package func readStatements(of day: CivilDate) async {
    for lane in lanes where lane.manifest.capabilities.contains(.statement) { _ = await readStatement(lane, day) }
  }

  /// False: it was not to be had.
  private func readStatement(_ lane: ChannelLane, _ day: CivilDate) async -> Bool {
    let lines: [StatementLine]
    switch await statement(lane, day) {
    case .success(let found): lines = found
    case .failure(let error):
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
      guard await book(part, lane) else { return false }
    }
    return true
  }

  private func statement(_ lane: ChannelLane, _ day: CivilDate) async -> Result<[StatementLine], StatementFailure> {
    let answer = await within(milliseconds: limits.callMilliseconds) {
      () -> Result<[StatementLine], StatementFailure> in
      do throws(StatementFailure) { return .success(try await lane.channel.statement(day: day)) } catch {
        return .failure(error)
      }
    }
    return answer ?? .failure(.unavailable(OwnCode.hung))
  }

  /// At most a page of lines. False: the ledger took none of it, or not all; they may be told again.
  func book(_ lines: [StatementLine], _ lane: ChannelLane) async -> Bool {
    let replies = await ledger.performAll(lines.map { Self.operation($0) })
    guard !replies.contains(where: { $0.isNoAnswer }) else { return false }
    var unconfirmed: [PayoutKey] = []
    for (line, reply) in zip(lines, replies) {
      switch (line.kind, reply.outcome) {
      case (.returned, .answered(.done)): observer.observe(.returned(line.key, channel: lane.manifest.id))
      // Not what was paid, so nobody knows whose it is: people find out.
      case (.returned, .answered(.rejected(.returnDiffers))):
        observer.observe(
          .returnDiffered(line.key, channel: lane.manifest.id, returnedMinorUnits: line.amount.minorUnits))
      case (.paid, .answered(.rejected(.nothingToChange))): unconfirmed.append(line.key)
      case (_, .answered(.rejected(.attemptNotFound))):
        observer.observe(.unknownPayout(line.key, channel: lane.manifest.id))
      case (.paid, _), (.returned, _): break
      }
    }
    // Booked there and not paid here: the channel is asked, which also finds what strayed.
    for key in unconfirmed { await lookUp(key, lane, .statement) }
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
}
