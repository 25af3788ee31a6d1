import LedgerCore

/// Reviews said plainly, with arrays: what the model test compares the real ones with. One agent, no fees, and a policy
/// that reviews and rejects by amount and by one payee's name.
struct ReviewReference {
  struct Payout {
    var amount: Int64
    var state: WithdrawalState
    var payee = "payee"
    var required: Int
    var approvals: [Person] = []
    var isEscalated = false
    var claim: (person: Label, until: Int64)?
    /// What the deciders had left when they asked.
    var rest: Int64?
    var due: Int64
    var heldSince: Int64?
    /// Times that what is approved was changed.
    var version = 0
    var lastSequence: UInt64

    var isHeld: Bool { heldSince != nil && !state.isFinal }
    var holdsMoney: Bool { state == .pendingReview || state == .approved }
  }

  enum Outcome: Equatable {
    case payout(Int)
    case refused(Refusal)
    case rejected(Rejection)
    case done
  }

  enum Action {
    case submit(amount: Int64)
    case claim(Person)
    case release(Person)
    /// - Parameter version: of what the person saw.
    case approve(Person, version: Int)
    case reject(Person)
    case ask(Person)
    case escalate(Person)
    case amend(payee: String)
    case hold(Person, Bool)
    case cancel(Person?)
    case expire
  }

  static let rejectedPayee = "bad"
  let checkers: Int
  let reviewMicroseconds: Int64
  var payouts: [Payout] = []
  var sequence: UInt64 = 0
  var available: Int64

  /// - Parameter index: of the payout; of no matter to `submit` and `expire`.
  mutating func perform(_ action: Action, on index: Int, at now: Int64) -> Outcome {
    let outcome = decide(action, index, now)
    switch outcome {
    case .payout(let index):
      sequence += 1
      payouts[index].lastSequence = sequence
    case .refused, .done: sequence += 1
    case .rejected: break
    }
    return outcome
  }

  private mutating func decide(_ action: Action, _ index: Int, _ now: Int64) -> Outcome {
    switch action {
    case .submit(let amount): return submit(amount, now)
    case .expire: return expire(now)
    case .cancel(let person):
      let payout = payouts[index]
      if payout.state.isFinal { return .refused(.notCancelable(state: payout.state)) }
      if payout.isHeld && person?.role != .compliance { return .refused(.onHold) }
      end(index, .cancelled)
      return .payout(index)
    case .hold(let person, let isHeld):
      let payout = payouts[index]
      if person.role != .compliance { return .rejected(.withdrawalNotFound) }
      if payout.state.isFinal { return .refused(.notInReview(state: payout.state)) }
      if payout.isHeld == isHeld { return .refused(.holdUnchanged(isHeld: isHeld)) }
      if let since = payout.heldSince { payouts[index].due += now - since }
      payouts[index].heldSince = isHeld ? now : nil
      return .payout(index)
    case .claim, .release, .approve, .reject, .ask, .escalate, .amend:
      let payout = payouts[index]
      if payout.state != .pendingReview { return .refused(.notInReview(state: payout.state)) }
      if payout.isHeld { return .refused(.onHold) }
      return review(action, index, now)
    }
  }

  private mutating func submit(_ amount: Int64, _ now: Int64) -> Outcome {
    let isReviewed = amount >= reviewedAmount
    if amount > available { return .refused(.insufficientFunds(available: available, requested: amount)) }
    let state: WithdrawalState = amount >= rejectedAmount ? .rejected : isReviewed ? .pendingReview : .approved
    if state != .rejected { available -= amount }
    payouts.append(
      Payout(amount: amount, state: state, required: checkers, due: now + reviewMicroseconds, lastSequence: 0))
    return .payout(payouts.count - 1)
  }

  private mutating func expire(_ now: Int64) -> Outcome {
    let due = payouts.indices.filter {
      payouts[$0].state == .pendingReview && !payouts[$0].isHeld && payouts[$0].due <= now
    }
    guard let first = due.min(by: { (payouts[$0].due, $0) < (payouts[$1].due, $1) }) else {
      return .rejected(.nothingDue)
    }
    end(first, .expired)
    payouts[first].lastSequence = sequence + 1
    return .done
  }

  private mutating func review(_ action: Action, _ index: Int, _ now: Int64) -> Outcome {
    let payout = payouts[index]
    func claimed(by person: Person) -> Outcome? {
      guard let claim = payout.claim, claim.person != person.name, now < claim.until else { return nil }
      return .refused(.reviewClaimed(until: Timestamp(microseconds: claim.until)))
    }
    switch action {
    case .claim(let person):
      if let other = claimed(by: person) { return other }
      payouts[index].claim = (person.name, now + ReviewLimits.claimMicroseconds)
    case .release(let person):
      if let other = claimed(by: person) { return other }
      if payout.claim?.person != person.name { return .rejected(.nothingToChange) }
      payouts[index].claim = nil
    case .approve(let person, let version):
      if person.name == maker.name { return .refused(.makerMayNotDecide) }
      if payout.approvals.contains(where: { $0.name == person.name }) { return .refused(.personDecidedAlready) }
      if version != payout.version { return .refused(.digestOutdated) }
      if let other = claimed(by: person) { return other }
      payouts[index].approvals.append(person)
      answered(index, now)
      let isEnough =
        payouts[index].approvals.count >= payout.required
        && (!payout.isEscalated || payouts[index].approvals.contains { $0.role == .compliance })
      if isEnough { payouts[index].state = .approved }
    case .reject(let person):
      if person.name == maker.name { return .refused(.makerMayNotDecide) }
      if let other = claimed(by: person) { return other }
      answered(index, now)
      end(index, .rejected)
    case .ask(let person):
      if let other = claimed(by: person) { return other }
      if payout.rest == nil { payouts[index].rest = max(0, payout.due - now) }
      payouts[index].due = now + ReviewLimits.informationMicroseconds
      payouts[index].claim = nil
    case .escalate:
      if payout.isEscalated { return .rejected(.nothingToChange) }
      payouts[index].isEscalated = true
    case .amend(let payee):
      guard payout.rest != nil else { return .refused(.noInformationRequested) }
      let claim = payout.claim
      answered(index, now)
      payouts[index].claim = claim
      payouts[index].approvals = []
      payouts[index].version += 1
      payouts[index].payee = payee
      if payee == Self.rejectedPayee { end(index, .rejected) }
    case .submit, .expire, .cancel, .hold: break
    }
    return .payout(index)
  }

  /// Somebody decided something: the question is answered, and the claim has done its work.
  private mutating func answered(_ index: Int, _ now: Int64) {
    if let rest = payouts[index].rest { payouts[index].due = now + rest }
    payouts[index].rest = nil
    payouts[index].claim = nil
  }

  private mutating func end(_ index: Int, _ state: WithdrawalState) {
    payouts[index].state = state
    available += payouts[index].amount
  }
}
