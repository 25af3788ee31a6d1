import Foundation
import Journal
import JournalTesting
import LedgerCore
import Synchronization
import Testing

@testable import Payouts

/// What a bank sends, well or badly.
@Suite struct BankFileInboxTests {
  /// A bank that was given a file with keys 1 to 3 of 123.45 CNY each.
  private static func bank() async throws -> Bank {
    let bank = try Bank()
    for ordinal in 1...3 { _ = await bank.channel.send(try bankRequest(UInt64(ordinal))) }
    try await bank.channel.closeBatch(at: bankTime)
    return bank
  }

  private static func answers(_ bank: Bank) async throws -> [ChannelAnswer] {
    var answers: [ChannelAnswer] = []
    for ordinal in 1...3 { answers.append(await bank.channel.query(try bankRequest(UInt64(ordinal)))) }
    return answers
  }

  private static func paid(_ reference: String, _ minorUnits: Int64 = 12_345, fee: Int64 = 50) -> ChannelAnswer {
    .paid(.init(amount: Money(minorUnits: minorUnits, currency: .cny), reference: reference, feeMinorUnits: fee))
  }

  private static func failed(_ code: String, _ kind: FailureKind, _ reason: PayoutReason) -> ChannelAnswer {
    .failed(.init(kind, reason, code: code))
  }

  @Test func statusesBecomeAnswers() async throws {
    let cases: [(String, ChannelAnswer)] = [
      (transferStatus(bankKey(1), "ACCP"), .accepted(reference: "S-\(bankKey(1))")),
      (transferStatus(bankKey(1), "ACSP"), .accepted(reference: "S-\(bankKey(1))")),
      (transferStatus(bankKey(1), "ACSC"), Self.paid("S-\(bankKey(1))")),
      (transferStatus(bankKey(1), "ACSC", amount: "123.45"), Self.paid("S-\(bankKey(1))")),
      // Another amount is told as it is; the ledger takes it for a mismatch.
      (transferStatus(bankKey(1), "ACSC", amount: "99.99"), Self.paid("S-\(bankKey(1))", 9_999)),
      (transferStatus(bankKey(1), "RJCT", reason: "AC01"), Self.failed("AC01", .payee, .accountWrong)),
      (transferStatus(bankKey(1), "RJCT", reason: "AM04"), Self.failed("AM04", .tryElsewhere, .channelFundsShort)),
      (transferStatus(bankKey(1), "RJCT", reason: "RR04"), Self.failed("RR04", .refused, .regulatory)),
      // Who initiates is us, and the agreed limit is ours: the payee can mend neither.
      (transferStatus(bankKey(1), "RJCT", reason: "BE05"), Self.failed("BE05", .tryElsewhere, .requestMalformed)),
      (transferStatus(bankKey(1), "RJCT", reason: "AM14"), Self.failed("AM14", .tryElsewhere, .channelLimit)),
    ]
    for (status, answer) in cases {
      let bank = try await Self.bank()
      let before = try await Self.answers(bank)
      bank.put("s.xml", statusReport(bank.message, transfers: status))
      let expected = [answer] + before.dropFirst()
      #expect(try await Self.answers(bank) == expected)
      #expect(bank.names("inbox").isEmpty && bank.names("archive") == ["s.xml"] && bank.names("rejected").isEmpty)
      #expect(try await Self.answers(try bank.reopened()) == expected)
    }
    // What says nothing, and what takes back.
    for status in ["PDNG", "RCVD", "XXXX"] {
      let bank = try await Self.bank()
      let before = try await Self.answers(bank)
      bank.put("s.xml", statusReport(bank.message, transfers: transferStatus(bankKey(1), status)))
      #expect(try await Self.answers(bank) == before)
    }
    for reason in ["AM05", "ZZ99", nil] {
      let bank = try await Self.bank()
      bank.put("s.xml", statusReport(bank.message, transfers: transferStatus(bankKey(1), "RJCT", reason: reason)))
      #expect(try await Self.answers(bank)[0].isUnknown, "\(reason ?? "none")")
    }
  }

