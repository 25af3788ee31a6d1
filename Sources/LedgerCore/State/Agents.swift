internal import Digests

extension LedgerState {
  func decide(_ command: CreateAgent) -> Decision {
    let partner = findPartner(command.partner)
    if let known = decideKnown(command.key, findPlace(command.key, command.partner, partner)) { return known }
    guard findAgent(partner: partner, command.agent) == 0 else { return .rejected(.agentExists) }
    if !command.parent.isNone {
      let parent = findAgent(partner: partner, command.parent)
      guard parent != 0 else { return .rejected(.parentNotFound) }
      guard mayStand(0, below: parent) else { return .rejected(.parentLoop) }
    }
    return .record(
      .agentCreated(
        AgentCreated(key: command.key, partner: command.partner, agent: command.agent, parent: command.parent)))
  }

  func decide(_ command: UpdateAgent, _ policy: any Policy, _ time: Timestamp) -> Decision {
    let partner = findPartner(command.partner)
    if let known = decideKnown(command.key, findPlace(command.key, command.partner, partner)) { return known }
    let agent = findAgent(partner: partner, command.agent)
    guard agent != 0 else { return .rejected(.agentNotFound) }
    guard
      command.tier != nil || command.frozen != nil || command.creditGrade != nil || command.openViolations != nil
        || command.limits != nil || command.parent != nil
    else { return .rejected(.nothingToChange) }
    if let tier = command.tier, !tier.isNone, policy.limits(tier: tier) == nil { return .rejected(.tierNotFound(tier)) }
    if let label = command.parent, !label.isNone {
      let parent = findAgent(partner: partner, label)
      guard parent != 0 else { return .rejected(.parentNotFound) }
      guard mayStand(agent, below: parent) else { return .rejected(.parentLoop) }
    }
    let now = standing(agent)
    return .record(
      .agentUpdated(
        AgentUpdated(
          key: command.key, partner: command.partner, agent: command.agent, tier: command.tier ?? now.tier,
          parent: command.parent ?? now.parent, isFrozen: command.frozen ?? now.isFrozen,
          creditGrade: command.creditGrade ?? now.creditGrade,
          openViolations: command.openViolations ?? now.openViolations, limits: command.limits ?? now.limits,
          reason: command.reason)))
  }

  func decide(_ command: RecordVerification, _ policy: any Policy, _ time: Timestamp) -> Decision {
    let partner = findPartner(command.partner)
    if let known = decideKnown(command.key, findPlace(command.key, command.partner, partner)) { return known }
    let agent = findAgent(partner: partner, command.agent)
    guard agent != 0 else { return .rejected(.agentNotFound) }
    // A slip in a later check takes nothing away from an agent whose papers were right once.
    guard standings[agent].verified != .all || command.elements == .all else {
      let known = self.agent(agent)
      return .answered(.agent(known), sequence: known.lastSequence)
    }
    return .record(
      .agentVerified(
        AgentVerified(
          key: command.key, partner: command.partner, agent: command.agent, elements: command.elements,
          nameHash: command.nameHash, idHash: command.idHash, maskedName: command.maskedName,
          sealed: command.sealed)))
  }

  /// Whether it may be put there: no loop, and no chain longer than `AgentLimits.levelsMaximum`.
  /// - Parameter agent: 0 for one that is only coming.
  func mayStand(_ agent: UInt64, below parent: UInt64) -> Bool {
    var levels = 1 + (agent == 0 ? 0 : Int(standings[agent].levelsBelow))
    var next = parent
    while next != 0 {
      levels += 1
      guard next != agent, levels <= AgentLimits.levelsMaximum else { return false }
      next = standings[next].parent
    }
    return true
  }
}

extension LedgerState {
  mutating func evolve(_ fact: AgentCreated, _ moment: Moment) throws(CorruptRecord) -> UInt64 {
    let known = findPartner(fact.partner)
    let key = try requireNew(fact.key, fact.partner, known)
    guard findAgent(partner: known, fact.agent) == 0 else { throw .agentKnown }
    let parent = try requireParent(fact.parent, partner: known, of: 0)

    let partner = known != 0 ? known : internPartner(fact.partner)
    let agent = addAgent(
      AgentRow(
        partner: partner, label: labels.append(fact.agent), createTime: moment.time, createSequence: moment.sequence),
      fact.agent)
    put(agent, below: parent)
    return keep(fact.key, labels.append(fact.key.id), at: key, .agentCreated, subject: agent)
  }

