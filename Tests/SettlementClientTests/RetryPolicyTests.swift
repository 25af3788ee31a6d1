import GRPCProto
import RPC
import SettlementClient
import SwiftProtobuf
import Testing

@Suite("When to try again")
struct RetryPolicyTests {
  static let delay = StatusDetail.retryInfo(afterNanoseconds: 700_000_000)

  @Test(
    "follows from how the attempt ended",
    arguments: [
      (.unreachable("no route"), 1, .retry(afterNanoseconds: 25_000_000)),
      (.unreachable("no route"), 4, .giveUp),
      (.notProcessed("goaway"), 1, .retry(afterNanoseconds: 25_000_000)),
      (.lost("cut"), 1, .retry(afterNanoseconds: 25_000_000)),
      (.handshakeRefused("unknown ca"), 1, .giveUp),
      (.cancelled, 1, .giveUp),
      (.answered(RPCStatus(.unavailable)), 1, .retry(afterNanoseconds: 25_000_000)),
      (.answered(RPCStatus(.unavailable, details: [delay])), 1, .retry(afterNanoseconds: 700_000_000)),
      (.answered(RPCStatus(.resourceExhausted)), 1, .giveUp),
      (.answered(RPCStatus(.resourceExhausted, details: [delay])), 1, .retry(afterNanoseconds: 700_000_000)),
    ] as [(AttemptFailure, Int, RetryPolicy.Decision)])
  func decisions(failure: AttemptFailure, connectFailures: Int, expected: RetryPolicy.Decision) {
    let decision = RetryPolicy().decide(after: failure, attempt: 1, connectFailures: connectFailures, random: 0)
    #expect(decision == expected)
  }

  @Test(
    "an answer that decides is not asked for again",
    arguments: RPCStatus.Code.allCases.filter { $0 != .unavailable && $0 != .resourceExhausted })
  func decided(code: RPCStatus.Code) {
    let failure = AttemptFailure.answered(RPCStatus(code, details: [Self.delay]))
    #expect(RetryPolicy().decide(after: failure, attempt: 1, connectFailures: 0, random: 0) == .giveUp)
  }

  @Test("pauses double up to the longest, and chance takes up to half of them")
  func backoff() throws {
    func pause(_ attempt: Int, _ random: UInt64) throws -> Int64 {
      let decision = RetryPolicy().decide(after: .lost(""), attempt: attempt, connectFailures: 0, random: random)
      guard case .retry(let pause) = decision else { throw RPCStatus(.internal, "no retry at \(attempt)") }
      return pause
    }
    let wholes: [Int64] = [50, 100, 200, 400, 800, 1600, 2000, 2000].map { $0 * 1_000_000 }
    for (index, whole) in wholes.enumerated() {
      let shortest = try pause(index + 1, 0)
      #expect(shortest == whole / 2)
      let longest = try pause(index + 1, UInt64(whole / 2 - 1))
      #expect(longest == whole - 1)
    }
    let late = try pause(.max, .max)
    #expect((1_000_000_000..<2_000_000_000).contains(late))
  }

  @Test("a server's delay is never negative and never overflows")
  func strangeDelays() {
    func delay(_ seconds: Int64, _ nanos: Int32) -> Int64? {
      var info = Google_Rpc_RetryInfo()
      info.retryDelay = .init(seconds: seconds, nanos: nanos)
      return RPCStatus(.unavailable, details: [StatusDetail(info)]).retryDelayNanoseconds
    }
    #expect(delay(1, 500_000_000) == 1_500_000_000)
    #expect(delay(-1, 0) == 0)
    #expect(delay(.min, -1) == 0)
    #expect(delay(.max, 999_999_999) == .max)
    #expect(RPCStatus(.unavailable).retryDelayNanoseconds == nil)
  }
}
