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
}
