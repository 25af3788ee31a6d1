// Payouts as the dispatcher and callers know them.
extension LedgerState {
  func payout(_ withdrawal: UInt64) -> Payout {
    let row = withdrawals[withdrawal]
    let account = accounts[row.account]
    let agent = agents[account.agent]
    let screening = screenings[withdrawal]
    var briefs: [AttemptBrief] = []
    var attempt = payouts.rows[withdrawal].newestAttempt
    while attempt != 0 {
      briefs.append(AttemptBrief(channel: channelLabel(ofAttempt: attempt), state: attempts[attempt].state))
      attempt = attempts[attempt].previous
    }
    return Payout(
      id: withdrawalID(withdrawal), partner: labels.label(partners[agent.partner].label),
      agent: labels.label(agent.label), payee: labels.label(row.payee), account: payoutAccount(screening.payee),
      net: Money(minorUnits: row.amount - row.fee, currency: books[account.book].currency), speed: screening.speed,
      expectedArrival: screening.screening(fee: row.fee).terms.expectedArrival, createTime: row.createTime,
      attempts: briefs.reversed(), open: open(withdrawal))
  }

  private func open(_ withdrawal: UInt64) -> OpenAttempt? {
    let attempt = openAttempt(withdrawal)
    guard attempt != 0 else { return nil }
    let row = attempts[attempt]
    return OpenAttempt(
      channel: channelLabel(ofAttempt: attempt), state: row.state, beginTime: row.beginTime,
      beginSequence: row.beginSequence, isCancelling: payouts.rows[withdrawal].isCancelAsked,
      confirmUntil: payouts.rows[withdrawal].deadline)
  }

  private func payoutAccount(_ payee: UInt64) -> PayoutAccount? {
    guard payee != 0 else { return nil }
    let row = payees[payee]
    return PayoutAccount(
      id: PayeeID(epoch: row.epoch, shard: shard, ordinal: payee), rail: row.rail, bank: labels.label(row.bank),
      requestID: labels.label(row.requestID), sealed: sealed.sealed(row.sealed))
  }

  private func channelLabel(ofAttempt attempt: UInt64) -> Label {
    labels.label(channels[floats[attempts[attempt].float].channel].label)
  }

  /// nil where no payout was ever tried.
  func payoutStanding(_ withdrawal: UInt64) -> PayoutStanding? {
    let row = payouts.rows[withdrawal]
    guard row.newestAttempt != 0 else { return nil }
    var facts = PayoutStanding.Facts()
    facts.feeRefundedMinorUnits = row.feeRefunded
    facts.deadline = row.deadline
    facts.isBlocked = row.isBlocked
    var attempt = row.newestAttempt
    while attempt != 0 {
      facts.attempts.append(self.attempt(attempt))
      attempt = attempts[attempt].previous
    }
    facts.attempts.reverse()
    return PayoutStanding(facts)
  }

  private func attempt(_ ordinal: UInt64) -> Attempt {
    let row = attempts[ordinal]
    return Attempt(
      number: row.number, channel: channelLabel(ofAttempt: ordinal), state: row.state, reason: row.reason,
      channelReference: labels.label(row.reference), code: labels.label(row.code), paidMinorUnits: row.paid,
      channelFeeMinorUnits: row.channelFee, beginTime: row.beginTime, updateTime: row.updateTime,
      beginSequence: row.beginSequence, isStray: hasStrayed(ordinal),
      payeeConfirmation: confirmations.confirmation(row.confirmation))
  }

  /// Those that may be sent on `today` or before, by urgency, then day, then when they were approved. It rests on all there
  /// is: that one is not due any more was learnt too.
  func answerDuePayouts(after: WithdrawalID?, limit: Int, today: Int32) -> (Answer, UInt64) {
    let limit = min(max(limit, 1), AnswerLimits.itemsMaximum)
    var found: [Payout] = []
    let last = after.flatMap { findWithdrawal($0, in: .all) }
    let start = last.map { payouts.rows[$0].lane } ?? .none
    for lane in payouts.lanes where lane.key.isDueLane && lane.key.day <= today {
      if start.isDueLane, lane.key < start { continue }
      var withdrawal = lane.first
      if let last, lane.key == start { withdrawal = payouts.rows[last].next }
      while withdrawal != 0, found.count < limit {
        found.append(payout(withdrawal))
        withdrawal = payouts.rows[withdrawal].next
      }
    }
    return (.payouts(found), lastSequence)
  }

  func answerOpenPayouts(after: WithdrawalID?, limit: Int) -> (Answer, UInt64) {
    let limit = min(max(limit, 1), AnswerLimits.itemsMaximum)
    var found: [Payout] = []
    var withdrawal = payouts.lane(.open)?.first ?? 0
    if let last = after.flatMap({ findWithdrawal($0, in: .all) }), payouts.rows[last].lane == .open {
      withdrawal = payouts.rows[last].next
    }
    while withdrawal != 0, found.count < limit {
      found.append(payout(withdrawal))
      withdrawal = payouts.rows[withdrawal].next
    }
    return (.payouts(found), lastSequence)
  }

  /// Attempts stand in the order in which they began.
  func answerSent(since: Timestamp, below: UInt64?) -> (Answer, UInt64) {
    var sums: [UInt64: Int64] = [:]
    var next = min(below ?? .max, attempts.count + 1)
    var looked = 0
    while next > 1, looked < AnswerLimits.rowsScannedMaximum, attempts[next - 1].beginTime >= since {
      next -= 1
      looked += 1
      let row = attempts[next]
      let withdrawal = withdrawals[row.withdrawal]
      // Channels never paid so much in a day; were it so, no limit would let more through.
      let (sum, overflow) = sums[row.float, default: 0].addingReportingOverflow(withdrawal.amount - withdrawal.fee)
      sums[row.float] = overflow ? .max : sum
    }
    let isAll = next <= 1 || attempts[next - 1].beginTime < since
    let found = sums.sorted { $0.key < $1.key }.map { float, sum in
      SentSum(
        channel: labels.label(channels[floats[float].channel].label), currency: books[floats[float].book].currency,
        minorUnits: sum)
    }
    return (.sent(found, next: isAll ? nil : next), lastSequence)
  }

  var payoutFigures: PayoutFigures {
    func entered(_ withdrawal: UInt64?) -> Timestamp? {
      guard let withdrawal, withdrawal != 0 else { return nil }
      let event = withdrawals[withdrawal].lastEvent
      return event == 0 ? withdrawals[withdrawal].createTime : events[event].time
    }
    let due = payouts.lanes.filter { $0.key.isDueLane }.compactMap { entered($0.first) }
    return PayoutFigures(
      counts: (0..<stateCounts.count).map { stateCounts[$0] }, oldestApproved: due.min(),
      oldestUnderWay: payouts.lane(.open).map { attempts[openAttempt($0.first)].beginTime },
      oldestActionRequired: entered(payouts.lane(.action)?.first))
  }
}
