internal import Journal

/// The files of a bank channel.
///
///     work/     a batch while it is made; complete under `<message id>.xml`, else `.tmp`
///     keys/     `<message id>.keys`: what is in each file, for ever
///     outbox/   complete files, for whoever carries them to the bank; may be taken away
///     inbox/    the bank's files, put there under another ending than `.xml` and renamed when complete
///     archive/  the bank's files that were believed; read again at every start
///     rejected/ those that were not, each with a `.txt` that says why and where
///
/// A batch is closed in this order, each step durable before the next:
///
///     work/M.tmp -> work/M.xml (from here on the batch is M) -> keys/M.keys -> M in the ledger's directory -> outbox/M.xml
///
/// So a name in `work` was never given out, a file in `outbox` has its keys, and whatever a crash leaves of it all says what is
/// left to do. A directory that has not all the files up to M in the ledger's directory (`BankMark`) is an older copy.
struct BankFolder: Sendable {
  let directory: String
  let disk: any Disk

  enum Place: String, CaseIterable {
    case work, keys, outbox, inbox, archive, rejected
  }

  static let fileEnding = ".xml"
  static let keysEnding = ".keys"
  static let temporaryEnding = ".tmp"
  static let reasonEnding = ".txt"

  func path(_ place: Place, _ name: String? = nil) -> String {
    let directory = directory + "/" + place.rawValue
    return name.map { directory + "/" + $0 } ?? directory
  }

  func make() throws(DiskFailure) {
    try disk.makeDirectory(directory)
    for place in Place.allCases { try disk.makeDirectory(path(place)) }
    try disk.syncDirectory(at: directory)
  }

  /// Names with the ending, rising.
  func names(_ place: Place, _ ending: String) throws(DiskFailure) -> [String] {
    try disk.list(path(place)).filter { $0.hasSuffix(ending) && !$0.hasPrefix(".") }.sorted()
  }

  /// The whole file; nil when it is longer than it may be.
  func read(_ place: Place, _ name: String, atMost bytesMaximum: Int) throws(DiskFailure) -> [UInt8]? {
    try disk.contents(of: path(place, name), atMost: bytesMaximum)
  }

  /// The bytes under the name, whole or not at all, and durable.
  func write(_ place: Place, _ name: String, _ bytes: [UInt8]) throws(DiskFailure) {
    try disk.replaceFile(name, in: path(place), bytes)
  }

  func move(_ name: String, from: Place, to: Place, as newName: String) throws(DiskFailure) {
    try disk.rename(path(from, name), to: path(to, newName))
  }

  /// Bytes and name of a file that somebody else wrote.
  func sync(_ place: Place, _ name: String) throws(DiskFailure) {
    let file = try disk.open(path(place, name), .readWrite)
    defer { disk.close(file) }
    try disk.sync(file)
    try disk.syncDirectory(at: path(place))
  }

  func removeTemporaries() throws(DiskFailure) {
    for place in [Place.work, .keys, .rejected] {
      for name in try names(place, Self.temporaryEnding) { try disk.remove(path(place, name)) }
    }
  }

  /// Bytes of a name without its ending, so that what is put behind it (a number, `.xml.txt.tmp`) stays below the 255 that file
  /// systems allow.
  private static let stemBytesMaximum = 200

  /// A name that nothing in the place has yet: banks use names again. A long one is shortened.
  func freeName(for name: String, in place: Place) throws(DiskFailure) -> String {
    let taken = Set(try disk.list(path(place)))
    var stem = name.dropLast(Self.fileEnding.count)
    while stem.utf8.count > Self.stemBytesMaximum { stem.removeLast() }
    guard taken.contains(stem + Self.fileEnding) else { return stem + Self.fileEnding }
    var number = 2
    while taken.contains("\(stem).\(number)\(Self.fileEnding)") { number += 1 }
    return "\(stem).\(number)\(Self.fileEnding)"
  }
}

extension Disk {
  /// The whole file; nil when it is longer than it may be.
  func contents(of path: String, atMost bytesMaximum: Int) throws(DiskFailure) -> [UInt8]? {
    let file = try open(path, .read)
    defer { close(file) }
    let count = try byteCount(file)
    guard count <= bytesMaximum else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    let read = bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(DiskFailure) in try readFully(file, into: buffer, at: 0) }
    }
    guard try read.get() == count else { throw DiskFailure(operation: .read, path: path, cause: .endOfFile) }
    return bytes
  }

  /// The bytes under the name, whole or not at all, and durable.
  func replaceFile(_ name: String, in directory: String, _ bytes: [UInt8]) throws(DiskFailure) {
    let path = directory + "/" + name
    let temporary = path + BankFolder.temporaryEnding
    do throws(DiskFailure) {
      let file = try open(temporary, .create)
      defer { close(file) }
      let written = bytes.withUnsafeBytes { buffer in
        Result { () throws(DiskFailure) in try writeAll(file, buffer, at: 0) }
      }
      try written.get()
      try sync(file)
    } catch {
      // Gives its room back; what stays is written over by the next one.
      do throws(DiskFailure) { try remove(temporary) } catch {}
      throw error
    }
    try rename(temporary, to: path)
    try syncDirectory(at: directory)
  }
}
