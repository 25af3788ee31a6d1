/// Which agents were seen with the same payee, device or address. Bounded: when the newest generation is full, the one
/// before it is forgotten.
package struct LinkTable: ~Copyable, Sendable {
  /// Raw values stand in snapshots and are never renumbered.
  package enum Kind: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case payee = 1
    case device = 2
    case address = 3
  }

  /// Different agents told apart for one link; more look like this many.
  package static let agentsMaximum = 8

  private let hash: KeyedHash

  init(hash: KeyedHash) { self.hash = hash }

  /// For tests and simulations outside of a ledger.
  package init(hashSeed: HashSeed) { hash = KeyedHash(seed: hashSeed) }

  /// - Parameter agent: ordinal.
  package func facts(_ kind: Kind, _ key: Label, agent: UInt64) -> LinkFacts {
    LinkFacts(agents: 0, isKnownToAgent: false)
  }

  package mutating func see(_ kind: Kind, _ key: Label, agent: UInt64, at time: Timestamp) {}
}
