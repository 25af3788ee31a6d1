package import LedgerCore

/// What a speed costs. Amounts in minor units.
package struct FeeRule: Hashable, Sendable, BitwiseCopyable {
  /// Millionths of the amount: 1,000 is 0.1 %.
  package let perMillion: Int64
  package let minimum: Int64
  package let maximum: Int64
  /// Agents of this grade and better pay nothing; nil: everybody pays.
  package let freeFrom: CreditGrade?

  /// A tenth: a document with more has slipped by a digit.
  static let perMillionMaximum: Int64 = 100_000

  /// Rounded to the minor unit, half of one upwards, then brought between minimum and maximum.
  ///
  /// - Parameter amount: minor units; below 0 counts as 0.
  @inline(__always)
  package func fee(of amount: Int64, grade: CreditGrade) -> Int64 {
    if isFree(for: grade) { return 0 }
    let (millions, rest) = max(amount, 0).quotientAndRemainder(dividingBy: 1_000_000)
    // At most a tenth of the amount and of 10^12: neither product can overflow.
    let share = millions * perMillion + (rest * perMillion + 500_000) / 1_000_000
    return min(max(share, minimum), maximum)
  }

  @inline(__always)
  package func isFree(for grade: CreditGrade) -> Bool {
    guard let freeFrom else { return false }
    return grade >= freeFrom
  }

  /// Nobody pays anything.
  package var isAlwaysFree: Bool { maximum == 0 }
}

extension FeeRule {
  static let grades: [(word: String, value: CreditGrade?)] = [
    ("POOR", .poor), ("NORMAL", .normal), ("GOOD", .good), ("EXCELLENT", .excellent), ("never", nil),
  ]

  init?(_ section: Section) {
    let perMillion = section.integer("per_million", 0...Self.perMillionMaximum)
    let minimum = section.amount("minimum")
    let maximum = section.amount("maximum")
    let freeFrom = section.word("free_from_grade", Self.grades)
    guard let perMillion, let minimum, let maximum, let freeFrom else { return nil }
    guard minimum <= maximum else {
      section.report(
        "minimum",
        "\(Figures.amountText(minimum)) is above the maximum of \(Figures.amountText(maximum)): lower the one or raise the other"
      )
      return nil
    }
    self.init(perMillion: perMillion, minimum: minimum, maximum: maximum, freeFrom: freeFrom)
  }

  static let keys = ["per_million", "minimum", "maximum", "free_from_grade"]
}
