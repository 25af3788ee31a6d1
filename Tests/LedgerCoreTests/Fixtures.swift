import Digests
import LedgerCore

/// Names that tests write as literals are labels: a failure here is a mistake in the test.
func label(_ text: String) -> Label {
  guard let label = try? Label(text) else { preconditionFailure("not a label: \(text)") }
  return label
}

func fen(_ minorUnits: Int64, _ currency: Currency = .cny) -> Money {
  Money(minorUnits: minorUnits, currency: currency)
}

let usd = Currency(code: 0x555344)

/// xorshift64*: the same seed gives the same test.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed | 1 }
  mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 0x2545_F491_4F6C_DD1D
  }
}

/// A state with its own journal in memory and a clock that the test moves.
final class Ledger {
  var state: LedgerState
  var policy = TestPolicy()
  var now = Timestamp(microseconds: 1_790_000_000_000_000)
  /// What a journal would hold.
  private(set) var journal: [(bytes: [UInt8], sequence: UInt64, time: Timestamp)] = []

  init(epoch: UInt8 = 1, shard: UInt8 = 0) {
    state = LedgerState(epoch: epoch, shard: shard, hashSeed: HashSeed(first: 7, second: 9))
  }

  /// Decides, applies and journals, as the owner of a state does.
  @discardableResult
  func perform(_ command: Command) throws -> Answer {
    switch state.decide(command, policy: policy, now: now) {
    case .rejected(let rejection): return .rejected(rejection)
    case .answered(let answer, _): return answer
    case .record(let record):
      let sequence = state.lastSequence + 1
      let time = state.recordTime(now)
      let applied = try state.evolve(record, sequence: sequence, time: time)
      journal.append((encode(record), sequence, time))
      return state.answer(to: applied).0
    }
  }

  /// The answer and the sequence it rests on.
  func ask(_ query: Query) -> (Answer, UInt64) { state.answer(query, policy: policy, now: now) }

  @discardableResult
  func createAgent(_ agent: String, partner: String = "p", request: String? = nil) throws -> Answer {
    let id = request ?? "create-\(agent)"
    return try perform(
      .createAgent(
        CreateAgent(key: key(id, partner, "create \(partner) \(agent)"), partner: label(partner), agent: label(agent))))
  }

  @discardableResult
  func deposit(
    _ amount: Money, to agent: String, partner: String = "p", reference: String, request: String? = nil
  ) throws -> Answer {
    let content = "deposit \(partner) \(agent) \(amount) \(reference)"
    let key = RequestKey(
      namespace: .staff, id: label(request ?? "deposit-\(reference)"), content: fingerprint(content))
    return try perform(
      .deposit(
        Deposit(
          key: key, partner: label(partner), agent: label(agent), amount: amount, externalReference: label(reference))))
  }

  @discardableResult
  func submit(
    _ amount: Money, of agent: String, partner: String = "p", request: String, payee: String = "payee",
    speed: Speed? = nil, acceleration: Acceleration = .fee, quoted: QuotedTerms? = nil, origin: Origin? = nil
  ) throws -> Answer {
    try perform(
      .submitWithdrawal(
        SubmitWithdrawal(
          key: key(request, partner, "submit \(agent) \(amount) \(payee)"), partner: label(partner),
          agent: label(agent), amount: amount, payee: label(payee), speed: speed, acceleration: acceleration,
          quoted: quoted, origin: origin)))
  }

  @discardableResult
  func cancel(
    _ id: WithdrawalID, partner: String = "p", request: String, expected: UInt64? = nil
  ) throws -> Answer {
    try perform(
      .cancelWithdrawal(
        CancelWithdrawal(
          key: key(request, partner, "cancel \(id) \(String(describing: expected))"), scope: .partner(label(partner)),
          id: id, expectedSequence: expected)))
  }

  func balance(_ agent: String, partner: String = "p", _ currency: Currency = .cny) -> Balance? {
    guard case .balance(let balance) = ask(.balance(partner: label(partner), agent: label(agent), currency)).0
    else { return nil }
    return balance
  }

  func key(_ id: String, _ partner: String, _ content: String) -> RequestKey {
    RequestKey(namespace: .partner(label(partner)), id: label(id), content: fingerprint(content))
  }
}

/// Of a submission that no rule had anything to say about.
func screening(fee: Int64 = 0, rulesVersion: UInt32 = 1) -> Screening {
  .none(rulesVersion: rulesVersion, feeMinorUnits: fee)
}

func fingerprint(_ content: String) -> Fingerprint128 { SHA256.hash(Array(content.utf8)).prefix }

func encode(_ record: Record) -> [UInt8] {
  var bytes = [UInt8](repeating: 0xAA, count: record.maximumBytes)
  let count = bytes.withUnsafeMutableBytes { record.encode(into: $0) }
  return Array(bytes[0..<count])
}

func decode(_ bytes: [UInt8]) throws -> Record {
  try bytes.withUnsafeBytes { try Record.decode($0) }
}

func snapshot(_ state: borrowing LedgerState) -> (bytes: [UInt8], hash: Digest256) {
  var bytes: [UInt8] = []
  let hash = state.encodeSnapshot { (chunk) throws(Never) in bytes.append(contentsOf: chunk) }
  return (bytes, hash)
}

@discardableResult
func load(
  _ bytes: [UInt8], epoch: UInt8 = 1, shard: UInt8 = 0, expecting hash: Digest256? = nil, chunk: Int = .max
) throws -> LedgerState {
  var offset = 0
  return try LedgerState(
    epoch: epoch, shard: shard, hashSeed: HashSeed(first: 1234, second: 5678), expectedHash: hash
  ) { buffer in
    let count = min(buffer.count, bytes.count - offset, chunk)
    for i in 0..<count { buffer[i] = bytes[offset + i] }
    offset += count
    return count
  }
}

extension Answer {
  var withdrawal: Withdrawal? { if case .withdrawal(let value) = self { value } else { nil } }
  var refusal: Refusal? { if case .refused(let value) = self { value } else { nil } }
  var rejection: Rejection? { if case .rejected(let value) = self { value } else { nil } }
}
