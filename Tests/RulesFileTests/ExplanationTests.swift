internal import LedgerCore
import Testing

@testable internal import Rules
@testable internal import RulesFile

@Suite("What a decision went by, in words")
struct ExplanationTests {
  static func screening(verdict: RiskVerdict = .review, points: Int64 = 0, checkers: UInt8 = 2) -> Screening {
    Screening(
      rulesVersion: 1,
      // 2026-02-17 and 09:30 of it at UTC+8.
      terms: Terms(
        speed: .express, feeMinorUnits: 1_250, points: points, settlementDay: 20_501,
        expectedArrival: Timestamp(microseconds: 1_771_291_800_000_000)),
      limitDay: LimitDay(day: 20_501, month: 24_313),
      risk: RiskResult(
        verdict: verdict, score: 90,
        reasons: [RiskReason(code: .payeeShared, points: 120), RiskReason(code: .agentWhitelisted, points: -30)]),
      checkers: checkers, reviewDue: Timestamp(microseconds: 1_771_378_200_000_000))
  }

  static let amount = Money(minorUnits: 6_000_000, currency: .cny)

  @Test func english() throws {
    let lines = RulesFile.explain(Self.screening(), amount: Self.amount, try ParsingTests.standard())
    #expect(
      lines.map(\.english) == [
        "decided by rules version 1; the document at hand is version 2",
        "amount 60000.00 CNY, fee 12.50, net 59987.50",
        "speed EXPRESS: sent on 2026-02-17, expected by 2026-02-17 09:30 local time",
        "counts against the limits of 2026-02-17",
        "risk score 90: a person has to look",
        "  +120 several agents use this payee",
        "  -30 the agent is on the white list",
        "needs approval by 2 different people until 2026-02-18 09:30 local time",
      ])
  }

  @Test func chinese() throws {
    let lines = RulesFile.explain(Self.screening(points: 200), amount: Self.amount, try ParsingTests.standard())
    #expect(
      lines.map(\.chinese) == [
        "依据规则第1版作出决定；当前规则文件为第2版",
        "提现金额60000.00 CNY，手续费12.50，实际到账59987.50，另扣200积分",
        "到账方式：极速到账，2026-02-17打款，预计2026-02-17 09:30前到账",
        "计入2026-02-17的限额",
        "风险评分90：转人工审核",
        "  +120分 多个代理商共用该收款人",
        "  -30分 代理商在白名单中",
        "需2名不同人员在2026-02-18 09:30前审核通过",
      ])
  }

  @Test func anotherVersionIsSaid() throws {
    var screening = Self.screening(verdict: .approve, checkers: 0)
    screening.rulesVersion = 9
    let lines = RulesFile.explain(screening, amount: Self.amount, try ParsingTests.standard())
    #expect(lines[0].english == "decided by rules version 9; the document at hand is version 2")
    #expect(!lines.contains { $0.english.contains("approval") })
  }

  @Test func everyReasonHasAText() {
    var seen: Set<ExplainedLine> = []
    for code in RiskCode.allCases { #expect(seen.insert(RiskReasonText.of(code)).inserted, "\(code)") }
  }
}
