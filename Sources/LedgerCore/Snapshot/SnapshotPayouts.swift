// Channels, attempts and what became of them in a snapshot. Lanes are made anew: they follow from states and from when
// those were entered.
extension LedgerState {
  func writePayouts<Failure>(_ out: inout SnapshotWriter<Failure>) throws(Failure) {
    try out.begin(.channels, rows: channels.count)
    for ordinal in channels.ordinals {
      let channel = channels[ordinal]
      try out.row { row in
        row.write(labels.label(channel.label))
        row.write(channel.state.rawValue)
        row.writeOrNone(labels.label(channel.reason))
        row.write(channel.lastSequence)
      }
    }
    try out.begin(.floats, rows: floats.count)
    for ordinal in floats.ordinals {
      let float = floats[ordinal]
      try out.row { row in
        row.write(float.channel)
        row.write(float.book)
        row.write(float.balances)
        row.write(float.fees)
      }
    }
    try out.begin(.fundings, rows: fundings.count)
    for ordinal in fundings.ordinals {
      let funding = fundings[ordinal]
      try out.row { row in
        row.write(funding.float)
        row.write(funding.amount)
        row.write(labels.label(funding.reference))
        row.write(funding.time.microseconds)
        row.write(funding.sequence)
      }
    }
    try writeAttempts(&out)
    let touched = payouts.rows.ordinals.filter { payouts.rows[$0].lastSequence != 0 }
    try out.begin(.payouts, rows: UInt64(touched.count))
    for withdrawal in touched {
      let payout = payouts.rows[withdrawal]
      try out.row { row in
        row.write(withdrawal)
        row.write(payout.lastSequence)
        row.write(payout.deadline.microseconds)
        row.write(payout.tries)
        row.write(payout.isBlocked)
      }
    }
  }

  func writeConfirmations<Failure>(_ out: inout SnapshotWriter<Failure>) throws(Failure) {
    let asked = attempts.ordinals.filter { attempts[$0].confirmation != 0 }
    try out.begin(.confirmations, rows: UInt64(asked.count))
    for attempt in asked {
      guard let confirmation = confirmations.confirmation(attempts[attempt].confirmation) else { continue }  // never
      try out.row { row in
        row.write(attempt)
        row.write(confirmation)
      }
    }
  }

  private func writeAttempts<Failure>(_ out: inout SnapshotWriter<Failure>) throws(Failure) {
    try out.begin(.attempts, rows: attempts.count)
    for ordinal in attempts.ordinals {
      let attempt = attempts[ordinal]
      try out.row { row in
        row.write(attempt.withdrawal)
        row.write(attempt.state.rawValue)
        row.write(attempt.reason.rawValue)
        row.write(attempt.float)
        row.write(attempt.reservedFee)
        row.write(attempt.beginTime.microseconds)
        row.write(attempt.beginSequence)
        row.write(attempt.updateTime.microseconds)
        row.write(attempt.updateSequence)
        row.writeOrNone(labels.label(attempt.reference))
        row.writeOrNone(labels.label(attempt.code))
        row.write(attempt.paid)
        row.write(attempt.channelFee)
        row.write(attempt.refund)
      }
    }
    try out.begin(.aftermaths, rows: aftermaths.count)
    for ordinal in aftermaths.ordinals {
      let aftermath = aftermaths[ordinal]
      try out.row { row in
        row.write(aftermath.kind.rawValue)
        row.write(aftermath.reason.rawValue)
        row.write(aftermath.attempt)
        row.write(aftermath.amount)
        row.write(aftermath.refund)
        row.write(aftermath.channelFee)
        row.write(aftermath.toAgent)
        row.writeOrNone(labels.label(aftermath.reference))
        row.writeOrNone(labels.label(aftermath.code))
        row.write(aftermath.time.microseconds)
        row.write(aftermath.sequence)
      }
    }
  }

  /// After withdrawals, events, books and proposals; before entries are connected.
  mutating func readPayouts(_ input: inout SnapshotReader, _ version: UInt32) throws {
    for _ in withdrawals.ordinals { payouts.append() }
    try readChannels(&input)
    try readAttempts(&input)
    try readAftermaths(&input, version)
    var previous: UInt64 = 0
    for _ in 0..<(try input.begin(.payouts)) {
      let (withdrawal, sequence, deadline, tries, isBlocked) = try input.row { row throws(CodecError) in
        (
          try row.read(UInt64.self), try row.read(UInt64.self), Timestamp(microseconds: try row.read(Int64.self)),
          try row.read(UInt8.self), try row.readBool()
        )
      }
      guard withdrawals.contains(withdrawal), withdrawal > previous,
        sequence > withdrawals[withdrawal].createSequence, sequence <= lastSequence,
        tries <= payouts.rows[withdrawal].attempts, !isBlocked || payouts.rows[withdrawal].attempts > 0
      else { throw input.contradiction("a payout of nothing") }
      previous = withdrawal
      payouts.update(withdrawal) {
        $0.lastSequence = sequence
        $0.deadline = deadline
        $0.tries = tries
        $0.isBlocked = isBlocked
      }
    }
  }

