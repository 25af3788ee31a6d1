/// What one durable write costs on a disk, as the journal does it.
package struct SyncProbe: Hashable, Sendable {
  package var count: Int
  package var p50Nanoseconds: UInt64
  package var p99Nanoseconds: UInt64
  package var maximumNanoseconds: UInt64
}

extension Journal {
  /// Times one block written and synced, `count` times one behind the other, in a preallocated file of its own, which is
  /// removed afterwards: the yardstick for every latency that ends in a sync.
  ///
  /// - Parameters:
  ///   - count: at least 1.
  ///   - clock: monotonic nanoseconds.
  package static func measureSync(
    disk: any Disk, directory: String, count: Int, clock: () -> UInt64
  ) throws(JournalError) -> SyncProbe {
    let count = max(count, 1)
    let names = Names(directory: directory)
    let path = names.temporary("\(directory)/sync-probe")
    return try opening { () throws(DiskFailure) in
      let spare = try prepareSpare(disk, path: path, bytes: (count + 1) * blockBytes)
      defer {
        disk.close(spare.file)
        // A leftover is removed by the next start of the journal.
        do throws(DiskFailure) { try disk.remove(path) } catch {}
      }
      let block = AlignedBytes(count: blockBytes)
      var durations: [UInt64] = []
      for index in 0..<count {
        block.writable.store(UInt64(index) + 1, at: 0)
        let begin = clock()
        try disk.writeAll(spare.file, block.readable, at: index * blockBytes)
        try disk.sync(spare.file)
        durations.append(clock() &- begin)
      }
      durations.sort()
      return SyncProbe(
        count: count, p50Nanoseconds: durations[(count - 1) / 2], p99Nanoseconds: durations[(count - 1) * 99 / 100],
        maximumNanoseconds: durations[count - 1])
    }
  }
}
