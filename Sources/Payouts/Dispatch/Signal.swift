internal import Synchronization

/// Wakes one waiting task; a signal that nobody waits for is kept, once.
final class Signal: Sendable {
  private struct State {
    var isSet = false
    var waiting: CheckedContinuation<Void, Never>?
  }
  private let state = Mutex(State())

  func set() {
    let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard let waiting = state.waiting else {
        state.isSet = true
        return nil
      }
      state.waiting = nil
      return waiting
    }
    waiting?.resume()
  }

  /// Of one task at a time.
  func wait() async {
    await withCheckedContinuation { continuation in
      let isSet = state.withLock { state in
        guard !state.isSet else {
          state.isSet = false
          return true
        }
        state.waiting = continuation
        return false
      }
      if isSet { continuation.resume() }
    }
  }

  /// Until it is set or the time has come.
  func wait(untilMilliseconds time: Int64, _ clock: any PayoutClock) async {
    let alarm = Task { [self] in
      await clock.sleep(untilMilliseconds: time)
      if !Task.isCancelled { set() }
    }
    await wait()
    alarm.cancel()
  }
}

/// First in, first out, without moving what is left.
struct Fifo<Element> {
  private var items: [Element] = []
  private var head = 0

  var count: Int { items.count - head }
  var isEmpty: Bool { count == 0 }

  mutating func append(_ item: Element) { items.append(item) }
  mutating func append(contentsOf more: [Element]) { items.append(contentsOf: more) }

  mutating func take() -> Element? {
    guard head < items.count else { return nil }
    defer {
      head += 1
      if head == items.count {
        items.removeAll(keepingCapacity: true)
        head = 0
      } else if head >= 4_096, head * 2 > items.count {
        items.removeFirst(head)
        head = 0
      }
    }
    return items[head]
  }
}
