package import LedgerCore

/// A channel that pays by files, one for each cut-off (`manifest.batchMinutes`).
///
/// At the cut-off the dispatcher sends all that is due, page by page, and then closes the batch once. `send` only puts a
/// request into the open batch: until the batch is closed nothing has left, and `query` answers `.notFound`. What was sent
/// before a crash, or before a close that failed, is therefore sent again like everything that is not found, and the batch
/// is closed again; a key that is in a file already gets into no other.
package protocol BatchChannel: PayoutChannel {
  /// Puts the open batch out, whole or not at all; an empty one makes no file. After a failure the batch is still open,
  /// and the call may be made again.
  func closeBatch(at now: Timestamp) async throws(BatchFailure)
}

/// Why no file was put out: what was wrong, where, and what to do.
package struct BatchFailure: Error, Hashable, Sendable {
  package var message: String
  package init(_ message: String) { self.message = message }
}
