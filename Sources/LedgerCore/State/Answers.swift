/// Bounds of what one question may cost the thread that owns the state.
package enum AnswerLimits {
  /// Items on a page (AIP-158: more is coerced): at most about half a megabyte of answer.
  package static let itemsMaximum = 1_000
  /// Rows looked at for one page, shown or not, so that a filter that matches nothing holds the thread for well under a
  /// millisecond. The page then ends early, perhaps empty, with a `next` to go on.
  package static let rowsScannedMaximum = 4_096
}

// Every answer comes with the sequence it rests on: it may be given once that is durable. Absence rests on 0.
extension LedgerState {
  /// The reply to a record that was just applied.
  package func answer(to applied: Applied) -> (Answer, UInt64) {
    guard let request = applied.request else { return (.done, lastSequence) }
    return answer(toRequest: request)
  }

  /// What the request led to, as it stands now.
  func answer(toRequest ordinal: UInt64) -> (Answer, UInt64) {
    let request = requests[ordinal]
    switch request.outcome {
    case .agentCreated, .agentUpdated, .agentVerified:
      let agent = agent(request.subject)
      return (.agent(agent), agent.lastSequence)
    case .deposited:
      let receipt = depositReceipt(request.subject)
      return (.deposit(receipt), max(receipt.sequence, receipt.balance.lastSequence))
    case .submitted, .cancelled, .reworked, .cancelBegun:
      let withdrawal = withdrawal(request.subject)
      return (.withdrawal(withdrawal), withdrawal.lastSequence)
    case .payeeCreated, .payeeVerified, .payeeErased:
      let payee = payee(request.subject)
      return (.payee(payee), payee.lastSequence)
    case .refused:
      let row = refusals[request.subject]
      return (.refused(row.refusal), row.sequence)
    case .reviewActed:
      let withdrawal = withdrawal(reviews.withdrawal(ofAct: request.subject))
      return (.withdrawal(withdrawal), withdrawal.lastSequence)
    case .proposed, .proposalConfirmed:
      let proposal = proposal(request.subject, at: lastTime)
      return (.proposal(proposal), proposal.lastSequence)
    case .payeeRevealed:
      let proposal = proposal(reveals[request.subject].proposal, at: lastTime)
      return (.proposal(proposal), proposal.lastSequence)
    case .listChanged:
      let entry = listEntry(ofChange: request.subject)
      return (.listEntry(entry), entry.sequence)
    case .rulesActivated:
      let standing = rulesStanding
      return (.rules(standing), standing.lastSequence)
    case .appealCreated, .appealActed:
      let appeal = appeal(request.subject, at: lastTime)
      return (.appeal(appeal), appeal.lastSequence)
    case .channelChanged:
      let standing = channelStanding(request.subject)
      return (.channel(standing), standing.lastSequence)
    }
  }

