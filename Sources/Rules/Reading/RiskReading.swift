internal import LedgerCore
internal import Risk

/// Submissions that a profile remembers.
private let remembered = Int64(AgentProfile.historyMaximum)

/// Names of the figures of the risk rules in a document: (key -> field), group by group. A figure that a document leaves
/// out is the program's own, which was tuned together with the others.
struct RiskGroup {
  let name: String
  let figures: [RiskFigure]

  /// A computed table: it is used once for each document, and key paths are not for sharing between threads.
  static var all: [RiskGroup] {
    [
      RiskGroup(
        name: "novelty",
        figures: [
          .days("very_new_agent_days", \.novelty.veryNewAgentSeconds),
          .points("very_new_agent_points", \.novelty.veryNewAgentPoints),
          .days("new_agent_days", \.novelty.newAgentSeconds),
          .points("new_agent_points", \.novelty.newAgentPoints),
          .points("first_payout_to_payee_points", \.novelty.firstPayoutToPayeePoints),
          .points("first_payout_of_all_points", \.novelty.firstPayoutOfAllPoints),
          .hours("payee_new_hours", \.novelty.payeeNewHours),
          .points("payee_new_points", \.novelty.payeeNewPoints),
          .points("new_device_points", \.novelty.newDevicePoints),
          .points("elsewhere_points", \.novelty.elsewherePoints),
          .percent("drain_percent", \.novelty.drainPercent),
          .amount("drain_minimum", \.novelty.drainMinimum),
          .points("drain_points", \.novelty.drainPoints),
        ]),
      RiskGroup(
        name: "links",
        figures: [
          .agents("payee_agents", \.links.payeeAgents),
          .points("payee_shared_points", \.links.payeeSharedPoints),
          .points("others_payee_points", \.links.othersPayeePoints),
          .hours("window_hours", \.links.windowHours),
          .agents("device_agents", \.links.deviceAgents),
          .points("device_shared_points", \.links.deviceSharedPoints),
          .points("others_device_points", \.links.othersDevicePoints),
          .hours("address_window_hours", \.links.addressWindowHours),
          .agents("address_agents", \.links.addressAgents),
          .points("address_shared_points", \.links.addressSharedPoints),
          .agents("address_list_agents", \.links.addressListAgents),
          .days("address_list_days", \.links.addressListSeconds),
          .days("address_agent_age_days", \.links.addressAgentAgeSeconds),
        ]),
      RiskGroup(
        name: "velocity",
        figures: [
          .count("ten_minutes_count", \.velocity.tenMinutesCount, atMost: remembered + 1),
          .points("ten_minutes_points", \.velocity.tenMinutesPoints),
          .count("hour_count", \.velocity.hourCount, atMost: remembered + 1),
          .points("hour_points", \.velocity.hourPoints),
          .count("day_count", \.velocity.dayCount, atMost: remembered + 1),
          .points("day_points", \.velocity.dayPoints),
          .percent("usual_percent", \.velocity.usualPercent),
        ]),
      RiskGroup(
        name: "amounts",
        figures: [
          .count("habit_count", \.amounts.habitCount, atMost: remembered),
          .count("spreads", \.amounts.spreads),
          .percent("spread_minimum_percent", \.amounts.spreadMinimumPercent),
          .amount("unusual_minimum", \.amounts.unusualMinimum),
          .points("unusual_points", \.amounts.unusualPoints),
          .amount("newcomer_amount", \.amounts.newcomerAmount),
          .points("newcomer_points", \.amounts.newcomerPoints),
          .amount("large_amount", \.amounts.largeAmount),
          .points("large_points", \.amounts.largePoints),
          RiskFigure("night_first_hour", \.amounts.nightFirstHour, 0...23),
          RiskFigure("night_hours", \.amounts.nightHours, 1...24),
          .percent("night_surge_percent", \.amounts.nightSurgePercent),
          .amount("night_minimum", \.amounts.nightMinimum),
          .points("night_points", \.amounts.nightPoints),
        ]),
      RiskGroup(
        name: "flow",
        figures: [
          .minutes("fast_minutes", \.flow.fastSeconds),
          .percent("fast_percent", \.flow.fastPercent),
          .amount("fast_minimum", \.flow.fastMinimum),
          .points("fast_points", \.flow.fastPoints),
          .count("fast_habit_count", \.flow.fastHabitCount),
          .points("fast_habit_points", \.flow.fastHabitPoints),
          .count("scattered_count", \.flow.scatteredCount),
          .percent("scattered_usual_percent", \.flow.scatteredUsualPercent),
          .percent("scattered_out_percent", \.flow.scatteredOutPercent),
          .points("scattered_points", \.flow.scatteredPoints),
          .amounts("split_thresholds", \.flow.splitThresholds),
          .percent("split_percent", \.flow.splitPercent),
          .count("split_count", \.flow.splitCount, atMost: remembered + 1),
          .points("split_once_points", \.flow.splitOncePoints),
          .points("split_points", \.flow.splitPoints),
          .count("split_many_count", \.flow.splitManyCount, atMost: remembered + 1),
          .points("split_many_points", \.flow.splitManyPoints),
        ]),
      RiskGroup(
        name: "conduct",
        figures: [
          .days("dormant_days", \.conduct.dormantSeconds),
          .points("dormant_points", \.conduct.dormantPoints),
          .count("failures", \.conduct.failures, atMost: Int64(AgentProfile.failuresMaximum)),
          .points("failures_points", \.conduct.failuresPoints),
          .days("abnormal_days", \.conduct.abnormalSeconds),
          .points("abnormal_points", \.conduct.abnormalPoints),
        ]),
      RiskGroup(
        name: "lists",
        figures: [
          .points("black_points", \.lists.blackPoints),
          .points("white_agent_points", \.lists.whiteAgentPoints),
          .points("white_payee_points", \.lists.whitePayeePoints),
        ]),
    ]
  }
}

