/// What a record about a payout moves. Every movement debits as much as it credits.
enum PayoutMovement {
  /// Posted: Dr float / Cr custody; the other way round where it is negative. Never Int64.min.
  case fund(Int64)
  /// Pending: F1 Dr clearing / Cr float (net), F2 Dr channel fee / Cr float (fee).
  case reserve(net: Int64, fee: Int64)
  /// Voids F1 and F2.
  case unreserve(net: Int64, fee: Int64)
  /// Posts H1, H2, F1 and F2 with what was really paid and taken.
  case settle(Settlement)
  /// Posted: Dr fee income / Cr available.
  case refundFee(Int64)
  /// Posted: Dr float (what came back) / Cr available (what is owed), the difference against suspense.
  case giveBack(ReturnFigures)
  /// Posted: Dr suspense (what left), Dr channel fee / Cr float.
  case stray(StrayFigures)
  /// Posted: Dr float / Cr suspense.
  case strayBack(Int64)

  struct Settlement {
    var net: Int64
    /// The withdrawal's own fee.
    var fee: Int64
    var reservedChannelFee: Int64
    /// What left the float for the payee: the net amount, unless people accepted another.
    var paid: Int64
    var channelFee: Int64
  }

  /// The accounts that a movement may touch.
  struct Accounts {
    var agent: Balances
    var float: FloatRow
    var book: BookRow
  }

  /// The accounts after it; nil when a sum would leave 0...Int64.max. All numbers but that of `fund` are in that range.
  func applied(to accounts: Accounts) -> Accounts? {
    var sums = Sums(agent: accounts.agent, float: accounts.float, book: accounts.book)
    switch self {
    case .fund(let amount) where amount >= 0:
      sums.addToFloat(amount)
      put(amount, to: &sums.book.custody.creditsPosted, &sums.isInRange)
    case .fund(let negative):
      sums.takeFromFloat(posted: 0 - negative)
      put(0 - negative, to: &sums.book.custody.debitsPosted, &sums.isInRange)
    case .reserve(let net, let fee): sums.reserve(net, fee, sign: 1)
    case .unreserve(let net, let fee): sums.reserve(net, fee, sign: -1)
    case .settle(let settlement): sums.settle(settlement)
    case .refundFee(let amount):
      put(amount, to: &sums.book.feeIncome.debitsPosted, &sums.isInRange)
      sums.giveToAgent(amount)
    case .giveBack(let figures):
      sums.addToFloat(figures.cameBack)
      sums.giveToAgent(figures.toAgent)
      let rest = figures.cameBack - figures.toAgent
      if rest > 0 { put(rest, to: &sums.book.suspense.creditsPosted, &sums.isInRange) }
      if rest < 0 { put(0 - rest, to: &sums.book.suspense.debitsPosted, &sums.isInRange) }
    case .stray(let figures): sums.stray(figures)
    case .strayBack(let amount):
      sums.addToFloat(amount)
      put(amount, to: &sums.book.suspense.creditsPosted, &sums.isInRange)
    }
    return sums.isInRange ? Accounts(agent: sums.agent, float: sums.float, book: sums.book) : nil
  }
}

/// Adds, and remembers where a sum left its range.
private func put(_ amount: Int64, to sum: inout Int64, _ isInRange: inout Bool) {
  let (new, overflow) = sum.addingReportingOverflow(amount)
  if overflow || new < 0 { isInRange = false } else { sum = new }
}

private struct Sums {
  var agent: Balances
  var float: FloatRow
  var book: BookRow
  var isInRange = true

  mutating func giveToAgent(_ amount: Int64) {
    put(amount, to: &agent.creditsPosted, &isInRange)
    put(amount, to: &book.agents.creditsPosted, &isInRange)
  }

  mutating func addToFloat(_ amount: Int64) {
    put(amount, to: &float.balances.debitsPosted, &isInRange)
    put(amount, to: &book.floats.debitsPosted, &isInRange)
  }

  mutating func takeFromFloat(posted amount: Int64) {
    put(amount, to: &float.balances.creditsPosted, &isInRange)
    put(amount, to: &book.floats.creditsPosted, &isInRange)
  }

  /// A fact is posted also where the float has not so much: what is missing comes out of suspense, so that the float stays
  /// above its floor and somebody asks.
  mutating func takeFromFloat(fact amount: Int64) {
    let taken = min(amount, float.available)
    takeFromFloat(posted: taken)
    put(amount - taken, to: &book.suspense.creditsPosted, &isInRange)
  }

  mutating func stray(_ figures: StrayFigures) {
    let (out, overflow) = figures.paid.addingReportingOverflow(figures.channelFee)
    guard !overflow else {
      isInRange = false
      return
    }
    put(figures.paid, to: &book.suspense.debitsPosted, &isInRange)
    put(figures.channelFee, to: &book.channelFees.debitsPosted, &isInRange)
    put(figures.channelFee, to: &float.fees.debitsPosted, &isInRange)
    takeFromFloat(fact: out)
  }

  mutating func reserve(_ net: Int64, _ fee: Int64, sign: Int64) {
    let (sum, overflow) = net.addingReportingOverflow(fee)
    guard !overflow else {
      isInRange = false
      return
    }
    put(sign * net, to: &book.clearing.debitsPending, &isInRange)
    put(sign * fee, to: &book.channelFees.debitsPending, &isInRange)
    put(sign * fee, to: &float.fees.debitsPending, &isInRange)
    put(sign * sum, to: &float.balances.creditsPending, &isInRange)
    put(sign * sum, to: &book.floats.creditsPending, &isInRange)
  }

  mutating func settle(_ s: PayoutMovement.Settlement) {
    reserve(s.net, s.reservedChannelFee, sign: -1)
    let (amount, overflow) = s.net.addingReportingOverflow(s.fee)
    let (out, overflowOut) = s.paid.addingReportingOverflow(s.channelFee)
    guard !overflow, !overflowOut else {
      isInRange = false
      return
    }
    put(0 - amount, to: &agent.debitsPending, &isInRange)
    put(amount, to: &agent.debitsPosted, &isInRange)
    put(0 - amount, to: &book.agents.debitsPending, &isInRange)
    put(amount, to: &book.agents.debitsPosted, &isInRange)
    put(0 - s.net, to: &book.clearing.creditsPending, &isInRange)
    put(s.net, to: &book.clearing.creditsPosted, &isInRange)
    put(s.net, to: &book.clearing.debitsPosted, &isInRange)
    put(0 - s.fee, to: &book.feeIncome.creditsPending, &isInRange)
    put(s.fee, to: &book.feeIncome.creditsPosted, &isInRange)
    put(s.channelFee, to: &book.channelFees.debitsPosted, &isInRange)
    put(s.channelFee, to: &float.fees.debitsPosted, &isInRange)
    if s.paid > s.net { put(s.paid - s.net, to: &book.suspense.debitsPosted, &isInRange) }
    if s.paid < s.net { put(s.net - s.paid, to: &book.suspense.creditsPosted, &isInRange) }
    takeFromFloat(fact: out)
  }
}
