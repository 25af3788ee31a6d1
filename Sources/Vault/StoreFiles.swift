internal import Digests
internal import Journal

/// The files of a key store's directory. A file is replaced whole: temporary name, sync, name, sync of the directory; so at
/// every moment there is the old one or the new one.
struct StoreFiles: Sendable {
  let directory: String
  let disk: any PrivateDisk

  var head: String { directory + "/head" }
  var searchKey: String { directory + "/search.key" }
  var lock: String { directory + "/lock" }

  func shard(_ index: Int) -> String { directory + "/" + Self.shardName(index) }

  static func shardName(_ index: Int) -> String {
    let digits = String(index, radix: 16)
    return "shard-" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
  }

  private func temporary(_ path: String) -> String { path + Self.temporarySuffix }
  private static let temporarySuffix = ".tmp"

  // MARK: Reading

  /// What has a name, after the leftovers of a crash have been removed.
  func names() throws(DiskFailure) -> Set<String> {
    var names = Set(try disk.list(directory))
    for name in names.filter({ $0.hasSuffix(Self.temporarySuffix) }).sorted() {
      try disk.remove(directory + "/" + name)
      names.remove(name)
    }
    return names
  }

  /// The whole file; nil when it is longer than it may be.
  func read(_ path: String, atMost bytesMaximum: Int) throws(DiskFailure) -> [UInt8]? {
    let file = try disk.open(path, .read)
    defer { disk.close(file) }
    let count = try disk.byteCount(file)
    guard count <= bytesMaximum else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    let read = bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(DiskFailure) in try disk.readFully(file, into: buffer, at: 0) }
    }
    guard try read.get() == count else { throw DiskFailure(operation: .read, path: path, cause: .endOfFile) }
    return bytes
  }

  // MARK: Replacing

  /// The first half: the bytes are durable under a temporary name.
  func prepare(_ path: String, _ bytes: [UInt8]) throws(DiskFailure) {
    let file = try disk.open(temporary(path), .create)
    do throws(DiskFailure) {
      defer { disk.close(file) }
      try disk.writeAll(file, bytes)
      try disk.sync(file)
    } catch {
      discard(path)
      throw error
    }
  }

  /// The second half: the prepared bytes take the name. Durable when `syncDirectory` has returned.
  func take(_ path: String) throws(DiskFailure) {
    try disk.rename(temporary(path), to: path)
  }

  /// Gives back the room of what was prepared and will not be taken. The next start would remove it too.
  func discard(_ path: String) {
    do throws(DiskFailure) { try disk.remove(temporary(path)) } catch {}
  }

  func syncDirectory() throws(DiskFailure) {
    try disk.syncDirectory(at: directory)
  }
}

extension Disk {
  func writeAll(_ file: OpenFile, _ bytes: [UInt8]) throws(DiskFailure) {
    let written = bytes.withUnsafeBytes { buffer in
      Result { () throws(DiskFailure) in try writeAll(file, buffer, at: 0) }
    }
    try written.get()
  }
}

/// The directory that a path's last name is in.
func directory(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}
