import Glibc
import LedgerCore
import Payouts
import RPC
import SettlementClient
import SettlementProto

/// How money goes out, over simulated channels of a second server with the open rules: whatever the hour is, they pay.
struct DemoPayout {
  let place: DemoPlace
  let staff: DemoStaff
  let finance: SettlementClient
  /// The agent's account, and another one of the same agent.
  let payee: Settlement_V1_PayeeAccount
  let other: Settlement_V1_PayeeAccount

  /// Channels of the scenes. What they do is fixed, so that every demonstration shows the same.
  static let quick = "quick"
  static let steady = "steady"
  /// Pays, and its answers are lost.
  static let forgetful = "forgetful"
  /// Finds every account number wrong.
  static let strict = "strict"
  static let channels = [quick, steady, forgetful, strict]

  private static let person = DemoPerson.first
  private static let floatMinorUnits: Int64 = 2_000_00

  private static func say(_ text: String) { Console.line(text) }

  private static func expect(_ condition: Bool, _ what: @autoclosure () -> String) throws(Failure) {
    guard condition else { throw Failure(.internalError, "the demonstration went wrong: \(what())") }
  }

  // MARK: Before

  static func document(_ place: DemoPlace) -> String {
    let texts = [
      SimulatedChannelText(quick, place.book(quick), outage: place.outage(quick)),
      SimulatedChannelText(steady, place.book(steady), ["fee": "{ fixed_minor_units: 500 }"]),
      SimulatedChannelText(forgetful, place.book(forgetful), rates: ["lost_answer": 1_000]),
      SimulatedChannelText(strict, place.book(strict), rates: ["payee_failure": 1_000]),
    ]
    return SimulatedChannelText.document(texts)
  }

  static func begin(_ place: DemoPlace, _ endpoint: Endpoint) async throws -> DemoPayout {
    let staff = try DemoStaff(place, endpoint)
    let finance = try place.settings(endpoint, as: DevelopmentPKI.carol.fileName).makeClient()
    let payee = try await DemoRegistration(staff: staff).register(person)
    // What is moved to channels comes out of clients' money at the bank.
    var deposit = Settlement_V1_DepositRequest()
    deposit.requestID = "deposit-more"
    deposit.partner = DemoRegistration.partnerName
    deposit.agent = person.agent
    deposit.amount = Settlement_V1_Money(currency: "CNY", floatMinorUnits * Int64(channels.count))
    _ = try await staff.operations.deposit(deposit)
    var account = Settlement_V1_CreatePayeeAccountRequest()
    account.requestID = "payee-other"
    account.agent = person.agent
    account.rail = .bankCard
    account.number = DemoPerson.second.cardNumber
    account.holderName = person.name
    let other = try await staff.partner.createPayeeAccount(account)
    let payout = DemoPayout(place: place, staff: staff, finance: finance, payee: payee, other: other)
    for channel in channels { try await payout.fund(channel) }
    say("  finance moved \(Settlement_V1_Money(currency: "CNY", floatMinorUnits).text) to each of four channels")
    return payout
  }

  func end() async {
    await finance.close()
    await staff.close()
  }

  private func fund(_ channel: String) async throws {
    var fund = Settlement_V1_FundChannelRequest()
    fund.requestID = "fund-\(channel)"
    fund.channel = channel
    fund.amount = Settlement_V1_Money(currency: "CNY", Self.floatMinorUnits)
    fund.reference = "bank-\(channel)"
    _ = try await finance.fundChannel(fund)
  }

  /// Lets these channels work, and no others.
  private func use(_ used: Set<String>, _ scene: String) async throws {
    for channel in Self.channels {
      var set = Settlement_V1_SetChannelStateRequest()
      set.requestID = "\(scene)-\(channel)"
      set.channel = channel
      set.state = used.contains(channel) ? .enabled : .disabled
      set.reason = "DEMONSTRATION"
      do throws(SettlementError) { _ = try await staff.operations.setChannelState(set) } catch {
        // It is so already.
        guard error.reason == "NOTHING_TO_CHANGE" else { throw error }
      }
    }
  }

