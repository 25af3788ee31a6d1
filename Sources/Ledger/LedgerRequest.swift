package import Digests
package import LedgerCore

/// What a port sends to the ledger.
package struct LedgerRequest: Sendable {
  /// The port's own name for the request; comes back in the reply.
  package var ticket: UInt32
  /// Monotonic nanoseconds (the ledger's clock): once they have passed before its turn, it is dropped undecided.
  package var deadlineNanoseconds: Int64?
  package var operation: LedgerOperation

  package init(ticket: UInt32, deadlineNanoseconds: Int64?, operation: LedgerOperation) {
    self.ticket = ticket
    self.deadlineNanoseconds = deadlineNanoseconds
    self.operation = operation
  }
}

package enum LedgerOperation: Sendable {
  case command(Command)
  /// All in one frame, each with its own outcome, decided in order.
  case batch([SubmitWithdrawal])
  case query(Query)
}

package struct LedgerReply: Sendable {
  package var ticket: UInt32
  /// Of the record that a single answer rests on; sequence 0 where there is none (a rejection, nothing happened).
  package var receipt: Receipt
  package var outcome: LedgerOutcome

  package init(ticket: UInt32, outcome: LedgerOutcome, receipt: Receipt = .none) {
    self.ticket = ticket
    self.outcome = outcome
    self.receipt = receipt
  }
}

/// Every request ends in exactly one of these. All but `outcomeUnknown` are certain.
package enum LedgerOutcome: Sendable {
  /// Durable.
  case answered(Answer)
  /// Rests on several records: a list has a receipt for each of its items, a deposit one for itself and one for the
  /// balance that it shows.
  case page(Answer, [Receipt])
  /// A batch: one answer and one receipt for each item, in order.
  case batch([Answer], [Receipt])
  /// Its deadline passed before its turn: nothing happened.
  case deadlineExceeded
  /// It was cancelled before its turn: nothing happened.
  case cancelled
  /// The mailbox is full or the journal has no space granted: nothing happened.
  case overloaded(LedgerOverload)
  /// The server is stopping and took nothing more: nothing happened.
  case stopping
  /// The journal failed while this was being written: it may or may not be there after a restart.
  case outcomeUnknown
}

package enum LedgerOverload: Sendable, Hashable {
  case mailboxFull
  case journalFull
}

/// Where an answer stands in the journal.
package struct Receipt: Sendable, Hashable {
  package var sequence: UInt64
  package var seal: Digest256

  package static let none = Receipt(sequence: 0, seal: Digest256())

  package init(sequence: UInt64, seal: Digest256) {
    self.sequence = sequence
    self.seal = seal
  }
}
