import LedgerCore
import Testing

@testable import Ledger

@Suite struct MailboxTests {
  private func parcel(_ port: LedgerPort, _ weight: Int) -> Mailbox.Parcel {
    Mailbox.Parcel(port: port, requests: [], weight: weight)
  }

  @Test func aFullMailboxRefusesUntilItHasBeenTaken() {
    let mailbox = Mailbox(weightMaximum: 4)
    let port = LedgerPort(mailbox: mailbox) {}
    #expect(mailbox.send(parcel(port, 3)) == .accepted)
    #expect(mailbox.send(parcel(port, 2)) == .full)
    #expect(mailbox.send(parcel(port, 1)) == .accepted)
    #expect(mailbox.take().parcels.map(\.weight) == [3, 1])
    #expect(mailbox.send(parcel(port, 2)) == .accepted)
  }

  @Test func anEmptyMailboxTakesABatchHeavierThanItsBound() {
    let mailbox = Mailbox(weightMaximum: 4)
    let port = LedgerPort(mailbox: mailbox) {}
    #expect(mailbox.send(parcel(port, 100)) == .accepted)
    #expect(mailbox.send(parcel(port, 1)) == .full)
  }

  @Test func aRefusedRequestIsAnsweredByThePort() throws {
    let mailbox = Mailbox(weightMaximum: 1)
    let port = LedgerPort(mailbox: mailbox) {}
    let operation = LedgerOperation.query(.withdrawal(WithdrawalID(rawValue: 1), .all))
    port.send([LedgerRequest(ticket: 1, deadlineNanoseconds: nil, operation: operation)])
    port.send([LedgerRequest(ticket: 2, deadlineNanoseconds: nil, operation: operation)])
    let replies = port.takeReplies()
    #expect(replies.map(\.ticket) == [2])
    guard case .overloaded(.mailboxFull)? = replies.first?.outcome else {
      Issue.record("got \(replies)")
      return
    }
  }

  @Test func aClosedMailboxFinishesWhatItHasAndTakesNoMore() {
    let mailbox = Mailbox(weightMaximum: 4)
    let port = LedgerPort(mailbox: mailbox) {}
    #expect(mailbox.send(parcel(port, 1)) == .accepted)
    mailbox.close()
    #expect(mailbox.send(parcel(port, 1)) == .closed)
    let contents = mailbox.take()
    #expect(contents.parcels.count == 1)
    #expect(contents.order == .stop)
  }

  /// A ticket is used again as soon as its reply came; a cancellation that was on its way must not hit the new request.
  @Test func aCancellationHitsOnlyWhatCameBeforeIt() {
    let mailbox = Mailbox(weightMaximum: 4)
    let port = LedgerPort(mailbox: mailbox) {}
    let other = LedgerPort(mailbox: mailbox) {}
    #expect(mailbox.send(parcel(port, 1)) == .accepted)
    #expect(mailbox.send(parcel(other, 1)) == .accepted)
    port.cancel(7)
    #expect(mailbox.send(parcel(port, 1)) == .accepted)
    let contents = mailbox.take()
    #expect(contents.isCancelled(7, inParcel: 0))
    #expect(!contents.isCancelled(8, inParcel: 0))
    #expect(!contents.isCancelled(7, inParcel: 1))
    #expect(!contents.isCancelled(7, inParcel: 2))
  }
}
