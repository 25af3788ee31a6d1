package import LedgerCore

/// What happened on a platform, in order of time, with the truth about every withdrawal.
package struct TrafficEvent: Sendable, Hashable {
  package var time: Timestamp
  package var kind: Kind
  package var agent: Label
  /// Of deposits and submissions, minor units of CNY, above 0; else 0.
  package var amount: Int64 = 0
  /// Of submissions; of outcomes: what enters the black list. `Label.none` where there is none.
  package var payee: Label = .none
  package var device: Label = .none
  package var address: Label = .none
  /// Of submissions.
  package var truth: TrafficTruth?
  /// Of outcomes.
  package var outcome: ReviewOutcome?

  package enum Kind: String, Sendable, CaseIterable {
    /// An agent is registered; before anything else of it.
    case agent
    case deposit
    case submit
    /// A submission that was refused for a business reason, such as the balance.
    case failure
    /// What was found out later about an agent's payout.
    case outcome
    /// Figures count submissions from here on; what was before is only learned from.
    case measure
  }

  package init(_ kind: Kind, _ agent: Label, at time: Timestamp) {
    self.kind = kind
    self.agent = agent
    self.time = time
  }
}

/// Whether a submission is honest, and what sort it is of.
package enum TrafficTruth: Sendable, Hashable {
  case honest(HonestHabit)
  case abuse(AbuseKind)
}

/// Habits of honest agents; raw values are the labels of the text format.
package enum HonestHabit: String, Sendable, CaseIterable {
  /// Sells a little every day and takes it out in the evening.
  case dailySmall = "daily_small"
  /// Lets a week's sales gather, and takes all of it out on its day of the week.
  case weeklyLarge = "weekly_large"
  /// As daily, with four times the sales in the two weeks of a festival.
  case seasonalBurst = "seasonal_burst"
  /// Works and pays out between midnight and five.
  case nightOwl = "night_owl"
  /// Registered a few days ago, first payouts.
  case newcomer
  /// Dozens of sales and several payouts a day to three accounts, up to 50,000 CNY each.
  case merchant
  /// Colleagues behind one address, some of whom share a computer.
  case office
  /// Away for a month, then goes on as before.
  case returning
  /// Three agents of one family who are paid to the same card.
  case family
  /// Takes the money of every sale out within minutes.
  case instantSeller = "instant_seller"
}

/// Kinds of abuse; raw values are the labels of the text format.
package enum AbuseKind: String, Sendable, CaseIterable {
  case accountTakeover = "account_takeover"
  case mulePayee = "mule_payee"
  case deviceFarm = "device_farm"
  case addressFarm = "address_farm"
  case stolenCard = "stolen_card"
  case scatteredIn = "scattered_in"
  case splitting
  case velocityBurst = "velocity_burst"
  case dormantWaking = "dormant_waking"
  case testThenDrain = "test_then_drain"
  case newAgentCashOut = "new_agent_cash_out"
  case blacklistedReturning = "blacklisted_returning"
}
