/// All that the ledger knows: a pure value that commands are decided against and records are applied to.
///
///     decide(command, rules, now) -> record      reads only
///     evolve(record, sequence, time)             the one way to change it; no rules, clock, randomness or I/O
///     answer(query)                              reads only
///
/// Everything lives in append-only tables addressed by dense ordinals, and lists are links inside those tables. Looking a
/// withdrawal up by its id is an index. Strings are stored once. Nothing is ever moved to make room.
///
/// It cannot be copied: one owner at a time, which is what makes its unsafe memory sound, also when ownership passes from
/// one thread to another.
package struct LedgerState: ~Copyable, Sendable {
  /// Which run of ids new withdrawals get; +1 at every restore from a backup.
  package let epoch: UInt8
  package let shard: UInt8
  /// Of the last record applied; 0 before the first.
  package internal(set) var lastSequence: UInt64 = 0
  package internal(set) var lastTime = Timestamp(microseconds: 0)

  let hash: KeyedHash
  var labels = LabelArena()

  var partners = Column<PartnerRow>()
  /// By namespace, counted from 1 for staff: namespace n has meter n + 1.
  var refusalMeters = Column<RefusalMeter>()
  var agents = Column<AgentRow>()
  var accounts = Column<AccountRow>()
  var books = Column<BookRow>()
  var deposits = Column<DepositRow>()
  var withdrawals = Column<WithdrawalRow>()
  var events = Column<EventRow>()
  var entries = Column<EntryRow>()
  var refusals = Column<RefusalRow>()
  var requests = Column<RequestRow>()

  var partnerIndex = ShardedIndex()
  /// By partner and agent.
  var agentIndex = ShardedIndex()
  /// By partner and external reference.
  var depositIndex = ShardedIndex()
  /// By namespace and request id.
  var requestIndex = ShardedIndex()

  package init(epoch: UInt8, shard: UInt8, hashSeed: HashSeed) {
    self.epoch = epoch
    self.shard = shard
    hash = KeyedHash(seed: hashSeed)
    refusalMeters.append(RefusalMeter())
  }

  package var withdrawalCount: UInt64 { withdrawals.count }
  package var agentCount: UInt64 { agents.count }
  package var requestCount: UInt64 { requests.count }
}

/// The namespace of request ids that staff share.
let staffNamespace: UInt64 = 0

extension LedgerState {
  /// 0 when nothing of the partner was ever recorded.
  func findPartner(_ label: Label) -> UInt64 {
    partnerIndex.find(hash(0, label)) { labels.holds(label, at: partners[$0].label) }
  }

  func findAgent(partner: UInt64, _ label: Label) -> UInt64 {
    guard partner != 0 else { return 0 }
    return agentIndex.find(hash(partner, label)) { ordinal in
      let row = agents[ordinal]
      return row.partner == partner && labels.holds(label, at: row.label)
    }
  }

  func findDeposit(partner: UInt64, externalReference label: Label) -> UInt64 {
    depositIndex.find(hash(partner, label)) { ordinal in
      let row = deposits[ordinal]
      return labels.holds(label, at: row.externalReference) && agents[accounts[row.account].agent].partner == partner
    }
  }

  /// nil when nothing was ever recorded in it.
  func findNamespace(_ namespace: Namespace) -> UInt64? {
    switch namespace {
    case .staff: return staffNamespace
    case .partner(let label):
      let partner = findPartner(label)
      return partner == 0 ? nil : partner
    }
  }

  func findRequest(_ namespace: Namespace, _ id: Label) -> UInt64 {
    guard let namespace = findNamespace(namespace) else { return 0 }
    return findRequest(namespace, id)
  }

  @inline(__always)
  func findRequest(_ namespace: UInt64, _ id: Label) -> UInt64 {
    requestIndex.find(hash(namespace, id)) { ordinal in
      let row = requests[ordinal]
      return row.namespace == namespace && labels.holds(id, at: row.id)
    }
  }

  /// Few currencies, so a walk; 0 when nothing was ever booked in it.
  func findBook(_ currency: Currency) -> UInt64 {
    var ordinal: UInt64 = 1
    while ordinal <= books.count {
      if books[ordinal].currency == currency { return ordinal }
      ordinal += 1
    }
    return 0
  }

  func findAccount(agent: UInt64, book: UInt64) -> UInt64 {
    var ordinal = agents[agent].firstAccount
    while ordinal != 0 {
      let row = accounts[ordinal]
      if row.book == book { return ordinal }
      ordinal = row.nextOfAgent
    }
    return 0
  }

  /// Ordinal of a withdrawal that exists and lies in the scope; nil otherwise, whatever the reason.
  func findWithdrawal(_ id: WithdrawalID, in scope: Scope) -> UInt64? {
    guard id.shard == shard, withdrawals.contains(id.ordinal) else { return nil }
    let row = withdrawals[id.ordinal]
    guard row.epoch == id.epoch else { return nil }
    switch scope {
    case .all: return id.ordinal
    case .partner(let label):
      return labels.holds(label, at: partners[agents[accounts[row.account].agent].partner].label) ? id.ordinal : nil
    }
  }

  func withdrawalID(_ ordinal: UInt64) -> WithdrawalID {
    WithdrawalID(epoch: withdrawals[ordinal].epoch, shard: shard, ordinal: ordinal)
  }

  /// The account's balances and the currency's books, zeros where nothing was ever booked.
  func balances(agent: UInt64, _ currency: Currency) -> (account: Balances, book: BookRow) {
    let book = findBook(currency)
    guard book != 0 else { return (Balances(), BookRow(currency: currency)) }
    let account = findAccount(agent: agent, book: book)
    return (account == 0 ? Balances() : accounts[account].balances, books[book])
  }
}
