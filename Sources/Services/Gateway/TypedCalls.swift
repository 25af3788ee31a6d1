internal import Ledger
internal import LedgerCore
internal import RPC

/// The ledger for methods that are not hot: ask and wait.
extension Ledger {
  /// What was answered, or the status that the caller gets. A call that is cancelled or whose deadline passes takes its
  /// request back if it has not had its turn.
  nonisolated func ask(_ operation: LedgerOperation) async throws(RPCStatus) -> LedgerAnswer {
    let reply = await perform(operation)
    switch reply.outcome {
    case .answered(.refused(let refusal)): throw RPCStatus(refusal)
    case .answered(.rejected(let rejection)): throw RPCStatus(rejection)
    case .answered(let answer): return LedgerAnswer(answer: answer, receipt: reply.receipt, itemReceipts: [])
    case .page(let answer, let receipts):
      return LedgerAnswer(answer: answer, receipt: reply.receipt, itemReceipts: receipts)
    case .batch, .deadlineExceeded, .cancelled, .overloaded, .stopping, .outcomeUnknown:
      throw RPCStatus(unanswered: reply.outcome)
    }
  }
}

struct LedgerAnswer {
  let answer: Answer
  let receipt: Receipt
  /// Of a list: one for each item.
  let itemReceipts: [Receipt]
}

extension RPCStatus {
  /// What a caller is told when the ledger gave no answer; nothing happened except where it says otherwise.
  init(unanswered outcome: LedgerOutcome) {
    switch outcome {
    case .deadlineExceeded: self = .deadlinePassed
    case .cancelled: self = .cancelledUndecided
    case .overloaded(let overload): self.init(overload)
    case .stopping: self = .stopping
    case .outcomeUnknown: self = .outcomeUnknown
    case .answered, .page, .batch: self = .strangeAnswer
    }
  }
}
