import Dispatch
import Glibc
import Journal

/// What happens to a running server from outside, one after the other.
enum ServeEvent: Sendable {
  /// SIGTERM or SIGINT.
  case stopRequested(signal: Int32)
  /// SIGHUP.
  case reloadRequested
  /// The journal failed: nothing more can be acknowledged.
  case journalFailed(JournalError)
  /// Every connection is gone.
  case drained
  /// Calls that answer have had the time to; what is left waits for something that may never come (a watch).
  case graceOver
  /// The ledger has taken its last command, and the journal is closed.
  case ledgerStopped
}

extension ServeEvent {
  var kind: StopMachine.Event {
    switch self {
    case .stopRequested: .stopRequested
    case .reloadRequested: .reloadRequested
    case .journalFailed: .journalFailed
    case .drained: .drained
    case .graceOver: .graceOver
    case .ledgerStopped: .ledgerStopped
    }
  }
}

/// Turns signals into events for as long as it lives.
final class SignalWatch {
  private var sources: [any DispatchSourceSignal] = []

  init(_ events: AsyncStream<ServeEvent>.Continuation) {
    watch(SIGTERM) { events.yield(.stopRequested(signal: SIGTERM)) }
    watch(SIGINT) { events.yield(.stopRequested(signal: SIGINT)) }
    watch(SIGHUP) { events.yield(.reloadRequested) }
  }

  deinit { for source in sources { source.cancel() } }

  private func watch(_ number: Int32, _ handler: @escaping @Sendable () -> Void) {
    // The default action would end the process before the source hears of it.
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler(handler: handler)
    source.resume()
    sources.append(source)
  }
}
