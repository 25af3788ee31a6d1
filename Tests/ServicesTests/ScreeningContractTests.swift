import Digests
import Ledger
import LedgerCore
import RPC
import SettlementProto
import SwiftProtobuf
import Testing
import Vault

@testable import Services

/// What stands in the wire contract and in journals at once must be the same in both, for ever.
@Suite struct ScreeningContractTests {
  @Test func enumsHaveTheNumbersOfTheContract() {
    func same<Ours: CaseIterable & RawRepresentable, Theirs: Enum & CaseIterable & Equatable>(
      _: Ours.Type, _ theirs: Theirs.Type, _ make: (Ours) -> Theirs
    ) where Ours.RawValue == UInt8, Theirs.RawValue == Int {
      #expect(Ours.allCases.map { make($0).rawValue } == Ours.allCases.map { Int($0.rawValue) }, "\(theirs)")
      // Nothing of the contract is unknown to us but UNSPECIFIED.
      #expect(Ours.allCases.count == Theirs.allCases.count - 1, "\(theirs)")
    }
    same(Rail.self, Settlement_V1_Rail.self) { Settlement_V1_Rail($0) }
    same(Payee.State.self, Settlement_V1_PayeeState.self) { Settlement_V1_PayeeState($0) }
    same(CreditGrade.self, Settlement_V1_CreditGrade.self) { Settlement_V1_CreditGrade($0) }
    same(ProposalState.self, Settlement_V1_ProposalState.self) { Settlement_V1_ProposalState($0) }
    same(ListSubject.self, Settlement_V1_ListSubject.self) { Settlement_V1_ListSubject($0) }
    same(ListColour.self, Settlement_V1_ListColour.self) { Settlement_V1_ListColour($0) }
    same(ReviewOutcome.self, Settlement_V1_ReviewOutcome.self) {
      Settlement_V1_ReviewOutcome(rawValue: Int($0.rawValue)) ?? .unspecified
    }
  }

  /// A fingerprint is made over the canonical encoding of the request without its request_id.
  @Test func contentIsTheCanonicalEncoding() throws {
    func fingerprint(_ method: ContentFingerprint.Method, _ request: any Message) throws -> Fingerprint128 {
      let encoded: [UInt8] = try request.serializedBytes()
      return SHA256.hash([1, method.rawValue] + encoded).prefix
    }
    let (demo, a1, why) = (try Label("demo"), try Label("a1"), try Label("audit"))
    var update = Settlement_V1_UpdateAgentRequest()
    (update.partner, update.agent, update.reason) = ("demo", "a1", "audit")
    let least = ContentFingerprint.updateAgent(
      partner: demo, agent: a1, tier: nil, frozen: nil, grade: nil, openViolations: nil, limits: nil, parent: nil,
      reason: why)
    #expect(try least == fingerprint(.updateAgent, update))
    (update.tier, update.frozen, update.creditGrade, update.openViolations, update.parent) = ("", false, .good, 300, "")
    update.limits.dayAmount = 1 << 40
    let most = ContentFingerprint.updateAgent(
      partner: demo, agent: a1, tier: Label.none, frozen: false, grade: .good, openViolations: 300,
      limits: LimitOverride(dayAmount: 1 << 40), parent: Label.none, reason: why)
    #expect(try most == fingerprint(.updateAgent, update))
    #expect(most != least)

    // Keyed hashes stand in the places of what is private.
    let (number, name) = (Fingerprint128(first: 1, second: 2), Fingerprint128(first: 3, second: 4))
    var create = Settlement_V1_CreatePayeeAccountRequest()
    (create.partner, create.agent, create.rail) = ("demo", "a1", .bankCard)
    let head: [UInt8] = try create.serializedBytes()
    var bytes: [UInt8] = [1, ContentFingerprint.Method.createPayeeAccount.rawValue] + head
    for (field, hash) in [(UInt8(5), number), (UInt8(6), name)] {
      bytes += [field << 3 | 2, 16]
      hash.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
    let expected = SHA256.hash(bytes).prefix
    #expect(
      ContentFingerprint.createPayeeAccount(
        partner: demo, agent: a1, rail: .bankCard, numberHash: number, nameHash: name) == expected)
  }

  /// Every element and every reason has a code and words in both languages, and no two of one element the same code.
  @Test func everyDefectIsTold() {
    let reasons: [ElementDefect.Reason] = [
      .missing, .tooLong(characters: 99, maximum: 64), .notAName, .wrongLength(characters: 3, allowed: 15...19),
      .notDigits, .unknownProvince, .noSuchDateOfBirth, .bornInTheFuture, .wrongCheckDigit, .unknownBankPrefix,
      .namesDiffer, .notConfirmed,
    ]
    for element in ElementDefect.Element.allCases {
      let told = reasons.map { Settlement_V1_ElementDefect(ElementDefect(element, $0)) }
      #expect(Set(told.map(\.reason)).count == reasons.count)
      for defect in told {
        #expect(
          defect.message.hasPrefix(defect.element) && defect.messageZh.unicodeScalars.contains { $0.value > 0x4E00 })
      }
    }
  }
}
