import ArgumentParser
import Foundation
import RiskEvaluation
import Rules
import Testing

@testable import settle

@Suite("Evaluating risk rules on the command line")
struct RiskEvaluateTests {
  @Test("what generate writes, evaluate reads; the same seed gives the same file")
  func generated() throws {
    try Shell.withDirectory { directory in
      for name in ["one", "two"] {
        let words = ["--seed", "7", "--out", "\(directory)/\(name)", "--agents", "20", "--weeks", "4"]
        try RiskGenerate.parse(words).run()
      }
      let bytes = try Files.read("\(directory)/one", maximumBytes: 1 << 28)
      #expect(bytes == (try Files.read("\(directory)/two", maximumBytes: 1 << 28)))
      let traffic = try TrafficText.parse(String(decoding: bytes, as: UTF8.self))
      #expect(traffic == generateTraffic(TrafficPlan(seed: 7, agents: 20, weeks: 4)))
      // What is there is not written over.
      #expect(throws: (any Error).self) { try RiskGenerate.parse(["--seed", "8", "--out", "\(directory)/one"]).run() }
    }
  }

  @Test("a report for machines has every kind that occurred, in whole numbers")
  func json() throws {
    let engine = try #require(try RulesChoice.standard.read().document.riskEngine)
    let report = evaluate(generateTraffic(TrafficPlan(seed: 11, agents: 20, weeks: 4)), engine)
    let json = try JSONSerialization.jsonObject(with: Data(report.json.line.utf8)) as? [String: Any]
    let honest = try #require(json?["honest"] as? [String: [String: Int]])
    let all = try #require(json?["all_honest"] as? [String: Int])
    for key in ["approved", "reviewed", "rejected"] {
      #expect(honest.values.compactMap { $0[key] }.reduce(0, +) == all[key])
    }
    #expect(json?["caught_per_10000"] as? Int == report.caughtPer10000)
  }
}
