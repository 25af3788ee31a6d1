internal import Digests
internal import Synchronization

/// A durable log of opaque records.
///
/// ## From a record to the disk
///
/// The owner appends records to the *collecting* frame, in memory. The writer thread takes that frame, seals it, writes it
/// with one call, syncs it with one call, and reports it. Meanwhile the owner collects the next frame in the other of two
/// buffers. So each sync carries everything that arrived during the one before it, and nobody waits for a timer:
///
///     owner    | collect 1 | collect 2 ............ | collect 3 ............
///     writer               | seal, write, sync 1    | seal, write, sync 2 ...
///                                        report 1 ^             report 2 ^
///
/// A batch (`withBatch`) lies in one frame, whole, so that after a crash all of it is there or nothing.
///
/// ## On disk
///
///     segment:  [header block][frame][frame] ... [zeros] ... [trailer block]
///     frame:    [header 96][records, each length + bytes][seal 32][zeros to 4,096]
///     seal n  = SHA-256(seal n-1, header n, body n)
///
/// A frame n + 1 is only written when frame n is durable. Recovery (`TailDecision`) rests on this: a bad frame with any
/// good one behind it is damage; a bad frame at the very end was never acknowledged.
///
/// ## Promises
///
/// `append` never blocks. Room is granted before it is used (`Batch.credit`), so that a full disk refuses instead of
/// failing. Any other failure of the disk poisons the journal: it reports that failure for ever, writes nothing more and
/// above all does not sync again.
package final class Journal: Sendable {
  package let ledgerID: LedgerID
  let catalog: SegmentCatalog
  let disk: any Disk
  let names: Names
  let options: JournalOptions

  private let state: Mutex<State>
  private let writer: Mutex<FrameWriter>
  private let writerBell = Doorbell()
  private let spareBell = Doorbell()
  private let durable: Atomic<UInt64>
  private let onDurable: @Sendable (DurableFrame) -> Void
  private let onPoison: @Sendable (JournalError) -> Void
  private let onStanding: @Sendable (Standing) -> Void
  private let threads = Mutex<[WorkThread]>([])
  let snapshots: SnapshotStore
  private let lock: DirectoryLock

  init(
    _ end: RecoveredEnd, onDurable: @escaping @Sendable (DurableFrame) -> Void,
    onPoison: @escaping @Sendable (JournalError) -> Void, onStanding: @escaping @Sendable (Standing) -> Void
  ) throws(JournalError) {
    ledgerID = end.writer.ledgerID
    catalog = end.writer.catalog
    disk = end.writer.disk
    names = end.writer.names
    options = end.options
    snapshots = end.snapshots
    lock = end.lock
    state = Mutex(State(end))
    writer = Mutex(end.writer)
    durable = Atomic(end.lastSequence)
    self.onDurable = onDurable
    self.onPoison = onPoison
    self.onStanding = onStanding
    switch options.threading {
    case .manual: break
    case .own:
      // A first frame of any size shall find room, also when the last segment is almost full.
      if state.withLock({ !$0.hasRoomForAnyFrame }) { prepareSpareOnce() }
      try startThreads()
    }
  }

  // MARK: The owner's side

  /// The last record that is on disk for good. Any thread.
  package var durableSequence: UInt64 { durable.load(ordering: .acquiring) }

  /// Appends records as one batch, which lies in one frame. One owner at a time, and not from within another batch; the
  /// writer waits for the end of `body`, so it must not wait for the writer.
  ///
  /// - Parameter nowMicroseconds: the clock, since 1970. `Batch.timeMicroseconds` is the time that its records get.
  package func withBatch<Result, Failure: Error>(
    nowMicroseconds: Int64, _ body: (inout Batch) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var batch = state.withLock { $0.beginBatch(nowMicroseconds: nowMicroseconds) }
    defer { finish(batch) }
    return try body(&batch)
  }

  /// Ends the journal: writes what has been collected, then the empty frame that marks a clean stop, joins the threads and
  /// gives the directory back. Appending ends with `.stopped`; readers go on. Once, from the owner's side: neither within a
  /// batch nor from `onDurable`. Throws the failure if the journal is poisoned, before or by this.
  package func stop() throws(JournalError) {
    state.withLock { $0.stop() }
    switch options.threading {
    case .manual: while runWriterOnce() {}
    case .own: break
    }
    writerBell.ring()
    spareBell.ring()
    let running = threads.withLock { running in
      defer { running = [] }
      return running
    }
    for thread in running { thread.join() }
    writer.withLock { $0.close() }
    if let spare = state.withLock({ $0.takeSpare() }) { disk.close(spare.file) }
    lock.release()
    if case .poisoned(let error) = state.withLock({ $0.phase }) { throw error }
  }

  private func finish(_ batch: borrowing Batch) {
    let writerWaits = state.withLock { $0.endBatch(nextSequence: batch.nextSequence) }
    if writerWaits { writerBell.ring() }
  }

  /// The newest whole snapshot, to build the next one on.
  package var newestSnapshot: Snapshot? { snapshots.newest }

  // MARK: The writer's side

  /// One turn of the writer: at most one frame. `false` when there is nothing to do, or nothing ever again.
  @discardableResult
  func runWriterOnce() -> Bool {
    let task = state.withLock { $0.takeFrame() }
    switch task {
    case .wait, .end:
      return false
    case .write(let frame, let placement, let after):
      if case .inSpare = placement { spareBell.ring() }
      write(frame, placement, after)
      return true
    }
  }

  private func write(_ frame: FrameBuffer, _ placement: Placement, _ after: State.AfterWrite) {
    let meter = options.frameMeter
    let begin = meter?.monotonicNanoseconds() ?? 0
    let written: Result<DurableFrame, DiskFailure> = writer.withLock { writer in
      do throws(DiskFailure) { return .success(try writer.write(frame, at: placement)) } catch {
        return .failure(error)
      }
    }
    switch written {
    case .success(let durableFrame):
      durable.store(durableFrame.lastSequence, ordering: .releasing)
      meter?.record(
        durableFrame.lastSequence + 1 - durableFrame.firstSequence, frame.paddedBytes,
        meter.map { $0.monotonicNanoseconds() - begin } ?? 0)
      onDurable(durableFrame)
      state.withLock { $0.finishWrite(frame, after) }
    case .failure(let failure):
      let error = JournalError.disk(failure)
      state.withLock { $0.phase = .poisoned(error) }
      onPoison(error)
    }
  }

  /// One try to have a spare segment ready. `false` when there is nothing to do; a failure means no credit for now.
  @discardableResult
  func prepareSpareOnce() -> Bool {
    guard let number = state.withLock({ $0.takeSpareNumber() }) else { return false }
    do throws(DiskFailure) {
      let spare = try prepareSpare(disk, path: names.spare(number), bytes: options.segmentBytes)
      tellIfChanged { $0.addSpare(spare) }
      return true
    } catch {
      tellIfChanged { $0.spareFailure = error }
      return false
    }
  }

  private func tellIfChanged(_ change: (inout State) -> Void) {
    let (before, after) = state.withLock { state in
      let before = state.standing
      change(&state)
      return (before, state.standing)
    }
    // Each try fails with a path of its own: only the change is news.
    if before.isShortOfSpace != after.isShortOfSpace { onStanding(after) }
  }

  private func startThreads() throws(JournalError) {
    let writerThread = try WorkThread.start(name: "journal-writer", priority: .normal) { [self] in
      while true {
        if runWriterOnce() { continue }
        if state.withLock({ $0.hasEnded }) { return }
        writerBell.wait()
      }
    }
    threads.withLock { $0.append(writerThread) }
    do throws(JournalError) {
      try startSpareThread()
    } catch {
      state.withLock { $0.phase = .poisoned(error) }
      writerBell.ring()
      writerThread.join()
      throw error
    }
  }

  private func startSpareThread() throws(JournalError) {
    // Not of low priority: on a machine that is short of processors it would come too late, and requests would be refused
    // for want of room on an empty disk. Its work is bounded by theirs, byte for byte.
    let spareThread = try WorkThread.start(name: "journal-spare", priority: .normal) { [self] in
      while state.withLock({ $0.phase.isRunning }) {
        if prepareSpareOnce() { continue }
        if state.withLock({ $0.wantsSpare }) {
          spareBell.wait(atMostNanoseconds: options.spaceRetryNanoseconds)
        } else {
          spareBell.wait()
        }
      }
    }
    threads.withLock { $0.append(spareThread) }
  }
}

extension Journal {
  /// How the journal stands, for health reports.
  package enum Standing: Hashable, Sendable {
    case open
    /// No spare segment could be prepared; what room there is serves on. The journal keeps trying.
    case shortOfSpace(DiskFailure)
    case stopped
    case poisoned(JournalError)

    var isShortOfSpace: Bool {
      switch self {
      case .shortOfSpace: true
      case .open, .stopped, .poisoned: false
      }
    }
  }

  package var standing: Standing { state.withLock { $0.standing } }
}
