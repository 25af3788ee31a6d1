internal import Digests

// Proposals, what was shown because of them, changes of the lists, and the rules log in a snapshot.
extension LedgerState {
  func writeProposals<Failure>(_ out: inout SnapshotWriter<Failure>) throws(Failure) {
    try out.begin(.proposals, rows: proposals.count)
    for ordinal in proposals.ordinals {
      let proposal = proposals[ordinal]
      try out.row { row in
        row.write(proposal.kind.rawValue)
        row.write(proposal.epoch)
        row.write(proposal.subject)
        row.write(proposal.amount)
        row.write(proposal.currency.code)
        row.writeOrNone(labels.label(proposal.reason))
        row.write(labels.label(proposal.proposer))
        row.write(proposal.createTime.microseconds)
        row.write(proposal.createSequence)
        row.write(proposal.confirmerRole)
        guard proposal.confirmSequence != 0 else { return }
        row.write(labels.label(proposal.confirmer))
        row.write(proposal.confirmTime.microseconds)
        row.write(proposal.confirmSequence)
      }
    }
    try out.begin(.reveals, rows: reveals.count)
    for ordinal in reveals.ordinals {
      let reveal = reveals[ordinal]
      try out.row { row in
        row.write(reveal.proposal)
        row.write(labels.label(reveal.person))
        row.write(reveal.sequence)
      }
    }
  }

  /// After agents, payees, accounts and books; before entries.
  mutating func readProposals(_ input: inout SnapshotReader) throws {
    var moments = Moments(upTo: lastSequence, lastTime)
    var newestEpoch: UInt8 = 0
    for _ in 0..<(try input.begin(.proposals)) {
      let stored = try input.row { row throws(CodecError) in try StoredProposal(from: &row) }
      guard stored.epoch >= newestEpoch, stored.epoch <= epoch else { throw input.contradiction("a proposal's epoch") }
      guard moments.follows(stored.createSequence, stored.createTime) else {
        throw input.contradiction("a proposal out of order")
      }
      newestEpoch = stored.epoch
      try requireSubject(stored, &input)
      var row = ProposalRow(
        kind: stored.kind, epoch: stored.epoch, subject: stored.subject, amount: stored.amount,
        currency: stored.currency, reason: labels.append(stored.reason), proposer: labels.append(stored.proposer),
        nobody: labels.append(.none), createTime: stored.createTime, createSequence: stored.createSequence)
      if let confirmation = stored.confirmation {
        guard confirmation.person != stored.proposer, confirmation.sequence > stored.createSequence,
          confirmation.sequence <= lastSequence, confirmation.time >= stored.createTime, confirmation.time <= lastTime
        else { throw input.contradiction("a confirmation that could not be") }
        row.confirmer = labels.append(confirmation.person)
        row.confirmerRole = confirmation.role.rawValue
        row.confirmTime = confirmation.time
        row.confirmSequence = confirmation.sequence
        row.lastSequence = confirmation.sequence
        if stored.kind == .adjustment {
          row.account = findMoney(agent: stored.subject, stored.currency).account
          guard row.account != 0 else { throw input.contradiction("an adjustment of no account") }
        }
      }
      proposals.append(row)
    }
    try readReveals(&input)
  }

  private func requireSubject(_ stored: StoredProposal, _ input: inout SnapshotReader) throws {
    switch stored.kind {
    case .revealPayee:
      guard payees.contains(stored.subject), payees[stored.subject].createSequence < stored.createSequence else {
        throw input.contradiction("a proposal about no payee")
      }
      guard stored.amount == 0, stored.currency.code == 0, stored.reason.isNone else {
        throw input.contradiction("a reveal of money")
      }
    case .adjustment:
      guard agents.contains(stored.subject), agents[stored.subject].createSequence < stored.createSequence else {
        throw input.contradiction("a proposal about no agent")
      }
      guard stored.amount != 0, stored.amount != .min, stored.currency.isWellFormed, !stored.reason.isNone else {
        throw input.contradiction("an adjustment of nothing")
      }
    case .doubtPaid, .doubtNotPaid, .doubtFailed, .doubtStrayed:
      guard withdrawals.contains(stored.subject), withdrawals[stored.subject].createSequence < stored.createSequence,
        stored.amount >= 0, stored.currency.isWellFormed, !stored.reason.isNone
      else { throw input.contradiction("a proposal about no payout") }
    }
  }

  private mutating func readReveals(_ input: inout SnapshotReader) throws {
    var previous: UInt64 = 0
    for _ in 0..<(try input.begin(.reveals)) {
      let (proposal, person, sequence) = try input.row { row throws(CodecError) in
        (try row.read(UInt64.self), try row.readLabel(), try row.read(UInt64.self))
      }
      guard proposals.contains(proposal) else { throw input.contradiction("a reveal of no proposal") }
      let row = proposals[proposal]
      guard row.kind == .revealPayee, row.confirmSequence != 0, row.confirmSequence < sequence,
        labels.holds(person, at: row.proposer) || labels.holds(person, at: row.confirmer)
      else { throw input.contradiction("a reveal that nobody agreed on") }
      guard sequence > previous, sequence <= lastSequence else { throw input.contradiction("a reveal out of order") }
      previous = sequence
      reveals.append(RevealRow(proposal: proposal, person: labels.append(person), sequence: sequence))
      proposals.update(proposal) { $0.lastSequence = sequence }
    }
  }

