/// One kind of request that the load generator can send. The raw value indexes arrays.
enum Call: Int, CaseIterable, Sendable {
  case query, submit, cancel, batch, createAgent, deposit, raw

  var path: String {
    switch self {
    case .query: "/settlement.v1.WithdrawalService/GetWithdrawal"
    case .submit: "/settlement.v1.WithdrawalService/SubmitWithdrawal"
    case .cancel: "/settlement.v1.WithdrawalService/CancelWithdrawal"
    case .batch: "/settlement.v1.WithdrawalService/BatchSubmitWithdrawals"
    case .createAgent: "/settlement.v1.AccountService/CreateAgent"
    case .deposit: "/settlement.v1.AccountService/Deposit"
    case .raw: "/"
    }
  }
}

/// What a run sends.
enum Work: Sendable {
  /// The same call over and over.
  case only(Call)
  /// Of ten requests five queries, four submits and one cancel, each of withdrawals that this run submitted.
  case mix
}

enum Pace: Sendable {
  /// Every stream sends its next request when its last one was answered.
  case closedLoop
  /// Requests are due at fixed instants whether or not the server keeps up, and their latency counts from then on, so
  /// that a stall shows in every request it delayed (no coordinated omission).
  case openLoop(requestsPerSecond: Double)
}

/// When a run has sent enough.
enum Extent: Sendable {
  case requests(Int)
  case nanoseconds(Int64)
}

/// A run of the load generator. A value, so that it can be handed to the loop that executes it.
struct LoadPlan: Sendable {
  var work: Work
  var connections: Int
  /// In flight at most, on each connection.
  var streamsPerConnection: Int
  var pace: Pace
  var extent: Extent
  /// Requests are sent but not measured for so long first.
  var warmUpNanoseconds: Int64 = 0
  /// Its CPU time is measured along with the run.
  var serverProcess: Int32?
  /// Withdrawals whose ids the run keeps for queries and cancels that follow.
  var idsKept = 0
}
