import Foundation
import GRPCProto
import RPC
import SettlementClient
import SettlementProto
import SwiftProtobuf
import Testing

@testable import settle

/// What machines read: a change of these lines breaks somebody's script.
@Suite("Results")
struct ResultsTests {
  static func yuan(_ minorUnits: Int64) -> Settlement_V1_Money {
    var money = Settlement_V1_Money()
    money.currencyCode = "CNY"
    money.minorUnits = minorUnits
    return money
  }

  static let receipt: Settlement_V1_Receipt = {
    var receipt = Settlement_V1_Receipt()
    receipt.sequence = 7
    receipt.seal = .init([0x00, 0x0f, 0xff])
    return receipt
  }()

  static let withdrawal: Settlement_V1_Withdrawal = {
    var withdrawal = Settlement_V1_Withdrawal()
    withdrawal.id = "wd_00000000000012"
    withdrawal.partner = "demo"
    withdrawal.agent = "a1"
    withdrawal.state = .approved
    withdrawal.cancelable = true
    withdrawal.amount = yuan(5000)
    withdrawal.fee = yuan(5)
    withdrawal.net = yuan(4995)
    withdrawal.payee = "张三"
    withdrawal.requestID = "r1"
    withdrawal.createTime = .init(seconds: 1_782_864_000, nanos: 123_456_000)
    withdrawal.updateTime = .init(seconds: 1_782_864_001, nanos: 0)
    withdrawal.etag = "0000000000000007"
    var entry = Settlement_V1_TimelineEntry()
    entry.state = .submitted
    entry.time = withdrawal.createTime
    withdrawal.timeline = [entry]
    withdrawal.receipt = receipt
    return withdrawal
  }()

  @Test("a withdrawal as JSON")
  func withdrawalJSON() {
    let expected =
      #"{"id":"wd_00000000000012","partner":"demo","agent":"a1","state":"APPROVED","final":false,"cancelable":true,"#
      + #""amount":{"currency_code":"CNY","amount":"50.00","minor_units":5000},"#
      + #""fee":{"currency_code":"CNY","amount":"0.05","minor_units":5},"#
      + #""net":{"currency_code":"CNY","amount":"49.95","minor_units":4995},"payee":"张三","request_id":"r1","#
      + #""create_time":"2026-07-01T00:00:00.123456Z","update_time":"2026-07-01T00:00:01Z","#
      + #""etag":"0000000000000007","timeline":[{"state":"SUBMITTED","time":"2026-07-01T00:00:00.123456Z"}],"#
      + #""receipt":{"sequence":7,"seal":"000fff"},"speed":"UNSPECIFIED","points":0,"settlement_date":"","#
      + #""expected_arrival":null,"rules_version":0,"risk":null,"review":null,"attempts":[],"failure":null,"#
      + #""fee_refunded":null,"deadline":null,"retryable":false,"blocked":false}"#
    #expect(Self.withdrawal.json.line == expected)
  }

  @Test("a withdrawal in review as JSON, and as lines")
  func reviewed() {
    var withdrawal = Self.withdrawal
    withdrawal.state = .pendingReview
    withdrawal.speed = .sameDay
    withdrawal.settlementDate = "2026-07-01"
    withdrawal.expectedArrival = .init(seconds: 1_782_864_600, nanos: 0)
    withdrawal.rulesVersion = 3
    withdrawal.risk.verdict = .review
    withdrawal.risk.score = 55
    var reason = Settlement_V1_RiskReason()
    reason.code = "PAYEE_SHARED"
    reason.points = 55
    withdrawal.risk.reasons = [reason]
    withdrawal.review.approvalsRequired = 2
    withdrawal.review.dueTime = .init(seconds: 1_782_950_400, nanos: 0)
    withdrawal.review.digest = .init([0xab, 0x01])
    var approval = Settlement_V1_Approval()
    approval.person = "alice"
    approval.role = "reviewer"
    approval.time = .init(seconds: 1_782_864_060, nanos: 0)
    withdrawal.review.approvals = [approval]
    let expected =
      #","speed":"SAME_DAY","points":0,"settlement_date":"2026-07-01","expected_arrival":"2026-07-01T00:10:00Z","#
      + #""rules_version":3,"#
      + #""risk":{"verdict":"REVIEW","score":55,"reasons":[{"code":"PAYEE_SHARED","points":55}]},"#
      + #""review":{"approvals_required":2,"#
      + #""approvals":[{"person":"alice","role":"reviewer","time":"2026-07-01T00:01:00Z"}],"#
      + #""due_time":"2026-07-02T00:00:00Z","claimed_by":"","claim_end_time":null,"escalated":false,"#
      + #""information_note":"","on_hold":false,"hold_reason":"","rejection_reason":"","digest":"ab01","#
      + #""outcome":"UNSPECIFIED"},"attempts":[],"failure":null,"fee_refunded":null,"deadline":null,"#
      + #""retryable":false,"blocked":false}"#
    #expect(withdrawal.json.line.hasSuffix(expected), "\(withdrawal.json.line)")
    let lines = withdrawal.lines
    #expect(lines.contains("risk         REVIEW, score 55 (PAYEE_SHARED 55), rules version 3"))
    #expect(lines.contains("approvals    1 of 2"))
    #expect(lines.contains("approved by  alice (reviewer) 2026-07-01T00:01:00Z"))
    #expect(lines.contains("digest       ab01"))
  }

