import LedgerCore

/// Payouts said plainly, with dictionaries: what the model test compares the real ledger with.
struct PlainPayouts {
  struct Attempt {
    var channel: String
    var reserved: Int64
    var state: AttemptState
    var begun: Int
    /// Step of the channel's last word.
    var updated: Int
    var paid: Int64 = 0
    /// Of a mismatch: what the channel told.
    var told: Int64 = 0
    var toldFee: Int64 = 0
    var isStray = false
    var cameBack = false
  }

  struct Payout {
    var agent: String
    var currency: Currency
    var amount: Int64
    var fee: Int64
    var points: Int64
    var speed: Speed
    var arrival: Int64
    var payee: String
    var state: WithdrawalState
    var attempts: [Attempt] = []
    var tries = 0
    var refunded: Int64 = 0
    var deadline: Int64 = 0
    var entered: Int64 = 0
    var heldSince: Int64?
    var isBlocked = false
    var isReturned = false
    /// Of the newest attempt.
    var isCancelAsked = false
    var reviewDue: Int64 = 0
    /// Step of the last record about paying it.
    var changed = 0

    var net: Int64 { amount - fee }
    var isHeld: Bool { heldSince != nil && !state.isFinal }
    var isOpen: Bool { attempts.last?.state.isOpen ?? false }
  }

  struct Proposal {
    var payout: Int
    var verdict: DoubtVerdict
    var paid: Int64
    var made: Int
    var isOpen = true
  }

  struct Account {
    var posted: Int64 = 0
    var pending: Int64 = 0
    var available: Int64 { posted - pending }
  }

  struct Place: Hashable {
    var name: String
    var currency: Currency
  }

  var payouts: [Payout] = []
  var proposals: [Proposal] = []
  /// What agents are owed.
  var agents: [Place: Account] = [:]
  var floats: [Place: Account] = [:]
  /// Debits less credits.
  var custody: [Currency: Int64] = [:]
  var suspense: [Currency: Int64] = [:]
  var channelFees: [Currency: Int64] = [:]
  /// Credits less debits.
  var fees: [Currency: Int64] = [:]
  var frozen: Set<String> = []
  var resting: Set<String> = []
  var known: Set<String> = []
  var now: Int64 = 0
  var step = 0

  // MARK: - What agents and people do

  /// nil: refused.
  mutating func submit(
    _ agent: String, _ currency: Currency, _ amount: Int64, fee: Int64, points: Int64, speed: Speed, arrival: Int64,
    state: WithdrawalState, reviewDue: Int64
  ) -> WithdrawalState? {
    let place = Place(name: agent, currency: currency)
    let pointsPlace = Place(name: agent, currency: .points)
    guard !frozen.contains(agent), fee <= amount, amount <= agents[place]?.available ?? 0,
      points <= agents[pointsPlace]?.available ?? 0
    else { return nil }
    payouts.append(
      Payout(
        agent: agent, currency: currency, amount: amount, fee: fee, points: points, speed: speed, arrival: arrival,
        payee: "payee", state: state, entered: now, reviewDue: reviewDue))
    if state != .rejected {
      agents[place, default: Account()].pending += amount
      agents[pointsPlace, default: Account()].pending += points
    }
    return state
  }

  mutating func approve(_ index: Int) -> Bool {
    let payout = payouts[index]
    guard payout.state == .pendingReview, !payout.isHeld, !frozen.contains(payout.agent) else { return false }
    enter(index, .approved)
    return true
  }

  mutating func hold(_ index: Int, _ isHeld: Bool) -> Bool {
    guard !payouts[index].state.isFinal, payouts[index].isHeld != isHeld else { return false }
    if !isHeld, let since = payouts[index].heldSince {
      let lost = now - max(since, payouts[index].state == .actionRequired ? payouts[index].entered : now)
      if payouts[index].state == .actionRequired {
        payouts[index].deadline += lost
        payouts[index].changed = step
      }
      if payouts[index].state == .pendingReview { payouts[index].reviewDue += now - since }
    }
    payouts[index].heldSince = isHeld ? now : nil
    return true
  }

  mutating func cancel(_ index: Int) -> Bool {
    let payout = payouts[index]
    guard payout.state.isCancelable, !payout.isHeld, !payout.isBlocked else { return false }
    if payout.state == .awaitingPayee {
      payouts[index].changed = step
      payouts[index].isCancelAsked = true
      enter(index, .cancelling)
    } else {
      release(index, .cancelled)
    }
    return true
  }

  mutating func rework(_ index: Int, payee: String, becomes state: WithdrawalState, reviewDue: Int64) -> Bool {
    let payout = payouts[index]
    guard payout.state == .actionRequired, !payout.isHeld, !payout.isBlocked, payout.attempts.count < 99,
      !frozen.contains(payout.agent)
    else { return false }
    payouts[index].payee = payee
    payouts[index].tries = 0
    payouts[index].deadline = 0
    payouts[index].changed = step
    payouts[index].reviewDue = reviewDue
    if state == .rejected { release(index, state) } else { enter(index, state) }
    return true
  }

