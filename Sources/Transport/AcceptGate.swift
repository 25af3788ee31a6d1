import NIOCore
import Synchronization

/// Holds accepting back while the server is full or the system out of descriptors, so that further clients wait in the
/// kernel's queue and not in our memory. (NIO's own AcceptBackoffHandler delays the next read, but the listening socket
/// stays registered for the failed one, and the loop spins on it: measured.)
final class AcceptGate: ChannelDuplexHandler {
  typealias InboundIn = Channel
  typealias OutboundIn = Never

  private enum State {
    case open
    /// A read is held back until a connection ends.
    case held
    /// The system had no descriptor for us; accepting is tried again when a connection ends, at the latest then.
    case starved(retry: Scheduled<Void>)
  }

  private let shared: ServerShared
  private var state = State.open

  init(_ shared: ServerShared) { self.shared = shared }

  func handlerAdded(context: ChannelHandlerContext) {
    shared.setGate(GateLine(gate: NIOLoopBound(self, eventLoop: context.eventLoop), eventLoop: context.eventLoop))
    self.context = context
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    shared.setGate(nil)
    self.context = nil
  }

  private var context: ChannelHandlerContext?

  func read(context: ChannelHandlerContext) {
    guard shared.isFull else { return context.read() }
    switch state {
    case .open:
      state = .held
      shared.configuration.observe(.acceptPaused)
    case .held, .starved: break
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch state {
    case .open:
      // Off and on again: only this takes the listening socket off the selector.
      listen(false)
      let gate = NIOLoopBound(self, eventLoop: context.eventLoop)
      let retry = context.eventLoop.scheduleTask(in: .nanoseconds(Self.retryNanoseconds)) { gate.value.resume() }
      state = .starved(retry: retry)
      shared.configuration.observe(.acceptPaused)
    case .held, .starved: break
    }
  }

  fileprivate func connectionEnded() {
    switch state {
    case .held where !shared.isFull: resume()
    case .starved(let retry):
      retry.cancel()
      resume()
    case .open, .held: break
    }
  }

  private func resume() {
    let wasStarved: Bool
    switch state {
    case .open: return
    case .held: wasStarved = false
    case .starved: wasStarved = true
    }
    state = .open
    shared.configuration.observe(.acceptResumed)
    if wasStarved { listen(true) } else { context?.read() }
  }

  private func listen(_ isOn: Bool) {
    // It fails only on a closed channel, where there is nothing to pause.
    try? context?.channel.syncOptions?.setOption(.autoRead, value: isOn)
  }

  /// Other descriptors of the process may have become free.
  private static let retryNanoseconds: Int64 = 1_000_000_000
}

/// The way from a connection's loop to the gate's. Wakes the gate's loop only when something is held back.
struct GateLine: Sendable {
  fileprivate let gate: NIOLoopBound<AcceptGate>
  fileprivate let eventLoop: any EventLoop

  func connectionEnded() {
    eventLoop.execute { gate.value.connectionEnded() }
  }
}
