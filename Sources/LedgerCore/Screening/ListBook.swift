/// The black and the white list, with expiry. Entries have ordinals in the order of their first appearance.
package struct ListBook: ~Copyable, Sendable {
  private let hash: KeyedHash

  init(hash: KeyedHash) { self.hash = hash }

  /// For tests and simulations outside of a ledger.
  package init(hashSeed: HashSeed) { hash = KeyedHash(seed: hashSeed) }

  /// - Parameter partner: of an agent; `Label.none` for the other subjects.
  package func listing(_ subject: ListSubject, partner: Label = .none, _ name: Label, at time: Timestamp) -> Listing {
    .none
  }

  /// The entry's ordinal.
  @discardableResult
  package mutating func put(_ entry: ListEntry) -> UInt64 { 0 }

  /// 0 when there is no such entry, or it was removed.
  package func find(_ subject: ListSubject, _ colour: ListColour, partner: Label, _ name: Label) -> UInt64 { 0 }

  package mutating func remove(_ ordinal: UInt64, sequence: UInt64, at time: Timestamp) {}
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