  func writeLogs<Failure>(_ out: inout SnapshotWriter<Failure>) throws(Failure) {
    try out.begin(.listChanges, rows: listChanges.count)
    for ordinal in listChanges.ordinals {
      let change = listChanges[ordinal]
      try out.row { row in
        row.write(change.kind.rawValue)
        row.write(change.subject.rawValue)
        row.write(change.colour.rawValue)
        row.writeOrNone(labels.label(change.partner))
        row.write(labels.label(change.name))
        row.write(labels.label(change.reason))
        row.write(change.until.microseconds)
        row.write(change.time.microseconds)
        row.write(change.sequence)
      }
    }
    try out.begin(.rules, rows: rulesLog.count)
    for ordinal in rulesLog.ordinals {
      let rules = rulesLog[ordinal]
      try out.row { row in
        row.write(rules.version)
        row.write(rules.digest)
        row.write(rules.time.microseconds)
        row.write(rules.sequence)
      }
    }
  }

  mutating func readLogs(_ input: inout SnapshotReader) throws {
    var moments = Moments(upTo: lastSequence, lastTime)
    for _ in 0..<(try input.begin(.listChanges)) {
      let (kind, subject, colour) = try input.row { row throws(CodecError) in
        (
          try row.readEnum(ListChangeRow.Kind.self), try row.readEnum(ListSubject.self),
          try row.readEnum(ListColour.self)
        )
      }
      let (partner, name, reason) = try input.row { row throws(CodecError) in
        (try row.readLabelOrNone(), try row.readLabel(), try row.readLabel())
      }
      let (until, time, sequence) = try input.row { row throws(CodecError) in
        (try row.read(Int64.self), try row.read(Int64.self), try row.read(UInt64.self))
      }
      guard kind == .putUntil || until == 0, Self.isListed(subject, of: partner) else {
        throw input.contradiction("a change of the lists that nobody could have made")
      }
      guard moments.follows(sequence, Timestamp(microseconds: time)) else {
        throw input.contradiction("a change of the lists out of order")
      }
      listChanges.append(
        ListChangeRow(
          kind: kind, subject: subject, colour: colour, partner: labels.append(partner), name: labels.append(name),
          reason: labels.append(reason), until: Timestamp(microseconds: until), time: Timestamp(microseconds: time),
          sequence: sequence))
    }
    moments = Moments(upTo: lastSequence, lastTime)
    for _ in 0..<(try input.begin(.rules)) {
      let (version, digest, time, sequence) = try input.row { row throws(CodecError) in
        (
          try row.read(UInt32.self), try row.readDigest(), Timestamp(microseconds: try row.read(Int64.self)),
          try row.read(UInt64.self)
        )
      }
      guard rulesLog.count == 0 || version > rulesLog[rulesLog.count].version, moments.follows(sequence, time) else {
        throw input.contradiction("rules out of order")
      }
      rulesLog.append(RulesRow(version: version, digest: digest, time: time, sequence: sequence))
    }
  }
}

extension LedgerState {
  /// Every act but the opening of a review, every proposal, confirmation, reveal and change of the lists was asked for
  /// once; rules may also have been activated by nobody's request.
  func requireRequestsOfPeople(_ input: borrowing SnapshotReader) throws {
    var counts = [UInt64](repeating: 0, count: Int(UInt8.max) + 1)
    for ordinal in requests.ordinals { counts[Int(requests[ordinal].outcome.rawValue)] += 1 }
    func count(_ outcome: RequestRow.Outcome) -> UInt64 { counts[Int(outcome.rawValue)] }
    let acts = reviews.acts.ordinals.reduce(UInt64(0)) { $0 + (reviews.acts[$1].kind.isRequested ? 1 : 0) }
    let confirmed = proposals.ordinals.reduce(UInt64(0)) { $0 + (proposals[$1].confirmSequence == 0 ? 0 : 1) }
    guard count(.reviewActed) == acts, count(.proposed) == proposals.count,
      count(.proposalConfirmed) == confirmed, count(.payeeRevealed) == reveals.count,
      count(.listChanged) == listChanges.count, count(.rulesActivated) <= rulesLog.count
    else { throw input.contradiction("requests of people missing") }
  }
}

private struct StoredProposal {
  let kind: ProposalRow.Kind
  let epoch: UInt8
  let subject: UInt64
  let amount: Int64
  let currency: Currency
  let reason: Label
  let proposer: Label
  let createTime: Timestamp
  let createSequence: UInt64
  let confirmation: (person: Label, role: StaffRole, time: Timestamp, sequence: UInt64)?

  init(from row: inout ByteReader) throws(CodecError) {
    kind = try row.readEnum(ProposalRow.Kind.self)
    epoch = try row.read(UInt8.self)
    subject = try row.read(UInt64.self)
    amount = try row.read(Int64.self)
    currency = Currency(code: try row.read(UInt32.self))
    reason = try row.readLabelOrNone()
    proposer = try row.readLabel()
    createTime = Timestamp(microseconds: try row.read(Int64.self))
    createSequence = try row.read(UInt64.self)
    guard row.peek() != 0 else {
      _ = try row.read(UInt8.self)
      confirmation = nil
      return
    }
    let role = try row.readEnum(StaffRole.self)
    let person = try row.readLabel()
    let time = Timestamp(microseconds: try row.read(Int64.self))
    confirmation = (person, role, time, try row.read(UInt64.self))
  }
}
