import Testing

@testable import LedgerCore

/// The accounts that payouts move money between.
enum BookAccount: String, CaseIterable {
  case agent, clearing, feeIncome, float, channelFee, suspense, custody
}

/// Four sums, or what a record added to each.
struct FourSums: Equatable, CustomStringConvertible {
  var debitsPending: Int64 = 0
  var debits: Int64 = 0
  var creditsPending: Int64 = 0
  var credits: Int64 = 0

  init(debitsPending: Int64 = 0, debits: Int64 = 0, creditsPending: Int64 = 0, credits: Int64 = 0) {
    self.debitsPending = debitsPending
    self.debits = debits
    self.creditsPending = creditsPending
    self.credits = credits
  }

  init(_ balances: Balances) {
    debitsPending = balances.debitsPending
    debits = balances.debitsPosted
    creditsPending = balances.creditsPending
    credits = balances.creditsPosted
  }

  static func - (a: Self, b: Self) -> Self {
    FourSums(
      debitsPending: a.debitsPending - b.debitsPending, debits: a.debits - b.debits,
      creditsPending: a.creditsPending - b.creditsPending, credits: a.credits - b.credits)
  }

  static func + (a: Self, b: Self) -> Self {
    a - (FourSums() - b)
  }

  var description: String { "Dr \(debitsPending)/\(debits) Cr \(creditsPending)/\(credits)" }
}

typealias Books = [BookAccount: FourSums]

extension Ledger {
  /// Of agent "a" and channel "alpha", and the house, in CNY.
  func books(agent: String = "a", channel: String = "alpha", _ currency: Currency = .cny) -> Books {
    let book = state.findBook(currency)
    let row = state.books[book]
    let place = state.findMoney(agent: state.findAgent(partner: state.findPartner(label("p")), label(agent)), currency)
    let known = state.findChannel(label(channel))
    let float = known == 0 ? 0 : state.findFloat(channel: known, book: book)
    return [
      .agent: place.account == 0 ? FourSums() : FourSums(state.accounts[place.account].balances),
      .clearing: FourSums(row.clearing), .feeIncome: FourSums(row.feeIncome), .suspense: FourSums(row.suspense),
      .custody: FourSums(row.custody), .float: float == 0 ? FourSums() : FourSums(state.floats[float].balances),
      .channelFee: float == 0 ? FourSums() : FourSums(state.floats[float].fees),
    ]
  }

  /// What an act changed; accounts that it left alone are not in it.
  func moved(agent: String = "a", channel: String = "alpha", by act: () throws -> Void) throws -> Books {
    let before = books(agent: agent, channel: channel)
    try act()
    return books(agent: agent, channel: channel) - before
  }

  /// Of every book and every channel: nothing below its floor, nothing kept in clearing, debits equal credits.
  func requireSound(_ place: @autoclosure () -> String) throws {
    for ordinal in state.books.ordinals {
      let row = state.books[ordinal]
      try #require(row.isBalanced, "\(place())")
      try #require(row.clearing.creditsPosted == row.clearing.debitsPosted, "\(place())")
      try #require(row.clearing.debitsPending <= row.clearing.creditsPending, "\(place())")
      try #require(row.custody.creditsPosted <= row.custody.debitsPosted, "\(place())")
      // Sums that are kept are those of their parts.
      let own = state.floats.ordinals.filter { state.floats[$0].book == ordinal }
      try #require(
        own.reduce(FourSums()) { $0 + FourSums(state.floats[$1].balances) } == FourSums(row.floats), "\(place())")
      try #require(
        own.reduce(FourSums()) { $0 + FourSums(state.floats[$1].fees) } == FourSums(row.channelFees), "\(place())")
      let ours = state.accounts.ordinals.filter { state.accounts[$0].book == ordinal }
      try #require(
        ours.reduce(FourSums()) { $0 + FourSums(state.accounts[$1].balances) } == FourSums(row.agents), "\(place())")
    }
    for ordinal in state.floats.ordinals {
      let balances = state.floats[ordinal].balances
      try #require(balances.creditsPending + balances.creditsPosted <= balances.debitsPosted, "\(place())")
      try #require(
        min(balances.creditsPending, balances.creditsPosted, state.floats[ordinal].fees.debitsPending) >= 0,
        "\(place())")
    }
    for ordinal in state.accounts.ordinals {
      try #require(state.accounts[ordinal].balances.available != nil, "\(place())")
    }
  }
}

extension Books {
  static func - (a: Self, b: Self) -> Self {
    var difference: Books = [:]
    for account in BookAccount.allCases {
      let change = (a[account] ?? FourSums()) - (b[account] ?? FourSums())
      if change != FourSums() { difference[account] = change }
    }
    return difference
  }

  static func + (a: Self, b: Self) -> Self {
    a.merging(b) { $0 + $1 }.filter { $0.value != FourSums() }
  }

  var negated: Books { mapValues { FourSums() - $0 } }
}

/// The legs of design.md.
enum Legs {
  /// H1 and H2, pending.
  static func held(net: Int64 = payoutNet, fee: Int64 = payoutFee) -> Books {
    [
      .agent: FourSums(debitsPending: net + fee), .clearing: FourSums(creditsPending: net),
      .feeIncome: FourSums(creditsPending: fee),
    ]
  }

  /// F1 and F2, pending.
  static func reserved(net: Int64 = payoutNet, fee: Int64 = channelFee) -> Books {
    [
      .clearing: FourSums(debitsPending: net), .channelFee: FourSums(debitsPending: fee),
      .float: FourSums(creditsPending: net + fee),
    ]
  }

  /// H1, H2, F1 and F2, posted, with what really left.
  static func paid(
    net: Int64 = payoutNet, fee: Int64 = payoutFee, reserved: Int64 = channelFee, left: Int64? = nil,
    taken: Int64 = channelFee
  ) -> Books {
    let left = left ?? net
    let posted: Books = [
      .agent: FourSums(debits: net + fee), .clearing: FourSums(debits: net, credits: net),
      .feeIncome: FourSums(credits: fee), .channelFee: FourSums(debits: taken),
      .float: FourSums(credits: left + taken),
      .suspense: FourSums(debits: max(0, left - net), credits: max(0, net - left)),
    ]
    return posted + held(net: net, fee: fee).negated + Legs.reserved(net: net, fee: reserved).negated
  }
}
