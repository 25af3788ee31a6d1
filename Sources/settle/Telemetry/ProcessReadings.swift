import Glibc
import Telemetry

/// What the operating system says of this process, under the names that Prometheus' own libraries use.
enum ProcessReadings {
  static func register(on registry: Registry) {
    registry.reading("process_cpu_seconds_total", "CPU time, user and system.", .counter) {
      var usage = rusage()
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
      return [Registry.Sample(seconds(usage.ru_utime) + seconds(usage.ru_stime))]
    }
    registry.reading("process_resident_memory_bytes", "Memory in RAM.") {
      // /proc/self/statm: size, resident, ... in pages.
      let fields = readText("/proc/self/statm").split(separator: " ")
      guard fields.count > 1, let pages = Double(fields[1]) else { return [] }
      return [Registry.Sample(pages * Double(sysconf(Int32(_SC_PAGESIZE))))]
    }
    registry.reading("process_open_fds", "Open file descriptors.") {
      guard let directory = opendir("/proc/self/fd") else { return [] }
      defer { closedir(directory) }
      var count = -3  // ".", ".." and the directory itself
      while readdir(directory) != nil { count += 1 }
      return [Registry.Sample(Double(count))]
    }
    registry.reading("process_max_fds", "How many there may be.") {
      var limit = rlimit()
      guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return [] }
      return [Registry.Sample(Double(limit.rlim_cur))]
    }
  }

  private static func readText(_ path: String) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = read(descriptor, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : ""
  }
}