  /// - Parameter now: as for `decide`; only a quote and limits look at it.
  package func answer(_ query: Query, policy: any Policy, now: Timestamp) -> (Answer, UInt64) {
    switch query {
    case .withdrawal(let id, let scope):
      guard let ordinal = findWithdrawal(id, in: scope) else { return (.rejected(.withdrawalNotFound), 0) }
      let withdrawal = withdrawal(ordinal)
      return (.withdrawal(withdrawal), withdrawal.lastSequence)
    case .request(let namespace, let id, let scope): return answerRequest(namespace, id, scope)
    case .agent(let partner, let agent):
      let ordinal = findAgent(partner: findPartner(partner), agent)
      guard ordinal != 0 else { return (.rejected(.agentNotFound), 0) }
      let found = self.agent(ordinal)
      return (.agent(found), found.lastSequence)
    case .balance(let partner, let agent, let currency):
      let ordinal = findAgent(partner: findPartner(partner), agent)
      guard ordinal != 0 else { return (.rejected(.agentNotFound), 0) }
      let balance = balance(agent: ordinal, currency)
      return (.balance(balance), max(balance.lastSequence, agents[ordinal].createSequence))
    case .withdrawals(let filter): return answerWithdrawals(filter)
    case .entries(let partner, let agent, let before, let limit):
      return answerEntries(partner, agent, before: before, limit: limit)
    case .quote(let question): return answerQuote(question, policy, now)
    case .limits(let partner, let agent, let currency):
      let ordinal = findAgent(partner: findPartner(partner), agent)
      guard ordinal != 0 else { return (.rejected(.agentNotFound), 0) }
      let standing = limitStanding(ordinal, currency, policy, recordTime(now))
      return (.limits(standing), standing.lastSequence)
    case .payee(let id, let scope):
      guard let ordinal = findPayee(id, in: scope) else { return (.rejected(.payeeNotFound), 0) }
      let payee = payee(ordinal)
      return (.payee(payee), payee.lastSequence)
    case .payees(let partner, let agent, let before, let limit):
      return answerPayees(partner, agent, before: before, limit: limit)
    case .payeesWithNumber(let hash, let before, let limit):
      return answerPayees(withNumber: hash, before: before, limit: limit)
    case .profile(let partner, let agent):
      let ordinal = findAgent(partner: findPartner(partner), agent)
      guard ordinal != 0 else { return (.rejected(.agentNotFound), 0) }
      // Also refused submissions and reports change it, so it rests on all there is.
      return (.profile(self.agent(ordinal), profiles[ordinal]), lastSequence)
    case .reviews(let filter): return answerReviews(filter, at: recordTime(now))
    case .proposal(let id):
      guard let ordinal = findProposal(id) else { return (.rejected(.proposalNotFound), 0) }
      let proposal = proposal(ordinal, at: recordTime(now))
      return (.proposal(proposal), proposal.lastSequence)
    case .proposals(let openOnly, let before, let limit):
      return answerProposals(openOnly: openOnly, before: before, limit: limit, at: recordTime(now))
    case .listEntries(let subject, let after, let limit): return answerListEntries(subject, after: after, limit: limit)
    case .riskLog(let after, let limit): return answerRiskLog(after: after, limit: limit)
    case .rules:
      let standing = rulesStanding
      return (.rules(standing), standing.lastSequence)
    case .duePayouts(let after, let limit):
      return answerDuePayouts(after: after, limit: limit, today: policy.day(at: recordTime(now)).day)
    case .openPayouts(let after, let limit): return answerOpenPayouts(after: after, limit: limit)
    case .payout(let id):
      guard let ordinal = findWithdrawal(id, in: .all) else { return (.rejected(.withdrawalNotFound), 0) }
      return (.payout(payout(ordinal)), lastSequence(ofWithdrawal: ordinal))
    case .channels: return (.channels(channels.ordinals.map { channelStanding($0) }), lastSequence)
    case .payoutFigures: return (.payoutFigures(payoutFigures), lastSequence)
    case .sent(let since, let below): return answerSent(since: since, below: below)
    case .appeal(let id, let scope):
      guard let ordinal = findAppeal(id, in: scope) else { return (.rejected(.appealNotFound), 0) }
      let appeal = appeal(ordinal, at: recordTime(now))
      return (.appeal(appeal), appeal.lastSequence)
    case .appeals(let filter): return answerAppeals(filter, at: recordTime(now))
    }
  }

  /// Only requests that submitted a withdrawal, or were refused one, can be asked for.
  private func answerRequest(_ namespace: Namespace, _ id: Label, _ scope: Scope) -> (Answer, UInt64) {
    let notFound = (Answer.rejected(.requestNotFound), UInt64(0))
    guard let place = findPlace(namespace, id) else { return notFound }
    let ordinal = findRequest(place, id)
    guard ordinal != 0 else { return notFound }
    let request = requests[ordinal]
    switch request.outcome {
    case .agentCreated, .deposited, .cancelled, .agentUpdated, .agentVerified, .payeeCreated, .payeeVerified,
      .payeeErased, .reviewActed, .proposed, .proposalConfirmed, .payeeRevealed, .listChanged, .rulesActivated,
      .channelChanged, .reworked, .cancelBegun, .appealCreated, .appealActed:
      return notFound
    case .submitted:
      guard findWithdrawal(withdrawalID(request.subject), in: scope) != nil else { return notFound }
    case .refused:
      let refusal = refusals[request.subject]
      guard refusal.method == .submitWithdrawal, isIn(scope, partner: refusal.partner) else { return notFound }
    }
    return answer(toRequest: ordinal)
  }

  private func isIn(_ scope: Scope, partner: UInt64) -> Bool {
    switch scope {
    case .all: true
    case .partner(let label): labels.holds(label, at: partners[partner].label)
    }
  }

  /// Newest first. `before` is the `next` of the page before; one that is not of this list gives an empty page. The answer
  /// rests on all that was looked at, not only on what is shown: what a filter leaves out was learnt too.
  private func answerWithdrawals(_ filter: WithdrawalFilter) -> (Answer, UInt64) {
    let partner = findPartner(filter.partner)
    var sequence: UInt64 = 0
    var ordinal: UInt64
    var agentOnly: UInt64 = 0
    if let label = filter.agent {
      agentOnly = findAgent(partner: partner, label)
      guard agentOnly != 0 else { return (.rejected(.agentNotFound), 0) }
      sequence = agents[agentOnly].createSequence
      ordinal = agents[agentOnly].newestWithdrawal
    } else {
      ordinal = partner == 0 ? 0 : partners[partner].newestWithdrawal
    }
    func next(_ row: WithdrawalRow) -> UInt64 { agentOnly != 0 ? row.previousOfAgent : row.previousOfPartner }

    if let before = filter.before {
      ordinal = 0
      if withdrawals.contains(before) {
        let row = withdrawals[before]
        let agent = accounts[row.account].agent
        if agentOnly != 0 ? agent == agentOnly : agents[agent].partner == partner { ordinal = next(row) }
      }
    }
    let limit = min(max(filter.limit, 1), AnswerLimits.itemsMaximum)
    var found: [Withdrawal] = []
    var scanned = 0
    var last: UInt64 = 0
    while ordinal != 0, found.count < limit, scanned < AnswerLimits.rowsScannedMaximum {
      let row = withdrawals[ordinal]
      sequence = max(sequence, lastSequence(ofWithdrawal: ordinal))
      if filter.state == nil || filter.state == row.state { found.append(withdrawal(ordinal)) }
      scanned += 1
      last = ordinal
      ordinal = next(row)
    }
    return (.withdrawals(found, next: ordinal == 0 ? nil : last), sequence)
  }

