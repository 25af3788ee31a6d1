import Ledger
import LedgerCore
import Routing
import Synchronization
import Testing

@testable import Payouts

/// N04 with a live dispatcher: a cancel against a dispatch, at every moment that the seam of channels lets a test reach. What
/// both say must be what some serial order of them would have said.
struct CancelRaceTests {
  /// Puts a cancel into the ledger's mailbox at once, from wherever the dispatcher is just now.
  private final class Canceller: Sendable {
    private struct Prepared {
      var port: LedgerPort
      var requests: [LedgerRequest]
    }
    private let prepared = Mutex<Prepared?>(nil)
    private let reply = Mutex<LedgerReply?>(nil)
    private let port = Mutex<LedgerPort?>(nil)

    func arm(_ house: House, _ id: WithdrawalID) throws {
      let port = house.ledger.makePort { [weak self] in
        guard let self, let port = self.port.withLock({ $0 }) else { return }
        for reply in port.takeReplies() { self.reply.withLock { $0 = reply } }
      }
      self.port.withLock { $0 = port }
      let request = LedgerRequest(ticket: 1, deadlineNanoseconds: nil, operation: try house.cancelling(id))
      prepared.withLock { $0 = Prepared(port: port, requests: [request]) }
    }

    /// The first time; then never again.
    func fire() {
      let prepared = prepared.withLock { prepared in
        defer { prepared = nil }
        return prepared
      }
      prepared?.port.send(prepared?.requests ?? [])
    }

    var outcome: LedgerOutcome? { reply.withLock { $0?.outcome } }
  }

  /// What the caller of the cancel was told.
  private enum Told: Hashable {
    case cancelled
    case cancelling
    case refused(WithdrawalState)
  }

  private func told(_ outcome: LedgerOutcome?) throws -> Told {
    switch outcome {
    case .answered(.withdrawal(let withdrawal)):
      switch withdrawal.state {
      case .cancelled: return .cancelled
      case .cancelling: return .cancelling
      default: throw Surprise("cancelled into \(withdrawal.state)")
      }
    case .answered(.refused(.notCancelable(let state))): return .refused(state)
    default: throw Surprise("\(String(describing: outcome))")
    }
  }

  private struct End: Hashable {
    var told: Told
    var state: WithdrawalState
    /// What the channel was sent, and how often it was asked to take it back.
    var sends: Int
    var cancels: Int
    var available: Int64
  }

  /// One withdrawal of 10.00 out of 100.00, cancelled when the channel or the dispatcher is at `moment`.
  private enum Moment: CaseIterable {
    /// Before the dispatcher looks.
    case beforeLook
    /// It has found the payout due and chosen a channel; its attempt has not begun.
    case beforeBegin
    /// The attempt is durable, and the channel knows nothing.
    case beforeSend
    /// The channel has the request, and has not answered.
    case duringSend
    /// It has paid, and its answer is not recorded.
    case beforeRecord
    case whenPaid
  }

  private func end(_ moment: Moment) async throws -> End {
    let canceller = Canceller()
    let channel = try Scripted(
      onPrepare: { _ in if moment == .beforeBegin { canceller.fire() } },
      answer: { call, _ in
        guard case .send = call else { return .notFound }
        if moment == .duringSend {
          canceller.fire()
          // Its turn comes before the answer.
          while canceller.outcome == nil { await Task.yield() }
        }
        defer { if moment == .beforeRecord { canceller.fire() } }
        return Scripted.paid(1_000)
      })
    let house = try await House([channel], health: DispatcherTests.tolerant, isStarted: false) { _ in
      if moment == .beforeSend { canceller.fire() }
    }
    try await house.fund("scripted", 10_000)
    try await house.deposit(10_000)
    let id = try await house.submit(1_000)
    try canceller.arm(house, id)
    if moment == .beforeLook { canceller.fire() }
    house.start()
    if moment == .whenPaid {
      try await house.until(id, .paid)
      canceller.fire()
    }
    try await house.until("an answer at \(moment)") { canceller.outcome != nil }
    try await house.until("an end at \(moment)") {
      [.cancelled, .paid].contains(try await house.withdrawal(id).state)
    }
    await house.settle()
    let key = PayoutKey(id, attempt: 1)
    let end = End(
      told: try told(canceller.outcome), state: try await house.withdrawal(id).state,
      sends: channel.calls.count { $0 == .send(key) }, cancels: channel.calls.count { $0 == .cancel(key) },
      available: try await house.available())
    await house.stopAll()
    return end
  }

  @Test func aCancelBeforeTheDispatchRecordWinsAndAfterItLoses() async throws {
    let cancelled = End(told: .cancelled, state: .cancelled, sends: 0, cancels: 0, available: 10_000)
    func lost(_ state: WithdrawalState) -> End {
      End(told: .refused(state), state: .paid, sends: 1, cancels: 0, available: 9_000)
    }
    for moment in Moment.allCases {
      let expected =
        switch moment {
        case .beforeLook, .beforeBegin: cancelled
        case .beforeSend, .duringSend, .beforeRecord: lost(.processing)
        case .whenPaid: lost(.paid)
        }
      #expect(try await end(moment) == expected, "\(moment)")
    }
  }

