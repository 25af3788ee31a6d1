import Digests
import LedgerCore

let ann = Person(name: label("ann"), role: .reviewer)
let bob = Person(name: label("bob"), role: .reviewer)
let cai = Person(name: label("cai"), role: .compliance)
let dan = Person(name: label("dan"), role: .compliance)
let eve = Person(name: label("eve"), role: .finance)
/// Has the same name as the partner: the maker of its withdrawals.
let maker = Person(name: label("p"), role: .reviewer)

let minute: Int64 = 60 * 1_000_000
let hour: Int64 = 60 * minute

/// Amounts of at least this go to review, of ten times as much they are rejected; so do payees of these names.
let reviewedAmount: Int64 = 1_000
let rejectedAmount: Int64 = 10_000

extension Ledger {
  /// Two agents of partner "p" with money, and rules that review and reject.
  static func reviewing(checkers: UInt8 = 1) throws -> Ledger {
    let ledger = Ledger()
    ledger.policy.assessment = { facts in
      let verdict: RiskVerdict =
        facts.payeeListing == .black || facts.amount.minorUnits >= rejectedAmount
        ? .reject : facts.amount.minorUnits >= reviewedAmount ? .review : .approve
      return RiskResult(verdict: verdict, score: 50, reasons: [RiskReason(code: .largeAmount, points: 50)])
    }
    ledger.policy.checkers = checkers
    for agent in ["a", "b"] {
      try ledger.createAgent(agent)
      try ledger.deposit(fen(1_000_000), to: agent, reference: "v-\(agent)")
    }
    return ledger
  }

  /// A new withdrawal that people have to look at.
  @discardableResult
  func submitReviewed(_ amount: Int64 = 2_000, origin: Origin? = nil) throws -> WithdrawalID {
    let answer = try submit(fen(amount), of: "a", request: "w\(state.requestCount)", origin: origin)
    guard let withdrawal = answer.withdrawal else { throw Unexpected(answer) }
    return withdrawal.id
  }

  func later(_ microseconds: Int64) { now = Timestamp(microseconds: now.microseconds + microseconds) }

  func staffKey(_ id: String, _ person: Person?, _ content: String) -> RequestKey {
    RequestKey(
      namespace: .staff, id: label(id), content: fingerprint(content),
      caller: Caller(person: person, certificate: 7))
  }

  /// A request id that was not used yet.
  var freshID: String { "staff-\(state.requestCount)" }

  @discardableResult
  func review(
    _ id: WithdrawalID, _ action: ReviewAction, by person: Person?, request: String? = nil
  ) throws -> Answer {
    let key = staffKey(request ?? freshID, person, "\(id) \(action)")
    return try perform(.review(ReviewWithdrawal(key: key, id: id, action: action)))
  }

  /// Approves what is there now.
  @discardableResult
  func approve(_ id: WithdrawalID, by person: Person) throws -> Answer {
    try review(id, .approve(digest: digest(id)), by: person)
  }

  func digest(_ id: WithdrawalID) -> Digest256 { withdrawal(id)?.review?.facts.digest ?? Digest256() }

  @discardableResult
  func hold(_ id: WithdrawalID, _ isHeld: Bool, by person: Person?) throws -> Answer {
    let key = staffKey(freshID, person, "hold \(id) \(isHeld)")
    return try perform(.hold(HoldWithdrawal(key: key, id: id, isHeld: isHeld, reason: label("check"))))
  }

  @discardableResult
  func amend(
    _ id: WithdrawalID, to payee: String, partner: String = "p", expected: UInt64? = nil
  ) throws -> Answer {
    let key = key("amend-\(state.requestCount)", partner, "amend \(id) \(payee)")
    return try perform(
      .amendWithdrawal(
        AmendWithdrawal(
          key: key, scope: .partner(label(partner)), id: id, payee: label(payee), expectedSequence: expected)))
  }

  @discardableResult
  func report(
    _ id: WithdrawalID, _ outcome: ReviewOutcome, listed: [ListSubject] = [], by person: Person? = cai
  ) throws -> Answer {
    let key = staffKey(freshID, person, "report \(id) \(outcome) \(listed)")
    return try perform(
      .reportOutcome(ReportOutcome(key: key, id: id, outcome: outcome, listed: listed, note: label("seen"))))
  }

  @discardableResult
  func propose(_ subject: ProposalSubject, by person: Person?, request: String? = nil) throws -> Answer {
    let key = staffKey(request ?? freshID, person, "propose \(subject)")
    return try perform(.propose(Propose(key: key, subject: subject)))
  }

