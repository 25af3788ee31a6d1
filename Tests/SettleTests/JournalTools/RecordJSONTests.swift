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

  static let nobody = #""person":null,"role":null,"certificate":null"#

  static func screening() -> Screening {
    Screening(
      rulesVersion: 3,
      terms: Terms(
        speed: .express, feeMinorUnits: 5, points: 0, settlementDay: 20_635,
        expectedArrival: Timestamp(microseconds: 1_782_864_060_000_000)),
      limitDay: LimitDay(day: 20_635, month: 12 * 2026 + 6),
      risk: RiskResult(verdict: .review, score: 55, reasons: [RiskReason(code: .payeeShared, points: 55)]),
      checkers: 2, reviewDue: Timestamp(microseconds: 1_782_950_400_000_000))
  }

  @Test("a submitted withdrawal, with what was found when it was decided")
  func submitted() throws {
    let demo = try Label("demo")
    let id = WithdrawalID(epoch: 0, shard: 0, ordinal: 1)
    let record = Record.withdrawalSubmitted(
      WithdrawalSubmitted(
        key: try Self.key(.partner(demo)), id: id, partner: demo, agent: try Label("a1"), payee: try Label("张三"),
        amount: Money(minorUnits: 5000, currency: .cny), state: .pendingReview, screening: Self.screening(),
        origin: Origin(device: try Label("d1"), address: .none)))
    let expected =
      #"{"sequence":3,"time":"2026-07-01T00:00:00.000001Z","kind":"WITHDRAWAL_SUBMITTED","partner":"demo","#
      + #""withdrawal":"\#(id)","agent":"a1","payee":"张三","#
      + #""amount":{"currency_code":"CNY","amount":"50.00","minor_units":5000},"#
      + #""fee":{"currency_code":"CNY","amount":"0.05","minor_units":5},"state":"PENDING_REVIEW","rules_version":3,"#
      + #""screening":{"speed":"EXPRESS","fee_minor_units":5,"points":0,"settlement_date":"2026-07-01","#
      + #""expected_arrival":"2026-07-01T00:01:00Z","limit_date":"2026-07-01","#
      + #""risk":{"verdict":"REVIEW","score":55,"reasons":[{"code":"PAYEE_SHARED","points":55}]},"checkers":2,"#
      + #""review_due":"2026-07-02T00:00:00Z"},"device":"d1","address":"","#
      + #""request":{"namespace":"partner/demo","id":"r1","content":"\#(Self.content)",\#(Self.nobody)}}"#
    #expect(record.json(sequence: 3, timeMicroseconds: 1_782_864_000_000_001).line == expected)
  }

  @Test("an approval, with who gave it and from which certificate")
  func approved() throws {
    var key = try Self.key(.staff)
    key.caller = Caller(person: Person(name: try Label("alice"), role: .reviewer), certificate: 0xab)
    let id = WithdrawalID(epoch: 0, shard: 0, ordinal: 1)
    let record = Record.reviewActed(
      ReviewActed(
        key: key, partner: try Label("demo"), id: id, action: RecordedAction(kind: .approve), state: .approved))
    let line = record.json(sequence: 4, timeMicroseconds: 0).line
    #expect(
      line.contains(#""withdrawal":"\#(id)","action":"APPROVE","digest":"\#(Self.content)\#(Self.content)","#))
    #expect(line.contains(#""state":"APPROVED","#))
    #expect(line.hasSuffix(#""person":"alice","role":"reviewer","certificate":"00000000000000ab"}}"#))
  }

  @Test("what the house does by itself has no request")
  func expired() throws {
    let record = Record.reviewExpired(
      ReviewExpired(partner: try Label("demo"), id: WithdrawalID(epoch: 0, shard: 0, ordinal: 1)))
    #expect(record.json(sequence: 5, timeMicroseconds: 0).line.hasSuffix(#","request":null}"#))
  }

  @Test("every code of a risk decision has a name of its own")
  func riskCodes() {
    #expect(Set(RiskCode.allCases.map(\.name.description)).count == RiskCode.allCases.count)
    for code in RiskCode.allCases {
      #expect(RiskCode(name: code.name.description) == code)
    }
    #expect(RiskCode(name: "OF_TOMORROW") == nil)
  }

  @Test("a refusal, with its figures")
  func refused() throws {
    let record = Record.requestRefused(
      RequestRefused(
        key: try Self.key(.staff), partner: try Label("demo"), method: .deposit, refusal: .externalReferenceUsed))
    let expected =
      #"{"sequence":4,"time":"1970-01-01T00:00:00Z","kind":"REQUEST_REFUSED","partner":"demo","method":"DEPOSIT","#
      + #""refusal":{"reason":"EXTERNAL_REFERENCE_USED"},"agent":"","#
      + #""request":{"namespace":"staff","id":"r1","content":"\#(Self.content)",\#(Self.nobody)}}"#
    #expect(record.json(sequence: 4, timeMicroseconds: 0).line == expected)
  }

  @Test("times before 1970 count backwards")
  func early() {
    #expect(Timestamp(microseconds: -1).text == "1969-12-31T23:59:59.999999Z")
    #expect(Timestamp(microseconds: -1_000_000).text == "1969-12-31T23:59:59Z")
    #expect(Timestamp(microseconds: .min).text.hasSuffix("Z"))
  }
}
