import GRPCProto
import HTTPStreams
import RPC
import SettlementClient
import SettlementProto
import SwiftProtobuf
import Testing

@Suite("SettlementClient")
struct SettlementClientTests {
  static func submit(_ requestID: String = "r1") -> Settlement_V1_SubmitWithdrawalRequest {
    var request = Settlement_V1_SubmitWithdrawalRequest()
    request.requestID = requestID
    request.agent = "a1"
    return request
  }

  static func withdrawal(_ id: String = "wd_1") throws -> [UInt8] {
    var withdrawal = Settlement_V1_Withdrawal()
    withdrawal.id = id
    return try withdrawal.serializedBytes()
  }

  static func status(_ code: RPCStatus.Code, _ reason: String) -> AttemptFailure {
    .answered(RPCStatus(code, "because", details: [.errorInfo(reason: reason, domain: "settlement")]))
  }

  @Test("a lost answer is asked for again with the very same bytes, over a new connection")
  func sameRequestAgain() async throws {
    let server = ScriptedServer(answers: [
      .loses(.lost("cut")), .fails(.notProcessed("goaway")), .replies(try Self.withdrawal()),
    ])
    let client = SettlementClient(source: server, clock: TestClock())
    let got = try await client.submitWithdrawal(Self.submit())
    #expect(got.id == "wd_1")
    #expect(server.calls.count == 3)
    #expect(Set(server.calls.map(\.request)).count == 1)
    #expect(server.connectionsMade == 2)
    let sent = try Settlement_V1_SubmitWithdrawalRequest(serializedBytes: server.calls[2].request)
    #expect(sent.requestID == "r1")
    #expect(server.calls[0].path == "/settlement.v1.WithdrawalService/SubmitWithdrawal")
  }

  @Test(
    "how a call ends says what is known about its effect",
    arguments: [
      ([.fails(status(.failedPrecondition, "INSUFFICIENT_FUNDS"))], .refused),
      ([.fails(status(.alreadyExists, "REQUEST_ID_REUSED"))], .refused),
      ([.fails(status(.aborted, "ETAG_MISMATCH"))], .refused),
      ([.fails(status(.invalidArgument, "INVALID_FIELDS"))], .invalid),
      ([.fails(status(.outOfRange, "BALANCE_OVERFLOW"))], .invalid),
      ([.fails(status(.notFound, "AGENT_NOT_FOUND"))], .notFound),
      ([.fails(status(.permissionDenied, "ROLE_NOT_ALLOWED"))], .notPermitted),
      ([.fails(status(.unauthenticated, "CERTIFICATE_WITHOUT_NAME"))], .notPermitted),
      ([.fails(.handshakeRefused("unknown ca"))], .notPermitted),
      ([.fails(status(.resourceExhausted, "MAILBOX_FULL"))], .overloaded),
      ([.fails(status(.unimplemented, "NONE"))], .failed),
      // What may have happened stays open until an answer closes it.
      ([.fails(status(.internal, "INTERNAL"))], .outcomeUnknown),
      ([.fails(.lost("cut")), .fails(status(.resourceExhausted, "MAILBOX_FULL"))], .outcomeUnknown),
      ([.fails(.lost("cut")), .fails(.handshakeRefused("expired"))], .notPermitted),
      ([.fails(.lost("cut")), .fails(status(.failedPrecondition, "INSUFFICIENT_FUNDS"))], .refused),
      ([.fails(.notProcessed("goaway")), .fails(status(.resourceExhausted, "MAILBOX_FULL"))], .overloaded),
      ([.fails(status(.unavailable, "STOPPING")), .fails(status(.resourceExhausted, "MAILBOX_FULL"))], .overloaded),
      ([.fails(status(.unavailable, "OUTCOME_UNKNOWN")), .fails(status(.unimplemented, "NONE"))], .outcomeUnknown),
      ([.fails(status(.deadlineExceeded, "DEADLINE_BEFORE_TURN"))], .unreachable),
      ([.fails(.answered(RPCStatus(.deadlineExceeded)))], .outcomeUnknown),
    ] as [([ScriptedServer.Answer], SettlementError.Kind)])
  func endings(answers: [ScriptedServer.Answer], kind: SettlementError.Kind) async throws {
    let server = ScriptedServer(answers: answers)
    let client = SettlementClient(source: server, clock: TestClock())
    let error = await #expect(throws: SettlementError.self) { try await client.submitWithdrawal(Self.submit()) }
    #expect(error?.kind == kind, "\(String(describing: error))")
    #expect(error?.attempts == answers.count)
    #expect(error?.method == "SubmitWithdrawal")
  }