  @discardableResult
  func confirm(_ proposal: Proposal, by person: Person?, digest: Digest256? = nil) throws -> Answer {
    let key = staffKey(freshID, person, "confirm \(proposal.id)")
    return try perform(
      .confirm(ConfirmProposal(key: key, proposal: proposal.id, digest: digest ?? proposal.digest)))
  }

  @discardableResult
  func reveal(_ id: ProposalID, by person: Person?, request: String? = nil) throws -> Answer {
    let key = staffKey(request ?? freshID, person, "reveal \(id)")
    return try perform(.recordReveal(RecordReveal(key: key, proposal: id)))
  }

  @discardableResult
  func changeList(
    _ change: ListChange, _ subject: ListSubject, _ name: String, colour: ListColour = .black,
    request: String? = nil
  ) throws -> Answer {
    let key = staffKey(request ?? freshID, cai, "list \(change) \(subject) \(name) \(colour)")
    return try perform(
      .changeList(
        ChangeList(
          key: key, subject: subject, colour: colour, partner: label("p"), name: label(name), change: change)))
  }

  @discardableResult
  func activate(_ version: UInt32, _ document: String, request: String? = nil) throws -> Answer {
    let key = request.map { staffKey($0, dan, "rules \(version) \(document)") }
    return try perform(
      .activateRules(
        ActivateRules(version: version, digest: SHA256.hash(Array(document.utf8)), key: key, policy: policy)))
  }

  /// A verified payee account of agent "a".
  func createPayee() throws -> Payee {
    let answer = try perform(
      .createPayee(
        CreatePayee(
          key: key("payee-\(state.requestCount)", "p", "payee"), partner: label("p"), agent: label("a"),
          rail: .bankCard, numberHash: fingerprint("6222"), nameHash: fingerprint("name"),
          maskedNumber: label("**** 1234"), maskedName: label("*三"), bank: label("ICBC"), isVerified: true,
          sealed: SealedData([1, 2, 3]) ?? .none)))
    guard case .payee(let payee) = answer else { throw Unexpected(answer) }
    return payee
  }

  func erase(_ payee: PayeeID) throws {
    let key = staffKey(freshID, eve, "erase \(payee)")
    try perform(.erasePayee(ErasePayee(key: key, scope: .all, payee: payee, reason: label("asked"))))
  }

  func withdrawal(_ id: WithdrawalID) -> Withdrawal? { ask(.withdrawal(id, .all)).0.withdrawal }
  func standing(_ id: WithdrawalID) -> ReviewStanding.Facts? { withdrawal(id)?.review?.facts }
  func stateOf(_ id: WithdrawalID) -> WithdrawalState? { withdrawal(id)?.state }

  /// Of the open reviews, in their order.
  func queue(_ filter: ReviewFilter = .all()) -> [WithdrawalID] {
    guard case .withdrawals(let found, _) = ask(.reviews(filter)).0 else { return [] }
    return found.map(\.id)
  }

  /// Replaying the journal gives the same state, and its books are in order.
  func replayedHash() throws -> Digest256 {
    var replayed = LedgerState(epoch: 1, shard: 0, hashSeed: HashSeed(first: 3, second: 4))
    for (bytes, sequence, time) in journal {
      try replayed.evolve(decode(bytes), sequence: sequence, time: time)
    }
    try replayed.audit()
    return replayed.stateHash()
  }
}

extension ReviewFilter {
  static func all(
    partner: String? = nil, escalatedOnly: Bool = false, claimedBy: Person? = nil, minimum: Int64 = 0,
    after: UInt64? = nil, limit: Int = 1_000
  ) -> ReviewFilter {
    ReviewFilter(
      partner: partner.map { label($0) }, escalatedOnly: escalatedOnly, claimedBy: claimedBy?.name,
      minimumMinorUnits: minimum, after: after, limit: limit)
  }
}

struct Unexpected: Error {
  let answer: Answer
  init(_ answer: Answer) { self.answer = answer }
}

extension Answer {
  var proposal: Proposal? { if case .proposal(let value) = self { value } else { nil } }
  var listEntry: ListEntry? { if case .listEntry(let value) = self { value } else { nil } }
  var listEntries: [ListEntry]? { if case .listEntries(let value, _) = self { value } else { nil } }
  var rules: RulesStanding? { if case .rules(let value) = self { value } else { nil } }
}