  @Test func theTableOfReasonsIsSoundAndIsWhatCounts() async throws {
    let codes = StatusReasons.table.map(\.code)
    #expect(codes == Set(codes).sorted() && !codes.contains("AM05"))
    for row in StatusReasons.table {
      #expect(StatusReasons.answer(row.code) == Self.failed(row.code, row.kind, row.reason))
      // Codes that the ledger has as reasons of its own mean the same in both places.
      let own = PayoutReason.allCases.first { $0.isoCode == row.code }
      // But those that are about us when a bank says them.
      let isAboutUs = ["AM14", "BE05", "TM01"].contains(row.code)
      #expect(own == nil || own == row.reason || isAboutUs, "\(row.code)")
    }
  }

  @Test func aWholeFileIsRejectedOrSettled() async throws {
    var bank = try await Self.bank()
    let reason = "<PmtInfSts>RJCT</PmtInfSts><StsRsnInf><Rsn><Cd>AM04</Cd></Rsn></StsRsnInf>"
    bank.put("s.xml", statusReport(bank.message, paymentStatus: reason))
    let short = Self.failed("AM04", .tryElsewhere, .channelFundsShort)
    #expect(try await Self.answers(bank) == [short, short, short])
    // A settled file is no proof for each of its transfers.
    bank = try await Self.bank()
    let before = try await Self.answers(bank)
    bank.put("s.xml", statusReport(bank.message, group: "ACSC"))
    #expect(try await Self.answers(bank) == before && bank.names("archive") == ["s.xml"])
  }

