package import Journal
package import LedgerCore
package import Routing

/// A bank that is paid through by files: a pain.001 for each cut-off goes out, pain.002 and camt.054 come in.
///
/// An actor on its own queue, because files block: what is said of a key and what is put into a file never overlap.
package actor BankFileChannel: BatchChannel {
  package nonisolated let manifest: ChannelManifest
  private nonisolated let settings: BankFileSettings
  private nonisolated let queue: FileQueue
  package nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

  private let folder: BankFolder
  private let lock: OpenFile
  private let tag: String
  private let now: @Sendable () -> Timestamp
  private let report: @Sendable (BankFileEvent) -> Void

  private var index: BatchIndex
  private var evidence: [PayoutKey: BankEvidence] = [:]
  private var batch = OpenBatch()
  /// Of a close that failed: the next one writes the same file again, so that no second one can be left behind.
  private var closing: (id: MessageID, time: Timestamp)?

  /// Files of the bank that stay where they are for now.
  private var left: [String: Left] = [:]
  /// What people were last told of them.
  private var toldTrouble: String?

  private struct Left {
    var why: String
    /// The file of ours that it is about, and that this directory lacks.
    var missing: MessageID?
    var again = Timestamp(microseconds: 0)
  }

  /// Files of the bank read within one call; the rest has its turn at the next.
  private static let filesAtOnceMaximum = 64
  /// A file that was left is not looked at for each payout that is asked about.
  private static let leftMicroseconds: Int64 = 60 * 1_000_000

  /// Makes the directory, or finishes in it what a crash has left.
  package static func open(
    _ settings: BankFileSettings, disk: any Disk = FileDisk(), now: @escaping @Sendable () -> Timestamp,
    report: @escaping @Sendable (BankFileEvent) -> Void = { _ in }
  ) throws(BankFileDefect) -> BankFileChannel {
    if let defect = settings.defect { throw BankFileDefect("channel \(settings.manifest.id): \(defect)") }
    let folder = BankFolder(directory: settings.directory, disk: disk)
    let tag = MessageID.tag(ledger: settings.ledger, channel: settings.manifest.id)
    let lock: OpenFile
    do throws(DiskFailure) {
      try folder.make()
      try disk.makeDirectory(settings.dataDirectory)
      lock = try disk.lock(settings.directory + "/lock")
    } catch {
      throw BankFileDefect("channel \(settings.manifest.id): \(error)")
    }
    var opening = BankOpening(folder: folder, settings: settings, tag: tag)
    do throws(BankFileDefect) {
      try opening.run()
    } catch {
      disk.close(lock)
      throw error
    }
    return BankFileChannel(
      settings: settings, folder: folder, lock: lock, tag: tag, opening: opening, now: now, report: report)
  }

  private init(
    settings: BankFileSettings, folder: BankFolder, lock: OpenFile, tag: String, opening: BankOpening,
    now: @escaping @Sendable () -> Timestamp, report: @escaping @Sendable (BankFileEvent) -> Void
  ) {
    manifest = settings.manifest
    self.settings = settings
    self.folder = folder
    self.lock = lock
    self.tag = tag
    self.now = now
    self.report = report
    index = opening.index
    evidence = opening.evidence
    queue = FileQueue(label: "bank \(settings.manifest.id)")
  }

  deinit { folder.disk.close(lock) }

  // MARK: Payments out

  package nonisolated func prepare(_ order: PayoutOrder) throws(PrepareDefect) -> [UInt8] {
    try CreditTransfer.body(order, for: settings)
  }

  package func send(_ request: SentRequest) -> ChannelAnswer {
    if let entry = index[request.key] {
      guard entry.amount == request.amount else { return Self.differs }
      return answer(request.key, entry)
    }
    if let body = batch.bodies[request.key] {
      return body == request.body ? .accepted(reference: "") : Self.differs
    }
    guard CreditTransfer.isWhole(request) else {
      return .unknown(code: "BODY", message: "the stored request is not a transfer of this channel")
    }
    guard batch.append(request) else {
      return .unknown(code: "BATCH_FULL", message: "the open batch is full; it goes with the next one")
    }
    return .accepted(reference: "")
  }

  private static let differs = ChannelAnswer.unknown(
    code: "DIFFERS", message: "another request was sent under this key before")

  package func closeBatch(at time: Timestamp) throws(BatchFailure) {
    guard !batch.transfers.isEmpty else { return }
    readInbox(isAll: true)
    if let missing = left.values.compactMap(\.missing).max(by: { $0.serial < $1.serial }) {
      throw BatchFailure(
        "the bank speaks of file \(missing) of channel \(manifest.id), which \(settings.directory) lacks: it is an older "
          + "copy, and the next file would have a number that is used; put back the latest one, or take the bank's file out "
          + "of inbox")
    }
    guard index.nextSerial <= MessageID.serialMaximum else {
      throw BatchFailure("channel \(manifest.id) has made \(MessageID.serialMaximum) files; give it a new id")
    }
    let day = BankClock(utcOffsetMinutes: settings.utcOffsetMinutes).day(time)
    let (id, time) = closing ?? (MessageID(tag: tag, day: day, serial: index.nextSerial), time)
    closing = (id, time)
    let transfers = batch.transfers
    let file = PaymentFile(id: id, createTime: time, transfers: transfers, settings: settings)
    let keys = BatchKeys(id: id, transfers: transfers.map { BatchKeys.Transfer(key: $0.key, amount: $0.amount) })
    do throws(DiskFailure) {
      try folder.write(.work, id.fileName, file.bytes())
      try folder.write(.keys, id.keysName, keys.bytes())
      try BankMark(settings: settings, disk: folder.disk, tag: tag).write(id)
      try folder.move(id.fileName, from: .work, to: .outbox, as: id.fileName)
    } catch {
      throw BatchFailure("file \(id) of channel \(manifest.id) was not put out: \(error)")
    }
    // The file can be seen, so it is out, whatever comes.
    _ = index.add(keys)
    batch = OpenBatch()
    closing = nil
    report(.closed(file: id.fileName, transfers: transfers.count))
    toldTrouble = nil
    do throws(DiskFailure) {
      try folder.disk.syncDirectory(at: folder.path(.outbox))
      try folder.disk.syncDirectory(at: folder.path(.work))
    } catch {
      throw BatchFailure(
        "file \(id) of channel \(manifest.id) is in the outbox, but after a power cut it may be put there again "
          + "although it was fetched: \(error)")
    }
  }

  package func cancel(_ request: SentRequest) -> ChannelAnswer {
    if let entry = index[request.key] { return answer(request.key, entry) }
    // A close that failed may have made a file with it, which the next start would put out.
    guard closing == nil, batch.remove(request.key) else { return .notFound }
    return .failed(ChannelAnswer.Failure(.cancelled, .cancelledByUs, code: ""))
  }

  // MARK: What the bank says

  package func query(_ request: SentRequest) -> ChannelAnswer {
    readInbox()
    guard let entry = index[request.key] else { return .notFound }
    // Who has no request asks what is known of the key, whatever the amount.
    guard entry.amount == request.amount || request.body.isEmpty else { return Self.differs }
    return answer(request.key, entry)
  }

  package nonisolated func parseNotification(
    _ notification: RawNotification
  ) throws(NotificationDefect) -> ChannelNotification {
    throw .notSupported
  }

  /// Of the last two days nothing is taken for "not there yet": banks send a day's notices until the next morning.
  package func statement(day: CivilDate) throws(StatementFailure) -> [StatementLine] {
    readInbox(isAll: true)
    var lines: [StatementLine] = []
    for (key, evidence) in evidence {
      for booking in evidence.bookings where booking.day == day {
        let kind: StatementLine.Kind =
          switch booking.kind {
          case .debit: .paid
          case .credit(let code): .returned(code: code)
          }
        lines.append(StatementLine(key: key, kind: kind, amount: booking.amount, reference: booking.reference))
      }
    }
    let today = BankClock(utcOffsetMinutes: settings.utcOffsetMinutes).day(now())
    guard !lines.isEmpty || day.daysSince1970 < today.daysSince1970 - 1 else {
      throw .unavailable("the bank has sent no notices of \(BankClock.text(day))")
    }
    return lines.sorted { ($0.key.text, $0.kind.order, $0.reference) < ($1.key.text, $1.kind.order, $1.reference) }
  }

  private func answer(_ key: PayoutKey, _ entry: BatchIndex.Entry) -> ChannelAnswer {
    let file = index.file(entry.file)
    let known = evidence[key] ?? BankEvidence()
    return known.answer(file: file) { manifest.fee.of($0) ?? 0 }
  }

  /// - Parameter isAll: also what was left a moment ago.
  private func readInbox(isAll: Bool = false) {
    let names: [String]
    do throws(DiskFailure) {
      names = try folder.names(.inbox, BankFolder.fileEnding)
    } catch {
      return tellTrouble("\(error)")
    }
    let time = now()
    let present = Set(names)
    left = left.filter { present.contains($0.key) }
    var done = 0
    for name in names where done < Self.filesAtOnceMaximum {
      if !isAll, let known = left[name], time < known.again { continue }
      left[name] = take(name)
      if left[name] == nil { done += 1 }
      left[name]?.again = Timestamp(microseconds: time.microseconds + Self.leftMicroseconds)
    }
    tellTrouble(left.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.why)" }.first)
  }

  /// Once, until something else is the matter or has gone well.
  private func tellTrouble(_ why: String?) {
    defer { toldTrouble = why }
    if let why, why != toldTrouble { report(.troubled(why)) }
  }

  /// Durable under its first name, then renamed, then believed: wherever a crash comes, the file is in one of the two
  /// places, and what was answered from it is answered again.
  ///
  /// nil: it was taken or rejected. A disk that fails says nothing of the file, which is left where it is.
  private func take(_ name: String) -> Left? {
    let notices: [BankNotice]
    do throws(DiskFailure) {
      let bytes = try folder.read(.inbox, name, atMost: BankXML.bytesMaximum)
      switch understand(bytes) {
      case .success(let found): notices = found
      case .failure(let defect):
        if let missing = defect.missing { return Left(why: defect.finding, missing: missing) }
        try reject(name, defect)
        return nil
      }
      try folder.sync(.inbox, name)
      try folder.move(name, from: .inbox, to: .archive, as: try folder.freeName(for: name, in: .archive))
    } catch {
      return Left(why: "\(error)")
    }
    for notice in notices { evidence.add(notice) }
    report(.taken(file: name, notices: notices.count))
    toldTrouble = nil
    try? folder.disk.syncDirectory(at: folder.path(.archive))  // either name will do, see above
    return nil
  }

  private func understand(_ bytes: [UInt8]?) -> Result<[BankNotice], BankXMLDefect> {
    guard let bytes else {
      return .failure(BankXMLDefect(line: 0, finding: "longer than \(BankXML.bytesMaximum) bytes"))
    }
    do throws(BankXMLDefect) {
      return .success(try BankMessages(index: index, settings: settings, tag: tag).read(bytes))
    } catch {
      return .failure(error)
    }
  }

  private func reject(_ name: String, _ defect: BankXMLDefect) throws(DiskFailure) {
    let place = defect.line > 0 ? "line \(defect.line): " : ""
    let why = "\(place)\(defect.finding)"
    let newName = try folder.freeName(for: name, in: .rejected)
    let text =
      "\(name) was not believed, and nothing of it counts.\n\(why)\nAsk the bank, and put a right file into inbox.\n"
    try folder.write(.rejected, newName + BankFolder.reasonEnding, Array(text.utf8))
    try folder.move(name, from: .inbox, to: .rejected, as: newName)
    report(.rejected(file: newName, why: why))
    try folder.disk.syncDirectory(at: folder.path(.rejected))
  }
}

extension StatementLine.Kind {
  /// Money goes out before it comes back.
  fileprivate var order: String {
    switch self {
    case .paid: "0"
    case .returned(let code): "1\(code)"
    }
  }
}

extension MessageID {
  var fileName: String { description + BankFolder.fileEnding }
  var keysName: String { description + BankFolder.keysEnding }
}

extension BankFolder {
  /// A file that was read or written before; one that cannot be read is as bad as one that makes no sense.
  func file(_ place: Place, _ name: String) throws(BankXMLDefect) -> [UInt8] {
    do throws(DiskFailure) {
      if let bytes = try read(place, name, atMost: BankXML.bytesMaximum) { return bytes }
    } catch {
      throw BankXMLDefect(line: 0, finding: "\(error)")
    }
    throw BankXMLDefect(line: 0, finding: "longer than \(BankXML.bytesMaximum) bytes")
  }
}

extension [PayoutKey: BankEvidence] {
  mutating func add(_ notice: BankNotice) {
    switch notice {
    case .status(let key, let status): self[key, default: BankEvidence()].add(status)
    case .booking(let key, let booking): self[key, default: BankEvidence()].add(booking)
    }
  }
}