  /// The first in the order in which they came there.
  mutating func lapse(_ order: [Int]) -> Bool {
    guard
      let index = order.first(where: {
        payouts[$0].state == .actionRequired && payouts[$0].deadline <= now && !payouts[$0].isHeld
          && !payouts[$0].isBlocked
      })
    else { return false }
    payouts[index].changed = step
    release(index, .failed)
    return true
  }

  // MARK: - The dispatcher and channels

  enum Begun { case begun, heldBack, turnedAway }

  mutating func begin(_ index: Int, _ channel: String, fee: Int64, attempt: Int, payee: String, reviewDue: Int64)
    -> Begun
  {
    let payout = payouts[index]
    guard payout.state == .approved, attempt == payout.attempts.count + 1, payee == payout.payee, !payout.isHeld,
      !payout.isBlocked
    else { return .turnedAway }
    if frozen.contains(payout.agent) {
      payouts[index].changed = step
      payouts[index].reviewDue = reviewDue
      enter(index, .pendingReview)
      return .heldBack
    }
    let place = Place(name: channel, currency: payout.currency)
    guard !resting.contains(channel), let float = floats[place], payout.net + fee <= float.available else {
      return .turnedAway
    }
    floats[place]?.pending += payout.net + fee
    payouts[index].attempts.append(Attempt(channel: channel, reserved: fee, state: .sent, begun: step, updated: step))
    payouts[index].tries += 1
    payouts[index].isCancelAsked = false
    payouts[index].changed = step
    enter(index, .processing)
    return .begun
  }

  /// - Parameter isNew: it tells a reference that was not told before.
  mutating func tell(_ index: Int, attempt number: Int, _ told: AttemptState, paid: Int64, fee: Int64, isNew: Bool)
    -> Bool
  {
    guard payouts[index].attempts.indices.contains(number - 1), told != .sent else { return false }
    let payout = payouts[index]
    let known = payout.attempts[number - 1]
    var result = told
    guard known.state.isOpen else {
      guard known.state != .paid, result == .paid || result == .mismatch, !known.isStray else { return false }
      stray(index, number - 1, paid, fee: fee)
      payouts[index].isBlocked = true
      return true
    }
    if known.state == .mismatch { return false }
    if result == .paid, paid != payout.net { result = .mismatch }
    let state = Self.state(
      after: result, payout.state, hasTriesLeft: payout.tries < 5 && payout.attempts.count < 99,
      isCancelAsked: payout.isCancelAsked)
    if state == payout.state, result == known.state, !isNew { return false }
    close(index, number - 1, result, state, paid: paid, fee: fee)
    return true
  }

  static func state(
    after result: AttemptState, _ state: WithdrawalState, hasTriesLeft: Bool, isCancelAsked: Bool
  ) -> WithdrawalState {
    if result.isFailure, isCancelAsked { return .cancelled }
    switch result {
    case .sent: return state
    case .accepted: return state == .inDoubt ? .processing : state
    case .awaitingPayee: return .awaitingPayee
    case .unknown, .mismatch: return .inDoubt
    case .paid: return .paid
    case .refused: return .failed
    case .payeeFailure, .cancelled, .lapsed: return .actionRequired
    case .tryAgain, .tryElsewhere:
      return hasTriesLeft && state != .awaitingPayee ? .approved : .actionRequired
    }
  }

  private mutating func close(
    _ index: Int, _ attempt: Int, _ result: AttemptState, _ state: WithdrawalState, paid: Int64, fee: Int64
  ) {
    let payout = payouts[index]
    let known = payout.attempts[attempt]
    let place = Place(name: known.channel, currency: payout.currency)
    payouts[index].attempts[attempt].state = result
    payouts[index].attempts[attempt].updated = step
    if result == .mismatch {
      payouts[index].attempts[attempt].told = paid
      payouts[index].attempts[attempt].toldFee = fee
    }
    payouts[index].changed = step
    payouts[index].deadline = 0
    if result == .paid {
      payouts[index].attempts[attempt].paid = paid
      floats[place]?.pending -= payout.net + known.reserved
      take(paid + fee, place)
      channelFees[payout.currency, default: 0] += fee
      suspense[payout.currency, default: 0] += paid - payout.net
      settle(index)
    }
    if result.isFailure { floats[place]?.pending -= payout.net + known.reserved }
    if state == payout.state { return }
    if state == .actionRequired { payouts[index].deadline = now + 72 * hour }
    if state == .failed || state == .cancelled { release(index, state) } else { enter(index, state) }
  }

  /// Out of the agent's account; a broken promise costs nothing.
  private mutating func settle(_ index: Int) {
    let payout = payouts[index]
    let place = Place(name: payout.agent, currency: payout.currency)
    agents[place]?.pending -= payout.amount
    agents[place]?.posted -= payout.amount
    fees[payout.currency, default: 0] += payout.fee
    let points = Place(name: payout.agent, currency: .points)
    agents[points]?.pending -= payout.points
    agents[points]?.posted -= payout.points
    fees[.points, default: 0] += payout.points
    guard payout.speed != .nextDay, now > payout.arrival else { return }
    payouts[index].refunded = payout.fee
    agents[place]?.posted += payout.fee
    fees[payout.currency, default: 0] -= payout.fee
  }

