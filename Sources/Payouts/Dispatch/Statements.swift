internal import Ledger
package import LedgerCore
internal import Routing
internal import Synchronization

// What channels booked: payments that arrived, and money that came back.
extension Dispatcher {
  /// The statements of the last days, of each channel that has some: from some minutes after midnight on, then every hour. A
  /// day is never read for good, because lines are added to it: returns of the same day, a night's file, what was missed.
  func readStatementsDaily() async {
    while isRunning {
      let time = clock.now()
      if localMinute(time) >= limits.statementMinute {
        for lane in lanes where lane.manifest.capabilities.contains(.statement) {
          await readStatements(lane, today: localDay(time))
        }
      }
      let untilNext = Int64((1_440 + limits.statementMinute - localMinute(time) - 1) % 1_440 + 1) * 60_000
      await clock.sleep(
        untilMilliseconds: clock.monotonicMilliseconds() + min(limits.statementAgainMilliseconds, untilNext))
    }
  }

  private func readStatements(_ lane: ChannelLane, today: Int32) async {
    let first = today - limits.statementDaysMaximum
    state.withLock { $0.statements[lane.index].forget(before: first) }
    // A payment comes before its return.
    for day in first..<today {
      guard isRunning else { return }
      let isYoung = today - day < limits.statementDaysYoung
      guard isYoung || state.withLock({ !$0.statements[lane.index].isDone(day, on: today) }) else { continue }
      if await readStatement(lane, CivilDate(daysSince1970: day)) {
        state.withLock { $0.statements[lane.index].done(day, on: today) }
      }
    }
  }

  /// Reads what all channels booked on a day, now. Reading it again changes nothing.
  package func readStatements(of day: CivilDate) async {
    for lane in lanes where lane.manifest.capabilities.contains(.statement) { _ = await readStatement(lane, day) }
  }

  /// False: it was not to be had, or has lines that could not be booked yet.
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
    var isWhole = true
    while !rest.isEmpty {
      let part = Array(rest.prefix(limits.page))
      rest = rest.dropFirst(part.count)
      switch await book(part, lane) {
      case .all: break
      case .some: isWhole = false
      case .noAnswer: return false
      }
    }
    return isWhole
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

  /// What became of lines.
  enum Booking {
    /// Each is booked, or never will be: people were told.
    case all
    /// Not each: a payment that does not count as paid here yet, or what came back of one.
    case some
    /// The ledger took none of it, or not all; they may be told again.
    case noAnswer
  }

  /// At most a page of lines. Told again, they change nothing, and nobody is asked or told twice.
  func book(_ lines: [StatementLine], _ lane: ChannelLane) async -> Booking {
    let replies = await ledger.performAll(lines.map { Self.operation($0) })
    guard !replies.contains(where: { $0.isNoAnswer }) else { return .noAnswer }
    let channel = lane.manifest.id
    var unconfirmed: [StatementLine] = []
    var unbooked: [PayoutKey] = []
    var isWhole = true
    for (line, reply) in zip(lines, replies) {
      switch (line.kind, reply.outcome) {
      case (.returned, .answered(.done)): observer.observe(.returned(line.key, channel: channel))
      // Not what was paid, so nobody knows whose it is: people find out.
      case (.returned, .answered(.rejected(.returnDiffers))):
        if isNew(line, lane) {
          observer.observe(.returnDiffered(line.key, channel: channel, returnedMinorUnits: line.amount.minorUnits))
        }
      case (.paid, .answered(.rejected(.resultConflicts))):
        if isNew(line, lane) {
          observer.observe(.paymentDiffered(line.key, channel: channel, bookedMinorUnits: line.amount.minorUnits))
        }
      case (_, .answered(.rejected(.attemptNotFound))):
        if isNew(line, lane) { observer.observe(.unknownPayout(line.key, channel: channel)) }
      // It is booked as a stray, or it is not paid here; or it came back before.
      case (.paid, .answered(.rejected(.nothingToChange))):
        unbooked.append(line.key)
        if isNew(line, lane) { unconfirmed.append(line) }
      case (.returned, .answered(.rejected(.nothingToChange))): unbooked.append(line.key)
      case (.returned, .answered(.rejected(.payoutNotDue))), (.returned, .answered(.rejected(.balanceOverflow))):
        isWhole = false
      case (.paid, _), (.returned, _): break
      }
    }
    // Booked there and not paid here: the channel is asked, which also finds what strayed.
    for line in unconfirmed where await lookUp(line.key, lane, .statement) == .isUnknown {
      state.withLock { $0.statements[lane.index].remove(line) }
      isWhole = false
    }
    if await !haveCountedAsPaid(unbooked) { isWhole = false }
    return isWhole ? .all : .some
  }

  /// The first time that something follows from a line.
  private func isNew(_ line: StatementLine, _ lane: ChannelLane) -> Bool {
    state.withLock { $0.statements[lane.index].insert(line) }
  }

  /// Whether each of them was paid here, as proven or astray: then nothing is left to book of it.
  private func haveCountedAsPaid(_ keys: [PayoutKey]) async -> Bool {
    guard !keys.isEmpty else { return true }
    let replies = await ledger.performAll(keys.map { .query(.withdrawal($0.withdrawal, .all)) })
    return zip(keys, replies).allSatisfy { key, reply in
      guard case .answered(.withdrawal(let withdrawal)) = reply.outcome,
        let attempt = withdrawal.payout?.facts.attempts.first(where: { $0.number == key.attempt })
      else { return false }
      return attempt.state == .paid || attempt.isStray
    }
  }

  /// Whether this attempt counts as paid, or people have still to say what became of its money.
  func mayBeOut(_ key: PayoutKey) async -> Bool {
    let reply = await ledger.perform(.query(.payout(key.withdrawal)))
    guard case .answered(.payout(let payout)) = reply.outcome, let attempt = payout.attempt(of: key) else {
      return true
    }
    return attempt.state == .paid || attempt.state == .mismatch
  }

  private static func operation(_ line: StatementLine) -> LedgerOperation {
    let reference = Label(channelText: line.reference)
    switch line.kind {
    case .paid:
      return
        .command(
          .confirmPayout(
            ConfirmPayout(payoutKey: line.key, minorUnits: line.amount.minorUnits, channelReference: reference)))
    case .returned(let code):
      return .command(
        .recordReturn(
          RecordReturn(
            payoutKey: line.key, minorUnits: line.amount.minorUnits, channelReference: reference,
            code: Label(channelText: code), reason: .returnedByBank)))
    }
  }
}

/// What is remembered of a channel's statements.
struct StatementMemory {
  /// By day: the day on which it was last read with nothing left to book.
  private var doneDays: [Int32: Int32] = [:]
  /// Lines from which something followed: a question, or a word to people.
  private var followed: Set<StatementLine> = []

  /// Some 100 bytes each. Beyond it all are forgotten, and asked about or told once more.
  private static let followedMaximum = 65_536

  mutating func forget(before day: Int32) { doneDays = doneDays.filter { $0.key >= day } }
  func isDone(_ day: Int32, on today: Int32) -> Bool { doneDays[day] == today }
  mutating func done(_ day: Int32, on today: Int32) { doneDays[day] = today }

  /// False: it was there.
  mutating func insert(_ line: StatementLine) -> Bool {
    if followed.count >= Self.followedMaximum { followed = [] }
    return followed.insert(line).inserted
  }

  mutating func remove(_ line: StatementLine) { followed.remove(line) }
}
