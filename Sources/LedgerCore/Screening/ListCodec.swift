/// A list's entry as a row of a snapshot, in the order of ordinals, removed ones too (they keep their ordinals):
///
///     subject   u8
///     colour    u8
///     flags     u8      1 automatic, 2 removed, 4 has a partner, 8 has a reason, 16 has an end
///     partner   label   if it has one
///     name      label
///     reason    label   if it has one
///     until     i64     microseconds; 0 without an end
///     time      i64
///     sequence  u64     of the record that changed it last
struct ListStoredEntry {
  let entry: ListEntry
  let isRemoved: Bool

  private enum Flag {
    static let automatic: UInt8 = 1
    static let removed: UInt8 = 2
    static let partner: UInt8 = 4
    static let reason: UInt8 = 8
    static let end: UInt8 = 16
    static let all = automatic | removed | partner | reason | end
  }

  init(entry: ListEntry, isRemoved: Bool) {
    self.entry = entry
    self.isRemoved = isRemoved
  }

  func encode(into out: inout ByteWriter) {
    out.write(entry.subject.rawValue)
    out.write(entry.colour.rawValue)
    var flags: UInt8 = 0
    if entry.isAutomatic { flags |= Flag.automatic }
    if isRemoved { flags |= Flag.removed }
    if !entry.partner.isNone { flags |= Flag.partner }
    if !entry.reason.isNone { flags |= Flag.reason }
    if entry.until != nil { flags |= Flag.end }
    out.write(flags)
    if !entry.partner.isNone { out.write(entry.partner) }
    out.write(entry.name)
    if !entry.reason.isNone { out.write(entry.reason) }
    out.write(entry.until?.microseconds ?? 0)
    out.write(entry.time.microseconds)
    out.write(entry.sequence)
  }

  /// - Parameters:
  ///   - sequence: of the last record; nothing was changed by a later one.
  ///   - time: of the last record.
  init(from input: inout ByteReader, upTo sequence: UInt64, _ time: Timestamp) throws(CodecError) {
    let start = input.offset
    let rawSubject = try input.read(UInt8.self)
    guard let subject = ListSubject(rawValue: rawSubject) else { throw CodecError(.value(rawSubject), at: start) }
    let rawColour = try input.read(UInt8.self)
    guard let colour = ListColour(rawValue: rawColour) else { throw CodecError(.value(rawColour), at: start + 1) }
    let flags = try input.read(UInt8.self)
    // Agents, and only they, belong to a partner.
    guard flags & ~Flag.all == 0, (flags & Flag.partner != 0) == (subject == .agent) else {
      throw CodecError(.value(flags), at: start + 2)
    }
    let partner = flags & Flag.partner == 0 ? Label.none : try input.readLabel()
    let name = try input.readLabel()
    let reason = flags & Flag.reason == 0 ? Label.none : try input.readLabel()
    let momentStart = input.offset
    let until = try input.read(Int64.self)
    let changed = Timestamp(microseconds: try input.read(Int64.self))
    let changedBy = try input.read(UInt64.self)
    guard flags & Flag.end != 0 || until == 0, changed.microseconds >= 0, changed <= time, changedBy >= 1,
      changedBy <= sequence
    else { throw CodecError(.value(flags), at: momentStart) }
    entry = ListEntry(
      subject: subject, colour: colour, partner: partner, name: name,
      until: flags & Flag.end == 0 ? nil : Timestamp(microseconds: until), reason: reason,
      isAutomatic: flags & Flag.automatic != 0, time: changed, sequence: changedBy)
    isRemoved = flags & Flag.removed != 0
  }
}
