package import Digests

/// Takes the body of a snapshot, piece by piece. Only valid within `Journal.writeSnapshot`.
package struct SnapshotWriter: ~Copyable {
  private let disk: any Disk
  private let file: OpenFile
  private let buffer = AlignedBytes(count: 1 << 20)
  private var buffered = 0
  private var written = 0
  private var unsyncedBytes = 0
  private var crc = CRC32C()

  /// A snapshot is synced in pieces of this size, so that no frame's sync has to wait for all of it.
  private static let syncBytes = 8 << 20

  init(_ disk: any Disk, _ file: OpenFile) {
    self.disk = disk
    self.file = file
  }

  package mutating func append(_ bytes: UnsafeRawBufferPointer) throws(JournalError) {
    crc.update(bytes)
    var rest = bytes
    while !rest.isEmpty {
      let count = min(rest.count, buffer.count - buffered)
      UnsafeMutableRawBufferPointer(rebasing: buffer.writable[buffered...]).copyMemory(from: rest.slice(0, count))
      buffered += count
      rest = rest.slice(count, rest.count - count)
      if buffered == buffer.count { try flush() }
    }
  }

  private mutating func flush() throws(JournalError) {
    guard buffered > 0 else { return }
    let (bytes, offset) = (buffer.readable.slice(0, buffered), SnapshotLayout.bodyOffset + written)
    unsyncedBytes += buffered
    let syncsNow = unsyncedBytes >= Self.syncBytes
    try opening { () throws(DiskFailure) in
      try disk.writeAll(file, bytes, at: offset)
      if syncsNow { try disk.sync(file) }
    }
    if syncsNow { unsyncedBytes = 0 }
    written += buffered
    buffered = 0
  }

  /// The header comes last: without it the file is no snapshot.
  mutating func finish(
    ledgerID: LedgerID, sequence: UInt64, seal: Digest256, stateHash: Digest256
  ) throws(JournalError) -> Int {
    try flush()
    let block = AlignedBytes(count: blockBytes)
    SnapshotHeader(
      ledgerID: ledgerID, sequence: sequence, seal: seal, stateHash: stateHash, bodyBytes: UInt64(written),
      bodyChecksum: crc.value
    ).encode(into: block.writable)
    try opening { () throws(DiskFailure) in
      try disk.writeAll(file, block.readable, at: 0)
      try disk.sync(file)
    }
    return written
  }
}

extension Journal {
  /// Writes a snapshot of the state behind record `sequence`, then archives the segments that both kept snapshots cover.
  /// On a thread of the caller's, beside the running journal, which never waits for it. A failure (a full disk, too) leaves
  /// the journal as it is: the snapshots and segments that were there still are.
  ///
  /// - Parameters:
  ///   - sequence, seal: of a durable frame's last record, as `JournalReader.readFrame` and `onDurable` report them.
  ///   - stateHash: kept in the header for whoever reads the snapshot; the journal does not look at it.
  ///   - body: gives the bytes, in as many pieces as it likes.
  package func writeSnapshot(
    sequence: UInt64, seal: Digest256, stateHash: Digest256,
    _ body: (inout SnapshotWriter) throws(JournalError) -> Void
  ) throws(JournalError) {
    try snapshots.write { () throws(JournalError) in
      guard sequence >= firstSequence, sequence <= durableSequence, sequence > snapshots.newest?.sequence ?? 0 else {
        throw .unusableOptions(
          "a snapshot must be newer than the last (\(snapshots.newest?.sequence ?? 0)) and of durable records (up to "
            + "\(durableSequence)): \(sequence) is not")
      }
      let path = names.snapshot(sequence)
      let bodyBytes = try writeSnapshotFile(path, sequence, seal, stateHash, body)
      snapshots.add(
        Snapshot(sequence: sequence, seal: seal, stateHash: stateHash, bodyBytes: bodyBytes, path: path, disk: disk))
      try opening { () throws(DiskFailure) in try tidyUp() }
    }
  }

  /// Temporary name, sync, name, sync of the directory: at every moment there is either no such snapshot or a whole one.
  private func writeSnapshotFile(
    _ path: String, _ sequence: UInt64, _ seal: Digest256, _ stateHash: Digest256,
    _ body: (inout SnapshotWriter) throws(JournalError) -> Void
  ) throws(JournalError) -> Int {
    let temporary = names.temporary(path)
    let file = try opening { () throws(DiskFailure) in try disk.open(temporary, .create) }
    do throws(JournalError) {
      defer { disk.close(file) }
      var writer = SnapshotWriter(disk, file)
      try body(&writer)
      let bodyBytes = try writer.finish(ledgerID: ledgerID, sequence: sequence, seal: seal, stateHash: stateHash)
      try opening { () throws(DiskFailure) in
        try disk.rename(temporary, to: path)
        try disk.syncDirectory(at: names.directory)
      }
      return bodyBytes
    } catch {
      // It gives back the room that it took; the next start would remove it too.
      do throws(DiskFailure) { try disk.remove(temporary) } catch {}
      throw error
    }
  }

  /// Only after the new snapshot is durable under its name. Segments are moved, never deleted.
  private func tidyUp() throws(DiskFailure) {
    let kept = snapshots.all.suffix(SnapshotStore.keptCount)
    guard kept.count == SnapshotStore.keptCount, let oldest = kept.first else { return }
    let entries = catalog.all
    // The segment with the oldest snapshot's own frame stays: a start finds that frame and compares the seals.
    for (entry, next) in zip(entries, entries.dropFirst()) where next.firstSequence <= oldest.sequence {
      switch entry.place {
      case .archive: continue
      case .live:
        try disk.rename(names.segment(entry.ordinal), to: names.archivedSegment(entry.ordinal))
        catalog.setArchived(entry.ordinal)
        // One by one, so that whatever order the file system prefers, a crash leaves no gap among the live segments.
        try disk.syncDirectory(at: names.archive)
        try disk.syncDirectory(at: names.directory)
      }
    }
    let keptNames = Set(kept.map { Names.snapshotName($0.sequence) })
    var hasRemoved = false
    for name in try disk.list(names.directory) {
      guard let sequence = Names.snapshotSequence(name), !keptNames.contains(name), sequence < oldest.sequence else {
        continue
      }
      try disk.remove(names.snapshot(sequence))
      hasRemoved = true
    }
    if hasRemoved { try disk.syncDirectory(at: names.directory) }
    snapshots.forgetOld()
  }
}
