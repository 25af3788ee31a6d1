import SettlementProto
import SwiftProtobuf
import Testing

@testable import settle

/// What people and machines read about payouts and channels.
@Suite("Results of payouts")
struct PayoutResultsTests {
  private static let time = ResultsTests.withdrawal.createTime

  private static let failure: Settlement_V1_PayoutFailure = {
    var failure = Settlement_V1_PayoutFailure()
    (failure.isoReason, failure.code, failure.channelCode) = ("AC01", "ACCOUNT_WRONG", "PAYEE_NOT_EXIST")
    (failure.messageZh, failure.nextAction) = ("收款卡号错误。请修改收款账户。", .amendPayee)
    return failure
  }()

  private static let attempt: Settlement_V1_PayoutAttempt = {
    var attempt = Settlement_V1_PayoutAttempt()
    (attempt.number, attempt.key, attempt.channel, attempt.state) = (1, "0000000000001201", "card-a", .payeeFailure)
    (attempt.beginTime, attempt.updateTime) = (time, time)
    attempt.failure = failure
    return attempt
  }()

  private static let candidate: Settlement_V1_RouteCandidate = {
    var candidate = Settlement_V1_RouteCandidate()
    (candidate.channel, candidate.verdict, candidate.fee) = ("card-a", .chosen, ResultsTests.yuan(60))
    (candidate.arrivalP95Ms, candidate.successPermille, candidate.score) = (1_200, 998, 812)
    return candidate
  }()

