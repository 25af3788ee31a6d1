import Digests
import Foundation
import Ledger
import LedgerCore
import RPC
import RPCTesting
import SettlementProto
import SwiftProtobuf
import Testing
import Vault

@testable import Services

@Suite struct RiskServiceTests {
  private static func put(
    _ subject: Settlement_V1_ListSubject, _ name: String, partner: String = "", number: String = "",
    requestID: String = "l1", colour: Settlement_V1_ListColour = .black, until: Int64? = nil, reason: String = "theft"
  ) -> Settlement_V1_PutListEntryRequest {
    var request = Settlement_V1_PutListEntryRequest()
    (request.requestID, request.subject, request.colour) = (requestID, subject, colour)
    (request.partner, request.name, request.payeeNumber, request.reason) = (partner, name, number, reason)
    if let until { request.expireTime.seconds = until }
    return request
  }

  private static func remove(
    _ put: Settlement_V1_PutListEntryRequest, requestID: String = "x1"
  ) -> Settlement_V1_RemoveListEntryRequest {
    var request = Settlement_V1_RemoveListEntryRequest()
    (request.requestID, request.subject, request.colour) = (requestID, put.subject, put.colour)
    (request.partner, request.name, request.payeeNumber, request.reason) = (
      put.partner, put.name, put.payeeNumber, "a mistake"
    )
    return request
  }

