/// Reads a snapshot's body from its start to its end, as much at a time as the caller has room for.
package final class SnapshotBody {
  private let snapshot: Snapshot
  private let file: OpenFile
  private var position = 0

  package init(_ snapshot: Snapshot) throws(JournalError) {
    self.snapshot = snapshot
    file = try opening { () throws(DiskFailure) in try snapshot.disk.open(snapshot.path, .read) }
  }

  deinit { snapshot.disk.close(file) }

  /// Fills the buffer from its start and returns how many bytes; fewer than there is room for only at the end of the body.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(JournalError) -> Int {
    let count = min(buffer.count, snapshot.bodyBytes - position)
    let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
    try opening { () throws(DiskFailure) in
      try snapshot.disk.readExactly(file, into: wanted, at: SnapshotLayout.bodyOffset + position)
    }
    position += count
    return count
  }

  /// What the bytes at hand say about the file.
  package func damage(_ finding: String) -> JournalError {
    .damaged(path: snapshot.path, offset: SnapshotLayout.bodyOffset + position, finding: finding)
  }
}
