package import LedgerCore

/// One speed as the document offers it.
package struct SpeedRule: Hashable, Sendable, BitwiseCopyable {
  package enum Arrival: Hashable, Sendable, BitwiseCopyable {
    /// After it is sent, which is at once where nothing forbids it.
    case within(minutes: Int32)
    /// On the day after that of the request (or the first working day after it), by this minute of the local day.
    case nextDay(byMinute: Int32)
  }

  package let fee: FeeRule
  /// Points that buy it instead of the fee; 0: points do not buy it.
  package let points: Int64
  /// Lowest place in the tier table that has it.
  package let minimumRank: Int
  /// Minor units.
  package let payoutMaximum: Int64
  /// A request from this minute of the local day on counts as one of the next day; 1440: there is no cut-off.
  package let cutOffMinute: Int32
  /// Sent on working days only.
  package let workingDaysOnly: Bool
  package let arrival: Arrival

  /// nil: it is for everybody.
  @inline(__always)
  func isOffered(rank: Int, amount: Int64) -> Bool { rank >= minimumRank && amount <= payoutMaximum }
}

extension SpeedRule {
  /// As they stand in the document and on the wire.
  package static func name(_ speed: Speed) -> String {
    switch speed {
    case .express: "EXPRESS"
    case .sameDay: "SAME_DAY"
    case .nextDay: "NEXT_DAY"
    }
  }

  private static func arrivalKey(_ speed: Speed) -> String {
    switch speed {
    case .express, .sameDay: "arrives_within_minutes"
    case .nextDay: "arrives_by"
    }
  }

  /// - Parameter rank: of a tier by its name.
  init?(_ node: RawNode, _ speed: Speed, path: String, reading: Reading, rank: (Label) -> Int?) {
    let arrivalKey = Self.arrivalKey(speed)
    let keys = ["fee", "points", "minimum_tier", "payout_maximum", "cut_off", "days", arrivalKey]
    guard let section = Section(node, path: path, keys: keys, reading: reading) else { return nil }
    let fee = section.section("fee", keys: FeeRule.keys).flatMap { FeeRule($0) }
    let points = section.isWord("points", "none") ? 0 : section.integer("points", 1...1_000_000_000)
    let minimumRank = Self.minimumRank(section, rank)
    let payoutMaximum = section.bound("payout_maximum", unlimited: .max)
    let cutOff = section.time("cut_off", 0...LocalClock.minutesPerDay)
    let workingDaysOnly = section.word("days", [("every", false), ("working", true)])
    let arrival = Self.arrival(section, arrivalKey, speed)
    guard let fee, let points, let minimumRank, let payoutMaximum, let cutOff, let workingDaysOnly, let arrival else {
      return nil
    }
    self.init(
      fee: fee, points: points, minimumRank: minimumRank, payoutMaximum: payoutMaximum, cutOffMinute: cutOff,
      workingDaysOnly: workingDaysOnly, arrival: arrival)
  }

  private static func minimumRank(_ section: Section, _ rank: (Label) -> Int?) -> Int? {
    if section.isWord("minimum_tier", "none") { return 0 }
    guard let name = section.label("minimum_tier") else { return nil }
    guard let found = rank(name) else {
      section.report("minimum_tier", "there is no tier \(Reading.quoted(name.description)): name one of tiers, or none")
      return nil
    }
    return found
  }

  private static func arrival(_ section: Section, _ key: String, _ speed: Speed) -> Arrival? {
    switch speed {
    case .express, .sameDay:
      section.integer(key, 1...1440).map { .within(minutes: Int32($0)) }
    case .nextDay:
      section.time(key, 0...LocalClock.minutesPerDay - 1).map { .nextDay(byMinute: $0) }
    }
  }
}