  mutating func evolve(_ fact: AgentUpdated, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let partner = findPartner(fact.partner)
    let key = try requireNew(fact.key, fact.partner, partner)
    let agent = findAgent(partner: partner, fact.agent)
    guard agent != 0 else { throw .agentUnknown }
    let parent = try requireParent(fact.parent, partner: partner, of: agent)

    let known = standings[agent].tier
    let tier =
      if fact.tier.isNone { LabelArena.Reference.none } else if labels.holds(fact.tier, at: known) { known } else {
        labels.append(fact.tier)
      }
    standings.update(agent) {
      $0.tier = tier
      $0.isFrozen = fact.isFrozen
      $0.creditGrade = fact.creditGrade
      $0.openViolations = fact.openViolations
      $0.limits = fact.limits
      $0.lastSequence = moment.sequence
    }
    put(agent, below: parent)
    return keep(fact.key, labels.append(fact.key.id), at: key, .agentUpdated, subject: agent)
  }

  mutating func evolve(_ fact: AgentVerified, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let partner = findPartner(fact.partner)
    let key = try requireNew(fact.key, fact.partner, partner)
    let agent = findAgent(partner: partner, fact.agent)
    guard agent != 0 else { throw .agentUnknown }

    let maskedName = labels.append(fact.maskedName)
    let data = sealed.append(fact.sealed)
    standings.update(agent) {
      $0.verified = fact.elements
      $0.nameHash = fact.nameHash
      $0.idHash = fact.idHash
      $0.maskedName = maskedName
      $0.sealed = data
      $0.lastSequence = moment.sequence
    }
    return keep(fact.key, labels.append(fact.key.id), at: key, .agentVerified, subject: agent)
  }

  /// - Parameter agent: 0 for one that is only coming.
  private func requireParent(
    _ label: Label, partner: UInt64, of agent: UInt64
  ) throws(CorruptRecord) -> UInt64 {
    guard !label.isNone else { return 0 }
    let parent = findAgent(partner: partner, label)
    guard parent != 0 else { throw .agentUnknown }
    guard mayStand(agent, below: parent) else { throw .parentLoop }
    return parent
  }

  /// - Parameter parent: 0 for none; one that `mayStand` allows.
  private mutating func put(_ agent: UInt64, below parent: UInt64) {
    standings.update(agent) { $0.parent = parent }
    var levels = standings[agent].levelsBelow + 1
    var next = parent
    while next != 0, standings[next].levelsBelow < levels {
      standings.update(next) { $0.levelsBelow = levels }
      levels += 1
      next = standings[next].parent
    }
  }

  /// With a row in every table that has one for each agent. The snapshot reader uses it too.
  mutating func addAgent(_ row: AgentRow, _ label: Label) -> UInt64 {
    let agent = agents.append(row)
    standings.append(StandingRow(lastSequence: row.createSequence))
    profiles.append(AgentProfile())
    agentIndex.insert(hash(row.partner, label), agent)
    return agent
  }
}

// As callers know them.
extension LedgerState {
  func agent(_ ordinal: UInt64) -> Agent {
    let row = agents[ordinal]
    return Agent(
      partner: labels.label(partners[row.partner].label), agent: labels.label(row.label), createTime: row.createTime,
      lastSequence: standings[ordinal].lastSequence, standing: standing(ordinal))
  }

  func standing(_ agent: UInt64) -> AgentStanding {
    let row = standings[agent]
    var standing = AgentStanding()
    if row.parent != 0 { standing.parent = labels.label(agents[row.parent].label) }
    standing.tier = labels.label(row.tier)
    standing.isFrozen = row.isFrozen
    standing.creditGrade = row.creditGrade
    standing.openViolations = row.openViolations
    standing.limits = row.limits
    standing.verified = row.verified
    standing.maskedName = labels.label(row.maskedName)
    return standing
  }
}