  private mutating func readChannels(_ input: inout SnapshotReader) throws {
    for _ in 0..<(try input.begin(.channels)) {
      let (label, state, reason, sequence) = try input.row { row throws(CodecError) in
        (
          try row.readLabel(), try row.readEnum(ChannelState.self), try row.readLabelOrNone(),
          try row.read(UInt64.self)
        )
      }
      guard findChannel(label) == 0, sequence <= lastSequence else { throw input.contradiction("a channel twice") }
      let channel = internChannel(label)
      let reference = reason.isNone ? .none : labels.append(reason)
      channels.update(channel) {
        $0.state = state
        $0.reason = reference
        $0.lastSequence = sequence
      }
    }
    for _ in 0..<(try input.begin(.floats)) {
      let (channel, book, balances, fees) = try input.row { row throws(CodecError) in
        (try row.read(UInt64.self), try row.read(UInt64.self), try row.readBalances(), try row.readBalances())
      }
      guard channels.contains(channel), books.contains(book), findFloat(channel: channel, book: book) == 0 else {
        throw input.contradiction("a float of no channel")
      }
      guard let sum = books[book].floats.adding(balances), let feeSum = books[book].channelFees.adding(fees) else {
        throw input.contradiction("floats beyond 64 bits")
      }
      let float = openFloat(channel: channel, book: book)
      floats.update(float) {
        $0.balances = balances
        $0.fees = fees
      }
      books.update(book) {
        $0.floats = sum
        $0.channelFees = feeSum
      }
    }
    var moments = Moments(upTo: lastSequence, lastTime)
    for _ in 0..<(try input.begin(.fundings)) {
      let (float, amount, reference, time, sequence) = try input.row { row throws(CodecError) in
        (
          try row.read(UInt64.self), try row.read(Int64.self), try row.readLabel(), try row.readTime(),
          try row.read(UInt64.self)
        )
      }
      guard floats.contains(float), amount != 0, amount != .min, moments.follows(sequence, time) else {
        throw input.contradiction("a funding of nothing")
      }
      fundings.append(
        FundingRow(float: float, amount: amount, reference: labels.append(reference), time: time, sequence: sequence))
    }
  }

  private mutating func readAttempts(_ input: inout SnapshotReader) throws {
    var moments = Moments(upTo: lastSequence, lastTime)
    for _ in 0..<(try input.begin(.attempts)) {
      let (withdrawal, state, reason, float, reserved) = try input.row { row throws(CodecError) in
        (
          try row.read(UInt64.self), try row.readEnum(AttemptState.self), try row.readEnum(PayoutReason.self),
          try row.read(UInt64.self), try row.read(Int64.self)
        )
      }
      let (beginTime, beginSequence, updateTime, updateSequence) = try input.row { row throws(CodecError) in
        (try row.readTime(), try row.read(UInt64.self), try row.readTime(), try row.read(UInt64.self))
      }
      let (reference, code, paid, channelFee, refund) = try input.row { row throws(CodecError) in
        (
          try row.readLabelOrNone(), try row.readLabelOrNone(), try row.read(Int64.self), try row.read(Int64.self),
          try row.read(Int64.self)
        )
      }
      guard withdrawals.contains(withdrawal), floats.contains(float), reserved >= 0, paid >= 0, channelFee >= 0,
        refund >= 0, floats[float].book == accounts[withdrawals[withdrawal].account].book
      else { throw input.contradiction("an attempt at nothing") }
      let row = payouts.rows[withdrawal]
      guard moments.follows(beginSequence, beginTime), beginSequence > withdrawals[withdrawal].createSequence,
        updateSequence >= beginSequence, updateSequence <= lastSequence, updateTime >= beginTime,
        updateTime <= lastTime, row.attempts < PayoutKey.attemptMaximum, openAttempt(withdrawal) == 0,
        !hasPaid(withdrawal),
        (updateSequence == beginSequence) == (state == .sent)
      else { throw input.contradiction("an attempt out of order") }
      let net = withdrawals[withdrawal].amount - withdrawals[withdrawal].fee
      // What is told of a mismatch may be any number: it moves nothing. What was paid is seen in the audit.
      guard !net.addingReportingOverflow(reserved).overflow,
        refund <= withdrawals[withdrawal].fee - row.feeRefunded
      else { throw input.contradiction("an attempt's amounts") }
      var attempt = AttemptRow(
        withdrawal: withdrawal, number: row.attempts + 1, float: float, reservedFee: reserved, time: beginTime,
        sequence: beginSequence, previous: row.newestAttempt)
      attempt.state = state
      attempt.reason = reason
      attempt.updateTime = updateTime
      attempt.updateSequence = updateSequence
      attempt.reference = reference.isNone ? .none : labels.append(reference)
      attempt.code = code.isNone ? .none : labels.append(code)
      attempt.paid = paid
      attempt.channelFee = channelFee
      attempt.refund = refund
      let ordinal = attempts.append(attempt)
      payouts.update(withdrawal) {
        $0.newestAttempt = ordinal
        $0.attempts += 1
        $0.feeRefunded += refund
      }
    }
  }

