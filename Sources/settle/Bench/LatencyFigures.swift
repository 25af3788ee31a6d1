import Histogram

/// Latencies in nanoseconds, as people and programs read them.
extension Histogram<UInt32> {
  private static var percentiles: [(label: String, key: String, value: Double)] {
    [("p50", "p50", 50), ("p90", "p90", 90), ("p99", "p99", 99), ("p99.9", "p99_9", 99.9)]
  }

  var figuresText: String {
    let all = Self.percentiles.map { "\($0.label) \(durationText(valueAtPercentile($0.value)))" }
    return (all + ["max \(durationText(max))"]).joined(separator: "  ")
  }

  /// In nanoseconds.
  var figuresJSON: JSON {
    var members = Self.percentiles.map {
      JSON.Member($0.key, .integer(Int64(clamping: valueAtPercentile($0.value))))
    }
    members.append(JSON.Member("max", .integer(Int64(clamping: max))))
    members.append(JSON.Member("mean", .integer(Int64(mean))))
    return .object(members)
  }
}

/// 1234567 as "1,234,567".
func grouped(_ number: Int) -> String {
  var out = ""
  for (index, digit) in String(number).reversed().enumerated() {
    if index > 0, index % 3 == 0, digit != "-" { out.append(",") }
    out.append(digit)
  }
  return String(out.reversed())
}

/// In the unit that leaves a number people can read.
func durationText(_ nanoseconds: UInt64) -> String {
  let value = Double(nanoseconds)
  if value < 1e6 { return decimal(value / 1e3, places: 1) + " us" }
  if value < 1e9 { return decimal(value / 1e6, places: 2) + " ms" }
  return decimal(value / 1e9, places: 2) + " s"
}

/// - Parameter places: 1 to 6.
func decimal(_ value: Double, places: Int) -> String {
  var scale = 1
  for _ in 0..<places { scale *= 10 }
  let whole = Int((value * Double(scale)).rounded())
  let fraction = String(whole % scale)
  return "\(whole / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
}
