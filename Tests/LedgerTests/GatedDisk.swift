import Journal
import Synchronization

/// A disk whose writes to segments wait until the gate is open: a disk as slow as the test wants, without a clock.
final class GatedDisk: Disk {
  private let base: any Disk
  private let gate = Gate()

  init(_ base: any Disk) { self.base = base }

  func closeGate() { gate.close() }
  func openGate() { gate.open() }
  /// Returns when a write stands before the closed gate.
  func waitForWriter() { gate.waitForGuest() }

  func write(_ file: OpenFile, _ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskFailure) -> Int {
    gate.pass()
    return try base.write(file, bytes, at: offset)
  }

  func open(_ path: String, _ mode: OpenMode) throws(DiskFailure) -> OpenFile { try base.open(path, mode) }
  func close(_ file: OpenFile) { base.close(file) }
  func byteCount(_ file: OpenFile) throws(DiskFailure) -> Int { try base.byteCount(file) }
  func read(
    _ file: OpenFile, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(DiskFailure) -> Int {
    try base.read(file, into: buffer, at: offset)
  }
  func sync(_ file: OpenFile) throws(DiskFailure) { try base.sync(file) }
  func dropCache(_ file: OpenFile) { base.dropCache(file) }
  func syncDirectory(_ directory: OpenFile) throws(DiskFailure) { try base.syncDirectory(directory) }
  func list(_ directory: String) throws(DiskFailure) -> [String] { try base.list(directory) }
  func makeDirectory(_ path: String) throws(DiskFailure) { try base.makeDirectory(path) }
  func rename(_ path: String, to newPath: String) throws(DiskFailure) { try base.rename(path, to: newPath) }
  func remove(_ path: String) throws(DiskFailure) { try base.remove(path) }
  func lock(_ path: String) throws(DiskFailure) -> OpenFile { try base.lock(path) }
}

/// Threads wait before it while it is closed.
private final class Gate: Sendable {
  private struct State {
    var isClosed = false
    var guests: [Doorbell] = []
    var watcher: Doorbell?
  }
  private let state = Mutex(State())

  func close() { state.withLock { $0.isClosed = true } }

  func open() {
    let guests = state.withLock { state in
      state.isClosed = false
      defer { state.guests = [] }
      return state.guests
    }
    for guest in guests { guest.ring() }
  }

  func pass() {
    let bell = Doorbell()
    let watcher: Doorbell?? = state.withLock { state in
      guard state.isClosed else { return nil }
      state.guests.append(bell)
      defer { state.watcher = nil }
      return .some(state.watcher)
    }
    guard let watcher else { return }
    watcher?.ring()
    bell.wait()
  }

  func waitForGuest() {
    let bell = Doorbell()
    let waits = state.withLock { state in
      guard state.guests.isEmpty else { return false }
      state.watcher = bell
      return true
    }
    if waits { bell.wait() }
  }
}
