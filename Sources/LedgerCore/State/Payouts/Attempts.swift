internal import Digests

// An attempt: one channel is given one payout, once. A command meets its guards in this order: there, due, unchanged, free
// (not held, not blocked), still payable, channel, float.
extension LedgerState {
  func decide(_ command: BeginAttempt, _ policy: any Policy, _ time: Timestamp) -> Decision {
    let id = command.payoutKey.withdrawal
    guard let withdrawal = findWithdrawal(id, in: .all) else { return .rejected(.withdrawalNotFound) }
    let row = withdrawals[withdrawal]
    let payout = payouts.rows[withdrawal]
    guard row.state == .approved else { return .rejected(.payoutNotDue(state: row.state)) }
    guard UInt16(command.payoutKey.attempt) == UInt16(payout.attempts) + 1, labels.holds(command.payee, at: row.payee)
    else { return .rejected(.payoutChanged) }
    guard !isHeld(withdrawal), !payout.isBlocked else { return .rejected(.payoutNotDue(state: row.state)) }
    if let reason = obstacleToPayout(withdrawal, time) {
      let book = accounts[row.account].book
      let review = policy.review(of: Money(minorUnits: row.amount, currency: books[book].currency), at: time)
      return .record(
        .payoutHeldBack(
          PayoutHeldBack(
            partner: partnerLabel(withdrawal), id: id, reason: reason,
            checkers: min(max(review.checkers, 1), ReviewTerms.checkersMaximum), due: review.due)))
    }
    let channel = findChannel(command.channel)
    guard channel == 0 || channels[channel].state == .enabled else { return .rejected(.channelNotEnabled) }
    let fee = command.channelFeeMinorUnits
    guard fee >= 0 else { return .rejected(.amountNotPositive) }
    let float = channel == 0 ? 0 : findFloat(channel: channel, book: accounts[row.account].book)
    let available = float == 0 ? 0 : floats[float].available
    let (needed, overflow) = (row.amount - row.fee).addingReportingOverflow(fee)
    // Where all of the amount is fee nothing is needed, and still there must be an account that it comes from.
    guard float != 0, !overflow, needed <= available else { return .rejected(.channelFloatShort(available: available)) }
    return .record(
      .attemptBegun(
        AttemptBegun(
          partner: partnerLabel(withdrawal), payoutKey: command.payoutKey, channel: command.channel,
          channelFeeMinorUnits: fee, request: command.request,
          candidates: Array(command.candidates.prefix(RouteCandidate.countMaximum)))))
  }

  /// What has come up since it was approved; nil for nothing.
  private func obstacleToPayout(_ withdrawal: UInt64, _ time: Timestamp) -> Label? {
    let row = withdrawals[withdrawal]
    let agent = accounts[row.account].agent
    if standings[agent].isFrozen { return Label("AGENT_FROZEN" as StaticString) }
    let payee = screenings[withdrawal].payee
    if payee != 0, payees[payee].state == .erased { return Label("PAYEE_ERASED" as StaticString) }
    guard lists.count > 0 else { return nil }
    let partner = labels.label(partners[agents[agent].partner].label)
    if lists.listing(.agent, partner: partner, labels.label(agents[agent].label), at: time) == .black {
      return Label("AGENT_BLACKLISTED" as StaticString)
    }
    if lists.listing(.payee, payeeKey(labels.label(row.payee), account: payee), at: time) == .black {
      return Label("PAYEE_BLACKLISTED" as StaticString)
    }
    return nil
  }

