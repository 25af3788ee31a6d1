import Glibc

/// Tells how far long work is: on a terminal in one line that changes, elsewhere now and then in a line of its own.
final class ProgressMeter {
  private let what: String
  private let place: Place
  private var shownAt = ProgressMeter.now()
  private var hasShown = false

  private enum Place {
    case terminal
    case lines((String) -> Void)
  }

  /// As often as an eye can follow.
  private static let terminalNanoseconds = 100_000_000
  /// As often as a log's reader wants to know.
  private static let linesNanoseconds = 5_000_000_000

  /// - Parameter elsewhere: takes a line where standard error is no terminal.
  init(what: String, elsewhere: @escaping (String) -> Void = { _ in }) {
    self.what = what
    place = Console.isTerminal ? .terminal : .lines(elsewhere)
  }

  func show(_ amount: @autoclosure () -> String) {
    let now = Self.now()
    switch place {
    case .terminal:
      guard now - shownAt >= Self.terminalNanoseconds else { return }
      // Back to the start of the line, and what was there erased.
      Console.write("\r\u{1b}[K\(what): \(amount())", to: STDERR_FILENO)
    case .lines(let write):
      guard now - shownAt >= Self.linesNanoseconds else { return }
      write("\(what): \(amount())")
    }
    shownAt = now
    hasShown = true
  }

  /// Nanoseconds of an arbitrary origin.
  private static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  /// A bar, for work whose whole is known.
  func show(done: Int, of total: Int, _ note: @autoclosure () -> String) {
    let width = 30
    let share = total > 0 ? Int(Double(done) / Double(total) * Double(width)) : width
    let filled = min(max(share, 0), width)
    show("[" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "] " + note())
  }

  /// Takes the line of a terminal away.
  func end() {
    guard case .terminal = place, hasShown else { return }
    Console.write("\r\u{1b}[K", to: STDERR_FILENO)
  }
}
