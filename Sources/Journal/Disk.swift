/// A file that a `Disk` has opened.
package struct OpenFile: Hashable, Sendable {
  package let descriptor: Int32
  package let path: String

  package init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }
}

package enum OpenMode: Hashable, Sendable {
  case read
  case readWrite
  /// A new empty file; whatever had this name is truncated.
  case create
  /// A directory, to be synced.
  case directory
}

/// What the journal needs of a disk. `FileDisk` is the operating system's; the tests have one in memory that fails and
/// crashes on demand. One call is one attempt: it may fail with `.interrupted`, read or write less than asked, and whoever
/// wants more calls again (`writeAll`, `readFully`). Offsets and counts are bytes. A path is taken as it is.
///
/// What survives a power cut: a file's bytes and length as of its last successful `sync`; a name (created, renamed,
/// removed) as of the last successful `syncDirectory` of its directory. What came later may survive in part, in any order.
package protocol Disk: Sendable {
  func open(_ path: String, _ mode: OpenMode) throws(DiskFailure) -> OpenFile
  func close(_ file: OpenFile)
  /// The file's length.
  func byteCount(_ file: OpenFile) throws(DiskFailure) -> Int
  /// Reads at most `buffer.count` bytes; 0 only at the end of the file.
  func read(_ file: OpenFile, into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(DiskFailure) -> Int
  /// Writes at most `bytes.count` bytes, at least one unless it fails; the file grows as needed.
  func write(_ file: OpenFile, _ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskFailure) -> Int
  /// Returns when the file's bytes and length are durable. After a failure the state of unsynced bytes is unknown, and a
  /// second call would prove nothing: the kernel may have dropped them and marked the pages clean.
  func sync(_ file: OpenFile) throws(DiskFailure)
  /// Forgets what memory holds of the file and the disk has too, or was refused by it, so that later reads show what the
  /// disk has. Where the system cannot, nothing happens.
  func dropCache(_ file: OpenFile)
  /// Returns when the names in the directory (opened as one) are durable.
  func syncDirectory(_ directory: OpenFile) throws(DiskFailure)
  /// Names, without `.` and `..`, in no particular order.
  func list(_ directory: String) throws(DiskFailure) -> [String]
  /// Makes one directory; one that exists already is no failure.
  func makeDirectory(_ path: String) throws(DiskFailure)
  /// Atomically gives the file another name, replacing what had it.
  func rename(_ path: String, to newPath: String) throws(DiskFailure)
  func remove(_ path: String) throws(DiskFailure)
  /// Takes the lock that `path` stands for, for this process alone, until `close`. A lock held elsewhere fails with
  /// `.heldByAnother`. A dead process holds no lock.
  func lock(_ path: String) throws(DiskFailure) -> OpenFile
}

package struct DiskFailure: Error, Hashable, Sendable {
  package enum Operation: String, Sendable {
    case open, size, read, write, sync, syncDirectory, list, makeDirectory, rename, remove, lock
  }

  package enum Cause: Hashable, Sendable {
    /// Nothing happened; the same call may be made again (EINTR, EAGAIN).
    case interrupted
    /// ENOSPC, EDQUOT: nothing is broken, there is only no room.
    case noSpace
    case notFound
    /// The lock's holder, where it is known.
    case heldByAnother(process: Int32?)
    /// Any other error number.
    case system(errno: Int32)
    /// The file ended before what was promised to be there.
    case endOfFile
  }

  package var operation: Operation
  package var path: String
  package var cause: Cause

  package init(operation: Operation, path: String, cause: Cause) {
    self.operation = operation
    self.path = path
    self.cause = cause
  }
}

extension Disk {
  package func syncDirectory(at path: String) throws(DiskFailure) {
    let directory = try open(path, .directory)
    defer { close(directory) }
    try syncDirectory(directory)
  }

  /// Writes everything: loops over short and interrupted writes.
  package func writeAll(_ file: OpenFile, _ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskFailure) {
    var written = 0
    while written < bytes.count {
      do throws(DiskFailure) {
        written += try write(file, UnsafeRawBufferPointer(rebasing: bytes[written...]), at: offset + written)
      } catch {
        guard error.cause == .interrupted else { throw error }
      }
    }
  }

  /// Reads until the buffer is full or the file ends; returns the count.
  package func readFully(
    _ file: OpenFile, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(DiskFailure) -> Int {
    var count = 0
    while count < buffer.count {
      do throws(DiskFailure) {
        let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
        let read = try read(file, into: piece, at: offset + count)
        if read == 0 { break }
        count += read
      } catch {
        guard error.cause == .interrupted else { throw error }
      }
    }
    return count
  }

  /// Reads exactly `buffer.count` bytes: a file that ends before them is a failure.
  func readExactly(
    _ file: OpenFile, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(DiskFailure) {
    guard try readFully(file, into: buffer, at: offset) == buffer.count else {
      throw DiskFailure(operation: .read, path: file.path, cause: .endOfFile)
    }
  }

  /// Overwrites with zeros, in pieces that are synced one by one, so that no other file's sync has to wait for many
  /// megabytes of these (file systems order their journal across files).
  func writeZeros(_ file: OpenFile, from start: Int, to end: Int) throws(DiskFailure) {
    let zeros = AlignedBytes(count: min(max(end - start, 0), zeroPieceBytes))
    var offset = start
    while offset < end {
      let count = min(end - offset, zeroPieceBytes)
      try writeAll(file, UnsafeRawBufferPointer(rebasing: zeros.readable[..<count]), at: offset)
      try sync(file)
      offset += count
    }
  }
}

/// Small enough to be synced within some milliseconds on any disk, large enough that the syncs are not the cost.
private let zeroPieceBytes = 1 << 20
