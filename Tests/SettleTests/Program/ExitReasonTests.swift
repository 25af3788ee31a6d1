import ArgumentParser
import Testing

@testable import settle

@Suite("Exit codes")
struct ExitReasonTests {
  @Test("never change their numbers")
  func numbers() {
    let expected: [(ExitReason, Int32)] = [
      (.done, 0), (.refused, 1), (.notFound, 2), (.outcomeUnknown, 3), (.badUsage, 64), (.badData, 65),
      (.unreadableInput, 66), (.unreachable, 69), (.internalError, 70), (.systemError, 71), (.cannotCreate, 73),
      (.journalFailed, 74), (.tryLater, 75), (.notPermitted, 77), (.dataDirectoryUnusable, 78),
      (.forced, 130),
    ]
    for (status, number) in expected { #expect(status.rawValue == number) }
    #expect(expected.count == ExitReason.allCases.count)
  }

  @Test("all stand in the help")
  func help() {
    let help = Settle.helpMessage()
    for status in ExitReason.allCases { #expect(help.contains("\(status.rawValue)  ")) }
  }

  @Test("a failure says what to do, to people and to machines")
  func failure() {
    let failure = Failure(
      .tryLater, "the server is overloaded", advice: "Try again.",
      facts: [JSON.Member("code", .text("RESOURCE_EXHAUSTED"))])
    #expect("\(failure)" == "the server is overloaded\n  Try again.")
    #expect(
      failure.json.line
        == #"{"error":{"exit_code":75,"message":"the server is overloaded","advice":"Try again.","code":"RESOURCE_EXHAUSTED"}}"#
    )
  }
}
