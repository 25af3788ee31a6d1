import ArgumentParser
import Glibc

/// What a command prints: results on standard output, problems on standard error.
enum Console {
  /// One line, at once: a reader at the other end of a pipe sees it before the program goes on. Nobody needs it: what
  /// cannot be written is dropped.
  static func line(_ text: String) {
    write(text + "\n", to: STDOUT_FILENO)
  }

  /// Results that somebody asked for: if they cannot be written, that is an error.
  static func result(_ text: String) throws(Failure) {
    if case .failed(let code) = write(text, to: STDOUT_FILENO) {
      throw Failure(.cannotCreate, "cannot write to standard output: \(systemErrorText(code))")
    }
  }

  static func problem(_ text: String) {
    write(text + "\n", to: STDERR_FILENO)
  }

  enum Written: Hashable, Sendable {
    case whole
    case failed(errno: Int32)
  }

  /// Straight to the descriptor, waiting for it where it takes nothing now.
  @discardableResult
  static func write(_ text: String, to descriptor: Int32) -> Written {
    var text = text
    return text.withUTF8 { utf8 in
      var rest = UnsafeRawBufferPointer(utf8)
      while rest.count > 0 {
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count > 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest[count...])
          continue
        }
        switch errno {
        case EINTR: continue
        case EAGAIN:
          // Somebody made it non-blocking, a terminal that we share for example.
          var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&room, 1, -1)
        default: return .failed(errno: errno)
        }
      }
      return .whole
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