  @Test("a balance as JSON, and as lines")
  func balance() {
    var balance = Settlement_V1_Balance()
    balance.partner = "demo"
    balance.agent = "a1"
    balance.currencyCode = "CNY"
    balance.debitsPending = 100
    balance.creditsPosted = 100_000
    balance.available = 99_900
    balance.receipt = Self.receipt
    let zero = #"{"currency_code":"CNY","amount":"0.00","minor_units":0}"#
    let expected =
      #"{"partner":"demo","agent":"a1","currency_code":"CNY","#
      + #""available":{"currency_code":"CNY","amount":"999.00","minor_units":99900},"#
      + #""debits_pending":{"currency_code":"CNY","amount":"1.00","minor_units":100},"debits_posted":\#(zero),"#
      + #""credits_pending":\#(zero),"credits_posted":{"currency_code":"CNY","amount":"1000.00","minor_units":100000},"#
      + #""receipt":{"sequence":7,"seal":"000fff"}}"#
    #expect(balance.json.line == expected)
    #expect(balance.lines.contains("available  999.00 CNY"))
    #expect(balance.lines.contains("held       1.00 CNY"))
  }

  @Test("an event of a watch as JSON; a heartbeat is nothing to people")
  func events() {
    var event = Settlement_V1_WatchWithdrawalsResponse()
    event.cursor = "01"
    event.heartbeat.time = .init(seconds: 1_782_864_000, nanos: 0)
    #expect(event.json.line == #"{"cursor":"01","heartbeat":"2026-07-01T00:00:00Z"}"#)
    #expect(event.lines.isEmpty)
    event.change.state = .cancelled
    event.change.time = .init(seconds: 1_782_864_002, nanos: 0)
    event.change.withdrawal = Self.withdrawal
    #expect(
      event.json.line
        == #"{"cursor":"01","state":"CANCELLED","time":"2026-07-01T00:00:02Z","withdrawal":"#
        + Self.withdrawal.json.line + "}")
    #expect(event.lines == ["2026-07-01T00:00:02Z  wd_00000000000012  CANCELLED  50.00 CNY  demo/a1"])
  }

  @Test("control characters of others do not reach the terminal")
  func controlCharacters() {
    #expect(shown("a\u{1b}[2Jb\u{9b}\u{202e}c\u{2028}张") == "a\\u{1b}[2Jb\\u{9b}\\u{202e}c\\u{2028}张")
  }

  @Test("states have the names of the wire contract, and unknown ones their number")
  func states() {
    #expect(Settlement_V1_WithdrawalState.inDoubt.shortName == "IN_DOUBT")
    #expect(Settlement_V1_WithdrawalState.UNRECOGNIZED(99).shortName == "STATE_99")
    #expect(NameArgument<Settlement_V1_WithdrawalState>(argument: "in_doubt")?.value == .inDoubt)
    #expect(NameArgument<Settlement_V1_WithdrawalState>(argument: "UNSPECIFIED") == nil)
    #expect(NameArgument<Settlement_V1_Speed>(argument: "express")?.value == .express)
    #expect(NameArgument<Settlement_V1_Speed>.allValueStrings == ["EXPRESS", "SAME_DAY", "NEXT_DAY"])
  }

  @Test(
    "each kind of error has its exit code",
    arguments: [
      (.refused, .refused), (.invalid, .badData), (.notFound, .notFound), (.notPermitted, .notPermitted),
      (.overloaded, .tryLater), (.unreachable, .unreachable), (.outcomeUnknown, .outcomeUnknown),
      (.cancelled, .outcomeUnknown), (.failed, .internalError),
    ] as [(SettlementError.Kind, ExitReason)])
  func exits(kind: SettlementError.Kind, reason: ExitReason) {
    let error = SettlementError(kind: kind, method: "GetWithdrawal", status: RPCStatus(.unknown, "so"), attempts: 1)
    #expect(Failure(error).reason == reason)
  }

  @Test("a refusal shows its reason, its figures and what the agent will read")
  func refusal() {
    let status = RPCStatus(
      .failedPrecondition, "too little",
      details: [
        .errorInfo(
          reason: "INSUFFICIENT_FUNDS", domain: "settlement", metadata: ["requested": "500", "available": "5"]),
        .localizedMessage(locale: "zh-CN", "余额不足"),
      ])
    let error = SettlementError(kind: .refused, method: "SubmitWithdrawal", status: status, attempts: 2)
    let failure = Failure(error)
    #expect(
      "\(failure)"
        == "SubmitWithdrawal was refused (INSUFFICIENT_FUNDS): too little\n  available 5, requested 500\n  余额不足")
    let json = failure.json.line
    #expect(json.contains(#""exit_code":1,"#))
    #expect(
      json.hasSuffix(
        #""method":"SubmitWithdrawal","code":"FAILED_PRECONDITION","attempts":2,"reason":"INSUFFICIENT_FUNDS","#
          + #""metadata":{"available":"5","requested":"500"},"message_zh":"余额不足"}}"#))
  }
}
