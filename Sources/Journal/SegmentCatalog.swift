internal import Synchronization

/// Which segment holds which records, and about where. Shared by the writer, which adds, the archive, which moves, and the
/// readers, which note what they pass.
final class SegmentCatalog: Sendable {
  enum Place {
    case live, archive
  }

  /// A frame whose place is remembered.
  struct Landmark {
    /// Of the frame's first record.
    var sequence: UInt64
    var offset: Int
  }

  struct Entry {
    var ordinal: UInt64
    var firstSequence: UInt64
    var place: Place
    /// By offset, `landmarkDistance` apart or more.
    var landmarks: [Landmark] = []

    /// From where a reader reaches the record soonest.
    func landmark(before sequence: UInt64) -> Landmark? {
      let index = partitionPoint(landmarks) { $0.sequence <= sequence }
      return index == 0 ? nil : landmarks[index - 1]
    }
  }

  /// A reader passes at most so many bytes of headers before its record; a segment of 64 MiB takes 4 KiB of landmarks.
  static let landmarkDistance = 256 << 10

  /// By ordinal, without gaps.
  private let entries: Mutex<[Entry]>

  init(_ entries: [Entry]) {
    self.entries = Mutex(entries)
  }

  var all: [Entry] { entries.withLock { $0 } }

  func add(_ entry: Entry) {
    entries.withLock { $0.append(entry) }
  }

  func entry(ordinal: UInt64) -> Entry? {
    entries.withLock { entries in Self.index(of: ordinal, in: entries).map { entries[$0] } }
  }

  /// The last segment that begins at `sequence` or before it.
  func entry(holding sequence: UInt64) -> Entry? {
    entries.withLock { entries in
      let index = partitionPoint(entries) { $0.firstSequence <= sequence }
      return index == 0 ? nil : entries[index - 1]
    }
  }

  func setArchived(_ ordinal: UInt64) {
    entries.withLock { entries in
      guard let index = Self.index(of: ordinal, in: entries) else { return }
      entries[index].place = .archive
    }
  }

  /// Remembers the frame, unless one near it is remembered already.
  func note(_ landmark: Landmark, in ordinal: UInt64) {
    entries.withLock { entries in
      guard let entry = Self.index(of: ordinal, in: entries) else { return }
      let index = partitionPoint(entries[entry].landmarks) { $0.offset <= landmark.offset }
      let before = index == 0 ? 0 : entries[entry].landmarks[index - 1].offset
      guard landmark.offset - before >= Self.landmarkDistance else { return }
      if index < entries[entry].landmarks.count {
        guard entries[entry].landmarks[index].offset - landmark.offset >= Self.landmarkDistance else { return }
      }
      entries[entry].landmarks.insert(landmark, at: index)
    }
  }

  private static func index(of ordinal: UInt64, in entries: [Entry]) -> Int? {
    guard let first = entries.first, ordinal >= first.ordinal, ordinal - first.ordinal < entries.count else {
      return nil
    }
    return Int(ordinal - first.ordinal)
  }
}

/// How many elements of an ordered array, from the first on, are of the lower part.
private func partitionPoint<Element>(_ elements: [Element], _ isLower: (Element) -> Bool) -> Int {
  var low = 0
  var high = elements.count
  while low < high {
    let middle = (low + high) / 2
    if isLower(elements[middle]) { low = middle + 1 } else { high = middle }
  }
  return low
}
