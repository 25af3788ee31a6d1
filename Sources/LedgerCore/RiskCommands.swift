package import Digests

/// Adds, replaces or removes one entry of the lists.
package struct ChangeList: Sendable {
  package var key: RequestKey
  package var subject: ListSubject
  package var colour: ListColour
  /// Of an agent's entry; `Label.none` for the other subjects.
  package var partner: Label
  /// The agent, device, address, or the payee's keyed hash.
  package var name: Label
  package var change: ListChange
  package init(
    key: RequestKey, subject: ListSubject, colour: ListColour, partner: Label, name: Label, change: ListChange
  ) {
    self.key = key
    self.subject = subject
    self.colour = colour
    self.partner = partner
    self.name = name
    self.change = change
  }
}

package enum ListChange: Hashable, Sendable {
  /// - Parameter until: nil: for good.
  case put(until: Timestamp?, reason: Label)
  case remove(reason: Label)
}

/// From the next decision on, these rules hold.
package struct ActivateRules: Sendable {
  package var version: UInt32
  /// SHA-256 of the document.
  package var digest: Digest256
  /// nil: read at the start or by a signal, not asked for by a person.
  package var key: RequestKey?
  package var policy: any Policy
  package init(version: UInt32, digest: Digest256, key: RequestKey?, policy: any Policy) {
    self.version = version
    self.digest = digest
    self.key = key
    self.policy = policy
  }
}
