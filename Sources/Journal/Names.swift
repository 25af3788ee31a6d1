/// The names in a data directory.
///
///     LOCK                               held by the process that works here; its content is the process id
///     meta                               whose directory this is
///     segment-00000000000000000001.log   by ordinal
///     snapshot-00000000000000004096.snap by sequence
///     archive/segment-...                segments that both snapshots cover
///     *.tmp                              unfinished: ignored, and removed at the next start
///     *.broken                           what recovery cut off: never read
struct Names: Sendable {
  let directory: String

  var lock: String { "\(directory)/LOCK" }
  var meta: String { "\(directory)/meta" }
  var archive: String { "\(directory)/archive" }

  func segment(_ ordinal: UInt64) -> String { "\(directory)/\(Self.segmentName(ordinal))" }
  func archivedSegment(_ ordinal: UInt64) -> String { "\(archive)/\(Self.segmentName(ordinal))" }
  func snapshot(_ sequence: UInt64) -> String { "\(directory)/\(Self.snapshotName(sequence))" }
  /// Each spare has a name of its own: the next one is begun while the last one is being renamed.
  func spare(_ number: UInt64) -> String { temporary("\(directory)/spare-\(number)") }
  func temporary(_ path: String) -> String { path + temporarySuffix }

  static func segmentName(_ ordinal: UInt64) -> String { "\(segmentPrefix)\(padded(ordinal))\(segmentSuffix)" }
  static func snapshotName(_ sequence: UInt64) -> String { "\(snapshotPrefix)\(padded(sequence))\(snapshotSuffix)" }

  static func segmentOrdinal(_ name: String) -> UInt64? { number(name, segmentPrefix, segmentSuffix) }
  static func snapshotSequence(_ name: String) -> UInt64? { number(name, snapshotPrefix, snapshotSuffix) }
  static func isTemporary(_ name: String) -> Bool { name.hasSuffix(temporarySuffix) }

  private static func padded(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, digitCount - digits.count)) + digits
  }

  private static func number(_ name: String, _ prefix: String, _ suffix: String) -> UInt64? {
    guard name.hasPrefix(prefix), name.hasSuffix(suffix),
      name.utf8.count == prefix.utf8.count + digitCount + suffix.utf8.count
    else { return nil }
    let digits = name.dropFirst(prefix.count).dropLast(suffix.count)
    guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    return UInt64(digits).flatMap { numbers.contains($0) ? $0 : nil }
  }
}

/// As many as the largest UInt64 has, so that names sort like numbers.
private let digitCount = 20
private let segmentPrefix = "segment-"
private let segmentSuffix = ".log"
private let snapshotPrefix = "snapshot-"
private let snapshotSuffix = ".snap"
private let temporarySuffix = ".tmp"
