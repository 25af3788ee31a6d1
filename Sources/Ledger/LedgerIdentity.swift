package import Digests

/// Which ledger this is: cursors and page tokens name it, so that those of another are recognised.
package struct LedgerIdentity: Hashable, Sendable {
  /// Sixteen random bytes, made when the ledger was.
  package let id: Fingerprint128
  /// +1 at every restore from a backup.
  package let epoch: UInt8
  package let shard: UInt8

  package init(id: Fingerprint128, epoch: UInt8, shard: UInt8) {
    self.id = id
    self.epoch = epoch
    self.shard = shard
  }
}
