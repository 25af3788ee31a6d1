internal import LedgerCore

/// How the simulated channel behaves. What happens to a key follows from the seed and the key alone, so that the same payout
/// meets the same fate after any crash. Rates are parts per thousand of all keys; together at most 1,000, the rest is paid at
/// once.
package struct SimulatedOptions: Sendable, Hashable {
  package var seed: UInt64 = 1
  /// How long an answer takes: both 0 for at once.
  package var latencyMinimumMilliseconds: Int64 = 0
  package var latencyMaximumMilliseconds: Int64 = 0

  package var technicalFailurePermille: UInt16 = 0
  package var payeeFailurePermille: UInt16 = 0
  package var refusalPermille: UInt16 = 0
  /// The money moved, and the answer is lost.
  package var lostAnswerPermille: UInt16 = 0
  /// The request is lost: nothing moved. It arrives when it is sent again.
  package var lostRequestPermille: UInt16 = 0
  /// It takes the order and pays it `laterMilliseconds` later.
  package var acceptedPermille: UInt16 = 0
  /// The payee has to confirm, and does so `laterMilliseconds` later.
  package var awaitingPayeePermille: UInt16 = 0
  /// The payee never confirms: it lapses after `confirmMilliseconds`.
  package var unconfirmedPermille: UInt16 = 0
  /// Pays one minor unit less than it should.
  package var wrongAmountPermille: UInt16 = 0
  /// Pays, and the money comes back with a later statement.
  package var returnPermille: UInt16 = 0

  /// Of all keys, whatever becomes of them otherwise: a code that nobody knows instead of the first answer.
  package var unknownCodePermille: UInt16 = 0
  /// Of all keys that are told of by a notification: told twice.
  package var duplicateNotificationPermille: UInt16 = 0
  /// The same: told `laterMilliseconds` after it happened, behind others.
  package var lateNotificationPermille: UInt16 = 0

  package var laterMilliseconds: Int64 = 2_000
  package var confirmMilliseconds: Int64 = 86_400_000
  /// While this file is there, nothing gets through and nothing is answered: how people and other programs switch it off.
  package var outagePath: String?

  package init(seed: UInt64 = 1) { self.seed = seed }

  /// Everything that can go wrong, often.
  package static func misbehaving(seed: UInt64) -> SimulatedOptions {
    var options = SimulatedOptions(seed: seed)
    options.technicalFailurePermille = 30
    options.payeeFailurePermille = 10
    options.refusalPermille = 5
    options.lostAnswerPermille = 50
    options.lostRequestPermille = 50
    options.acceptedPermille = 50
    options.awaitingPayeePermille = 20
    options.unconfirmedPermille = 5
    options.unknownCodePermille = 20
    options.duplicateNotificationPermille = 200
    options.lateNotificationPermille = 200
    return options
  }
}

/// What becomes of a key at the simulated channel.
enum SimulatedFate: Hashable {
  case paid
  case technicalFailure
  case payeeFailure
  case refusal
  case lostAnswer
  case lostRequest
  case acceptedThenPaid
  case confirmedLater
  case neverConfirmed
  case wrongAmount
  case paidThenReturned
}

extension SimulatedOptions {
  /// Three independent numbers of a key.
  enum Draw: UInt64 {
    case fate = 1
    case second = 2
    case latency = 3
    case unknownCode = 4
    case duplicate = 5
    case late = 6
    case failure = 7
  }

  func draw(_ draw: Draw, _ key: PayoutKey) -> UInt64 {
    var x =
      seed &+ 0x9E37_79B9_7F4A_7C15 &* (key.withdrawal.rawValue &* 128 &+ UInt64(key.attempt) &* 8 &+ draw.rawValue)
    // SplitMix64's last step, twice: neighbouring keys have nothing in common.
    for _ in 0..<2 {
      x = (x ^ x >> 30) &* 0xBF58_476D_1CE4_E5B9
      x = (x ^ x >> 27) &* 0x94D0_49BB_1331_11EB
      x ^= x >> 31
    }
    return x
  }

  func happens(_ permille: UInt16, _ draw: Draw, _ key: PayoutKey) -> Bool {
    permille > 0 && self.draw(draw, key) % 1_000 < UInt64(permille)
  }

  /// - Parameter wasLost: an earlier request of this key was lost; it meets its second fate.
  func fate(of key: PayoutKey, wasLost: Bool) -> SimulatedFate {
    var rest = Int(draw(wasLost ? .second : .fate, key) % 1_000)
    func takes(_ permille: UInt16) -> Bool {
      rest -= Int(permille)
      return rest < 0
    }
    if takes(technicalFailurePermille) { return .technicalFailure }
    if takes(payeeFailurePermille) { return .payeeFailure }
    if takes(refusalPermille) { return .refusal }
    if takes(lostAnswerPermille) { return .lostAnswer }
    if takes(acceptedPermille) { return .acceptedThenPaid }
    if takes(awaitingPayeePermille) { return .confirmedLater }
    if takes(unconfirmedPermille) { return .neverConfirmed }
    if takes(wrongAmountPermille) { return .wrongAmount }
    if takes(returnPermille) { return .paidThenReturned }
    if takes(lostRequestPermille), !wasLost { return .lostRequest }
    return .paid
  }

  func latencyMilliseconds(of key: PayoutKey) -> Int64 {
    let spread = latencyMaximumMilliseconds - latencyMinimumMilliseconds
    guard spread > 0 else { return max(latencyMinimumMilliseconds, 0) }
    return latencyMinimumMilliseconds + Int64(draw(.latency, key) % UInt64(spread + 1))
  }
}