/// One figure: its key, and how its text becomes the field.
struct RiskFigure {
  let key: String
  let read: (Section, inout RiskSettings) -> Void

  /// The largest sum of points that a rule may give; far above every threshold, far below 16 bits for all rules together.
  static let pointsMaximum: Int64 = 1_000
  /// Ten years: longer than any ledger remembers for a risk rule.
  private static let daysMaximum: Int64 = 3_650

  /// - Parameter scale: of the key's unit in units of the field.
  init<Value: FixedWidthInteger>(
    _ key: String, _ path: WritableKeyPath<RiskSettings, Value>, _ range: ClosedRange<Int64>, scale: Int64 = 1
  ) {
    self.key = key
    read = { section, settings in
      // Ranges are chosen so that the product fits; a field that is too narrow for one takes its largest value.
      guard let value = section.integer(key, range) else { return }
      settings[keyPath: path] = Value(clamping: value * scale)
    }
  }

  private init(key: String, read: @escaping (Section, inout RiskSettings) -> Void) {
    self.key = key
    self.read = read
  }

  static func points(_ key: String, _ path: WritableKeyPath<RiskSettings, Int16>) -> RiskFigure {
    RiskFigure(key, path, 0...pointsMaximum)
  }

  static func percent(_ key: String, _ path: WritableKeyPath<RiskSettings, Int64>) -> RiskFigure {
    RiskFigure(key, path, 1...10_000)
  }

  /// - Parameter atMost: as many as a profile can count; a rule that waits for more would never give points.
  static func count<Value: FixedWidthInteger>(
    _ key: String, _ path: WritableKeyPath<RiskSettings, Value>, atMost: Int64 = 1_000
  ) -> RiskFigure {
    RiskFigure(key, path, 1...atMost)
  }

  /// No more can be told apart for one link.
  static func agents(_ key: String, _ path: WritableKeyPath<RiskSettings, Int64>) -> RiskFigure {
    RiskFigure(key, path, 2...Int64(LinkTable.agentsMaximum))
  }

  static func minutes<Value: FixedWidthInteger>(
    _ key: String, _ path: WritableKeyPath<RiskSettings, Value>
  ) -> RiskFigure {
    RiskFigure(key, path, 1...1_440, scale: 60)
  }

  static func hours(_ key: String, _ path: WritableKeyPath<RiskSettings, UInt32>) -> RiskFigure {
    RiskFigure(key, path, 1...8_760)
  }

