import Ledger
import LedgerCore
import RPC
import SettlementProto
import SwiftProtobuf
import Testing
import Vault

@testable import Services

/// What an agent may do: its place among others, its standing, its limits, its real-name check.
@Suite struct AgentStandingTests {
  private static func update(
    _ agent: String = "a1", requestID: String = "u1", reason: String = "audit 2026-09",
    _ configure: (inout Settlement_V1_UpdateAgentRequest) -> Void = { _ in }
  ) -> Settlement_V1_UpdateAgentRequest {
    var request = Settlement_V1_UpdateAgentRequest()
    (request.requestID, request.partner, request.agent, request.reason) = (requestID, "demo", agent, reason)
    configure(&request)
    return request
  }

  private func agent(_ caller: Caller, _ name: String) async throws -> Settlement_V1_Agent {
    var request = Settlement_V1_GetAgentRequest()
    request.agent = name
    return try await caller.call(.getAgent, request)
  }

  @Test func agentsStandInLevels() async throws {
    let house = try House()
    let demo = house.partner()
    try await demo.createAgent("", "top", requestID: "c0")
    var below = Settlement_V1_CreateAgentRequest()
    (below.requestID, below.agent, below.parent) = ("c1", "below", "top")
    let created: Settlement_V1_Agent = try await demo.call(.createAgent, below)
    #expect(created.parent == "top" && created.creditGrade == .normal && !created.hasLimits)
    below.parent = ""
    #expect(try await demo.failure(.createAgent, below).reason == "REQUEST_ID_REUSED")
    (below.requestID, below.agent, below.parent) = ("c2", "other", "nobody")
    #expect(try await demo.failure(.createAgent, below).code != .ok)
    // A parent of another partner is none.
    try await house.partner("other").createAgent("", "theirs", requestID: "c0")
    below.parent = "theirs"
    let foreign = try await demo.failure(.createAgent, below)
    below.parent = "nobody"
    #expect(foreign == (try await demo.failure(.createAgent, below)) && foreign.code != .ok)
    // No loops.
    let loop = try await house.staff(.operator).failure(.updateAgent, Self.update("top") { $0.parent = "below" })
    #expect(loop.code == .failedPrecondition && loop.reason == "PARENT_LOOP")
    await house.close()
  }

  @Test func whatIsSetChangesAndWhatIsAbsentStays() async throws {
    let house = try House()
    try await house.open("a1", minorUnits: 1_000)
    let (demo, officer) = (house.partner(), house.staff(.compliance))
    let first = Self.update {
      $0.frozen = true
      $0.creditGrade = .good
      $0.openViolations = 2
      $0.limits.payoutMaximum = 700
    }
    let updated: Settlement_V1_Agent = try await officer.call(.updateAgent, first)
    #expect(updated.frozen && updated.creditGrade == .good && updated.openViolations == 2)
    #expect(updated.limits.payoutMaximum == 700 && updated.limits.dayAmount == 0)
    #expect(updated.receipt.sequence == house.ledger.feed.lastSequence)
    #expect(try await officer.call(.updateAgent, first) == updated)
    #expect(try await agent(demo, "a1") == updated)
    let frozen = try await demo.failure(.submitWithdrawal, Requests.submit("a1", 500, requestID: "w1"))
    #expect(frozen.code == .failedPrecondition && frozen.reason == RPCStatus(Refusal.agentFrozen).reason)

    // Set to false and absent are different requests.
    let thawed: Settlement_V1_Agent = try await officer.call(
      .updateAgent,
      Self.update(requestID: "u2") {
        $0.frozen = false
        $0.openViolations = 0
      })
    #expect(!thawed.frozen && thawed.creditGrade == .good && thawed.openViolations == 0)
    #expect(thawed.limits == updated.limits)
    let reused = try await officer.failure(.updateAgent, Self.update(requestID: "u2") { $0.openViolations = 0 })
    #expect(reused.reason == "REQUEST_ID_REUSED")
    _ = try await demo.submit("a1", 700, requestID: "w2")

    let nothing = try await officer.failure(.updateAgent, Self.update(requestID: "u3"))
    #expect(nothing.code == .failedPrecondition && nothing.reason == "NOTHING_TO_CHANGE")
    let absent = try await officer.failure(.updateAgent, Self.update("nobody", requestID: "u4") { $0.frozen = true })
    #expect(absent.reason == "AGENT_NOT_FOUND")
    await house.close()
  }

  @Test func theLimitsAndWhatIsLeft() async throws {
    let house = try House()
    try await house.open("a1", minorUnits: 10_000)
    let demo = house.partner()
    let _: Settlement_V1_Agent = try await house.staff(.operator).call(
      .updateAgent,
      Self.update {
        $0.limits.dayAmount = 5_000
        $0.limits.dayCount = 3
      })
    _ = try await demo.submit("a1", 2_000, requestID: "w1")
    var request = Settlement_V1_GetLimitsRequest()
    request.agent = "a1"
    let limits: Settlement_V1_LimitStanding = try await demo.call(.getLimits, request)
    #expect(limits.currencyCode == "CNY" && limits.dayAmount == 5_000 && limits.dayAmountLeft == 3_000)
    #expect(limits.dayCount == 3 && limits.dayCountLeft == 2)
    request.agent = "nobody"
    #expect(try await demo.failure(.getLimits, request).reason == "AGENT_NOT_FOUND")
    await house.close()
  }

