import Digests
import Journal
import JournalTesting
import Testing

@testable import Vault

/// The n-th operation fails, or the power is cut at it, for every n.
@Suite struct KeyShardsFaultTests {
  /// What a run was told, and so what must be true after it.
  struct Book {
    var created: [KeyID: [UInt8]] = [:]
    var destroyed: Set<KeyID> = []
    /// Begun and not acknowledged.
    var mayBeDestroyed: Set<KeyID> = []
    var error: VaultError?
  }

  static func open(_ disk: SimulatedDisk, _ keys: MasterKey..., seed: UInt64 = 1) throws(VaultError) -> KeyShards {
    try KeyShards.open(directory: "data/keys", disk: disk, masterKeys: keys, random: SeededRandom(seed: seed))
  }

  /// Keys alone and in groups, erasures, and a clean end.
  static func run(on disk: SimulatedDisk, seed: UInt64 = 1) throws -> Book {
    let master = try masterKey(1)
    var book = Book()
    do throws(VaultError) {
      let shards = try open(disk, master, seed: seed)
      for count in [1, 3, 1, 2] {
        for dataKey in try shards.create(count) { book.created[dataKey.id] = bytes(dataKey.key) }
      }
      for ids in [Array(shards.keyIDs.prefix(1)), Array(shards.keyIDs.suffix(3))] {
        book.mayBeDestroyed.formUnion(ids)
        try shards.destroy(ids)
        book.destroyed.formUnion(ids)
      }
      for dataKey in try shards.create(1) { book.created[dataKey.id] = bytes(dataKey.key) }
    } catch {
      book.error = error
    }
    return book
  }

