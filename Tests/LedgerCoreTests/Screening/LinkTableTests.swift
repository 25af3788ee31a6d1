import Testing

@testable import LedgerCore

@Suite struct LinkTableTests {
  static func hours(_ hours: Int64) -> Timestamp { Timestamp(microseconds: (490_000 + hours) * 3_600_000_000) }

  static func table(limit: UInt64 = LinkTable.generationMaximum, seed: UInt64 = 1) -> LinkTable {
    LinkTable(hashSeed: HashSeed(first: seed, second: 2), limit: limit)
  }

  @Test func agentsAreToldApart() {
    var table = Self.table()
    table.see(.device, label("d"), agent: 7, at: Self.hours(0))
    table.see(.device, label("d"), agent: 8, at: Self.hours(5))
    table.see(.device, label("d"), agent: 7, at: Self.hours(9))
    let facts = table.facts(.device, label("d"), agent: 7)
    #expect(facts.agents == 2 && facts.isKnownToAgent)
    #expect(facts.knownSinceHour == LinkFacts.hour(Self.hours(0)))
    #expect(facts.agents(withinHours: 3, of: Self.hours(10)) == 1)
    #expect(facts.agents(withinHours: 24, of: Self.hours(10)) == 2)
    #expect(facts.newAgents(withinHours: 6, of: Self.hours(10)) == 1)
    let stranger = table.facts(.device, label("d"), agent: 9)
    #expect(stranger.agents == 2 && !stranger.isKnownToAgent && stranger.knownSinceHour == 0)
    // The same name of another kind is another thing.
    let other = table.facts(.address, label("d"), agent: 7)
    #expect(other == LinkFacts(agents: 0, isKnownToAgent: false))
  }

  /// More agents than are told apart: the count stays, and those lately seen stay known.
  @Test func theOneAwayLongestMakesRoom() {
    var table = Self.table()
    for agent in 1...12 as ClosedRange<UInt64> {
      table.see(.address, label("a"), agent: agent, at: Self.hours(Int64(agent)))
    }
    let known = (1...12 as ClosedRange<UInt64>).filter { table.facts(.address, label("a"), agent: $0).isKnownToAgent }
    #expect(known == Array(5...12))
    let facts = table.facts(.address, label("a"), agent: 12)
    #expect(Int(facts.agents) == LinkTable.agentsMaximum)
    #expect(facts.agents(withinHours: 3, of: Self.hours(12)) == 4)
  }

  /// Bounded: what was not seen for two generations is forgotten, what is seen again and again stays.
  @Test func whatIsNotSeenAgainIsForgotten() {
    var table = Self.table(limit: 100)
    table.see(.payee, label("kept"), agent: 1, at: Self.hours(0))
    table.see(.payee, label("once"), agent: 1, at: Self.hours(0))
    for i in 0..<1_000 {
      table.see(.payee, label("p\(i)"), agent: 2, at: Self.hours(1))
      if i % 20 == 0 { table.see(.payee, label("kept"), agent: 3, at: Self.hours(1)) }
      let counts = (table.olderCount, table.newestCount)
      #expect(counts.0 <= 100 && counts.1 <= 100)
    }
    let kept = table.facts(.payee, label("kept"), agent: 1)
    #expect(kept.agents == 2 && kept.isKnownToAgent)
    let once = table.facts(.payee, label("once"), agent: 1)
    #expect(once.agents == 0)
    let newest = table.facts(.payee, label("p999"), agent: 2)
    #expect(newest.isKnownToAgent)
  }

  /// The rows of both generations, as a snapshot has them.
  static func rows(_ table: borrowing LinkTable) -> [[UInt8]] {
    var rows: [[UInt8]] = []
    for ordinal in 1..<table.olderCount + 1 {
      let link = table.olderLink(ordinal)
      rows.append(rowBytes { link.encode(into: &$0) })
    }
    for ordinal in 1..<table.newestCount + 1 {
      let link = table.newestLink(ordinal)
      rows.append(rowBytes { link.encode(into: &$0) })
    }
    return rows
  }

