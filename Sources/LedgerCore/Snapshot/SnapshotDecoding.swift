package import Digests

extension LedgerState {
  /// The state that a snapshot holds. Nothing in the bytes is believed: every reference, number, order and sum is checked,
  /// and memory is taken only as rows arrive.
  ///
  /// - Parameters:
  ///   - epoch: of the ids to come; no id in the snapshot may be of a later one.
  ///   - expectedHash: the state hash it must have; nil takes any.
  ///   - source: fills the buffer from its start, returns how many bytes, 0 at the end.
  /// - Throws: `SnapshotDefect`, or what the source throws.
  package init(
    epoch: UInt8, shard: UInt8, ledgerID: Fingerprint128 = Fingerprint128(), hashSeed: HashSeed,
    expectedHash: Digest256? = nil,
    snapshot source: (UnsafeMutableRawBufferPointer) throws -> Int
  ) throws {
    self.init(epoch: epoch, shard: shard, ledgerID: ledgerID, hashSeed: hashSeed)
    // The reader keeps the source only until the end of this closure.
    try withoutActuallyEscaping(source) { source in
      var input = SnapshotReader(source)
      let version = try readHeader(&input)
      try readNames(&input)
      try readBooks(&input, version)
      try readAgents(&input)
      try readAccounts(&input)
      try readDeposits(&input)
      try readWithdrawals(&input)
      try readEvents(&input)
      try readEntries(&input)
      try readRefusals(&input)
      try readRequests(&input)
      if version > SnapshotFormat.firstVersion {
        try readScreening(&input)
        try readRisk(&input)
        try readReviews(&input)
        try readProposals(&input)
        try readLogs(&input)
      } else {
        addNoScreening()
      }
      if version >= SnapshotFormat.versionWithPayouts {
        try readPayouts(&input, version)
        if version >= SnapshotFormat.versionWithConfirmations { try readConfirmations(&input) }
        try readAppeals(&input)
      } else {
        for _ in withdrawals.ordinals { payouts.append() }
      }
      guard try input.begin(.end) == 0 else { throw input.contradiction("the end has rows") }
      try input.expectEnd()
      try connect(input)
      do throws(BrokenInvariant) { try audit() } catch {
        throw SnapshotDefect(.invariant(error), at: input.offset)
      }
      if let expectedHash {
        let found = input.stateHash()
        guard found == expectedHash else {
          throw SnapshotDefect(.stateHash(expected: expectedHash, found: found), at: input.offset)
        }
      }
    }
  }

  /// Returns the version.
  private mutating func readHeader(_ input: inout SnapshotReader) throws -> UInt32 {
    let magic = try input.row { row throws(CodecError) in try row.read(UInt64.self) }
    guard magic == SnapshotFormat.magic else { throw SnapshotDefect(.notASnapshot, at: 0) }
    let version = try input.row { row throws(CodecError) in try row.read(UInt32.self) }
    guard (SnapshotFormat.firstVersion...SnapshotFormat.version).contains(version) else {
      throw SnapshotDefect(.unknownVersion(version), at: 8)
    }
    let header = try input.row { row throws(CodecError) in
      (shard: try row.read(UInt8.self), sequence: try row.read(UInt64.self), time: try row.readTime())
    }
    guard header.shard == shard else {
      throw SnapshotDefect(.shard(expected: shard, found: header.shard), at: input.offset)
    }
    guard header.time.microseconds >= 0 else { throw input.contradiction("the last record is older than 1970") }
    lastSequence = header.sequence
    lastTime = header.time
    return version
  }

  private mutating func readNames(_ input: inout SnapshotReader) throws {
    for _ in 0..<(try input.begin(.partners)) {
      let label = try input.row { row throws(CodecError) in try row.readLabel() }
      guard findPartner(label) == 0 else { throw input.contradiction("a partner twice") }
      _ = internPartner(label)
    }
    guard try input.begin(.meters) == partners.count + 1 else { throw input.contradiction("not a meter per namespace") }
    for ordinal in refusalMeters.ordinals {
      let (window, count) = try input.row { row throws(CodecError) in
        (try row.read(Int64.self), try row.read(Int64.self))
      }
      guard window >= 0, window <= RefusalMeter.window(at: lastTime), count >= 0 else {
        throw input.contradiction("a refusal meter out of range")
      }
      refusalMeters.update(ordinal) { $0 = RefusalMeter(window: window, count: count) }
    }
  }