  static func check(_ shards: KeyShards, _ book: Book, _ comment: Comment) {
    for (id, key) in book.created {
      if book.destroyed.contains(id) {
        #expect(!shards.contains(id), comment)
        #expect(vaultError { () throws(VaultError) in _ = try shards.dataKey(id) } == .erased(id), comment)
      } else if shards.contains(id) || !book.mayBeDestroyed.contains(id) {
        #expect((try? shards.dataKey(id)).map(bytes) == key, comment)
      }
    }
    // Whatever else there is opens as well.
    for id in shards.keyIDs { #expect((try? shards.dataKey(id)) != nil, comment) }
  }

  static func operationsOfACleanRun() throws -> Int {
    let disk = SimulatedDisk()
    let book = try run(on: disk)
    #expect(book.error == nil)
    #expect(book.created.count == 8 && book.destroyed.count == 4)
    return disk.operationCount
  }

  @Test(arguments: SimulatedDisk.Survival.allCases)
  func aPowerCutAtAnyOperation(survival: SimulatedDisk.Survival) throws {
    for number in 1...(try Self.operationsOfACleanRun() + 1) {
      let disk = SimulatedDisk()
      disk.fail(operation: number, with: .powerCut)
      let book = try Self.run(on: disk)
      for seed: UInt64 in 1...3 {
        let comment: Comment = "power cut at \(number), \(survival), seed \(seed)"
        // The first start shows something; a second power cut, at once, must not take it back.
        let first = disk.losePower(survival, seed: seed)
        let shards = try Self.open(first, try masterKey(1))
        Self.check(shards, book, comment)
        let again = try Self.open(first.losePower(.nothing, seed: seed), try masterKey(1))
        #expect(again.keyIDs == shards.keyIDs, comment)
        Self.check(again, book, comment)
      }
    }
  }

  @Test(arguments: [SimulatedDisk.Lasting.once, .forEver])
  func anErrorAtAnyOperation(lasting: SimulatedDisk.Lasting) throws {
    for number in 1...(try Self.operationsOfACleanRun() + 1) {
      let disk = SimulatedDisk()
      disk.fail(operation: number, with: .failure(SimulatedDisk.inputOutputError), lasting: lasting)
      let book = try Self.run(on: disk)
      for survival in SimulatedDisk.Survival.allCases {
        let after = disk.losePower(survival, seed: UInt64(number))
        Self.check(try Self.open(after, try masterKey(1)), book, "error at \(number), \(lasting), \(survival)")
      }
    }
  }

  @Test func shortAndInterruptedTransfersAreContinued() throws {
    for fault in [SimulatedDisk.Fault.shortWrite, .failure(.interrupted)] {
      for number in 1...40 {
        let disk = SimulatedDisk()
        disk.fail(operation: number, with: fault, among: [.write, .read])
        let book = try Self.run(on: disk)
        #expect(book.error == nil)
        Self.check(try Self.open(disk.losePower(.nothing, seed: 0), try masterKey(1)), book, "\(fault) at \(number)")
      }
    }
  }

  /// One operation fails, and the process goes on with the rest of its work.
  @Test func anErrorInTheMiddleSpoilsNothingElse() throws {
    for number in 1...(try Self.operationsOfACleanRun() + 1) {
      let disk = SimulatedDisk()
      guard let shards = try? Self.open(disk, try masterKey(1)) else { continue }
      let comment: Comment = "error at \(number) after the start"
      disk.fail(operation: number, with: .failure(SimulatedDisk.inputOutputError))
      var book = Book()
      for round in 0..<4 {
        for dataKey in (try? shards.create(2)) ?? [] { book.created[dataKey.id] = bytes(dataKey.key) }
        let ids = [Array(shards.keyIDs.dropFirst(round).prefix(1)), Array(shards.keyIDs.suffix(round))].flatMap { $0 }
        book.mayBeDestroyed.formUnion(ids)
        if (try? shards.destroy(ids)) != nil { book.destroyed.formUnion(ids) }
      }
      Self.check(shards, book, comment)
      let after = disk.losePower(.nothing, seed: UInt64(number))
      Self.check(try Self.open(after, try masterKey(1)), book, comment)
    }
  }

  /// A full disk does no harm, and the store goes on when there is room again.
  @Test func afterAFullDiskItGoesOn() throws {
    let disk = SimulatedDisk()
    let shards = try Self.open(disk, try masterKey(1))
    let first = try shards.create(1)[0]
    disk.limitSpace(toBytes: 0)
    let error = vaultError { () throws(VaultError) in _ = try shards.create(1) }
    guard case .disk(let failure) = error, failure.cause == .noSpace else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(shards.keyIDs == [first.id])
    #expect(!disk.paths.contains { $0.hasSuffix(".tmp") })
    disk.limitSpace(toBytes: nil)
    let second = try shards.create(1)[0]
    shards.release()
    #expect(try Self.open(disk, try masterKey(1)).keyIDs == [first.id, second.id].sorted())
  }

  /// After a failed sync of the directory nobody knows what is durable: nothing is acknowledged any more.
  @Test func afterAFailedSyncOfNamesNothingIsWritten() throws {
    let disk = SimulatedDisk()
    let shards = try Self.open(disk, try masterKey(1))
    let first = try shards.create(1)[0]
    disk.fail(operation: 1, with: .failure(SimulatedDisk.inputOutputError), among: [.syncDirectory])
    #expect(throws: VaultError.self) { try shards.create(1) }
    let before = disk.operationCount
    let failure = DiskFailure(operation: .syncDirectory, path: "data/keys", cause: SimulatedDisk.inputOutputError)
    #expect(vaultError { () throws(VaultError) in _ = try shards.create(1) } == .stopped(failure))
    #expect(vaultError { () throws(VaultError) in _ = try shards.destroy([first.id]) } == .stopped(failure))
    #expect(disk.operationCount == before)
    #expect(bytes(try shards.dataKey(first.id)) == bytes(first.key))
  }

  /// Interrupted at every operation; then both keys open everything, the new one finishes, and the old one is not needed.
  @Test(arguments: SimulatedDisk.Survival.allCases)
  func aRotationInterruptedAnywhereIsResumed(survival: SimulatedDisk.Survival) throws {
    let (old, new) = (try masterKey(1), try masterKey(2))
    let start = SimulatedDisk()
    let book = try Self.run(on: start)
    func rotate(_ disk: SimulatedDisk, seed: UInt64) throws(VaultError) -> KeyShards {
      let shards = try Self.open(disk, old, new, seed: seed)
      try shards.beginRotation(to: new)
      try shards.rewrap(0..<300)
      _ = try shards.create(1)  // goes on in between
      try shards.rewrap(300..<1024)
      try shards.endRotation()
      return shards
    }
    let clean = start.copy()
    let before = clean.operationCount
    _ = try rotate(clean, seed: 2)
    for number in 1...(clean.operationCount - before + 1) {
      let disk = start.copy()
      disk.fail(operation: number, with: .powerCut)
      _ = try? rotate(disk, seed: 2)
      let comment: Comment = "cut at \(number), \(survival)"
      let after = disk.losePower(survival, seed: UInt64(number))
      let between = try Self.open(after, new, old)
      Self.check(between, book, comment)
      between.release()
      let done = try rotate(after, seed: 3)
      Self.check(done, book, comment)
      #expect(done.masterKeyID == new.id && done.previousMasterKeyID == nil, comment)
      done.release()
      Self.check(try Self.open(after.losePower(.nothing, seed: 0), new), book, comment)
    }
  }

  @Test func aRotationNeedsBothKeysUntilItIsDone() throws {
    let (old, new, third) = (try masterKey(1), try masterKey(2), try masterKey(3))
    let disk = SimulatedDisk()
    let shards = try Self.open(disk, old)
    let created = try shards.create(2) + shards.create(1)
    try shards.beginRotation(to: new)
    try shards.endRotation()  // nothing: it is not done
    #expect(shards.previousMasterKeyID == old.id)
    #expect(
      vaultError { () throws(VaultError) in try shards.beginRotation(to: third) } == .rotationUnderWay(to: new.id))
    shards.release()
    func refusal(_ keys: MasterKey...) -> VaultError? {
      vaultError { () throws(VaultError) in
        try KeyShards.open(directory: "data/keys", disk: disk, masterKeys: keys, random: SystemRandom()).release()
      }
    }
    #expect(refusal(old) == .masterKeyMissing(directory: "data/keys", needed: new.id, given: [old.id]))
    #expect(refusal(new) == .masterKeyMissing(directory: "data/keys", needed: old.id, given: [new.id]))
    #expect(refusal() == .masterKeyMissing(directory: "data/keys", needed: new.id, given: []))
    #expect(refusal(third, old, new) == nil)
    let resumed = try Self.open(disk, old, new)
    try resumed.rewrap(0..<1024)
    // All is done but the last step: the old key may be lost already.
    resumed.release()
    let late = try Self.open(disk, new)
    try late.beginRotation(to: new)
    try late.endRotation()
    late.release()
    #expect(refusal(old) == .masterKeyMissing(directory: "data/keys", needed: new.id, given: [old.id]))
    let rested = try Self.open(disk, new)
    for dataKey in created { #expect(bytes(try rested.dataKey(dataKey.id)) == bytes(dataKey.key)) }
    try rested.beginRotation(to: third)
  }

  /// A copy of a shard from before a rotation could bring erased keys back.
  @Test func aShardFromBeforeTheRotationIsRefused() throws {
    let (old, new) = (try masterKey(1), try masterKey(2))
    let disk = SimulatedDisk()
    let shards = try Self.open(disk, old)
    let path = shards.files.shard(try shards.create(1)[0].id.shard)
    let copy = disk.contents(path)
    try shards.beginRotation(to: new)
    try shards.rewrap(0..<1024)
    try shards.endRotation()
    shards.release()
    disk.setContents(path, copy)
    let error = vaultError { () throws(VaultError) in _ = try Self.open(disk, old, new) }
    guard case .damaged(path, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
