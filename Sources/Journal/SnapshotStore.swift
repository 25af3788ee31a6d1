package import Digests
internal import Synchronization

/// A whole, checked snapshot. Its body is read piece by piece, since it may be large.
package struct Snapshot: Sendable {
  /// Of the last record that its state contains.
  package let sequence: UInt64
  /// Of the frame that this record closes.
  package let seal: Digest256
  package let stateHash: Digest256
  package let bodyBytes: Int
  let path: String
  let disk: any Disk

  /// Gives the body to `body` in pieces of at most `pieceBytes`, in order.
  package func read(
    pieceBytes: Int = 1 << 20, _ body: (UnsafeRawBufferPointer) throws(JournalError) -> Void
  ) throws(JournalError) {
    let file = try opening { () throws(DiskFailure) in try disk.open(path, .read) }
    defer { disk.close(file) }
    let piece = AlignedBytes(count: min(max(pieceBytes, 1), max(bodyBytes, 1)))
    var position = 0
    while position < bodyBytes {
      let wanted = UnsafeMutableRawBufferPointer(rebasing: piece.writable[..<min(piece.count, bodyBytes - position)])
      try opening { () throws(DiskFailure) in
        try disk.readExactly(file, into: wanted, at: SnapshotLayout.bodyOffset + position)
      }
      try body(UnsafeRawBufferPointer(wanted))
      position += wanted.count
    }
  }
}

/// Gives a failure of the disk its place among the journal's errors.
func opening<Result>(_ body: () throws(DiskFailure) -> Result) throws(JournalError) -> Result {
  do throws(DiskFailure) { return try body() } catch { throw .disk(error) }
}

/// The snapshots of a directory: the newest two are kept.
final class SnapshotStore: Sendable {
  static let keptCount = 2

  /// By sequence, the newest last.
  private let valid: Mutex<[Snapshot]>
  private let writing = Mutex<Void>(())

  init(_ valid: [Snapshot]) {
    self.valid = Mutex(valid)
  }

  /// One snapshot is written at a time.
  func write(_ body: () throws(JournalError) -> Void) throws(JournalError) {
    try writing.withLock { (_) throws(JournalError) in try body() }
  }

  var all: [Snapshot] { valid.withLock { $0 } }
  var newest: Snapshot? { valid.withLock { $0.last } }

  func add(_ snapshot: Snapshot) {
    valid.withLock { $0.append(snapshot) }
  }

  func forgetOld() {
    valid.withLock { $0.removeFirst(max(0, $0.count - Self.keptCount)) }
  }
}

/// Reads and checks the snapshot at `path`: header, ledger, length and checksum. `nil` when its bytes are not what was
/// written; a failure of the disk is an error, since nothing is known then.
func examineSnapshot(
  _ disk: any Disk, path: String, sequence: UInt64, ledgerID: LedgerID
) throws(JournalError) -> Snapshot? {
  let file = try opening { () throws(DiskFailure) in try disk.open(path, .read) }
  defer { disk.close(file) }
  let block = AlignedBytes(count: blockBytes)
  let byteCount = try opening { () throws(DiskFailure) in try disk.byteCount(file) }
  guard byteCount >= SnapshotLayout.bodyOffset else { return nil }
  try opening { () throws(DiskFailure) in try disk.readExactly(file, into: block.writable, at: 0) }
  switch SnapshotHeader.examine(block.readable) {
  case .blank, .unreadable:
    return nil
  case .otherVersion(let version):
    throw .otherVersion(path: path, found: version)
  case .header(let header):
    guard header.ledgerID == ledgerID else {
      throw .otherLedger(path: path, found: header.ledgerID, expected: ledgerID)
    }
    let bodyBytes = byteCount - SnapshotLayout.bodyOffset
    guard header.sequence == sequence, header.bodyBytes == UInt64(bodyBytes) else { return nil }
    let snapshot = Snapshot(
      sequence: sequence, seal: header.seal, stateHash: header.stateHash, bodyBytes: bodyBytes, path: path, disk: disk)
    var crc = CRC32C()
    try snapshot.read { piece throws(JournalError) in crc.update(piece) }
    return crc.value == header.bodyChecksum ? snapshot : nil
  }
}
