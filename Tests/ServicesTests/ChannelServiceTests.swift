import Digests
import GRPCProto
import Ledger
import LedgerCore
import Payouts
import RPC
import Routing
import SettlementProto
import SwiftProtobuf
import Telemetry
import Testing

@testable import Services

/// ChannelService over a real ledger; the desk says what it is told to say.
@Suite struct ChannelServiceTests {
  private func list(_ caller: Caller) async throws -> [Settlement_V1_Channel] {
    let response: Settlement_V1_ListChannelsResponse = try await caller.call(
      .listChannels, Settlement_V1_ListChannelsRequest())
    return response.channels
  }

  @Test func withoutADeskThereIsNothing() async throws {
    let house = try House()
    try await house.open("a1")
    let before = house.ledger.feed.lastSequence
    let (lin, operates) = (house.staff(.reader), house.staff(.operator))
    #expect(try await list(lin).isEmpty)
    let explained: Settlement_V1_RoutingExplanation = try await lin.call(
      .explainRouting, Channels.explain(100, rail: "", .express))
    #expect(explained.chosen.isEmpty && explained.candidates.isEmpty && explained.hasTime)
    for (method, request) in [
      (.setChannelState, Channels.set()), (.fundChannel, Channels.fund(1)),
      (.getChannelHealth, Channels.health("card-a")),
    ] as [(Services.Method, any Message)] {
      let status = try await operates.failure(method, request)
      #expect(status.code == .notFound && status.reason == "CHANNEL_NOT_FOUND", "\(method.name): \(status)")
      #expect(status.message.contains("--channels") && status.chinese.contains("通道"), "\(method.name)")
    }
    #expect(house.ledger.feed.lastSequence == before)
    await house.close()
  }

  @Test func channelsAreManifestsWithOurMoney() async throws {
    let house = try House(desk: ScriptedDesk(Channels.manifests))
    try await house.open("a1")
    let fresh = try await list(house.staff(.auditor))
    #expect(fresh.map(\.id) == ["card-a", "bank-t1"] && fresh.map(\.state) == [.enabled, .enabled])
    #expect(fresh[0].rails == ["RAIL_BANK_CARD", "RAIL_WECHAT"] && fresh[0].simulated && !fresh[1].simulated)
    #expect(fresh[0].capabilities == ["query", "cancel", "payee_confirmation"])
    #expect(fresh[1].capabilities == ["statement", "batch"] && fresh[1].speeds == [.nextDay])
    #expect(fresh[0].minimum.minorUnits == 100 && fresh[0].maximum.minorUnits == 5_000_000 && !fresh[0].hasDailyMaximum)
    #expect(fresh[1].dailyMaximum.minorUnits == 90_000_000 && (fresh[1].opens, fresh[1].closes) == ("09:00", "16:30"))
    #expect((fresh[0].opens, fresh[0].closes) == ("00:00", "24:00") && fresh[0].floats.isEmpty)

    let operates = house.staff(.operator)
    let _: Settlement_V1_Channel = try await operates.call(.fundChannel, Channels.fund(30_000))
    let id = try await house.partner().submit("a1", 1_000, requestID: "r1").id
    try await house.begin(id)
    // Money at a channel that left the configuration is not lost from sight.
    let key = RequestKey(
      namespace: .staff, id: try Label("old"), content: .init(first: 1, second: 1),
      caller: Principal(role: .operator, name: try Label("lin")).caller)
    _ = await house.ledger.perform(
      .command(
        .fundChannel(
          FundChannel(
            key: key, channel: try Label("gone"), amount: Money(minorUnits: 7, currency: .cny),
            reference: try Label("t")))))
    let after = try await list(house.staff(.reader))
    #expect(after.map(\.id) == ["card-a", "bank-t1", "gone"])
    let float = try #require(after[0].floats.first)
    #expect((float.available.minorUnits, float.pending.minorUnits, float.fees.minorUnits) == (28_940, 1_060, 0))
    #expect(after[2].floats.map(\.available.minorUnits) == [7] && after[2].rails.isEmpty && !after[2].hasMaximum)
    try await house.tell(
      id, AttemptResult(.paid, source: .answer, paidMinorUnits: 1_000, channelFeeMinorUnits: 55))
    let paid = try #require(try await list(house.staff(.reader))[0].floats.first)
    #expect((paid.available.minorUnits, paid.pending.minorUnits, paid.fees.minorUnits) == (28_945, 0, 55))
    await house.close()
  }

