import Glibc

/// What the operating system lets this process have.
enum ProcessLimits {
  /// Descriptors that are no connections: the journal's files and spare, the listener, epoll, logs, and a reserve.
  static let reservedDescriptors = 64

  /// Raises the soft limit of open descriptors to the hard one; the limit that holds now.
  static func raiseDescriptors() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
    if limit.rlim_cur < limit.rlim_max {
      var raised = limit
      raised.rlim_cur = limit.rlim_max
      if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
    }
    return Int(clamping: limit.rlim_cur)
  }
}
