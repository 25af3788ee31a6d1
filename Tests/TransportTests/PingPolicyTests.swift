import HTTPStreams
import Testing

@testable import Transport

@Suite struct PingPolicyTests {
  @Test func strikesAreCountedByIntervalAndForgivenByData() {
    let limits = ConnectionLimits()
    let minute: Int64 = 60_000_000_000
    func at(_ minutes: Int64) -> MonotonicInstant { MonotonicInstant(nanoseconds: minutes * minute) }
    // Every six minutes with streams is allowed for ever.
    var patient = PingPolicy()
    let allowed = (0..<20).map { patient.received(at: at($0 * 6), hasStreams: true, limits) }
    #expect(!allowed.contains(false))
    // Without streams it is too often: the third repetition goes beyond two strikes.
    var idle = PingPolicy()
    let counted = (0..<4).map { idle.received(at: at($0 * 6), hasStreams: false, limits) }
    #expect(counted == [true, true, true, false])
    var busy = PingPolicy()
    for _ in 0..<10 {
      let forgiven = (0..<3).map { _ in busy.received(at: at(0), hasStreams: true, limits) }
      #expect(forgiven == [true, true, true])
      busy.sentData()
    }
  }
}
