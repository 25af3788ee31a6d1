/// Records that will lie in one frame. Only valid within `Journal.withBatch`.
package struct Batch: ~Copyable {
  private let frame: FrameBuffer
  private let refusal: JournalError
  private var room: Int

  /// The time of every record in this frame, in microseconds since 1970: when the frame's first batch began, and never
  /// before an earlier frame. Decisions are made at this time, so that a replay sees the same one.
  package let timeMicroseconds: Int64

  /// What the next record will get.
  package private(set) var nextSequence: UInt64

  init(frame: FrameBuffer, nextSequence: UInt64, room: Int, refusal: JournalError) {
    self.frame = frame
    self.refusal = refusal
    self.room = room
    self.nextSequence = nextSequence
    timeMicroseconds = frame.timeMicroseconds
  }

  /// The longest record, in bytes, that can be appended now. Decide only while there is credit for the longest record that
  /// the decision may give; n records of m bytes need n * (m + `recordOverheadBytes`). Less, or 0: the frame being
  /// collected is full while another is being synced (it passes), the disk is full (it passes when there is space), or the
  /// journal has ended.
  package var credit: Int { max(0, room - FrameLayout.recordLengthBytes) }

  package static var recordOverheadBytes: Int { FrameLayout.recordLengthBytes }

  /// Why there is no credit: `.noCredit`, `.stopped`, or the failure that poisoned the journal. Only when credit is short.
  package var shortage: JournalError { refusal }

  /// Appends a copy of the record and returns its sequence. Throws, and appends nothing, when it is longer than `credit`.
  @discardableResult
  package mutating func append(_ record: UnsafeRawBufferPointer) throws(JournalError) -> UInt64 {
    try append(maximumBytes: record.count) { space throws(JournalError) in
      space.copyMemory(from: record)
      return record.count
    }
  }

  /// Appends a record that `write` puts where it will be sealed: it fills a prefix of what it gets and returns its length.
  /// Throws, and appends nothing, when `maximumBytes` is more than `credit`, or when `write` throws.
  @discardableResult
  package mutating func append(
    maximumBytes: Int, _ write: (UnsafeMutableRawBufferPointer) throws(JournalError) -> Int
  ) throws(JournalError) -> UInt64 {
    guard maximumBytes <= credit else { throw refusal }
    let before = frame.bodyBytes
    try frame.append(maximumBytes: maximumBytes, write)
    room -= frame.bodyBytes - before
    defer { nextSequence += 1 }
    return nextSequence
  }
}
