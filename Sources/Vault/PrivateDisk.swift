package import Journal

/// What private files need of a disk beyond `Disk`: to be new, and to be nobody else's.
package protocol PrivateDisk: Disk {
  /// A new, empty file that only its owner may read and write (mode 0600); nil when the name is taken. Of two that try at
  /// once, one gets it.
  func createNew(_ path: String) throws(DiskFailure) -> OpenFile?
  /// Who owns the opened file and who may do what with it.
  func ownership(of file: OpenFile) throws(DiskFailure) -> Ownership
}

package struct Ownership: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case file, directory, other
  }

  package var kind: Kind
  /// The owner is the user that this process acts as.
  package var isOurs: Bool
  /// The owner's number, for messages.
  package var owner: UInt32
  /// The twelve permission bits.
  package var mode: UInt32

  package init(kind: Kind, isOurs: Bool, owner: UInt32, mode: UInt32) {
    self.kind = kind
    self.isOurs = isOurs
    self.owner = owner
    self.mode = mode
  }

  /// Nobody but the owner may do anything.
  var isPrivate: Bool { isOurs && mode & 0o077 == 0 }
}
