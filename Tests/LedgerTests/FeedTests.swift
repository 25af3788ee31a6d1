import LedgerCore
import Testing

@testable import Ledger

@Suite struct FeedTests {
  private func event(_ sequence: UInt64) throws -> FeedEvent {
    FeedEvent(
      sequence: sequence, time: Timestamp(microseconds: 1), partner: try Label("p"),
      withdrawal: WithdrawalID(epoch: 0, shard: 0, ordinal: sequence), state: .approved)
  }

  private func feed(from sequence: UInt64 = 0) -> Feed {
    Feed(lastSequence: sequence) { after, through, _ throws(FeedError) in
      // History of this test: one event, to be told from the recent ones by its state.
      FeedPage(
        events: [
          FeedEvent(
            sequence: through, time: Timestamp(microseconds: 0), partner: .none,
            withdrawal: WithdrawalID(rawValue: 0), state: .cancelled)
        ], next: through)
    }
  }

  @Test func pagesGoOnWhereTheLastEnded() async throws {
    let feed = feed()
    _ = feed.publish(try (1...5).map(event)[...], through: 7)
    let first = try await feed.events(after: 0, limit: 3)
    #expect(first.events.map(\.sequence) == [1, 2, 3])
    #expect(first.next == 3)
    let second = try await feed.events(after: first.next, limit: 3)
    #expect(second.events.map(\.sequence) == [4, 5])
    #expect(second.next == 7)
  }

  @Test func beyondTheEndIsAnErrorThatNamesTheEnd() async throws {
    let feed = feed(from: 4)
    await #expect(throws: FeedError.beyondEnd(lastSequence: 4)) { try await feed.events(after: 5, limit: 1) }
  }

  @Test func aReaderAtTheEndIsResumedByTheNextEvent() async throws {
    let feed = feed(from: 1)
    async let page = feed.events(after: 1, limit: 10)
    // Publishing until someone waits: the reader has either suspended or will find the event.
    for waiter in feed.publish([try event(2)], through: 2) { waiter.resume() }
    #expect(try await page.events.map(\.sequence) == [2])
  }

  @Test func aCancelledReaderIsResumed() async throws {
    let feed = feed(from: 1)
    let reader = Task { try await feed.events(after: 1, limit: 10) }
    reader.cancel()
    await #expect(throws: FeedError.cancelled) { try await reader.value }
  }

  @Test func stoppingEndsReaders() async throws {
    let feed = feed(from: 1)
    let reader = Task { try await feed.events(after: 1, limit: 10) }
    feed.stop()
    await #expect(throws: FeedError.stopped) { try await reader.value }
  }

  @Test func whatFellOutOfMemoryComesFromTheJournal() async throws {
    let feed = feed()
    let count = UInt64(Feed.recentMaximum + 10)
    for sequence in 1...count { _ = feed.publish([try event(sequence)], through: sequence) }
    let old = try await feed.events(after: 3, limit: 5)
    #expect(old.events.map(\.state) == [.cancelled])
    #expect(old.next == 10)
    let recent = try await feed.events(after: 10, limit: 2)
    #expect(recent.events.map(\.sequence) == [11, 12])
    #expect(recent.events.map(\.state) == [.approved, .approved])
  }

  @Test func aFeedThatStartsLaterAsksTheJournalForWhatCameBefore() async throws {
    let feed = feed(from: 100)
    let page = try await feed.events(after: 20, limit: 5)
    #expect(page.next == 100)
  }
}
