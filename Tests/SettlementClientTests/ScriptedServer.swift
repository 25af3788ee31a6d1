import GRPCProto
import HTTPStreams
import RPC
import SettlementClient
import SettlementProto
import SwiftProtobuf
import Synchronization

/// Plays a server by a script: one entry for each attempt to connect, and one for each call that arrives.
final class ScriptedServer: ChannelSource {
  enum Connect: Sendable {
    case succeeds
    case fails(AttemptFailure)
  }

  enum Answer: Sendable {
    case replies([UInt8])
    case fails(AttemptFailure)
    /// Fails so, and the connection takes no more calls.
    case loses(AttemptFailure)
  }

  struct Call: Hashable, Sendable {
    let path: String
    let request: [UInt8]
    let timeoutNanoseconds: Int64
  }

  private struct State {
    var connects: [Connect]
    var answers: [Answer]
    var streams: [[StreamStep]] = []
    var calls: [Call] = []
    var watches: [Settlement_V1_WatchWithdrawalsRequest] = []
    var connectionsMade = 0
    var streamPaths: [String] = []
  }

  enum StreamStep: Sendable {
    case event(Settlement_V1_WatchWithdrawalsResponse)
    case entry(Settlement_V1_ListEntry)
    case fails(AttemptFailure)
    case ends
  }

  private let state: Mutex<State>

  init(connects: [Connect] = [], answers: [Answer] = [], streams: [[StreamStep]] = []) {
    state = Mutex(State(connects: connects, answers: answers, streams: streams))
  }

  var calls: [Call] { state.withLock { $0.calls } }
  var watches: [Settlement_V1_WatchWithdrawalsRequest] { state.withLock { $0.watches } }
  var streamPaths: [String] { state.withLock { $0.streamPaths } }
  var connectionsMade: Int { state.withLock { $0.connectionsMade } }

  func connect(timeoutNanoseconds: Int64) async throws(AttemptFailure) -> any CallChannel {
    let outcome = state.withLock { state -> Connect in
      let next = state.connects.isEmpty ? .succeeds : state.connects.removeFirst()
      if case .succeeds = next { state.connectionsMade += 1 }
      return next
    }
    switch outcome {
    case .succeeds: return Channel(server: self)
    case .fails(let failure): throw failure
    }
  }

  fileprivate func answer(_ call: Call) -> Answer {
    state.withLock { state in
      state.calls.append(call)
      return state.answers.isEmpty ? .fails(.answered(RPCStatus(.internal, "off script"))) : state.answers.removeFirst()
    }
  }

  fileprivate func opened(_ path: String) { state.withLock { $0.streamPaths.append(path) } }

  fileprivate func nextStream(_ request: Settlement_V1_WatchWithdrawalsRequest?) -> [StreamStep] {
    state.withLock { state in
      if let request { state.watches.append(request) }
      return state.streams.isEmpty
        ? [.fails(.answered(RPCStatus(.internal, "off script")))] : state.streams.removeFirst()
    }
  }

  final class Channel: CallChannel {
    private let server: ScriptedServer
    private let isOpen = Mutex(true)

    init(server: ScriptedServer) { self.server = server }

    var takesCalls: Bool { isOpen.withLock { $0 } }

    func close() { isOpen.withLock { $0 = false } }

    func unary(
      path: String, request: [UInt8], timeoutNanoseconds: Int64
    ) async throws(AttemptFailure) -> [UInt8] {
      switch server.answer(Call(path: path, request: request, timeoutNanoseconds: timeoutNanoseconds)) {
      case .replies(let bytes): return bytes
      case .fails(let failure): throw failure
      case .loses(let failure):
        close()
        throw failure
      }
    }

    func serverStreaming<Request: Message, Reply: Message>(
      path: String, request: Request, as type: Reply.Type
    ) async throws(AttemptFailure) -> ReplySource<Reply> {
      let next = StepBox(steps: server.nextStream(request as? Settlement_V1_WatchWithdrawalsRequest))
      server.opened(path)
      return ReplySource { () async throws(AttemptFailure) in
        switch next.take() {
        case .event(let event): return event as? Reply
        case .entry(let entry): return entry as? Reply
        case .fails(let failure): throw failure
        case .ends, nil: return nil
        }
      } cancel: {
      }
    }
  }
}

private final class StepBox: Sendable {
  private let steps: Mutex<[ScriptedServer.StreamStep]>
  init(steps: [ScriptedServer.StreamStep]) { self.steps = Mutex(steps) }
  func take() -> ScriptedServer.StreamStep? { steps.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
}

/// Time that passes only by sleeping, and chance that always says the same.
final class TestClock: ClientClock {
  private struct State {
    var now = MonotonicInstant(nanoseconds: 0)
    var sleeps: [Int64] = []
  }

  private let state = Mutex(State())
  private let chance: UInt64

  init(chance: UInt64 = 0) { self.chance = chance }

  var now: MonotonicInstant { state.withLock { $0.now } }
  var sleeps: [Int64] { state.withLock { $0.sleeps } }

  func sleep(nanoseconds: Int64) async throws {
    try Task.checkCancellation()
    state.withLock { state in
      state.sleeps.append(nanoseconds)
      state.now = state.now + nanoseconds
    }
  }

  func random() -> UInt64 { chance }
}
