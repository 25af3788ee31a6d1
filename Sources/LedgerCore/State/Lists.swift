// The lists, as people change them.
extension LedgerState {
  func decide(_ command: ChangeList, _ policy: any Policy, _ time: Timestamp) -> Decision {
    if let known = decideKnown(command.key, findPlace(command.key.namespace, command.key.id)) { return known }
    let partner = Self.listPartner(command.subject, command.partner)
    guard Self.isListed(command.subject, of: partner) else { return .rejected(.agentNotFound) }
    let entry = lists.find(command.subject, command.colour, partner: partner, command.name)
    switch command.change {
    case .put: guard entry != 0 || hasListRoom(for: 1) else { return .rejected(.listFull) }
    case .remove: guard entry != 0 else { return .rejected(.listEntryNotFound) }
    }
    return .record(
      .listChanged(
        ListChanged(
          key: command.key, partner: partner, subject: command.subject, colour: command.colour, name: command.name,
          change: command.change)))
  }

  mutating func evolve(_ fact: ListChanged, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let key = try requireNew(fact.key, fact.partner, findPartner(fact.partner))
    guard Self.isListed(fact.subject, of: fact.partner) else { throw .listEntry }
    let change: ListChangeRow.Kind
    switch fact.change {
    case .put(let until, let reason):
      lists.put(
        ListEntry(
          subject: fact.subject, colour: fact.colour, partner: fact.partner, name: fact.name, until: until,
          reason: reason, isAutomatic: false, time: moment.time, sequence: moment.sequence))
      change = until == nil ? .putForGood : .putUntil
    case .remove:
      let entry = lists.find(fact.subject, fact.colour, partner: fact.partner, fact.name)
      guard entry != 0 else { throw .listEntry }
      lists.remove(entry, sequence: moment.sequence, at: moment.time)
      change = .removed
    }
    let row = listChanges.append(
      ListChangeRow(
        kind: change, subject: fact.subject, colour: fact.colour, partner: labels.append(fact.partner),
        name: labels.append(fact.name), reason: labels.append(fact.change.reason),
        until: fact.change.until ?? Timestamp(microseconds: 0), time: moment.time, sequence: moment.sequence))
    return keep(fact.key, labels.append(fact.key.id), at: key, .listChanged, subject: row)
  }

  /// Only an agent's name needs its partner's.
  static func listPartner(_ subject: ListSubject, _ partner: Label) -> Label {
    switch subject {
    case .agent: partner
    case .payee, .device, .address: .none
    }
  }

  /// Agents are listed with their partner, all else without one.
  static func isListed(_ subject: ListSubject, of partner: Label) -> Bool { (subject == .agent) != partner.isNone }

  /// - Parameter entries: that may be new.
  func hasListRoom(for entries: UInt64) -> Bool { lists.listedCount <= ListLimits.entriesMaximum - entries }

  /// In order of ordinals. Risk rules and outcomes change the lists too, so it rests on all there is.
  func answerListEntries(_ subject: ListSubject?, after: UInt64?, limit: Int) -> (Answer, UInt64) {
    let limit = min(max(limit, 1), AnswerLimits.itemsMaximum)
    let (found, next) = lists.entries(of: subject, after: after, limit: limit)
    return (.listEntries(found, next: next), lastSequence)
  }

  /// The entry as the change left it, or took it away.
  func listEntry(ofChange ordinal: UInt64) -> ListEntry {
    let row = listChanges[ordinal]
    return ListEntry(
      subject: row.subject, colour: row.colour, partner: labels.label(row.partner), name: labels.label(row.name),
      until: row.kind == .putUntil ? row.until : nil, reason: labels.label(row.reason), isAutomatic: false,
      time: row.time, sequence: row.sequence)
  }
}

package enum ListLimits {
  /// Entries of all lists that were not removed, about 150 bytes each with their names. More than all platforms of a
  /// country would share.
  package static let entriesMaximum: UInt64 = 1_000_000
}

/// What a person changed of the lists, so that the request can be answered again.
struct ListChangeRow: BitwiseCopyable {
  /// Raw values stand in snapshots and are never renumbered.
  enum Kind: UInt8 {
    case putForGood = 1
    case putUntil = 2
    case removed = 3
  }

  let kind: Kind
  let subject: ListSubject
  let colour: ListColour
  let partner: LabelArena.Reference
  let name: LabelArena.Reference
  let reason: LabelArena.Reference
  /// Of `putUntil`, else 1970.
  let until: Timestamp
  let time: Timestamp
  let sequence: UInt64
}

extension ListChange {
  fileprivate var reason: Label {
    switch self {
    case .put(_, let reason), .remove(let reason): reason
    }
  }

  fileprivate var until: Timestamp? {
    switch self {
    case .put(let until, _): until
    case .remove: nil
    }
  }
}
