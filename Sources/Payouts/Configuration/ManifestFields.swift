internal import LedgerCore
internal import Routing

extension ChannelFields {
  /// The fields that all kinds share, over what the kind says of itself.
  mutating func manifest(_ standard: ChannelManifest) throws(ChannelListDefect) -> ChannelManifest {
    var manifest = standard
    if let rails = try texts("rails") {
      manifest.rails = []
      for name in rails {
        guard let rail = Self.rails[name] else {
          throw defect("rails", "names \"\(name.prefix(40))\"; there are bank_card, alipay and wechat")
        }
        manifest.rails.insert(rail)
      }
    }
    if let pays = try flag("pays_references") { manifest.paysReferences = pays }
    if let currencies = try texts("currencies") {
      manifest.currencies = []
      for name in currencies {
        guard let currency = Currency(name) else { throw defect("currencies", "has no code of three letters") }
        manifest.currencies.append(currency)
      }
    }
    manifest.minimum = try integer("minimum_minor_units", in: 1...Int64.max) ?? manifest.minimum
    manifest.maximum = try integer("maximum_minor_units", in: 1...Int64.max) ?? manifest.maximum
    guard manifest.minimum <= manifest.maximum else { throw defect("its minimum is above its maximum") }
    manifest.dailyMaximum = try integer("daily_maximum_minor_units", in: 1...Int64.max) ?? manifest.dailyMaximum
    if var fee = try fields("fee") {
      manifest.fee.perMillion = try fee.integer("per_million", in: 0...1_000_000) ?? 0
      manifest.fee.fixed = try fee.integer("fixed_minor_units", in: 0...Int64(UInt32.max)) ?? 0
      manifest.fee.minimum = try fee.integer("minimum_minor_units", in: 0...Int64(UInt32.max)) ?? 0
      manifest.fee.maximum = try fee.integer("maximum_minor_units", in: 0...Int64.max) ?? .max
      try fee.end()
    }
    if let speeds = try texts("speeds") {
      manifest.speeds = []
      for name in speeds {
        guard let speed = Self.speeds[name] else {
          throw defect("speeds", "names \"\(name.prefix(40))\"; there are express, same_day and next_day")
        }
        manifest.speeds.insert(speed)
      }
    }
    manifest.opensAtMinute = try minute("opens") ?? manifest.opensAtMinute
    manifest.closesAtMinute = try minute("closes") ?? manifest.closesAtMinute
    manifest.expectedArrivalMilliseconds = UInt32(
      clamping: try integer("expected_arrival_ms", in: 1...Int64(UInt32.max))
        ?? Int64(manifest.expectedArrivalMilliseconds))
    manifest.inFlightMaximum = Int(
      try integer("calls_at_once", in: 1...Self.callsMaximum) ?? Int64(manifest.inFlightMaximum))
    if let cutOffs = try texts("cut_offs") {
      manifest.batchMinutes = []
      for text in cutOffs {
        guard let minute = Self.minute(of: text), minute < 1_440 else {
          throw defect("cut_offs", "has times that are not \"HH:MM\"")
        }
        manifest.batchMinutes.append(minute)
      }
      manifest.batchMinutes.sort()
    }
    if var breaker = try fields("breaker") { manifest.breaker = try Self.breaker(&breaker, manifest.breaker) }
    return manifest
  }

  private static func breaker(
    _ fields: inout ChannelFields, _ standard: HealthLimits
  ) throws(ChannelListDefect) -> HealthLimits {
    var limits = standard
    if let share = try fields.integer("technical_permille", in: 1...1_000) { limits.technicalPermille = UInt32(share) }
    if let sample = try fields.integer("sample", in: 1...1_000_000) { limits.sampleMinimum = UInt32(sample) }
    if let row = try fields.integer("failures_in_a_row", in: 1...64) { limits.consecutiveMaximum = Int(row) }
    if let recent = try fields.integer("failures_of_64", in: 1...64) { limits.recentMaximum = Int(recent) }
    limits.backOffMilliseconds = try fields.integer("back_off_ms", in: backOffs) ?? limits.backOffMilliseconds
    limits.backOffMaximumMilliseconds =
      try fields.integer("back_off_maximum_ms", in: backOffs) ?? limits.backOffMaximumMilliseconds
    guard limits.backOffMilliseconds <= limits.backOffMaximumMilliseconds else {
      throw fields.defect("its `back_off_ms` is above its `back_off_maximum_ms`")
    }
    try fields.end()
    return limits
  }

  /// A tenth of a second is no rest for anybody; a day without a probe is a channel that people switch off.
  private static let backOffs: ClosedRange<Int64> = 100...86_400_000

  /// More calls at once than any rail lets one merchant make.
  private static let callsMaximum: Int64 = 4_096
  private static let rails: [String: Rail] = ["bank_card": .bankCard, "alipay": .alipay, "wechat": .weChat]
  private static let speeds: [String: Speed] = ["express": .express, "same_day": .sameDay, "next_day": .nextDay]
}
