import SettlementProto
import SwiftProtobuf
import Testing

@testable import settle

@Suite("Files of list entries")
struct ListFileTests {
  static func read(_ text: String) -> ([Settlement_V1_PutListEntryRequest], [String]) {
    let (lines, defects) = ListFile.read(Array(text.utf8), requestID: "r")
    return (lines.map(\.entry), defects.map { "\($0.line): \($0.what)" })
  }

  @Test("what export prints, import reads")
  func roundTrip() throws {
    var entry = Settlement_V1_ListEntry()
    entry.subject = .agent
    entry.colour = .black
    entry.partner = "demo"
    entry.name = "a \"1\"\n余"
    entry.reason = "THEFT"
    entry.automatic = true
    entry.time = .init(seconds: 1_782_864_000, nanos: 0)
    entry.receipt.sequence = 7
    var ends = entry
    ends.expireTime = .init(seconds: 1_782_864_000, nanos: 120_000_000)
    let (entries, defects) = Self.read(entry.json.line + "\n\n" + ends.json.line + "\r\n")
    #expect(defects.isEmpty)
    try #require(entries.count == 2)
    for read in entries {
      #expect(read.subject == .agent && read.colour == .black && read.partner == "demo")
      #expect(read.name == entry.name && read.reason == "THEFT")
    }
    #expect(!entries[0].hasExpireTime)
    #expect(entries[1].expireTime == ends.expireTime)
    // By line, so that the same file under the same request id is the same requests.
    #expect(entries.map(\.requestID) == ["r-1", "r-3"])
  }

  @Test("a payee may be named by its number")
  func number() {
    let (entries, defects) = Self.read(
      #"{"subject":"payee","colour":"white","payee_number":"6222020200000000000","reason":"R"}"#)
    #expect(defects.isEmpty)
    #expect(entries.first?.payeeNumber == "6222020200000000000")
  }

  @Test(
    "each line that is wrong is told with its number",
    arguments: [
      ("{", #"1: it is no JSON: the name of a member is missing at byte 2"#), ("[]", "1: it is not a JSON object"),
      (#"{"subject":"HOUSE"}"#, #"1: subject "HOUSE" is none of AGENT, PAYEE, DEVICE, ADDRESS"#),
      (#"{"subject":1}"#, "1: subject is not a text"),
      (#"{"colour":"BLACK","name":"d","reason":"R"}"#, "1: subject is missing"),
      (#"{"subject":"DEVICE","name":"d","reason":"R"}"#, "1: colour is missing"),
      (#"{"subject":"DEVICE","colour":"BLACK","reason":"R"}"#, "1: name is missing"),
      (#"{"subject":"DEVICE","colour":"BLACK","name":"d"}"#, "1: reason is missing"),
      (
        #"{"subject":"DEVICE","colour":"BLACK","name":"d","reason":"R","expires":"2026-07-01T00:00:00Z"}"#,
        #"1: there is no member "expires""#
      ),
      (
        #"{"subject":"DEVICE","colour":"BLACK","name":"d","reason":"R","expire_time":"tomorrow"}"#,
        #"1: expire_time "tomorrow" is not like 2026-01-31T12:00:00Z"#
      ),
    ])
  func defects(line: String, expected: String) {
    let (entries, defects) = Self.read(line)
    #expect(entries.isEmpty)
    #expect(defects == [expected])
  }

  @Test("a wrong line does not hide the next")
  func several() {
    let good = #"{"subject":"DEVICE","colour":"BLACK","name":"d","reason":"R"}"#
    let (entries, defects) = Self.read("x\n\(good)\n\ny\n")
    #expect(entries.map(\.requestID) == ["r-2"])
    #expect(defects.map { $0.prefix(2) } == ["1:", "4:"])
  }

  @Test("the failure names lines, the first of many, and all of them to machines")
  func failure() {
    let defects = (1...30).map { ListFile.Defect(line: $0, what: "bad") }
    let failure = ListsImport.failure("F", defects)
    #expect(failure.reason == .badData)
    #expect(failure.message.hasSuffix("line 20: bad\n  and 10 more lines"))
    #expect(failure.json.line.contains(#"{"line":30,"message":"bad"}"#))
  }

  @Test("an answer for each line is counted, a missing one is a failure")
  func report() {
    var report = ImportReport()
    var taken = Settlement_V1_ImportListEntriesResult()
    taken.entry = Settlement_V1_ListEntry()
    var refused = Settlement_V1_ImportListEntriesResult()
    refused.error.reason = "LIST_FULL"
    refused.error.message = "full"
    report.add(1, taken)
    report.add(3, refused)
    report.add(4, Settlement_V1_ImportListEntriesResult())
    #expect(report.lines.prefix(2) == ["1 entries imported", "line 3: LIST_FULL: full"])
    #expect(report.failures.map(\.line) == [3, 4])
    #expect(report.json.line.hasPrefix(#"{"imported":1,"failed":[{"line":3,"reason":"LIST_FULL","message":"full"},"#))
  }

  @Test(
    "times of RFC 3339 in UTC",
    arguments: [
      ("2026-07-01T00:00:00Z", 0), ("2026-07-01T00:00:00.5Z", 500_000_000), ("2026-07-01T00:00:00.000000001Z", 1),
      ("2026-07-01T00:00:00.Z", nil), ("2026-07-01T00:00:00.1234567890Z", nil), ("2026-07-01T00:00:00+08:00", nil),
      ("2026-07-01", nil), ("2026-02-30T00:00:00Z", nil), ("2026-07-01T00:00:00.-1Z", nil), ("Z", nil),
    ] as [(String, Int32?)])
  func times(text: String, nanos: Int32?) {
    #expect(Google_Protobuf_Timestamp(rfc3339: text)?.nanos == nanos)
  }
}