  @Test func bookingsAreProofAndReturnsAreLinesOfTheStatement() async throws {
    let bank = try await Self.bank()
    bank.put("a.xml", accountNotice(booked(bankKey(1), charges: "0.30") + booked(bankKey(2), status: "PDNG")))
    let filed = ChannelAnswer.accepted(reference: bank.message)
    #expect(try await Self.answers(bank) == [Self.paid("2026030200001", fee: 30), filed, filed])
    bank.put(
      "b.xml", accountNotice(booked(bankKey(1), "CRDT", serial: "R1", day: "2026-03-04", reason: "AC04")))
    // What was paid stays paid; the return is told by its day.
    #expect(try await Self.answers(bank)[0] == Self.paid("2026030200001", fee: 30))
    let amount = Money(minorUnits: 12_345, currency: .cny)
    let later = CivilDate(daysSince1970: bankDay.daysSince1970 + 2)
    for bank in [bank, try bank.reopened()] {
      #expect(
        try await bank.channel.statement(day: bankDay)
          == [StatementLine(key: bankKey(1), kind: .paid, amount: amount, reference: "2026030200001")])
      #expect(
        try await bank.channel.statement(day: later)
          == [StatementLine(key: bankKey(1), kind: .returned(code: "AC04"), amount: amount, reference: "R1")])
      // Long past: nothing was booked. Today: perhaps it has not come yet.
      #expect(try await bank.channel.statement(day: CivilDate(daysSince1970: bankDay.daysSince1970 - 2)) == [])
      await #expect(throws: StatementFailure.self) {
        try await bank.channel.statement(day: CivilDate(daysSince1970: bankDay.daysSince1970 - 1))
      }
    }
  }

  @Test func orderAndRepetitionOfFilesChangeNothing() async throws {
    let bank = try await Self.bank()
    let files = [
      statusReport(bank.message, transfers: transferStatus(bankKey(1), "ACSP") + transferStatus(bankKey(2), "ACSC")),
      statusReport(bank.message, transfers: transferStatus(bankKey(2), "RJCT", reason: "AC01")),
      statusReport(bank.message, transfers: transferStatus(bankKey(3), "RJCT", reason: "AC01")),
      accountNotice(booked(bankKey(1))), accountNotice(booked(bankKey(3))),
    ]
    var told: Set<[ChannelAnswer]> = []
    for shift in files.indices {
      let other = try Bank(bank.disk.copy())
      for (number, file) in ((files[shift...] + files[..<shift]) + files).enumerated() {
        other.put("same-name.xml", file)
        _ = try await Self.answers(other)
        #expect(other.names("archive").count == number + 1)
      }
      told.insert(try await Self.answers(other))
    }
    #expect(told.count == 1)
    let answers = try #require(told.first)
    // Settled and rejected: people decide. Rejected and yet booked: the money is out.
    #expect(
      answers[0] == Self.paid("2026030200001") && answers[1].isUnknown && answers[2] == Self.paid("2026030200001"))
  }

  @Test func bookedTwiceIsToldAsTheSum() async throws {
    let bank = try await Self.bank()
    bank.put("a.xml", accountNotice(booked(bankKey(1)) + booked(bankKey(1), serial: "2026030200002")))
    #expect(try await Self.answers(bank)[0] == Self.paid("2026030200001", 24_690))
  }

  /// A bank that gives no serial of its own debits twice: the lines are alike, and two. The same message once more, or the
  /// day's after the hour's, tells of no further ones.
  @Test func likeLinesOfOneMessageAreTwoDebits() async throws {
    let bank = try await Self.bank()
    bank.put("a.xml", accountNotice(booked(bankKey(1))))
    #expect(try await Self.answers(bank)[0] == Self.paid("2026030200001"))
    bank.put("b.xml", accountNotice(booked(bankKey(1)) + booked(bankKey(1))))
    bank.put("c.xml", accountNotice(booked(bankKey(1)) + booked(bankKey(2)) + booked(bankKey(1))))
    #expect(try await Self.answers(bank)[0] == Self.paid("2026030200001", 24_690))
    #expect(try await Self.answers(try bank.reopened())[0] == Self.paid("2026030200001", 24_690))
  }

  /// One currency's payment is rejected as a whole, of the other's some transfers are named.
  @Test func eachPaymentOfAFileIsDecidedByItself() async throws {
    let bank = try Bank()
    let hongKong = try bankRequest(bankOrder(bankKey(2), currency: try #require(Currency("HKD"))))
    for request in [try bankRequest(1), hongKong] { _ = await bank.channel.send(request) }
    try await bank.channel.closeBatch(at: bankTime)
    let rejected =
      "<OrgnlPmtInfAndSts><OrgnlPmtInfId>\(bank.message)-HKD</OrgnlPmtInfId><PmtInfSts>RJCT</PmtInfSts>"
      + "<StsRsnInf><Rsn><Cd>AC02</Cd></Rsn></StsRsnInf></OrgnlPmtInfAndSts>"
    bank.put(
      "s.xml", statusReport(bank.message, transfers: transferStatus(bankKey(1), "ACSC"), more: rejected))
    #expect(await bank.channel.query(try bankRequest(1)) == Self.paid("S-\(bankKey(1))"))
    #expect(await bank.channel.query(hongKong) == Self.failed("AC02", .tryElsewhere, .requestMalformed))
  }

  /// What banks make of an id that they pass on; only one that is clearly another transfer's is complained of.
  @Test(arguments: ["NOTPROVIDED", "wd-x", "wd 0000000000", "", "?"])
  func anEndToEndIDThatABankHasReplacedIsNoOther(text: String) async throws {
    let bank = try await Self.bank()
    let id = "\(bankKey(1).withdrawal)"
    bank.put("a.xml", accountNotice(booked(bankKey(1)).replacing(id, with: text)))
    #expect(try await Self.answers(bank)[0] == Self.paid("2026030200001"))
    // Without ours beside it, the id may have lost its underscore, or got another character for it.
    for mark in ["", "-", " "] {
      let other = try await Self.bank()
      other.put(
        "b.xml",
        accountNotice(
          booked(bankKey(1)).replacing("<InstrId>\(bankKey(1))</InstrId>", with: "")
            .replacing(id, with: id.replacing("_", with: mark))))
      #expect(try await Self.answers(other)[0] == Self.paid("2026030200001"), "\(mark)")
    }
  }

  // MARK: Trouble

  /// The descriptor table is full for a moment: that says nothing of the file.
  @Test(arguments: [EMFILE, EIO, EACCES])
  func aFileThatCannotBeReadNowIsReadLater(number: Int32) async throws {
    let filled = try await Self.bank()
    let clean = try Bank(filled.disk.copy())
    clean.put("a.xml", accountNotice(booked(bankKey(1))))
    let first = clean.disk.operationCount
    _ = try await Self.answers(clean)
    let count = clean.disk.operationCount - first
    for operation in 1...count {
      let bank = try Bank(filled.disk.copy())
      bank.put("a.xml", accountNotice(booked(bankKey(1))))
      bank.disk.fail(operation: operation, with: .failure(.system(errno: number)))
      _ = try await Self.answers(bank)
      #expect(bank.names("rejected").isEmpty, "operation \(operation)")
      // A statement looks at everything again.
      _ = try? await bank.channel.statement(day: bankDay)
      #expect(try await Self.answers(bank)[0] == Self.paid("2026030200001"), "operation \(operation)")
      #expect(bank.names("inbox").isEmpty, "operation \(operation)")
    }
  }

  /// On a real disk, whose names are bounded: no file keeps those behind it from their turn.
  @Test func oneBadFileKeepsNoOtherBack() async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "bank-\(UUID())").path()
    defer {
      for path in [directory, directory + "-ledger"] { try? FileManager.default.removeItem(atPath: path) }
    }
    let channel = try BankFileChannel.open(try bankSettings(directory), now: { bankTime })
    _ = await channel.send(try bankRequest(1))
    try await channel.closeBatch(at: bankTime)
    let long = String(repeating: "a", count: 248)
    try "nonsense".write(toFile: directory + "/inbox/\(long).xml", atomically: false, encoding: .utf8)
    try FileManager.default.createDirectory(
      atPath: directory + "/inbox/b.xml", withIntermediateDirectories: false)
    try accountNotice(booked(bankKey(1))).write(
      toFile: directory + "/inbox/c.xml", atomically: false, encoding: .utf8)
    #expect(await channel.query(try bankRequest(1)) == Self.paid("2026030200001"))
    let rejected = try FileManager.default.contentsOfDirectory(atPath: directory + "/rejected").sorted()
    #expect(rejected.count == 2 && rejected[0].hasPrefix("aaaa") && rejected[1] == rejected[0] + ".txt")
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory + "/inbox") == ["b.xml"])
  }

  /// The bank speaks of a file of ours that this directory does not have: it was put back from an older copy, and its next
  /// file would have a number that is used already.
  @Test func aFileOfOursThatIsNotHereKeepsBatchesOpen() async throws {
    let told = Mutex<[BankFileEvent]>([])
    let filled = try await Self.bank()
    let bank = try Bank(filled.disk.copy()) { event in told.withLock { $0.append(event) } }
    let later = bank.message.dropLast(1) + "2"
    bank.put("s.xml", statusReport(String(later), transfers: transferStatus(bankKey(9), "ACSC")))
    bank.put("t.xml", accountNotice(booked(bankKey(1))))
    #expect(try await Self.answers(bank)[0] == Self.paid("2026030200001"))
    #expect(bank.names("inbox") == ["s.xml"] && bank.names("rejected").isEmpty)
    _ = try await Self.answers(bank)
    let troubles = told.withLock { $0.filter { if case .troubled = $0 { true } else { false } } }
    #expect(troubles.count == 1 && "\(troubles)".contains(later))
    _ = await bank.channel.send(try bankRequest(4))
    let failure = await #expect(throws: BatchFailure.self) { try await bank.channel.closeBatch(at: bankTime) }
    #expect(failure?.message.contains(later) == true)
    #expect(bank.filed.count == 1)
    // Found out to be somebody's mistake, and taken away.
    bank.disk.setContents("bank/inbox/s.xml", nil)
    try await bank.channel.closeBatch(at: bankTime)
    #expect(bank.filed.count == 2)
  }

  /// None of these is believed in any part, and none stops anything.
  @Test func hostileFilesMoveNoMoney() async throws {
    let message = try await Self.bank().message
    let good = booked(bankKey(1))
    let paid = accountNotice(good)
    let lol = (1...9).map { "<!ENTITY l\($0) \"\(String(repeating: "&l\($0 - 1);", count: 10))\">" }.joined()
    func prolog(_ text: String) -> String { paid.replacing("<Document", with: "\(text)<Document", maxReplacements: 1) }
    let files: [(String, String)] =
      [
        ("empty", ""), ("no XML", "paid"), ("cut", String(paid.dropLast(60))),
        ("billion laughs", prolog("<!DOCTYPE Document [<!ENTITY l0 \"lol\">\(lol)]>").replacing("N-1", with: "&l9;")),
        (
          "external entity",
          prolog("<!DOCTYPE Document [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>")
            .replacing("N-1", with: "&x;")
        ),
        ("undeclared entity", paid.replacing("N-1", with: "&x;")),
        ("external type", prolog("<!DOCTYPE Document SYSTEM \"http://127.0.0.1:1/x.dtd\">")),
        ("other encoding", paid.replacing("UTF-8", with: "UTF-7")), ("NUL", paid.replacing("N-1", with: "N\u{0}1")),
        ("other namespace", paid.replacing("camt.054.001.08", with: "camt.054.001.02")),
        ("no namespace", paid.replacing(" xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\"", with: "")),
        ("hidden namespace", paid.replacing("<Ntry>", with: "<Ntry xmlns=\"urn:other\">")),
        ("our own kind", paid.replacing("camt.054.001.08", with: "pain.001.001.09")),
        ("deep", paid.replacing("N-1", with: String(repeating: "<a>", count: 5_000))),
        (
          "deep and closed",
          paid.replacing("N-1", with: String(repeating: "<a>", count: 60) + String(repeating: "</a>", count: 60))
        ),
        ("long text", paid.replacing("N-1", with: String(repeating: "x", count: 4_000_000))),
        ("many elements", paid.replacing("N-1", with: String(repeating: "<a/>", count: BankXML.elementsMaximum))),
        ("huge", paid + String(repeating: " ", count: BankXML.bytesMaximum)),
        ("other account", accountNotice(good, account: "1")),
        ("good one, then unknown key", accountNotice(good + booked(bankKey(9)))),
        ("good one, then another's attempt", accountNotice(good + booked(bankKey(2, attempt: 2)))),
        ("two ids", accountNotice(good.replacing("\(bankKey(1).withdrawal)", with: "\(bankKey(2).withdrawal)"))),
        ("no direction", accountNotice(good.replacing("DBIT", with: "X"))),
        ("return of a return", accountNotice(good.replacing("<Sts>", with: "<RvslInd>true</RvslInd><Sts>"))),
        ("long serial", accountNotice(booked(bankKey(1), serial: String(repeating: "1", count: 36)))),
        ("no such day", accountNotice(booked(bankKey(1), day: "2026-02-30"))),
        (
          "status of another ledger's batch",
          statusReport(
            "\(message.hasPrefix("0") ? 1 : 0)\(message.dropFirst())", transfers: transferStatus(bankKey(1), "ACSC"))
        ),
        (
          "status of another payment",
          statusReport(message, transfers: transferStatus(bankKey(1), "ACSC"), payment: "\(message)-HKD")
        ),
        ("no batch", statusReport("", transfers: transferStatus(bankKey(1), "ACSC"))),
        (
          "good status, then unknown key",
          statusReport(message, transfers: transferStatus(bankKey(1), "ACSC") + transferStatus(bankKey(9), "ACSC"))
        ),
        (
          "status without status",
          statusReport(message, transfers: transferStatus(bankKey(1), "ACSC").replacing("TxSts", with: "TxStx"))
        ),
      ]
      + ["-123.45", "0", "", "1e9", "123.456", "99999999999999999999", "NaN", "1,23"].flatMap { amount in
        [
          ("amount \(amount)", accountNotice(booked(bankKey(1), amount: amount))),
          (
            "status amount \(amount)",
            statusReport(message, transfers: transferStatus(bankKey(1), "ACSC", amount: amount))
          ),
        ]
      } + [("no money", accountNotice(booked(bankKey(1), currency: "PTS")))]
    for (what, text) in files {
      let bank = try await Self.bank()
      let before = try await Self.answers(bank)
      bank.put("x.xml", text)
      #expect(try await Self.answers(bank) == before, "\(what)")
      #expect(bank.names("rejected") == ["x.xml", "x.xml.txt"], "\(what)")
      #expect(bank.names("inbox").isEmpty && bank.names("archive").isEmpty, "\(what)")
      let why = String(decoding: bank.disk.contents("bank/rejected/x.xml.txt") ?? [], as: UTF8.self)
      #expect(why.contains("x.xml") && why.utf8.count < 1_000, "\(what): \(why)")
      #expect(try await Self.answers(try bank.reopened()) == before, "\(what)")
    }
  }

  @Test func otherMoneyOnTheAccountIsNobodysPayout() async throws {
    let bank = try await Self.bank()
    let fee = booked(bankKey(1)).replacing("<InstrId>\(bankKey(1))</InstrId>", with: "<InstrId>NOTPROVIDED</InstrId>")
      .replacing("\(bankKey(1).withdrawal)", with: "FEE 03/26")
    bank.put("a.xml", accountNotice(fee + booked(bankKey(2))))
    #expect(try await Self.answers(bank)[1] == Self.paid("2026030200001"))
    #expect(bank.names("archive") == ["a.xml"])
    // A return may name only the withdrawal, when it had one attempt here.
    let back = booked(bankKey(2), "CRDT", serial: "R", reason: "MD07")
    bank.put("b.xml", accountNotice(back.replacing("<InstrId>\(bankKey(2))</InstrId>", with: "")))
    #expect(try await bank.channel.statement(day: bankDay).count == 2)
    // A file that is still being written has another ending.
    bank.disk.setContents("bank/inbox/c.xml.part", Array("<".utf8))
    #expect(try await Self.answers(bank)[1] == Self.paid("2026030200001") && bank.names("rejected").isEmpty)
  }

  /// What was answered once is answered again, although whoever put the file there had not synced it.
  @Test func anAnswerSurvivesAPowerCutAnywhere() async throws {
    func deliver(_ bank: Bank) async throws -> ChannelAnswer {
      let file = try bank.disk.open("bank/inbox/a.xml", .create)
      defer { bank.disk.close(file) }
      let text = Array(accountNotice(booked(bankKey(1))).utf8)
      let written = text.withUnsafeBytes { bytes in Result { try bank.disk.writeAll(file, bytes, at: 0) } }
      try written.get()
      return await bank.channel.query(try bankRequest(1))
    }
    let filled = try await Self.bank()
    let clean = try Bank(filled.disk.copy())
    let first = clean.disk.operationCount
    #expect(try await deliver(clean) == Self.paid("2026030200001"))
    let count = clean.disk.operationCount - first
    var isTold = false
    for operation in 1...(count + 1) {
      for (number, survival) in SimulatedDisk.Survival.allCases.enumerated() {
        let bank = try Bank(filled.disk.copy())
        bank.disk.fail(operation: operation, with: .powerCut, lasting: .forEver)
        let answer = try? await deliver(bank)
        let seed = UInt64(operation * 10 + number)
        let next = try Bank(bank.disk.losePower(survival, seed: seed))
        let again = await next.channel.query(try bankRequest(1))
        guard case .paid = answer else { continue }
        isTold = true
        #expect(again == answer, "cut at operation \(operation), \(survival), seed \(seed)")
      }
    }
    #expect(isTold)
  }
}