  /// After attempts.
  mutating func readConfirmations(_ input: inout SnapshotReader) throws {
    var previous: UInt64 = 0
    for _ in 0..<(try input.begin(.confirmations)) {
      let (attempt, confirmation) = try input.row { row throws(CodecError) in
        (try row.read(UInt64.self), try row.readConfirmation())
      }
      guard attempts.contains(attempt), attempt > previous,
        attempts[attempt].state == .awaitingPayee || attempts[attempt].state == .unknown
      else { throw input.contradiction("a confirmation of nothing") }
      previous = attempt
      let ordinal = confirmations.append(confirmation)
      attempts.update(attempt) { $0.confirmation = ordinal }
    }
  }

  private func hasPaid(_ withdrawal: UInt64) -> Bool {
    let newest = payouts.rows[withdrawal].newestAttempt
    return newest != 0 && attempts[newest].state == .paid
  }

  private mutating func readAftermaths(_ input: inout SnapshotReader, _ version: UInt32) throws {
    var moments = Moments(upTo: lastSequence, lastTime)
    for _ in 0..<(try input.begin(.aftermaths)) {
      let (kind, reason, attempt, amount, refund) = try input.row { row throws(CodecError) in
        (
          try row.readEnum(AftermathRow.Kind.self), try row.readEnum(PayoutReason.self), try row.read(UInt64.self),
          try row.read(Int64.self), try row.read(Int64.self)
        )
      }
      let (channelFee, toAgent) =
        try version < SnapshotFormat.versionWithAftermathFigures
        ? (0, kind == .returned ? amount : 0)
        : input.row { row throws(CodecError) in (try row.read(Int64.self), try row.read(Int64.self)) }
      let (reference, code, time, sequence) = try input.row { row throws(CodecError) in
        (try row.readLabelOrNone(), try row.readLabelOrNone(), try row.readTime(), try row.read(UInt64.self))
      }
      guard attempts.contains(attempt), amount >= 0, refund >= 0, channelFee >= 0, toAgent >= 0,
        moments.follows(sequence, time), sequence >= attempts[attempt].updateSequence,
        canFollow(attempt, kind, amount), kind == .returned || toAgent == 0 && refund == 0,
        kind == .strayed || channelFee == 0
      else { throw input.contradiction("an aftermath of nothing") }
      let withdrawal = attempts[attempt].withdrawal
      guard refund <= withdrawals[withdrawal].fee - payouts.rows[withdrawal].feeRefunded else {
        throw input.contradiction("more of a fee given back than there was")
      }
      let ordinal = aftermaths.append(
        AftermathRow(
          kind: kind, reason: reason, attempt: attempt, amount: amount, refund: refund, channelFee: channelFee,
          toAgent: toAgent, reference: labels.append(reference), code: labels.append(code), time: time,
          sequence: sequence))
      attempts.update(attempt) { $0.aftermath = ordinal }
      payouts.update(withdrawal) { $0.feeRefunded += refund }
    }
  }

  /// Only what was paid is returned, only what counts as failed strays, and only what strayed comes back from there.
  private func canFollow(_ attempt: UInt64, _ kind: AftermathRow.Kind, _ amount: Int64) -> Bool {
    let row = attempts[attempt]
    switch kind {
    case .returned: return row.state == .paid && row.aftermath == 0
    case .strayed: return row.state.isFailure && row.aftermath == 0
    case .strayReturned:
      guard row.aftermath != 0 else { return false }
      return aftermaths[row.aftermath].kind == .strayed && aftermaths[row.aftermath].amount == amount
    }
  }

  /// When everything is there: states are those that attempts and what came after them led to, and each withdrawal stands in
  /// its lane, in the order in which they came there.
  mutating func connectPayouts(_ input: borrowing SnapshotReader) throws {
    var waiting: [(entered: UInt64, withdrawal: UInt64)] = []
    let freed = lastFreed()
    for withdrawal in withdrawals.ordinals {
      let row = withdrawals[withdrawal]
      stateCounts[Int(row.state.rawValue)] += 1
      guard isExplained(withdrawal) else { throw input.contradiction("a payout in a state without its attempt") }
      try connectCancel(withdrawal, input)
      guard laneKey(withdrawal) != .none else { continue }
      waiting.append((max(enteredLane(withdrawal), freed[withdrawal] ?? 0), withdrawal))
    }
    waiting.sort { $0 < $1 }
    for (_, withdrawal) in waiting { enterLane(withdrawal) }
    try requireRequestsOfPayouts(input)
  }