  func decide(_ command: RecordResult, _ time: Timestamp) -> Decision {
    guard let (withdrawal, attempt) = findAttempt(command.payoutKey), command.result.state != .sent else {
      return .rejected(.attemptNotFound)
    }
    var result = command.result
    if result.state != .awaitingPayee { result.confirmation = nil }
    let known = attempts[attempt]
    guard result.paidMinorUnits >= 0, result.channelFeeMinorUnits >= 0 else { return .rejected(.amountNotPositive) }
    guard known.state.isOpen else { return decideLate(result, command.payoutKey, withdrawal, attempt) }
    // Money that left in another amount is for people, whatever a later answer says.
    if known.state == .mismatch { return .rejected(.nothingToChange) }
    let due = result.state == .paid ? refundForDelay(withdrawal, paidAt: time) : 0
    if result.state == .paid, !isPaidAsOwed(result, withdrawal, attempt, refund: due) { result.state = .mismatch }
    if result.state == .mismatch, !canSettle(result, attempt) { result.channelFeeMinorUnits = 0 }
    let state = state(after: result.state, withdrawal)
    guard state != nil || tellsSomethingNew(result, of: attempt) else { return .rejected(.nothingToChange) }
    let refund = state == .paid ? due : 0
    guard isClosable(withdrawal, attempt, result, entering: state, refund: refund) else {
      return .rejected(.balanceOverflow)
    }
    return .record(
      .attemptUpdated(
        AttemptUpdated(
          partner: partnerLabel(withdrawal), payoutKey: command.payoutKey, result: result, state: state,
          feeRefundMinorUnits: refund,
          deadline: state == .actionRequired
            ? time.advanced(by: PayoutLimits.actionMicroseconds) : Timestamp(microseconds: 0))))
  }

  /// The amount is ours, and the books can hold what was told. A channel may tell any figures: what no book can hold is for
  /// people, as another amount is, and is neither forgotten nor a record that does not apply.
  private func isPaidAsOwed(
    _ result: AttemptResult, _ withdrawal: UInt64, _ attempt: UInt64, refund: Int64
  ) -> Bool {
    let row = withdrawals[withdrawal]
    return result.paidMinorUnits == row.amount - row.fee
      && isClosable(withdrawal, attempt, result, entering: .paid, refund: refund)
  }

  private func canSettle(_ result: AttemptResult, _ attempt: UInt64) -> Bool {
    canMove(.settle(settlement(result, attempt)), attempt)
  }

  private func settlement(_ result: AttemptResult, _ attempt: UInt64) -> PayoutMovement.Settlement {
    let known = attempts[attempt]
    let row = withdrawals[known.withdrawal]
    return PayoutMovement.Settlement(
      net: row.amount - row.fee, fee: row.fee, reservedChannelFee: known.reservedFee, paid: result.paidMinorUnits,
      channelFee: result.channelFeeMinorUnits)
  }

  private func tellsSomethingNew(_ result: AttemptResult, of attempt: UInt64) -> Bool {
    let known = attempts[attempt]
    return result.state != known.state
      || !result.channelReference.isNone && !labels.holds(result.channelReference, at: known.reference)
      || result.confirmation != nil && result.confirmation != confirmations.confirmation(known.confirmation)
  }

  /// A result for an attempt that is closed: what was decided stays.
  private func decideLate(
    _ result: AttemptResult, _ key: PayoutKey, _ withdrawal: UInt64, _ attempt: UInt64
  ) -> Decision {
    let known = attempts[attempt]
    let isPaid = result.state == .paid || result.state == .mismatch
    if known.state == .paid {
      let isOther = result.state == .mismatch || result.state == .paid && result.paidMinorUnits != known.paid
      return .rejected(result.state.isFailure || isOther ? .resultConflicts : .nothingToChange)
    }
    // Each attempt for itself: what leaves is booked, also where another one of the same withdrawal has strayed before.
    guard isPaid, !hasStrayed(attempt) else { return .rejected(.nothingToChange) }
    // What no book can hold is left out; the withdrawal is blocked all the same, and people read what was told.
    let figures = [
      StrayFigures(paid: result.paidMinorUnits, channelFee: result.channelFeeMinorUnits),
      StrayFigures(paid: result.paidMinorUnits, channelFee: 0), StrayFigures(paid: 0, channelFee: 0),
    ]
    guard let booked = figures.first(where: { canStray($0, attempt) }) else { return .rejected(.balanceOverflow) }
    return .record(
      .strayPaid(StrayPaid(partner: partnerLabel(withdrawal), payoutKey: key, result: result, booked: booked)))
  }

