import Digests
import LedgerCore
import Testing

/// Snapshots that were written before there was any screening.
@Suite struct SnapshotVersion1Tests {
  /// As version 1 wrote it: agent `a` of `p`, a deposit of 10.00, withdrawals of 1.00 (cancelled) and 2.00 (approved), and
  /// one of 200.00 that was refused.
  static let hexadecimal = [
    "736574746c652d5301000000000600000000000000806d81dafe5b060001010000000000000001700202000000000000",
    "000000000000000000000000000000000046960700000000000100000000000000030100000000000000594e43000000",
    "000000000000e8030000000000000000000000000000000000000000000000000000000000000000000000000000c800",
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000401",
    "0000000000000001000000000000000161402235dafe5b06000100000000000000050100000000000000010000000000",
    "00000100000000000000c80000000000000000000000000000000000000000000000e803000000000000050000000000",
    "00000601000000000000000100000000000000e8030000000000000176806444dafe5b06000200000000000000070200",
    "0000000000000100000000000000010364000000000000000000000000000000c0a653dafe5b06000300000000000000",
    "017901000000000000000103c800000000000000000000000000000000e962dafe5b0600040000000000000001790801",
    "00000000000000010000000000000006402b72dafe5b0600050000000000000009040000000000000001010000000000",
    "00000201000000000000000202000000000000000301000000000000000a010000000000000001000000000000000201",
    "2003000000000000204e00000000000006000000000000000b0600000000000000010000000000000001632e7d2c03a9",
    "507ae265ecf5b5356885a50101000000000000000100000000000000016418ac3e7343f016890c510e93f93526110201",
    "00000000000000010000000000000002773160c5590f72eef292f9545afc28bf63ca0301000000000000000100000000",
    "00000002773206f8faea3b5f697691b6d063a07ba4ff0302000000000000000100000000000000027831ec31682fde56",
    "1917952ff78a7a8adeff040100000000000000010000000000000002773355eae50b75e2b2990f2c18be84ca07970501",
    "000000000000000c0000000000000000",
  ]
  static let hash = "5a2120b9972f298e8f0caa38c7a1eb041ed3b536102e25f731decabad327136e"

  static let bytes: [UInt8] = {
    let digits = Array(hexadecimal.joined().utf8).map { $0 < 0x60 ? $0 - 0x30 : $0 - 0x57 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }()

  @Test func isStillRead() throws {
    #expect("\(SHA256.hash(Self.bytes))" == Self.hash)
    let ledger = Ledger()
    ledger.state = try load(Self.bytes, expecting: SHA256.hash(Self.bytes))
    ledger.now = ledger.state.lastTime
    #expect(ledger.state.lastSequence == 6)
    #expect(ledger.balance("a")?.available == 800)
    let second = try #require(
      ledger.ask(.withdrawal(WithdrawalID(epoch: 1, shard: 0, ordinal: 2), .all)).0.withdrawal)
    #expect(second.state == .approved && second.screening == .none(rulesVersion: 0, feeMinorUnits: 0))
    // It goes on under today's rules, and is written as today's snapshots are.
    ledger.policy.dayAmount = 500
    #expect(ledger.limits("a")?.dayUsed == 0)
    #expect(try ledger.submit(fen(500), of: "a", request: "new").withdrawal?.state == .approved)
    #expect(try ledger.submit(fen(1), of: "a", request: "more").refusal != nil)
    #expect(try ledger.cancel(second.id, request: "cancel").withdrawal?.state == .cancelled)
    #expect(ledger.limits("a")?.dayUsed == 500)
    try ledger.state.audit()
    let (bytes, hash) = snapshot(ledger.state)
    #expect(try load(bytes, expecting: hash).stateHash() == hash)
  }

  @Test func everyCutIsRefused() {
    for count in 0..<Self.bytes.count {
      #expect(throws: SnapshotDefect.self) { try load(Array(Self.bytes[0..<count])) }
    }
  }
}
