package import HTTPStreams
import NIOCore
import NIOPosix

/// The event loops of a program, so that callers need not know NIO.
package final class Loops: Sendable {
  package let all: [TransportLoop]
  let group: MultiThreadedEventLoopGroup

  /// How often timers are looked at.
  package static let tickNanosecondsDefault: Int64 = 100_000_000

  /// One loop drives several 100,000 requests per second; more than one needs more cores than two.
  package init(count: Int = 1, tickNanoseconds: Int64 = tickNanosecondsDefault) {
    group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, count))
    all = group.makeIterator().map { TransportLoop($0, tickNanoseconds: tickNanoseconds) }
  }

  /// The loop that runs on `eventLoop`.
  func loop(of eventLoop: any EventLoop) -> TransportLoop? {
    all.first { $0.eventLoop === eventLoop }
  }

  /// Ends the threads. Everything on the loops must be closed before.
  package func shutdown() async {
    // It fails only when called twice: then there is nothing left to end.
    try? await group.shutdownGracefully()
  }
}

/// One loop: NIO's, with what the connections on it share: the coarse clock, scratch memory, and the list of connections
/// that have something to send at the end of the turn.
///
/// Unchecked: the mutable part is touched on the loop only, which NIO runs serially.
package final class TransportLoop: StreamLoop, @unchecked Sendable {
  let eventLoop: any EventLoop
  private let tickNanoseconds: Int64
  let clock: CoarseClock
  private var connections: [Connection] = []
  private var dirty: [Connection] = []
  private var flushing: [Connection] = []
  private var ticks: RepeatedTask?

  /// Plaintext that came in: four TLS records at a time.
  let received = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
  /// Plaintext to go out: one full TLS record.
  let sending = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 * 1024, alignment: 16)

  init(_ eventLoop: any EventLoop, tickNanoseconds: Int64) {
    self.eventLoop = eventLoop
    self.tickNanoseconds = tickNanoseconds
    clock = CoarseClock(Self.monotonicNow)
  }

  deinit {
    received.deallocate()
    sending.deallocate()
  }

  package var isCurrent: Bool { eventLoop.inEventLoop }
  package var now: MonotonicInstant { Self.monotonicNow }

  package func execute(_ work: @escaping @Sendable () -> Void) { eventLoop.execute(work) }

  package func schedule(at instant: MonotonicInstant, _ work: @escaping @Sendable () -> Void) -> any ScheduledWork {
    let deadline = NIODeadline.uptimeNanoseconds(UInt64(max(0, instant.nanoseconds)))
    return LoopTimer(scheduled: eventLoop.scheduleTask(deadline: deadline, work))
  }

  // MARK: Connections (on the loop)

  func add(_ connection: Connection) {
    connection.placeOnLoop = connections.count
    connections.append(connection)
    guard ticks == nil else { return }
    clock.now = now
    let interval = TimeAmount.nanoseconds(tickNanoseconds)
    ticks = eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { [weak self] _ in self?.tick() }
  }

  func remove(_ connection: Connection) {
    let place = connection.placeOnLoop
    guard place >= 0, place < connections.count, connections[place] === connection else { return }
    connection.placeOnLoop = -1
    let last = connections.removeLast()
    if last !== connection {
      connections[place] = last
      last.placeOnLoop = place
    }
    if connections.isEmpty {
      ticks?.cancel()
      ticks = nil
    }
  }

  /// Sends what `connection` has at the end of this turn.
  func flushLater(_ connection: Connection) {
    dirty.append(connection)
    if dirty.count == 1 { eventLoop.execute { self.flushDirty() } }
  }

  private func flushDirty() {
    swap(&dirty, &flushing)
    for connection in flushing { connection.flush() }
    flushing.removeAll(keepingCapacity: true)
  }

  private func tick() {
    clock.now = now
    for connection in connections { connection.tick() }
  }

  private static var monotonicNow: MonotonicInstant {
    MonotonicInstant(nanoseconds: Int64(clamping: NIODeadline.now().uptimeNanoseconds))
  }
}

private struct LoopTimer: ScheduledWork {
  let scheduled: Scheduled<Void>
  func cancel() { scheduled.cancel() }
}