  /// It counts as failed, and money left for it.
  func hasStrayed(_ attempt: UInt64) -> Bool {
    attempts[attempt].state.isFailure && attempts[attempt].aftermath != 0
  }

  func canStray(_ figures: StrayFigures, _ attempt: UInt64) -> Bool {
    canMove(.stray(figures), attempt)
  }

  private func canMove(_ movement: PayoutMovement, _ attempt: UInt64) -> Bool {
    let place = place(ofAttempt: attempt)
    return movement.applied(to: accounts(account: place.account, float: place.float, book: place.book)) != nil
  }

  func decide(_ command: RecordReturn) -> Decision {
    guard let (withdrawal, attempt) = findAttempt(command.payoutKey) else { return .rejected(.attemptNotFound) }
    if hasStrayed(attempt) { return decideStrayReturn(command, withdrawal, attempt) }
    let state = withdrawals[withdrawal].state
    guard attempts[attempt].state == .paid, state != .returned else { return .rejected(.nothingToChange) }
    guard Self.isTransition(from: state, to: .returned) else { return .rejected(.payoutNotDue(state: state)) }
    let net = withdrawals[withdrawal].amount - withdrawals[withdrawal].fee
    let paid = attempts[attempt].paid
    guard command.minorUnits == paid else { return .rejected(.returnDiffers(paid: paid)) }
    // What appeals gave already is suspense's; the agent has what was owed, once.
    let figures = ReturnFigures(cameBack: paid, toAgent: max(0, net - awarded(withdrawal)))
    guard canMove(.giveBack(figures), attempt) else { return .rejected(.balanceOverflow) }
    return .record(
      .payoutReturned(
        PayoutReturned(
          partner: partnerLabel(withdrawal), payoutKey: command.payoutKey, channelReference: command.channelReference,
          code: command.code, reason: command.reason, feeRefundMinorUnits: 0,
          figures: figures == ReturnFigures(cameBack: net, toAgent: net) ? nil : figures)))
  }

  /// Of an attempt that counts as failed: what left was booked against suspense, and so is what comes back.
  private func decideStrayReturn(_ command: RecordReturn, _ withdrawal: UInt64, _ attempt: UInt64) -> Decision {
    let aftermath = aftermaths[attempts[attempt].aftermath]
    guard aftermath.kind == .strayed else { return .rejected(.nothingToChange) }
    guard command.minorUnits == aftermath.amount else { return .rejected(.returnDiffers(paid: aftermath.amount)) }
    guard canMove(.strayBack(aftermath.amount), attempt) else { return .rejected(.balanceOverflow) }
    return .record(
      .strayReturned(
        StrayReturned(
          partner: partnerLabel(withdrawal), payoutKey: command.payoutKey, channelReference: command.channelReference,
          code: command.code, reason: command.reason, minorUnits: aftermath.amount)))
  }

  func decide(_ command: ConfirmPayout) -> Decision {
    guard let (withdrawal, attempt) = findAttempt(command.payoutKey) else { return .rejected(.attemptNotFound) }
    let state = withdrawals[withdrawal].state
    guard attempts[attempt].state == .paid else { return .rejected(.nothingToChange) }
    guard attempts[attempt].paid == command.minorUnits else { return .rejected(.resultConflicts) }
    guard state == .paid else { return .rejected(.alreadyConfirmed) }
    return .record(
      .payoutConfirmed(
        PayoutConfirmed(
          partner: partnerLabel(withdrawal), payoutKey: command.payoutKey,
          channelReference: command.channelReference)))
  }
}