  /// Newest first; `before` as above.
  private func answerEntries(
    _ partner: Label, _ agent: Label, before: UInt64?, limit: Int
  ) -> (Answer, UInt64) {
    let agent = findAgent(partner: findPartner(partner), agent)
    guard agent != 0 else { return (.rejected(.agentNotFound), 0) }
    var ordinal = agents[agent].newestEntry
    if let before {
      // What no agent sees is of no list, and may be of no account.
      ordinal =
        entries.contains(before) && !entries[before].kind.isHidden
          && accounts[self.account(ofEntry: before)].agent == agent
        ? entries[before].previousOfAgent : 0
    }
    let limit = min(max(limit, 1), AnswerLimits.itemsMaximum)
    var found: [Entry] = []
    var sequence = agents[agent].createSequence
    var last: UInt64 = 0
    while ordinal != 0, found.count < limit {
      let entry = entry(ordinal)
      sequence = max(sequence, entry.sequence)
      found.append(entry)
      last = ordinal
      ordinal = entries[ordinal].previousOfAgent
    }
    return (.entries(found, next: ordinal == 0 ? nil : last), sequence)
  }
}

// Rows as the values that callers know.
extension LedgerState {
  func balance(agent ordinal: UInt64, _ currency: Currency) -> Balance {
    let row = agents[ordinal]
    let book = findBook(currency)
    let account = book == 0 ? 0 : findAccount(agent: ordinal, book: book)
    let balances = account == 0 ? Balances() : accounts[account].balances
    return Balance(
      partner: labels.label(partners[row.partner].label), agent: labels.label(row.label), currency: currency,
      debitsPending: balances.debitsPending, debitsPosted: balances.debitsPosted,
      creditsPending: balances.creditsPending, creditsPosted: balances.creditsPosted,
      lastSequence: account == 0 ? 0 : accounts[account].lastSequence)
  }

  func depositReceipt(_ ordinal: UInt64) -> DepositReceipt {
    let row = deposits[ordinal]
    let account = accounts[row.account]
    let currency = books[account.book].currency
    let balance = balance(agent: account.agent, currency)
    return DepositReceipt(
      partner: balance.partner, agent: balance.agent, amount: Money(minorUnits: row.amount, currency: currency),
      externalReference: labels.label(row.externalReference), time: row.time, sequence: row.sequence,
      balance: balance)
  }

  /// Also its etag.
  func lastSequence(ofWithdrawal ordinal: UInt64) -> UInt64 {
    let row = withdrawals[ordinal]
    let entered = row.lastEvent == 0 ? row.createSequence : events[row.lastEvent].sequence
    return max(entered, payouts.rows[ordinal].lastSequence, lastAct(ofWithdrawal: ordinal)?.sequence ?? 0)
  }

  func withdrawal(_ ordinal: UInt64) -> Withdrawal {
    let row = withdrawals[ordinal]
    let account = accounts[row.account]
    let agent = agents[account.agent]
    var timeline = Timeline()
    timeline.append(TimelineEntry(state: .submitted, time: row.createTime))
    timeline.append(TimelineEntry(state: row.firstState, time: row.createTime))
    var updateTime = row.createTime
    var lastSequence = row.createSequence
    var next = row.firstEvent
    while next != 0 {
      let event = events[next]
      timeline.append(TimelineEntry(state: event.state, time: event.time))
      updateTime = event.time
      lastSequence = event.sequence
      next = event.next
    }
    if let act = lastAct(ofWithdrawal: ordinal), act.sequence > lastSequence {
      updateTime = act.time
      lastSequence = act.sequence
    }
    let payout = payoutStanding(ordinal)
    if let attempt = payout?.facts.attempts.last, payouts.rows[ordinal].lastSequence > lastSequence {
      updateTime = max(updateTime, attempt.updateTime)
      lastSequence = payouts.rows[ordinal].lastSequence
    }
    return Withdrawal(
      id: WithdrawalID(epoch: row.epoch, shard: shard, ordinal: ordinal),
      partner: labels.label(partners[agent.partner].label), agent: labels.label(agent.label),
      payee: labels.label(row.payee), requestID: labels.label(row.requestID), state: row.state,
      amount: Money(minorUnits: row.amount, currency: books[account.book].currency), feeMinorUnits: row.fee,
      createTime: row.createTime, updateTime: updateTime, lastSequence: lastSequence, timeline: timeline,
      screening: screenings[ordinal].screening(fee: row.fee), review: reviewStanding(ordinal),
      payout: payout)
  }

