import Glibc

enum StandardDescriptors {
  /// Opens those of 0, 1 and 2 that this process was started without (`2>&-`). Otherwise the next file opened would get
  /// the number, and a log line would end up in the journal.
  static func ensureOpen() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest free number is this one: those before it are open by now.
      _ = open("/dev/null", O_RDWR)
    }
  }
}
