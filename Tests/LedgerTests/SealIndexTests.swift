import Digests
import Testing

@testable import Ledger

@Suite struct SealIndexTests {
  /// A seal that tells its frame.
  private func seal(_ number: UInt64) -> Digest256 { withUnsafeBytes(of: number) { SHA256.hash($0) } }

  @Test func everySequenceFindsTheFrameThatHoldsIt() {
    var index = SealIndex()
    // Frames of 1, 2, 3, ... records, over several blocks.
    var owner: [UInt64] = [0]
    var last: UInt64 = 0
    for frame in 1...9_000 as ClosedRange<UInt64> {
      let records = frame % 5 + 1
      last += records
      index.append(lastSequence: last, seal: seal(frame))
      owner.append(contentsOf: Array(repeating: frame, count: Int(records)))
    }
    #expect(index.count == 9_000)
    for sequence in 1...last where sequence % 7 == 0 || sequence < 50 {
      #expect(index.seal(of: sequence) == seal(owner[Int(sequence)]))
    }
    #expect(index.seal(of: 0) == nil)
    #expect(index.seal(of: last + 1) == nil)
  }

  @Test func aFrameWithoutRecordsAddsNothing() {
    var index = SealIndex()
    index.append(lastSequence: 3, seal: seal(1))
    index.append(lastSequence: 3, seal: seal(2))
    #expect(index.count == 1)
    #expect(index.seal(of: 3) == seal(1))
  }
}
