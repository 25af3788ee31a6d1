package import LedgerCore

/// What a channel can do and what it costs: facts of its contract, from the configuration.
package struct ChannelManifest: Sendable, Hashable {
  /// 1 to 32 letters, digits and dashes; stands in the ledger for ever.
  package var id: Label
  package var rails: Set<Rail>
  /// It can pay a platform's own references.
  package var paysReferences: Bool
  package var currencies: [Currency]
  /// Minor units of one payout, both inclusive.
  package var minimum: Int64
  package var maximum: Int64
  /// Minor units in a local day; Int64.max for no limit.
  package var dailyMaximum: Int64
  package var fee: ChannelFee
  package var speeds: Set<Speed>
  /// Minutes of the local day, first inclusive, last exclusive: 0 and 1440 for always.
  package var opensAtMinute: Int
  package var closesAtMinute: Int
  package var capabilities: Capabilities
  /// What is expected before anything was measured.
  package var expectedArrivalMilliseconds: UInt32
  /// Calls at once: what the channel allows us.
  package var inFlightMaximum: Int
  package var isSimulated: Bool
  /// Of a batch channel: the minutes of the local day at which a batch is closed, rising. Empty for all others.
  package var batchMinutes: [Int]
  /// How many days back it knows what it was given; nil for ever. "Not found" of an older attempt says nothing at all.
  package var queryDaysMaximum: Int?
  /// When payouts leave it, and how they come back.
  package var breaker: HealthLimits

  package struct Capabilities: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let query = Capabilities(rawValue: 1)
    package static let cancel = Capabilities(rawValue: 2)
    package static let payeeConfirmation = Capabilities(rawValue: 4)
    package static let statement = Capabilities(rawValue: 8)
    package static let batch = Capabilities(rawValue: 16)
    package static let notifications = Capabilities(rawValue: 32)
  }

  package init(
    id: Label, rails: Set<Rail>, paysReferences: Bool = false, currencies: [Currency] = [.cny], minimum: Int64 = 1,
    maximum: Int64 = .max, dailyMaximum: Int64 = .max, fee: ChannelFee = ChannelFee(),
    speeds: Set<Speed> = Set(Speed.allCases), opensAtMinute: Int = 0, closesAtMinute: Int = 1_440,
    capabilities: Capabilities = [.query], expectedArrivalMilliseconds: UInt32 = 5_000, inFlightMaximum: Int = 64,
    isSimulated: Bool = false, batchMinutes: [Int] = [], queryDaysMaximum: Int? = nil,
    breaker: HealthLimits = .standard
  ) {
    self.id = id
    self.rails = rails
    self.paysReferences = paysReferences
    self.currencies = currencies
    self.minimum = minimum
    self.maximum = maximum
    self.dailyMaximum = dailyMaximum
    self.fee = fee
    self.speeds = speeds
    self.opensAtMinute = opensAtMinute
    self.closesAtMinute = closesAtMinute
    self.capabilities = capabilities
    self.expectedArrivalMilliseconds = expectedArrivalMilliseconds
    self.inFlightMaximum = inFlightMaximum
    self.isSimulated = isSimulated
    self.batchMinutes = batchMinutes
    self.queryDaysMaximum = queryDaysMaximum
    self.breaker = breaker
  }
}

/// What a channel takes for a payout: a part of the amount within bounds, and a fixed sum.
package struct ChannelFee: Sendable, Hashable {
  /// Parts per million of the amount, rounded up to a minor unit.
  package var perMillion: Int64 = 0
  /// Minor units.
  package var fixed: Int64 = 0
  package var minimum: Int64 = 0
  package var maximum: Int64 = .max

  package init(perMillion: Int64 = 0, fixed: Int64 = 0, minimum: Int64 = 0, maximum: Int64 = .max) {
    self.perMillion = perMillion
    self.fixed = fixed
    self.minimum = minimum
    self.maximum = maximum
  }

  /// Minor units for an amount above 0; nil where it leaves 64 bits.
  package func of(_ minorUnits: Int64) -> Int64? {
    let million: Int64 = 1_000_000
    let (whole, rest) = minorUnits.quotientAndRemainder(dividingBy: million)
    let (ofWhole, overflowOfWhole) = whole.multipliedReportingOverflow(by: perMillion)
    // Below a million times the rate, of which no contract has more than the whole amount.
    let (ofRest, overflowOfRest) = rest.multipliedReportingOverflow(by: perMillion)
    guard !overflowOfWhole, !overflowOfRest else { return nil }
    let (part, overflowOfPart) = ofWhole.addingReportingOverflow(
      ofRest / million + (ofRest % million == 0 ? 0 : 1))
    guard !overflowOfPart else { return nil }
    let (sum, overflow) = part.addingReportingOverflow(fixed)
    return overflow ? nil : min(max(sum, minimum), maximum)
  }
}
