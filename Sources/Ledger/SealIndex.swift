internal import Digests

/// Which frame holds which record, and that frame's seal: what a receipt needs.
///
/// 40 bytes for each frame, in blocks that never move, so that growth copies nothing.
struct SealIndex {
  private static let blockCapacity = 4096

  private struct Frame {
    var lastSequence: UInt64
    var seal: Digest256
  }

  private var blocks: [[Frame]] = []
  private(set) var lastSequence: UInt64 = 0

  /// Frames come in order; one that holds no record (the mark of a clean stop) adds nothing.
  mutating func append(lastSequence: UInt64, seal: Digest256) {
    guard lastSequence > self.lastSequence else { return }
    self.lastSequence = lastSequence
    if blocks.last.map({ $0.count == Self.blockCapacity }) ?? true {
      blocks.append([])
      blocks[blocks.count - 1].reserveCapacity(Self.blockCapacity)
    }
    blocks[blocks.count - 1].append(Frame(lastSequence: lastSequence, seal: seal))
  }

  /// nil beyond the last frame.
  func seal(of sequence: UInt64) -> Digest256? {
    guard sequence > 0, sequence <= lastSequence else { return nil }
    let block = firstIndex(0..<blocks.count) { blocks[$0][blocks[$0].count - 1].lastSequence >= sequence }
    let frame = firstIndex(0..<blocks[block].count) { blocks[block][$0].lastSequence >= sequence }
    return blocks[block][frame].seal
  }

  var count: Int { blocks.reduce(0) { $0 + $1.count } }

  func eachFrame<Failure: Error>(
    _ body: (_ lastSequence: UInt64, _ seal: Digest256) throws(Failure) -> Void
  ) throws(Failure) {
    for block in blocks { for frame in block { try body(frame.lastSequence, frame.seal) } }
  }

  /// The first index for which `isBehind` holds; it holds for the last one.
  private func firstIndex(_ range: Range<Int>, where isBehind: (Int) -> Bool) -> Int {
    var low = range.lowerBound
    var high = range.upperBound - 1
    while low < high {
      let middle = (low + high) / 2
      if isBehind(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
