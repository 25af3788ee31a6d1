package import LedgerCore

/// The tiers from the lowest up, each with its limits. A handful: looking one up is a walk over an array.
package struct TierTable: Sendable {
  package struct Tier: Hashable, Sendable {
    package let name: Label
    package let limits: Limits
  }

  package let tiers: [Tier]

  /// More than any platform has ranks, few enough to walk over.
  static let tiersMaximum = 32
  static let dayCountMaximum: Int64 = 1_000_000

  /// The place of a tier, 0 for the lowest.
  @inline(__always)
  func rank(_ name: Label) -> Int? {
    for index in tiers.indices where tiers[index].name == name { return index }
    return nil
  }
}

extension TierTable {
  /// A tier as it is written: what it does not say it takes from its parent.
  private struct Draft {
    var name: Label
    var section: Section
    var parent: Label?
  }

  private static let figures = ["payout_minimum", "payout_maximum", "day_amount", "month_amount", "day_count"]

  /// - Parameter root: the section with the key `tiers`.
  init?(_ root: Section) {
    guard let items = root.items("tiers", maximum: Self.tiersMaximum) else { return nil }
    guard !items.isEmpty else {
      root.report("tiers", "must have at least one tier")
      return nil
    }
    var drafts: [Draft] = []
    var isSound = true
    for (index, item) in items.enumerated() {
      guard let draft = Self.draft(item, index: index, root) else {
        isSound = false
        continue
      }
      if drafts.contains(where: { $0.name == draft.name }) {
        draft.section.report("name", "there is a tier of this name already: a tier stands in the list once")
        isSound = false
      } else {
        drafts.append(draft)
      }
    }
    let resolved = drafts.map { draft in
      Self.limits(of: draft, among: drafts).map { Tier(name: draft.name, limits: $0) }
    }
    guard isSound, resolved.allSatisfy({ $0 != nil }) else { return nil }
    tiers = resolved.compactMap { $0 }
  }

  private static func draft(_ node: RawNode, index: Int, _ root: Section) -> Draft? {
    // Paths name a tier rather than count it, where it has a name.
    var place = "\(root.child("tiers"))[\(index)]"
    if case .mapping(let entries) = node.content, let named = entries.first(where: { $0.key == "name" }),
      let text = Section.text(named.value), let name = try? Label(text)
    {
      place = root.child("tiers") + "." + String(Reading.quoted(name.description).dropFirst().dropLast())
    }
    guard
      let section = Section(node, path: place, keys: ["name", "inherits"] + figures, reading: root.reading),
      let name = section.label("name")
    else { return nil }
    guard section.has("inherits") else { return Draft(name: name, section: section, parent: nil) }
    guard let parent = section.label("inherits") else { return nil }
    return Draft(name: name, section: section, parent: parent)
  }

  private static func limits(of draft: Draft, among drafts: [Draft]) -> Limits? {
    guard let line = ancestors(of: draft, among: drafts) else { return nil }
    func value(_ key: String, _ read: (Section) -> Int64?) -> Int64? {
      // A tier that says nothing and has no parent that does is told that the figure is missing.
      read(line.first { $0.section.has(key) }?.section ?? draft.section)
    }
    let minimum = value("payout_minimum") { $0.amount("payout_minimum", 1...Amounts.maximum) }
    let maximum = value("payout_maximum") { $0.bound("payout_maximum", unlimited: Amounts.maximum) }
    let dayAmount = value("day_amount") { $0.bound("day_amount", unlimited: .max) }
    let monthAmount = value("month_amount") { $0.bound("month_amount", unlimited: .max) }
    let dayCount = value("day_count") { $0.count("day_count", 1...dayCountMaximum) }
    guard let minimum, let maximum, let dayAmount, let monthAmount, let dayCount else { return nil }
    func check(_ key: String, _ value: Int64, atMost bound: Int64, of other: String) -> Bool {
      if value <= bound { return true }
      let figures = "\(Figures.amountText(value)) is above \(other), which is \(Figures.amountText(bound))"
      draft.section.report(key, "\(figures): it could never be used")
      return false
    }
    let checks = [
      check("payout_minimum", minimum, atMost: maximum, of: "payout_maximum"),
      maximum == Amounts.maximum || check("payout_maximum", maximum, atMost: dayAmount, of: "day_amount"),
      check("day_amount", dayAmount, atMost: monthAmount, of: "month_amount"),
    ]
    guard checks.allSatisfy({ $0 }) else { return nil }
    return Limits(
      payoutMinimum: minimum, payoutMaximum: maximum, dayAmount: dayAmount, monthAmount: monthAmount,
      dayCount: dayCount)
  }

  /// The tier, its parent, and so on; nil after reporting a parent that does not exist or a circle.
  private static func ancestors(of draft: Draft, among drafts: [Draft]) -> [Draft]? {
    var line = [draft]
    while let parent = line[line.count - 1].parent {
      let child = line[line.count - 1]
      if line.contains(where: { $0.name == parent }) {
        // Told at the tier that is in the circle, not also at those that only lead to it.
        guard parent == draft.name else { return nil }
        let through = line.map { Reading.quoted($0.name.description) }.joined(separator: " inherits from ")
        draft.section.report(
          "inherits",
          "\(through) inherits from \(Reading.quoted(parent.description)) again: a tier must not inherit from itself")
        return nil
      }
      guard let next = drafts.first(where: { $0.name == parent }) else {
        if child.name == draft.name {
          child.section.report("inherits", "there is no tier \(Reading.quoted(parent.description)) to inherit from")
        }
        return nil
      }
      line.append(next)
    }
    return line
  }
}
