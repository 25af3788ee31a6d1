/// A rule of bookkeeping that the state breaks. Every one of them means a fault in this program or in the memory under it.
package enum BrokenInvariant: Error, Hashable, Sendable {
  /// Debits and credits of a currency differ, posted or pending.
  case unbalanced(Currency)
  /// An agent's debits exceed its posted credits, or a sum is negative.
  case belowFloor(agent: Label, Currency)
  /// An account differs from the replay of its postings.
  case balanceDiffers(agent: Label, Currency)
  /// An account of the house differs from the replay of its postings.
  case houseDiffers(HouseAccount, Currency)
  /// payout:clearing keeps posted money.
  case clearingPosted(Currency)
  /// The replay of the postings leaves 64 bits.
  case outOfRange(Currency)

  package enum HouseAccount: Hashable, Sendable {
    case custody
    case clearing
    case feeIncome
    case suspense
    case agents
    case floats
    case channelFees
    case disputed
  }
}

extension LedgerState {
  /// Books every entry anew and compares. Takes time and memory in proportion to the entries and accounts.
  package func audit() throws(BrokenInvariant) {
    var replayed = [AccountRow]()
    for ordinal in accounts.ordinals {
      replayed.append(AccountRow(agent: accounts[ordinal].agent, book: accounts[ordinal].book))
    }
    var house = [BookRow]()
    for ordinal in books.ordinals { house.append(BookRow(currency: books[ordinal].currency)) }

    var channels = floats.ordinals.map { FloatRow(channel: floats[$0].channel, book: floats[$0].book) }

    for ordinal in entries.ordinals {
      if let (movement, place, sequence) = payoutMovement(ofEntry: ordinal) {
        let account = Int(place.account) - 1
        let (float, book) = (Int(place.float) - 1, Int(place.book) - 1)
        let before = PayoutMovement.Accounts(
          agent: account < 0 ? Balances() : replayed[account].balances, float: channels[float], book: house[book])
        guard let after = movement.applied(to: before) else { throw .outOfRange(house[book].currency) }
        channels[float] = after.float
        house[book] = after.book
        guard account >= 0, movement.touchesAgent else { continue }
        replayed[account].balances = after.agent
        replayed[account].lastSequence = sequence
        continue
      }
      let (movement, sequence) = movement(ofEntry: ordinal)
      let account = Int(self.account(ofEntry: ordinal)) - 1
      let book = Int(replayed[account].book) - 1
      switch movement.obstacle(account: replayed[account].balances, book: house[book]) {
      case .none: break
      case .outOfRange: throw .outOfRange(house[book].currency)
      case .belowFloor: throw .belowFloor(agent: name(replayed[account]), house[book].currency)
      }
      movement.apply(to: &replayed[account].balances)
      movement.apply(to: &house[book])
      replayed[account].lastSequence = sequence
    }
    try compare(replayed, house)
    try compare(channels)
  }

  private func compare(_ replayed: [AccountRow], _ house: [BookRow]) throws(BrokenInvariant) {
    for ordinal in accounts.ordinals {
      let (found, expected) = (accounts[ordinal], replayed[Int(ordinal) - 1])
      let currency = books[found.book].currency
      guard found.balances == expected.balances, found.lastSequence == expected.lastSequence else {
        throw .balanceDiffers(agent: name(found), currency)
      }
      guard found.balances.available != nil else { throw .belowFloor(agent: name(found), currency) }
    }
    for ordinal in books.ordinals {
      let (found, expected) = (books[ordinal], house[Int(ordinal) - 1])
      guard found.isBalanced else { throw .unbalanced(found.currency) }
      guard found.custody == expected.custody else { throw .houseDiffers(.custody, found.currency) }
      guard found.clearing == expected.clearing else { throw .houseDiffers(.clearing, found.currency) }
      guard found.feeIncome == expected.feeIncome else { throw .houseDiffers(.feeIncome, found.currency) }
      guard found.suspense == expected.suspense else { throw .houseDiffers(.suspense, found.currency) }
      guard found.agents == expected.agents else { throw .houseDiffers(.agents, found.currency) }
      guard found.floats == expected.floats else { throw .houseDiffers(.floats, found.currency) }
      guard found.channelFees == expected.channelFees else { throw .houseDiffers(.channelFees, found.currency) }
      guard found.disputed == expected.disputed else { throw .houseDiffers(.disputed, found.currency) }
      guard found.clearing.creditsPosted == found.clearing.debitsPosted else { throw .clearingPosted(found.currency) }
    }
  }

