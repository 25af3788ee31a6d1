/// Measures the frames on their way to the disk.
package struct FrameMeter: Sendable {
  let monotonicNanoseconds: @Sendable () -> Int64
  /// Records, bytes on disk, and the time of write and sync; called by the writer, so it must not wait.
  let record: @Sendable (_ records: UInt64, _ bytes: Int, _ nanoseconds: Int64) -> Void

  package init(
    monotonicNanoseconds: @escaping @Sendable () -> Int64,
    record: @escaping @Sendable (_ records: UInt64, _ bytes: Int, _ nanoseconds: Int64) -> Void
  ) {
    self.monotonicNanoseconds = monotonicNanoseconds
    self.record = record
  }
}

package struct JournalOptions: Sendable {
  /// Who runs the writer and prepares the spare.
  package enum Threading: Sendable {
    case own
    /// Nobody: tests call `runWriterOnce` and `prepareSpareOnce`.
    case manual
  }

  /// The length of new segments: large enough that rotation (three syncs more) is rare, small enough that a spare is ready
  /// in time. A multiple of 4,096.
  package var segmentBytes = 64 << 20

  /// The longest body of a frame: a batch of 8,192 records is some 3 MB. At most 8 MiB, which every reader accepts.
  package var frameBodyBytes = FrameLayout.bodyBytesMaximum

  /// How often a spare is tried again when the disk was full.
  package var spaceRetryNanoseconds: Int64 = 1_000_000_000

  package var threading = Threading.own

  /// Told of every frame that became durable; nil measures nothing.
  package var frameMeter: FrameMeter?

  package init() {}

  func check() throws(JournalError) {
    guard segmentBytes % blockBytes == 0, segmentBytes <= SegmentLayout.segmentBytesMaximum else {
      throw .unusableOptions("segmentBytes (\(segmentBytes)) must be a multiple of \(blockBytes)")
    }
    guard (1...FrameLayout.bodyBytesMaximum).contains(frameBodyBytes) else {
      throw .unusableOptions("frameBodyBytes (\(frameBodyBytes)) must be 1 to \(FrameLayout.bodyBytesMaximum)")
    }
    let least =
      SegmentLayout.firstFrameOffset + FrameLayout.paddedBytes(body: frameBodyBytes) + SegmentLayout.stopFrameBytes
      + SegmentLayout.trailerBytes
    guard segmentBytes >= least else {
      throw .unusableOptions("segmentBytes (\(segmentBytes)) is less than one frame needs (\(least))")
    }
  }
}
