package import Digests

/// All that the ledger knows: a pure value that commands are decided against and records are applied to.
///
///     decide(command, policy, now) -> record     reads only
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
  /// What approvals and confirmations are bound to, among others.
  package let ledgerID: Fingerprint128
  /// Of the last record applied; 0 before the first.
  package internal(set) var lastSequence: UInt64 = 0
  package internal(set) var lastTime = Timestamp(microseconds: 0)

  let hash: KeyedHash
  var labels = LabelArena()
  var sealed = SealedArena()

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
  /// By agent ordinal.
  var standings = Column<StandingRow>()
  var payees = Column<PayeeRow>()
  /// By withdrawal ordinal.
  var screenings = Column<ScreeningRow>()
  /// By agent ordinal.
  var profiles = Column<AgentProfile>()
  var links: LinkTable
  var lists: ListBook
  var reviews: ReviewTable
  var proposals = Column<ProposalRow>()
  var reveals = Column<RevealRow>()
  var listChanges = Column<ListChangeRow>()
  var rulesLog = Column<RulesRow>()
  var channels = Column<ChannelRow>()
  var floats = Column<FloatRow>()
  var fundings = Column<FundingRow>()
  var attempts = Column<AttemptRow>()
  var aftermaths = Column<AftermathRow>()
  var confirmations = ConfirmationTable()
  var appeals = Column<AppealRow>()
  var evidence = Column<EvidenceRow>()
  /// By withdrawal ordinal.
  var payouts = PayoutTable()
  /// Withdrawals by raw value of their state.
  var stateCounts = InlineArray<16, UInt64>(repeating: 0)

  var partnerIndex = ShardedIndex()
  /// By partner and agent.
  var agentIndex = ShardedIndex()
  /// By partner and external reference.
  var depositIndex = ShardedIndex()
  /// By namespace and request id.
  var requestIndex = ShardedIndex()
  /// By keyed hash of the number: the first account that had it.
  var payeeIndex = ShardedIndex()
  /// By withdrawal: the first appeal about it.
  var appealIndex = ShardedIndex()

  package init(
    epoch: UInt8, shard: UInt8, ledgerID: Fingerprint128 = Fingerprint128(), hashSeed: HashSeed
  ) {
    self.epoch = epoch
    self.shard = shard
    self.ledgerID = ledgerID
    hash = KeyedHash(seed: hashSeed)
    links = LinkTable(hash: hash)
    lists = ListBook(hash: hash)
    reviews = ReviewTable(hash: hash)
    refusalMeters.append(RefusalMeter())
  }

  package var withdrawalCount: UInt64 { withdrawals.count }
  package var agentCount: UInt64 { agents.count }
  package var requestCount: UInt64 { requests.count }
}

/// The namespace of request ids that staff share.
let staffNamespace: UInt64 = 0

/// A currency's book and an agent's account in it, by ordinal; 0 is none yet.
struct MoneyPlace {
  var book: UInt64
  var account: UInt64
}

/// A request's namespace, and the hash that its key is found by.
struct RequestPlace {
  var namespace: UInt64
  var hash: UInt64
}

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

  /// Where a request's key is kept: nil when nothing was ever recorded in its namespace.
  func findPlace(_ namespace: Namespace, _ id: Label) -> RequestPlace? {
    guard let namespace = findNamespace(namespace) else { return nil }
    return RequestPlace(namespace: namespace, hash: hash(namespace, id))
  }

  /// The same, when the partner it is about was looked up already: most requests come from that partner.
  /// - Parameter known: the ordinal of `partner`, 0 when it has none yet.
  @inline(__always)
  func findPlace(_ key: RequestKey, _ partner: Label, _ known: UInt64) -> RequestPlace? {
    switch key.namespace {
    case .partner(let label) where label == partner:
      known == 0 ? nil : RequestPlace(namespace: known, hash: hash(known, key.id))
    case .partner, .staff: findPlace(key.namespace, key.id)
    }
  }

  func findRequest(_ place: RequestPlace, _ id: Label) -> UInt64 {
    requestIndex.find(place.hash) { ordinal in
      let row = requests[ordinal]
      return row.namespace == place.namespace && labels.holds(id, at: row.id)
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

  /// Ordinals of the currency's book and of the agent's account in it; 0 where nothing was ever booked.
  @inline(__always)
  func findMoney(agent: UInt64, _ currency: Currency) -> MoneyPlace {
    let book = findBook(currency)
    return MoneyPlace(book: book, account: book == 0 ? 0 : findAccount(agent: agent, book: book))
  }

  /// Nothing booked yet is zero.
  @inline(__always)
  func obstacle(_ movement: Movement, _ place: MoneyPlace) -> Movement.Obstacle {
    movement.obstacle(
      account: place.account == 0 ? Balances() : accounts[place.account].balances,
      book: place.book == 0 ? BookRow(currency: Currency(code: 0)) : books[place.book])
  }
}