  private func entries(
    _ caller: Caller, _ subject: Settlement_V1_ListSubject = .unspecified, pageSize: Int32 = 0
  ) async throws -> [Settlement_V1_ListEntry] {
    var request = Settlement_V1_ListListEntriesRequest()
    (request.subject, request.pageSize) = (subject, pageSize)
    var found: [Settlement_V1_ListEntry] = []
    repeat {
      let page: Settlement_V1_ListListEntriesResponse = try await caller.call(.listListEntries, request)
      found += page.entries
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty && found.count < 5_000
    return found
  }

  @Test func entriesComeAndGo() async throws {
    let house = try House()
    let (compliance, reader) = (house.staff(.compliance), house.staff(.reader))
    let address = Self.put(.address, "203.0.113.7", until: 1_800_000_000)
    let put: Settlement_V1_ListEntry = try await compliance.call(.putListEntry, address)
    #expect(put.name == "203.0.113.7" && put.colour == .black && put.expireTime.seconds == 1_800_000_000)
    #expect(put.reason == "theft" && !put.automatic && put.receipt.sequence == house.ledger.feed.lastSequence)
    #expect(try await compliance.call(.putListEntry, address) == put, "the same request, the same answer")

    let agent: Settlement_V1_ListEntry = try await compliance.call(
      .putListEntry, Self.put(.agent, "a1", partner: "demo", requestID: "l2", colour: .white))
    #expect(agent.partner == "demo" && !agent.hasExpireTime)
    #expect(try await entries(reader) == [put, agent])
    #expect(try await entries(reader, .agent) == [agent])
    #expect(try await entries(reader, pageSize: 1) == [put, agent])

    let removed: Settlement_V1_ListEntry = try await compliance.call(.removeListEntry, Self.remove(address))
    #expect(removed.name == "203.0.113.7" && removed.reason == "a mistake")
    #expect(try await entries(reader) == [agent])
    let again = try await compliance.failure(.removeListEntry, Self.remove(address, requestID: "x2"))
    #expect(again.code == .notFound, "\(again)")
    await house.close()
  }

  @Test func aPayeesNumberIsHashedAtOnce() async throws {
    let house = try House()
    let compliance = house.staff(.compliance)
    let request = Self.put(.payee, "", number: "6222 0212-3456 7890 128")
    let put: Settlement_V1_ListEntry = try await compliance.call(.putListEntry, request)
    let hash = house.privateData.keys.searchKey.fingerprint(Someone.card, purpose: .payeeNumber).hexadecimal
    #expect(put.name == hash)
    #expect(Someone.leaks(in: try put.serializedBytes()).isEmpty)
    // However it is written, and by its hash as well.
    let again: Settlement_V1_ListEntry = try await compliance.call(
      .putListEntry, Self.put(.payee, "", number: Someone.card))
    #expect(again == put)
    #expect(try await compliance.call(.putListEntry, Self.put(.payee, hash)) == put)
    let removed: Settlement_V1_ListEntry = try await compliance.call(.removeListEntry, Self.remove(request))
    #expect(removed.name == hash)
    #expect(try await entries(compliance).isEmpty)
    await house.close()
  }

  private struct Bad: CustomTestStringConvertible {
    let what: String
    let request: Settlement_V1_PutListEntryRequest
    let fields: [String]
    var testDescription: String { what }
  }

  private static let bad = [
    Bad(
      what: "nothing", request: Settlement_V1_PutListEntryRequest(),
      fields: ["colour", "name", "reason", "request_id", "subject"]),
    Bad(what: "unknown subject", request: put(.UNRECOGNIZED(9), "x"), fields: ["subject"]),
    Bad(what: "agent without partner", request: put(.agent, "a1"), fields: ["partner"]),
    Bad(what: "device with partner", request: put(.device, "d", partner: "demo"), fields: ["partner"]),
    Bad(what: "device with a number", request: put(.device, "", number: Someone.card), fields: ["payee_number"]),
    Bad(what: "name and number", request: put(.payee, "x", number: Someone.card), fields: ["name"]),
    Bad(what: "plain card as name", request: put(.payee, "6222 0212 3456 7890 128"), fields: ["name"]),
    Bad(what: "plain phone as name", request: put(.payee, Someone.phone), fields: ["name"]),
    Bad(what: "plain address as name", request: put(.device, Someone.email), fields: ["name"]),
    Bad(what: "before 1970", request: put(.device, "d", until: -1), fields: ["expire_time"]),
    Bad(what: "after 9999", request: put(.device, "d", until: 253_402_300_800), fields: ["expire_time"]),
    Bad(
      what: "very long number", request: put(.payee, "", number: String(repeating: "6", count: 300)),
      fields: ["payee_number"]),
  ]

  @Test(arguments: bad) private func whatIsWrongIsNamed(_ bad: Bad) async throws {
    let house = try House()
    let status = try await house.staff(.compliance).failure(.putListEntry, bad.request)
    #expect(status.code == .invalidArgument && status.badFields.sorted() == bad.fields, "\(status)")
    #expect(Someone.leaks(in: Array("\(status)".utf8)).isEmpty)
    #expect(house.ledger.feed.lastSequence == 0)
    await house.close()
  }

  @Test func whatIsExportedCanBeImported() async throws {
    let (house, other) = (try House(), try House())
    let compliance = house.staff(.compliance)
    var request = Settlement_V1_ImportListEntriesRequest()
    for number in 0..<300 {
      request.entries.append(Self.put(.device, "device-\(number)", requestID: "i\(number)", until: 1_800_000_000))
    }
    request.entries.append(Self.put(.payee, "", number: Someone.card, requestID: "i300", colour: .white))
    request.entries.append(Self.put(.address, "203.0.113.9", requestID: "i301", until: 1_790_000_100))
    let response: Settlement_V1_ImportListEntriesResponse = try await compliance.call(.importListEntries, request)
    #expect(response.results.count == 302 && response.results.allSatisfy { $0.entry.receipt.sequence > 0 })
    #expect(response.results.map(\.entry.name).prefix(2) == ["device-0", "device-1"])

    house.clock.advance(seconds: 200)
    let exported = try await export(house, subject: .unspecified)
    #expect(exported.count == 301, "what has ended is not in force")
    #expect(Set(exported.map(\.name)) == Set(response.results.dropLast().map(\.entry.name)))
    #expect(try await export(house, subject: .payee).map(\.colour) == [.white])

    var back = Settlement_V1_ImportListEntriesRequest()
    back.entries = exported.enumerated().map { index, entry in
      var put = Self.put(
        entry.subject, entry.name, partner: entry.partner, requestID: "b\(index)", colour: entry.colour,
        reason: entry.reason)
      if entry.hasExpireTime { put.expireTime = entry.expireTime }
      return put
    }
    let imported: Settlement_V1_ImportListEntriesResponse = try await other.staff(.compliance).call(
      .importListEntries, back)
    #expect(imported.results.allSatisfy { $0.error == Settlement_V1_ImportError() })
    func plain(_ entry: Settlement_V1_ListEntry) -> Settlement_V1_ListEntry {
      var entry = entry
      entry.clearReceipt()
      entry.clearTime()
      return entry
    }
    let there = try await export(other, subject: .unspecified).map(plain).sorted { $0.name < $1.name }
    #expect(there == exported.map(plain).sorted { $0.name < $1.name })
    await house.close()
    await other.close()
  }

  private func export(
    _ house: House, subject: Settlement_V1_ListSubject
  ) async throws -> [Settlement_V1_ListEntry] {
    var request = Settlement_V1_ExportListEntriesRequest()
    request.subject = subject
    let stream = try house.staff(.reader).client.serverStreaming(
      Services.Method.exportListEntries.path, request, as: Settlement_V1_ListEntry.self)
    return try await house.loop.drive {
      var entries: [Settlement_V1_ListEntry] = []
      for try await entry in stream { entries.append(entry) }
      return entries
    }
  }

  @Test func eachEntryOfAnImportHasItsOwnResult() async throws {
    let house = try House()
    let compliance = house.staff(.compliance)
    let _: Settlement_V1_ListEntry = try await compliance.call(
      .putListEntry, Self.put(.device, "d0", requestID: "used"))
    var request = Settlement_V1_ImportListEntriesRequest()
    request.entries = [
      Self.put(.device, "d1", requestID: "i1"), Self.put(.agent, "a1", requestID: "i2"),
      Self.put(.device, "d1", requestID: "i3", reason: "another"), Self.put(.device, "d4", requestID: "used"),
      Self.put(.payee, "", number: Someone.card, requestID: "i5"),
    ]
    let response: Settlement_V1_ImportListEntriesResponse = try await compliance.call(.importListEntries, request)
    #expect(response.results.map { $0.entry.name.isEmpty } == [false, true, true, true, false])
    #expect(response.results[1].error.code == 3 && response.results[1].error.reason == "INVALID_FIELDS")
    #expect(response.results[2].error.message.contains("entry 0"))
    #expect(response.results[3].error.code == 6 && response.results[3].error.reason == "REQUEST_ID_REUSED")
    #expect(try await entries(compliance).count == 3)

    var tooMany = Settlement_V1_ImportListEntriesRequest()
    tooMany.entries = (0...1_000).map { Self.put(.device, "d\($0)", requestID: "m\($0)") }
    let status = try await compliance.failure(.importListEntries, tooMany)
    #expect(status.code == .invalidArgument && status.badFields == ["entries"])
    await house.close()
  }

  @Test func anOutcomeTeachesTheProfileAndTheLists() async throws {
    let house = try House()
    try await house.open("a1")
    let demo = house.partner()
    var ids: [String] = []
    for number in 0..<4 {
      ids.append(try await demo.submit("a1", 1_000 + 10 * Int64(number), requestID: "w\(number)").id)
    }
    let officer = house.staff(.compliance)
    var report = Settlement_V1_ReportOutcomeRequest()
    (report.requestID, report.id, report.outcome, report.note) = ("o1", ids[0], .fraud, "bank called")
    report.blacklist = [.payee, .agent, .payee]
    let reported: Settlement_V1_Withdrawal = try await officer.call(.reportOutcome, report)
    #expect(reported.id == ids[0])
    report.blacklist = [.agent, .payee]
    #expect(try await officer.call(.reportOutcome, report) == reported, "the order means nothing")
    report.outcome = .laundering
    #expect(try await officer.failure(.reportOutcome, report).reason == "REQUEST_ID_REUSED")

    let listed = try await entries(officer)
    #expect(Set(listed.map(\.subject)) == [.agent, .payee] && listed.allSatisfy { $0.colour == .black })

    var ask = Settlement_V1_GetRiskProfileRequest()
    (ask.partner, ask.agent) = ("demo", "a1")
    let profile: Settlement_V1_RiskProfile = try await officer.call(.getRiskProfile, ask)
    #expect(profile.submissions == 4 && profile.submissionsLastDay == 4 && profile.abnormalOutcomes == 1)
    #expect((1_010...1_020).contains(profile.medianAmount) && profile.lastSubmission.seconds == 1_790_000_000)
    #expect(profile.failuresLastDay == 0 && profile.amountSpread <= 20)
    ask.agent = "nobody"
    #expect(try await officer.failure(.getRiskProfile, ask).reason == "AGENT_NOT_FOUND")

    // What was reported is in the log; what was approved at once and never reported is not.
    #expect(try await riskLog(house, from: nil).map(\.id) == [ids[0]])
    #expect(try await riskLog(house, from: 1_790_000_000).map(\.id) == [ids[0]])
    #expect(try await riskLog(house, from: 1_790_000_001).isEmpty)

    var bad = Settlement_V1_ReportOutcomeRequest()
    bad.blacklist = [.unspecified]
    let status = try await officer.failure(.reportOutcome, bad)
    #expect(status.badFields.sorted() == ["blacklist[0]", "id", "note", "outcome", "request_id"])
    await house.close()
  }

  private func riskLog(_ house: House, from seconds: Int64?) async throws -> [Settlement_V1_Withdrawal] {
    var request = Settlement_V1_ExportRiskLogRequest()
    if let seconds { request.fromTime.seconds = seconds }
    let stream = try house.staff(.auditor).client.serverStreaming(
      Services.Method.exportRiskLog.path, request, as: Settlement_V1_Withdrawal.self)
    return try await house.loop.drive {
      var found: [Settlement_V1_Withdrawal] = []
      for try await withdrawal in stream { found.append(withdrawal) }
      return found
    }
  }
}
