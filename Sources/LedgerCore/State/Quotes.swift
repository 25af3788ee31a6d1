extension LedgerState {
  /// What a submission would meet. It rests on all there is: links and lists change with other agents' records too.
  func answerQuote(_ question: QuoteQuestion, _ policy: any Policy, _ now: Timestamp) -> (Answer, UInt64) {
    do throws(Denial) {
      let quote = try quote(question, policy, recordTime(now))
      return (.quote(quote), lastSequence)
    } catch {
      return switch error {
      case .rejected(let rejection): (.rejected(rejection), 0)
      case .refused(let refusal): (.refused(refusal), 0)  // never: those are told in the quote
      }
    }
  }

  /// The ladder of a submission, climbed to its end.
  private func quote(
    _ question: QuoteQuestion, _ policy: any Policy, _ time: Timestamp
  ) throws(Denial) -> Quote {
    let amount = question.amount
    try requirePayable(amount, policy)
    let agent = findAgent(partner: findPartner(question.partner), question.agent)
    guard agent != 0 else { throw .rejected(.agentNotFound) }
    var ladder = Ladder()
    try ladder.climb { () throws(Denial) in try requireGoodStanding(agent, policy) }
    var payee: UInt64 = 0
    if !question.payee.isNone {
      try ladder.climb { () throws(Denial) in payee = try requirePayee(question.payee, of: agent, policy) }
    }
    let application = Application(
      amount: amount, speed: question.speed, acceleration: question.acceleration, tier: tier(of: agent, policy),
      creditGrade: standings[agent].creditGrade, time: time)
    var terms = Self.plainTerms(application, policy)
    try ladder.climb { () throws(Denial) in terms = try self.terms(of: application, quoted: nil, policy) }
    let place = findMoney(agent: agent, amount.currency)
    let day = limitDay(place, policy, time)
    try ladder.climb { () throws(Denial) in
      guard let limits = limits(of: agent, tier: application.tier, policy) else { throw .refused(.unknownTier) }
      try requireWithin(limits, amount.minorUnits, place, on: day)
    }
    try ladder.climb { () throws(Denial) in try requireFunds(amount, terms, agent: agent, place) }
    let facts = riskFacts(
      of: application, agent: agent, place, payee: payeeKey(question.payee, account: payee), origin: question.origin)
    return Quote(
      terms: terms, rulesVersion: policy.version, obstacle: ladder.obstacle, risk: policy.assess(facts),
      limits: limitStanding(agent, amount.currency, policy, time), time: time)
  }

  /// Where what is asked for cannot be had: what the rules would choose themselves, or nothing.
  private static func plainTerms(_ application: Application, _ policy: any Policy) -> Terms {
    var plain = application
    plain.speed = nil
    plain.acceleration = .fee
    switch policy.terms(of: plain) {
    case .success(let terms): return terms
    case .failure:
      return Terms(
        speed: application.speed ?? .nextDay, feeMinorUnits: 0, points: 0,
        settlementDay: policy.day(at: plain.time).day,
        expectedArrival: plain.time)
    }
  }

  /// Remembers the first refusal and goes on.
  private struct Ladder {
    private(set) var obstacle: Refusal?

    mutating func climb(_ step: () throws(Denial) -> Void) throws(Denial) {
      do throws(Denial) { try step() } catch {
        guard case .refused(let refusal) = error else { throw error }
        if obstacle == nil { obstacle = refusal }
      }
    }
  }
}
