import Testing

@testable import Journal

/// Walks every combination of the recovery table against the rules in words, written the other way round: from the
/// decision to the facts that allow it.
@Suite struct TailDecisionTests {
  static let all = FrameFinding.allCases.flatMap { finding in
    TailFacts.Rest.allCases.flatMap { rest in
      TailFacts.Mark.allCases.map { TailFacts(finding: finding, rest: rest, mark: $0) }
    }
  }

  @Test func theTableIsWalkedWhole() {
    #expect(Self.all.count == 7 * 3 * 4)
  }

  @Test(arguments: all)
  func decision(facts: TailFacts) {
    let isForeign = [.otherLedger, .otherVersion, .brokenChain].contains(facts.finding)
    let isUnwritten = [.blank, .endOfSegment].contains(facts.finding)
    switch TailDecision(facts) {
    case .goOn:
      #expect(isUnwritten && facts.mark == .nextSegment && facts.rest == .zeros)
    case .end:
      #expect(isUnwritten && facts.mark == .none && facts.rest == .zeros)
    case .cut:
      // Nothing proves that what is cut was ever durable.
      #expect(!isForeign && facts.mark == .none)
      #expect(!isUnwritten || facts.rest != .zeros)
    case .refuse(.damaged):
      #expect(!isForeign && facts.mark != .none)
      #expect(!(isUnwritten && facts.mark == .nextSegment && facts.rest == .zeros))
    case .refuse(.otherLedger): #expect(facts.finding == .otherLedger)
    case .refuse(.otherVersion): #expect(facts.finding == .otherVersion)
    case .refuse(.brokenChain): #expect(facts.finding == .brokenChain)
    }
  }
}
