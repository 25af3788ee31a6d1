/// The black and the white list, with expiry. Entries have ordinals in the order of their first appearance; one that is
/// removed or runs out keeps its ordinal, and gets it back when the same thing is listed again.
package struct ListBook: ~Copyable, Sendable {
  private let hash: KeyedHash
  private var rows = Column<ListRow>()
  private var labels = LabelArena()
  private var index = ShardedIndex()

  init(hash: KeyedHash) { self.hash = hash }

  /// For tests and simulations outside of a ledger.
  package init(hashSeed: HashSeed) { hash = KeyedHash(seed: hashSeed) }

  /// Of all entries, removed and expired ones too.
  package var count: UInt64 { rows.count }
  /// Without those that were removed.
  package private(set) var listedCount: UInt64 = 0

  /// - Parameter partner: of an agent; `Label.none` for the other subjects.
  package func listing(_ subject: ListSubject, partner: Label = .none, _ name: Label, at time: Timestamp) -> Listing {
    guard rows.count > 0 else { return .none }
    let place = place(subject, partner, name)
    if isListed(find(place, subject, .black, partner, name), at: time) { return .black }
    return isListed(find(place, subject, .white, partner, name), at: time) ? .white : .none
  }

  /// Adds the entry, or lets it take the place of the one for the same thing in the same colour. The entry's ordinal.
  @discardableResult
  package mutating func put(_ entry: ListEntry) -> UInt64 {
    let place = place(entry.subject, entry.partner, entry.name)
    let known = find(place, entry.subject, entry.colour, entry.partner, entry.name)
    if known == 0 { return append(ListStoredEntry(entry: entry, isRemoved: false), at: place) }
    if rows[known].isRemoved { listedCount += 1 }
    let old = rows[known].reason
    let reason = labels.holds(entry.reason, at: old) ? old : labels.append(entry.reason)
    rows.update(known) { $0.set(entry, reason: reason, isRemoved: false) }
    return known
  }

  /// 0 when there is no such entry, or it was removed.
  package func find(_ subject: ListSubject, _ colour: ListColour, partner: Label, _ name: Label) -> UInt64 {
    let ordinal = find(place(subject, partner, name), subject, colour, partner, name)
    return ordinal == 0 || rows[ordinal].isRemoved ? 0 : ordinal
  }

  /// - Parameter ordinal: as `find` told it; any other changes nothing.
  package mutating func remove(_ ordinal: UInt64, sequence: UInt64, at time: Timestamp) {
    guard rows.contains(ordinal) else { return }
    if !rows[ordinal].isRemoved { listedCount -= 1 }
    rows.update(ordinal) { $0.remove(sequence: sequence, at: time) }
  }

  /// nil when there is no such entry, or it was removed. Expired ones are still told.
  package func entry(_ ordinal: UInt64) -> ListEntry? {
    guard rows.contains(ordinal), !rows[ordinal].isRemoved else { return nil }
    return stored(ordinal).entry
  }

  /// In order of ordinals, without removed ones. A page ends early, perhaps empty, after `AnswerLimits.rowsScannedMaximum`.
  /// - Parameters:
  ///   - subject: nil for all.
  ///   - after: the ordinal to go on above; nil starts at the first.
  /// - Returns: `next` is the `after` of the next page; nil when this is the last.
  package func entries(
    of subject: ListSubject?, after: UInt64?, limit: Int
  ) -> (entries: [ListEntry], next: UInt64?) {
    var found: [ListEntry] = []
    var ordinal = after ?? 0
    let (end, overflow) = ordinal.addingReportingOverflow(UInt64(AnswerLimits.rowsScannedMaximum))
    guard !overflow else { return ([], nil) }
    while ordinal < rows.count {
      if ordinal == end { return (found, ordinal) }
      let row = rows[ordinal + 1]
      if !row.isRemoved && (subject == nil || row.subject == subject) {
        if found.count >= limit { return (found, ordinal) }
        found.append(stored(ordinal + 1).entry)
      }
      ordinal += 1
    }
    return (found, nil)
  }

  /// As a snapshot keeps it, removed or not.
  /// - Parameter ordinal: 1...count.
  func stored(_ ordinal: UInt64) -> ListStoredEntry {
    let row = rows[ordinal]
    let entry = ListEntry(
      subject: row.subject, colour: row.colour, partner: labels.label(row.partner), name: labels.label(row.name),
      until: row.until, reason: labels.label(row.reason), isAutomatic: row.isAutomatic, time: row.time,
      sequence: row.sequence)
    return ListStoredEntry(entry: entry, isRemoved: row.isRemoved)
  }

  /// The next row of a snapshot. False: it is there already.
  mutating func restore(_ stored: ListStoredEntry) -> Bool {
    let entry = stored.entry
    let place = place(entry.subject, entry.partner, entry.name)
    guard find(place, entry.subject, entry.colour, entry.partner, entry.name) == 0 else { return false }
    append(stored, at: place)
    return true
  }

  @discardableResult
  private mutating func append(_ stored: ListStoredEntry, at place: UInt64) -> UInt64 {
    let entry = stored.entry
    var row = ListRow(
      subject: entry.subject, colour: entry.colour, partner: labels.append(entry.partner),
      name: labels.append(entry.name), reason: labels.append(entry.reason))
    row.set(entry, reason: row.reason, isRemoved: stored.isRemoved)
    let ordinal = rows.append(row)
    if !stored.isRemoved { listedCount += 1 }
    index.insert(place, ordinal)
    return ordinal
  }

  /// Both colours of a thing are at the same place.
  private func place(_ subject: ListSubject, _ partner: Label, _ name: Label) -> UInt64 {
    let subject = UInt64(subject.rawValue)
    return hash(partner.isNone ? subject : hash(subject, partner), name)
  }

  private func find(
    _ place: UInt64, _ subject: ListSubject, _ colour: ListColour, _ partner: Label, _ name: Label
  ) -> UInt64 {
    index.find(place) { ordinal in
      let row = rows[ordinal]
      return row.subject == subject && row.colour == colour && labels.holds(name, at: row.name)
        && labels.holds(partner, at: row.partner)
    }
  }

  private func isListed(_ ordinal: UInt64, at time: Timestamp) -> Bool {
    guard ordinal != 0 else { return false }
    let row = rows[ordinal]
    guard !row.isRemoved else { return false }
    guard let until = row.until else { return true }
    return until > time
  }
}