// Records.
extension LedgerState {
  mutating func evolve(_ fact: AttemptBegun, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let withdrawal = try requireWithdrawal(fact.payoutKey.withdrawal, of: findPartner(fact.partner))
    let row = withdrawals[withdrawal]
    let payout = payouts.rows[withdrawal]
    guard row.state == .approved else { throw .transition(from: row.state, to: .processing) }
    let book = accounts[row.account].book
    let channel = findChannel(fact.channel)
    let float = channel == 0 ? 0 : findFloat(channel: channel, book: book)
    guard UInt16(fact.payoutKey.attempt) == UInt16(payout.attempts) + 1, float != 0, fact.channelFeeMinorUnits >= 0
    else { throw .attempt(fact.payoutKey) }
    let net = row.amount - row.fee
    let (needed, overflow) = net.addingReportingOverflow(fact.channelFeeMinorUnits)
    guard !overflow, needed <= floats[float].available else { throw .balanceBelowFloor }
    let movement = PayoutMovement.reserve(net: net, fee: fact.channelFeeMinorUnits)
    guard movement.applied(to: accounts(account: row.account, float: float, book: book)) != nil else {
      throw .balanceOutOfRange
    }

    let attempt = attempts.append(
      AttemptRow(
        withdrawal: withdrawal, number: fact.payoutKey.attempt, float: float, reservedFee: fact.channelFeeMinorUnits,
        time: moment.time, sequence: moment.sequence, previous: payout.newestAttempt))
    payouts.update(withdrawal) {
      $0.newestAttempt = attempt
      $0.attempts += 1
      $0.tries += 1
      $0.isCancelAsked = false
      $0.lastSequence = moment.sequence
    }
    move(movement, account: row.account, float: float, book: book, moment)
    addHiddenEntry(.reserved, subject: attempt)
    _ = enter(withdrawal, .processing, moment)
    return nil
  }

  mutating func evolve(_ fact: AttemptUpdated, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let withdrawal = try requireWithdrawal(fact.payoutKey.withdrawal, of: findPartner(fact.partner))
    let row = withdrawals[withdrawal]
    guard let (_, attempt) = findAttempt(fact.payoutKey), attempts[attempt].state.isOpen, fact.result.state != .sent,
      mayEnter(fact.state, after: fact.result.state, withdrawal),
      fact.result.state != .paid || fact.result.paidMinorUnits == row.amount - row.fee,
      fact.result.state == .awaitingPayee || fact.result.confirmation == nil
    else { throw .attempt(fact.payoutKey) }
    let closing = try requireClosable(
      withdrawal, attempt, fact.result, entering: fact.state, refund: fact.feeRefundMinorUnits, fact.payoutKey)

    note(fact.result, on: attempt, moment)
    close(closing, withdrawal, attempt, moment)
    if let state = fact.state { leave(withdrawal, to: state, fact.result, deadline: fact.deadline, moment) }
    return nil
  }

  mutating func evolve(_ fact: StrayPaid, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let withdrawal = try requireWithdrawal(fact.payoutKey.withdrawal, of: findPartner(fact.partner))
    let figures = fact.booked ?? StrayFigures(paid: fact.result.paidMinorUnits, channelFee: 0)
    guard let (_, attempt) = findAttempt(fact.payoutKey), attempts[attempt].state.isFailure, !hasStrayed(attempt),
      figures.paid >= 0, figures.channelFee >= 0
    else { throw .attempt(fact.payoutKey) }
    guard canStray(figures, attempt) else { throw .balanceOutOfRange }

    stray(figures, fact.result, attempt, moment)
    payouts.update(withdrawal) { $0.isBlocked = true }
    enterLane(withdrawal)
    return nil
  }

