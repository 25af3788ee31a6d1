package import Journal
import Synchronization

/// A disk in memory that fails and loses power on demand. The same seed gives the same losses.
///
/// It keeps the promises of `Disk` and no others: what was not synced may be kept, dropped, replaced by zeros or by
/// garbage, each 512-byte piece for itself; so may each change of a name. A change is atomic, also between directories.
package final class SimulatedDisk: Disk {
  /// Reported by every call after a power cut or a failure for ever.
  package static let inputOutputError = DiskFailure.Cause.system(errno: 5)  // EIO

  package enum Fault: Sendable {
    case failure(DiskFailure.Cause)
    /// A write that takes half of the bytes. Other operations are done in full.
    case shortWrite
    /// The operation, and all that follow, do nothing and fail: the power is cut.
    case powerCut
  }

  package enum Lasting: Sendable {
    case once, forEver
  }

  /// What a power cut leaves of the bytes and names that were not synced.
  package enum Survival: Sendable, CaseIterable {
    /// The kernel had written everything: as after SIGKILL.
    case everything
    case nothing
    /// Each 512-byte piece of each write is kept or dropped; so is each change of a name.
    case somePieces
    /// Like `somePieces`, and what is not kept may be zeros or noise.
    case somePiecesAndNoise
  }

  private let state = Mutex(State())

  package init() {}

  // MARK: Faults

  /// Makes the `number`-th operation from now (1 is the next) of the given kinds fail.
  package func fail(
    operation number: Int, with fault: Fault, lasting: Lasting = .once,
    among kinds: Set<DiskFailure.Operation>? = nil
  ) {
    state.withLock { $0.plan = FaultPlan(remaining: number, fault: fault, lasting: lasting, kinds: kinds) }
  }

  package func failNoMore() { state.withLock { $0.plan = nil } }

  /// While set, syncs report success and make nothing durable.
  package func letSyncsLie(_ lie: Bool) { state.withLock { $0.syncsLie = lie } }

  /// Room for files in bytes, counted by their lengths; a write that would need more fails with `.noSpace`.
  package func limitSpace(toBytes limit: Int?) { state.withLock { $0.spaceLimit = limit } }

  /// All operations so far, for "until clean" loops.
  package var operationCount: Int { state.withLock { $0.log.count } }

  package var operations: [(operation: DiskFailure.Operation, path: String)] { state.withLock { $0.log } }

  /// The disk as the next start finds it after the power was cut now. This disk is no longer usable.
  package func losePower(_ survival: Survival, seed: UInt64) -> SimulatedDisk {
    let survivors = state.withLock { state in
      state.isDead = true
      return state.survivors(survival, seed: seed)
    }
    let next = SimulatedDisk()
    next.state.withLock { $0.restore(survivors) }
    return next
  }

  /// The disk as the next process finds it after this one was killed: nothing is lost, also not what memory holds and the
  /// disk refused. This disk is no longer usable.
  package func killProcess() -> SimulatedDisk {
    let next = SimulatedDisk()
    let (files, names) = state.withLock { state in
      state.isDead = true
      return (state.files, state.names)
    }
    next.state.withLock { state in
      state.files = files
      state.names = names
      state.durableNames = names
    }
    return next
  }

  // MARK: Looking and tampering

  package var paths: [String] { state.withLock { $0.names.keys.sorted() } }

  package func contents(_ path: String) -> [UInt8]? {
    state.withLock { state in state.names[path].map { state.files[$0].current } }
  }

  /// Puts durable bytes under a name, whatever was there.
  package func setContents(_ path: String, _ bytes: [UInt8]?) {
    state.withLock { state in
      if let bytes {
        state.files.append(State.File(durable: bytes))
        state.names[path] = state.files.count - 1
      } else {
        state.names[path] = nil
      }
      state.durableNames = state.names
      state.pendingNames = []
    }
  }

  /// An independent disk with the same durable content.
  package func copy() -> SimulatedDisk {
    let next = SimulatedDisk()
    for path in paths { next.setContents(path, contents(path)) }
    return next
  }

  // MARK: Disk

  package func open(_ path: String, _ mode: OpenMode) throws(DiskFailure) -> OpenFile {
    try perform(.open, path) { state, _ in
      switch mode {
      case .read, .readWrite:
        guard let file = state.names[path] else { return .failure(.notFound) }
        return .success(state.open(file, path))
      case .directory:
        return .success(state.openDirectory(path))
      case .create:
        if let file = state.names[path] {
          state.files[file].truncate()
          return .success(state.open(file, path))
        }
        state.files.append(State.File(durable: []))
        state.change(.set(path, state.files.count - 1))
        return .success(state.open(state.files.count - 1, path))
      }
    }
  }

  package func close(_ file: OpenFile) {
    state.withLock { state in
      state.openFiles[file.descriptor] = nil
      state.locks = state.locks.filter { $0.value != file.descriptor }
    }
  }

  package func byteCount(_ file: OpenFile) throws(DiskFailure) -> Int {
    try perform(.size, file.path) { state, _ in
      state.withFile(file) { $0.current.count }
    }
  }

  package func read(
    _ file: OpenFile, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(DiskFailure) -> Int {
    // The buffer is only used during the call; the closure's sendability is of no matter to it.
    nonisolated(unsafe) let buffer = buffer
    return try perform(.read, file.path) { state, _ in
      state.withFile(file) { file in
        guard offset < file.current.count else { return 0 }
        let count = min(buffer.count, file.current.count - offset)
        file.current.withUnsafeBytes {
          buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count]))
        }
        return count
      }
    }
  }

  package func write(_ file: OpenFile, _ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskFailure) -> Int {
    nonisolated(unsafe) let bytes = bytes  // as in `read`
    return try perform(.write, file.path) { state, isShort in
      let count = isShort ? max(1, bytes.count / 2) : bytes.count
      let piece = UnsafeRawBufferPointer(rebasing: bytes[..<count])
      if let limit = state.spaceLimit, let index = state.openFiles[file.descriptor] {
        let growth = max(0, offset + count - state.files[index].current.count)
        guard growth == 0 || state.usedBytes + growth <= limit else { return .failure(.noSpace) }
      }
      return state.withFile(file) { file in
        file.write(piece, at: offset)
        return count
      }
    }
  }

  package func sync(_ file: OpenFile) throws(DiskFailure) {
    try perform(.sync, file.path) { state, _ in
      if state.syncsLie { return .success(()) }
      return state.withFile(file) { $0.sync() }
    }
  }

  package func dropCache(_ file: OpenFile) {
    state.withLock { state in _ = state.withFile(file) { $0.dropCache() } }
  }

  package func syncDirectory(_ directory: OpenFile) throws(DiskFailure) {
    try perform(.syncDirectory, directory.path) { state, _ in
      if !state.syncsLie { state.syncNames() }
      return .success(())
    }
  }

  package func list(_ directory: String) throws(DiskFailure) -> [String] {
    try perform(.list, directory) { state, _ in
      let prefix = directory + "/"
      let names = state.names.keys.filter { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count) }
      return .success(names.filter { !$0.contains("/") }.map(String.init).sorted())
    }
  }

  package func makeDirectory(_ path: String) throws(DiskFailure) {
    try perform(.makeDirectory, path) { _, _ in .success(()) }
  }

  package func rename(_ path: String, to newPath: String) throws(DiskFailure) {
    try perform(.rename, path) { state, _ -> Result<Void, CauseError> in
      guard let file = state.names[path] else { return .failure(.notFound) }
      state.change(.move(path, newPath, file))
      return .success(())
    }
  }

  package func remove(_ path: String) throws(DiskFailure) {
    try perform(.remove, path) { state, _ -> Result<Void, CauseError> in
      guard state.names[path] != nil else { return .failure(.notFound) }
      state.change(.remove(path))
      return .success(())
    }
  }

  package func lock(_ path: String) throws(DiskFailure) -> OpenFile {
    try perform(.lock, path) { state, _ in
      guard state.locks[path] == nil else { return .failure(.heldByAnother(process: 4711)) }
      let index =
        state.names[path]
        ?? {
          state.files.append(State.File(durable: []))
          state.change(.set(path, state.files.count - 1))
          return state.files.count - 1
        }()
      let file = state.open(index, path)
      state.locks[path] = file.descriptor
      return .success(file)
    }
  }

  private func perform<Value: Sendable>(
    _ operation: DiskFailure.Operation, _ path: String,
    _ body: (inout State, _ isShort: Bool) -> Result<Value, CauseError>
  ) throws(DiskFailure) -> Value {
    let result: Result<Value, CauseError> = state.withLock { state in
      if state.isDead { return .failure(CauseError(Self.inputOutputError)) }
      state.log.append((operation, path))
      switch state.takeFault(operation) {
      case nil: return body(&state, false)
      case .shortWrite: return body(&state, true)
      case .failure(let cause):
        if operation == .sync { state.failSync(path) }
        return .failure(CauseError(cause))
      case .powerCut:
        state.isDead = true
        return .failure(CauseError(Self.inputOutputError))
      }
    }
    do {
      return try result.get()
    } catch {
      throw DiskFailure(operation: operation, path: path, cause: error.cause)
    }
  }
}
