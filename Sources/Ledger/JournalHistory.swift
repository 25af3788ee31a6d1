internal import Journal
internal import LedgerCore
internal import Synchronization

/// Reads withdrawal changes back from the journal, for readers of the feed that were away.
final class JournalHistory: Sendable {
  private let journal = Mutex<Journal?>(nil)

  /// The journal starts after the feed that reads it.
  func begin(_ journal: Journal) {
    self.journal.withLock { $0 = journal }
  }

  /// The first events after `sequence`, at most `limit`, none beyond `through`; it looks at whole frames, and at some
  /// `limit` records if it finds less.
  func events(after sequence: UInt64, through: UInt64, limit: Int) throws(FeedError) -> FeedPage {
    guard let journal = journal.withLock({ $0 }) else { throw .stopped }
    let reader = journal.reader(from: sequence + 1)
    var page = FeedPage(events: [], next: sequence)
    do throws(JournalError) {
      while page.next < through, page.next - sequence < limit {
        let frame = try reader.readFrame { sequence, time, bytes in
          guard sequence <= through, page.events.count < limit else { return }
          if let change = try Record.decode(bytes).withdrawalChange {
            page.events.append(FeedEvent(change, sequence: sequence, time: Timestamp(microseconds: time)))
          }
        }
        guard let frame else { break }
        page.next = min(frame.lastSequence, through)
        if page.events.count >= limit, let last = page.events.last {
          // The frame may hold more: the next page begins inside it.
          page.next = last.sequence
          break
        }
      }
    } catch {
      throw .journalUnreadable("\(error)")
    }
    return page
  }
}
