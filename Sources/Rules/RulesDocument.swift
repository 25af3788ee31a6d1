package import Digests
package import LedgerCore
package import Risk

/// The business rules of one version: what is paid out, to whom, how much, how soon, for what fee, and who has to look.
/// Whatever exists of this type has been validated; the only way to it leads through `init(validating:)`.
package struct RulesDocument: Sendable {
  /// Rises with every change of the content: decisions name the rules that they went by.
  package let version: UInt32
  package let name: String
  package let digest: Digest256
  /// Of deposits and payouts; each has two decimals.
  package let currencies: [Currency]
  package let clock: LocalClock
  package let admission: Admission
  package let tiers: TierTable
  package let defaultTier: Label
  package let defaultSpeed: Speed
  /// nil: not offered.
  package let express: SpeedRule?
  package let sameDay: SpeedRule?
  package let nextDay: SpeedRule?
  package let maintenanceWindow: MaintenanceWindow?
  package let calendar: HolidayCalendar
  package let reviewBands: ReviewBands
  package let quoteValidityMinutes: Int32
  package let recordedRefusalsPerHour: UInt32
  /// nil: everything is approved at once.
  package let riskEngine: RiskEngine?

  @inline(__always)
  package func rule(_ speed: Speed) -> SpeedRule? {
    switch speed {
    case .express: express
    case .sameDay: sameDay
    case .nextDay: nextDay
    }
  }

  /// Collects every defect, so that a document is repaired in one go.
  package init(validating raw: RawRules) throws(RulesDefects) {
    let reading = Reading()
    guard let root = Section(raw.root, path: "", keys: Self.keys, reading: reading) else {
      throw RulesDefects(reading.defects)
    }
    let version = root.integer("version", 1...Int64(UInt32.max))
    let name = root.label("name")
    let currencies = Self.currencies(root)
    let clock = Self.clock(root)
    let admission = root.section("admission", keys: ["needs_verified_agent", "needs_payee_account"])
      .flatMap(Self.admission)
    let tiers = TierTable(root)
    let defaultTier = Self.defaultTier(root, tiers)
    let speeds = Self.speeds(root, tiers)
    let defaultSpeed = Self.defaultSpeed(root, speeds)
    let window = Self.maintenanceWindow(root)
    let calendar = root.required("calendar").flatMap {
      HolidayCalendar($0, path: root.child("calendar"), reading: reading)
    }
    let bands = root.section("review", keys: ["bands"]).flatMap { ReviewBands($0) }
    // A day: a price that stands longer is not a quote.
    let quoteValidity = root.integer("quote_valid_minutes", 1...1440)
    let recordedRefusals = root.integer("recorded_refusals_per_hour", 1...1_000_000)
    let risk = Self.risk(root, tiers)
    if let window, let next = speeds?[.nextDay] { Self.checkArrival(of: next, outside: window, root) }
    guard reading.defects.isEmpty, let version, let name, let currencies, let clock, let admission, let tiers,
      let defaultTier, let speeds, let defaultSpeed, let window, let calendar, let bands, let quoteValidity,
      let recordedRefusals, let risk
    else { throw RulesDefects(reading.defects) }
    self.version = UInt32(version)
    self.name = name.description
    digest = RulesDigest.of(raw)
    self.currencies = currencies
    self.clock = clock
    self.admission = admission
    self.tiers = tiers
    self.defaultTier = defaultTier
    self.defaultSpeed = defaultSpeed
    express = speeds[.express]
    sameDay = speeds[.sameDay]
    nextDay = speeds[.nextDay]
    maintenanceWindow = window.window
    self.calendar = calendar
    reviewBands = bands
    quoteValidityMinutes = Int32(quoteValidity)
    recordedRefusalsPerHour = UInt32(recordedRefusals)
    riskEngine = risk.settings.map {
      RiskEngine(settings: $0, utcOffsetSeconds: Int64(clock.utcOffsetSeconds))
    }
  }
}
