internal import LedgerCore

/// The parts of a document that are too small for a file of their own.
extension RulesDocument {
  static let keys = [
    "version", "name", "currencies", "utc_offset", "day_boundary", "admission", "tiers", "default_tier", "speeds",
    "default_speed", "maintenance_window", "calendar", "review", "quote_valid_minutes", "recorded_refusals_per_hour",
    "risk",
  ]

  /// ISO 4217's list of currencies whose minor unit is no hundredth: the document's amounts would mean something else.
  private static let notHundredths: Set<String> = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF",
    "XPF", "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND", "CLF", "UYW",
  ]
  /// A ledger serves a platform, not the foreign exchange.
  private static let currenciesMaximum = 16

  static func currencies(_ root: Section) -> [Currency]? {
    guard let items = root.items("currencies", maximum: currenciesMaximum) else { return nil }
    var currencies: [Currency] = []
    for item in items {
      let text = Section.text(item) ?? ""
      func report(_ reason: String) {
        root.reading.report(item.line, root.child("currencies"), "\(Reading.quoted(text)) \(reason)")
      }
      guard let currency = Currency(text) else {
        report("is no currency: three upper-case letters of ISO 4217, like CNY")
        continue
      }
      if currency == .points {
        report("are points, which are never paid out")
      } else if notHundredths.contains(text) {
        report("has no hundredths, which all amounts of the rules are")
      } else if currencies.contains(currency) {
        report("stands more than once: keep one")
      } else {
        currencies.append(currency)
      }
    }
    if items.isEmpty { root.report("currencies", "must name at least one, like CNY") }
    return currencies.isEmpty ? nil : currencies
  }

  static func clock(_ root: Section) -> LocalClock? {
    let offset = root.text("utc_offset").flatMap { text in
      let offset = Figures.utcOffset(text)
      if offset == nil {
        root.report(
          "utc_offset",
          "must be an offset from \"-12:00\" to \"+14:00\", not \(Reading.quoted(text)); China's is \"+08:00\"")
      }
      return offset
    }
    let boundary = root.time("day_boundary", 0...LocalClock.minutesPerDay - 1)
    guard let offset, let boundary else { return nil }
    return LocalClock(utcOffsetSeconds: offset, dayBoundaryMinute: boundary)
  }

  static func admission(_ section: Section) -> Admission? {
    let agent = section.flag("needs_verified_agent")
    let payee = section.flag("needs_payee_account")
    guard let agent, let payee else { return nil }
    return Admission(needsVerifiedAgent: agent, needsPayeeAccount: payee)
  }

  static func defaultTier(_ root: Section, _ tiers: TierTable?) -> Label? {
    guard let name = root.label("default_tier") else { return nil }
    // Where the table itself has defects, a missing name may be one of theirs.
    if let tiers, tiers.rank(name) == nil {
      root.report("default_tier", "there is no tier \(Reading.quoted(name.description)): name one of tiers")
      return nil
    }
    return name
  }

  static func speeds(_ root: Section, _ tiers: TierTable?) -> [Speed: SpeedRule]? {
    let names = Speed.allCases.map(SpeedRule.name)
    guard let section = root.section("speeds", keys: names) else { return nil }
    var rules: [Speed: SpeedRule] = [:]
    var isSound = true
    for speed in Speed.allCases {
      let name = SpeedRule.name(speed)
      guard let node = section.node(name) else { continue }
      let rank: (Label) -> Int? = { tiers == nil ? 0 : tiers?.rank($0) }
      if let rule = SpeedRule(node, speed, path: section.child(name), reading: root.reading, rank: rank) {
        rules[speed] = rule
      } else {
        isSound = false
      }
    }
    return isSound ? rules : nil
  }

  /// Whoever names no speed must get one, so the default has no conditions.
  static func defaultSpeed(_ root: Section, _ speeds: [Speed: SpeedRule]?) -> Speed? {
    guard let speed = root.word("default_speed", Speed.allCases.map { (SpeedRule.name($0), $0) }) else { return nil }
    guard let speeds else { return speed }
    let name = SpeedRule.name(speed)
    guard let rule = speeds[speed] else {
      root.report("default_speed", "\(name) is not among the speeds that are offered")
      return nil
    }
    guard rule.minimumRank == 0, rule.payoutMaximum == .max else {
      root.report(
        "default_speed", "\(name) has conditions: it needs minimum_tier: none and payout_maximum: unlimited")
      return nil
    }
    return speed
  }

  /// Tells "there is none" from "it could not be read".
  struct ReadWindow { var window: MaintenanceWindow? }

  static func maintenanceWindow(_ root: Section) -> ReadWindow? {
    if root.isWord("maintenance_window", "none") { return ReadWindow(window: nil) }
    guard let section = root.section("maintenance_window", keys: ["begin", "end"]) else { return nil }
    let begin = section.time("begin", 0...LocalClock.minutesPerDay - 1)
    let end = section.time("end", 0...LocalClock.minutesPerDay)
    guard let begin, let end else { return nil }
    let endOfDay = end % LocalClock.minutesPerDay
    guard begin != endOfDay else {
      section.report("end", "equals the begin: a window has a length; write maintenance_window: none for none")
      return nil
    }
    return ReadWindow(window: MaintenanceWindow(beginMinute: begin, endMinute: endOfDay))
  }

  static func checkArrival(of rule: SpeedRule, outside window: ReadWindow, _ root: Section) {
    guard let window = window.window, case .nextDay(let minute) = rule.arrival, window.contains(minute: minute)
    else { return }
    root.reading.report(
      root.line(of: "speeds"), "speeds.NEXT_DAY.arrives_by",
      "\(Figures.timeText(minute)) lies in the maintenance window, in which nothing is sent")
  }
}
