import Foundation
import Ledger
import LedgerCore
import RPC
import SettlementProto
import SwiftProtobuf
import Testing

@testable import Services

/// One line each: what comes in -> code, reason, the fields that are named. None of it leaves a trace.
@Suite struct BadInputTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let what: String
    let caller: Principal.Role
    let method: Services.Method
    let request: @Sendable () throws -> [UInt8]
    let code: RPCStatus.Code
    let reason: String
    let fields: [String]
    var testDescription: String { "\(method.name): \(what)" }

    init(
      _ what: String, _ method: Services.Method, _ request: @autoclosure @escaping @Sendable () throws -> [UInt8],
      _ code: RPCStatus.Code, _ reason: String, _ fields: [String] = [], by caller: Principal.Role? = nil
    ) {
      self.what = what
      self.method = method
      self.request = request
      self.code = code
      self.reason = reason
      self.fields = fields
      self.caller = caller ?? (method == .deposit ? .operator : .partner)
    }
  }

  static let long = String(repeating: "x", count: 65)
  static let invalid = "INVALID_FIELDS"
  static let noID = "wd_00000000000000"

  static func submit(
    _ agent: String = "a1", _ units: Int64 = 1, _ requestID: String = "r", _ payee: String = "p",
    _ currency: String = "CNY"
  ) throws -> [UInt8] {
    try Requests.submit(agent, units, requestID: requestID, payee: payee, currency: currency).serializedBytes()
  }

  static func deposit(
    _ agent: String = "a1", _ units: Int64 = 1, _ requestID: String = "r", partner: String = "demo",
    reference: String = "", currency: String = "CNY"
  ) throws -> [UInt8] {
    try Requests.deposit(
      partner, agent, units, requestID: requestID, reference: reference, currency: currency
    ).serializedBytes()
  }

  static func encoded<M: Message>(_ type: M.Type, _ fill: (inout M) -> Void) throws -> [UInt8] {
    var message = M()
    fill(&message)
    return try message.serializedBytes()
  }

  static let submits: [Case] = [
    Case(
      "nothing", .submitWithdrawal, [], .invalidArgument, invalid,
      ["request_id", "agent", "amount.currency_code", "amount.minor_units", "payee"]),
    Case("no request_id", .submitWithdrawal, try submit("a1", 1, ""), .invalidArgument, invalid, ["request_id"]),
    Case("no agent", .submitWithdrawal, try submit(""), .invalidArgument, invalid, ["agent"]),
    Case("no payee", .submitWithdrawal, try submit("a1", 1, "r", ""), .invalidArgument, invalid, ["payee"]),
    Case("amount 0", .submitWithdrawal, try submit("a1", 0), .invalidArgument, invalid, ["amount.minor_units"]),
    Case("amount -1", .submitWithdrawal, try submit("a1", -1), .invalidArgument, invalid, ["amount.minor_units"]),
    Case(
      "smallest amount", .submitWithdrawal, try submit("a1", .min), .invalidArgument, invalid, ["amount.minor_units"]),
    Case(
      "over-long names", .submitWithdrawal, try submit(long, 1, long, long), .invalidArgument, invalid,
      ["request_id", "agent", "payee"]),
    Case("control character", .submitWithdrawal, try submit("a\n1"), .invalidArgument, invalid, ["agent"]),
    Case(
      "lower-case currency", .submitWithdrawal, try submit("a1", 1, "r", "p", "cny"), .invalidArgument, invalid,
      ["amount.currency_code"]),
    Case(
      "no currency", .submitWithdrawal, try submit("a1", 1, "r", "p", ""), .invalidArgument, invalid,
      ["amount.currency_code"]),
    Case(
      "another currency", .submitWithdrawal, try submit("a1", 1, "r", "p", "USD"), .invalidArgument,
      "CURRENCY_NOT_SUPPORTED", ["amount.currency_code"]),
    Case(
      "request_id not UTF-8", .submitWithdrawal, [0x0a, 1, 0xff] + (try submit("a1", 1, "")), .invalidArgument, invalid,
      ["request_id"]),
    Case(
      "not UTF-8, then replaced", .submitWithdrawal, [0x0a, 1, 0xff] + (try submit()), .invalidArgument,
      "MALFORMED_MESSAGE"),
    Case(
      "unknown enums and long origins", .submitWithdrawal,
      try encoded(Settlement_V1_SubmitWithdrawalRequest.self) {
        $0 = Requests.submit("a1", 1, requestID: "r")
        ($0.speed, $0.acceleration) = (.UNRECOGNIZED(4), .UNRECOGNIZED(2))
        ($0.device, $0.address) = (long, "a\nb")
      }, .invalidArgument, invalid, ["speed", "acceleration", "device", "address"]),
    Case(
      "negative speed", .submitWithdrawal,
      try encoded(Settlement_V1_SubmitWithdrawalRequest.self) {
        $0 = Requests.submit("a1", 1, requestID: "r")
        $0.speed = .UNRECOGNIZED(-1)
      }, .invalidArgument, invalid, ["speed"]),
    Case(
      "a quote of nobody", .submitWithdrawal,
      try encoded(Settlement_V1_SubmitWithdrawalRequest.self) {
        $0 = Requests.submit("a1", 1, requestID: "r")
        $0.quote = "AQID"
      }, .failedPrecondition, "QUOTE_MISMATCH"),
    Case("unknown agent", .submitWithdrawal, try submit("nobody"), .notFound, "AGENT_NOT_FOUND"),
    Case("byte soup", .submitWithdrawal, [0xff, 0xff, 0xff], .invalidArgument, "MALFORMED_MESSAGE"),
  ]

  static let queries: [Case] = [
    Case("nothing", .getWithdrawal, [], .invalidArgument, invalid, ["id", "request_id"]),
    Case(
      "both", .getWithdrawal, try Requests.get(id: noID, requestID: "r").serializedBytes(), .invalidArgument, invalid,
      ["id", "request_id"]),
    Case("no id", .getWithdrawal, try Requests.get(id: "wd_1").serializedBytes(), .invalidArgument, invalid, ["id"]),
    Case(
      "wrong check symbol", .getWithdrawal, try Requests.get(id: "wd_00000000000001").serializedBytes(),
      .invalidArgument, invalid, ["id"]),
    Case(
      "over-long request_id", .getWithdrawal, try Requests.get(requestID: long).serializedBytes(), .invalidArgument,
      invalid, ["request_id"]),
    Case("unknown id", .getWithdrawal, try Requests.get(id: noID).serializedBytes(), .notFound, "WITHDRAWAL_NOT_FOUND"),
    Case(
      "unused request_id", .getWithdrawal, try Requests.get(requestID: "r").serializedBytes(), .notFound,
      "REQUEST_NOT_FOUND"),
    Case("byte soup", .getWithdrawal, [0x0a, 0x05], .invalidArgument, "MALFORMED_MESSAGE"),
    Case("nothing", .cancelWithdrawal, [], .invalidArgument, invalid, ["request_id", "id"]),
    Case(
      "everything wrong", .cancelWithdrawal,
      try Requests.cancel("x", requestID: long, etag: "ABC").serializedBytes(), .invalidArgument, invalid,
      ["request_id", "id", "etag"]),
    Case(
      "unknown id", .cancelWithdrawal, try Requests.cancel(noID, requestID: "c").serializedBytes(), .notFound,
      "WITHDRAWAL_NOT_FOUND"),
    Case("byte soup", .cancelWithdrawal, [0x0b], .invalidArgument, "MALFORMED_MESSAGE"),
  ]

  static let lists: [Case] = [
    Case(
      "wrong page", .listWithdrawals,
      try encoded(Settlement_V1_ListWithdrawalsRequest.self) { ($0.pageSize, $0.pageToken) = (-1, "x") },
      .invalidArgument, invalid, ["page_size", "page_token"]),
    Case(
      "strange state", .listWithdrawals,
      try encoded(Settlement_V1_ListWithdrawalsRequest.self) { $0.state = .UNRECOGNIZED(77) }, .invalidArgument,
      invalid,
      ["state"]),
    Case(
      "another partner", .listWithdrawals,
      try encoded(Settlement_V1_ListWithdrawalsRequest.self) { $0.partner = "other" }, .invalidArgument, invalid,
      ["partner"]),
    Case("staff without a partner", .listWithdrawals, [], .invalidArgument, invalid, ["partner"], by: .reader),
    Case(
      "wrong page", .listEntries,
      try encoded(Settlement_V1_ListEntriesRequest.self) { ($0.agent, $0.pageSize, $0.pageToken) = ("a1", -5, "00") },
      .invalidArgument, invalid, ["page_size", "page_token"]),
    Case(
      "unknown agent", .listEntries, try encoded(Settlement_V1_ListEntriesRequest.self) { $0.agent = "nobody" },
      .notFound, "AGENT_NOT_FOUND"),
    Case(
      "strange cursor", .watchWithdrawals,
      try encoded(Settlement_V1_WatchWithdrawalsRequest.self) { $0.cursor = "00" }, .invalidArgument, invalid,
      ["cursor"]),
    Case(
      "strange id", .watchWithdrawals, try encoded(Settlement_V1_WatchWithdrawalsRequest.self) { $0.id = "wd_1" },
      .invalidArgument, invalid, ["id"]),
    Case(
      "unknown id", .watchWithdrawals, try encoded(Settlement_V1_WatchWithdrawalsRequest.self) { $0.id = noID },
      .notFound, "WITHDRAWAL_NOT_FOUND"),
  ]

  static let reviews: [Case] = [
    Case(
      "nothing", .quoteWithdrawal, [], .invalidArgument, invalid,
      ["agent", "amount.currency_code", "amount.minor_units"]),
    Case(
      "unknown enums", .quoteWithdrawal,
      try encoded(Settlement_V1_QuoteWithdrawalRequest.self) {
        ($0.agent, $0.amount) = ("a1", Requests.money(1, "CNY"))
        ($0.speed, $0.acceleration, $0.device) = (.UNRECOGNIZED(9), .UNRECOGNIZED(9), long)
      }, .invalidArgument, invalid, ["speed", "acceleration", "device"]),
    Case(
      "unknown agent", .quoteWithdrawal,
      try encoded(Settlement_V1_QuoteWithdrawalRequest.self) {
        ($0.agent, $0.amount) = ("nobody", Requests.money(1, "CNY"))
      }, .notFound, "AGENT_NOT_FOUND"),
    Case(
      "everything wrong", .amendWithdrawal,
      try encoded(Settlement_V1_AmendWithdrawalRequest.self) { ($0.id, $0.etag) = ("wd_1", "x") }, .invalidArgument,
      invalid, ["request_id", "id", "payee", "etag"]),
    Case("nothing", .claimReview, [], .invalidArgument, invalid, ["request_id", "id"], by: .reviewer),
    Case("nothing", .releaseReview, [], .invalidArgument, invalid, ["request_id", "id"], by: .reviewer),
    Case("nothing", .approveWithdrawal, [], .invalidArgument, invalid, ["request_id", "id", "digest"], by: .reviewer),
    Case("nothing", .rejectWithdrawal, [], .invalidArgument, invalid, ["request_id", "id", "reason"], by: .reviewer),
    Case("nothing", .requestInformation, [], .invalidArgument, invalid, ["request_id", "id", "note"], by: .reviewer),
    Case("nothing", .escalateReview, [], .invalidArgument, invalid, ["request_id", "id", "reason"], by: .reviewer),
    Case("nothing", .placeHold, [], .invalidArgument, invalid, ["request_id", "id", "reason"], by: .compliance),
    Case("nothing", .liftHold, [], .invalidArgument, invalid, ["request_id", "id", "reason"], by: .compliance),
    Case(
      "a short digest", .approveWithdrawal,
      try encoded(Settlement_V1_ApproveWithdrawalRequest.self) {
        ($0.requestID, $0.id, $0.digest) = ("r", noID, .init([1, 2, 3]))
      }, .invalidArgument, invalid, ["digest"], by: .reviewer),
    Case(
      "unknown id", .claimReview,
      try encoded(Settlement_V1_ClaimReviewRequest.self) { ($0.requestID, $0.id) = ("r", noID) }, .notFound,
      "WITHDRAWAL_NOT_FOUND", by: .reviewer),
    Case(
      "wrong page", .listReviewQueue,
      try encoded(Settlement_V1_ListReviewQueueRequest.self) {
        ($0.partner, $0.claimedBy) = (long, long)
        ($0.minimumMinorUnits, $0.pageSize, $0.pageToken) = (-1, -1, "00")
      }, .invalidArgument, invalid, ["partner", "claimed_by", "minimum_minor_units", "page_size", "page_token"],
      by: .reader),
  ]

  static let payouts: [Case] = [
    Case("nothing", .retryWithdrawal, [], .invalidArgument, invalid, ["request_id", "id"]),
    Case(
      "everything wrong", .retryWithdrawal,
      try encoded(Settlement_V1_RetryWithdrawalRequest.self) { ($0.requestID, $0.id, $0.etag) = (long, "wd_1", "x") },
      .invalidArgument, invalid, ["request_id", "id", "etag"]),
    Case(
      "unknown id", .retryWithdrawal, try Channels.retry(noID).serializedBytes(), .notFound, "WITHDRAWAL_NOT_FOUND"),
    Case("byte soup", .retryWithdrawal, [0x0a, 0x05], .invalidArgument, "MALFORMED_MESSAGE"),
    Case(
      "nothing", .setChannelState, [], .invalidArgument, invalid, ["request_id", "channel", "state", "reason"],
      by: .operator),
    Case(
      "everything wrong", .setChannelState,
      try Channels.set(long, .UNRECOGNIZED(4), requestID: "a\nb", reason: long).serializedBytes(), .invalidArgument,
      invalid, ["request_id", "channel", "state", "reason"], by: .operator),
    Case(
      "negative state", .setChannelState, try Channels.set("card-a", .UNRECOGNIZED(-1)).serializedBytes(),
      .invalidArgument, invalid, ["state"], by: .operator),
    Case("byte soup", .setChannelState, [0xff], .invalidArgument, "MALFORMED_MESSAGE", by: .operator),
    Case(
      "nothing", .fundChannel, [], .invalidArgument, invalid,
      ["request_id", "channel", "amount.currency_code", "amount.minor_units", "reference"], by: .finance),
    Case(
      "everything wrong", .fundChannel,
      try Channels.fund(.min, long, requestID: long, currency: "cny", reference: long).serializedBytes(),
      .invalidArgument, invalid,
      ["request_id", "channel", "amount.currency_code", "amount.minor_units", "reference"], by: .finance),
    Case("nothing", .getChannelHealth, [], .invalidArgument, invalid, ["channel"], by: .reader),
    Case(
      "a long name", .getChannelHealth, try Channels.health(long).serializedBytes(), .invalidArgument, invalid,
      ["channel"], by: .reader),
    Case("nothing", .explainRouting, [], .invalidArgument, invalid, ["subject"], by: .reader),
    Case(
      "an empty question", .explainRouting,
      try encoded(Settlement_V1_ExplainRoutingRequest.self) { $0.question = .init() }, .invalidArgument, invalid,
      ["question.amount.currency_code", "question.amount.minor_units", "question.speed"], by: .reader),
    Case(
      "everything wrong", .explainRouting,
      try Channels.explain(-1, rail: "BANK_CARD", .UNRECOGNIZED(9), currency: "x").serializedBytes(), .invalidArgument,
      invalid,
      ["question.amount.currency_code", "question.amount.minor_units", "question.rail", "question.speed"], by: .reader),
    Case(
      "a strange id", .explainRouting, try Channels.explain("wd_1").serializedBytes(), .invalidArgument, invalid,
      ["withdrawal_id"], by: .reader),
    Case(
      "unknown id", .explainRouting, try Channels.explain(noID).serializedBytes(), .notFound, "WITHDRAWAL_NOT_FOUND",
      by: .reader),
    Case("nothing", .listAttempts, [], .invalidArgument, invalid, ["withdrawal_id"], by: .reader),
    Case(
      "unknown id", .listAttempts, try Channels.attempts(noID).serializedBytes(), .notFound, "WITHDRAWAL_NOT_FOUND",
      by: .reader),
    Case(
      "nothing", .resolveInDoubt, [], .invalidArgument, invalid,
      ["request_id", "doubt.withdrawal_id", "doubt.evidence", "doubt.verdict"], by: .finance),
    Case(
      "paid, without the amount", .resolveInDoubt,
      try Channels.doubt(noID, .paid).serializedBytes(), .invalidArgument, invalid,
      ["doubt.paid.currency_code", "doubt.paid.minor_units"], by: .finance),
    Case(
      "strayed, of another currency", .resolveInDoubt,
      try Channels.doubt(noID, .strayed, paid: -5, currency: "USD").serializedBytes(), .invalidArgument, invalid,
      ["doubt.paid.currency_code", "doubt.paid.minor_units"], by: .finance),
    Case(
      "failed, with an amount", .resolveInDoubt, try Channels.doubt(noID, .failed, paid: 5).serializedBytes(),
      .invalidArgument, invalid, ["doubt.paid"], by: .finance),
    Case(
      "an unknown verdict and a short hash", .resolveInDoubt,
      try encoded(Settlement_V1_ResolveInDoubtRequest.self) {
        $0 = Channels.doubt("wd_1", .UNRECOGNIZED(300))
        $0.doubt.evidence = .init([1])
      }, .invalidArgument, invalid, ["doubt.withdrawal_id", "doubt.evidence", "doubt.verdict"], by: .finance),
    Case(
      "a doubt by the other door", .createProposal,
      try encoded(Settlement_V1_CreateProposalRequest.self) {
        $0.requestID = "r"
        $0.doubt = Channels.doubt(noID, .paid, paid: 5, currency: "USD").doubt
      }, .invalidArgument, invalid, ["doubt.paid.currency_code"], by: .finance),
    Case(
      "unknown id", .resolveInDoubt, try Channels.doubt(noID, .failed).serializedBytes(), .notFound,
      "WITHDRAWAL_NOT_FOUND", by: .finance),
    Case("byte soup", .listAlarms, [0x0b], .invalidArgument, "MALFORMED_MESSAGE", by: .reader),
  ]

  static let accounts: [Case] = [
    Case("nothing", .createAgent, [], .invalidArgument, invalid, ["request_id", "agent"]),
    Case(
      "nothing, by staff", .createAgent, [], .invalidArgument, invalid, ["request_id", "partner", "agent"],
      by: .operator),
    Case(
      "for another partner", .createAgent,
      try encoded(Settlement_V1_CreateAgentRequest.self) {
        ($0.partner, $0.agent, $0.requestID) = ("other", "a9", "r")
      }, .invalidArgument, invalid, ["partner"]),
    Case(
      "an agent that exists", .createAgent,
      try encoded(Settlement_V1_CreateAgentRequest.self) { ($0.agent, $0.requestID) = ("a1", "r") }, .alreadyExists,
      "AGENT_EXISTS"),
    Case("nothing", .getAgent, [], .invalidArgument, invalid, ["agent"]),
    Case(
      "unknown agent", .getAgent, try encoded(Settlement_V1_GetAgentRequest.self) { $0.agent = "nobody" }, .notFound,
      "AGENT_NOT_FOUND"),
    Case("nothing", .getBalance, [], .invalidArgument, invalid, ["agent"]),
    Case(
      "strange currency", .getBalance,
      try encoded(Settlement_V1_GetBalanceRequest.self) { ($0.agent, $0.currencyCode) = ("a1", "cn") },
      .invalidArgument,
      invalid, ["currency_code"]),
    Case(
      "nothing", .deposit, [], .invalidArgument, invalid,
      ["request_id", "partner", "agent", "amount.currency_code", "amount.minor_units"]),
    Case("amount 0", .deposit, try deposit("a1", 0), .invalidArgument, invalid, ["amount.minor_units"]),
    Case(
      "over-long reference", .deposit, try deposit(reference: long), .invalidArgument, invalid, ["external_reference"]),
    Case(
      "another currency", .deposit, try deposit(currency: "USD"), .invalidArgument, "CURRENCY_NOT_SUPPORTED",
      ["amount.currency_code"]),
    Case("unknown partner", .deposit, try deposit(partner: "nobody"), .notFound, "AGENT_NOT_FOUND"),
    Case("overflow", .deposit, try deposit("a1", .max), .outOfRange, "BALANCE_OVERFLOW"),
  ]

  @Test func table() async throws {
    let house = try House(desk: ScriptedDesk(Channels.manifests))
    try await house.open("a1", "a2")
    let before = house.ledger.feed.lastSequence
    for line in Self.submits + Self.queries + Self.lists + Self.reviews + Self.payouts + Self.accounts {
      let caller = line.caller == .partner ? house.partner() : house.staff(line.caller)
      let status = await caller.failure(line.method, try line.request())
      #expect(status.code == line.code, "\(line.testDescription): \(status)")
      #expect(status.reason == line.reason, "\(line.testDescription)")
      #expect(status.badFields == line.fields, "\(line.testDescription)")
      #expect(!status.message.isEmpty, "\(line.testDescription)")
      #expect(house.ledger.feed.lastSequence == before, "\(line.testDescription)")
    }
    #expect(try await house.partner().available("a1") == 100_000)
    await house.close()
  }

  /// Whatever bytes come, the answer is a status that says why, and a request that was meant does what it says at most once.
  @Test func mutatedRequestsOfPayouts() async throws {
    var random = SeededRandom("mutated requests of payouts")
    let house = try House(desk: ScriptedDesk(Channels.manifests))
    try await house.openChannel()
    let doubtful = try await house.attempted(.init(.unknown, source: .timer))
    let requests: [(Services.Method, Principal.Role, [UInt8])] = [
      (.retryWithdrawal, .partner, try Channels.retry(doubtful.id, etag: doubtful.etag).serializedBytes()),
      (.setChannelState, .operator, try Channels.set().serializedBytes()),
      (.fundChannel, .finance, try Channels.fund(5, requestID: "f9").serializedBytes()),
      (.getChannelHealth, .reader, try Channels.health("card-a").serializedBytes()),
      (.explainRouting, .reader, try Channels.explain(5, rail: "RAIL_WECHAT", .express).serializedBytes()),
      (.explainRouting, .reader, try Channels.explain(doubtful.id).serializedBytes()),
      (.listAttempts, .reader, try Channels.attempts(doubtful.id).serializedBytes()),
      (.resolveInDoubt, .finance, try Channels.doubt(doubtful.id, .paid, paid: 5).serializedBytes()),
      (.listAlarms, .reader, []), (.listChannels, .reader, []),
    ]
    let expected: Set<RPCStatus.Code> = [
      .ok, .invalidArgument, .notFound, .alreadyExists, .failedPrecondition, .aborted,
    ]
    for (method, role, whole) in requests {
      let caller = role == .partner ? house.partner() : house.staff(role)
      for _ in 0..<60 {
        let bytes = random.mutated(whole)
        let status = await caller.failure(method, bytes)
        #expect(expected.contains(status.code), "\(method.name) \(bytes): \(status)")
        if status.code != .ok { #expect(!(status.reason ?? "").isEmpty, "\(method.name) \(bytes): \(status)") }
      }
    }
    // A proposal alone moves nothing.
    #expect(try await house.partner().get(doubtful.id).state == .inDoubt)
    await house.close()
  }

  @Test func submitCutAtEveryByte() async throws {
    let house = try House()
    try await house.open("a1")
    let demo = house.partner()
    let before = house.ledger.feed.lastSequence
    let whole = try Self.submit("a1", 300, "request-1", "payee-1")
    for count in 0..<whole.count {
      let status = await demo.failure(.submitWithdrawal, Array(whole[..<count]))
      #expect(status.code == .invalidArgument, "\(count) bytes: \(status)")
      #expect(["MALFORMED_MESSAGE", "INVALID_FIELDS"].contains(status.reason), "\(count) bytes")
    }
    #expect(house.ledger.feed.lastSequence == before)
    #expect(await demo.failure(.submitWithdrawal, whole) == .ok)
    await house.close()
  }
}
