import Foundation
import Journal
import JournalTesting
import LedgerCore
import Testing

@testable import Payouts

@Suite struct BankFileTests {
  // MARK: Out

  /// On a real disk, read by programs that know nothing of ours.
  @Test func othersReadTheFile() async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "bank-\(UUID())").path()
    defer {
      for path in [directory, directory + "-ledger"] { try? FileManager.default.removeItem(atPath: path) }
    }
    let channel = try BankFileChannel.open(try bankSettings(directory), now: { bankTime })
    let hongKong = try #require(Currency("HKD"))
    let orders = [
      bankOrder(bankKey(1)), bankOrder(bankKey(2), minorUnits: 1, name: "王\u{20BB7}"),
      bankOrder(bankKey(3), minorUnits: 900_000_000_007, currency: hongKong, bank: ""),
      bankOrder(bankKey(4), minorUnits: 5, name: String(repeating: "字", count: 140)),
    ]
    for order in orders { #expect(await channel.send(try bankRequest(order)) == .accepted(reference: "")) }
    try await channel.closeBatch(at: bankTime)

    let outbox = directory + "/outbox/"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: outbox).first)
    let reader = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "EndToEnd/pain001_reader.py").path()
    let read = try JSONSerialization.jsonObject(with: Data(try run("python3", reader, outbox + name))) as? [String: Any]
    let told = try #require(read)
    #expect(told["message"] as? String == String(name.dropLast(4)))
    #expect(told["created"] as? String == "2026-03-02T16:30:00+08:00")
    #expect(told["execution"] as? [String] == ["2026-03-02"])
    let transfers = try #require(told["transfers"] as? [[String: String]])
    // One currency after the other.
    #expect(transfers.map { $0["key"] } == [1, 2, 4, 3].map { bankKey($0).text })
    #expect(transfers.map { $0["amount"] } == ["123.45", "0.01", "0.05", "9000000000.07"])
    #expect(transfers[0]["name"] == "欧阳 小明 & <Söhne>" && transfers[1]["name"] == "王\u{20BB7}")
    // Both programs must be there where tests run; without xmllint only the first has looked.
    if FileManager.default.isExecutableFile(atPath: "/usr/bin/xmllint") {
      _ = try run("xmllint", "--noout", "--nonet", outbox + name)
    }
    for path in ["outbox/\(name)", "keys/\(name.dropLast(4)).keys", "outbox", "keys"] {
      let mode = try FileManager.default.attributesOfItem(atPath: directory + "/" + path)[.posixPermissions] as? Int
      #expect(mode == (path.contains(".") ? 0o600 : 0o700), "\(path)")
    }
  }

  private func run(_ program: String...) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = program
    let out = Pipe()
    process.standardOutput = out
    try process.run()
    let data = out.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(program[0])")
    return Array(data)
  }

  @Test func requestsAreDeterministicAndBounded() throws {
    let settings = try bankSettings()
    let order = bankOrder(
      bankKey(7), name: String(repeating: "&", count: 140), bank: String(repeating: "<", count: 140))
    let body = try CreditTransfer.body(order, for: settings)
    #expect(try CreditTransfer.body(order, for: settings) == body && body.count <= StoredRequest.maximumBytes)
    let wrong: [(PayoutOrder, PayoutReason)] = [
      (bankOrder(bankKey(1), rail: .alipay), .requestMalformed), (bankOrder(bankKey(1), rail: nil), .requestMalformed),
      (bankOrder(bankKey(1), minorUnits: 0), .amountNotTaken), (bankOrder(bankKey(1), minorUnits: -1), .amountNotTaken),
      (bankOrder(bankKey(1), currency: .points), .amountNotTaken), (bankOrder(bankKey(1), number: ""), .accountWrong),
      (bankOrder(bankKey(1), number: String(repeating: "6", count: 35)), .accountWrong),
      (bankOrder(bankKey(1), name: ""), .nameMismatch), (bankOrder(bankKey(1), name: "a\u{0}b"), .nameMismatch),
      (bankOrder(bankKey(1), name: String(repeating: "字", count: 141)), .nameMismatch),
      (bankOrder(bankKey(1), bank: "a\nb"), .accountWrong),
    ]
    for (order, reason) in wrong {
      let defect = #expect(throws: PrepareDefect.self) { try CreditTransfer.body(order, for: settings) }
      #expect(defect?.reason == reason)
      #expect(defect.map { !$0.message.contains(order.holderName) || order.holderName.isEmpty } == true)
    }
  }

  @Test(
    arguments: [
      ("1", 100), ("1.5", 150), ("0.01", 1), ("12.30", 1230), ("12.34000", 1234), ("92233720368547758.07", Int64.max),
      ("0", nil), ("0.00", nil), ("-1", nil), ("+1", nil), ("1.", nil), (".5", nil), ("", nil), ("1e3", nil),
      ("1,00", nil),
      ("12.345", nil), ("12.340000", nil), ("92233720368547758.08", nil), ("٣", nil), ("1 ", nil),
      ("99999999999999999999999", nil),
    ] as [(String, Int64?)])
  func amountsAreReadExactly(text: String, minorUnits: Int64?) {
    #expect(BankAmount.minorUnits(text) == minorUnits)
  }

  @Test func amountsAreWrittenExactly() {
    for minorUnits in [1, 9, 10, 99, 100, 12_345, Int64.max] {
      #expect(BankAmount.minorUnits(BankAmount.text(minorUnits)) == minorUnits)
    }
  }

  @Test func aKeyIsInOneFileHoweverOftenItIsSent() async throws {
    var bank = try Bank()
    let requests = try (1...3).map { try bankRequest($0) }
    for request in requests + requests { #expect(await bank.channel.send(request) == .accepted(reference: "")) }
    // Nothing has left yet, and a crash forgets it.
    #expect(await bank.channel.query(requests[0]) == .notFound)
    bank = try bank.reopened()
    #expect(await bank.channel.query(requests[0]) == .notFound)
    for request in requests.reversed() { _ = await bank.channel.send(request) }
    try await bank.channel.closeBatch(at: bankTime)
    let first = bank.message
    #expect(first.hasSuffix("20260302000001"))
    for request in requests {
      #expect(await bank.channel.send(request) == .accepted(reference: first))
      #expect(await bank.channel.query(request) == .accepted(reference: first))
    }
    try await bank.channel.closeBatch(at: bankTime)
    #expect(bank.filed == [[3, 2, 1].map { bankKey($0).text }])
    // Whoever carries files to the bank takes them away; what was in them is known all the same.
    bank.disk.setContents("bank/outbox/\(first).xml", nil)
    bank = try bank.reopened()
    for request in requests { #expect(await bank.channel.send(request) == .accepted(reference: first)) }
    try await bank.channel.closeBatch(at: bankTime)
    #expect(bank.filed.isEmpty)
    _ = await bank.channel.send(try bankRequest(4))
    try await bank.channel.closeBatch(at: Timestamp(microseconds: bankTime.microseconds + 86_400_000_000))
    #expect(bank.message == first.dropLast(14) + "20260303000002")
    // The same key with another amount is nobody's request.
    #expect(await bank.channel.send(try bankRequest(1, minorUnits: 5)).isUnknown)
    #expect(await bank.channel.query(try bankRequest(1, minorUnits: 5)).isUnknown)
  }

  @Test func aBatchIsBounded() {
    func request(_ ordinal: UInt64, _ minorUnits: Int64, bytes: Int) -> SentRequest {
      SentRequest(
        key: bankKey(ordinal), amount: Money(minorUnits: minorUnits, currency: .cny),
        body: [UInt8](repeating: 0, count: bytes))
    }
    var batch = OpenBatch()
    func fits(_ request: SentRequest) -> Bool { batch.append(request) }
    #expect(fits(request(1, OpenBatch.sumMaximum, bytes: 1)) && !fits(request(2, 1, bytes: 1)))
    #expect(!fits(request(2, .max, bytes: 1)))
    let isRemoved = batch.remove(bankKey(1))
    #expect(isRemoved && fits(request(2, 1, bytes: OpenBatch.bytesMaximum)) && !fits(request(3, 1, bytes: 1)))
    batch = OpenBatch()
    for ordinal in 1...UInt64(OpenBatch.transfersMaximum) where !fits(request(ordinal, 1, bytes: 1)) {
      Issue.record("\(ordinal)")
    }
    #expect(!fits(request(UInt64(OpenBatch.transfersMaximum) + 1, 1, bytes: 1)))
  }

  @Test func whatWasNotMadeHereIsNotPutIntoAFile() async throws {
    let bank = try Bank()
    var request = try bankRequest(1)
    request.amount.minorUnits += 1
    #expect(await bank.channel.send(request).isUnknown)
    request = try bankRequest(1)
    request.body.removeLast()
    #expect(await bank.channel.send(request).isUnknown)
    try await bank.channel.closeBatch(at: bankTime)
    #expect(bank.names("outbox").isEmpty)
  }

  @Test func anOpenTransferIsCancelledAndAFiledOneIsNot() async throws {
    let bank = try Bank()
    for ordinal in 1...2 { _ = await bank.channel.send(try bankRequest(UInt64(ordinal))) }
    guard case .failed(let failure) = await bank.channel.cancel(try bankRequest(1)) else { throw Unexpected() }
    #expect(failure.kind == .cancelled)
    try await bank.channel.closeBatch(at: bankTime)
    #expect(bank.filed == [[bankKey(2).text]])
    #expect(await bank.channel.cancel(try bankRequest(2)) == .accepted(reference: bank.message))
    #expect(await bank.channel.cancel(try bankRequest(1)) == .notFound)
  }

  @Test func aDirectoryOfAnotherLedgerOrWithGapsIsRefused() async throws {
    let bank = try Bank()
    for ordinal in 1...2 {
      _ = await bank.channel.send(try bankRequest(UInt64(ordinal)))
      try await bank.channel.closeBatch(at: bankTime)
    }
    let other = bank.disk.copy()
    #expect(throws: BankFileDefect.self) {
      try BankFileChannel.open(try bankSettings(ledger: "fedcba"), disk: other, now: { bankTime })
    }
    let keys = bank.names("keys").map { "bank/keys/\($0)" }
    let gap = bank.disk.copy()
    gap.setContents(keys[0], nil)
    gap.setContents("bank/outbox/" + bank.names("outbox")[0], nil)
    #expect(throws: BankFileDefect.self) { try Bank(gap) }
    // With the file still there its keys are read out of it.
    let lost = bank.disk.copy()
    lost.setContents(keys[0], nil)
    let mended = try Bank(lost)
    #expect(mended.disk.contents(keys[0]) == bank.disk.contents(keys[0]))
    let damaged = bank.disk.copy()
    damaged.setContents(keys[0], bank.disk.contents(keys[0]).map { Array($0.dropLast(5)) })
    #expect(throws: BankFileDefect.self) { try Bank(damaged) }
    // One process at a time.
    #expect(throws: BankFileDefect.self) { try Bank(bank.disk) }
  }

  /// Last night's copy of the directory under this morning's ledger: the payouts of the morning's file would go into a
  /// second one with the same number.
  @Test func aDirectoryOlderThanTheLedgerIsRefused() async throws {
    let bank = try Bank()
    _ = await bank.channel.send(try bankRequest(1))
    try await bank.channel.closeBatch(at: bankTime)
    let night = bank.disk.copy()
    _ = await bank.channel.send(try bankRequest(2))
    try await bank.channel.closeBatch(at: bankTime)
    for path in bank.disk.paths where path.hasPrefix("bank-ledger/") {
      night.setContents(path, bank.disk.contents(path))
    }
    let defect = #expect(throws: BankFileDefect.self) { try Bank(night) }
    #expect(defect?.description.contains("000002") == true && defect?.description.contains("put back") == true)
    // A whole older ledger is found out by its probes; with the latest directory all is well.
    _ = try bank.reopened()
    // The mark itself may be damaged or gone; then the directory counts, and what is damaged is told.
    let marks = bank.disk.paths.filter { $0.hasPrefix("bank-ledger/") }
    #expect(marks.count == 1)
    let damaged = bank.disk.copy()
    damaged.setContents(marks[0], Array("2x".utf8))
    #expect(throws: BankFileDefect.self) { try Bank(damaged) }
    let lost = bank.disk.copy()
    lost.setContents(marks[0], nil)
    #expect(try Bank(lost).disk.contents(marks[0]) == bank.disk.contents(marks[0]))
  }

  /// Banks' character sets have no underscore; requests stored before this was known have one, and go out as they are.
  @Test func endToEndIDsAreOfLettersAndDigits() async throws {
    let body = String(decoding: try bankRequest(1).body, as: UTF8.self)
    let id = try #require(body.split(separator: "<EndToEndId>").last?.split(separator: "<").first)
    #expect(id.utf8.allSatisfy { Character(Unicode.Scalar($0)).isLetter || Character(Unicode.Scalar($0)).isNumber })
    #expect("\(bankKey(1).withdrawal)".filter { $0 != "_" } == id)
    let bank = try Bank()
    var old = try bankRequest(2)
    old.body = Array(
      String(decoding: old.body, as: UTF8.self).replacing(
        "\(bankKey(2).withdrawal)".filter { $0 != "_" }, with: "\(bankKey(2).withdrawal)"
      ).utf8)
    #expect(await bank.channel.send(old) == .accepted(reference: ""))
  }

  // MARK: Crashes

  /// Sends, closes, tries again what failed, as the dispatcher does; stops at a power cut.
  private static func work(_ bank: Bank) async throws {
    for part in [1...3, 2...5] as [ClosedRange<UInt64>] {
      for _ in 1...2 {
        for ordinal in part { _ = await bank.channel.send(try bankRequest(ordinal)) }
        do { try await bank.channel.closeBatch(at: bankTime) } catch {}
      }
    }
  }

  private static func expectEachOnce(_ bank: Bank, _ comment: Comment) async throws {
    // What is not found is sent again, and all of it is in exactly one file then.
    for ordinal in 1...5 as ClosedRange<UInt64> {
      let request = try bankRequest(ordinal)
      let isFiled = bank.filed.joined().contains(request.key.text)
      #expect((await bank.channel.query(request) == .notFound) == !isFiled, comment)
      _ = await bank.channel.send(request)
    }
    try await bank.channel.closeBatch(at: bankTime)
    #expect(bank.filed.joined().sorted() == (1...5).map { bankKey($0).text }.sorted(), comment)
    #expect(bank.names("work").isEmpty && bank.names("keys").count == bank.names("outbox").count, comment)
  }

  @Test func afterAPowerCutAnywhereEachKeyIsInOneFile() async throws {
    let clean = SimulatedDisk()
    try await Self.work(try Bank(clean))
    let count = clean.operationCount
    #expect(count > 40)
    for operation in 1...count {
      for (seed, survival) in SimulatedDisk.Survival.allCases.enumerated() {
        let disk = SimulatedDisk()
        disk.fail(operation: operation, with: .powerCut, lasting: .forEver)
        if let bank = try? Bank(disk) { try await Self.work(bank) }
        let seed = UInt64(operation * 10 + seed)
        let bank = try Bank(disk.losePower(survival, seed: seed))
        try await Self.expectEachOnce(bank, "cut at operation \(operation), \(survival), seed \(seed)")
      }
    }
  }

  @Test(arguments: [
    SimulatedDisk.Fault.failure(.noSpace), .failure(SimulatedDisk.inputOutputError), .failure(.interrupted),
    .shortWrite,
  ])
  func afterAFailureAnywhereEachKeyIsInOneFile(fault: SimulatedDisk.Fault) async throws {
    let clean = SimulatedDisk()
    try await Self.work(try Bank(clean))
    for operation in 1...clean.operationCount {
      let disk = SimulatedDisk()
      disk.fail(operation: operation, with: fault)
      guard let bank = try? Bank(disk) else { continue }
      try await Self.work(bank)
      try await Self.expectEachOnce(bank, "failed at operation \(operation)")
      try await Self.expectEachOnce(try bank.reopened(), "failed at operation \(operation), then restarted")
    }
  }
}

struct Unexpected: Error {}

extension ChannelAnswer {
  var isUnknown: Bool { if case .unknown = self { true } else { false } }
}
