import SettlementClient
import SettlementProto

/// How far the withdrawals of a run are, as a watcher is told. The server is killed under it; the watch goes on from its cursor.
actor PayoutProgress {
  private(set) var acknowledged: [String] = []
  private(set) var isSubmitted = false
  private var states: [String: Settlement_V1_WithdrawalState] = [:]
  private(set) var settled = 0
  private(set) var events = 0

  func acknowledge(_ ids: [String]) { acknowledged += ids }

  func allSubmitted() { isSubmitted = true }

  /// Why the run cannot go on.
  private(set) var failure: String?

  func fail(_ what: String) { failure = what }

  /// True when the state is a new one for this withdrawal.
  func note(_ change: Settlement_V1_WithdrawalChange) {
    events += 1
    let before = states.updateValue(change.state, forKey: change.withdrawal.id)
    let wasSettled = before.map(Self.isSettled) ?? false
    let isSettled = Self.isSettled(change.state)
    if isSettled, !wasSettled { settled += 1 }
    if !isSettled, wasSettled { settled -= 1 }
  }

  /// All that were acknowledged are at rest, or will never be.
  var isDone: Bool { failure != nil || isSubmitted && settled >= acknowledged.count }

  /// Withdrawals by the state that they were told to be in.
  var open: [(state: String, count: Int)] {
    var counts: [String: Int] = [:]
    for state in states.values where !Self.isSettled(state) { counts[state.shortName, default: 0] += 1 }
    return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Its money is gone, or the agent's again.
  private static func isSettled(_ state: Settlement_V1_WithdrawalState) -> Bool {
    switch state {
    case .paid, .confirmed, .returned, .failed, .cancelled, .rejected, .expired: true
    case .unspecified, .submitted, .pendingReview, .approved, .processing, .awaitingPayee, .inDoubt, .actionRequired,
      .cancelling, .UNRECOGNIZED:
      false
    }
  }
}
