internal import Digests

// What is known of agents, payee accounts and the decisions about withdrawals.
extension LedgerState {
  func writeScreening<Failure>(_ out: inout SnapshotWriter<Failure>) throws(Failure) {
    try out.begin(.standings, rows: standings.count)
    for ordinal in standings.ordinals {
      let standing = standings[ordinal]
      try out.row { row in
        row.write(standing.parent)
        row.writeOrNone(labels.label(standing.tier))
        row.write(standing.isFrozen)
        row.write(standing.creditGrade.rawValue)
        row.write(standing.openViolations)
        row.write(standing.limits)
        row.write(standing.verified.rawValue)
        row.writeOrNone(labels.label(standing.maskedName))
        row.write(standing.nameHash)
        row.write(standing.idHash)
        row.write(sealed.sealed(standing.sealed))
        row.write(standing.levelsBelow)
        row.write(standing.lastSequence)
      }
    }
    try out.begin(.payees, rows: payees.count)
    for ordinal in payees.ordinals {
      let payee = payees[ordinal]
      try out.row { row in
        row.write(payee.agent)
        row.write(payee.epoch)
        row.write(payee.rail.rawValue)
        row.write(payee.state.rawValue)
        row.write(payee.numberHash)
        row.write(payee.nameHash)
        row.write(labels.label(payee.maskedNumber))
        row.write(labels.label(payee.maskedName))
        row.writeOrNone(labels.label(payee.bank))
        row.write(sealed.sealed(payee.sealed))
        row.write(payee.createTime.microseconds)
        row.write(payee.createSequence)
        row.write(payee.lastSequence)
      }
    }
    try out.begin(.screenings, rows: screenings.count)
    for ordinal in screenings.ordinals {
      let screening = screenings[ordinal]
      try out.row { row in
        row.write(screening.payee)
        row.writeOrNone(labels.label(screening.device))
        row.writeOrNone(labels.label(screening.address))
        row.write(screening.screening(fee: withdrawals[ordinal].fee))
      }
    }
  }

  mutating func readScreening(_ input: inout SnapshotReader) throws {
    try readStandings(&input)
    try readPayees(&input)
    try readScreenings(&input)
    try countLimits(input)
  }

  /// Of a snapshot from before there was any.
  mutating func addNoScreening() {
    for ordinal in withdrawals.ordinals {
      let row = withdrawals[ordinal]
      let screening = Screening.none(rulesVersion: 0, feeMinorUnits: row.fee)
      screenings.append(ScreeningRow(screening, payee: 0, device: .none, address: .none))
      guard row.firstState != .rejected, !Self.isReleasing(row.state) else { continue }
      accounts.update(row.account) { $0.usage.reserve(row.amount, on: screening.limitDay) }
    }
  }

  private mutating func readStandings(_ input: inout SnapshotReader) throws {
    guard try input.begin(.standings) == agents.count else { throw input.contradiction("not a standing per agent") }
    for agent in agents.ordinals {
      var standing = standings[agent]
      let tier: Label
      (standing.parent, tier) = try input.row { row throws(CodecError) in
        (try row.read(UInt64.self), try row.readLabelOrNone())
      }
      (standing.isFrozen, standing.creditGrade, standing.openViolations, standing.limits) =
        try input.row { row throws(CodecError) in
          (
            try row.readBool(), try row.readEnum(CreditGrade.self), try row.read(UInt16.self),
            try row.readLimitOverride()
          )
        }
      let maskedName: Label
      (standing.verified, maskedName, standing.nameHash, standing.idHash) =
        try input.row { row throws(CodecError) in
          (
            try row.readElements(), try row.readLabelOrNone(), try row.readFingerprint(), try row.readFingerprint()
          )
        }
      let data: SealedData
      (data, standing.levelsBelow, standing.lastSequence) = try input.row { row throws(CodecError) in
        (try row.readSealed(), try row.read(UInt8.self), try row.read(UInt64.self))
      }
      guard standing.parent == 0 || agents.contains(standing.parent) else {
        throw input.contradiction("no such parent")
      }
      guard standing.levelsBelow < UInt8(AgentLimits.levelsMaximum) else {
        throw input.contradiction("too many levels")
      }
      guard standing.lastSequence >= agents[agent].createSequence, standing.lastSequence <= lastSequence else {
        throw input.contradiction("a standing out of order")
      }
      let nothing = Fingerprint128()
      guard
        !maskedName.isNone
          || standing.verified.isEmpty && standing.nameHash == nothing && standing.idHash == nothing
            && data.bytes.isEmpty
      else { throw input.contradiction("a check without a name") }
      standing.tier = tier.isNone ? .none : labels.append(tier)
      standing.maskedName = maskedName.isNone ? .none : labels.append(maskedName)
      standing.sealed = sealed.append(data)
      standings.update(agent) { $0 = standing }
    }
    for agent in agents.ordinals {
      let standing = standings[agent]
      guard standing.parent != 0 else { continue }
      guard agents[standing.parent].partner == agents[agent].partner,
        standings[standing.parent].levelsBelow > standing.levelsBelow
      else { throw input.contradiction("a parent that is none") }
    }
  }

