/// A link as a row of a snapshot. The older generation comes first, then the newest, each in its own order:
///
///     kind    u8
///     key     label
///     agents  u8, 1...8
///     each    agent u64, first hour u32, last hour u32   hours since 1970
struct StoredLink {
  let key: Label
  let row: LinkRow

  init(key: Label, row: LinkRow) {
    self.key = key
    self.row = row
  }

  func encode(into out: inout ByteWriter) {
    out.write(row.kind.rawValue)
    out.write(key)
    out.write(row.count)
    for place in 0..<Int(row.count) {
      out.write(row.agent(place))
      out.write(row.firstHour(place))
      out.write(row.lastHour(place))
    }
  }

  /// - Parameters:
  ///   - agents: ordinals are 1...agents.
  ///   - time: of the last record; no sighting is later.
  init(from input: inout ByteReader, agents: UInt64, upTo time: Timestamp) throws(CodecError) {
    let start = input.offset
    let raw = try input.read(UInt8.self)
    guard let kind = LinkTable.Kind(rawValue: raw) else { throw CodecError(.value(raw), at: start) }
    key = try input.readLabel()
    let countStart = input.offset
    let count = try input.read(UInt8.self)
    guard count >= 1, count <= UInt8(LinkTable.agentsMaximum) else { throw CodecError(.value(count), at: countStart) }
    let newest = LinkFacts.hour(time)
    var row = LinkRow(kind: kind)
    for place in 0..<count {
      let sightingStart = input.offset
      let agent = try input.read(UInt64.self)
      let first = try input.read(UInt32.self)
      let last = try input.read(UInt32.self)
      guard agent >= 1, agent <= min(agents, Ordinal.maximum), first <= last, last <= newest,
        row.add(agent, first: first, last: last)
      else { throw CodecError(.value(place), at: sightingStart) }
    }
    self.row = row
  }
}

extension LinkTable {
  /// Rows of each generation, for the heads of the sections.
  var olderCount: UInt64 { older.rows.count }
  var newestCount: UInt64 { newest.rows.count }

  /// - Parameter ordinal: 1...olderCount.
  func olderLink(_ ordinal: UInt64) -> StoredLink { StoredLink(key: older.key(ordinal), row: older.rows[ordinal]) }
  /// - Parameter ordinal: 1...newestCount.
  func newestLink(_ ordinal: UInt64) -> StoredLink { StoredLink(key: newest.key(ordinal), row: newest.rows[ordinal]) }
}