  mutating func evolve(_ fact: StrayReturned, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let withdrawal = try requireWithdrawal(fact.payoutKey.withdrawal, of: findPartner(fact.partner))
    guard let (_, attempt) = findAttempt(fact.payoutKey), hasStrayed(attempt),
      aftermaths[attempts[attempt].aftermath].kind == .strayed,
      aftermaths[attempts[attempt].aftermath].amount == fact.minorUnits
    else { throw .attempt(fact.payoutKey) }
    guard canMove(.strayBack(fact.minorUnits), attempt) else { throw .balanceOutOfRange }

    let place = place(ofAttempt: attempt)
    move(.strayBack(fact.minorUnits), account: place.account, float: place.float, book: place.book, moment)
    let aftermath = aftermaths.append(
      AftermathRow(
        kind: .strayReturned, reason: fact.reason, attempt: attempt, amount: fact.minorUnits, refund: 0,
        reference: labels.append(fact.channelReference), code: labels.append(fact.code), time: moment.time,
        sequence: moment.sequence))
    attempts.update(attempt) { $0.aftermath = aftermath }
    addHiddenEntry(.strayReturned, subject: aftermath)
    payouts.update(withdrawal) { $0.lastSequence = moment.sequence }
    return nil
  }

  mutating func evolve(_ fact: PayoutReturned, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let withdrawal = try requireWithdrawal(fact.payoutKey.withdrawal, of: findPartner(fact.partner))
    let row = withdrawals[withdrawal]
    let payout = payouts.rows[withdrawal]
    guard Self.isTransition(from: row.state, to: .returned) else {
      throw .transition(from: row.state, to: .returned)
    }
    let net = row.amount - row.fee
    guard let (_, attempt) = findAttempt(fact.payoutKey), attempts[attempt].state == .paid,
      fact.feeRefundMinorUnits >= 0, fact.feeRefundMinorUnits <= row.fee - payout.feeRefunded
    else { throw .attempt(fact.payoutKey) }
    if let figures = fact.figures {
      guard figures.cameBack == attempts[attempt].paid, (0...net).contains(figures.toAgent) else {
        throw .attempt(fact.payoutKey)
      }
    }
    let figures = fact.figures ?? ReturnFigures(cameBack: net, toAgent: net)
    let place = place(ofAttempt: attempt)
    let before = accounts(account: place.account, float: place.float, book: place.book)
    guard let given = PayoutMovement.giveBack(figures).applied(to: before),
      PayoutMovement.refundFee(fact.feeRefundMinorUnits).applied(to: given) != nil
    else { throw .balanceOutOfRange }

    let agent = accounts[row.account].agent
    let aftermath = aftermaths.append(
      AftermathRow(
        kind: .returned, reason: fact.reason, attempt: attempt, amount: figures.cameBack,
        refund: fact.feeRefundMinorUnits, toAgent: figures.toAgent, reference: labels.append(fact.channelReference),
        code: labels.append(fact.code), time: moment.time, sequence: moment.sequence))
    attempts.update(attempt) { $0.aftermath = aftermath }
    move(.giveBack(figures), account: place.account, float: place.float, book: place.book, moment)
    addEntry(.returned, subject: aftermath, agent: agent)
    if fact.feeRefundMinorUnits > 0 {
      move(.refundFee(fact.feeRefundMinorUnits), account: place.account, float: place.float, book: place.book, moment)
      addEntry(.feeRefundedLater, subject: aftermath, agent: agent)
    }
    payouts.update(withdrawal) {
      $0.feeRefunded += fact.feeRefundMinorUnits
      $0.lastSequence = moment.sequence
    }
    _ = enter(withdrawal, .returned, moment)
    return nil
  }

  mutating func evolve(_ fact: PayoutConfirmed, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let withdrawal = try requireWithdrawal(fact.payoutKey.withdrawal, of: findPartner(fact.partner))
    guard let (_, attempt) = findAttempt(fact.payoutKey), attempts[attempt].state == .paid,
      withdrawals[withdrawal].state == .paid
    else { throw .attempt(fact.payoutKey) }

    payouts.update(withdrawal) { $0.lastSequence = moment.sequence }
    _ = enter(withdrawal, .confirmed, moment)
    return nil
  }