  static func days<Value: FixedWidthInteger>(
    _ key: String, _ path: WritableKeyPath<RiskSettings, Value>
  ) -> RiskFigure {
    RiskFigure(key, path, 1...daysMaximum, scale: 86_400)
  }

  static func amount(_ key: String, _ path: WritableKeyPath<RiskSettings, Int64>) -> RiskFigure {
    RiskFigure(key: key) { section, settings in
      if let value = section.amount(key) { settings[keyPath: path] = value }
    }
  }

  /// A few amounts, from the smallest up.
  static func amounts(_ key: String, _ path: WritableKeyPath<RiskSettings, [Int64]>) -> RiskFigure {
    RiskFigure(key: key) { section, settings in
      guard let items = section.items(key, maximum: 16) else { return }
      let amounts = items.compactMap { Section.text($0).flatMap(Figures.amount) }
      guard amounts.count == items.count, amounts.allSatisfy({ (1...Amounts.maximum).contains($0) }),
        zip(amounts, amounts.dropFirst()).allSatisfy(<)
      else {
        section.report(key, "must be amounts above 0, each larger than the one before")
        return
      }
      settings[keyPath: path] = amounts
    }
  }
}

extension RulesDocument {
  /// Tells "the rules are off" from "they could not be read".
  struct ReadRisk { var settings: RiskSettings? }

  /// `none`, or the groups above with thresholds of the sum.
  static func risk(_ root: Section, _ tiers: TierTable?) -> ReadRisk? {
    if root.isWord("risk", "none") { return ReadRisk(settings: nil) }
    let groups = RiskGroup.all
    guard let section = root.section("risk", keys: ["thresholds", "tier_thresholds"] + groups.map(\.name)) else {
      return nil
    }
    var settings = RiskSettings()
    if let node = section.node("thresholds") {
      guard let read = thresholds(node, section.child("thresholds"), section) else { return nil }
      settings.thresholds = read
    }
    if section.has("tier_thresholds") {
      guard let read = tierThresholds(section, tiers) else { return nil }
      settings.tierThresholds = read
    }
    for group in groups {
      guard let node = section.node(group.name),
        let figures = Section(
          node, path: section.child(group.name), keys: group.figures.map(\.key), reading: section.reading)
      else { continue }
      for figure in group.figures where figures.has(figure.key) { figure.read(figures, &settings) }
    }
    return ReadRisk(settings: settings)
  }

  private static func tierThresholds(_ section: Section, _ tiers: TierTable?) -> [TierThresholds]? {
    let path = section.child("tier_thresholds")
    guard let node = section.node("tier_thresholds"), case .mapping(let entries) = node.content,
      entries.count <= TierTable.tiersMaximum
    else {
      section.report("tier_thresholds", "must be a mapping of tiers to { review, reject }")
      return nil
    }
    var read: [TierThresholds] = []
    for entry in entries {
      let name = String(Reading.quoted(entry.key).dropFirst().dropLast())
      guard let tier = try? Label(entry.key), tiers == nil || tiers?.rank(tier) != nil else {
        section.reading.report(entry.line, "\(path).\(name)", "there is no tier of this name")
        continue
      }
      if read.contains(where: { $0.tier == tier }) {
        section.reading.report(entry.line, "\(path).\(name)", "stands more than once: keep one")
      } else if let thresholds = thresholds(entry.value, "\(path).\(name)", section) {
        read.append(TierThresholds(tier: tier, thresholds: thresholds))
      }
    }
    return read
  }

  private static func thresholds(_ node: RawNode, _ path: String, _ parent: Section) -> RiskThresholds? {
    guard let section = Section(node, path: path, keys: ["review", "reject"], reading: parent.reading) else {
      return nil
    }
    let review = section.integer("review", 1...Int64(Int16.max))
    let reject = section.integer("reject", 1...Int64(Int16.max))
    guard let review, let reject else { return nil }
    guard review < reject else {
      section.report("reject", "\(reject) is not above review, which is \(review): nobody would ever look")
      return nil
    }
    return RiskThresholds(review: Int16(review), reject: Int16(reject))
  }
}