  /// What the float has not is in suspense.
  private mutating func take(_ amount: Int64, _ place: Place) {
    let taken = min(amount, floats[place]?.available ?? 0)
    floats[place]?.posted -= taken
    suspense[place.currency, default: 0] -= amount - taken
  }

  private mutating func stray(_ index: Int, _ attempt: Int, _ amount: Int64, fee: Int64) {
    payouts[index].attempts[attempt].isStray = true
    payouts[index].attempts[attempt].paid = amount
    payouts[index].changed = step
    suspense[payouts[index].currency, default: 0] += amount
    channelFees[payouts[index].currency, default: 0] += fee
    take(amount + fee, Place(name: payouts[index].attempts[attempt].channel, currency: payouts[index].currency))
  }

  mutating func giveBack(_ index: Int, attempt number: Int, _ amount: Int64) -> Bool {
    let payout = payouts[index]
    guard payout.attempts.indices.contains(number - 1) else { return false }
    let known = payout.attempts[number - 1]
    let place = Place(name: known.channel, currency: payout.currency)
    if known.isStray {
      guard !known.cameBack, amount == known.paid else { return false }
      floats[place]?.posted += amount
      suspense[payout.currency, default: 0] -= amount
      payouts[index].attempts[number - 1].cameBack = true
      payouts[index].changed = step
      return true
    }
    guard known.state == .paid, !payout.isReturned, amount == known.paid else { return false }
    floats[place]?.posted += amount
    agents[Place(name: payout.agent, currency: payout.currency)]?.posted += payout.net
    suspense[payout.currency, default: 0] -= amount - payout.net
    payouts[index].isReturned = true
    payouts[index].changed = step
    enter(index, .returned)
    return true
  }

  mutating func confirmArrival(_ index: Int, attempt number: Int) -> Bool {
    let payout = payouts[index]
    guard payout.attempts.indices.contains(number - 1), payout.attempts[number - 1].state == .paid,
      payout.state == .paid
    else { return false }
    payouts[index].changed = step
    enter(index, .confirmed)
    return true
  }

  // MARK: - Doubts

  func isDoubtful(_ index: Int, _ verdict: DoubtVerdict, made: Int = .max) -> Bool {
    let payout = payouts[index]
    if payout.isBlocked, verdict == .notPaid, !payout.isOpen { return payout.changed < made }
    guard payout.state == .inDoubt, let attempt = payout.attempts.last, attempt.updated < made else { return false }
    let denies = verdict == .notPaid || verdict == .failed
    return !(denies && attempt.state == .mismatch && attempt.told > 0)
  }

  mutating func confirm(_ proposal: Int) -> Bool {
    let doubt = proposals[proposal]
    guard doubt.isOpen, isDoubtful(doubt.payout, doubt.verdict, made: doubt.made) else { return false }
    proposals[proposal].isOpen = false
    let payout = payouts[doubt.payout]
    guard payout.isOpen else {
      payouts[doubt.payout].isBlocked = false
      payouts[doubt.payout].changed = step
      return true
    }
    let attempt = payout.attempts.count - 1
    let known = payout.attempts[attempt]
    let fee = known.state == .mismatch && known.toldFee > 0 ? known.toldFee : known.reserved
    switch doubt.verdict {
    case .paid: close(doubt.payout, attempt, .paid, .paid, paid: doubt.paid, fee: fee)
    case .notPaid:
      let state: WithdrawalState =
        payout.isCancelAsked ? .cancelled : payout.tries < 5 ? .approved : .actionRequired
      close(doubt.payout, attempt, .tryElsewhere, state, paid: 0, fee: 0)
    case .failed:
      close(doubt.payout, attempt, .refused, payout.isCancelAsked ? .cancelled : .failed, paid: 0, fee: 0)
    case .strayed:
      close(doubt.payout, attempt, .refused, .failed, paid: 0, fee: 0)
      stray(doubt.payout, attempt, doubt.paid, fee: fee)
    }
    return true
  }

  mutating func fund(_ channel: String, _ currency: Currency, _ amount: Int64) -> Bool {
    let place = Place(name: channel, currency: currency)
    guard amount > 0 ? amount <= custody[currency] ?? 0 : -amount <= floats[place]?.available ?? 0 else { return false }
    floats[place, default: Account()].posted += amount
    custody[currency, default: 0] -= amount
    known.insert(channel)
    return true
  }

  mutating func enter(_ index: Int, _ state: WithdrawalState) {
    payouts[index].state = state
    payouts[index].entered = now
  }

  mutating func release(_ index: Int, _ state: WithdrawalState) {
    let payout = payouts[index]
    agents[Place(name: payout.agent, currency: payout.currency)]?.pending -= payout.amount
    agents[Place(name: payout.agent, currency: .points)]?.pending -= payout.points
    enter(index, state)
  }
}
