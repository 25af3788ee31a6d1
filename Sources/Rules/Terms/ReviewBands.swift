internal import LedgerCore

/// How many people have to look at an amount, and how long they may take. The bands follow each other from 0 up without a
/// gap, and the last has no end.
package struct ReviewBands: Sendable {
  package struct Band: Hashable, Sendable, BitwiseCopyable {
    /// Minor units, within the band; `Int64.max` in the last.
    package let upTo: Int64
    package let checkers: UInt8
    package let slaHours: Int32
  }

  package let bands: [Band]

  static let bandsMaximum = 16
  /// Ninety days: longer is no review but a forgotten one.
  static let slaHoursMaximum: Int64 = 2160

  @inline(__always)
  func band(of amount: Int64) -> Band {
    for band in bands where amount <= band.upTo { return band }
    // Not reached: the last band has no end. One checker is the least that a review can mean.
    return bands.last ?? Band(upTo: .max, checkers: 1, slaHours: 24)
  }
}

extension ReviewBands {
  /// - Parameter section: the one with the key `bands`.
  init?(_ section: Section) {
    guard let items = section.items("bands", maximum: Self.bandsMaximum) else { return nil }
    guard !items.isEmpty else {
      section.report("bands", "must have at least one band: above 0, up_to unlimited")
      return nil
    }
    var bands: [Band] = []
    var end: Int64? = 0
    var isSound = true
    for (index, item) in items.enumerated() {
      let path = "\(section.child("bands"))[\(index)]"
      let keys = ["above", "up_to", "checkers", "sla_hours"]
      guard let band = Section(item, path: path, keys: keys, reading: section.reading) else {
        isSound = false
        end = nil
        continue
      }
      let above = band.amount("above")
      let upTo = band.bound("up_to", unlimited: .max)
      let checkers = band.integer("checkers", 1...Int64(ReviewTerms.checkersMaximum))
      let slaHours = band.integer("sla_hours", 1...Self.slaHoursMaximum)
      if let above, !Self.follows(above, end, band) { isSound = false }
      if let above, let upTo, upTo <= above {
        band.report("up_to", "\(Figures.amountText(upTo)) is not above \(Figures.amountText(above)): the band is empty")
        isSound = false
      }
      end = upTo
      guard let upTo, above != nil, let checkers, let slaHours else {
        isSound = false
        continue
      }
      bands.append(Band(upTo: upTo, checkers: UInt8(checkers), slaHours: Int32(slaHours)))
    }
    if let end, end != .max {
      section.report(
        "bands", "there is no band above \(Figures.amountText(end)): let the last one have up_to: unlimited")
      isSound = false
    }
    guard isSound else { return nil }
    self.bands = bands
  }

  /// - Parameter end: of the band before, nil where it is unknown.
  private static func follows(_ above: Int64, _ end: Int64?, _ band: Section) -> Bool {
    guard let end, above != end else { return true }
    let from = Figures.amountText(above)
    if end == .max {
      band.report("above", "the band before has no end: nothing can follow it")
    } else if above > end {
      band.report("above", "nothing covers amounts above \(Figures.amountText(end)) up to \(from): bands leave no gap")
    } else {
      band.report("above", "the band before already goes up to \(Figures.amountText(end)): bands do not overlap")
    }
    return false
  }
}
