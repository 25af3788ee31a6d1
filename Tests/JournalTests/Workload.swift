import Digests
import JournalTesting
import Testing

@testable import Journal

/// A run of a journal with all that one does: frames, rotations, three snapshots with archiving, a clean stop. Its state is
/// a hash over all records in order, so that one that is lost, doubled or changed shows.
struct Workload {
  /// What an outside client would know.
  struct Book {
    /// The last record of which a report came.
    var acknowledged: UInt64 = 0
    /// The last record that was handed over.
    var appended: UInt64 = 0
    var error: JournalError?
  }

  static func record(_ sequence: UInt64) -> [UInt8] {
    TestJournal.record(sequence, bytes: Int(sequence * 997 % 4000))
  }

  /// The state behind `sequence` records.
  static func state(_ sequence: UInt64) -> Digest256 {
    var state = Digest256()
    for next in 1..<sequence + 1 { state = evolve(state, record(next)) }
    return state
  }

  static func evolve(_ state: Digest256, _ record: [UInt8]) -> Digest256 {
    var sha = SHA256()
    sha.update(state)
    sha.update(record)
    return sha.finalize()
  }

  static func run(on disk: SimulatedDisk, frames: Int = 15) -> Book {
    var book = Book()
    do throws(JournalError) {
      let test = try TestJournal(disk)
      defer { book.acknowledged = test.reports.frames.last?.lastSequence ?? book.acknowledged }
      book.appended = test.journal.durableSequence
      book.acknowledged = book.appended
      for frame in 1...frames {
        let records = (1...UInt64(frame % 3 + 1)).map { record(book.appended + $0) }
        book.appended += UInt64(records.count)
        try test.write(records)
        if frame % 5 == 0, let last = test.reports.frames.last, last.lastSequence == test.journal.durableSequence {
          try snapshot(test.journal, last)
        }
      }
      try test.journal.stop()
    } catch {
      book.error = error
    }
    return book
  }

  static func snapshot(_ journal: Journal, _ frame: DurableFrame) throws(JournalError) {
    let state = state(frame.lastSequence)
    try journal.writeSnapshot(sequence: frame.lastSequence, seal: frame.seal, stateHash: state) {
      (writer) throws(JournalError) in
      let result: Result<Void, JournalError> = state.withUnsafeBytes { bytes in
        do throws(JournalError) { return .success(try writer.append(bytes)) } catch { return .failure(error) }
      }
      try result.get()
    }
  }

  /// The oracle: starts on what is left; everything acknowledged is there and right, nothing that was not handed over is,
  /// and the journal works on.
  @discardableResult
  static func check(
    _ disk: SimulatedDisk, _ book: Book, _ comment: Comment, sourceLocation: SourceLocation = #_sourceLocation
  ) -> UInt64 {
    do throws(JournalError) {
      let test = try TestJournal(disk)
      let begin = test.snapshot?.sequence ?? 0
      let last = test.journal.durableSequence
      #expect(last >= book.acknowledged, comment, sourceLocation: sourceLocation)
      #expect(last <= book.appended, comment, sourceLocation: sourceLocation)
      var current = test.snapshotBody.withUnsafeBytes { Digest256(bytes: $0) } ?? Digest256()
      for sequence in begin + 1..<last + 1 { current = evolve(current, test.replayed[sequence] ?? []) }
      #expect(test.replayed.count == Int(last - begin), comment, sourceLocation: sourceLocation)
      #expect(current == state(last), comment, sourceLocation: sourceLocation)
      let next = try test.write([record(last + 1)])
      #expect(next == last + 1, comment, sourceLocation: sourceLocation)
      return last
    } catch {
      Issue.record("\(comment): \(error)", sourceLocation: sourceLocation)
      return 0
    }
  }
}