  private mutating func readBooks(_ input: inout SnapshotReader, _ version: UInt32) throws {
    for _ in 0..<(try input.begin(.books)) {
      let book = try input.row { row throws(CodecError) in
        BookRow(
          currency: try row.readCurrency(), custody: try row.readBalances(), clearing: try row.readBalances(),
          feeIncome: try row.readBalances(),
          suspense: version > SnapshotFormat.firstVersion ? try row.readBalances() : Balances())
      }
      guard findBook(book.currency) == 0 else { throw input.contradiction("a currency twice") }
      books.append(book)
    }
  }

  private mutating func readAgents(_ input: inout SnapshotReader) throws {
    var moments = Moments(upTo: lastSequence, lastTime)
    for _ in 0..<(try input.begin(.agents)) {
      let (partner, label, time, sequence) = try input.row { row throws(CodecError) in
        (try row.read(UInt64.self), try row.readLabel(), try row.readTime(), try row.read(UInt64.self))
      }
      guard partners.contains(partner) else { throw input.contradiction("an agent of no partner") }
      guard findAgent(partner: partner, label) == 0 else { throw input.contradiction("an agent twice") }
      guard moments.follows(sequence, time) else { throw input.contradiction("an agent out of order") }
      _ = addAgent(
        AgentRow(partner: partner, label: labels.append(label), createTime: time, createSequence: sequence), label)
    }
  }

  private mutating func readAccounts(_ input: inout SnapshotReader) throws {
    for _ in 0..<(try input.begin(.accounts)) {
      let (agent, book, balances, sequence) = try input.row { row throws(CodecError) in
        (
          try row.read(UInt64.self), try row.read(UInt64.self), try row.readBalances(), try row.read(UInt64.self)
        )
      }
      guard agents.contains(agent), books.contains(book) else { throw input.contradiction("an account of nobody") }
      guard findAccount(agent: agent, book: book) == 0 else { throw input.contradiction("an account twice") }
      guard sequence <= lastSequence else { throw input.contradiction("an account from the future") }
      guard let sum = books[book].agents.adding(balances) else { throw input.contradiction("accounts beyond 64 bits") }
      let account = openAccount(agent: agent, books[book].currency)
      accounts.update(account) {
        $0.balances = balances
        $0.lastSequence = sequence
      }
      books.update(book) { $0.agents = sum }
    }
  }

  private mutating func readDeposits(_ input: inout SnapshotReader) throws {
    var moments = Moments(upTo: lastSequence, lastTime)
    for _ in 0..<(try input.begin(.deposits)) {
      let (account, amount, reference, time, sequence) = try input.row { row throws(CodecError) in
        (
          try row.read(UInt64.self), try row.read(Int64.self), try row.readLabel(), try row.readTime(),
          try row.read(UInt64.self)
        )
      }
      guard accounts.contains(account) else { throw input.contradiction("a deposit to no account") }
      let partner = agents[accounts[account].agent].partner
      guard findDeposit(partner: partner, externalReference: reference) == 0 else {
        throw input.contradiction("an external reference twice")
      }
      guard amount > 0 else { throw input.contradiction("a deposit of nothing") }
      guard moments.follows(sequence, time) else { throw input.contradiction("a deposit out of order") }
      let deposit = deposits.append(
        DepositRow(
          account: account, amount: amount, externalReference: labels.append(reference), time: time,
          sequence: sequence))
      depositIndex.insert(hash(partner, reference), deposit)
    }
  }