  private func submit(_ id: String, _ minorUnits: Int64) async throws(SettlementError) -> Settlement_V1_Withdrawal {
    var request = Settlement_V1_SubmitWithdrawalRequest()
    request.requestID = id
    request.agent = Self.person.agent
    request.amount = Settlement_V1_Money(currency: "CNY", minorUnits)
    request.payee = payee.id
    request.speed = .express
    return try await staff.partner.submitWithdrawal(request)
  }

  private func get(_ id: String) async throws(SettlementError) -> Settlement_V1_Withdrawal {
    var request = Settlement_V1_GetWithdrawalRequest()
    request.id = id
    return try await staff.partner.getWithdrawal(request)
  }

  /// Where to watch from, to miss nothing that follows.
  private func cursor() async throws(SettlementError) -> String {
    try await staff.partner.listWithdrawals(Settlement_V1_ListWithdrawalsRequest()).cursor
  }

  /// The states that it enters, up to the first of `ends`.
  private func follow(
    _ id: String, from cursor: String, until ends: Set<Settlement_V1_WithdrawalState>
  ) async throws -> [String] {
    var request = Settlement_V1_WatchWithdrawalsRequest()
    request.cursor = cursor
    request.id = id
    var states: [String] = []
    for try await event in staff.partner.watchWithdrawals(request) {
      guard case .change(let change)? = event.event else { continue }
      states.append(change.state.shortName)
      if ends.contains(change.state) { break }
    }
    return states
  }

  /// How often money left for a withdrawal, by the channels' own books.
  private func timesPaid(_ id: String) throws -> Int {
    guard let id = WithdrawalID(id) else { return 0 }
    var count = 0
    for channel in Self.channels where Files.exists(place.book(channel)) {
      count += try SimulatedBook.read(place.book(channel)).count { $0.kind == .moved && $0.key.withdrawal == id }
    }
    return count
  }

  private func expectPaidOnce(_ id: String) throws {
    let times = try timesPaid(id)
    try Self.expect(times == 1, "the channels' books say that \(id) was paid \(times) times")
  }

  // MARK: Scenes

  func paidInSeconds() async throws {
    try await use([Self.quick, Self.steady], "seconds")
    let from = try await cursor()
    let submitted = try await submit("p1", 120_00)
    let states = try await follow(submitted.id, from: from, until: [.paid])
    let paid = try await get(submitted.id)
    Self.say("  submitted: \(submitted.id), \(submitted.amount.text), and then: \(states.joined(separator: ", "))")
    guard let attempt = paid.attempts.last else { return try Self.expect(false, "it has no attempt") }
    Self.say(
      "             paid over \(attempt.channel) as \(attempt.key), the channel's number \(attempt.channelReference)")
    try Self.expect(attempt.channel == Self.quick, "it went over \(attempt.channel), which costs more")
    try expectPaidOnce(submitted.id)
  }

  func channelDies() async throws {
    try await use([Self.quick, Self.steady], "dies")
    try Files.write([], to: place.outage(Self.quick), mode: 0o600, existing: .replace)
    Self.say("  \(Self.quick) is switched off: nothing gets through to it, and nothing comes back")
    let from = try await cursor()
    var ids: [String] = []
    for number in 1...12 { ids.append(try await submit("d\(number)", 60_00).id) }
    // The last of them is paid by another channel, whatever waits for the dead one.
    var over: [String: Int] = [:]
    for id in ids {
      _ = try await follow(id, from: from, until: [.paid, .inDoubt])
      let found = try await get(id)
      over[found.attempts.last?.channel ?? "", default: 0] += 1
    }
    Self.say(
      "  12 payouts: \(over[Self.quick] ?? 0) went to \(Self.quick) and are in doubt, \(over[Self.steady] ?? 0) over \(Self.steady)"
    )
    try Self.expect((over[Self.steady] ?? 0) > 0, "no payout moved to \(Self.steady)")
    unlink(place.outage(Self.quick))
    Self.say(
      "  \(Self.quick) is back; it is asked, knows nothing of them, and gets the same requests under the same keys")
    for id in ids {
      _ = try await follow(id, from: from, until: [.paid])
      let paid = try await get(id)
      try Self.expect(paid.state == .paid, "\(id) is \(paid.state.shortName)")
      try Self.expect(paid.attempts.count == 1, "\(id) took \(paid.attempts.count) attempts")
      try expectPaidOnce(id)
    }
    Self.say("  all 12 are PAID, each once; none of those in doubt was sent to another channel")
  }

