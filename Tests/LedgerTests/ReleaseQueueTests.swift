import Digests
import Journal
import LedgerCore
import Synchronization
import Testing

@testable import Ledger

/// Nothing is visible before it is durable: the queue alone, driven by hand.
@Suite struct ReleaseQueueTests {
  private let mailbox = Mailbox(weightMaximum: 10)
  private let seals: [Digest256] = (0..<10).map { number in SHA256.hash([UInt8(number)]) }

  private func feed() -> Feed {
    Feed(lastSequence: 0) { _, _, _ throws(FeedError) in throw .journalUnreadable("not in this test") }
  }

  private func reply(_ ticket: UInt32, _ sequence: UInt64) -> LedgerReply {
    LedgerReply(
      ticket: ticket, outcome: .answered(.rejected(.agentNotFound)),
      receipt: Receipt(sequence: sequence, seal: Digest256()))
  }

  private func held(_ port: LedgerPort, _ needs: [(ticket: UInt32, need: UInt64)]) -> ReleaseQueue.Held {
    var held = ReleaseQueue.Held(port: port)
    for (ticket, need) in needs { held.append(reply(ticket, need), need: need) }
    return held
  }

  private func event(_ sequence: UInt64) throws -> FeedEvent {
    FeedEvent(
      sequence: sequence, time: Timestamp(microseconds: 1), partner: try Label("p"),
      withdrawal: WithdrawalID(epoch: 0, shard: 0, ordinal: sequence), state: .approved)
  }

  @Test func repliesLeaveFrameByFrameWithTheSealOfTheirFrame() {
    let port = LedgerPort(mailbox: mailbox) {}
    let queue = ReleaseQueue(durableSequence: 0, feed: feed())
    queue.hold([held(port, [(1, 1), (2, 2), (3, 3), (4, 2)])], events: [], through: 3)
    #expect(port.takeReplies().isEmpty)

    queue.release(DurableFrame(firstSequence: 1, lastSequence: 2, seal: seals[1]))
    let first = port.takeReplies()
    #expect(first.map(\.ticket) == [1, 2, 4])
    #expect(first.allSatisfy { $0.receipt.seal == seals[1] })

    queue.release(DurableFrame(firstSequence: 3, lastSequence: 3, seal: seals[2]))
    let second = port.takeReplies()
    #expect(second.map(\.ticket) == [3])
    #expect(second[0].receipt.seal == seals[2])
  }

  @Test func aFrameThatOvertookTheTurnReleasesItAtOnce() {
    let port = LedgerPort(mailbox: mailbox) {}
    let queue = ReleaseQueue(durableSequence: 0, feed: feed())
    queue.release(DurableFrame(firstSequence: 1, lastSequence: 1, seal: seals[1]))
    queue.hold([held(port, [(1, 1), (2, 2)])], events: [], through: 2)
    #expect(port.takeReplies().map(\.receipt.seal) == [seals[1]])
  }

  @Test func aListWaitsForItsNewestItemAndHasTheSealOfEach() {
    let port = LedgerPort(mailbox: mailbox) {}
    let queue = ReleaseQueue(durableSequence: 0, feed: feed())
    var chunk = ReleaseQueue.Held(port: port)
    let receipts = [1, 2].map { Receipt(sequence: $0, seal: Digest256()) }
    chunk.append(LedgerReply(ticket: 7, outcome: .page(.entries([], next: nil), receipts)), need: 2)
    queue.hold([chunk], events: [], through: 2)
    queue.release(DurableFrame(firstSequence: 1, lastSequence: 1, seal: seals[1]))
    #expect(port.takeReplies().isEmpty)
    queue.release(DurableFrame(firstSequence: 2, lastSequence: 2, seal: seals[2]))
    guard case .page(_, let sealed)? = port.takeReplies().first?.outcome else {
      Issue.record("the list did not come")
      return
    }
    #expect(sealed.map(\.seal) == [seals[1], seals[2]])
  }

  @Test func aPoisonedJournalMakesEveryWaitingOutcomeUnknown() {
    let port = LedgerPort(mailbox: mailbox) {}
    let queue = ReleaseQueue(durableSequence: 0, feed: feed())
    queue.hold([held(port, [(1, 1)])], events: [], through: 1)
    queue.poison()
    queue.hold([held(port, [(2, 2)])], events: [], through: 2)
    let outcomes = port.takeReplies()
    #expect(outcomes.map(\.ticket) == [1, 2])
    for reply in outcomes {
      guard case .outcomeUnknown = reply.outcome else {
        Issue.record("\(reply.ticket) got \(reply.outcome)")
        continue
      }
    }
  }

  @Test func eventsReachTheFeedOnlyWhenDurableAndHeld() async throws {
    let feed = feed()
    let queue = ReleaseQueue(durableSequence: 0, feed: feed)
    queue.hold([], events: [try event(1), try event(2)], through: 2)
    #expect(feed.lastSequence == 0)
    queue.release(DurableFrame(firstSequence: 1, lastSequence: 3, seal: seals[1]))
    // Record 3 is durable, but its turn is not over: a reader must not step over it.
    #expect(feed.lastSequence == 2)
    queue.hold([], events: [try event(3)], through: 3)
    #expect(feed.lastSequence == 3)
    #expect(try await feed.events(after: 0, limit: 10).events.map(\.sequence) == [1, 2, 3])
  }

  @Test func repliesOfOneReleaseWakeThePortOnce() {
    let wakes = Mutex(0)
    let port = LedgerPort(mailbox: mailbox) { wakes.withLock { $0 += 1 } }
    let queue = ReleaseQueue(durableSequence: 0, feed: feed())
    queue.hold([held(port, [(1, 1)]), held(port, [(2, 1)])], events: [], through: 1)
    queue.release(DurableFrame(firstSequence: 1, lastSequence: 1, seal: seals[1]))
    #expect(wakes.withLock { $0 } == 1)
    #expect(port.takeReplies().count == 2)
  }
}
