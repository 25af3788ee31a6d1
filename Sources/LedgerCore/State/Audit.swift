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

    for ordinal in entries.ordinals {
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
      guard found.clearing.creditsPosted == 0, found.clearing.debitsPosted == 0, found.clearing.debitsPending == 0
      else { throw .clearingPosted(found.currency) }
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
    case .released:
      let event = events[entry.subject]
      let row = withdrawals[event.withdrawal]
      return (.release(net: row.amount - row.fee, fee: row.fee), event.sequence)
    }
  }

  private func name(_ account: AccountRow) -> Label { labels.label(agents[account.agent].label) }
}