  private mutating func readPayees(_ input: inout SnapshotReader) throws {
    var moments = Moments(upTo: lastSequence, lastTime)
    var newestEpoch: UInt8 = 0
    // Until `connect` gives each its own.
    let noRequest = LabelArena.Reference.none
    for _ in 0..<(try input.begin(.payees)) {
      let (agent, rowEpoch, rail, state) = try input.row { row throws(CodecError) in
        (
          try row.read(UInt64.self), try row.read(UInt8.self), try row.readEnum(Rail.self),
          try row.readEnum(Payee.State.self)
        )
      }
      let (numberHash, nameHash, maskedNumber, maskedName, bank) = try input.row { row throws(CodecError) in
        (
          try row.readFingerprint(), try row.readFingerprint(), try row.readLabel(), try row.readLabel(),
          try row.readLabelOrNone()
        )
      }
      let (data, time, sequence, changed) = try input.row { row throws(CodecError) in
        (try row.readSealed(), try row.readTime(), try row.read(UInt64.self), try row.read(UInt64.self))
      }
      guard agents.contains(agent) else { throw input.contradiction("a payee of no agent") }
      guard rowEpoch >= newestEpoch, rowEpoch <= epoch else { throw input.contradiction("a payee's epoch") }
      guard sequence > agents[agent].createSequence, moments.follows(sequence, time), changed >= sequence,
        changed <= lastSequence
      else { throw input.contradiction("a payee out of order") }
      newestEpoch = rowEpoch
      let payee = addPayee(
        PayeeRow(
          agent: agent, numberHash: numberHash, nameHash: nameHash, maskedNumber: labels.append(maskedNumber),
          maskedName: labels.append(maskedName), bank: bank.isNone ? .none : labels.append(bank),
          requestID: noRequest, sealed: sealed.append(data), createTime: time, createSequence: sequence,
          lastSequence: changed, previousOfAgent: standings[agent].newestPayee,
          previousWithNumber: newestPayee(withNumber: numberHash), newestWithNumber: 0, epoch: rowEpoch, rail: rail,
          state: state))
      guard standings[payees[payee].agent].openPayees <= AgentLimits.payeesMaximum else {
        throw input.contradiction("too many payees")
      }
    }
  }

  private mutating func readScreenings(_ input: inout SnapshotReader) throws {
    guard try input.begin(.screenings) == withdrawals.count else {
      throw input.contradiction("not a screening per withdrawal")
    }
    for ordinal in withdrawals.ordinals {
      let (payee, device, address, screening) = try input.row { row throws(CodecError) in
        (
          try row.read(UInt64.self), try row.readLabelOrNone(), try row.readLabelOrNone(), try row.readScreening()
        )
      }
      let row = withdrawals[ordinal]
      let agent = accounts[row.account].agent
      guard payee == 0 || findPayee(labels.label(row.payee), of: agent) == payee else {
        throw input.contradiction("a withdrawal's payee")
      }
      guard screening.terms.feeMinorUnits == row.fee, screening.terms.points >= 0,
        screening.checkers <= ReviewTerms.checkersMaximum
      else { throw input.contradiction("a withdrawal's terms") }
      let previous = row.previousOfAgent
      let deviceReference = place(device, orAs: previous == 0 ? .none : screenings[previous].device)
      let addressReference = place(address, orAs: previous == 0 ? .none : screenings[previous].address)
      screenings.append(ScreeningRow(screening, payee: payee, device: deviceReference, address: addressReference))
    }
  }

  /// What is used of limits follows from the withdrawals: the newest buckets, without what was released.
  private mutating func countLimits(_ input: borrowing SnapshotReader) throws {
    for ordinal in withdrawals.ordinals where withdrawals[ordinal].firstState != .rejected {
      let row = withdrawals[ordinal]
      let day = screenings[ordinal].limitDay
      guard accounts[row.account].usage.canReserve(row.amount, on: day) else {
        throw input.contradiction("a withdrawal in a bucket that was over")
      }
      accounts.update(row.account) {
        $0.usage.reserve(row.amount, on: day)
        if Self.isReleasing(row.state) { $0.usage.release(row.amount, on: day) }
      }
    }
  }
}
