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

  /// The events among some records after `sequence`, at least `limit` of them if there are so many, none beyond `through`.
  func events(after sequence: UInt64, through: UInt64, limit: Int) throws(FeedError) -> FeedPage {
    guard let journal = journal.withLock({ $0 }) else { throw .stopped }
    let reader = journal.reader(from: sequence + 1)
    var page = FeedPage(events: [], next: sequence)
    do throws(JournalError) {
      while page.next < through, page.next - sequence < limit {
        let frame = try reader.readFrame { sequence, time, bytes in
          guard sequence <= through else { return }
          if let change = try Record.decode(bytes).withdrawalChange {
            page.events.append(FeedEvent(change, sequence: sequence, time: Timestamp(microseconds: time)))
          }
        }
        guard let frame else { break }
        page.next = min(frame.lastSequence, through)
      }
    } catch {
      throw .journalUnreadable("\(error)")
    }
    return page
  }
}
