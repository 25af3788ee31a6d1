import Digests
import Foundation
import Ledger
import LedgerCore
import SettlementProto

/// Numbers that a seed brings back: SETTLE_SEED repeats a run.
struct SeededRandom: RandomNumberGenerator {
  let seed: UInt64
  private var state: UInt64

  init(_ name: String) {
    seed = ProcessInfo.processInfo.environment["SETTLE_SEED"].flatMap(UInt64.init) ?? .random(in: 0...UInt64.max)
    state = seed
    print("\(name): SETTLE_SEED=\(seed)")
  }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func text(upTo maximumBytes: Int) -> String {
    let alphabet: [Character] = ["a", "Z", "7", "-", "é", "提", "😀"]
    var text = ""
    for _ in 0..<Int.random(in: 0...maximumBytes, using: &self) {
      guard let next = alphabet.randomElement(using: &self) else { break }
      if text.utf8.count + String(next).utf8.count > maximumBytes { break }
      text.append(next)
    }
    return text
  }

  mutating func label() -> Label {
    let text = text(upTo: Label.maximumBytes)
    return (try? Label(text.isEmpty ? "x" : text)) ?? .none
  }

  /// Small, large and limiting values, all likely.
  mutating func number() -> Int64 {
    let raw = Int64(bitPattern: next())
    switch UInt8.random(in: 0..<5, using: &self) {
    case 0: return raw >> 56
    case 1: return raw >> 32
    case 2: return [0, 1, -1, .max, .min, 127, 128, 16_383, 16_384].randomElement(using: &self) ?? 0
    default: return raw
    }
  }

  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) } }

  mutating func timestamp() -> Timestamp { Timestamp(microseconds: number()) }

  mutating func withdrawal() -> Withdrawal {
    var timeline = Timeline()
    for _ in 0..<Int.random(in: 0...12, using: &self) {
      timeline.append(
        TimelineEntry(state: WithdrawalState.allCases.randomElement(using: &self) ?? .paid, time: timestamp()))
    }
    let amount = number()
    let fee = number()
    let (_, overflow) = amount.subtractingReportingOverflow(fee)
    return Withdrawal(
      id: WithdrawalID(rawValue: next()), partner: label(), agent: label(), payee: label(), requestID: label(),
      state: WithdrawalState.allCases.randomElement(using: &self) ?? .paid,
      amount: Money(minorUnits: amount, currency: Bool.random(using: &self) ? .cny : Currency(code: 0x5A5A5A)),
      feeMinorUnits: overflow ? 0 : fee, createTime: timestamp(), updateTime: timestamp(), lastSequence: next(),
      timeline: timeline, screening: screening(), review: Bool.random(using: &self) ? review() : nil,
      payout: Bool.random(using: &self) ? payout() : nil)
  }

  mutating func payout() -> PayoutStanding {
    var facts = PayoutStanding.Facts()
    facts.attempts = (0..<Int.random(in: 0...6, using: &self)).map { _ in
      Attempt(
        number: UInt8.random(in: 1...PayoutKey.attemptMaximum, using: &self), channel: label(),
        state: AttemptState.allCases.randomElement(using: &self) ?? .sent,
        reason: PayoutReason.allCases.randomElement(using: &self) ?? .none, channelReference: labelOrNone(),
        code: labelOrNone(), paidMinorUnits: number(), channelFeeMinorUnits: number(), beginTime: timestamp(),
        updateTime: timestamp(), beginSequence: next(), isStray: Bool.random(using: &self),
        payeeConfirmation: Bool.random(using: &self) ? confirmation() : nil)
    }
    facts.feeRefundedMinorUnits = number()
    facts.deadline = timestamp()
    facts.isBlocked = Bool.random(using: &self)
    return PayoutStanding(facts)
  }

  mutating func confirmation() -> PayeeConfirmation? {
    let lengths = [1, 127, 128, 200, PayeeConfirmation.maximumBytes]
    return try? PayeeConfirmation([UInt8](repeating: 0x70, count: lengths.randomElement(using: &self) ?? 1))
  }

  mutating func screening() -> Screening {
    let reasons = (0..<Int.random(in: 0...8, using: &self)).map { _ in
      RiskReason(
        code: RiskCode.allCases.randomElement(using: &self) ?? .newAgent, points: Int16(truncatingIfNeeded: number()))
    }
    let isSilent = Bool.random(using: &self)
    let verdict: RiskVerdict = [.approve, .review, .reject].randomElement(using: &self) ?? .approve
    let day: Int32 = [0, 1, -1, .max, 20_000, 2_932_896, 2_932_897].randomElement(using: &self) ?? 0
    return Screening(
      rulesVersion: UInt32(truncatingIfNeeded: number()),
      terms: Terms(
        speed: Speed.allCases.randomElement(using: &self) ?? .nextDay, feeMinorUnits: 0, points: number(),
        settlementDay: Bool.random(using: &self) ? day : Int32.random(in: 0...40_000, using: &self),
        expectedArrival: timestamp()),
      limitDay: LimitDay(day: 0, month: 0),
      risk: isSilent
        ? .approved : RiskResult(verdict: verdict, score: Int16(truncatingIfNeeded: number()), reasons: reasons),
      checkers: 0, reviewDue: Timestamp(microseconds: 0))
  }

  mutating func review() -> ReviewStanding {
    var facts = ReviewStanding.Facts()
    facts.required = UInt8.random(in: 0...255, using: &self)
    facts.approvals = (0..<Int.random(in: 0...5, using: &self)).map { _ in
      Approval(
        person: label(), role: StaffRole.allCases.randomElement(using: &self) ?? .reviewer, time: timestamp())
    }
    facts.due = timestamp()
    facts.claimedBy = Bool.random(using: &self) ? label() : nil
    facts.claimedUntil = timestamp()
    facts.isEscalated = Bool.random(using: &self)
    facts.informationNote = labelOrNone()
    facts.holdReason = labelOrNone()
    facts.rejectionReason = labelOrNone()
    if Bool.random(using: &self) { facts.digest = receipt().seal }
    facts.outcome = Bool.random(using: &self) ? ReviewOutcome.allCases.randomElement(using: &self) : nil
    return ReviewStanding(facts)
  }

  mutating func labelOrNone() -> Label { Bool.random(using: &self) ? label() : .none }

  mutating func receipt() -> Receipt {
    var seal = Digest256()
    let bytes = bytes(Digest256.byteCount)
    seal.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
    return Receipt(sequence: next() >> UInt64.random(in: 0..<64, using: &self), seal: seal)
  }

  mutating func submit() -> Settlement_V1_SubmitWithdrawalRequest {
    var request = Settlement_V1_SubmitWithdrawalRequest()
    request.requestID = text(upTo: 80)
    request.agent = text(upTo: 70)
    request.payee = text(upTo: 70)
    if Bool.random(using: &self) {
      request.amount.currencyCode = Bool.random(using: &self) ? "CNY" : text(upTo: 5)
      request.amount.minorUnits = number()
    }
    if Bool.random(using: &self) {
      request.speed = Settlement_V1_Speed(rawValue: Int(Int32(truncatingIfNeeded: number()))) ?? .unspecified
      request.acceleration =
        Settlement_V1_Acceleration(rawValue: Int(Int32(truncatingIfNeeded: number()))) ?? .fee
      request.quote = text(upTo: 40)
      request.device = text(upTo: 70)
      request.address = text(upTo: 70)
    }
    return request
  }

  /// One to three bytes changed, added or removed.
  mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &self) {
      let at = Int.random(in: 0...bytes.count, using: &self)
      switch UInt8.random(in: 0..<4, using: &self) {
      case 0 where at < bytes.count: bytes.remove(at: at)
      case 1: bytes.insert(UInt8.random(in: 0...255, using: &self), at: at)
      case 2 where at < bytes.count: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &self)
      default: if at < bytes.count { bytes[at] = UInt8.random(in: 0...255, using: &self) }
      }
    }
    return bytes
  }
}