  /// Whether a cancel was asked for while its newest attempt was open; only then a result cancels.
  private mutating func connectCancel(_ withdrawal: UInt64, _ input: borrowing SnapshotReader) throws {
    guard payouts.rows[withdrawal].newestAttempt != 0 else { return }
    var isAsked = false
    var left = withdrawals[withdrawal].firstState
    var event = withdrawals[withdrawal].firstEvent
    while event != 0 {
      let entered = events[event].state
      switch left {
      case .approved: isAsked = false
      case .processing, .awaitingPayee, .inDoubt, .cancelling:
        if entered == .cancelled, !isAsked { throw input.contradiction("a cancel that nobody asked for") }
      case .submitted, .pendingReview, .rejected, .expired, .cancelled, .actionRequired, .paid, .confirmed, .returned,
        .failed:
        break
      }
      if entered == .cancelling { isAsked = true }
      left = entered
      event = events[event].next
    }
    payouts.update(withdrawal) { $0.isCancelAsked = isAsked }
  }

  /// Every cancel at a channel, every rework and every funding was asked for once.
  private func requireRequestsOfPayouts(_ input: borrowing SnapshotReader) throws {
    var asked = (cancels: UInt64(0), reworks: UInt64(0), channels: UInt64(0))
    for ordinal in requests.ordinals {
      let outcome = requests[ordinal].outcome
      if outcome == .cancelBegun { asked.cancels += 1 }
      if outcome == .reworked { asked.reworks += 1 }
      if outcome == .channelChanged { asked.channels += 1 }
    }
    var done = (cancels: UInt64(0), reworks: UInt64(0))
    for withdrawal in withdrawals.ordinals where payouts.rows[withdrawal].newestAttempt != 0 {
      var left = withdrawals[withdrawal].firstState
      var event = withdrawals[withdrawal].firstEvent
      while event != 0 {
        let entered = events[event].state
        if entered == .cancelling { done.cancels += 1 }
        if left == .actionRequired, Self.isEnteredAtOnce(entered) { done.reworks += 1 }
        left = entered
        event = events[event].next
      }
    }
    guard asked.cancels == done.cancels, asked.reworks == done.reworks, asked.channels >= fundings.count else {
      throw input.contradiction("requests about payouts missing")
    }
  }

  /// Its state and its newest attempt tell the same, and whatever was done for it is counted.
  private func isExplained(_ withdrawal: UInt64) -> Bool {
    let payout = payouts.rows[withdrawal]
    let newest = payout.newestAttempt
    let isOpen = openAttempt(withdrawal) != 0
    let isPaid = newest != 0 && attempts[newest].state == .paid
    let isReturned = isPaid && attempts[newest].aftermath != 0
    if newest != 0, payout.lastSequence < attempts[newest].updateSequence { return false }
    switch withdrawals[withdrawal].state {
    case .processing, .awaitingPayee, .inDoubt, .cancelling: return isOpen
    case .paid, .confirmed: return isPaid && !isReturned
    case .returned: return isReturned
    case .actionRequired: return newest != 0 && !isOpen && !isPaid
    case .submitted, .pendingReview, .approved, .rejected, .expired, .cancelled, .failed: return !isOpen && !isPaid
    }
  }

  /// Sequence of the record that brought it into its lane by its state.
  private func enteredLane(_ withdrawal: UInt64) -> UInt64 {
    let attempt = openAttempt(withdrawal)
    if attempt != 0 { return attempts[attempt].beginSequence }
    let event = withdrawals[withdrawal].lastEvent
    return event == 0 ? withdrawals[withdrawal].createSequence : events[event].sequence
  }

  /// By withdrawal that was approved: sequence of the newest record that let it go after a hold or a stray payment. Then it
  /// waits anew.
  private func lastFreed() -> [UInt64: UInt64] {
    var freed: [UInt64: UInt64] = [:]
    func note(_ withdrawal: UInt64, _ sequence: UInt64) {
      guard withdrawals[withdrawal].state == .approved else { return }
      freed[withdrawal] = max(freed[withdrawal] ?? 0, sequence)
    }
    for act in reviews.acts.ordinals where reviews.acts[act].kind == .lifted {
      note(reviews.withdrawal(ofAct: act), reviews.acts[act].sequence)
    }
    for proposal in proposals.ordinals where proposals[proposal].kind == .doubtNotPaid {
      note(proposals[proposal].subject, proposals[proposal].confirmSequence)
    }
    return freed
  }
}
