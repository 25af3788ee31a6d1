import Dispatch
import Glibc
import Logging
import Synchronization

/// Standard error as a place for log lines that never holds the program up: lines go out on a queue of their own, and
/// when whoever reads them stops doing so, further ones are counted and dropped. A closed or full file loses lines and
/// nothing else.
final class LogOutput: Sendable {
  /// Lines that wait for a slow reader: some thousand.
  static let waitingBytesMaximum = 1 << 20

  private struct State {
    var waitingBytes = 0
    var dropped = 0
  }

  private let descriptor: Int32
  private let queue = DispatchQueue(label: "settle.log")
  private let state = Mutex(State())

  init(descriptor: Int32) { self.descriptor = descriptor }

  func write(_ line: String) {
    let count = line.utf8.count + 1
    let isTaken = state.withLock { state in
      guard state.waitingBytes + count <= Self.waitingBytesMaximum else {
        state.dropped += 1
        return false
      }
      state.waitingBytes += count
      return true
    }
    guard isTaken else { return }
    queue.async { [self] in
      Console.write(line + "\n", to: descriptor)
      let dropped = state.withLock { state in
        state.waitingBytes -= count
        defer { if state.waitingBytes == 0 { state.dropped = 0 } }
        return state.waitingBytes == 0 ? state.dropped : 0
      }
      if dropped > 0 { Console.write("(\(dropped) log lines were dropped: nobody read them)\n", to: descriptor) }
    }
  }

  /// Waits until everything is out, but not for a reader that does not read.
  func flush(timeoutMilliseconds: Int) {
    let done = DispatchSemaphore(value: 0)
    queue.async { done.signal() }
    _ = done.wait(timeout: .now() + .milliseconds(timeoutMilliseconds))
  }
}

/// One line per event, as text for people or as JSON for collectors.
struct LineLogHandler: LogHandler {
  enum Format: Hashable, Sendable { case text, json }

  let output: LogOutput
  let format: Format
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  /// Seconds and nanoseconds since 1970.
  let clock: @Sendable () -> (seconds: Int, nanoseconds: Int32)

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let (seconds, nanoseconds) = clock()
    let time = Instant.logText(seconds: seconds, nanoseconds: nanoseconds)
    let all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
    output.write(Self.line(format, time: time, level: event.level, message: "\(event.message)", metadata: all))
  }

  static func line(
    _ format: Format, time: String, level: Logger.Level, message: String,
    metadata: [(key: String, value: Logger.MetadataValue)]
  ) -> String {
    switch format {
    case .json:
      let members = [
        JSON.Member("time", .text(time)), JSON.Member("level", .text(level.rawValue)),
        JSON.Member("message", .text(message)),
      ]
      return JSON.object(members + metadata.map { JSON.Member($0.key, .text("\($0.value)")) }).line
    case .text:
      let details = metadata.map { " \($0.key)=\(shown("\($0.value)"))" }.joined()
      return "\(time) \(level.rawValue) \(shown(message))\(details)"
    }
  }
}

extension LogOutput {
  func logger(format: LineLogHandler.Format, level: Logger.Level) -> Logger {
    Logger(label: "settle") { _ in
      LineLogHandler(output: self, format: format, logLevel: level) {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return (time.tv_sec, Int32(truncatingIfNeeded: time.tv_nsec))
      }
    }
  }
}