  func answerLost() async throws {
    try await use([Self.forgetful], "lost")
    let from = try await cursor()
    let submitted = try await submit("l1", 70_00)
    let states = try await follow(submitted.id, from: from, until: [.paid])
    Self.say("  submitted: \(submitted.id), and then: \(states.joined(separator: ", "))")
    try Self.expect(states.contains("IN_DOUBT"), "it never was in doubt: \(states)")
    let paid = try await get(submitted.id)
    try Self.expect(paid.attempts.count == 1, "it took \(paid.attempts.count) attempts")
    try expectPaidOnce(submitted.id)
    Self.say(
      "  \(Self.forgetful) had paid; its answer was lost. It was asked, not sent again: its book has one payment")
  }

  func wrongCard() async throws {
    try await use([Self.strict], "wrong")
    let from = try await cursor()
    let submitted = try await submit("w1", 80_00)
    _ = try await follow(submitted.id, from: from, until: [.actionRequired])
    let needy = try await get(submitted.id)
    Self.say(
      "  submitted: \(submitted.id) is \(needy.state.shortName): \(needy.failure.code) (\(needy.failure.isoReason))")
    Self.say("             \(needy.failure.messageZh)")
    Self.say("             its money stays held until \(needy.deadline.text)")
    try Self.expect(needy.failure.code == "ACCOUNT_WRONG", "the reason is \(needy.failure.code)")

    try await use([Self.quick], "mended")
    let later = try await cursor()
    var amend = Settlement_V1_AmendWithdrawalRequest()
    amend.requestID = "w1-amend"
    amend.id = submitted.id
    amend.payee = other.id
    amend.etag = needy.etag
    _ = try await staff.partner.amendWithdrawal(amend)
    let states = try await follow(submitted.id, from: later, until: [.paid])
    let paid = try await get(submitted.id)
    Self.say("  amended:   to \(other.bank) \(other.maskedNumber), and then: \(states.joined(separator: ", "))")
    try Self.expect(paid.attempts.count == 2, "it took \(paid.attempts.count) attempts")
    try expectPaidOnce(submitted.id)
  }

  /// A partner's own server is told of each change, and checks who tells it.
  func webhookReceived() async throws {
    let receiver = try await DemoReceiver.start(place)
    do { try await told(receiver) } catch {
      await receiver.stop()
      throw error
    }
    await receiver.stop()
  }

  private func told(_ receiver: DemoReceiver) async throws {
    try await use([Self.quick], "told")
    var create = Settlement_V1_CreateWebhookEndpointRequest()
    create.requestID = "endpoint"
    create.url = receiver.url
    let made = try await staff.partner.createWebhookEndpoint(create)
    try receiver.trust(made.secret)
    Self.say("  endpoint:  \(made.endpoint.url); its secret was shown once, to the partner")
    let submitted = try await submit("h1", 90_00)
    let received = await receiver.next(Self.toldTypes.count, withinSeconds: 30)
    for delivery in received { Self.say("  received:  \(delivery.type), \(delivery.id): its signature is right") }
    try Self.expect(
      received.map(\.type).sorted() == Self.toldTypes.sorted(), "the receiver was told \(received.map(\.type))")
    try Self.expect(received.allSatisfy { $0.withdrawal == submitted.id }, "it was told of another withdrawal")

    guard let last = received.last else { return }
    let status = receiver.answer(toForged: last)
    Self.say("  forged:    the same with one bit changed is answered with \(status), and not believed")
    try Self.expect(status == 400, "a forged webhook was answered with \(status)")
  }

  private static let toldTypes = ["withdrawal.approved", "withdrawal.processing", "withdrawal.paid"]
}
