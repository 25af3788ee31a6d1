import ArgumentParser
import Glibc

/// What a command prints: results on standard output, problems on standard error.
enum Console {
  /// One line of result, at once: a reader at the other end of a pipe sees it before the program goes on.
  static func line(_ text: String) {
    write(text + "\n", to: STDOUT_FILENO)
  }

  static func problem(_ text: String) {
    write(text + "\n", to: STDERR_FILENO)
  }

  /// Straight to the descriptor. What cannot be written (a closed pipe, a full disk) is dropped: there is no place left
  /// to complain to.
  static func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { utf8 in
      var rest = UnsafeRawBufferPointer(utf8)
      while rest.count > 0 {
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
    }
  }

  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Runs a command's work; what went wrong is told on standard error and becomes the exit code.
  static func reportingFailures(json: Bool, _ work: () throws -> Void) throws {
    do { try work() } catch let failure as Failure { throw report(failure, json: json) }
  }

  static func reportingFailures(
    json: Bool, isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> Void
  ) async throws {
    do { try await work() } catch let failure as Failure { throw report(failure, json: json) }
  }

  private static func report(_ failure: Failure, json: Bool) -> ExitCode {
    if json {
      problem(failure.json.line)
    } else {
      problem("settle: \(failure)")
    }
    return ExitCode(failure.reason.rawValue)
  }
}
