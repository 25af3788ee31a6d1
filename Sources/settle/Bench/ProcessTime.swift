import Glibc

/// CPU time that processes used, in nanoseconds.
enum ProcessTime {
  /// User and system time of this process.
  static func own() -> Int64 {
    var usage = rusage()
    guard getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return 0 }
    return nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime)
  }

  /// User and system time of all threads of another process; nil when it is not there. Linux keeps it in ticks of
  /// 10 ms, so a measurement should take a few seconds.
  static func of(process: Int32) -> Int64? {
    // The name in parentheses may hold spaces and parentheses itself: the numbers begin after the last one.
    guard let text = readText("/proc/\(process)/stat"), let end = text.lastIndex(of: UInt8(ascii: ")")) else {
      return nil
    }
    let fields = text[(end + 1)...].split(separator: UInt8(ascii: " "))
    // proc(5): fields 14 and 15, utime and stime; the state after the name is field 3.
    guard fields.count > 12, let user = number(fields[11]), let system = number(fields[12]) else { return nil }
    return (user + system) * (1_000_000_000 / max(Int64(sysconf(Int32(_SC_CLK_TCK))), 1))
  }

  private static func nanoseconds(_ time: timeval) -> Int64 {
    Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_usec) * 1000
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
    Int64(String(decoding: digits, as: UTF8.self))
  }

  private static func readText(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let statByteCountMax = 4096
    return [UInt8](unsafeUninitializedCapacity: statByteCountMax) { buffer, count in
      count = max(read(descriptor, buffer.baseAddress, statByteCountMax), 0)
    }
  }
}
