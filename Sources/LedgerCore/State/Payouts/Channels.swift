internal import Digests

// Channels as the ledger knows them: what staff lets them do, and our money there.
extension LedgerState {
  /// 0 when nothing was ever recorded of it. Few channels, so a walk.
  func findChannel(_ label: Label) -> UInt64 {
    for ordinal in channels.ordinals where labels.holds(label, at: channels[ordinal].label) { return ordinal }
    return 0
  }

  /// 0 where nothing was ever booked.
  func findFloat(channel: UInt64, book: UInt64) -> UInt64 {
    for ordinal in floats.ordinals where floats[ordinal].channel == channel && floats[ordinal].book == book {
      return ordinal
    }
    return 0
  }

  mutating func internChannel(_ label: Label) -> UInt64 {
    let known = findChannel(label)
    return known != 0 ? known : channels.append(ChannelRow(label: labels.append(label)))
  }

  mutating func openFloat(channel: UInt64, book: UInt64) -> UInt64 {
    let known = findFloat(channel: channel, book: book)
    return known != 0 ? known : floats.append(FloatRow(channel: channel, book: book))
  }

  func decide(_ command: SetChannelState, _ policy: any Policy, _ time: Timestamp) -> Decision {
    if let known = decideKnown(command.key, findPlace(command.key.namespace, command.key.id)) { return known }
    let channel = findChannel(command.channel)
    guard command.key.caller.person != nil,
      channel == 0 ? command.state != .enabled : channels[channel].state != command.state
    else {
      return .rejected(.nothingToChange)
    }
    return .record(
      .channelStateSet(
        ChannelStateSet(
          key: command.key, channel: command.channel, state: command.state, reason: command.reason)))
  }

  func decide(_ command: FundChannel, _ policy: any Policy, _ time: Timestamp) -> Decision {
    if let known = decideKnown(command.key, findPlace(command.key.namespace, command.key.id)) { return known }
    let amount = command.amount
    guard command.key.caller.person != nil else { return .rejected(.nothingToChange) }
    guard amount.currency != .points, policy.acceptsPayout(in: amount.currency) else {
      return .rejected(.currencyNotSupported(amount.currency))
    }
    guard amount.minorUnits != 0, amount.minorUnits != .min else { return .rejected(.amountNotPositive) }
    let book = findBook(amount.currency)
    let channel = findChannel(command.channel)
    let available = fundable(amount.minorUnits, book: book, channel: channel)
    guard Int64(clamping: amount.minorUnits.magnitude) <= available else {
      // A refusal is about a partner's things, and this is about nobody's.
      return .rejected(.channelFloatShort(available: available))
    }
    // What goes to and fro adds up on both sides.
    let float = channel == 0 ? 0 : findFloat(channel: channel, book: book)
    guard
      book == 0
        || PayoutMovement.fund(amount.minorUnits).applied(to: accounts(account: 0, float: float, book: book)) != nil
    else { return .rejected(.balanceOverflow) }
    return .record(
      .channelFunded(
        ChannelFunded(key: command.key, channel: command.channel, amount: amount, reference: command.reference)))
  }

  /// What may be moved at most, minor units: to a channel what custody holds, back from it what is free there.
  private func fundable(_ amount: Int64, book: UInt64, channel: UInt64) -> Int64 {
    guard book != 0 else { return 0 }
    if amount > 0 {
      let custody = books[book].custody
      return max(0, custody.debitsPosted - custody.creditsPosted)
    }
    let float = channel == 0 ? 0 : findFloat(channel: channel, book: book)
    return float == 0 ? 0 : floats[float].available
  }

  mutating func evolve(_ fact: ChannelStateSet, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let key = try requireNew(fact.key, .none, 0)
    guard fact.key.caller.person != nil else { throw .channel(fact.channel) }

    let channel = internChannel(fact.channel)
    let reason = labels.append(fact.reason)
    channels.update(channel) {
      $0.state = fact.state
      $0.reason = reason
      $0.lastSequence = moment.sequence
    }
    return keep(fact.key, labels.append(fact.key.id), at: key, .channelChanged, subject: channel)
  }

