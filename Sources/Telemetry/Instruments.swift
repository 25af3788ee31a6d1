internal import Synchronization

/// A number that only rises. Any thread, without locks.
package final class Counter: Sendable {
  private let number = Atomic<UInt64>(0)

  package init() {}

  package func add(_ count: UInt64 = 1) { number.wrappingAdd(count, ordering: .relaxed) }

  package var value: UInt64 { number.load(ordering: .relaxed) }
}

/// How often a measured time, or size, fell into which range. Any thread, without locks: a scrape may see a measurement in
/// its range and not yet in the sum.
package final class Histogram: Sendable {
  /// Upper bounds of the ranges in the unit that is measured, rising; beyond the last there is one more.
  package let bounds: [Int64]
  /// Of the unit that is shown, in the unit that is measured: 1e9 for seconds out of nanoseconds.
  package let scale: Double
  private let ranges: AtomicRow
  private let sum = Atomic<Int64>(0)

  package init(bounds: [Int64], scale: Double) {
    self.bounds = bounds
    self.scale = scale
    ranges = AtomicRow(count: bounds.count + 1)
  }

  /// Of a call, in nanoseconds: 50 microseconds to 10 seconds, three in a decade as Prometheus' own defaults have them.
  package static func seconds() -> Histogram {
    Histogram(
      bounds: [
        50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000,
        100_000_000, 250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000,
      ], scale: 1e9)
  }

  /// Bytes, from one block to the longest frame.
  package static func bytes() -> Histogram {
    Histogram(bounds: (12...23).map { 1 << $0 }, scale: 1)
  }

  package func record(_ measured: Int64) {
    // Seventeen bounds at most: a walk is as fast as anything.
    ranges.add(at: bounds.firstIndex { measured <= $0 } ?? bounds.count)
    sum.wrappingAdd(measured, ordering: .relaxed)
  }

  /// Counts by range (not cumulative), and the sum in the measured unit.
  package var snapshot: (counts: [UInt64], sum: Int64) { (ranges.values, sum.load(ordering: .relaxed)) }
}

/// Numbers side by side that any thread may raise.
private final class AtomicRow: Sendable {
  /// Sendable by its use: only atomic operations touch what it points to, and it lives as long as the row.
  private nonisolated(unsafe) let cells: UnsafeMutablePointer<Atomic<UInt64>>
  private let count: Int

  init(count: Int) {
    self.count = count
    cells = .allocate(capacity: count)
    for index in 0..<count { (cells + index).initialize(to: Atomic(0)) }
  }

  deinit {
    cells.deinitialize(count: count)
    cells.deallocate()
  }

  func add(at index: Int) { cells[index].wrappingAdd(1, ordering: .relaxed) }

  var values: [UInt64] { (0..<count).map { cells[$0].load(ordering: .relaxed) } }
}