  /// The payee has not confirmed: the channel has the last word, and only one.
  @Test(arguments: ["cancelled", "confirmed before", "confirmed after"])
  func whatAwaitsItsPayee(_ course: String) async throws {
    let canceller = Canceller()
    let isOver = Mutex(false)
    let channel = try Scripted { call, _ in
      switch call {
      case .send: return .waiting(reference: "W", until: nil)
      case .query: return isOver.withLock { $0 } ? Scripted.paid(1_000) : .waiting(reference: "W", until: nil)
      case .cancel:
        switch course {
        case "cancelled": return .failed(.init(.cancelled, .cancelledByUs, code: "CANCELLED"))
        case "confirmed before": return Scripted.paid(1_000)
        default:
          defer { isOver.withLock { $0 = true } }
          return isOver.withLock { $0 } ? Scripted.paid(1_000) : .waiting(reference: "W", until: nil)
        }
      }
    }
    let house = try await House([channel], health: DispatcherTests.tolerant)
    try await house.fund("scripted", 10_000)
    try await house.deposit(10_000)
    let id = try await house.submit(1_000)
    try await house.until(id, .awaitingPayee)
    try canceller.arm(house, id)
    canceller.fire()
    let last: WithdrawalState = course == "cancelled" ? .cancelled : .paid
    try await house.until(id, last)
    try await house.until("an answer") { canceller.outcome != nil }
    #expect(try told(canceller.outcome) == .cancelling)
    #expect(try await house.available() == (last == .cancelled ? 10_000 : 9_000))
    let float = try await house.float("scripted")
    #expect(float.creditsPosted == (last == .cancelled ? 0 : 1_000) && float.creditsPending == 0)
    await house.stopAll()
  }

  /// Many at once, cancels at moments that a seed chooses, over a channel that does everything wrong but pay twice.
  @Test(arguments: [UInt64(1), 2, 3])
  func cancelsAtAnyMoment(_ seed: UInt64) async throws {
    print("seed \(seed)")
    let count = 120
    let folder = try Folder()
    let clock = HandClock()
    var options = SimulatedOptions(seed: seed)
    (options.lostAnswerPermille, options.lostRequestPermille) = (100, 100)
    (options.awaitingPayeePermille, options.acceptedPermille) = (300, 200)
    let path = "\(folder.path)/sim.book"
    let channel = try SimulatedChannel(
      manifest: SimulatedChannel.manifest(id: try Label("sim")), options: options, bookPath: path, clock: clock)
    let house = try await House([channel], health: DispatcherTests.tolerant)
    try await house.fund("sim", 10_000_000)
    try await house.deposit(1_000_000)
    var chance = seed
    func dice(_ sides: UInt64) -> UInt64 {
      chance = chance &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (chance >> 33) % sides
    }
    var ids: [WithdrawalID] = []
    var replies: [WithdrawalID: LedgerReply] = [:]
    var waiting: [WithdrawalID] = []
    for _ in 0..<count {
      let id = try await house.submit(1_000)
      ids.append(id)
      waiting.append(id)
      for _ in 0..<dice(8) { await Task.yield() }
      if dice(4) == 0 { clock.advance(milliseconds: Int64(dice(3_000))) }
      while !waiting.isEmpty, dice(2) == 0 {
        let other = waiting.remove(at: Int(dice(UInt64(waiting.count))))
        replies[other] = try await house.cancel(other)
      }
    }
    try await house.until("an end, seed \(seed)") {
      clock.advance(milliseconds: 500)
      return try await house.count(.paid) + house.count(.cancelled) == UInt64(count)
    }
    var moved: [WithdrawalID: Int] = [:]
    for entry in try SimulatedBook.read(path) where entry.kind == .moved {
      moved[entry.key.withdrawal, default: 0] += 1
    }
    var paid: Int64 = 0
    for id in ids {
      let state = try await house.withdrawal(id).state
      #expect(moved[id, default: 0] == (state == .paid ? 1 : 0), "\(id) is \(state), seed \(seed)")
      if state == .paid { paid += 1_000 }
      guard let reply = replies[id] else {
        #expect(state == .paid)
        continue
      }
      switch try told(reply.outcome) {
      case .cancelled: #expect(state == .cancelled)
      case .cancelling: #expect(state == .cancelled || state == .paid)
      case .refused: #expect(state == .paid)
      }
    }
    #expect(try await house.available() == 1_000_000 - paid)
    #expect(paid > 0 && paid < Int64(count) * 1_000)
    await house.stopAll()
  }
}
