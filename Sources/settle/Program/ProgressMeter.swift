import Glibc

/// One line on a terminal that tells how far long work is; nothing where standard error is no terminal.
final class ProgressMeter {
  private let what: String
  private let isShown = Console.isTerminal
  private var shownAt = timespec()

  /// As often as an eye can follow.
  private static let intervalNanoseconds = 100_000_000

  init(what: String) { self.what = what }

  func show(_ amount: @autoclosure () -> String) {
    guard isShown else { return }
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let passed = (now.tv_sec - shownAt.tv_sec) * 1_000_000_000 + now.tv_nsec - shownAt.tv_nsec
    guard passed >= Self.intervalNanoseconds else { return }
    shownAt = now
    // Back to the start of the line, and what was there erased.
    Console.write("\r\u{1b}[K\(what): \(amount())", to: STDERR_FILENO)
  }

  /// A bar, for work whose whole is known.
  func show(done: Int, of total: Int, _ note: @autoclosure () -> String) {
    let width = 30
    let share = total > 0 ? Int(Double(done) / Double(total) * Double(width)) : width
    let filled = min(max(share, 0), width)
    show("[" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "] " + note())
  }

  func end() {
    if isShown && shownAt.tv_sec > 0 { Console.write("\r\u{1b}[K", to: STDERR_FILENO) }
  }
}
