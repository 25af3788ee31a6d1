/// What recovery has seen at the place where the chain stops, and what it does about it. Torn is not corrupt: what was
/// never acknowledged is cut, and what was acknowledged is never touched.
///
/// The rule behind the table: frame n + 1 is written only when frame n is durable. So anything that could only have been
/// written later (a *mark*) proves that what should stand here was durable, and its absence is damage.
struct TailFacts: Hashable {
  /// What stands where the next frame would begin.
  var finding: FrameFinding
  /// What lies behind that place, up to the end of the segment.
  var rest: Rest
  var mark: Mark

  enum Rest: Hashable, CaseIterable {
    /// Nothing but zeros.
    case zeros
    /// Something else, without a mark in it: the pieces of a torn frame, or a recycled block.
    case remnants
    /// The file ends before its segment does.
    case cutShort
  }

  enum Mark: Hashable, CaseIterable {
    case none
    /// Behind this place there is a frame header of this ledger with the sequence that is due here or a later one.
    case laterFrame
    /// The next segment exists, or the trailer says that it did.
    case nextSegment
    /// A snapshot contains more than the records before this place.
    case snapshot
  }
}

enum TailDecision: Hashable {
  /// The next frame is in the next segment.
  case goOn
  /// The log ends here, cleanly.
  case end
  /// The log ends here; what stands behind is kept in a `.broken` file and overwritten with zeros.
  case cut
  case refuse(Refusal)

  enum Refusal: Hashable {
    /// Acknowledged records are gone or changed.
    case damaged
    case brokenChain
    case otherLedger
    case otherVersion
  }

  init(_ facts: TailFacts) {
    switch (facts.finding, facts.mark) {
    // A whole header, guarded by its checksum, is never the result of a torn write: somebody put a wrong file here.
    case (.otherLedger, _): self = .refuse(.otherLedger)
    case (.otherVersion, _): self = .refuse(.otherVersion)
    case (.brokenChain, _): self = .refuse(.brokenChain)

    // A segment that the next one follows may end early: the frame that came next did not fit. It must be whole.
    case (.endOfSegment, .nextSegment), (.blank, .nextSegment):
      switch facts.rest {
      case .zeros: self = .goOn
      case .remnants, .cutShort: self = .refuse(.damaged)
      }
    case (.unreadable, .nextSegment), (.tornBody, .nextSegment): self = .refuse(.damaged)

    case (.endOfSegment, .laterFrame), (.blank, .laterFrame), (.unreadable, .laterFrame), (.tornBody, .laterFrame):
      self = .refuse(.damaged)
    case (.endOfSegment, .snapshot), (.blank, .snapshot), (.unreadable, .snapshot), (.tornBody, .snapshot):
      self = .refuse(.damaged)

    case (.endOfSegment, .none), (.blank, .none):
      switch facts.rest {
      case .zeros: self = .end
      case .remnants, .cutShort: self = .cut
      }
    case (.unreadable, .none), (.tornBody, .none): self = .cut
    }
  }
}
