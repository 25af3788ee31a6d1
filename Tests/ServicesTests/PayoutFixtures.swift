import Ledger
import LedgerCore
import Payouts
import Routing
import SettlementProto
import Synchronization
import Testing

@testable import Services

/// A desk that sends nothing: it has channels, says what it is told to say, and remembers what it was asked.
final class ScriptedDesk: PayoutDesk {
  struct Question: Hashable {
    let amount: Money
    let rail: Rail?
    let speed: Speed
  }

  struct State {
    var activities: [Label: ChannelActivity] = [:]
    var candidates: [RouteCandidate] = []
    var questions: [Question] = []
    var changes = 0
  }

  let manifests: [ChannelManifest]
  private let state = Mutex(State())

  init(_ manifests: [ChannelManifest]) { self.manifests = manifests }

  func script(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }
  var questions: [Question] { state.withLock { $0.questions } }
  var changes: Int { state.withLock { $0.changes } }

  func activity(of channel: Label) async -> ChannelActivity? { state.withLock { $0.activities[channel] } }

  func explain(amount: Money, rail: Rail?, speed: Speed) async -> [RouteCandidate] {
    state.withLock { state in
      state.questions.append(Question(amount: amount, rail: rail, speed: speed))
      return state.candidates
    }
  }

  func takeNotice(of key: PayoutKey, from channel: Label) async -> Bool { true }
  func channelsChanged() { state.withLock { $0.changes += 1 } }
}

enum Channels {
  static let cheap = (try? Label("card-a")) ?? .none
  static let bank = (try? Label("bank-t1")) ?? .none

  static let manifests = [
    ChannelManifest(
      id: cheap, rails: [.weChat, .bankCard], paysReferences: true, minimum: 100, maximum: 5_000_000,
      capabilities: [.query, .cancel, .payeeConfirmation], inFlightMaximum: 8, isSimulated: true),
    ChannelManifest(
      id: bank, rails: [.bankCard], minimum: 1, maximum: 50_000_000, dailyMaximum: 90_000_000, speeds: [.nextDay],
      opensAtMinute: 9 * 60, closesAtMinute: 16 * 60 + 30, capabilities: [.statement, .batch]),
  ]

  static func candidate(_ channel: Label, _ verdict: RouteCandidate.Verdict, score: Int32 = 0) -> RouteCandidate {
    RouteCandidate(
      channel: channel, verdict: verdict, feeMinorUnits: 60, arrivalP95Milliseconds: 1_200, successPermille: 998,
      score: score)
  }

  static func set(
    _ channel: String = "card-a", _ state: Settlement_V1_ChannelState = .draining, requestID: String = "s1",
    reason: String = "maintenance at night"
  ) -> Settlement_V1_SetChannelStateRequest {
    var request = Settlement_V1_SetChannelStateRequest()
    (request.requestID, request.channel, request.state, request.reason) = (requestID, channel, state, reason)
    return request
  }

  static func fund(
    _ minorUnits: Int64, _ channel: String = "card-a", requestID: String = "f1", currency: String = "CNY",
    reference: String = "transfer-1"
  ) -> Settlement_V1_FundChannelRequest {
    var request = Settlement_V1_FundChannelRequest()
    (request.requestID, request.channel, request.reference) = (requestID, channel, reference)
    request.amount = Requests.money(minorUnits, currency)
    return request
  }

  static func retry(
    _ id: String, requestID: String = "t1", etag: String = ""
  ) -> Settlement_V1_RetryWithdrawalRequest {
    var request = Settlement_V1_RetryWithdrawalRequest()
    (request.requestID, request.id, request.etag) = (requestID, id, etag)
    return request
  }

  static func amend(
    _ id: String, requestID: String = "m1", payee: String
  ) -> Settlement_V1_AmendWithdrawalRequest {
    var request = Settlement_V1_AmendWithdrawalRequest()
    (request.requestID, request.id, request.payee) = (requestID, id, payee)
    return request
  }

  static func doubt(
    _ id: String, _ verdict: Settlement_V1_DoubtVerdict, paid: Int64? = nil, requestID: String = "d1",
    currency: String = "CNY"
  ) -> Settlement_V1_ResolveInDoubtRequest {
    var request = Settlement_V1_ResolveInDoubtRequest()
    request.requestID = requestID
    request.doubt.withdrawalID = id
    request.doubt.verdict = verdict
    if let paid { request.doubt.paid = Requests.money(paid, currency) }
    request.doubt.evidence = .init(repeating: 0xEF, count: 32)
    return request
  }

  static func attempts(_ id: String) -> Settlement_V1_ListAttemptsRequest {
    var request = Settlement_V1_ListAttemptsRequest()
    request.withdrawalID = id
    return request
  }

  static func explain(_ id: String) -> Settlement_V1_ExplainRoutingRequest {
    var request = Settlement_V1_ExplainRoutingRequest()
    request.withdrawalID = id
    return request
  }

  static func explain(
    _ minorUnits: Int64, rail: String, _ speed: Settlement_V1_Speed, currency: String = "CNY"
  ) -> Settlement_V1_ExplainRoutingRequest {
    var request = Settlement_V1_ExplainRoutingRequest()
    request.question.amount = Requests.money(minorUnits, currency)
    (request.question.rail, request.question.speed) = (rail, speed)
    return request
  }

  static func health(_ channel: String) -> Settlement_V1_GetChannelHealthRequest {
    var request = Settlement_V1_GetChannelHealthRequest()
    request.channel = channel
    return request
  }
}

/// What the dispatcher does, by hand.
extension House {
  /// An agent with money, and a channel with 50,000 of it.
  func openChannel() async throws {
    try await open("a1")
    let _: Settlement_V1_Channel = try await staff(.operator).call(.fundChannel, Channels.fund(50_000))
  }

  func begin(
    _ id: String, attempt: UInt8 = 1, payee: String = "payee", channel: Label = Channels.cheap, fee: Int64 = 60,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let begin = BeginAttempt(
      payoutKey: PayoutKey(try #require(WithdrawalID(id)), attempt: attempt), channel: channel, payee: try Label(payee),
      request: try #require(StoredRequest([1, 2, 3], isSealed: false)), channelFeeMinorUnits: fee,
      candidates: [
        Channels.candidate(channel, .chosen, score: 900), Channels.candidate(Channels.bank, .wrongSpeed),
      ])
    try expectDone(await ledger.perform(.command(.beginAttempt(begin))).outcome, sourceLocation)
  }

  func tell(
    _ id: String, attempt: UInt8 = 1, _ result: AttemptResult, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let record = RecordResult(
      payoutKey: PayoutKey(try #require(WithdrawalID(id)), attempt: attempt), result: result)
    try expectDone(await ledger.perform(.command(.recordResult(record))).outcome, sourceLocation)
  }

  private func expectDone(_ outcome: LedgerOutcome, _ sourceLocation: SourceLocation) throws {
    guard case .answered(let answer) = outcome else {
      Issue.record("\(outcome)", sourceLocation: sourceLocation)
      return
    }
    switch answer {
    case .rejected, .refused: Issue.record("\(answer)", sourceLocation: sourceLocation)
    default: break
    }
  }

  /// A withdrawal of 10.00 that ended there.
  func attempted(_ result: AttemptResult, requestID: String = "r1") async throws -> Settlement_V1_Withdrawal {
    let submitted = try await partner().submit("a1", 1_000, requestID: requestID)
    try await begin(submitted.id)
    try await tell(submitted.id, result)
    return try await partner().get(submitted.id)
  }
}
