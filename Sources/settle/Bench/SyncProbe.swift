import Glibc
import Histogram

/// How long this machine's disk takes to make 4 KiB durable: the least that an acknowledged write can cost. Writes as
/// the journal does, block after block into a file whose space was filled with zeros and synced before.
struct SyncProbe {
  static let blockByteCount = 4096
  /// Large enough that a block is not written twice in quick succession.
  private static let blocksInFile = 4096

  /// The probe file is made here and removed again.
  let directory: String
  let writes: Int

  /// Latencies of pwrite + fdatasync in nanoseconds.
  func measure() throws(Failure) -> Histogram<UInt32> {
    let path = "\(directory)/sync-probe.\(getpid())"
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Failure(.cannotCreate, "cannot create \(path): \(systemErrorText())") }
    defer {
      close(descriptor)
      unlink(path)
    }
    let zeros = [UInt8](repeating: 0, count: Self.blockByteCount)
    for block in 0..<Self.blocksInFile { try write(zeros, at: block, descriptor, path) }
    guard fsync(descriptor) == 0 else { throw Failure(.systemError, "cannot sync \(path): \(systemErrorText())") }

    var latencies = Histogram<UInt32>(highestTrackableValue: 60_000_000_000, numberOfSignificantValueDigits: .three)
    let data = [UInt8](repeating: 0xA5, count: Self.blockByteCount)
    for index in 0..<writes {
      let start = monotonicNanoseconds()
      try write(data, at: index % Self.blocksInFile, descriptor, path)
      guard fdatasync(descriptor) == 0 else {
        throw Failure(.systemError, "cannot sync \(path): \(systemErrorText())")
      }
      latencies.record(UInt64(max(monotonicNanoseconds() - start, 0)))
    }
    return latencies
  }

  private func write(_ block: [UInt8], at index: Int, _ descriptor: Int32, _ path: String) throws(Failure) {
    let count = pwrite(descriptor, block, block.count, off_t(index * Self.blockByteCount))
    guard count == block.count else { throw Failure(.cannotCreate, "cannot write \(path): \(systemErrorText())") }
  }

  private func monotonicNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
