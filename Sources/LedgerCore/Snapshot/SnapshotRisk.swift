// What the risk rules remember.
extension LedgerState {
  func writeRisk<Failure>(_ out: inout SnapshotWriter<Failure>) throws(Failure) {
    try out.begin(.profiles, rows: profiles.count)
    for ordinal in profiles.ordinals { try out.row { profiles[ordinal].encode(into: &$0) } }
    try out.begin(.olderLinks, rows: links.olderCount)
    for ordinal in 0..<links.olderCount { try out.row { links.olderLink(ordinal + 1).encode(into: &$0) } }
    try out.begin(.links, rows: links.newestCount)
    for ordinal in 0..<links.newestCount { try out.row { links.newestLink(ordinal + 1).encode(into: &$0) } }
    try out.begin(.lists, rows: lists.count)
    for ordinal in 0..<lists.count { try out.row { lists.stored(ordinal + 1).encode(into: &$0) } }
  }

  mutating func readRisk(_ input: inout SnapshotReader) throws {
    guard try input.begin(.profiles) == agents.count else { throw input.contradiction("not a profile per agent") }
    for agent in agents.ordinals {
      let profile = try input.row { row throws(CodecError) in try AgentProfile(from: &row) }
      guard profile.newestTime <= lastTime else { throw input.contradiction("a profile from the future") }
      profiles.update(agent) { $0 = profile }
    }
    try readLinks(&input, .olderLinks)
    try readLinks(&input, .links)
    for _ in 0..<(try input.begin(.lists)) {
      let entry = try input.row { row throws(CodecError) in
        try ListStoredEntry(from: &row, upTo: lastSequence, lastTime)
      }
      guard lists.restore(entry) else { throw input.contradiction("a list's entry twice") }
    }
  }

  private mutating func readLinks(_ input: inout SnapshotReader, _ section: SnapshotFormat.Section) throws {
    for _ in 0..<(try input.begin(section)) {
      let link = try input.row { row throws(CodecError) in
        try StoredLink(from: &row, agents: agents.count, upTo: lastTime)
      }
      guard links.restore(link, isOlder: section == .olderLinks) else { throw input.contradiction("a link twice") }
    }
  }
}