  @Test func anOperatorDrainsAndEnables() async throws {
    let desk = ScriptedDesk(Channels.manifests)
    let house = try House(desk: desk)
    let operates = house.staff(.operator)
    let drained: Settlement_V1_Channel = try await operates.call(.setChannelState, Channels.set())
    #expect(drained.state == .draining && drained.reason == "maintenance at night" && drained.rails.count == 2)
    #expect(desk.changes == 1)
    let sequence = house.ledger.feed.lastSequence
    // Repeated, the first answer; the id for something else, nothing.
    let again: Settlement_V1_Channel = try await operates.call(.setChannelState, Channels.set())
    #expect(again == drained && house.ledger.feed.lastSequence == sequence)
    for other in [Channels.set("card-a", .disabled), Channels.set("bank-t1"), Channels.set(reason: "another")] {
      #expect(try await operates.failure(.setChannelState, other).reason == "REQUEST_ID_REUSED")
    }
    let same = try await operates.failure(.setChannelState, Channels.set(requestID: "s2"))
    #expect(same.code == .failedPrecondition && same.reason == "NOTHING_TO_CHANGE" && !same.chinese.isEmpty)
    let unknown = try await operates.failure(.setChannelState, Channels.set("card-b", requestID: "s3"))
    #expect(unknown.code == .notFound && unknown.metadata["known"] == "card-a, bank-t1", "\(unknown)")
    #expect(unknown.message.contains("card-b") && unknown.chinese.contains("card-b"))
    #expect(house.ledger.feed.lastSequence == sequence)
    let enabled: Settlement_V1_Channel = try await operates.call(
      .setChannelState, Channels.set("card-a", .enabled, requestID: "s4", reason: "it works again"))
    #expect(enabled.state == .enabled)
    await house.close()
  }

  @Test func moneyMovesToAChannelAndBack() async throws {
    let desk = ScriptedDesk(Channels.manifests)
    let house = try House(desk: desk)
    try await house.open("a1")
    let (finance, operates) = (house.staff(.finance), house.staff(.operator))
    let funded: Settlement_V1_Channel = try await finance.call(.fundChannel, Channels.fund(40_000))
    #expect(funded.floats.map(\.available.minorUnits) == [40_000] && desk.changes == 1)
    let sequence = house.ledger.feed.lastSequence
    let again: Settlement_V1_Channel = try await finance.call(.fundChannel, Channels.fund(40_000))
    #expect(again == funded && house.ledger.feed.lastSequence == sequence)
    #expect(try await operates.failure(.fundChannel, Channels.fund(40_001)).reason == "REQUEST_ID_REUSED")
    #expect(try await operates.failure(.fundChannel, Channels.fund(40_000, "bank-t1")).reason == "REQUEST_ID_REUSED")
    let back: Settlement_V1_Channel = try await operates.call(.fundChannel, Channels.fund(-15_000, requestID: "f2"))
    #expect(back.floats.map(\.available.minorUnits) == [25_000])

    // More than there is, either way: the figure, in both languages.
    for (minorUnits, has, text) in [(75_001, "75000", "750.00"), (-25_001, "25000", "250.00")] {
      let status = try await finance.failure(.fundChannel, Channels.fund(Int64(minorUnits), requestID: "f3"))
      #expect(status.code == .failedPrecondition && status.reason == "CHANNEL_FUNDS_SHORT", "\(status)")
      #expect(status.metadata["available"] == has && status.message.contains(text) && status.chinese.contains(text))
    }
    let dollars = try await finance.failure(.fundChannel, Channels.fund(1, requestID: "f4", currency: "USD"))
    #expect(dollars.code == .invalidArgument && dollars.reason == "CURRENCY_NOT_SUPPORTED")
    #expect(try await finance.failure(.fundChannel, Channels.fund(1, "card-b", requestID: "f5")).code == .notFound)
    #expect(try await list(house.staff(.reader))[0].floats.map(\.available.minorUnits) == [25_000])
    await house.close()
  }

