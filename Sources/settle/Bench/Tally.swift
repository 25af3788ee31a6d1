import Histogram

/// How a call ended that did not succeed, other than by a gRPC status.
enum CallFailure: Int, CaseIterable, Sendable {
  /// An HTTP status other than 200.
  case httpStatus
  /// The stream ended without a grpc-status.
  case noStatus
  /// grpc-status 0, but not exactly one whole message before it.
  case brokenReply
  /// The peer reset the stream.
  case reset
  /// The peer says that it never processed the stream.
  case refusedStream
  case connectionLost
  /// No answer within the time allowed after the end of the run.
  case unanswered

  var label: String {
    switch self {
    case .httpStatus: "http_status"
    case .noStatus: "no_status"
    case .brokenReply: "broken_reply"
    case .reset: "reset"
    case .refusedStream: "refused_stream"
    case .connectionLost: "connection_lost"
    case .unanswered: "unanswered"
    }
  }
}

enum CallOutcome {
  case succeeded
  /// A grpc-status other than 0.
  case refused(status: Int)
  case failed(CallFailure)
}

/// What came of the calls of a run.
struct Tally: Sendable {
  /// gRPC knows 0 to 16; what is beyond counts as 17.
  static let unknownStatus = 17
  static let alreadyExists = 6
  private static let latencyNanosecondsMax: UInt64 = 120_000_000_000

  /// Latencies in nanoseconds of the calls that succeeded.
  private(set) var latencies = Histogram<UInt32>(
    highestTrackableValue: latencyNanosecondsMax, numberOfSignificantValueDigits: .three)
  private(set) var succeeded = [Int](repeating: 0, count: Call.allCases.count)
  private(set) var refused = [Int](repeating: 0, count: unknownStatus + 1)
  private(set) var failed = [Int](repeating: 0, count: CallFailure.allCases.count)
  /// Body bytes of the calls that succeeded.
  private(set) var replyBytes = 0
  private(set) var itemsAccepted = 0
  /// By the code of their google.rpc.Status.
  private(set) var itemsRefused = [Int](repeating: 0, count: unknownStatus + 1)

  var answered: Int { succeeded.reduce(0, +) + refused.reduce(0, +) + failed.reduce(0, +) }
  var succeededTotal: Int { succeeded.reduce(0, +) }

  mutating func record(_ call: PendingCall, _ outcome: CallOutcome, latencyNanoseconds: Int64) {
    switch outcome {
    case .succeeded:
      succeeded[call.call.rawValue] += 1
      replyBytes += call.bytesReceived
      latencies.record(min(UInt64(max(latencyNanoseconds, 0)), Self.latencyNanosecondsMax))
    case .refused(let status): refused[min(status, Self.unknownStatus)] += 1
    case .failed(let failure): failed[failure.rawValue] += 1
    }
  }

  mutating func recordItems(_ items: BatchReply) {
    itemsAccepted += items.accepted
    for status in items.refused { itemsRefused[min(status, Self.unknownStatus)] += 1 }
  }

  /// Takes calls that were refused with `status` as done.
  mutating func accept(status: Int, as call: Call) {
    succeeded[call.rawValue] += refused[status]
    refused[status] = 0
  }

  mutating func recordUnanswered(_ count: Int) {
    failed[CallFailure.unanswered.rawValue] += count
  }
}
