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

  /// Files of the bank read within one call; the rest has its turn at the next.
  private static let filesAtOnceMaximum = 64

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
      try folder.move(id.fileName, from: .work, to: .outbox, as: id.fileName)
    } catch {
      throw BatchFailure("file \(id) of channel \(manifest.id) was not put out: \(error)")
    }
    // The file can be seen, so it is out, whatever comes.
    _ = index.add(keys)
    batch = OpenBatch()
    closing = nil
    report(.closed(file: id.fileName, transfers: transfers.count))
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
    readInbox()
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

  private func readInbox() {
    do throws(DiskFailure) {
      for name in try folder.names(.inbox, BankFolder.fileEnding).prefix(Self.filesAtOnceMaximum) {
        try take(name)
      }
    } catch {
      report(.troubled("\(error)"))
    }
  }

  /// Durable under its first name, then renamed, then believed: wherever a crash comes, the file is in one of the two
  /// places, and what was answered from it is answered again.
  private func take(_ name: String) throws(DiskFailure) {
    do throws(BankXMLDefect) {
      let bytes = try folder.file(.inbox, name)
      let notices = try BankMessages(index: index, settings: settings, tag: tag).read(bytes)
      do throws(DiskFailure) {
        try folder.sync(.inbox, name)
        try folder.move(name, from: .inbox, to: .archive, as: try folder.freeName(for: name, in: .archive))
      } catch {
        return report(.troubled("\(error)"))
      }
      for notice in notices { evidence.add(notice) }
      report(.taken(file: name, notices: notices.count))
      try? folder.disk.syncDirectory(at: folder.path(.archive))  // either name will do, see above
    } catch {
      try reject(name, error)
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
  /// A file of the bank; one that cannot be read as a file is as bad as one that makes no sense.
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