  func account(ofEntry ordinal: UInt64) -> UInt64 {
    account(of: entries[ordinal].kind, entries[ordinal].subject)
  }

  func account(of kind: EntryRow.Kind, _ subject: UInt64) -> UInt64 {
    switch kind {
    case .deposit: deposits[subject].account
    case .held: withdrawals[subject].account
    case .released: withdrawals[events[subject].withdrawal].account
    case .adjusted: proposals[subject].account
    case .tookPoints: pointsAccount(ofWithdrawal: attempts[subject].withdrawal)
    case .reserved, .unreserved, .settled, .feeRefunded: withdrawals[attempts[subject].withdrawal].account
    case .returned, .strayed, .strayReturned, .feeRefundedLater:
      withdrawals[attempts[aftermaths[subject].attempt].withdrawal].account
    // Of nobody's account.
    case .funded: 0
    case .disputed, .awarded, .disputeRejected: withdrawals[appeals[subject].withdrawal].account
    case .heldPoints: pointsAccount(ofWithdrawal: subject)
    case .releasedPoints: pointsAccount(ofWithdrawal: events[subject].withdrawal)
    }
  }

  /// 0 when its agent has none.
  private func pointsAccount(ofWithdrawal ordinal: UInt64) -> UInt64 {
    findMoney(agent: accounts[withdrawals[ordinal].account].agent, .points).account
  }

  func entry(_ ordinal: UInt64) -> Entry {
    let row = entries[ordinal]
    let currency = books[accounts[account(ofEntry: ordinal)].book].currency
    switch row.kind {
    case .deposit:
      let deposit = deposits[row.subject]
      return Entry(
        sequence: deposit.sequence, time: deposit.time, amount: Money(minorUnits: deposit.amount, currency: currency),
        kind: .deposit(externalReference: labels.label(deposit.externalReference)))
    case .held, .heldPoints:
      let withdrawal = withdrawals[row.subject]
      let amount = row.kind == .held ? withdrawal.amount : screenings[row.subject].points
      return Entry(
        sequence: withdrawal.createSequence, time: withdrawal.createTime,
        amount: Money(minorUnits: amount, currency: currency), kind: .withdrawalHeld(withdrawalID(row.subject)))
    case .adjusted:
      let proposal = proposals[row.subject]
      return Entry(
        sequence: proposal.confirmSequence, time: proposal.confirmTime,
        amount: Money(minorUnits: proposal.amount, currency: currency), kind: .adjustment(proposalID(row.subject)))
    case .released, .releasedPoints:
      let event = events[row.subject]
      let amount =
        row.kind == .released ? withdrawals[event.withdrawal].amount : screenings[event.withdrawal].points
      return Entry(
        sequence: event.sequence, time: event.time, amount: Money(minorUnits: amount, currency: currency),
        kind: .withdrawalReleased(withdrawalID(event.withdrawal)))
    case .feeRefunded:
      let attempt = attempts[row.subject]
      return Entry(
        sequence: attempt.updateSequence, time: attempt.updateTime,
        amount: Money(minorUnits: attempt.refund, currency: currency),
        kind: .feeRefunded(withdrawalID(attempt.withdrawal)))
    case .returned, .feeRefundedLater:
      let aftermath = aftermaths[row.subject]
      let id = withdrawalID(attempts[aftermath.attempt].withdrawal)
      let isReturn = row.kind == .returned
      return Entry(
        sequence: aftermath.sequence, time: aftermath.time,
        amount: Money(minorUnits: isReturn ? aftermath.toAgent : aftermath.refund, currency: currency),
        kind: isReturn ? .withdrawalReturned(id) : .feeRefunded(id))
    case .awarded:
      let appeal = appeals[row.subject]
      return Entry(
        sequence: appeal.resolveSequence, time: appeal.resolveTime,
        amount: Money(minorUnits: appeal.awarded, currency: currency), kind: .appealAwarded(appealID(row.subject)))
    case .funded, .reserved, .unreserved, .settled, .strayed, .strayReturned, .tookPoints, .disputed, .disputeRejected:
      // No agent's list has one: `addHiddenEntry` links them nowhere.
      preconditionFailure("an entry that no agent sees")
    }
  }
}
