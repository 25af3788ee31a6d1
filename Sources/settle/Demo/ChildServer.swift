import Dispatch
import Glibc

/// A `settle serve` of our own as a child process.
final class ChildServer: Sendable {
  let process: pid_t
  let endpoint: Endpoint

  private init(process: pid_t, endpoint: Endpoint) {
    self.process = process
    self.endpoint = endpoint
  }

  private static let ready = "listening on "
  /// Recovery of the little that a demonstration wrote takes milliseconds; this only bounds a start that hangs.
  private static let startMilliseconds: Int32 = 60_000

  /// Starts the program that runs now once more, with `arguments`, and waits until it listens. Its logs are appended to
  /// `logPath`.
  static func start(_ arguments: [String], logPath: String) async throws(Failure) -> ChildServer {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else {
      throw Failure(.systemError, "cannot make a pipe: \(systemErrorText())")
    }
    // The child gets its end as standard output, and no other.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let reading = ends[0]
    defer { close(reading) }
    let spawned = spawn(arguments, output: ends[1], logPath: logPath)
    close(ends[1])
    let process = try spawned.get()
    let line = await blocking { readLine(reading) }
    guard let line, line.hasPrefix(ready), let endpoint = Endpoint(argument: String(line.dropFirst(ready.count))) else {
      kill(process, SIGKILL)
      let ending = await ending(of: process)
      throw Failure(
        .systemError, "the server did not start (\(ending))", advice: "What it had to say stands in \(logPath).")
    }
    return ChildServer(process: process, endpoint: endpoint)
  }

  func send(_ signal: Int32) { kill(process, signal) }

  /// Waits for its end, once.
  func ending() async -> Ending { await Self.ending(of: process) }

  enum Ending: Hashable, CustomStringConvertible {
    case exit(code: Int32)
    case signal(Int32)
    case unknown

    var description: String {
      switch self {
      case .exit(let code): "exit code \(code)"
      case .signal(let number): "signal \(number)"
      case .unknown: "no exit code"
      }
    }
  }

  private static func ending(of process: pid_t) async -> Ending {
    await blocking {
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0 {
        if errno != EINTR { return .unknown }
      }
      // The macros of sys/wait.h, which Swift does not import.
      let signal = status & 0x7f
      return signal == 0 ? .exit(code: (status >> 8) & 0xff) : .signal(signal)
    }
  }

  private static func spawn(_ arguments: [String], output: Int32, logPath: String) -> Result<pid_t, Failure> {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, logPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A group of its own, so that Control-C reaches it once: from us.
    posix_spawnattr_setpgroup(&attributes, 0)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))

    let words = ["settle"] + arguments
    var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    pointers.append(nil)
    var process: pid_t = 0
    let code = posix_spawn(&process, "/proc/self/exe", &actions, &attributes, pointers, environ)
    guard code == 0 else {
      return .failure(Failure(.systemError, "cannot start this program once more: \(systemErrorText(code))"))
    }
    return .success(process)
  }

  /// The first line, or nil when there is none in time.
  private static func readLine(_ descriptor: Int32) -> String? {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while line.count < 256 {
      var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let polled = Glibc.poll(&poll, 1, startMilliseconds)
      if polled < 0 && errno == EINTR { continue }
      guard polled == 1, read(descriptor, &byte, 1) == 1 else { return nil }
      if byte == 0x0a { return String(decoding: line, as: UTF8.self) }
      line.append(byte)
    }
    return nil
  }

  /// Waiting belongs on a thread that may be held, not on those of the tasks.
  private static func blocking<R: Sendable>(_ work: @escaping @Sendable () -> R) async -> R {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: work()) }
    }
  }
}