  @Test func badUpdates() async throws {
    let house = try House()
    try await house.open("a1", minorUnits: 0)
    let status = try await house.staff(.operator).failure(
      .updateAgent,
      Self.update("", requestID: "", reason: "") {
        $0.creditGrade = .UNRECOGNIZED(9)
        $0.openViolations = 70_000
        $0.limits.dayCount = -1
        $0.tier = String(repeating: "x", count: 65)
      })
    #expect(
      status.badFields.sorted() == [
        "agent", "credit_grade", "limits.day_count", "open_violations", "reason", "request_id", "tier",
      ])
    await house.close()
  }

  // MARK: The real-name check

  @Test func threeElements() async throws {
    let house = try House()
    try await house.open("a1", minorUnits: 0)
    let demo = house.partner()
    let request = Payees.verifyAgent(idNumber: "1101 0519 4912 3100 2x")
    let response: Settlement_V1_VerifyAgentResponse = try await demo.call(.verifyAgent, request)
    #expect(response.defects.isEmpty && response.agent.maskedName == "张**")
    #expect(response.agent.nameVerified && response.agent.idNumberVerified && response.agent.cardVerified)
    #expect(response.agent.receipt.sequence == house.ledger.feed.lastSequence)
    #expect(try await agent(demo, "a1") == response.agent)
    #expect(house.privateData.keys.keyIDs.count == 1)

    // Again, however it is written: one record, one key.
    #expect(try await demo.call(.verifyAgent, Payees.verifyAgent()) == response)
    #expect(house.privateData.keys.keyIDs.count == 1)
    let reused = try await demo.failure(.verifyAgent, Payees.verifyAgent(name: Someone.otherName))
    #expect(reused.reason == "REQUEST_ID_REUSED" && house.privateData.keys.keyIDs.count == 1)
    await house.close()
  }

  private struct Part: CustomTestStringConvertible {
    let what: String
    let request: Settlement_V1_VerifyAgentRequest
    let defects: [String]
    /// name, ID number, card.
    let passed: [Bool]
    var testDescription: String { what }
  }

  private static let parts = [
    Part(
      what: "a digit of the ID number wrong", request: Payees.verifyAgent(idNumber: "110105194912310021"),
      defects: ["id_number CHECK_DIGIT"], passed: [true, false, true]),
    Part(
      what: "the birthday impossible", request: Payees.verifyAgent(idNumber: "110105194913310029"),
      defects: ["id_number BIRTH_DATE"], passed: [true, false, true]),
    Part(
      what: "a digit of the card wrong", request: Payees.verifyAgent(card: "6222021234567890129"),
      defects: ["card_number LUHN"], passed: [true, true, false]),
    Part(
      what: "no bank's card", request: Payees.verifyAgent(card: "9999991234567890124"),
      defects: ["card_number UNKNOWN_BANK"], passed: [true, true, false]),
    Part(
      what: "no card", request: Payees.verifyAgent(card: ""), defects: ["card_number FIELD_MISSING"],
      passed: [true, true, false]),
    Part(
      what: "no name", request: Payees.verifyAgent(name: "123"), defects: ["name NOT_A_NAME"],
      passed: [false, true, false]),
    Part(
      what: "nothing", request: Payees.verifyAgent(name: "", idNumber: "1", card: "2"),
      defects: ["name FIELD_MISSING", "id_number WRONG_LENGTH", "card_number WRONG_LENGTH"],
      passed: [false, false, false]),
  ]

  @Test(arguments: parts) private func whatFailedIsToldWithItsReason(_ part: Part) async throws {
    let house = try House()
    try await house.open("a1", minorUnits: 0)
    let before = house.ledger.feed.lastSequence
    let response: Settlement_V1_VerifyAgentResponse = try await house.partner().call(.verifyAgent, part.request)
    #expect(response.defects.map { "\($0.element) \($0.reason)" } == part.defects)
    #expect(response.defects.allSatisfy { !$0.message.isEmpty && !$0.messageZh.isEmpty })
    let agent = response.agent
    #expect([agent.nameVerified, agent.idNumberVerified, agent.cardVerified] == part.passed)
    let isRecorded = part.passed.contains(true)
    #expect(house.ledger.feed.lastSequence == before + (isRecorded ? 1 : 0))
    #expect(house.privateData.keys.keyIDs.count == (isRecorded ? 1 : 0))
    #expect(Someone.leaks(in: try response.serializedBytes()).isEmpty)
    await house.close()
  }

  @Test func whoCannotBeAskedLeavesNothing() async throws {
    let verifier = ScriptedVerifier(.unavailable(reason: "down"))
    let house = try House(verifier: verifier)
    try await house.open("a1", minorUnits: 0)
    let before = house.ledger.feed.lastSequence
    let status = try await house.partner().failure(.verifyAgent, Payees.verifyAgent())
    #expect(status.code == .unavailable && status.reason == "VERIFIER_UNAVAILABLE")
    #expect(house.ledger.feed.lastSequence == before && house.privateData.keys.keyIDs.isEmpty)
    // Nobody outside is asked about an agent that does not exist.
    let asked = verifier.asked
    #expect(try await house.partner().failure(.verifyAgent, Payees.verifyAgent("nobody")).code == .notFound)
    #expect(verifier.asked == asked)
    await house.close()
  }

  /// Two checks never add up to one: what the last one found is what counts.
  @Test func theElementsOfTwoPeopleDoNotAddUp() async throws {
    let house = try House()
    try await house.open("a1", minorUnits: 0)
    let demo = house.partner()
    let _: Settlement_V1_VerifyAgentResponse = try await demo.call(.verifyAgent, Payees.verifyAgent(card: ""))
    let second: Settlement_V1_VerifyAgentResponse = try await demo.call(
      .verifyAgent,
      Payees.verifyAgent(requestID: "k2", name: Someone.otherName, idNumber: "1", card: Someone.otherCard))
    #expect(second.agent.cardVerified && !second.agent.idNumberVerified && second.agent.maskedName == "李**")
    await house.close()
  }
}