  static func fill(_ table: inout LinkTable, seed: UInt64) {
    var random = SeededRandom(seed: seed)
    for i in 0..<2_000 {
      let kind = LinkTable.Kind.allCases[Int(random.next() % 3)]
      table.see(
        kind, label("k\(random.next() % 300)"), agent: random.next() % 20 + 1, at: Self.hours(Int64(i / 10)))
    }
  }

  static func read(_ bytes: [UInt8], agents: UInt64 = 20, upTo time: Timestamp = hours(300)) throws -> StoredLink {
    try bytes.withUnsafeBytes { raw in
      var input = ByteReader(raw)
      return try StoredLink(from: &input, agents: agents, upTo: time)
    }
  }

  /// What is remembered depends on the sightings, not on where keys happen to be placed.
  @Test func rowsComeBackWhateverTheHashSeed() throws {
    var table = Self.table(limit: 200, seed: 1)
    Self.fill(&table, seed: 77)
    var twin = Self.table(limit: 200, seed: 99)
    Self.fill(&twin, seed: 77)
    let rows = Self.rows(table)
    let twinRows = Self.rows(twin)
    #expect(rows == twinRows)
    #expect(table.olderCount > 0 && rows.allSatisfy { $0.count <= SnapshotFormat.rowMaximumBytes })

    var loaded = Self.table(limit: 200, seed: 5)
    for (place, row) in rows.enumerated() {
      let isRestored = loaded.restore(try Self.read(row), isOlder: place < Int(table.olderCount))
      if !isRestored { Issue.record("row \(place) was refused") }
    }
    let loadedRows = Self.rows(loaded)
    #expect(loadedRows == rows)
    // And it goes on as the first does.
    Self.fill(&table, seed: 78)
    Self.fill(&loaded, seed: 78)
    let afterwards = (Self.rows(table), Self.rows(loaded))
    #expect(afterwards.0 == afterwards.1)
  }

  @Test func aRowTwiceIsRefused() throws {
    var table = Self.table(limit: 2)
    table.see(.payee, label("p"), agent: 1, at: Self.hours(0))
    let link = table.newestLink(1)
    var loaded = Self.table(limit: 2)
    let results = [
      loaded.restore(link, isOlder: true), loaded.restore(link, isOlder: false), loaded.restore(link, isOlder: false),
    ]
    #expect(results == [true, true, false])
  }

  @Test(
    arguments: [
      ("an unknown kind", [4, 1, 0x70, 1], 1, 5, 5), ("no agents", [1, 1, 0x70, 0], 1, 5, 5),
      ("nine agents", [1, 1, 0x70, 9], 1, 5, 5), ("an empty name", [1, 0, 1], 1, 5, 5),
      ("agent 0", [1, 1, 0x70, 1], 0, 5, 5), ("an agent that does not exist", [1, 1, 0x70, 1], 21, 5, 5),
      ("seen last before first", [1, 1, 0x70, 1], 1, 6, 5), ("seen in the future", [1, 1, 0x70, 1], 1, 5, 600_000),
      ("an agent twice", [1, 1, 0x70, 2], 1, 5, 5),
    ] as [(String, [UInt8], UInt64, UInt32, UInt32)])
  func impossibleRowsAreRefused(_ what: String, _ head: [UInt8], _ agent: UInt64, _ first: UInt32, _ last: UInt32) {
    let sighting = rowBytes {
      $0.write(agent)
      $0.write(first)
      $0.write(last)
    }
    #expect(throws: CodecError.self, "\(what)") { try Self.read(head + sighting + sighting) }
    // The same with what is right.
    #expect(throws: Never.self) {
      try Self.read(
        [1, 1, 0x70, 1]
          + rowBytes { out in
            out.write(UInt64(1))
            out.write(UInt32(5))
            out.write(UInt32(5))
          })
    }
  }
}
