import Synchronization

/// What was told, in order.
final class Told: Sendable {
  private let state = Mutex<[String]>([])
  func note(_ line: String) { state.withLock { $0.append(line) } }
  var lines: [String] { state.withLock { $0 } }
}