struct ListRow: BitwiseCopyable {
  let subject: ListSubject
  let colour: ListColour
  let partner: LabelArena.Reference
  let name: LabelArena.Reference
  private(set) var reason: LabelArena.Reference
  private(set) var isAutomatic = false
  private(set) var isRemoved = false
  private(set) var until: Timestamp?
  private(set) var time = Timestamp(microseconds: 0)
  private(set) var sequence: UInt64 = 0

  init(
    subject: ListSubject, colour: ListColour, partner: LabelArena.Reference, name: LabelArena.Reference,
    reason: LabelArena.Reference
  ) {
    self.subject = subject
    self.colour = colour
    self.partner = partner
    self.name = name
    self.reason = reason
  }

  mutating func set(_ entry: ListEntry, reason: LabelArena.Reference, isRemoved: Bool) {
    self.reason = reason
    self.isRemoved = isRemoved
    isAutomatic = entry.isAutomatic
    until = entry.until
    time = entry.time
    sequence = entry.sequence
  }

  mutating func remove(sequence: UInt64, at time: Timestamp) {
    isRemoved = true
    self.time = time
    self.sequence = sequence
  }
}

/// One line of a list.
package struct ListEntry: Sendable, Hashable {
  package var subject: ListSubject
  package var colour: ListColour
  /// Of an agent's entry; `Label.none` for the other subjects.
  package var partner: Label
  package var name: Label
  /// nil: for good.
  package var until: Timestamp?
  package var reason: Label
  /// Entered by the risk rules, not by a person.
  package var isAutomatic: Bool
  package var time: Timestamp
  package var sequence: UInt64

  package init(
    subject: ListSubject, colour: ListColour, partner: Label, name: Label, until: Timestamp?, reason: Label,
    isAutomatic: Bool, time: Timestamp, sequence: UInt64
  ) {
    self.subject = subject
    self.colour = colour
    self.partner = partner
    self.name = name
    self.until = until
    self.reason = reason
    self.isAutomatic = isAutomatic
    self.time = time
    self.sequence = sequence
  }
}
