internal import Digests

// Proposals as callers know them.
extension LedgerState {
  var nextProposalID: ProposalID { ProposalID(epoch: epoch, shard: shard, ordinal: proposals.count + 1) }

  func findProposal(_ id: ProposalID) -> UInt64? {
    guard id.shard == shard, proposals.contains(id.ordinal), proposals[id.ordinal].epoch == id.epoch else {
      return nil
    }
    return id.ordinal
  }

  func proposalID(_ ordinal: UInt64) -> ProposalID {
    ProposalID(epoch: proposals[ordinal].epoch, shard: shard, ordinal: ordinal)
  }

  func agent(ofProposal row: ProposalRow) -> UInt64 {
    switch row.kind {
    case .revealPayee: payees[row.subject].agent
    case .adjustment: row.subject
    case .doubtPaid, .doubtNotPaid, .doubtFailed, .doubtStrayed: accounts[withdrawals[row.subject].account].agent
    }
  }

  func partnerLabel(ofProposal row: ProposalRow) -> Label {
    labels.label(partners[agents[agent(ofProposal: row)].partner].label)
  }

  /// Until then it may be confirmed; a confirmed reveal may be used.
  static func end(ofProposal row: ProposalRow) -> Timestamp {
    row.kind == .revealPayee && row.confirmSequence != 0
      ? row.confirmTime.advanced(by: ReviewLimits.revealMicroseconds)
      : row.createTime.advanced(by: ReviewLimits.proposalMicroseconds)
  }

  /// What is posted stays confirmed; a reveal ends.
  func state(ofProposal row: ProposalRow, at time: Timestamp) -> ProposalState {
    if row.kind != .revealPayee, row.confirmSequence != 0 { return .confirmed }
    if time > Self.end(ofProposal: row) { return .expired }
    return row.confirmSequence == 0 ? .open : .confirmed
  }

  func subject(ofProposal row: ProposalRow) -> ProposalSubject {
    switch row.kind {
    case .revealPayee:
      return .revealPayee(PayeeID(epoch: payees[row.subject].epoch, shard: shard, ordinal: row.subject))
    case .adjustment:
      let agent = agents[row.subject]
      return .adjustment(
        partner: labels.label(partners[agent.partner].label), agent: labels.label(agent.label),
        amount: Money(minorUnits: row.amount, currency: row.currency), reason: labels.label(row.reason))
    case .doubtPaid, .doubtNotPaid, .doubtFailed, .doubtStrayed:
      return .resolveDoubt(
        DoubtResolution(
          id: withdrawalID(row.subject), verdict: row.kind.verdict ?? .paid, paidMinorUnits: row.amount,
          evidence: labels.label(row.reason)))
    }
  }

  func proposal(_ ordinal: UInt64, at time: Timestamp) -> Proposal {
    let row = proposals[ordinal]
    var confirmations: [Approval] = []
    if let role = StaffRole(rawValue: row.confirmerRole) {
      confirmations.append(Approval(person: labels.label(row.confirmer), role: role, time: row.confirmTime))
    }
    return Proposal(
      id: proposalID(ordinal), subject: subject(ofProposal: row), state: state(ofProposal: row, at: time),
      proposer: labels.label(row.proposer), confirmations: confirmations, createTime: row.createTime,
      validUntil: Self.end(ofProposal: row), digest: proposalDigest(ordinal), lastSequence: row.lastSequence)
  }

  /// What a confirmation is bound to: SHA-256 of
  ///
  ///     "settle proposal 1\0", ledger id 16 bytes, proposal id u64, subject as in records, proposer label,
  ///     sequence u64 of the record that proposed it
  func proposalDigest(_ ordinal: UInt64) -> Digest256 {
    let row = proposals[ordinal]
    return Digest256(capacity: 512) { out in
      for byte in "settle proposal 1\0".utf8 { out.write(byte) }
      out.write(ledgerID)
      out.write(proposalID(ordinal).rawValue)
      out.write(subject(ofProposal: row))
      out.write(labels.label(row.proposer))
      out.write(row.createSequence)
    }
  }

  /// Newest first; `before` is the `next` of the page before.
  func answerProposals(openOnly: Bool, before: UInt64?, limit: Int, at time: Timestamp) -> (Answer, UInt64) {
    let limit = min(max(limit, 1), AnswerLimits.itemsMaximum)
    var ordinal = before.map { proposals.contains($0) ? $0 - 1 : 0 } ?? proposals.count
    var found: [Proposal] = []
    var sequence: UInt64 = 0
    var scanned = 0
    while ordinal != 0, found.count < limit, scanned < AnswerLimits.rowsScannedMaximum {
      let row = proposals[ordinal]
      sequence = max(sequence, row.lastSequence)
      if !openOnly || state(ofProposal: row, at: time) == .open { found.append(proposal(ordinal, at: time)) }
      scanned += 1
      ordinal -= 1
    }
    return (.proposals(found, next: ordinal == 0 ? nil : ordinal + 1), sequence)
  }
}

extension Digest256 {
  /// SHA-256 of what is written.
  /// - Parameter capacity: more than will be written: the last label takes 64 bytes more than it has.
  init(capacity: Int, _ write: (inout ByteWriter) -> Void) {
    self = withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 8) { buffer in
      guard let base = buffer.baseAddress else { return Digest256() }  // never: the capacity is not 0
      var out = ByteWriter(base, capacity: buffer.count)
      write(&out)
      return SHA256.hash(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[0..<out.count]))
    }
  }
}
