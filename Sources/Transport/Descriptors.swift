#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// File descriptors: each connection takes one, and the rest of the program needs some too.
package enum Descriptors {
  /// Kept free of connections, for the journal's segments and snapshots, logs and the loops themselves.
  package static let reserve = 128

  /// How many this process may have open now.
  package static var limit: Int {
    var limits = rlimit()
    guard get(&limits) == 0 else { return .max }
    return Int(clamping: limits.rlim_cur)
  }

  /// Raises the soft limit, commonly 1,024, to the hard one. For a program that serves, at its start.
  package static func raiseLimit() {
    var limits = rlimit()
    guard get(&limits) == 0, limits.rlim_cur < limits.rlim_max else { return }
    limits.rlim_cur = limits.rlim_max
    // When it fails the limit stays, and the server takes as many connections as fit below it.
    _ = set(&limits)
  }

  #if canImport(Glibc)
    private static func get(_ limits: inout rlimit) -> Int32 {
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
    }
    private static func set(_ limits: inout rlimit) -> Int32 {
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
    }
  #else
    private static func get(_ limits: inout rlimit) -> Int32 { getrlimit(RLIMIT_NOFILE, &limits) }
    private static func set(_ limits: inout rlimit) -> Int32 { setrlimit(RLIMIT_NOFILE, &limits) }
  #endif
}
