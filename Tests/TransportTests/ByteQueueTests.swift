import HTTPStreams
import Testing

@testable import Transport

@Suite struct ByteQueueTests {
  @Test func givesBackWhatWasPutInInOrder() {
    for seed in 1...20 as ClosedRange<UInt64> {
      var random = SplitMix(state: seed)
      var queue = ByteQueue()
      var put: [UInt8] = []
      var got: [UInt8] = []
      for _ in 0..<300 {
        if Bool.random(using: &random) {
          let bytes = (0..<Int.random(in: 0...700, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random)
          }
          put += bytes
          bytes.withUnsafeBytes { queue.append($0) }
        } else {
          var target = [UInt8](repeating: 0, count: Int.random(in: 1...900, using: &random))
          let limit = target.count
          let count = target.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { queue.take(into: $0, atMost: limit) } ?? 0
          }
          got += target[..<count]
        }
        #expect(queue.count == put.count - got.count, "seed \(seed)")
      }
      #expect(got == Array(put.prefix(got.count)), "seed \(seed)")
    }
  }
}
