import Testing

@testable import LedgerCore

@Suite struct ListBookTests {
  static let now = Timestamp(microseconds: 1_790_000_000_000_000)

  static func after(_ seconds: Int64) -> Timestamp {
    Timestamp(microseconds: now.microseconds + seconds * 1_000_000)
  }

  static func entry(
    _ subject: ListSubject, _ colour: ListColour, _ name: String, partner: Label = .none, until: Timestamp? = nil,
    reason: String = "theft", sequence: UInt64 = 1
  ) -> ListEntry {
    ListEntry(
      subject: subject, colour: colour, partner: partner, name: label(name), until: until, reason: label(reason),
      isAutomatic: false, time: now, sequence: sequence)
  }

  static func book() -> ListBook { ListBook(hashSeed: HashSeed(first: 3, second: 4)) }

  @Test func blackIsStrongerThanWhite() {
    var book = Self.book()
    let before = book.listing(.device, label("d"), at: Self.now)
    book.put(Self.entry(.device, .white, "d"))
    let white = book.listing(.device, label("d"), at: Self.now)
    book.put(Self.entry(.device, .black, "d"))
    let black = book.listing(.device, label("d"), at: Self.now)
    #expect([before, white, black] == [.none, .white, .black])
    let others = [
      book.listing(.address, label("d"), at: Self.now), book.listing(.device, label("e"), at: Self.now),
      book.listing(.device, partner: label("p"), label("d"), at: Self.now),
    ]
    #expect(others == [.none, .none, .none])
  }

  @Test func agentsAreTheirPartners() {
    var book = Self.book()
    book.put(Self.entry(.agent, .black, "a", partner: label("p")))
    let found = [
      book.listing(.agent, partner: label("p"), label("a"), at: Self.now),
      book.listing(.agent, partner: label("q"), label("a"), at: Self.now),
      book.listing(.agent, label("a"), at: Self.now),
    ]
    #expect(found == [.black, .none, .none])
  }

  @Test func entriesExpire() {
    var book = Self.book()
    book.put(Self.entry(.address, .black, "a", until: Self.after(10)))
    book.put(Self.entry(.address, .white, "a"))
    let found = [0, 9, 10, 11].map { seconds in Self.after(Int64(seconds)) }
    var listings: [Listing] = []
    for time in found { listings.append(book.listing(.address, label("a"), at: time)) }
    #expect(listings == [.black, .black, .white, .white])
  }

  @Test func anEntryIsReplacedRemovedAndListedAgain() {
    var book = Self.book()
    let first = book.put(Self.entry(.payee, .black, "x", reason: "one"))
    let second = book.put(Self.entry(.payee, .black, "x", until: Self.after(5), reason: "two", sequence: 2))
    #expect(first == 1 && second == 1)
    let replaced = book.entry(1)
    #expect(replaced == Self.entry(.payee, .black, "x", until: Self.after(5), reason: "two", sequence: 2))
    book.remove(1, sequence: 3, at: Self.after(1))
    let removed = (
      book.find(.payee, .black, partner: .none, label("x")), book.entry(1) == nil,
      book.listing(.payee, label("x"), at: Self.now)
    )
    #expect(removed == (0, true, .none))
    let again = book.put(Self.entry(.payee, .black, "x", sequence: 4))
    let count = book.count
    #expect(again == 1 && count == 1)
    // An ordinal that does not exist changes nothing.
    book.remove(0, sequence: 5, at: Self.now)
    book.remove(9, sequence: 5, at: Self.now)
    let standing = book.find(.payee, .black, partner: .none, label("x"))
    #expect(standing == 1)
  }

  @Test func pagesHoldAllOnce() {
    var book = Self.book()
    for i in 0..<25 { book.put(Self.entry(i % 2 == 0 ? .device : .payee, .black, "n\(i)")) }
    book.remove(5, sequence: 9, at: Self.now)
    func all(_ subject: ListSubject?, limit: Int) -> ([String], pages: Int) {
      var names: [String] = []
      var after: UInt64?
      var pages = 0
      repeat {
        let page = book.entries(of: subject, after: after, limit: limit)
        names += page.entries.map(\.name.description)
        after = page.next
        pages += 1
      } while after != nil && pages < 100
      return (names, pages)
    }
    let expected = (0..<25).filter { $0 != 4 }.map { "n\($0)" }
    for limit in [1, 3, 24, 25, 100] {
      let everything = all(nil, limit: limit)
      #expect(everything.0 == expected)
      #expect(everything.pages == (24 + limit - 1) / limit)
      let payees = all(.payee, limit: limit)
      #expect(payees.0 == (0..<12).map { "n\($0 * 2 + 1)" })
    }
    let beyond = book.entries(of: nil, after: .max, limit: 5)
    #expect(beyond.entries.isEmpty && beyond.next == nil)
  }

  static func read(_ bytes: [UInt8]) throws -> ListStoredEntry {
    try bytes.withUnsafeBytes { raw in
      var input = ByteReader(raw)
      return try ListStoredEntry(from: &input, upTo: 100, after(1_000))
    }
  }

  @Test func rowsComeBack() throws {
    var book = Self.book()
    let longest = String(repeating: "x", count: Label.maximumBytes)
    book.put(Self.entry(.agent, .black, longest, partner: label(longest), until: Self.after(7), reason: longest))
    book.put(Self.entry(.payee, .white, "p"))
    book.remove(2, sequence: 8, at: Self.after(2))
    var loaded = Self.book()
    for ordinal in 1..<book.count + 1 {
      let stored = book.stored(ordinal)
      let bytes = rowBytes { stored.encode(into: &$0) }
      let read = try Self.read(bytes)
      #expect(read.entry == stored.entry && read.isRemoved == stored.isRemoved)
      let results = (loaded.restore(read), loaded.restore(read))
      #expect(results == (true, false))
      for count in 0..<bytes.count { #expect(throws: CodecError.self) { try Self.read(Array(bytes.prefix(count))) } }
    }
    let again = (loaded.count, loaded.entry(1), loaded.entry(2))
    #expect(again.0 == 2 && again.1 == book.entry(1) && again.2 == nil)
  }

  @Test(
    arguments: [
      ("subject", 0, 5), ("colour", 1, 3), ("flags beyond the known", 2, 0x28), ("a device of a partner", 2, 0x0C),
    ] as [(String, Int, UInt8)])
  func impossibleRowsAreRefused(_ what: String, _ offset: Int, _ value: UInt8) {
    let good = ListStoredEntry(entry: Self.entry(.device, .black, "d"), isRemoved: false)
    var bytes = rowBytes { good.encode(into: &$0) }
    #expect(throws: Never.self) { try Self.read(bytes) }
    bytes[offset] = value
    #expect(throws: CodecError.self, "\(what)") { try Self.read(bytes) }
  }

  @Test func rowsFromTheFutureAreRefused() {
    for (time, sequence) in [(Self.after(1_001), 1), (Self.now, 101), (Self.now, 0), (Timestamp(microseconds: -1), 1)]
      as [(Timestamp, UInt64)]
    {
      var entry = Self.entry(.device, .black, "d", sequence: sequence)
      entry.time = time
      let stored = ListStoredEntry(entry: entry, isRemoved: false)
      #expect(throws: CodecError.self) { try Self.read(rowBytes { stored.encode(into: &$0) }) }
    }
  }
}
