internal import Digests

// What the risk rules are asked, and what is made of their answer.
extension LedgerState {
  /// Everything that they may look at, as it stands now.
  /// - Parameters:
  ///   - place: of the agent's account in the currency of the amount.
  ///   - payee: what `payeeKey` tells.
  @inline(__always)
  func riskFacts(
    of application: Application, agent: UInt64, _ place: MoneyPlace, payee: Label, origin: Origin?
  ) -> RiskFacts {
    let row = agents[agent]
    let time = application.time
    let device = origin.flatMap { $0.device.isNone ? nil : $0.device }
    let address = origin.flatMap { $0.address.isNone ? nil : $0.address }
    return RiskFacts(
      time: time, amount: application.amount, tier: application.tier, creditGrade: application.creditGrade,
      available: available(place), agentCreateTime: row.createTime, profile: profiles[agent],
      payee: links.facts(.payee, payee, agent: agent),
      device: device.map { links.facts(.device, $0, agent: agent) },
      address: address.map { links.facts(.address, $0, agent: agent) },
      agentListing: lists.listing(
        .agent, partner: labels.label(partners[row.partner].label), labels.label(row.label), at: time),
      payeeListing: lists.listing(.payee, payee, at: time),
      deviceListing: device.map { lists.listing(.device, $0, at: time) } ?? .none,
      addressListing: address.map { lists.listing(.address, $0, at: time) } ?? .none)
  }

  /// By what links and lists know the payee: the keyed hash of an account's number in hexadecimal, else the platform's own
  /// reference.
  /// - Parameter account: 0 for a reference.
  func payeeKey(_ payee: Label, account: UInt64) -> Label {
    account == 0 ? payee : Label(hexadecimal: payees[account].numberHash)
  }

  /// - Parameter day: the buckets that the amount is counted in.
  @inline(__always)
  static func screening(
    _ facts: borrowing RiskFacts, _ terms: Terms, _ day: LimitDay, _ policy: any Policy
  ) -> Screening {
    let risk = policy.assess(facts)
    var screening = Screening(
      rulesVersion: policy.version, terms: terms, limitDay: day, risk: risk, checkers: 0,
      reviewDue: Timestamp(microseconds: 0))
    if risk.verdict == .review {
      let review = policy.review(of: facts.amount, at: facts.time)
      screening.checkers = min(max(review.checkers, 1), ReviewTerms.checkersMaximum)
      screening.reviewDue = review.due
    }
    return screening
  }

  /// Entered when it was judged so.
  static func state(after verdict: RiskVerdict) -> WithdrawalState {
    switch verdict {
    case .approve: .approved
    case .review: .pendingReview
    case .reject: .rejected
    }
  }

  /// Judges a withdrawal again, with another payee. Fee, points and the day of its limits stay what they are; its own money
  /// counts as available.
  func screenAgain(
    _ withdrawal: UInt64, payee: Label, _ policy: any Policy, _ time: Timestamp
  ) throws(Denial) -> Screening {
    let row = withdrawals[withdrawal]
    let stored = screenings[withdrawal]
    let place = MoneyPlace(book: accounts[row.account].book, account: row.account)
    let agent = accounts[row.account].agent
    try requireGoodStanding(agent, policy)
    let account = try requirePayee(payee, of: agent, policy)
    let screening = stored.screening(fee: row.fee)
    let application = Application(
      amount: Money(minorUnits: row.amount, currency: books[place.book].currency), speed: screening.terms.speed,
      acceleration: stored.points > 0 ? .points : .fee, tier: tier(of: agent, policy),
      creditGrade: standings[agent].creditGrade, time: time)
    var facts = riskFacts(
      of: application, agent: agent, place, payee: payeeKey(payee, account: account), origin: origin(withdrawal))
    facts.available += row.amount  // it is held: together they are at most what was posted
    var again = Self.screening(facts, screening.terms, stored.limitDay, policy)
    // Only a submission lists its address.
    again.risk.listAddressUntil = Timestamp(microseconds: 0)
    return again
  }

  /// Where it came from; nil when nothing was told.
  func origin(_ withdrawal: UInt64) -> Origin? {
    let row = screenings[withdrawal]
    guard !row.device.isNone || !row.address.isNone else { return nil }
    return Origin(device: labels.label(row.device), address: labels.label(row.address))
  }
}

extension Label {
  /// 32 digits.
  init(hexadecimal fingerprint: Fingerprint128) {
    var digits = InlineArray<32, UInt8>(repeating: 0)
    for (half, word) in [fingerprint.first, fingerprint.second].enumerated() {
      for index in 0..<8 {
        let byte = UInt8(truncatingIfNeeded: word.littleEndian >> UInt64(8 * index))
        digits[16 * half + 2 * index] = Self.digit(byte >> 4)
        digits[16 * half + 2 * index + 1] = Self.digit(byte & 15)
      }
    }
    self = withUnsafeBytes(of: &digits) { bytes in
      guard let start = bytes.baseAddress else { return .none }  // never: there are 32
      return Label(trusted: start, count: bytes.count)
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x61 + value - 10 }
}
