import ArgumentParser
import Glibc

/// A point in time in whole seconds since 1970, read and printed as RFC 3339 in UTC.
struct Instant: Hashable, Sendable, ExpressibleByArgument {
  let seconds: Int

  init(seconds: Int) { self.seconds = seconds }

  /// By the wall clock.
  static func now() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(seconds: time.tv_sec)
  }

  /// Exactly "YYYY-MM-DDTHH:MM:SSZ" or "YYYY-MM-DD".
  init?(argument: String) {
    let bytes = Array(argument.utf8)
    let pattern = Array("0000-00-00T00:00:00Z".utf8)
    guard bytes.count == 20 || bytes.count == 10 else { return nil }
    var numbers: [Int] = []
    var number = 0
    for (byte, expected) in zip(bytes, pattern) {
      if expected == 0x30 {
        guard (0x30...0x39).contains(byte) else { return nil }
        number = number * 10 + Int(byte - 0x30)
      } else {
        guard byte == expected else { return nil }
        numbers.append(number)
        number = 0
      }
    }
    if bytes.count == 10 { numbers += [number, 0, 0, 0] }
    guard let seconds = Self.seconds(numbers) else { return nil }
    self.seconds = seconds
  }

  /// nil for a date or time that does not exist.
  private static func seconds(_ n: [Int]) -> Int? {
    guard n.count == 6, n[3] < 24, n[4] < 60, n[5] < 60 else { return nil }
    var fields = tm()
    fields.tm_year = Int32(n[0] - 1900)
    fields.tm_mon = Int32(n[1] - 1)
    fields.tm_mday = Int32(n[2])
    fields.tm_hour = Int32(n[3])
    fields.tm_min = Int32(n[4])
    fields.tm_sec = Int32(n[5])
    let seconds = timegm(&fields)
    // timegm() normalises 31 April to 1 May: what it changed was no date.
    guard fields.tm_mon == Int32(n[1] - 1), fields.tm_mday == Int32(n[2]) else { return nil }
    return seconds
  }
}

extension Instant: CustomStringConvertible {
  var description: String { Self.text(seconds: seconds, nanoseconds: 0) }

  /// RFC 3339 in UTC, with as many decimals as the nanoseconds need: none, three, six or nine.
  static func text(seconds: Int, nanoseconds: Int32) -> String {
    var time = time_t(seconds)
    var fields = tm()
    // Fails only for years beyond 32 bits, where the fields stay zero.
    gmtime_r(&time, &fields)
    var out = ""
    out += padded(Int(fields.tm_year) + 1900, 4) + "-" + padded(Int(fields.tm_mon) + 1, 2)
    out += "-" + padded(Int(fields.tm_mday), 2) + "T" + padded(Int(fields.tm_hour), 2)
    out += ":" + padded(Int(fields.tm_min), 2) + ":" + padded(Int(fields.tm_sec), 2)
    if nanoseconds > 0 && nanoseconds < 1_000_000_000 {
      var digits = padded(Int(nanoseconds), 9)
      while digits.hasSuffix("000") { digits.removeLast(3) }
      out += "." + digits
    }
    return out + "Z"
  }

  /// With exactly three decimals, so that the lines of a log stand in columns.
  static func logText(seconds: Int, nanoseconds: Int32) -> String {
    text(seconds: seconds, nanoseconds: 0).dropLast() + "." + padded(Int(nanoseconds) / 1_000_000, 3) + "Z"
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
