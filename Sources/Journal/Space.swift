/// A segment that is zero-filled, synced and has no place in the chain yet.
struct SpareSegment {
  var file: OpenFile
  var bytes: Int
}

/// Where the next frame goes.
enum Placement {
  case here(offset: Int)
  /// The frame is the first of a new segment.
  case inSpare(SpareSegment)
}

/// The room that has been granted: what is left of the current segment, and the spare. It is only counted here; the bytes
/// were written and synced before they were granted, so that a full disk cannot touch a record that has been decided.
struct Space {
  private var offset: Int
  private var framesEnd: Int
  private(set) var spare: SpareSegment?

  init(offset: Int, segmentBytes: Int) {
    self.offset = offset
    framesEnd = Self.framesEnd(segmentBytes)
  }

  /// Bytes of body that a frame may hold in all, wherever it goes.
  var bodyBytesMaximum: Int {
    max(Self.bodyBytes(in: framesEnd - offset), spare.map { Self.bodyBytes(in: Self.room($0)) } ?? 0)
  }

  mutating func removeSpare() -> SpareSegment? {
    defer { spare = nil }
    return spare
  }

  mutating func add(_ spare: SpareSegment) { self.spare = spare }

  /// Takes the room for a frame; `nil` when there is none, which a caller that has asked for credit never sees.
  mutating func take(paddedBytes: Int) -> Placement? {
    if paddedBytes <= framesEnd - offset {
      defer { offset += paddedBytes }
      return .here(offset: offset)
    }
    guard let spare, paddedBytes <= Self.room(spare) else { return nil }
    self.spare = nil
    offset = SegmentLayout.firstFrameOffset + paddedBytes
    framesEnd = Self.framesEnd(spare.bytes)
    return .inSpare(spare)
  }

  /// The block behind the frames, kept for the frame of a clean stop.
  var stopFrameOffset: Int { offset }

  private static func framesEnd(_ segmentBytes: Int) -> Int {
    segmentBytes - SegmentLayout.trailerBytes - SegmentLayout.stopFrameBytes
  }
  private static func room(_ spare: SpareSegment) -> Int {
    framesEnd(spare.bytes) - SegmentLayout.firstFrameOffset
  }
  private static func bodyBytes(in room: Int) -> Int {
    max(0, room / blockBytes * blockBytes - FrameLayout.headerBytes - FrameLayout.sealBytes)
  }
}
