package import Digests
internal import Journal
package import LedgerCore

/// A durable record as it stands in the journal.
package struct StoredRecord: Sendable {
  package var sequence: UInt64
  package var time: Timestamp
  package var record: Record
  /// Of the frame that holds it.
  package var seal: Digest256
}

package struct RecordPage: Sendable {
  package var records: [StoredRecord]
  /// Where to go on; nil at the durable end.
  package var next: UInt64?
}

/// What re-reading a part of the chain came to. Every frame of it was compared with its checksum, its seal and the frame
/// before it.
package struct ChainReport: Sendable {
  package var first: UInt64
  package var last: UInt64
  package var frames: UInt64
  package var records: UInt64
  /// Of the last frame that was checked.
  package var seal: Digest256
  /// Where to go on; nil when everything asked for was checked.
  package var next: UInt64?
}

extension Ledger {
  /// Durable records from `sequence` on, in order, for those who look into the past.
  /// - Parameter limit: at most this many are returned; the frame that reaches it ends the page.
  package nonisolated func records(from sequence: UInt64, limit: Int) async throws(FeedError) -> RecordPage {
    let through = feed.lastSequence
    return try await reading.read { [reading] () throws(FeedError) in
      guard let journal = reading.journal else { throw .stopped }
      let reader = journal.reader(from: max(sequence, 1))
      var page = RecordPage(records: [], next: nil)
      do throws(JournalError) {
        while reader.nextSequence <= through, page.records.count < limit {
          var frame: [StoredRecord] = []
          let read = try reader.readFrame { sequence, time, bytes in
            guard page.records.count + frame.count < limit else { return }
            frame.append(
              StoredRecord(
                sequence: sequence, time: Timestamp(microseconds: time), record: try Record.decode(bytes),
                seal: Digest256()))
          }
          guard let read else { break }
          for var stored in frame {
            stored.seal = read.seal
            page.records.append(stored)
          }
        }
      } catch {
        throw .journalUnreadable("\(error)")
      }
      let next = page.records.last.map { $0.sequence + 1 } ?? reader.nextSequence
      if next <= through { page.next = next }
      return page
    }
  }

  /// Checks the chain of seals from the frame that holds `first` up to `last`, a bounded part of it at a time.
  package nonisolated func verifyChain(
    from first: UInt64, through last: UInt64, recordsMaximum: Int
  ) async throws(FeedError) -> ChainReport {
    let last = min(last, feed.lastSequence)
    return try await reading.read { [reading] () throws(FeedError) in
      guard let journal = reading.journal else { throw .stopped }
      let reader = journal.reader(from: max(first, 1))
      var report = ChainReport(
        first: max(first, 1), last: max(first, 1) - 1, frames: 0, records: 0, seal: Digest256(), next: nil)
      do throws(JournalError) {
        while reader.nextSequence <= last, report.records < recordsMaximum {
          guard let frame = try reader.readFrame({ _, _, _ in report.records += 1 }) else { break }
          report.frames += 1
          report.last = frame.lastSequence
          report.seal = frame.seal
        }
      } catch {
        throw .journalUnreadable("\(error)")
      }
      if reader.nextSequence <= last { report.next = reader.nextSequence }
      return report
    }
  }
}
