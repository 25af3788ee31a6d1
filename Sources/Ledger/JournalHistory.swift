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

  /// The events among at most `limit` records after `sequence`, none beyond `through`.
  func events(after sequence: UInt64, through: UInt64, limit: Int) throws(FeedError) -> FeedPage {
    throw .stopped
  }
}