  private mutating func readWithdrawals(_ input: inout SnapshotReader) throws {
    var moments = Moments(upTo: lastSequence, lastTime)
    var newestEpoch: UInt8 = 0
    // Until `readRequests` gives each its own.
    let noRequest = labels.append(.none)
    for _ in 0..<(try input.begin(.withdrawals)) {
      let (account, rowEpoch, state, amount, fee) = try input.row { row throws(CodecError) in
        (
          try row.read(UInt64.self), try row.read(UInt8.self), try row.readState(), try row.read(Int64.self),
          try row.read(Int64.self)
        )
      }
      let (time, sequence, payee) = try input.row { row throws(CodecError) in
        (try row.readTime(), try row.read(UInt64.self), try row.readLabel())
      }
      guard accounts.contains(account) else { throw input.contradiction("a withdrawal from no account") }
      guard rowEpoch >= newestEpoch, rowEpoch <= epoch else { throw input.contradiction("a withdrawal's epoch") }
      guard Self.isEnteredAtOnce(state) else { throw input.contradiction("a withdrawal's first state") }
      guard amount > 0, fee >= 0, fee <= amount else { throw input.contradiction("a withdrawal's amount") }
      guard moments.follows(sequence, time) else { throw input.contradiction("a withdrawal out of order") }
      newestEpoch = rowEpoch
      let agent = accounts[account].agent
      let partner = agents[agent].partner
      let ordinal = withdrawals.append(
        WithdrawalRow(
          account: account, epoch: rowEpoch, firstState: state, amount: amount, fee: fee, createTime: time,
          createSequence: sequence, payee: labels.append(payee), requestID: noRequest,
          previousOfAgent: agents[agent].newestWithdrawal, previousOfPartner: partners[partner].newestWithdrawal))
      agents.update(agent) { $0.newestWithdrawal = ordinal }
      partners.update(partner) { $0.newestWithdrawal = ordinal }
    }
  }

  private mutating func readEvents(_ input: inout SnapshotReader) throws {
    var moments = Moments(upTo: lastSequence, lastTime)
    for _ in 0..<(try input.begin(.events)) {
      let (withdrawal, state, time, sequence) = try input.row { row throws(CodecError) in
        (try row.read(UInt64.self), try row.readState(), try row.readTime(), try row.read(UInt64.self))
      }
      guard withdrawals.contains(withdrawal) else { throw input.contradiction("an event of no withdrawal") }
      guard Self.isTransition(from: withdrawals[withdrawal].state, to: state) else {
        throw input.contradiction("an event that its withdrawal's state does not allow")
      }
      guard sequence > withdrawals[withdrawal].createSequence, moments.follows(sequence, time) else {
        throw input.contradiction("an event out of order")
      }
      _ = addEvent(EventRow(withdrawal: withdrawal, state: state, time: time, sequence: sequence))
    }
  }
}

/// Sequences rise strictly, times never fall, and neither goes beyond the last record's.
struct Moments {
  private let lastSequence: UInt64
  private let lastTime: Timestamp
  private var sequence: UInt64 = 0
  private var time = Timestamp(microseconds: 0)

  init(upTo lastSequence: UInt64, _ lastTime: Timestamp) {
    self.lastSequence = lastSequence
    self.lastTime = lastTime
  }

  mutating func follows(_ newSequence: UInt64, _ newTime: Timestamp) -> Bool {
    guard newSequence > sequence, newSequence <= lastSequence, newTime >= time, newTime <= lastTime else {
      return false
    }
    sequence = newSequence
    time = newTime
    return true
  }
}

extension SnapshotReader {
  /// Returns how many rows the section claims to have.
  mutating func begin(_ section: SnapshotFormat.Section) throws -> UInt64 {
    let (found, rows) = try row { row throws(CodecError) in (try row.read(UInt8.self), try row.read(UInt64.self)) }
    guard found == section.rawValue else {
      throw SnapshotDefect(.section(expected: section.rawValue, found: found), at: offset)
    }
    guard rows <= Ordinal.maximum else { throw contradiction("more rows than ordinals") }
    return rows
  }

  func contradiction(_ what: String) -> SnapshotDefect {
    SnapshotDefect(.contradiction(what), at: offset)
  }
}

extension ByteReader {
  mutating func readTime() throws(CodecError) -> Timestamp {
    Timestamp(microseconds: try read(Int64.self))
  }

  mutating func readBalances() throws(CodecError) -> Balances {
    Balances(
      debitsPending: try read(Int64.self), debitsPosted: try read(Int64.self), creditsPending: try read(Int64.self),
      creditsPosted: try read(Int64.self))
  }
}
