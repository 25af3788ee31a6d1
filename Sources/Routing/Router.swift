package import LedgerCore

/// Which channel a payout goes to, and why not to the others.
package struct RouteDecision: Sendable, Hashable {
  /// nil: none can take it now.
  package var chosen: ChannelManifest?
  /// Minor units that the chosen one takes; 0 without one.
  package var fee: Int64
  /// One for each channel, in the order of the views.
  package var candidates: [RouteCandidate]

  package init(chosen: ChannelManifest?, fee: Int64, candidates: [RouteCandidate]) {
    self.chosen = chosen
    self.fee = fee
    self.candidates = candidates
  }
}

/// Chooses the channel that is expected to cost least, all told.
///
/// A score is `scoreMaximum` less the expected loss in hundredths of a minor unit, which is the sum of
///  - the channel's fee for this amount,
///  - the 95th percentile of its time to arrival, by the price of a second of the payout's speed, and a fixed sum if that
///    is later than the speed promises,
///  - the share of its attempts that fail for technical reasons, by the price of a failed attempt.
/// It is at least 1, and does not depend on the other channels: a dearer, slower or worse channel never gains by it. Fees in
/// parts of the amount are below a bank's fixed fee for small amounts and far above it for large ones; that alone sends small
/// ones to the cheap channel and large ones to the bank. Equal scores: the lower fee, then the order of the configuration.
package enum Router {
  /// Ten million yuan: no loss comes near it.
  package static let scoreMaximum: Int32 = 1_000_000_000

  /// Minor units up to which a payout may show whether a channel works again: what is lost there is time, and a fifth of the
  /// field's usual maximum of a payout waits more easily than the whole.
  package static let probeMaximumMinorUnits: Int64 = 100_000

  package static func route(
    _ question: RouteQuestion, among views: [ChannelView], weights: RoutingWeights = .standard
  ) -> RouteDecision {
    var decision = RouteDecision(chosen: nil, fee: 0, candidates: [])
    decision.candidates.reserveCapacity(views.count)
    for view in views { decision.candidates.append(candidate(view, for: question, weights)) }

    guard let place = choice(of: &decision.candidates, question, views) else { return decision }
    decision.candidates[place].verdict = .chosen
    decision.chosen = views[place].manifest
    decision.fee = decision.candidates[place].feeMinorUnits
    return decision
  }

  // MARK: Each channel for itself

  private static func candidate(
    _ view: ChannelView, for question: RouteQuestion, _ weights: RoutingWeights
  ) -> RouteCandidate {
    let amount = question.amount.minorUnits
    let fee = amount > 0 ? view.manifest.fee.of(amount) : nil
    var candidate = RouteCandidate(
      channel: view.manifest.id, verdict: verdict(view, for: question, fee: fee), feeMinorUnits: fee ?? 0,
      arrivalP95Milliseconds: view.health.arrivalP95Milliseconds, successPermille: view.health.successPermille, score: 0
    )
    if candidate.verdict == .eligible {
      let loss = weights.expectedLoss(
        fee: candidate.feeMinorUnits, arrivalMilliseconds: candidate.arrivalP95Milliseconds,
        successPermille: candidate.successPermille, speed: question.speed)
      candidate.score = Int32(clamping: max(1, Int64(scoreMaximum) - min(max(0, loss), Int64(scoreMaximum))))
    }
    return candidate
  }

  /// Facts of the contract first, then of the day, then of the moment: what is told is what would have to change first.
  private static func verdict(
    _ view: ChannelView, for question: RouteQuestion, fee: Int64?
  ) -> RouteCandidate.Verdict {
    let manifest = view.manifest
    let amount = question.amount.minorUnits
    guard question.rail.map(manifest.rails.contains) ?? manifest.paysReferences else { return .wrongRail }
    guard manifest.currencies.contains(question.amount.currency) else { return .wrongCurrency }
    guard manifest.speeds.contains(question.speed) else { return .wrongSpeed }
    guard let fee, amount >= manifest.minimum, amount <= manifest.maximum else { return .amountOutOfRange }
    guard manifest.isOpen(atMinute: question.minuteOfDay) else { return .outOfHours }
    guard view.state == .enabled else { return .notEnabled }
    guard fits(view.sentToday, amount, within: manifest.dailyMaximum) else { return .dailyLimit }
    guard fits(amount, fee, within: view.floatAvailable) else { return .floatLow }
    switch view.health.breaker {
    case .closed: return .eligible
    case .halfOpen(_, let probesLeft): return probesLeft > 0 ? .eligible : .breakerOpen
    case .open: return .breakerOpen
    }
  }

  private static func fits(_ a: Int64, _ b: Int64, within bound: Int64) -> Bool {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return !overflow && sum <= bound
  }

  // MARK: Among each other

  /// The place of the best one. Sets the verdicts that depend on there being others.
  private static func choice(
    of candidates: inout [RouteCandidate], _ question: RouteQuestion, _ views: [ChannelView]
  ) -> Int? {
    // A channel that could not do it is asked again only when nobody else is there.
    withdraw(as: .triedBefore, from: &candidates) { hasFailed(at: views[$0].manifest.id, question) }
    if let probe = best(of: candidates, where: { mayProbe(views[$0], question) }) { return probe }
    // Large payouts do not try out a channel, unless it is the only one or gets no small ones: it must come back some day.
    withdraw(as: .breakerOpen, from: &candidates) { views[$0].health.breaker.isHalfOpen }
    return best(of: candidates) { _ in true }
  }

  private static func mayProbe(_ view: ChannelView, _ question: RouteQuestion) -> Bool {
    view.health.breaker.isHalfOpen
      && (view.health.isProbedByAll || question.amount.minorUnits <= probeMaximumMinorUnits)
  }

  /// Takes those eligible ones away that are meant, if others stay.
  private static func withdraw(
    as verdict: RouteCandidate.Verdict, from candidates: inout [RouteCandidate], _ isMeant: (Int) -> Bool
  ) {
    let eligible = candidates.indices.filter { candidates[$0].verdict == .eligible }
    let meant = eligible.filter(isMeant)
    guard meant.count < eligible.count else { return }
    for place in meant {
      candidates[place].verdict = verdict
      candidates[place].score = 0
    }
  }

  /// Whether the channel's last word on this payout was that another one should try. One that says nothing yet is no better.
  private static func hasFailed(at channel: Label, _ question: RouteQuestion) -> Bool {
    guard let last = question.attempts.last(where: { $0.channel == channel }) else { return false }
    return last.state == .tryElsewhere || last.state.isOpen
  }

  private static func best(of candidates: [RouteCandidate], where isMeant: (Int) -> Bool) -> Int? {
    var best: Int?
    for place in candidates.indices where candidates[place].verdict == .eligible && isMeant(place) {
      guard let other = best else {
        best = place
        continue
      }
      let (a, b) = (candidates[place], candidates[other])
      if a.score > b.score || (a.score == b.score && a.feeMinorUnits < b.feeMinorUnits) { best = place }
    }
    return best
  }
}

extension ChannelManifest {
  /// Hours may span midnight: from 22:00 to 06:00.
  package func isOpen(atMinute minute: Int) -> Bool {
    opensAtMinute <= closesAtMinute
      ? minute >= opensAtMinute && minute < closesAtMinute : minute >= opensAtMinute || minute < closesAtMinute
  }
}

extension HealthReport.Breaker {
  package var isHalfOpen: Bool {
    if case .halfOpen = self { true } else { false }
  }
}