  @Test func healthIsToldByTheWallClock() async throws {
    let desk = ScriptedDesk(Channels.manifests)
    let house = try House(desk: desk)
    let now = house.clock.now().microseconds
    let monotonic = house.clock.monotonicNanoseconds() / 1_000_000
    func activity(_ breaker: HealthReport.Breaker, lastError: String = "", at time: Timestamp? = nil) -> ChannelActivity
    {
      ChannelActivity(
        health: HealthReport(
          breaker: breaker, attempts: 40, technicalFailures: 3, successPermille: 925, arrivalP95Milliseconds: 1_500),
        inFlight: 5, inDoubt: 2, lastError: lastError, lastErrorTime: time)
    }
    func health(_ channel: String = "card-a") async throws -> Settlement_V1_ChannelHealth {
      try await house.staff(.reader).call(.getChannelHealth, Channels.health(channel))
    }
    desk.script { $0.activities[Channels.cheap] = activity(.closed) }
    let closed = try await health()
    #expect(closed.breaker == .closed && !closed.hasBreakerSince && !closed.hasNextProbe && !closed.hasLastErrorTime)
    #expect((closed.windowAttempts, closed.windowFailures, closed.successPermille) == (40, 3, 925))
    #expect((closed.arrivalP95Ms, closed.inFlight, closed.inFlightMaximum, closed.inDoubt) == (1_500, 5, 8, 2))
    desk.script {
      $0.activities[Channels.cheap] = activity(
        .open(since: monotonic - 2_000, probeAt: monotonic + 3_500), lastError: "HTTP_503",
        at: Timestamp(microseconds: now - 1))
    }
    let open = try await health()
    #expect(open.breaker == .open && open.lastError == "HTTP_503" && open.hasLastErrorTime)
    #expect(open.breakerSince == Google_Protobuf_Timestamp(Timestamp(microseconds: now - 2_000_000)))
    #expect(open.nextProbe == Google_Protobuf_Timestamp(Timestamp(microseconds: now + 3_500_000)))
    desk.script { $0.activities[Channels.cheap] = activity(.halfOpen(since: .min, probesLeft: 2)) }
    #expect(try await health().breaker == .halfOpen)
    // Configured, but the desk has nothing to tell; and not configured.
    for channel in ["bank-t1", "card-b"] {
      let status = try await house.staff(.reader).failure(.getChannelHealth, Channels.health(channel))
      #expect(status.code == .notFound && status.reason == "CHANNEL_NOT_FOUND", "\(channel): \(status)")
    }
    await house.close()
  }

  @Test func aQuestionIsAnsweredByTheDesk() async throws {
    let desk = ScriptedDesk(Channels.manifests)
    let house = try House(desk: desk)
    try await house.openChannel()
    desk.script {
      $0.candidates = [
        Channels.candidate(Channels.cheap, .chosen, score: 812), Channels.candidate(Channels.bank, .wrongSpeed),
      ]
    }
    let reader = house.staff(.reader)
    let asked: Settlement_V1_RoutingExplanation = try await reader.call(
      .explainRouting, Channels.explain(5_000, rail: "RAIL_WECHAT", .express))
    #expect(asked.chosen == "card-a" && asked.candidates.map(\.verdict) == [.chosen, .wrongSpeed])
    #expect(asked.candidates[0].score == 812 && asked.candidates[0].fee.minorUnits == 60)
    #expect((asked.candidates[0].arrivalP95Ms, asked.candidates[0].successPermille) == (1_200, 998))
    #expect(asked.time == Google_Protobuf_Timestamp(house.clock.now()))

    // A withdrawal that waits is a question about its net amount, now.
    let waits = try await house.partner().submit("a1", 2_000, requestID: "r1")
    let waiting: Settlement_V1_RoutingExplanation = try await reader.call(.explainRouting, Channels.explain(waits.id))
    #expect(waiting.chosen == "card-a")
    let cny = Currency.cny
    #expect(
      desk.questions == [
        .init(amount: Money(minorUnits: 5_000, currency: cny), rail: .weChat, speed: .express),
        .init(
          amount: Money(minorUnits: waits.net.minorUnits, currency: cny), rail: nil,
          speed: try #require(Speed(rawValue: UInt8(waits.speed.rawValue)))),
      ])

    // One that was sent is read from the journal, whatever the desk would say now.
    try await house.begin(waits.id)
    desk.script { $0.candidates = [] }
    house.clock.advance(seconds: 60)
    let sent: Settlement_V1_RoutingExplanation = try await reader.call(.explainRouting, Channels.explain(waits.id))
    #expect(sent.chosen == "card-a" && sent.candidates.map(\.score) == [900, 0] && desk.questions.count == 2)
    #expect(sent.time.seconds == asked.time.seconds)

    let cancelled = try await house.partner().submit("a1", 100, requestID: "r2")
    let _: Settlement_V1_Withdrawal = try await house.partner().call(
      .cancelWithdrawal, Requests.cancel(cancelled.id, requestID: "c2"))
    let never = try await reader.failure(.explainRouting, Channels.explain(cancelled.id))
    #expect(never.code == .failedPrecondition && never.reason == "NEVER_SENT" && never.metadata["state"] == "CANCELLED")
    await house.close()
  }

