/// The four sums of an account (TigerBeetle's words), minor units, none ever negative.
struct Balances: BitwiseCopyable, Hashable {
  var debitsPending: Int64 = 0
  var debitsPosted: Int64 = 0
  var creditsPending: Int64 = 0
  var creditsPosted: Int64 = 0

  /// nil when a sum would leave 0...Int64.max.
  @inline(__always)
  func adding(
    debitsPending a: Int64 = 0, debitsPosted b: Int64 = 0, creditsPending c: Int64 = 0, creditsPosted d: Int64 = 0
  ) -> Balances? {
    let (newA, overflowA) = debitsPending.addingReportingOverflow(a)
    let (newB, overflowB) = debitsPosted.addingReportingOverflow(b)
    let (newC, overflowC) = creditsPending.addingReportingOverflow(c)
    let (newD, overflowD) = creditsPosted.addingReportingOverflow(d)
    guard !overflowA, !overflowB, !overflowC, !overflowD, (newA | newB | newC | newD) >= 0 else { return nil }
    return Balances(debitsPending: newA, debitsPosted: newB, creditsPending: newC, creditsPosted: newD)
  }

  func adding(_ other: Balances) -> Balances? {
    adding(
      debitsPending: other.debitsPending, debitsPosted: other.debitsPosted, creditsPending: other.creditsPending,
      creditsPosted: other.creditsPosted)
  }

  /// What is left above the floor of an account that owes: nil when below it (or when the debits leave 64 bits).
  var available: Int64? {
    let (debits, overflow) = debitsPending.addingReportingOverflow(debitsPosted)
    guard !overflow, debits <= creditsPosted else { return nil }
    return creditsPosted - debits
  }
}

/// What a record moves between accounts of one currency. Every movement debits as much as it credits.
enum Movement {
  /// Posted: Dr custody:bank / Cr available.
  case deposit(Int64)
  /// Pending: H1 Dr available / Cr payout:clearing (net), H2 Dr available / Cr income:withdrawal_fee (fee).
  case hold(net: Int64, fee: Int64)
  /// Voids H1 and H2.
  case release(net: Int64, fee: Int64)

  // Points are all fee: they are taken, never paid out.
  static func holdPoints(_ points: Int64) -> Movement { .hold(net: 0, fee: points) }
  static func releasePoints(_ points: Int64) -> Movement { .release(net: 0, fee: points) }

  /// Posted: Dr suspense / Cr available where it is positive, the other way round where it is negative. Never Int64.min.
  case adjustment(Int64)

  /// Posts what was held as points.
  case takePoints(Int64)

  /// Posted: Dr suspense / Cr disputed.
  case freeze(Int64)
  /// Posted: Dr disputed (all of it) / Cr available (what is awarded), Cr suspense (the rest).
  case award(Int64, of: Int64)

  enum Obstacle {
    case none
    /// A sum would leave 0...Int64.max: too much money, or more voided than was pending.
    case outOfRange
    /// The agent's account would go below its floor.
    case belowFloor
  }

