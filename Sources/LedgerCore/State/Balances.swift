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
}

enum MovementDefect: Error {
  /// A sum would leave 64 bits, or a void would take more than is pending.
  case outOfRange
  /// The agent's account would go below its floor.
  case belowFloor
}

/// An agent's account and the house's accounts, as they will be: computed in full before anything is stored.
struct Moved {
  var account: Balances
  var book: BookRow

  @inline(__always)
  init(_ movement: Movement, account: Balances, book: BookRow) throws(MovementDefect) {
    self.account = account
    self.book = book
    switch movement {
    case .deposit(let amount):
      guard let account = account.adding(creditsPosted: amount),
        let agents = book.agents.adding(creditsPosted: amount),
        let custody = book.custody.adding(debitsPosted: amount)
      else { throw .outOfRange }
      self.account = account
      self.book.agents = agents
      self.book.custody = custody
    case .hold(let net, let fee):
      try move(net: net, fee: fee)
    case .release(let net, let fee):
      try move(net: -net, fee: -fee)
    }
    guard self.account.available != nil else { throw .belowFloor }
  }

  /// Both numbers have one sign and come from an amount in range, so that negating or adding them stays in range.
  @inline(__always)
  private mutating func move(net: Int64, fee: Int64) throws(MovementDefect) {
    let (amount, overflow) = net.addingReportingOverflow(fee)
    guard !overflow, let account = account.adding(debitsPending: amount),
      let agents = book.agents.adding(debitsPending: amount),
      let clearing = book.clearing.adding(creditsPending: net),
      let feeIncome = book.feeIncome.adding(creditsPending: fee)
    else { throw .outOfRange }
    self.account = account
    book.agents = agents
    book.clearing = clearing
    book.feeIncome = feeIncome
  }
}

extension BookRow {
  /// Double entry: debits equal credits, posted and pending. Compared modulo 2^64, where equal sums stay equal.
  var isBalanced: Bool {
    func sum(_ side: (Balances) -> Int64) -> Int64 {
      side(custody) &+ side(clearing) &+ side(feeIncome) &+ side(agents)
    }
    return sum(\.debitsPending) == sum(\.creditsPending) && sum(\.debitsPosted) == sum(\.creditsPosted)
  }
}