  @Test func attemptsAreReadFromTheirRecords() async throws {
    let house = try House(desk: ScriptedDesk(Channels.manifests))
    try await house.openChannel()
    let id = try await house.partner().submit("a1", 1_000, requestID: "r1").id
    let reader = house.staff(.reader)
    var listed: Settlement_V1_ListAttemptsResponse = try await reader.call(.listAttempts, Channels.attempts(id))
    #expect(listed.attempts.isEmpty)
    try await house.begin(id)
    let first = house.ledger.feed.lastSequence
    try await house.tell(
      id, AttemptResult(.tryElsewhere, source: .answer, reason: .channelUnavailable, code: try Label("HTTP_503")))
    try await house.begin(id, attempt: 2, fee: 61)
    let second = house.ledger.feed.lastSequence
    try await house.tell(
      id, attempt: 2,
      AttemptResult(
        .paid, source: .query, channelReference: try Label("no-1"), paidMinorUnits: 1_000, channelFeeMinorUnits: 61))
    listed = try await reader.call(.listAttempts, Channels.attempts(id))
    #expect(listed.attempts.map(\.attempt.state) == [.tryElsewhere, .paid])
    #expect(listed.attempts.map(\.receipt.sequence) == [first, second])
    #expect(
      listed.attempts.allSatisfy {
        $0.receipt.seal.count == 32 && $0.candidates.map(\.verdict) == [.chosen, .wrongSpeed]
      })
    #expect(listed.attempts[0].attempt.failure.code == "CHANNEL_UNAVAILABLE")
    #expect(listed.attempts[0].attempt.failure.nextAction == .unspecified && !listed.attempts[0].attempt.hasChannelFee)
    #expect(listed.attempts[1].attempt.channelFee.minorUnits == 61 && !listed.attempts[1].attempt.hasFailure)
    // The same attempts as the withdrawal shows to staff.
    #expect(try await reader.get(id).attempts == listed.attempts.map(\.attempt))
    let absent = try await reader.failure(.listAttempts, Channels.attempts(BadInputTests.noID))
    #expect(absent.code == .notFound && absent.reason == "WITHDRAWAL_NOT_FOUND")
    await house.close()
  }

  @Test func alarmsOldestFirst() async throws {
    let alarms = AlarmBoard()
    let house = try House(alarms: alarms)
    alarms.raise(.floatLow, "card-a", "12.00 CNY are free and 50.00 are asked for", nowMicroseconds: 2_000_000)
    alarms.raise(.breakerOpen, "bank-t1", "6 of 40 payouts failed", nowMicroseconds: 1_000_000)
    func list() async throws -> [Settlement_V1_Alarm] {
      let response: Settlement_V1_ListAlarmsResponse = try await house.staff(.reader).call(
        .listAlarms, Settlement_V1_ListAlarmsRequest())
      return response.alarms
    }
    let both = try await list()
    #expect(both.map(\.code) == ["BREAKER_OPEN", "FLOAT_LOW"] && both.map(\.subject) == ["bank-t1", "card-a"])
    #expect(both.map(\.since.seconds) == [1, 2] && both[0].message == "6 of 40 payouts failed")
    alarms.clear(.breakerOpen, "bank-t1")
    #expect(try await list().map(\.code) == ["FLOAT_LOW"])
    await house.close()
  }
}