  mutating func evolve(_ fact: ChannelFunded, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let key = try requireNew(fact.key, .none, 0)
    let amount = fact.amount.minorUnits
    let book = findBook(fact.amount.currency)
    guard fact.key.caller.person != nil, book != 0, amount != 0, amount != .min,
      Int64(clamping: amount.magnitude) <= fundable(amount, book: book, channel: findChannel(fact.channel))
    else { throw .channel(fact.channel) }
    let known = findChannel(fact.channel)
    let place = known == 0 ? 0 : findFloat(channel: known, book: book)
    let movement = PayoutMovement.fund(amount)
    guard movement.applied(to: accounts(account: 0, float: place, book: book)) != nil else { throw .balanceOutOfRange }

    let channel = internChannel(fact.channel)
    let float = openFloat(channel: channel, book: book)
    move(movement, account: 0, float: float, book: book, moment)
    channels.update(channel) { $0.lastSequence = moment.sequence }
    let funding = fundings.append(
      FundingRow(
        float: float, amount: amount, reference: labels.append(fact.reference), time: moment.time,
        sequence: moment.sequence))
    addHiddenEntry(.funded, subject: funding)
    return keep(fact.key, labels.append(fact.key.id), at: key, .channelChanged, subject: channel)
  }
}

// What moves money for payouts.
extension LedgerState {
  /// - Parameters: ordinals; 0 is an account without anything on it, which the movement then does not touch.
  func accounts(account: UInt64, float: UInt64, book: UInt64) -> PayoutMovement.Accounts {
    PayoutMovement.Accounts(
      agent: account == 0 ? Balances() : accounts[account].balances,
      float: float == 0 ? FloatRow(channel: 0, book: book) : floats[float], book: books[book])
  }

  /// That it can be applied was checked before.
  mutating func move(
    _ movement: PayoutMovement, account: UInt64, float: UInt64, book: UInt64, _ moment: Moment
  ) {
    guard let after = movement.applied(to: accounts(account: account, float: float, book: book)) else {
      // A fault in this program: whoever moves has looked. Stopping is better than money that is nowhere.
      preconditionFailure("a movement that was not checked")
    }
    // As for every movement.
    precondition(after.book.isBalanced, "debits and credits differ")
    precondition(after.book.clearing.creditsPosted == after.book.clearing.debitsPosted, "clearing keeps money")
    if account != 0, movement.touchesAgent {
      accounts.update(account) {
        $0.balances = after.agent
        $0.lastSequence = moment.sequence
      }
    }
    if float != 0 { floats.update(float) { $0 = after.float } }
    books.update(book) { $0 = after.book }
  }

  /// An entry that no agent sees: it is there for whoever books everything anew.
  mutating func addHiddenEntry(_ kind: EntryRow.Kind, subject: UInt64) {
    entries.append(EntryRow(kind, subject: subject, previousOfAgent: 0))
  }
}

extension PayoutMovement {
  /// Whether it changes the agent's own account.
  var touchesAgent: Bool {
    switch self {
    case .settle, .refundFee, .giveBack: true
    case .fund, .reserve, .unreserve, .stray, .strayBack: false
    }
  }
}

// Channels as callers know them.
extension LedgerState {
  func channelStanding(_ channel: UInt64) -> ChannelStanding {
    let row = channels[channel]
    let own = floats.ordinals.filter { floats[$0].channel == channel }.map { float in
      let row = floats[float]
      return FloatStanding(
        currency: books[row.book].currency, debitsPosted: row.balances.debitsPosted,
        creditsPending: row.balances.creditsPending, creditsPosted: row.balances.creditsPosted,
        feesPosted: row.fees.debitsPosted)
    }
    return ChannelStanding(
      channel: labels.label(row.label), state: row.state, reason: labels.label(row.reason), floats: own,
      lastSequence: row.lastSequence)
  }
}
