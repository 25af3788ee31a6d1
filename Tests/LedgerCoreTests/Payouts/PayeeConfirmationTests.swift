import Digests
import Testing

@testable import LedgerCore

/// A WeChat payout lapses unless its payee confirms, and the payee's application can only ask for that with a text that the
/// channel gives once. It was squeezed into the reference of 64 bytes and dropped where it was longer, which each of them is.
@Suite struct PayeeConfirmationTests {
  /// As long as WeChat Pay's are.
  static let package = "affffddafdfafddffda==" + String(repeating: "kL0+/x9Z", count: 20)
  static let other = "other" + package

  @discardableResult
  private func awaitPayee(_ ledger: Ledger, _ id: WithdrawalID, _ text: String?) throws -> Answer {
    try tell(ledger, id, .awaitingPayee, text)
  }

  @discardableResult
  private func tell(_ ledger: Ledger, _ id: WithdrawalID, _ state: AttemptState, _ text: String?) throws -> Answer {
    let result = AttemptResult(
      state, source: .answer, channelReference: label("number"),
      confirmation: try text.map { try PayeeConfirmation($0) })
    return try ledger.perform(.recordResult(RecordResult(payoutKey: ledger.payoutKey(id), result: result)))
  }

  private func shown(_ ledger: Ledger, _ id: WithdrawalID) -> String? {
    ledger.attempts(id).last?.payeeConfirmation?.text
  }

  private func reload(_ ledger: Ledger) throws -> Ledger {
    let (bytes, hash) = snapshot(ledger.state)
    let loaded = Ledger()
    loaded.state = try load(bytes, expecting: hash, chunk: 300)
    loaded.policy = ledger.policy
    loaded.now = ledger.now
    #expect(snapshot(loaded.state).bytes == bytes)
    return loaded
  }

  // MARK: The text

