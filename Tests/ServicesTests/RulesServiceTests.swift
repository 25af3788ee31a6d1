import Ledger
import LedgerCore
import RPC
import Rules
import RulesFile
import SettlementProto
import SwiftProtobuf
import Testing

@testable import Services

@Suite struct RulesServiceTests {
  private func reload(_ requestID: String) -> Settlement_V1_ReloadRulesRequest {
    var request = Settlement_V1_ReloadRulesRequest()
    request.requestID = requestID
    return request
  }

  private func rules(_ house: House) async throws -> Settlement_V1_RulesStatus {
    try await house.staff(.reader).call(.getRules, Settlement_V1_GetRulesRequest())
  }

  /// The shipped document under another version.
  private func document(version: UInt32) throws -> String {
    let text = ShippedRules.open.text
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let place = try #require(lines.firstIndex { $0.hasPrefix("version:") })
    return (lines[..<place] + ["version: \(version)"] + lines[(place + 1)...]).joined(separator: "\n")
  }

  @Test func theRulesAreShownAndReadAgain() async throws {
    let house = try House()
    let boss = house.staff(.operator)
    let first: Settlement_V1_RulesStatus = try await boss.call(.reloadRules, reload("r1"))
    #expect(first.document == ShippedRules.open.text && first.digest.count == 32 && !first.name.isEmpty)
    #expect(first.receipt.sequence == house.ledger.feed.lastSequence && first.hasActiveSince)
    #expect(try await rules(house) == first)

    house.rules.write(try document(version: first.version + 1))
    let second: Settlement_V1_RulesStatus = try await boss.call(.reloadRules, reload("r2"))
    #expect(second.version == first.version + 1 && second.receipt.sequence > first.receipt.sequence)
    #expect(try await rules(house) == second)
    await house.close()
  }

  @Test func aBadDocumentChangesNothing() async throws {
    let house = try House()
    let boss = house.staff(.operator)
    let good: Settlement_V1_RulesStatus = try await boss.call(.reloadRules, reload("r1"))
    house.rules.write("version: 2\nname: broken\nunknown_key: 1\n")
    let refused = try await boss.failure(.reloadRules, reload("r2"))
    #expect(refused.code == .invalidArgument && refused.reason == "RULES_REFUSED" && !refused.badFields.isEmpty)
    #expect(refused.message.contains("unknown_key") && refused.message.contains("rules.yaml:"), "\(refused)")
    #expect(try await rules(house) == good)

    // An old version with another content is refused as well.
    house.rules.write(try document(version: good.version + 2))
    let _: Settlement_V1_RulesStatus = try await boss.call(.reloadRules, reload("r3"))
    house.rules.write(try document(version: good.version + 1))
    let taken = try await boss.failure(.reloadRules, reload("r4"))
    #expect(taken.code == .failedPrecondition && taken.reason == "RULES_VERSION_TAKEN", "\(taken)")
    #expect(try await rules(house).version == good.version + 2)
    let nameless = try await boss.failure(.reloadRules, reload(""))
    #expect(nameless.badFields == ["request_id"])
    await house.close()
  }
}
