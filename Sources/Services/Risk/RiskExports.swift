internal import Ledger
internal import LedgerCore
internal import RPC
internal import SettlementProto

/// Exports: everything, a page of the ledger at a time, as fast as the reader reads.
extension RiskService {
  /// Read from the ledger at once: few enough that nobody else waits, enough that the way there hardly counts.
  private static let pageLimit = 256

  /// All entries that are in force, for another platform to import.
  func exportEntries(
    _ request: Settlement_V1_ExportListEntriesRequest, _ writer: ResponseWriter<Settlement_V1_ListEntry>,
    _ context: ServerContext
  ) async throws {
    _ = try access.principal(of: context.peer, calling: .exportListEntries)
    var violations = FieldViolations()
    let subject = violations.listSubject("subject", request.subject)
    try violations.throwIfAny()
    let now = ledger.clock.now()
    try await atReadersPace { progress in
      var after: UInt64?
      repeat {
        let page = try await page(subject, after: after, limit: Self.pageLimit)
        for (entry, receipt) in page.entries where entry.until.map({ $0 > now }) ?? true {
          try await progress.write(Settlement_V1_ListEntry(entry, receipt), to: writer)
        }
        after = page.next
      } while after != nil
    }
  }

  /// Every withdrawal that risk did not approve at once, or that was reported later, oldest first.
  func exportRiskLog(
    _ request: Settlement_V1_ExportRiskLogRequest, _ writer: ResponseWriter<Settlement_V1_Withdrawal>,
    _ context: ServerContext
  ) async throws {
    _ = try access.principal(of: context.peer, calling: .exportRiskLog)
    var violations = FieldViolations()
    let from = request.hasFromTime ? violations.time("from_time", request.fromTime) : nil
    try violations.throwIfAny()
    let ledger = ledger
    try await atReadersPace { progress in
      var after: UInt64?
      repeat {
        let reply = try await ledger.ask(.query(.riskLog(after: after, limit: Self.pageLimit)))
        guard case .withdrawals(let withdrawals, let next) = reply.answer,
          withdrawals.count == reply.itemReceipts.count
        else { throw RPCStatus.strangeAnswer }
        for (withdrawal, receipt) in zip(withdrawals, reply.itemReceipts)
        where from.map({ withdrawal.updateTime >= $0 }) ?? true {
          try await progress.write(Settlement_V1_Withdrawal(withdrawal, receipt, for: .staff), to: writer)
        }
        after = next
      } while after != nil
    }
  }

  /// A reader that does not read for too long is let go, as a watcher is: it holds one of its connection's handlers.
  private func atReadersPace(_ export: @escaping @Sendable (WriteProgress) async throws -> Void) async throws {
    let progress = WriteProgress()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await export(progress) }
      group.addTask { try await SlowReaderWatchdog(timing: timing, progress: progress).run() }
      defer { group.cancelAll() }
      try await group.next()
    }
  }
}

extension WriteProgress {
  fileprivate func write<Response>(_ response: Response, to writer: ResponseWriter<Response>) async throws {
    begin()
    try await writer.write(response)
    end()
  }
}
