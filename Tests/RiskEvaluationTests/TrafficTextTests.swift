import LedgerCore
import RiskEvaluation
import Testing

@Suite struct TrafficTextTests {
  @Test func comesBackAsItWas() throws {
    let traffic = generateTraffic(TrafficPlan(seed: 5, agents: 40, weeks: 4))
    let text = TrafficText.heading + traffic.map(TrafficText.line).joined()
    let read = try TrafficText.parse(text)
    #expect(read == traffic)
  }

  @Test func emptyLinesAndCommentsSayNothing() throws {
    let events = try TrafficText.parse("\n# a comment\n5\tagent\ta\t-\t-\t-\t-\t-\n\n")
    #expect(events == [TrafficEvent(.agent, (try Label("a")), at: Timestamp(microseconds: 5))])
  }

  @Test(
    arguments: [
      ("5\tagent\ta", 1, .line),
      ("x\tagent\ta\t-\t-\t-\t-\t-", 1, .time),
      ("-1\tagent\ta\t-\t-\t-\t-\t-", 1, .time),
      ("9223372036854775807\tagent\ta\t-\t-\t-\t-\t-", 1, .time),
      ("5\tbirth\ta\t-\t-\t-\t-\t-", 1, .kind),
      ("5\tagent\t-\t-\t-\t-\t-\t-", 1, .agent),
      ("5\tagent\t\t-\t-\t-\t-\t-", 1, .agent),
      ("5\tdeposit\ta\t0\t-\t-\t-\t-", 1, .amount),
      ("5\tdeposit\ta\t1.5\t-\t-\t-\t-", 1, .amount),
      ("5\tsubmit\ta\t5\t-\td\te\tdaily_small", 1, .payee),
      ("5\tsubmit\ta\t5\tp\td\te\t-", 1, .label),
      ("5\tsubmit\ta\t5\tp\td\u{1}\te\tdaily_small", 1, .device),
      ("5\toutcome\ta\t-\tp\t-\t-\tdaily_small", 1, .label),
      ("# fine\n\n5\tagent\ta\t-\t-\t-\t-\t-\n4\tagent\tb\t-\t-\t-\t-\t-", 4, .time),
    ] as [(String, Int, TrafficDefect.Field)])
  func defectsAreNamedByLine(_ text: String, _ line: Int, _ field: TrafficDefect.Field) {
    let defect = #expect(throws: TrafficDefect.self) { try TrafficText.parse(text) }
    #expect(defect?.line == line)
    #expect(defect?.field == field)
  }
}