  @Test func boundsOfTheText() throws {
    let longest = String(repeating: "界", count: 170) + "xx"
    for good in ["x", Self.package, longest] { #expect(try PayeeConfirmation(good).text == good) }
    let wrong: [([UInt8], Label.Defect)] = [
      ([], .empty), ([UInt8](repeating: 0x61, count: 513), .tooLong(bytes: 513)), ([0x61, 0xFF], .notUTF8),
      ([0x61, 0x0A], .controlCharacter), ([0x7F], .controlCharacter), ([0xC2, 0x85], .controlCharacter),
    ]
    for (bytes, defect) in wrong { #expect(throws: defect) { try PayeeConfirmation(bytes) } }
  }

  @Test func noLogShowsIt() throws {
    let result = AttemptResult(.awaitingPayee, source: .answer, confirmation: try PayeeConfirmation(Self.package))
    var dumped = ""
    dump(result, to: &dumped)
    for text in ["\(result)", String(reflecting: result), dumped] { #expect(!text.contains(Self.package)) }
  }

  // MARK: How long it is kept

  struct Way: Sendable, CustomTestStringConvertible {
    let results: [(AttemptState, String?)]
    let kept: String?
    var testDescription: String {
      results.map { "\($0.0)\($0.1 == nil ? "" : " with a text")" }.joined(separator: ", ")
    }
    init(_ results: [(AttemptState, String?)], _ kept: String?) { (self.results, self.kept) = (results, kept) }
  }

  static let ways: [Way] = [
    Way([(.awaitingPayee, package)], package),
    Way([(.awaitingPayee, nil)], nil),
    // A query does not repeat it, and neither does one that comes after a doubt.
    Way([(.awaitingPayee, package), (.awaitingPayee, nil)], package),
    Way([(.awaitingPayee, package), (.unknown, nil)], package),
    Way([(.awaitingPayee, package), (.unknown, nil), (.awaitingPayee, nil)], package),
    Way([(.unknown, nil), (.awaitingPayee, package)], package),
    // It may come later, and another one counts.
    Way([(.awaitingPayee, nil), (.awaitingPayee, package)], package),
    Way([(.awaitingPayee, package), (.awaitingPayee, other)], other),
    // Confirmed, or nothing to confirm any more.
    Way([(.awaitingPayee, package), (.accepted, nil)], nil),
    Way([(.awaitingPayee, package), (.mismatch, nil)], nil),
    Way([(.awaitingPayee, package), (.paid, nil)], nil),
    Way([(.awaitingPayee, package), (.lapsed, nil)], nil),
    Way([(.awaitingPayee, package), (.unknown, nil), (.lapsed, nil)], nil),
    Way([(.awaitingPayee, package), (.refused, nil)], nil),
    Way([(.awaitingPayee, package), (.payeeFailure, nil)], nil),
    // Only who waits for its payee has one.
    Way([(.accepted, package)], nil),
    Way([(.unknown, package)], nil),
  ]

  @Test(arguments: ways) func isKeptWhileThePayeeMayConfirm(_ way: Way) throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .processing)
    for (state, text) in way.results {
      if state == .paid || state == .mismatch { try ledger.tell(id, state) } else { try tell(ledger, id, state, text) }
    }
    #expect(shown(ledger, id) == way.kept)
    #expect(try ledger.replayedHash() == ledger.state.stateHash())
    #expect(shown(try reload(ledger), id) == way.kept)
  }

  @Test func isKeptWhileItIsCancelled() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .processing)
    #expect(try awaitPayee(ledger, id, Self.package).isDone)
    try ledger.cancel(id, request: "c")
    #expect(ledger.stateOf(id) == .cancelling && shown(ledger, id) == Self.package)
    #expect(shown(try reload(ledger), id) == Self.package)
    try ledger.tell(id, .cancelled)
    #expect(ledger.stateOf(id) == .cancelled && shown(ledger, id) == nil)
    #expect(try ledger.replayedHash() == ledger.state.stateHash())
  }

  @Test func peopleEndItToo() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .processing)
    try awaitPayee(ledger, id, Self.package)
    try ledger.tell(id, .unknown)
    try ledger.resolve(id, .paid, paid: payoutNet)
    #expect(ledger.stateOf(id) == .paid && shown(ledger, id) == nil)
    #expect(try ledger.replayedHash() == ledger.state.stateHash())
  }

  /// The next attempt has its own.
  @Test func eachAttemptHasItsOwn() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .processing)
    try awaitPayee(ledger, id, Self.package)
    try ledger.tell(id, .lapsed)
    try ledger.retry(id)
    try ledger.begin(id)
    #expect(shown(ledger, id) == nil)
    try awaitPayee(ledger, id, Self.other)
    #expect(ledger.attempts(id).map { $0.payeeConfirmation?.text } == [nil, Self.other])
    let key = ledger.payoutKey(id)
    #expect(ledger.open().map(\.key) == [key])
    #expect(ledger.attempts(id).last?.channelReference == label("number"))
  }

  @Test func theSameTextAgainIsNothingNew() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .processing)
    try awaitPayee(ledger, id, Self.package)
    for text in [nil, Self.package] { #expect(try awaitPayee(ledger, id, text).rejection == .nothingToChange) }
  }

  // MARK: Memory

  /// As much of it as waited at once, whatever comes and goes.
  @Test func whatIsErasedMakesRoom() throws {
    var table = ConfirmationTable()
    var kept: [UInt64: PayeeConfirmation] = [:]
    let seed: UInt64 = 0xC0F1
    var random = SeededRandom(seed: seed)
    var most = 0
    for step in 0..<4_000 {
      if kept.count < 20, Bool.random(using: &random) {
        let count = [1, 54, 55, 56, 110, 111, 200, 512].randomElement(using: &random) ?? 1
        let text = try PayeeConfirmation((0..<count).map { _ in UInt8.random(in: 0x20..<0x7F, using: &random) })
        let ordinal = table.append(text)
        #expect(kept.updateValue(text, forKey: ordinal) == nil, "seed \(seed) step \(step)")
      } else if let gone = kept.keys.sorted().randomElement(using: &random) {
        table.remove(gone)
        kept[gone] = nil
      }
      most = max(most, kept.values.reduce(0) { $0 + ($1.bytes.count + 54) / 55 })
      for (ordinal, text) in kept { #expect(table.confirmation(ordinal) == text, "seed \(seed) step \(step)") }
    }
    #expect(table.confirmation(0) == nil)
    table.remove(0)
    #expect(table.blockCount == UInt64(most))
  }

  // MARK: Records and snapshots

  private func record(_ state: AttemptState, _ entered: WithdrawalState?, of id: WithdrawalID) throws -> Record {
    .attemptUpdated(
      AttemptUpdated(
        partner: label("p"), payoutKey: PayoutKey(id, attempt: 1),
        result: AttemptResult(state, source: .answer, confirmation: try PayeeConfirmation("ab")), state: entered,
        feeRefundMinorUnits: 0, deadline: Timestamp(microseconds: 0)))
  }

  /// The layout in the journal: a change here is a change of format. Without a text it is the record that it always was.
  @Test func layoutIsFixed() throws {
    let id: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
    let told: [UInt8] = [3, 1, 0, 0, 0] + [UInt8](repeating: 0, count: 24)
    let record = try record(.awaitingPayee, .awaitingPayee, of: WithdrawalID(rawValue: 0x0807_0605_0403_0201))
    let rest: [UInt8] = [8] + [UInt8](repeating: 0, count: 16)
    #expect(encode(record) == [2, 39, 1, 0x70, 3] + id + [1] + told + rest + [2, 0, 0x61, 0x62])
    var without = record
    if case .attemptUpdated(var fact) = without {
      fact.result.confirmation = nil
      without = .attemptUpdated(fact)
    }
    let bytes = [2, 26, 1, 0x70, 3] + id + [1] + told + rest
    #expect(encode(without) == bytes)
    #expect(try decode(bytes) == without)
  }

  @Test func wrongTextsOnDiskAreErrors() throws {
    let bytes = encode(try record(.awaitingPayee, nil, of: WithdrawalID(rawValue: 1)))
    let wrong: [[UInt8]] = [[0, 0], [1, 2, 0x61], [1, 0, 0x0A], [1, 0, 0xFF], [0xFF, 0xFF, 0x61]]
    for end in wrong { #expect(throws: CodecError.self) { try decode(bytes.dropLast(4) + end) } }
  }

  /// From a disk, not from `decide`.
  @Test func onlyWhoWaitsHasOne() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .processing)
    let record = try record(.unknown, .inDoubt, of: id)
    let hash = ledger.state.stateHash()
    let (sequence, time) = (ledger.state.lastSequence + 1, ledger.now)
    #expect(throws: CorruptRecord.self) { try ledger.state.evolve(record, sequence: sequence, time: time) }
    #expect(ledger.state.stateHash() == hash)
  }

  private static let sectionStart: [UInt8] = [46, 1, 0, 0, 0, 0, 0, 0, 0]

  private static func place(of pattern: [UInt8], in bytes: [UInt8]) -> Int? {
    (0...bytes.count - pattern.count).last { Array(bytes[$0..<$0 + pattern.count]) == pattern }
  }

  /// Attempt 1 is paid, and attempt 2 waits with a text.
  private func waiting() throws -> Ledger {
    let ledger = try Ledger.paying()
    try ledger.payout(in: .paid)
    let id = try ledger.payout(in: .processing)
    try awaitPayee(ledger, id, Self.package)
    return ledger
  }

  @Test func aSnapshotThatContradictsItselfIsRefused() throws {
    let ledger = try waiting()
    let (bytes, _) = snapshot(ledger.state)
    let start = try #require(Self.place(of: Self.sectionStart, in: bytes)) + Self.sectionStart.count
    for attempt: UInt8 in [0, 1, 3] {
      var wrong = bytes
      wrong[start] = attempt
      #expect {
        try load(wrong)
      } throws: { ($0 as? SnapshotDefect)?.reason == .contradiction("a confirmation of nothing") }
    }
    var twice = bytes
    let row = Array(bytes[start..<start + 10 + Self.package.utf8.count])
    twice.insert(contentsOf: row, at: start)
    twice[start - 8] = 2
    #expect(throws: SnapshotDefect.self) { try load(twice) }
    for count in start..<bytes.count { #expect(throws: SnapshotDefect.self) { try load(Array(bytes[0..<count])) } }
  }

  @Test func flippedBytesNeverTrap() throws {
    let (bytes, hash) = snapshot(try waiting().state)
    let start = try #require(Self.place(of: Self.sectionStart, in: bytes))
    let seed: UInt64 = 0xC0F2
    var random = SeededRandom(seed: seed)
    for step in 0..<400 {
      var wrong = bytes
      wrong[Int.random(in: start..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
      #expect(throws: (any Error).self) { try load(wrong, expecting: hash) }
      guard let state = try? load(wrong) else { continue }
      #expect(snapshot(state).bytes == wrong, "seed \(seed) step \(step)")
    }
  }
}