  @Test("a read has no effect to wonder about")
  func reads() async throws {
    let server = ScriptedServer(answers: [.fails(.answered(RPCStatus(.deadlineExceeded)))])
    let client = SettlementClient(source: server, clock: TestClock())
    let error = await #expect(throws: SettlementError.self) {
      try await client.getWithdrawal(Settlement_V1_GetWithdrawalRequest())
    }
    #expect(error?.kind == .unreachable)
  }

  @Test("a server that is not there is given up after a few attempts, and nothing was sent")
  func unreachable() async throws {
    let server = ScriptedServer(connects: Array(repeating: .fails(.unreachable("refused")), count: 10))
    let clock = TestClock()
    let client = SettlementClient(source: server, clock: clock)
    let error = await #expect(throws: SettlementError.self) { try await client.submitWithdrawal(Self.submit()) }
    #expect(error?.kind == .unreachable)
    #expect(error?.attempts == RetryPolicy().connectAttempts)
    #expect(clock.sleeps == [25_000_000, 50_000_000, 100_000_000])
    #expect(server.calls.isEmpty)
  }

  @Test("the deadline holds for the whole call, and each attempt gets what is left of it")
  func deadline() async throws {
    let server = ScriptedServer(answers: Array(repeating: .fails(.lost("silence")), count: 100))
    let clock = TestClock()
    var options = SettlementClient.Options()
    options.callTimeoutNanoseconds = 1_000_000_000
    options.attemptTimeoutNanoseconds = 900_000_000
    let client = SettlementClient(source: server, options: options, clock: clock)
    let error = await #expect(throws: SettlementError.self) { try await client.submitWithdrawal(Self.submit()) }
    #expect(error?.kind == .outcomeUnknown)
    #expect(clock.now.nanoseconds < 1_000_000_000)
    #expect(server.calls.first?.timeoutNanoseconds == 900_000_000)
    #expect(server.calls.last.map { $0.timeoutNanoseconds < 900_000_000 } == true)
  }

  @Test("a server's delay that passes the deadline is not waited for")
  func longDelay() async throws {
    let status = RPCStatus(
      .resourceExhausted, "enough",
      details: [
        .errorInfo(reason: "TOO_MANY_REFUSALS", domain: "settlement"),
        .retryInfo(afterNanoseconds: 3_600_000_000_000),
      ])
    let server = ScriptedServer(answers: [.fails(.answered(status))])
    let clock = TestClock()
    let client = SettlementClient(source: server, clock: clock)
    let error = await #expect(throws: SettlementError.self) { try await client.submitWithdrawal(Self.submit()) }
    #expect(error?.kind == .overloaded)
    #expect(error?.reason == "TOO_MANY_REFUSALS")
    #expect(clock.sleeps.isEmpty)
  }

  @Test("a cancelled task ends its call")
  func cancelled() async throws {
    let server = ScriptedServer(answers: [.fails(.lost("cut"))])
    let client = SettlementClient(source: server, clock: TestClock())
    let task = Task { () async throws -> Settlement_V1_Withdrawal in
      withUnsafeCurrentTask { $0?.cancel() }
      return try await client.submitWithdrawal(Self.submit())
    }
    let error = await #expect(throws: SettlementError.self) { try await task.value }
    #expect(error?.kind == .cancelled)
  }

  @Test("a reply that is no message is a mistake, not a result")
  func undecodable() async throws {
    let server = ScriptedServer(answers: [.replies([0xff])])
    let client = SettlementClient(source: server, clock: TestClock())
    let error = await #expect(throws: SettlementError.self) { try await client.submitWithdrawal(Self.submit()) }
    #expect(error?.kind == .failed)
  }

  @Test("calls that begin together share one connection")
  func oneConnection() async throws {
    let replies: [ScriptedServer.Answer] = Array(repeating: .replies(try Self.withdrawal()), count: 50)
    let server = ScriptedServer(answers: replies)
    let client = SettlementClient(source: server, clock: TestClock())
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<50 {
        group.addTask { _ = try await client.submitWithdrawal(Self.submit("r\(number)")) }
      }
      try await group.waitForAll()
    }
    #expect(server.connectionsMade == 1)
    #expect(Set(server.calls.map(\.request)).count == 50)
  }

  @Test("the details of a refusal are at hand")
  func details() async throws {
    let status = RPCStatus(
      .failedPrecondition, "too little",
      details: [
        .errorInfo(reason: "INSUFFICIENT_FUNDS", domain: "settlement", metadata: ["available": "5"]),
        .badRequest([(field: "amount", description: "too much")]),
        .localizedMessage(locale: "zh-CN", "余额不足"),
      ])
    let error = SettlementError(kind: .refused, method: "SubmitWithdrawal", status: status, attempts: 1)
    #expect(error.reason == "INSUFFICIENT_FUNDS")
    #expect(error.figures == ["available": "5"])
    #expect(error.localizedMessage == "余额不足")
    #expect(error.violations.map(\.field) == ["amount"])
    #expect(error.violations.map(\.description) == ["too much"])
  }

  @Test("fresh request ids fit and do not repeat")
  func requestIDs() {
    let ids = Set((0..<1000).map { _ in RequestID.fresh { .random(in: .min ... .max) } })
    #expect(ids.count == 1000)
    #expect(ids.allSatisfy { $0.utf8.count == 28 && $0.hasPrefix("r-") })
    #expect(RequestID.fresh { 0 } == "r-" + String(repeating: "0", count: 26))
    #expect(RequestID.fresh { .max } == "r-" + String(repeating: "z", count: 26))
  }
}
