import HTTPStreams
import RPC
import Testing
import Transport

@testable import SettlementClient

/// What the layers below say, in the words of retries.
@Suite("Failures of attempts")
struct AttemptFailureTests {
  @Test("a call that the server never looked at, one that may have taken effect, and one that was answered")
  func calls() {
    let refused = RPCFailure(RPCStatus(.unavailable, "refused"), effect: .none)
    #expect(AttemptFailure(call: refused) == .notProcessed("refused"))
    let lost = RPCStatus(.unavailable, "the connection was lost during the call")
    #expect(AttemptFailure(call: RPCFailure(lost)) == .answered(lost))
    let answer = RPCStatus(.notFound, "no", details: [.errorInfo(reason: "AGENT_NOT_FOUND", domain: "settlement")])
    #expect(AttemptFailure(call: RPCFailure(answer)) == .answered(answer))
  }

  @Test("an attempt's time-out may be tried again; the server's word that nothing was done stays an answer")
  func deadlines() {
    #expect(AttemptFailure(call: RPCFailure(RPCStatus(.deadlineExceeded))) == .lost("no answer came in time"))
    let sure = RPCStatus(
      .deadlineExceeded, "late", details: [.errorInfo(reason: "DEADLINE_BEFORE_TURN", domain: "settlement")])
    #expect(AttemptFailure(call: RPCFailure(sure)) == .answered(sure))
  }

  @Test("a cancelled task is told from a server that cancels")
  func cancellation() async {
    let status = RPCStatus(.cancelled, "cancelled")
    #expect(AttemptFailure(call: RPCFailure(status)) == .answered(status))
    let here = await Task { () -> AttemptFailure in
      withUnsafeCurrentTask { $0?.cancel() }
      return AttemptFailure(call: RPCFailure(status))
    }.value
    #expect(here == .cancelled)
    #expect(AttemptFailure(call: CancellationError()) == .cancelled)
  }

  @Test(
    "certificates that are not accepted are not tried again, a server that is away is",
    arguments: [
      (.certificateRefused("expired"), false), (.refusedByPeer("unknown ca"), false), (.noHTTP2, false),
      (.protocolError("wrong version number"), false), (.closedByPeer, true),
    ] as [(TLSFailure, Bool)])
  func handshakes(failure: TLSFailure, isTriedAgain: Bool) {
    let attempt = AttemptFailure(TransportError.tls(host: "h", port: 1, failure))
    let decision = RetryPolicy().decide(after: attempt, attempt: 1, connectFailures: 1, random: 0)
    #expect((decision != .giveUp) == isTriedAgain)
  }

  @Test("no connection is no effect")
  func connections() {
    for error in [
      TransportError.unreachable(host: "h", port: 1, reason: "refused"), .timedOut(host: "h", port: 1),
      .closed(host: "h", port: 1, .closedByPeer),
    ] {
      let attempt = AttemptFailure(error)
      #expect(attempt == .unreachable("\(error)"))
      #expect(Effect.none.after(attempt) == .none)
    }
  }
}
