import HTTPStreams
import Testing

@testable import Transport

@Suite struct TokenBucketTests {
  @Test func allowsABurstAndThenTheRate() {
    let second: Int64 = 1_000_000_000
    func at(_ nanoseconds: Int64) -> MonotonicInstant { MonotonicInstant(nanoseconds: nanoseconds) }
    var bucket = TokenBucket(burst: 3, perSecond: 2, now: at(0))
    func take(_ count: Int, _ now: Int64) -> [Bool] { (0..<count).map { _ in bucket.take(now: at(now)) } }
    let outcomes = [take(5, 0), take(3, second), take(4, 86_400 * second), take(1, 0), take(1, .max)]
    #expect(outcomes[0] == [true, true, true, false, false])
    #expect(outcomes[1] == [true, true, false])
    // A day later there is one burst, not a day's worth; a clock that goes back gives nothing.
    #expect(outcomes[2] == [true, true, true, false])
    #expect(outcomes[3] == [false])
    #expect(outcomes[4] == [true])
  }
}
