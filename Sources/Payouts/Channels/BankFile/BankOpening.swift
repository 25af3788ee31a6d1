internal import Journal
internal import LedgerCore
internal import Routing

/// What a start finds in the directory, and what it finishes of what a crash has left.
struct BankOpening {
  let folder: BankFolder
  let settings: BankFileSettings
  let tag: String
  private(set) var index = BatchIndex()
  private(set) var evidence: [PayoutKey: BankEvidence] = [:]

  /// Some 40 bytes for each of a batch's keys.
  private static let keysBytesMaximum = 4 << 20

  init(folder: BankFolder, settings: BankFileSettings, tag: String) {
    self.folder = folder
    self.settings = settings
    self.tag = tag
  }

  mutating func run() throws(BankFileDefect) {
    do {
      try folder.removeTemporaries()
      let unfinished = try folder.names(.work, BankFolder.fileEnding)
      for name in try folder.names(.keys, BankFolder.keysEnding) where !unfinished.contains(name.asFile) {
        try add(try keys(name), from: name)
      }
      // Its keys may be older than the file itself, when a close was tried twice.
      for name in unfinished { try finish(name) }
      // Somebody put back a part of the directory.
      for name in try folder.names(.outbox, BankFolder.fileEnding) where !index.has(try id(name.asKeys)) {
        let keys = try readBack(.outbox, name)
        try folder.write(.keys, name.asKeys, keys.bytes())
        try add(keys, from: name)
      }
      guard index.isDense else {
        throw defect("\(folder.path(.keys)) lacks some of its files, which are numbered from 1; put them back")
      }
      try compareWithMark()
      try readArchive()
    } catch let defect as BankFileDefect {
      throw defect
    } catch {
      throw defect("\(error)")
    }
  }

  private mutating func finish(_ name: String) throws {
    let keys = try readBack(.work, name)
    try folder.write(.keys, name.asKeys, keys.bytes())
    try add(keys, from: name)
    try folder.move(name, from: .work, to: .outbox, as: name)
    try folder.disk.syncDirectory(at: folder.path(.outbox))
    try folder.disk.syncDirectory(at: folder.path(.work))
  }

  /// A directory that lacks what was given out would put the payouts of those files into others of the same numbers.
  private func compareWithMark() throws {
    let mark = BankMark(settings: settings, disk: folder.disk, tag: tag)
    let marked = try mark.read()
    if let marked, marked.serial > index.fileCount {
      throw defect(
        "\(folder.directory) has \(index.fileCount) files, and \(marked) was given out: it is an older copy than the ledger's, "
          + "put back the latest one")
    }
    if let last = index.file(index.fileCount), marked != last { try mark.write(last) }
  }

  private mutating func readArchive() throws {
    let messages = BankMessages(index: index, settings: settings, tag: tag)
    for name in try folder.names(.archive, BankFolder.fileEnding) {
      do throws(BankXMLDefect) {
        for notice in try messages.read(try folder.file(.archive, name)) { evidence.add(notice) }
      } catch {
        throw defect(
          "\(folder.path(.archive, name)) was believed once and is not now, line \(error.line): \(error.finding); put it "
            + "back from a backup, or move it to inbox to have it looked at again")
      }
    }
  }

  // MARK: Files

  private mutating func add(_ keys: BatchKeys, from name: String) throws(BankFileDefect) {
    if let key = index.add(keys) {
      throw defect("\(key) is in \(name) and in another file: the directory was mixed from two; put the right one back")
    }
  }

  private func id(_ name: String) throws(BankFileDefect) -> MessageID {
    guard let id = MessageID(String(name.dropLast(BankFolder.keysEnding.count)), tag: tag) else {
      throw defect("\(name) is a file of another ledger or channel; give each its own directory")
    }
    return id
  }

  private func keys(_ name: String) throws -> BatchKeys {
    let id = try id(name)
    guard let bytes = try folder.read(.keys, name, atMost: Self.keysBytesMaximum), let keys = BatchKeys(bytes, id: id)
    else { throw defect("\(folder.path(.keys, name)) is damaged; put it back from a backup") }
    return keys
  }

  private func readBack(_ place: BankFolder.Place, _ name: String) throws -> BatchKeys {
    let id = try id(name.asKeys)
    do throws(BankXMLDefect) {
      return try BatchKeys(file: try folder.file(place, name), id: id)
    } catch {
      throw defect(
        "\(folder.path(place, name)) is damaged, line \(error.line): \(error.finding); put it back from a backup")
    }
  }

  private func defect(_ text: String) -> BankFileDefect { BankFileDefect("channel \(settings.manifest.id): \(text)") }
}

extension String {
  fileprivate var asKeys: String { dropLast(BankFolder.fileEnding.count) + BankFolder.keysEnding }
  fileprivate var asFile: String { dropLast(BankFolder.keysEnding.count) + BankFolder.fileEnding }
}
