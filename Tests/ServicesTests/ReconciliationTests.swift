import Digests
import Journal
import JournalTesting
import Ledger
import LedgerCore
import RPC
import SettlementProto
import SwiftProtobuf
import Testing
import Vault

@testable import Services

/// What crashes between the journal and the key store leave, and how a start makes it good.
@Suite struct ReconciliationTests {
  @Test func erasedAndUnnamedKeysGo() async throws {
    let house = try House()
    try await house.open("a1", minorUnits: 0)
    let demo = house.partner()
    let keys = house.privateData.keys
    let _: Settlement_V1_VerifyAgentResponse = try await demo.call(.verifyAgent, Payees.verifyAgent())
    let kept = try await demo.createPayee(Payees.create())
    let erased = try await demo.createPayee(Payees.create(requestID: "p2", number: Someone.otherCard))
    let named = Set(keys.keyIDs)
    // A crash between key and record, and one between the record of an erasure and its key.
    let orphan = try await keys.seal([1, 2, 3], binding: [])
    house.keyDisk.fail(
      operation: 1, with: .failure(SimulatedDisk.inputOutputError), lasting: .forEver, among: [.rename])
    #expect(try await demo.failure(.erasePayeeAccount, Payees.erase(erased.id)).reason == "KEY_STORE_FAILED")
    house.keyDisk.failNoMore()
    #expect(keys.keyIDs.count == 4)

    let report = try await PrivateDataReconciliation(ledger: house.ledger, privateData: house.privateData)
      .run(grace: .zero)
    #expect(report == .init(erased: 1, orphans: 1, areOrphansDestroyed: true))
    #expect(keys.keyIDs.count == 2 && !keys.contains(orphan.keyID) && Set(keys.keyIDs).isSubset(of: named))
    // What is named still opens.
    let open: Settlement_V1_PayeeAccount = try await demo.call(.verifyPayeeAccount, Payees.verify(kept.id))
    #expect(open.state == .verified)

    let again = try await PrivateDataReconciliation(ledger: house.ledger, privateData: house.privateData)
      .run(grace: .zero)
    #expect(again == .init(erased: 0, orphans: 0, areOrphansDestroyed: true))
    await house.close()
  }

  /// A key that is between the store and its record when the journal is read must stay.
  @Test func whatGetsItsRecordInTimeStays() async throws {
    let house = try House()
    try await house.open("a1", minorUnits: 0)
    let keys = house.privateData.keys
    let place = PrivatePlace(
      kind: .payee, partner: try Label("demo"), agent: try Label("a1"), requestID: try Label("p1"))
    let fresh = try await house.privateData.seal(
      PrivatePair(number: Someone.card, name: Someone.name), in: place, of: house.ledger.identity)
    let orphan = try await keys.seal([1, 2, 3], binding: [])
    let ledger = house.ledger
    let clock = GraceClock {
      // The record comes while the grace runs.
      let command = CreatePayee(
        key: RequestKey(namespace: .partner(place.partner), id: place.requestID, content: Fingerprint128()),
        partner: place.partner, agent: place.agent, rail: .bankCard, numberHash: Fingerprint128(),
        nameHash: Fingerprint128(), maskedNumber: try Label("****"), maskedName: try Label("*"), bank: .none,
        isVerified: true, sealed: fresh.data)
      _ = await ledger.perform(.command(.createPayee(command)))
    }
    let report = try await PrivateDataReconciliation(ledger: house.ledger, privateData: house.privateData)
      .run(clock: clock)
    #expect(report == .init(erased: 0, orphans: 1, areOrphansDestroyed: true))
    #expect(keys.keyIDs == [fresh.keyID] && !keys.contains(orphan.keyID))
    await house.close()
  }

  /// A ledger that knows nothing of so many keys is the wrong one, or an old copy.
  @Test func tooManyUnnamedKeysAreLeftAlone() async throws {
    let house = try House()
    let keys = house.privateData.keys
    let count = PrivateDataReconciliation.orphansMaximum + 1
    for start in stride(from: 0, to: count, by: 1_024) {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in start..<min(start + 1_024, count) {
          group.addTask { _ = try await keys.seal([1], binding: []) }
        }
        try await group.waitForAll()
      }
    }
    let report = try await PrivateDataReconciliation(ledger: house.ledger, privateData: house.privateData)
      .run(grace: .zero)
    #expect(report == .init(erased: 0, orphans: count, areOrphansDestroyed: false))
    #expect(keys.keyIDs.count == count)
    await house.close()
  }

  /// Instead of sleeping it does what happens meanwhile.
  private struct GraceClock: Clock {
    typealias Instant = ContinuousClock.Instant
    let meanwhile: @Sendable () async throws -> Void
    var now: Instant { .now }
    var minimumResolution: Duration { .nanoseconds(1) }
    func sleep(until deadline: Instant, tolerance: Duration?) async throws { try await meanwhile() }
  }
}