  mutating func evolve(_ fact: PayoutHeldBack, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let withdrawal = try requireWithdrawal(fact.id, of: findPartner(fact.partner))
    let state = withdrawals[withdrawal].state
    guard state == .approved, !isHeld(withdrawal) else { throw .transition(from: state, to: .pendingReview) }
    guard (1...ReviewTerms.checkersMaximum).contains(fact.checkers) else { throw .reviewAct(fact.id) }

    addAct(.reopened, on: withdrawal, by: nil, fact.reason, moment, figure: fact.checkers, due: fact.due)
    payouts.update(withdrawal) { $0.lastSequence = moment.sequence }
    _ = enter(withdrawal, .pendingReview, moment)
    return nil
  }
}

// Steps that results and people's verdicts share.
extension LedgerState {
  struct AttemptPlace {
    var account: UInt64
    var float: UInt64
    var book: UInt64
  }

  func place(ofAttempt attempt: UInt64) -> AttemptPlace {
    let row = attempts[attempt]
    let account = withdrawals[row.withdrawal].account
    return AttemptPlace(account: account, float: row.float, book: accounts[account].book)
  }

  /// What closing an open attempt does to money.
  enum Closing {
    case none
    case settle(PayoutMovement.Settlement, refund: Int64)
    case unreserve(net: Int64, fee: Int64)
  }

  /// Everything that `close` and `leave` need to be so. Changes nothing.
  func requireClosable(
    _ withdrawal: UInt64, _ attempt: UInt64, _ result: AttemptResult, entering state: WithdrawalState?,
    refund: Int64, _ key: PayoutKey
  ) throws(CorruptRecord) -> Closing {
    let row = withdrawals[withdrawal]
    let known = attempts[attempt]
    let place = place(ofAttempt: attempt)
    let before = accounts(account: place.account, float: place.float, book: place.book)
    guard refund >= 0, refund <= row.fee - payouts.rows[withdrawal].feeRefunded, result.paidMinorUnits >= 0,
      result.channelFeeMinorUnits >= 0
    else { throw .attempt(key) }
    if let state, !Self.isTransition(from: row.state, to: state) { throw .transition(from: row.state, to: state) }
    if result.state == .paid {
      let settlement = settlement(result, attempt)
      guard let after = PayoutMovement.settle(settlement).applied(to: before),
        PayoutMovement.refundFee(refund).applied(to: after) != nil
      else { throw .balanceOutOfRange }
      let points = screenings[withdrawal].points
      if points > 0 {
        try requireNoObstacle(.takePoints(points), findMoney(agent: accounts[place.account].agent, .points))
      }
      return .settle(settlement, refund: refund)
    }
    guard refund == 0 else { throw .attempt(key) }
    guard result.state.isFailure else { return .none }
    let net = row.amount - row.fee
    let closing = PayoutMovement.unreserve(net: net, fee: known.reservedFee)
    guard closing.applied(to: before) != nil else { throw .balanceOutOfRange }
    if let state, Self.isReleasing(state) { try requireReleasable(withdrawal, to: state) }
    return .unreserve(net: net, fee: known.reservedFee)
  }

  /// The same for who decides.
  func isClosable(
    _ withdrawal: UInt64, _ attempt: UInt64, _ result: AttemptResult, entering state: WithdrawalState?, refund: Int64
  ) -> Bool {
    do throws(CorruptRecord) {
      _ = try requireClosable(
        withdrawal, attempt, result, entering: state, refund: refund, payoutKey(ofAttempt: attempt))
      return true
    } catch { return false }
  }

