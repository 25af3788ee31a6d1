internal import LedgerCore
internal import Synchronization

// Channels keep their own time-outs. What is here is for those that do not: nothing of ours waits for ever.
extension Dispatcher {
  /// nil: it took too long, or the dispatcher stops. Such a call cannot be taken back: it goes on, and what it brings is
  /// dropped.
  func within<Value: Sendable>(
    milliseconds: Int64, _ work: @escaping @Sendable () async -> Value
  ) async -> Value? {
    let race = Race<Value>()
    let end = clock.monotonicMilliseconds() + milliseconds
    Task { race.end(await work()) }
    let alarm = Task { [clock] in
      await clock.sleep(untilMilliseconds: end)
      race.end(nil)
    }
    defer { alarm.cancel() }
    return await withTaskCancellationHandler {
      await race.result()
    } onCancel: {
      race.end(nil)
    }
  }

  /// Calls of lanes that have not come back: their payouts are in doubt from now on, and others get their place.
  func watchCalls() async {
    while isRunning {
      let now = clock.monotonicMilliseconds()
      for lane in lanes { giveUp(lane, now) }
      await clock.sleep(untilMilliseconds: now + limits.callCheckMilliseconds)
    }
  }

  private func giveUp(_ lane: ChannelLane, _ now: Int64) {
    let overdue = lane.takeOverdue(begunBefore: now - limits.callMilliseconds)
    guard !overdue.isEmpty else { return }
    let answer = ChannelAnswer.unknown(code: OwnCode.hung, message: "")
    state.withLock { state in
      for (call, began) in overdue {
        state.found.append(
          Found(
            kind: call.kind, lane: lane.index, key: call.request.key, amount: call.request.amount, answer: answer,
            tookMilliseconds: now - began))
      }
    }
    for (call, began) in overdue {
      lane.answered(call.kind, answer, took: now - began, nowMilliseconds: now, now: clock.now())
    }
    foundSignal.set()
    pumpSignal.set()
    for _ in 0..<lane.replaceWorkers(overdue.count) { startWorker(lane) }
  }

  /// An answer after its call was given up. Only that money is out counts still: the same request may have been sent again
  /// meanwhile, and a failure of the first one says nothing of the second.
  func takeLate(_ call: Call, _ answer: ChannelAnswer, _ lane: ChannelLane, took milliseconds: Int64) {
    guard case .paid = answer else { return }
    state.withLock { state in
      state.found.append(
        Found(
          kind: call.kind, lane: lane.index, key: call.request.key, amount: call.request.amount, answer: answer,
          tookMilliseconds: milliseconds))
    }
    foundSignal.set()
  }
}

/// The first of two results, for one task that waits.
private final class Race<Value: Sendable>: Sendable {
  private enum State {
    case open(CheckedContinuation<Value?, Never>?)
    case ended(Value?)
    case taken
  }
  private let state = Mutex(State.open(nil))

  func end(_ value: Value?) {
    let waiting = state.withLock { state -> CheckedContinuation<Value?, Never>? in
      guard case .open(let waiting) = state else { return nil }
      state = waiting == nil ? .ended(value) : .taken
      return waiting
    }
    waiting?.resume(returning: value)
  }

  func result() async -> Value? {
    await withCheckedContinuation { continuation in
      let ended = state.withLock { state -> Value?? in
        guard case .ended(let value) = state else {
          state = .open(continuation)
          return .none
        }
        state = .taken
        return .some(value)
      }
      if case .some(let value) = ended { continuation.resume(returning: value) }
    }
  }
}
