import Digests
import LedgerCore
import Testing

extension Ledger {
  @discardableResult
  func update(
    _ agent: String, partner: String = "p", tier: Label? = nil, frozen: Bool? = nil, grade: CreditGrade? = nil,
    violations: UInt16? = nil, limits: LimitOverride? = nil, parent: Label? = nil, request: String? = nil
  ) throws -> Answer {
    try perform(
      .updateAgent(
        UpdateAgent(
          key: key(request ?? "update-\(state.requestCount)", partner, "update \(agent)"), partner: label(partner),
          agent: label(agent), tier: tier, frozen: frozen, creditGrade: grade, openViolations: violations,
          limits: limits, parent: parent, reason: label("because"))))
  }

  @discardableResult
  func verify(
    _ agent: String, partner: String = "p", name: String = "王小明", _ elements: VerifiedElements = .all
  ) throws -> Answer {
    let sealed = try #require(SealedData(Array("sealed \(name)".utf8)))
    return try perform(
      .recordVerification(
        RecordVerification(
          key: key("verify-\(state.requestCount)", partner, "verify \(agent)"), partner: label(partner),
          agent: label(agent), elements: elements, nameHash: fingerprint(name), idHash: fingerprint("id \(name)"),
          maskedName: label("王*明"), sealed: sealed)))
  }

  /// Creates a payee account.
  @discardableResult
  func bind(
    _ number: String, to agent: String, partner: String = "p", holder: String = "王小明", verified: Bool = true,
    request: String? = nil
  ) throws -> Answer {
    let sealed = try #require(SealedData(Array("sealed \(number)".utf8)))
    return try perform(
      .createPayee(
        CreatePayee(
          key: key(request ?? "bind-\(state.requestCount)", partner, "bind \(agent) \(number)"),
          partner: label(partner), agent: label(agent), rail: .bankCard, numberHash: fingerprint(number),
          nameHash: fingerprint(holder), maskedNumber: label("****\(number.suffix(4))"), maskedName: label("王*明"),
          bank: label("ICBC"), isVerified: verified, sealed: sealed)))
  }

  @discardableResult
  func check(_ payee: PayeeID, partner: String = "p", passed: Bool, request: String? = nil) throws -> Answer {
    try perform(
      .recordPayeeVerification(
        RecordPayeeVerification(
          key: key(request ?? "check-\(state.requestCount)", partner, "check \(payee) \(passed)"),
          scope: .partner(label(partner)), payee: payee, isVerified: passed)))
  }

  @discardableResult
  func erase(_ payee: PayeeID, partner: String = "p", request: String? = nil) throws -> Answer {
    try perform(
      .erasePayee(
        ErasePayee(
          key: key(request ?? "erase-\(state.requestCount)", partner, "erase \(payee)"),
          scope: .partner(label(partner)), payee: payee, reason: label("asked"))))
  }

  func quote(
    _ amount: Money, of agent: String, partner: String = "p", payee: Label = .none, speed: Speed? = nil,
    acceleration: Acceleration = .fee, origin: Origin? = nil
  ) -> Answer {
    ask(
      .quote(
        QuoteQuestion(
          partner: label(partner), agent: label(agent), amount: amount, payee: payee, speed: speed,
          acceleration: acceleration, origin: origin))
    ).0
  }

  func limits(_ agent: String, _ currency: Currency = .cny) -> LimitStanding? {
    guard case .limits(let standing) = ask(.limits(partner: label("p"), agent: label(agent), currency)).0 else {
      return nil
    }
    return standing
  }

  /// Books that are right, and a journal and a snapshot that both bring the same state back.
  func requireWhole(_ place: String = "") throws {
    try state.audit()
    let (bytes, hash) = snapshot(state)
    var replayed = LedgerState(epoch: state.epoch, shard: state.shard, hashSeed: HashSeed(first: 3, second: 4))
    for (bytes, sequence, time) in journal { try replayed.evolve(decode(bytes), sequence: sequence, time: time) }
    try #require(replayed.stateHash() == hash, "\(place)")
    let loaded = try load(bytes, epoch: state.epoch, shard: state.shard, expecting: hash)
    try #require(snapshot(loaded).bytes == bytes, "\(place)")
  }
}

extension Answer {
  var agent: Agent? { if case .agent(let value) = self { value } else { nil } }
  var payee: Payee? { if case .payee(let value) = self { value } else { nil } }
  var quote: Quote? { if case .quote(let value) = self { value } else { nil } }
}
