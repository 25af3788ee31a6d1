import ArgumentParser
import LedgerCore
import RouteSimulation
import Routing
import Testing

@testable import settle

@Suite("Simulating routes on the command line")
struct RouteSimulateTests {
  @Test("a channel and the seconds in which it fails")
  func disturbances() throws {
    let outage = try #require(OutageArgument(argument: "alipay@300-600"))
    #expect("\(outage.channel)" == "alipay")
    #expect(outage.milliseconds == 300_000..<600_000)
    let slow = try #require(SlowArgument(argument: "bank@0-1x10"))
    #expect(slow.outage.milliseconds == 0..<1_000)
    #expect(slow.factor == 10)
  }

  @Test(
    "what is no disturbance",
    arguments: [
      "", "alipay", "@1-2", "alipay@", "alipay@1", "alipay@2-1", "alipay@1-1", "alipay@-1-2", "alipay@1-2-3",
      "alipay@1-x", "alipay@0-99999999999",
    ])
  func notDisturbances(_ text: String) {
    #expect(OutageArgument(argument: text) == nil)
    #expect(SlowArgument(argument: text + "x10") == nil)
  }

  @Test("factors of slowness", arguments: ["bank@1-2", "bank@1-2x", "bank@1-2x1", "bank@1-2x2881", "bank@1-2x1.5"])
  func factors(_ text: String) {
    #expect(SlowArgument(argument: text) == nil)
  }

  @Test(
    "flags that cannot be",
    arguments: [
      ["--payouts", "0"], ["--payouts", "1000001"], ["--rate", "0"], ["--calm", "--outage", "bank@1-2"],
      ["--silence", "nobody@1-2"],
    ])
  func flags(_ words: [String]) {
    #expect(throws: (any Error).self) { try RouteSimulate.parse(words) }
  }
}
