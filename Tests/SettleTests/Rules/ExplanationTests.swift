import Rules
import RulesFile
import SettlementProto
import SwiftProtobuf
import Testing

@testable import settle

@Suite("Explaining decisions")
struct ExplanationTests {
  static func reviewed() -> Settlement_V1_Withdrawal {
    var withdrawal = ResultsTests.withdrawal
    withdrawal.state = .pendingReview
    withdrawal.speed = .express
    withdrawal.settlementDate = "2026-07-01"
    withdrawal.expectedArrival = .init(seconds: 1_782_864_060, nanos: 0)
    withdrawal.rulesVersion = 3
    withdrawal.risk.verdict = .review
    withdrawal.risk.score = 45
    withdrawal.risk.reasons =
      ([("PAYEE_SHARED", 55), ("PAYEE_WHITELISTED", -10), ("OF_TOMORROW", 0)] as [(String, Int32)]).map {
        code, points in
        var reason = Settlement_V1_RiskReason()
        reason.code = code
        reason.points = points
        return reason
      }
    withdrawal.review.approvalsRequired = 2
    withdrawal.review.dueTime = .init(seconds: 1_782_950_400, nanos: 0)
    return withdrawal
  }

  @Test("tells figures, reasons and what comes next, in both languages, line by line")
  func words() {
    let explanation = Explanation(of: Self.reviewed())
    #expect(explanation.english.count == explanation.chinese.count)
    let english = explanation.english.joined(separator: "\n")
    for part in [
      "demo/a1 asked for 50.00 CNY: the fee is 0.05, the payee gets 49.95, by rules version 3.",
      "The risk rules gave 45 points, so that people have to look at it:",
      "PAYEE_SHARED (+55): several agents use this payee",
      "PAYEE_WHITELISTED (-10): the payee is on the white list",
      "OF_TOMORROW (0): a rule that this program does not know",
      "2 different people must approve it; 0 did.",
      "Undecided by 2026-07-02T00:00:00Z, it expires",
    ] {
      #expect(english.contains(part), "\(part) is missing in:\n\(english)")
    }
    let chinese = explanation.chinese.joined(separator: "\n")
    for part in ["风控评分 45 分，需人工审核：", "多个代理商共用该收款人", "当前状态：审核中"] {
      #expect(chinese.contains(part), "\(part) is missing in:\n\(chinese)")
    }
  }

  @Test("says whether a document is the one that decided")
  func document() throws {
    let document = try RulesFile.parse(ShippedRules.standard.text).get()
    var withdrawal = Self.reviewed()
    withdrawal.risk.reasons.removeLast()
    withdrawal.rulesVersion = document.version
    let same = Explanation(of: withdrawal, by: document)
    #expect(same.english.first == "decided by rules version \(document.version)")
    // By the document's clock, eight hours ahead.
    #expect(same.english.contains("speed EXPRESS: sent on 2026-07-01, expected by 2026-07-01 08:01 local time"))
    #expect(same.english.count == same.chinese.count)
    withdrawal.rulesVersion += 1
    let other = Explanation(of: withdrawal, by: document)
    #expect(other.english.first?.hasSuffix("the document at hand is version \(document.version)") == true)
  }

  @Test("a reason of later rules is told by its code, with a document too")
  func unknownReason() throws {
    let document = try RulesFile.parse(ShippedRules.standard.text).get()
    let explanation = Explanation(of: Self.reviewed(), by: document)
    #expect(explanation.english.contains("  OF_TOMORROW (0): a rule that this program does not know"))
  }

  @Test("text of others is shown, not obeyed")
  func controlCharacters() {
    var withdrawal = Self.reviewed()
    withdrawal.agent = "a\u{1b}[2J"
    withdrawal.review.informationNote = "\u{202e}note"
    let explanation = Explanation(of: withdrawal)
    #expect(!explanation.lines.joined().unicodeScalars.contains { $0.value == 0x1b || $0.value == 0x202e })
  }
}
