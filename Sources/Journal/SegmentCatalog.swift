internal import Synchronization

/// Which segment holds which records. Shared by the writer, which adds, the archive, which moves, and the readers.
final class SegmentCatalog: Sendable {
  enum Place {
    case live, archive
  }

  struct Entry {
    var ordinal: UInt64
    var firstSequence: UInt64
    var place: Place
  }

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
    entries.withLock { entries in entries.first { $0.ordinal == ordinal } }
  }

  /// The last segment that begins at `sequence` or before it.
  func entry(holding sequence: UInt64) -> Entry? {
    entries.withLock { entries in
      var low = 0
      var high = entries.count
      while low < high {
        let middle = (low + high) / 2
        if entries[middle].firstSequence <= sequence { low = middle + 1 } else { high = middle }
      }
      return low == 0 ? nil : entries[low - 1]
    }
  }

  func setArchived(_ ordinal: UInt64) {
    entries.withLock { entries in
      guard let index = entries.firstIndex(where: { $0.ordinal == ordinal }) else { return }
      entries[index].place = .archive
    }
  }
}