  private func compare(_ replayed: [FloatRow]) throws(BrokenInvariant) {
    for ordinal in floats.ordinals {
      let (found, expected) = (floats[ordinal], replayed[Int(ordinal) - 1])
      guard found.balances == expected.balances, found.fees == expected.fees else {
        throw .houseDiffers(.floats, books[found.book].currency)
      }
    }
  }

  /// What an entry about channels and attempts moves, and where; nil for all others.
  private func payoutMovement(
    ofEntry ordinal: UInt64
  ) -> (PayoutMovement, AttemptPlace, sequence: UInt64)? {
    let entry = entries[ordinal]
    switch entry.kind {
    case .funded:
      let funding = fundings[entry.subject]
      let place = AttemptPlace(account: 0, float: funding.float, book: floats[funding.float].book)
      return (.fund(funding.amount), place, funding.sequence)
    case .reserved, .unreserved, .settled, .feeRefunded:
      let attempt = attempts[entry.subject]
      let row = withdrawals[attempt.withdrawal]
      let net = row.amount - row.fee
      let movement: PayoutMovement =
        switch entry.kind {
        case .reserved: .reserve(net: net, fee: attempt.reservedFee)
        case .unreserved: .unreserve(net: net, fee: attempt.reservedFee)
        case .feeRefunded: .refundFee(attempt.refund)
        default:  // .settled: the outer switch lets no other through
          .settle(
            PayoutMovement.Settlement(
              net: net, fee: row.fee, reservedChannelFee: attempt.reservedFee, paid: attempt.paid,
              channelFee: attempt.channelFee))
        }
      return (movement, place(ofAttempt: entry.subject), attempt.updateSequence)
    case .returned, .strayed, .strayReturned, .feeRefundedLater:
      let aftermath = aftermaths[entry.subject]
      let movement: PayoutMovement =
        switch entry.kind {
        case .returned: .giveBack(ReturnFigures(cameBack: aftermath.amount, toAgent: aftermath.toAgent))
        case .strayed: .stray(StrayFigures(paid: aftermath.amount, channelFee: aftermath.channelFee))
        case .strayReturned: .strayBack(aftermath.amount)
        default: .refundFee(aftermath.refund)  // .feeRefundedLater: the outer switch lets no other through
        }
      return (movement, place(ofAttempt: aftermath.attempt), aftermath.sequence)
    case .deposit, .held, .released, .heldPoints, .releasedPoints, .adjusted, .tookPoints, .disputed, .awarded,
      .disputeRejected:
      return nil
    }
  }

  private func movement(ofEntry ordinal: UInt64) -> (Movement, sequence: UInt64) {
    let entry = entries[ordinal]
    switch entry.kind {
    case .deposit: return (.deposit(deposits[entry.subject].amount), deposits[entry.subject].sequence)
    case .held:
      let row = withdrawals[entry.subject]
      return (.hold(net: row.amount - row.fee, fee: row.fee), row.createSequence)
    case .adjusted:
      let proposal = proposals[entry.subject]
      return (.adjustment(proposal.amount), proposal.confirmSequence)
    case .heldPoints:
      return (.holdPoints(screenings[entry.subject].points), withdrawals[entry.subject].createSequence)
    case .releasedPoints:
      let event = events[entry.subject]
      return (.releasePoints(screenings[event.withdrawal].points), event.sequence)
    case .tookPoints:
      let attempt = attempts[entry.subject]
      return (.takePoints(screenings[attempt.withdrawal].points), attempt.updateSequence)
    case .disputed:
      let appeal = appeals[entry.subject]
      return (.freeze(appeal.disputed), appeal.createSequence)
    case .awarded, .disputeRejected:
      let appeal = appeals[entry.subject]
      return (.award(appeal.awarded, of: appeal.disputed), appeal.resolveSequence)
    case .funded, .reserved, .unreserved, .settled, .feeRefunded, .returned, .strayed, .strayReturned,
      .feeRefundedLater:
      // Told by `payoutMovement`, which is asked first.
      preconditionFailure("an entry about a payout")
    case .released:
      let event = events[entry.subject]
      let row = withdrawals[event.withdrawal]
      return (.release(net: row.amount - row.fee, fee: row.fee), event.sequence)
    }
  }

  private func name(_ account: AccountRow) -> Label { labels.label(agents[account.agent].label) }
}