  @Test("a withdrawal that did not arrive shows why, what to do and until when")
  func failed() {
    var withdrawal = ResultsTests.withdrawal
    withdrawal.state = .actionRequired
    withdrawal.attempts = [Self.attempt]
    withdrawal.failure = Self.failure
    withdrawal.deadline = .init(seconds: 1_783_123_200, nanos: 0)
    withdrawal.feeRefunded = ResultsTests.yuan(5)
    withdrawal.retryable = true
    withdrawal.blocked = true
    let lines = withdrawal.lines
    let expected = [
      "attempt       1  card-a  PAYEE_FAILURE  2026-07-01T00:00:00.123456Z, ACCOUNT_WRONG",
      "failure       ACCOUNT_WRONG (AC01, channel code PAYEE_NOT_EXIST): 收款卡号错误。请修改收款账户。",
      "next action   AMEND_PAYEE: settle amend, with a payee that is right",
      "deadline      2026-07-04T00:00:00Z", "fee refunded  0.05 CNY",
    ]
    for line in expected { #expect(lines.contains(line), "\(line) in \(lines)") }
    #expect(lines.contains { $0.hasPrefix("blocked") })
    let failure =
      #"{"iso_reason":"AC01","code":"ACCOUNT_WRONG","channel_code":"PAYEE_NOT_EXIST","#
      + #""message_zh":"收款卡号错误。请修改收款账户。","next_action":"AMEND_PAYEE"}"#
    let json =
      #""attempts":[{"number":1,"key":"0000000000001201","channel":"card-a","state":"PAYEE_FAILURE","#
      + #""channel_reference":"","begin_time":"2026-07-01T00:00:00.123456Z","#
      + #""update_time":"2026-07-01T00:00:00.123456Z","channel_fee":null,"failure":"# + failure
      + #","stray":false,"payee_confirmation":""}],"failure":"# + failure
      + #","fee_refunded":{"currency_code":"CNY","amount":"0.05","minor_units":5},"#
      + #""deadline":"2026-07-04T00:00:00Z","retryable":true,"blocked":true}"#
    #expect(withdrawal.json.line.hasSuffix(json), "\(withdrawal.json.line)")
  }

  @Test("what the payee confirms with is shown whole, and only where there is one")
  func confirmation() {
    var attempt = Self.attempt
    #expect(attempt.confirmationRows.isEmpty)
    attempt.payeeConfirmation = String(repeating: "p", count: 200)
    var withdrawal = ResultsTests.withdrawal
    withdrawal.attempts = [attempt]
    #expect(withdrawal.lines.contains("confirmation  \(attempt.payeeConfirmation)"), "\(withdrawal.lines)")
    #expect(withdrawal.json.line.contains(#""payee_confirmation":"\#(attempt.payeeConfirmation)""#))
    attempt.payeeConfirmation = "a\u{1b}[2J"
    #expect(attempt.confirmationRows.map(\.1) == ["a\\u{1b}[2J"])
  }

  @Test("what a channel says of itself does not reach the terminal as control characters")
  func hostile() {
    var attempt = Self.attempt
    attempt.channelReference = "a\u{1b}[2J"
    attempt.failure.channelCode = "x\u{9b}"
    attempt.stray = true
    #expect(attempt.text.contains("reference a\\u{1b}[2J") && attempt.text.hasSuffix("but money left"))
    #expect(attempt.failure.text.contains("x\\u{9b}"))
  }

  @Test("a channel as JSON, as lines, and in a list")
  func channel() {
    var channel = Settlement_V1_Channel()
    (channel.id, channel.state, channel.reason) = ("card-a", .draining, "night")
    (channel.rails, channel.capabilities) = (["RAIL_BANK_CARD"], ["query", "cancel"])
    (channel.opens, channel.closes, channel.speeds, channel.simulated) = ("00:00", "24:00", [.express], true)
    (channel.minimum, channel.maximum) = (ResultsTests.yuan(100), ResultsTests.yuan(5_000_000))
    var float = Settlement_V1_ChannelFloat()
    (float.available, float.pending, float.fees) = (
      ResultsTests.yuan(1_234), ResultsTests.yuan(5), ResultsTests.yuan(6)
    )
    channel.floats = [float]
    let json =
      #"{"id":"card-a","state":"DRAINING","reason":"night","rails":["RAIL_BANK_CARD"],"floats":[{"#
      + #""available":{"currency_code":"CNY","amount":"12.34","minor_units":1234},"#
      + #""pending":{"currency_code":"CNY","amount":"0.05","minor_units":5},"#
      + #""fees":{"currency_code":"CNY","amount":"0.06","minor_units":6}}],"#
      + #""minimum":{"currency_code":"CNY","amount":"1.00","minor_units":100},"#
      + #""maximum":{"currency_code":"CNY","amount":"50000.00","minor_units":5000000},"daily_maximum":null,"#
      + #""capabilities":["query","cancel"],"opens":"00:00","closes":"24:00","speeds":["EXPRESS"],"simulated":true}"#
    #expect(channel.json.line == json)
    #expect(channel.lines.contains("channel     card-a (simulated: it pays nobody)"), "\(channel.lines)")
    #expect(channel.lines.contains("state       DRAINING: night"))
    #expect(channel.lines.contains("float       12.34 CNY free, 0.05 reserved, fees so far 0.06"))
    #expect(channel.lines.contains("one payout  1.00 to 50000.00 CNY"))
    #expect(channel.line == "card-a  DRAINING  12.34 CNY free  RAIL_BANK_CARD  (simulated)")
    var gone = Settlement_V1_Channel()
    gone.id = "gone"
    #expect(gone.lines.last?.contains("not in the server's file") == true)
    #expect(Settlement_V1_ListChannelsResponse().lines == ["no channels: serve takes a file of them with --channels"])
  }

  @Test("health, routes, attempts and alarms")
  func operations() {
    var health = Settlement_V1_ChannelHealth()
    (health.channel, health.breaker, health.breakerSince) = ("card-a", .open, Self.time)
    (health.windowAttempts, health.windowFailures, health.successPermille) = (40, 3, 925)
    (health.lastError, health.lastErrorTime) = ("HTTP_503", Self.time)
    #expect(health.lines.contains("breaker     OPEN since 2026-07-01T00:00:00.123456Z"), "\(health.lines)")
    #expect(health.lines.contains("success     92.5 %") && health.json.line.contains(#""next_probe":null"#))
    #expect(health.lines.contains("last error  HTTP_503 2026-07-01T00:00:00.123456Z"))

    var route = Settlement_V1_RoutingExplanation()
    (route.chosen, route.candidates, route.time) = ("card-a", [Self.candidate], Self.time)
    #expect(
      route.lines.contains(
        "candidate  card-a  CHOSEN  score 812, fee 0.60 CNY, 95 % within 1200 ms, success 99.8 %"), "\(route.lines)")
    #expect(
      route.json.line.contains(
        #""candidates":[{"channel":"card-a","verdict":"CHOSEN","fee":{"currency_code":"CNY","amount":"0.60","#
          + #""minor_units":60},"arrival_p95_ms":1200,"success_permille":998,"score":812}]"#))
    #expect(Settlement_V1_RoutingExplanation().lines.first == "chosen  none can take it now")

    var explained = Settlement_V1_ExplainedAttempt()
    (explained.attempt, explained.candidates, explained.receipt) = (
      Self.attempt, [Self.candidate], ResultsTests.receipt
    )
    var attempts = Settlement_V1_ListAttemptsResponse()
    #expect(attempts.lines == ["no attempts"])
    attempts.attempts = [explained]
    #expect(attempts.lines.contains("key        0000000000001201") && attempts.lines.count == 5, "\(attempts.lines)")

    var alarms = Settlement_V1_ListAlarmsResponse()
    #expect(alarms.lines == ["no alarms"])
    var alarm = Settlement_V1_Alarm()
    (alarm.code, alarm.subject, alarm.message, alarm.since) = ("FLOAT_LOW", "card-a", "12.00 CNY left", Self.time)
    alarms.alarms = [alarm]
    #expect(alarms.lines == ["2026-07-01T00:00:00.123456Z  FLOAT_LOW  card-a  12.00 CNY left"])
  }
}