  mutating func note(_ result: AttemptResult, on attempt: UInt64, _ moment: Moment) {
    let known = attempts[attempt]
    let reference = result.channelReference.isNone ? known.reference : labels.append(result.channelReference)
    let code = result.code.isNone ? known.code : labels.append(result.code)
    let confirmation = keepConfirmation(result, known.confirmation)
    attempts.update(attempt) {
      $0.state = result.state
      $0.reason = result.reason
      $0.reference = reference
      $0.code = code
      $0.confirmation = confirmation
      $0.updateTime = moment.time
      $0.updateSequence = moment.sequence
      if result.state == .paid || result.state == .mismatch {
        $0.paid = result.paidMinorUnits
        $0.channelFee = result.channelFeeMinorUnits
      }
    }
    payouts.update(known.withdrawal) {
      $0.lastSequence = moment.sequence
      $0.deadline = result.state == .awaitingPayee ? result.confirmUntil : Timestamp(microseconds: 0)
    }
  }

  /// What the payee confirms with stays while the channel waits, also where it says nothing for a while: it is told once, and
  /// who asks again is not told it again.
  private mutating func keepConfirmation(_ result: AttemptResult, _ known: UInt64) -> UInt64 {
    switch result.state {
    case .awaitingPayee:
      guard let confirmation = result.confirmation else { return known }
      confirmations.remove(known)
      return confirmations.append(confirmation)
    case .unknown: return known
    case .sent, .accepted, .mismatch, .paid, .payeeFailure, .tryAgain, .tryElsewhere, .refused, .cancelled, .lapsed:
      confirmations.remove(known)
      return 0
    }
  }

  mutating func close(_ closing: Closing, _ withdrawal: UInt64, _ attempt: UInt64, _ moment: Moment) {
    let place = place(ofAttempt: attempt)
    switch closing {
    case .none: break
    case .unreserve(let net, let fee):
      move(.unreserve(net: net, fee: fee), account: place.account, float: place.float, book: place.book, moment)
      addHiddenEntry(.unreserved, subject: attempt)
    case .settle(let settlement, let refund):
      move(.settle(settlement), account: place.account, float: place.float, book: place.book, moment)
      addHiddenEntry(.settled, subject: attempt)
      let agent = accounts[place.account].agent
      let points = screenings[withdrawal].points
      if points > 0 {
        move(.takePoints(points), account: findMoney(agent: agent, .points).account, moment)
        addHiddenEntry(.tookPoints, subject: attempt)
      }
      guard refund > 0 else { return }
      move(.refundFee(refund), account: place.account, float: place.float, book: place.book, moment)
      attempts.update(attempt) { $0.refund = refund }
      payouts.update(withdrawal) { $0.feeRefunded += refund }
      addEntry(.feeRefunded, subject: attempt, agent: agent)
    }
  }

  /// Enters the state that a result leads to.
  mutating func leave(
    _ withdrawal: UInt64, to state: WithdrawalState, _ result: AttemptResult, deadline: Timestamp, _ moment: Moment
  ) {
    if state == .actionRequired { payouts.update(withdrawal) { $0.deadline = deadline } }
    if Self.isReleasing(state) {
      _ = release(withdrawal, to: state, moment)
    } else {
      _ = enter(withdrawal, state, moment)
    }
  }

  /// That it can be was checked before.
  mutating func stray(_ figures: StrayFigures, _ result: AttemptResult, _ attempt: UInt64, _ moment: Moment) {
    let place = place(ofAttempt: attempt)
    move(.stray(figures), account: place.account, float: place.float, book: place.book, moment)
    let aftermath = aftermaths.append(
      AftermathRow(
        kind: .strayed, reason: result.reason, attempt: attempt, amount: figures.paid, refund: 0,
        channelFee: figures.channelFee, reference: labels.append(result.channelReference),
        code: labels.append(result.code), time: moment.time, sequence: moment.sequence))
    attempts.update(attempt) { $0.aftermath = aftermath }
    addHiddenEntry(.strayed, subject: aftermath)
    payouts.update(attempts[attempt].withdrawal) { $0.lastSequence = moment.sequence }
  }
}

extension Label {
  /// - Parameter name: 1 to 64 bytes, written in this program.
  init(_ name: StaticString) { self.init(trusted: name.utf8Start, count: name.utf8CodeUnitCount) }
}
