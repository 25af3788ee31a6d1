/// Why a withdrawal got points. Raw values stand in the journal and are never renumbered; names are those on the wire.
package enum RiskCode: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
  case newAgent = 1
  case firstPayoutToPayee = 2
  case payeeShared = 3
  case deviceShared = 4
  case addressShared = 5
  case velocity10Minutes = 6
  case velocityHour = 7
  case velocityDay = 8
  case amountUnusual = 9
  case nightSurge = 10
  case fastInOut = 11
  case scatteredIn = 12
  case splitBelowThreshold = 13
  case dormantThenActive = 14
  case repeatedFailures = 15
  case agentBlacklisted = 16
  case payeeBlacklisted = 17
  case deviceBlacklisted = 18
  case addressBlacklisted = 19
  case agentWhitelisted = 20
  case payeeWhitelisted = 21
  case largeAmount = 22
  case abnormalHistory = 23
  case newDevice = 24
  case drainsBalance = 25
}

package struct RiskReason: Hashable, Sendable, BitwiseCopyable {
  package var code: RiskCode
  /// Negative speaks for the agent.
  package var points: Int16

  package init(code: RiskCode, points: Int16) {
    self.code = code
    self.points = points
  }
}

/// Raw values stand in the journal and are never renumbered.
package enum RiskVerdict: UInt8, Hashable, Sendable, BitwiseCopyable {
  case approve = 0
  case review = 1
  case reject = 2
}

/// The sum of all points, what follows from it, and the reasons with the most points, the heaviest first.
package struct RiskResult: Hashable, Sendable, BitwiseCopyable {
  /// More are seldom, and the heaviest six explain any decision.
  package static let reasonsMaximum = 6

  package private(set) var verdict: RiskVerdict
  package private(set) var reasonCount: UInt8
  /// Of all reasons, also of those that found no room.
  package private(set) var score: Int16
  /// The submission showed that its address works for many agents: the address enters the black list until then.
  /// 1970 for "not listed".
  package var listAddressUntil: Timestamp
  private var stored: InlineArray<6, RiskReason>

  package static let approved = RiskResult(verdict: .approve, score: 0, reasons: [])

  /// - Parameter reasons: in any order; equal points are ordered by code, so that the same facts always give the same bytes.
  package init(
    verdict: RiskVerdict, score: Int16, reasons: [RiskReason], listAddressUntil: Timestamp = Timestamp(microseconds: 0)
  ) {
    self.verdict = verdict
    self.score = score
    self.listAddressUntil = listAddressUntil
    stored = InlineArray(repeating: RiskReason(code: .newAgent, points: 0))
    let heaviest = reasons.sorted { Self.isHeavier($0, than: $1) }.prefix(Self.reasonsMaximum)
    reasonCount = UInt8(heaviest.count)
    for (place, reason) in heaviest.enumerated() { stored[place] = reason }
  }

  /// As it was once made by the other initializer, and taken apart.
  /// - Parameter reasonCount: at most `reasonsMaximum`.
  @inline(__always)
  init(
    verdict: RiskVerdict, score: Int16, listAddressUntil: Timestamp, reasonCount: UInt8,
    orderedReason reason: (Int) -> RiskReason
  ) {
    self.verdict = verdict
    self.score = score
    self.listAddressUntil = listAddressUntil
    self.reasonCount = reasonCount
    stored = InlineArray(repeating: RiskReason(code: .newAgent, points: 0))
    for index in 0..<Int(reasonCount) { stored[index] = reason(index) }
  }

  /// As above, without taking memory.
  /// - Parameter collected: all reasons, each code once; the first `count` places are used.
  package init<let places: Int>(
    verdict: RiskVerdict, score: Int16, collected: borrowing InlineArray<places, RiskReason>, count: Int,
    listAddressUntil: Timestamp
  ) {
    self.init(verdict: verdict, score: score, reasons: [], listAddressUntil: listAddressUntil)
    for index in 0..<min(count, places) { insert(collected[index]) }
  }

  private mutating func insert(_ reason: RiskReason) {
    var place = Int(reasonCount)
    while place > 0, Self.isHeavier(reason, than: stored[place - 1]) {
      if place < Self.reasonsMaximum { stored[place] = stored[place - 1] }
      place -= 1
    }
    guard place < Self.reasonsMaximum else { return }
    stored[place] = reason
    if Int(reasonCount) < Self.reasonsMaximum { reasonCount += 1 }
  }

  private static func isHeavier(_ a: RiskReason, than b: RiskReason) -> Bool {
    a.points != b.points ? a.points > b.points : a.code.rawValue < b.code.rawValue
  }

  /// - Parameter index: 0..<reasonCount.
  package func reason(_ index: Int) -> RiskReason { stored[index] }

  package var reasons: [RiskReason] { (0..<Int(reasonCount)).map { stored[$0] } }

  package static func == (a: Self, b: Self) -> Bool {
    a.verdict == b.verdict && a.score == b.score && a.listAddressUntil == b.listAddressUntil
      && a.reasonCount == b.reasonCount && (0..<Int(a.reasonCount)).allSatisfy { a.stored[$0] == b.stored[$0] }
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(verdict)
    hasher.combine(score)
    for index in 0..<Int(reasonCount) { hasher.combine(stored[index]) }
  }
}
