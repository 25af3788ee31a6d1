import Digests
import LedgerCore
import Testing

@Suite struct RecordCodecTests {
  static let key = RequestKey(namespace: .partner(label("p")), id: label("request-1"), content: fingerprint("c"))
  static let staffKey = RequestKey(namespace: .staff, id: label("d1"), content: fingerprint("d"))
  static let otherKey = RequestKey(namespace: .partner(label("other")), id: label("x"), content: fingerprint("x"))
  static let longest = label(String(repeating: "界", count: 21) + "x")
  static let longestKey = RequestKey(
    namespace: .partner(label(String(repeating: "n", count: 64))), id: longest, content: fingerprint("l"))

  static let refusals: [Refusal] = [
    .insufficientFunds(available: 5, requested: 6), .notCancelable(state: .paid),
    .amountOutOfBounds(minimum: 1, maximum: .max, requested: .min), .externalReferenceUsed,
  ]

  static let records: [Record] =
    [
      .agentCreated(AgentCreated(key: key, partner: label("p"), agent: label("a1"))),
      .agentCreated(AgentCreated(key: otherKey, partner: label("p"), agent: label("a1"))),
      .deposited(
        Deposited(
          key: staffKey, partner: label("p"), agent: label("a1"), amount: fen(.max), externalReference: longest)),
      .withdrawalSubmitted(
        WithdrawalSubmitted(
          key: key, id: WithdrawalID(epoch: 1, shard: 2, ordinal: 3), partner: label("p"), agent: label("a1"),
          payee: label("payee"), amount: fen(100, usd), feeMinorUnits: 7, state: .approved, rulesVersion: 9)),
      .withdrawalSubmitted(
        WithdrawalSubmitted(
          key: longestKey, id: WithdrawalID(rawValue: .max), partner: longest, agent: longest, payee: longest,
          amount: fen(.min), feeMinorUnits: .max, state: .failed, rulesVersion: .max)),
      .withdrawalCancelled(
        WithdrawalCancelled(key: key, id: WithdrawalID(rawValue: 77), partner: label("p"))),
    ]
    + zip(refusals, [.submitWithdrawal, .cancelWithdrawal, .deposit, .deposit]).map { refusal, method in
      .requestRefused(RequestRefused(key: key, partner: label("p"), method: method, refusal: refusal))
    }

  @Test(arguments: records) func comesBackAsItWas(_ record: Record) throws {
    let bytes = encode(record)
    #expect(bytes.count <= Record.maximumBytes)
    #expect(try decode(bytes) == record)
  }

  /// The layout in the journal: a change here is a change of format.
  @Test func layoutIsFixed() {
    let content = Fingerprint128(first: 0x0807_0605_0403_0201, second: 0x100F_0E0D_0C0B_0A09)
    let record = Record.withdrawalSubmitted(
      WithdrawalSubmitted(
        key: RequestKey(namespace: .partner(label("p")), id: label("r1"), content: content),
        id: WithdrawalID(epoch: 1, shard: 2, ordinal: 3), partner: label("p"), agent: label("a"), payee: label("y"),
        amount: fen(258), feeMinorUnits: 1, state: .approved, rulesVersion: 4))
    let expected: [UInt8] =
      [1, 3, 1, 0x70, 1, 2, 0x72, 0x31] + Array(1...16) + [3, 0, 0, 0, 0, 0, 2, 1, 1, 0x61, 1, 0x79]
      + [0x59, 0x4E, 0x43, 0, 2, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 3, 4, 0, 0, 0]
    #expect(encode(record) == expected)
  }

  @Test(arguments: records) func everyCutIsAnError(_ record: Record) {
    let bytes = encode(record)
    for count in 0..<bytes.count {
      #expect(throws: CodecError.self) { try decode(Array(bytes[0..<count])) }
    }
  }

  @Test(arguments: records) func whatFollowsIsAnError(_ record: Record) {
    let bytes = encode(record)
    #expect(throws: CodecError(.trailingBytes(1), at: bytes.count)) { try decode(bytes + [0]) }
  }

  @Test func unknownNumbersAreErrors() {
    var bytes = encode(Self.records[0])
    bytes[0] = 2
    #expect(throws: CodecError(.unknownVersion(2), at: 0)) { try decode(bytes) }
    bytes[0] = 1
    for kind: UInt8 in [0, 6, 255] {
      bytes[1] = kind
      #expect(throws: CodecError(.unknownKind(kind), at: 1)) { try decode(bytes) }
    }
    bytes[1] = 1
    bytes[4] = 3
    #expect(throws: CodecError(.namespace(3), at: 4)) { try decode(bytes) }
  }

  /// Whatever the disk brings: a record or an error, and a record that is one again.
  @Test func flippedBytesNeverTrap() throws {
    let seed: UInt64 = 0xF11
    var random = SeededRandom(seed: seed)
    for record in Self.records {
      let bytes = encode(record)
      for _ in 0..<2_000 {
        var wrong = bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          wrong[Int.random(in: 0..<wrong.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        if let read = try? decode(wrong) { #expect(try decode(encode(read)) == read, "seed \(seed)") }
      }
    }
  }
}
