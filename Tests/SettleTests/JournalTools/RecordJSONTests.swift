import Digests
import LedgerCore
import Testing

@testable import settle

/// The lines of `settle journal dump`.
@Suite("Records as JSON")
struct RecordJSONTests {
  static func key(_ namespace: Namespace) throws -> RequestKey {
    RequestKey(namespace: namespace, id: try Label("r1"), content: Fingerprint128())
  }

  static let content = String(repeating: "0", count: 32)

  @Test("a submitted withdrawal")
  func submitted() throws {
    let demo = try Label("demo")
    let record = Record.withdrawalSubmitted(
      WithdrawalSubmitted(
        key: try Self.key(.partner(demo)), id: WithdrawalID(epoch: 0, shard: 0, ordinal: 1), partner: demo,
        agent: try Label("a1"), payee: try Label("张三"), amount: Money(minorUnits: 5000, currency: .cny),
        feeMinorUnits: 5, state: .approved, rulesVersion: 1))
    let id = WithdrawalID(epoch: 0, shard: 0, ordinal: 1)
    let expected =
      #"{"sequence":3,"time":"2026-07-01T00:00:00.000001Z","kind":"WITHDRAWAL_SUBMITTED","partner":"demo","#
      + #""withdrawal":"\#(id)","agent":"a1","payee":"张三","#
      + #""amount":{"currency_code":"CNY","amount":"50.00","minor_units":5000},"#
      + #""fee":{"currency_code":"CNY","amount":"0.05","minor_units":5},"state":"APPROVED","rules_version":1,"#
      + #""request":{"namespace":"partner/demo","id":"r1","content":"\#(Self.content)"}}"#
    #expect(record.json(sequence: 3, timeMicroseconds: 1_782_864_000_000_001).line == expected)
  }

  @Test("a refusal, with its figures")
  func refused() throws {
    let record = Record.requestRefused(
      RequestRefused(
        key: try Self.key(.staff), partner: try Label("demo"), method: .deposit, refusal: .externalReferenceUsed))
    let expected =
      #"{"sequence":4,"time":"1970-01-01T00:00:00Z","kind":"REQUEST_REFUSED","partner":"demo","method":"DEPOSIT","#
      + #""refusal":{"reason":"EXTERNAL_REFERENCE_USED"},"#
      + #""request":{"namespace":"staff","id":"r1","content":"\#(Self.content)"}}"#
    #expect(record.json(sequence: 4, timeMicroseconds: 0).line == expected)
  }

  @Test("times before 1970 count backwards")
  func early() {
    #expect(Record.text(microseconds: -1) == "1969-12-31T23:59:59.999999Z")
    #expect(Record.text(microseconds: -1_000_000) == "1969-12-31T23:59:59Z")
    #expect(Record.text(microseconds: .min).hasSuffix("Z"))
  }
}
