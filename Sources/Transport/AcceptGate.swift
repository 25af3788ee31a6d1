import NIOCore
import Synchronization

/// Holds accepting back while the server is full, so that further clients wait in the kernel's queue and not in our
/// memory. Running out of descriptors is NIO's AcceptBackoffHandler's: it waits a second; here it is only told.
final class AcceptGate: ChannelDuplexHandler {
  typealias InboundIn = Channel
  typealias OutboundIn = Never

  private enum State {
    case open
    /// A read is held back until a connection ends.
    case held
    /// The system had no descriptor for us; accepting is tried again.
    case starved
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
    case .held: break
    case .open, .starved:
      state = .held
      shared.configuration.observe(.acceptPaused)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch state {
    case .starved:
      state = .open
      shared.configuration.observe(.acceptResumed)
    case .open, .held: break
    }
    context.fireChannelRead(data)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch state {
    case .open:
      state = .starved
      shared.configuration.observe(.acceptPaused)
    case .held, .starved: break
    }
    context.fireErrorCaught(error)
  }

  fileprivate func connectionEnded() {
    switch state {
    case .held where !shared.isFull:
      state = .open
      shared.configuration.observe(.acceptResumed)
      context?.read()
    case .open, .held, .starved: break
    }
  }
}

/// The way from a connection's loop to the gate's. Wakes the gate's loop only when something is held back.
struct GateLine: Sendable {
  fileprivate let gate: NIOLoopBound<AcceptGate>
  fileprivate let eventLoop: any EventLoop

  func connectionEnded() {
    eventLoop.execute { gate.value.connectionEnded() }
  }
}