  /// Whether the movement can be applied. All its numbers are in 0...Int64.max.
  @inline(__always)
  func obstacle(account: Balances, book: BookRow) -> Obstacle {
    switch self {
    case .deposit(let amount):
      return account.creditsPosted.canAdd(amount) && book.agents.creditsPosted.canAdd(amount)
        && book.custody.debitsPosted.canAdd(amount) ? .none : .outOfRange
    case .hold(let net, let fee):
      let (amount, overflow) = net.addingReportingOverflow(fee)
      guard !overflow else { return .outOfRange }
      // Within the floor the account's own sum cannot overflow.
      guard let available = account.available, amount <= available else { return .belowFloor }
      return book.agents.debitsPending.canAdd(amount) && book.clearing.creditsPending.canAdd(net)
        && book.feeIncome.creditsPending.canAdd(fee) ? .none : .outOfRange
    case .release(let net, let fee):
      let (amount, overflow) = net.addingReportingOverflow(fee)
      return !overflow && account.debitsPending >= amount && book.agents.debitsPending >= amount
        && book.clearing.creditsPending >= net && book.feeIncome.creditsPending >= fee ? .none : .outOfRange
    case .takePoints(let points):
      return account.debitsPending >= points && book.agents.debitsPending >= points
        && book.feeIncome.creditsPending >= points && account.debitsPosted.canAdd(points)
        && book.agents.debitsPosted.canAdd(points) && book.feeIncome.creditsPosted.canAdd(points) ? .none : .outOfRange
    case .freeze(let amount):
      return book.suspense.debitsPosted.canAdd(amount) && book.disputed.creditsPosted.canAdd(amount)
        ? .none : .outOfRange
    case .award(let awarded, let disputed):
      return awarded <= disputed && account.creditsPosted.canAdd(awarded) && book.agents.creditsPosted.canAdd(awarded)
        && book.disputed.debitsPosted.canAdd(disputed) && book.suspense.creditsPosted.canAdd(disputed - awarded)
        ? .none : .outOfRange
    case .adjustment(let amount) where amount >= 0:
      return account.creditsPosted.canAdd(amount) && book.agents.creditsPosted.canAdd(amount)
        && book.suspense.debitsPosted.canAdd(amount) ? .none : .outOfRange
    case .adjustment(let negative):
      let amount = 0 &- negative
      guard let available = account.available, amount <= available else { return .belowFloor }
      return book.agents.debitsPosted.canAdd(amount) && book.suspense.creditsPosted.canAdd(amount)
        ? .none : .outOfRange
    }
  }

  /// Applies the account's part. There is no obstacle: the sums stay in range.
  @inline(__always)
  func apply(to account: inout Balances) {
    switch self {
    case .deposit(let amount): account.creditsPosted &+= amount
    case .hold(let net, let fee): account.debitsPending &+= net &+ fee
    case .release(let net, let fee): account.debitsPending &-= net &+ fee
    case .takePoints(let points):
      account.debitsPending &-= points
      account.debitsPosted &+= points
    case .freeze: break
    case .award(let awarded, _): account.creditsPosted &+= awarded
    case .adjustment(let amount):
      if amount >= 0 { account.creditsPosted &+= amount } else { account.debitsPosted &-= amount }
    }
  }

  /// Applies the house's part.
  @inline(__always)
  func apply(to book: inout BookRow) {
    apply(to: &book.agents)
    switch self {
    case .deposit(let amount): book.custody.debitsPosted &+= amount
    case .hold(let net, let fee):
      book.clearing.creditsPending &+= net
      book.feeIncome.creditsPending &+= fee
    case .release(let net, let fee):
      book.clearing.creditsPending &-= net
      book.feeIncome.creditsPending &-= fee
    case .takePoints(let points):
      book.feeIncome.creditsPending &-= points
      book.feeIncome.creditsPosted &+= points
    case .freeze(let amount):
      book.suspense.debitsPosted &+= amount
      book.disputed.creditsPosted &+= amount
    case .award(let awarded, let disputed):
      book.disputed.debitsPosted &+= disputed
      book.suspense.creditsPosted &+= disputed &- awarded
    case .adjustment(let amount):
      if amount >= 0 { book.suspense.debitsPosted &+= amount } else { book.suspense.creditsPosted &-= amount }
    }
  }
}

extension Int64 {
  @inline(__always)
  fileprivate func canAdd(_ other: Int64) -> Bool { !addingReportingOverflow(other).overflow }
}

extension BookRow {
  /// Double entry: debits equal credits, posted and pending. Compared modulo 2^64, where equal sums stay equal.
  var isBalanced: Bool {
    func sum(_ side: (Balances) -> Int64) -> Int64 {
      side(custody) &+ side(clearing) &+ side(feeIncome) &+ side(suspense) &+ side(agents) &+ side(floats)
        &+ side(channelFees) &+ side(disputed)
    }
    return sum(\.debitsPending) == sum(\.creditsPending) && sum(\.debitsPosted) == sum(\.creditsPosted)
  }
}
