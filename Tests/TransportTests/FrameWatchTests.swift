import HTTPStreams
import Testing

@testable import Transport

private typealias Frame = RawClient.Frame

@Suite struct FrameWatchTests {
  private func scan(_ watch: inout FrameWatch, _ bytes: [UInt8], at now: Int64 = 0) -> FrameWatch.Verdict {
    bytes.withUnsafeBytes { watch.scan($0, now: MonotonicInstant(nanoseconds: now)) }
  }

  @Test func seesTheSameHoweverTheBytesAreCut() {
    let script =
      RawClient.preface + Frame.settings([(3, 1)]).bytes + Frame.data(1, []).bytes + Frame.ping().bytes
      + Frame.data(1, [1, 2, 3]).bytes + Frame(type: 0xEE).bytes
    for step in 1...script.count {
      var watch = FrameWatch(expectsPreface: true, burst: 10)
      for start in stride(from: 0, to: script.count, by: step) {
        let verdict = scan(&watch, Array(script[start..<min(script.count, start + step)]))
        #expect(verdict == .fine)
      }
      #expect(watch.unfinishedSince == nil)
      // SETTINGS, empty DATA and PING cost one each, the body gives them back, the unknown frame costs one.
      for left in (0..<10).reversed() {
        let verdict = scan(&watch, Frame.ping().bytes)
        #expect(verdict == (left > 0 ? .fine : .flooded), "step \(step), \(left) left")
      }
    }
  }

  @Test func knowsSinceWhenAFrameIsUnfinished() {
    let frame = Frame.data(1, [1, 2, 3]).bytes
    var watch = FrameWatch(expectsPreface: false, burst: 10)
    for (index, byte) in frame.dropLast().enumerated() {
      _ = scan(&watch, [byte], at: 100 + Int64(index))
      #expect(watch.unfinishedSince == MonotonicInstant(nanoseconds: 100))
    }
    // The end of one and the beginning of the next: a new time.
    _ = scan(&watch, [frame[frame.count - 1], 0], at: 500)
    #expect(watch.unfinishedSince == MonotonicInstant(nanoseconds: 500))
  }

  @Test func aHeaderBlockIsOneUnitWithItsContinuations() {
    var watch = FrameWatch(expectsPreface: false, burst: 10)
    _ = scan(&watch, Frame(type: Frame.headers, stream: 1, payload: [0x83]).bytes, at: 1)
    _ = scan(&watch, Frame(type: Frame.continuation, stream: 1, payload: [0x83]).bytes, at: 2)
    #expect(watch.unfinishedSince == MonotonicInstant(nanoseconds: 1))
    _ = scan(
      &watch, Frame(type: Frame.continuation, flags: Frame.endHeaders, stream: 1, payload: [0x83]).bytes, at: 3)
    #expect(watch.unfinishedSince == nil)
  }
}
