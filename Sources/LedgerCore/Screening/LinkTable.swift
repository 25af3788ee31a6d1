/// Which agents were seen with the same payee, device or address. Bounded: when the newest generation is full, the one
/// before it is forgotten, and what was seen since stays.
///
/// Which generation a link stands in depends on nothing but the order of sightings, so that a replay forgets the same.
package struct LinkTable: ~Copyable, Sendable {
  /// Raw values stand in snapshots and are never renumbered.
  package enum Kind: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case payee = 1
    case device = 2
    case address = 3
  }

  /// Different agents told apart for one link; more look like this many.
  package static let agentsMaximum = 8
  /// Links of a generation. A million links are 112 MB and their names at most 64 MB: two generations are the largest
  /// thing that is not money, and hold what a platform of half a million agents sees in months.
  package static let generationMaximum: UInt64 = 1 << 20

  private let hash: KeyedHash
  private let limit: UInt64
  var older: LinkGeneration
  var newest: LinkGeneration

  init(hash: KeyedHash, limit: UInt64 = Self.generationMaximum) {
    self.hash = hash
    self.limit = limit
    older = LinkGeneration()
    newest = LinkGeneration()
  }

  /// For tests and simulations outside of a ledger.
  package init(hashSeed: HashSeed, limit: UInt64 = Self.generationMaximum) {
    self.init(hash: KeyedHash(seed: hashSeed), limit: limit)
  }

  /// - Parameter agent: ordinal.
  package func facts(_ kind: Kind, _ key: Label, agent: UInt64) -> LinkFacts {
    let place = hash(UInt64(kind.rawValue), key)
    let found = newest.find(place, kind, key)
    if found != 0 { return newest.rows[found].facts(agent: agent) }
    let before = older.find(place, kind, key)
    return before == 0
      ? LinkFacts(agents: 0, isKnownToAgent: false) : older.rows[before].facts(agent: agent)
  }

  package mutating func see(_ kind: Kind, _ key: Label, agent: UInt64, at time: Timestamp) {
    let hour = LinkFacts.hour(time)
    let place = hash(UInt64(kind.rawValue), key)
    let found = newest.find(place, kind, key)
    if found != 0 {
      newest.rows.update(found) { $0.see(agent, hour: hour) }
      return
    }
    let before = older.find(place, kind, key)
    var row = before == 0 ? LinkRow(kind: kind) : older.rows[before]
    row.see(agent, hour: hour)
    if newest.rows.count >= limit {
      swap(&older, &newest)
      newest = LinkGeneration()
    }
    newest.append(row, key, place)
  }

  /// A row of a snapshot's generation. False: it stands there already, or there are more than a generation may hold.
  mutating func restore(_ link: StoredLink, isOlder: Bool) -> Bool {
    let place = hash(UInt64(link.row.kind.rawValue), link.key)
    if isOlder {
      guard older.rows.count < limit, older.find(place, link.row.kind, link.key) == 0 else { return false }
      older.append(link.row, link.key, place)
    } else {
      guard newest.rows.count < limit, newest.find(place, link.row.kind, link.key) == 0 else { return false }
      newest.append(link.row, link.key, place)
    }
    return true
  }
}

/// Links in the order in which they were first seen in it.
struct LinkGeneration: ~Copyable, Sendable {
  var rows = Column<LinkRow>()
  private var labels = LabelArena()
  private var index = ShardedIndex()

  @inline(__always)
  func find(_ place: UInt64, _ kind: LinkTable.Kind, _ key: Label) -> UInt64 {
    index.find(place) { ordinal in
      let row = rows[ordinal]
      guard row.kind == kind, let name = row.name else { return false }
      return labels.holds(key, at: name)
    }
  }

  func key(_ ordinal: UInt64) -> Label {
    guard let name = rows[ordinal].name else { return .none }
    return labels.label(name)
  }

  mutating func append(_ row: LinkRow, _ key: Label, _ place: UInt64) {
    var row = row
    row.name = labels.append(key)
    index.insert(place, rows.append(row))
  }
}

struct LinkRow: BitwiseCopyable {
  /// nil outside of a generation.
  var name: LabelArena.Reference?
  let kind: LinkTable.Kind
  /// Different agents ever seen, saturating; the first so many places are used.
  private(set) var count: UInt8 = 0
  /// Ordinals in the low 40 bits, above them the hour of the last sighting. 24 bits of hours reach to the year 3883.
  private var sightings = InlineArray<8, UInt64>(repeating: 0)
  /// Hour of the first sighting, by the same places.
  private var firstHours = InlineArray<8, UInt32>(repeating: 0)

  init(kind: LinkTable.Kind) { self.kind = kind }

  func agent(_ place: Int) -> UInt64 { sightings[place] & Ordinal.maximum }
  func lastHour(_ place: Int) -> UInt32 { UInt32(truncatingIfNeeded: sightings[place] >> Ordinal.bits) }
  func firstHour(_ place: Int) -> UInt32 { firstHours[place] }

  private func place(of agent: UInt64) -> Int? {
    for place in 0..<Int(count) where self.agent(place) == agent { return place }
    return nil
  }

  mutating func see(_ agent: UInt64, hour: UInt32) {
    if let place = place(of: agent) {
      set(place, agent, last: max(hour, lastHour(place)))
      return
    }
    if Int(count) < LinkTable.agentsMaximum {
      _ = add(agent, first: hour, last: hour)
      return
    }
    // The agent that was away longest makes room, so that how many there were lately stays known.
    var oldest = 0
    for place in 1..<LinkTable.agentsMaximum where lastHour(place) < lastHour(oldest) { oldest = place }
    set(oldest, agent, last: hour)
    firstHours[oldest] = hour
  }

  /// False where the agent stands there already, or there is no room.
  mutating func add(_ agent: UInt64, first: UInt32, last: UInt32) -> Bool {
    guard Int(count) < LinkTable.agentsMaximum, place(of: agent) == nil else { return false }
    set(Int(count), agent, last: last)
    firstHours[Int(count)] = first
    count += 1
    return true
  }

  private mutating func set(_ place: Int, _ agent: UInt64, last: UInt32) {
    sightings[place] = UInt64(last) << Ordinal.bits | agent & Ordinal.maximum
  }

  func facts(agent: UInt64) -> LinkFacts {
    var first = SIMD8<UInt32>(repeating: 0)
    var last = SIMD8<UInt32>(repeating: 0)
    for place in 0..<Int(count) {
      first[place] = firstHours[place]
      last[place] = lastHour(place)
    }
    let own = place(of: agent)
    return LinkFacts(
      agents: count, isKnownToAgent: own != nil, knownSinceHour: own.map { firstHours[$0] } ?? 0, firstHours: first,
      lastHours: last)
  }
}
