/// How a call ended, and the error that handlers throw and clients catch.
///
/// The codes and their numbers are those of grpc/grpc `doc/statuscodes.md`.
package struct RPCStatus: Error, Hashable, Sendable {
  package enum Code: UInt8, CaseIterable, Sendable {
    case ok = 0
    case cancelled = 1
    case unknown = 2
    case invalidArgument = 3
    case deadlineExceeded = 4
    case notFound = 5
    case alreadyExists = 6
    case permissionDenied = 7
    case resourceExhausted = 8
    case failedPrecondition = 9
    case aborted = 10
    case outOfRange = 11
    case unimplemented = 12
    case `internal` = 13
    case unavailable = 14
    case dataLoss = 15
    case unauthenticated = 16
  }

  package var code: Code
  /// For developers, in English. What people read goes into a `localizedMessage` detail.
  package var message: String
  /// Machine-readable details, sent as google.rpc.Status in `grpc-status-details-bin` (AIP-193).
  package var details: [StatusDetail]

  package init(_ code: Code, _ message: String = "", details: [StatusDetail] = []) {
    self.code = code
    self.message = message
    self.details = details
  }

  package static let ok = RPCStatus(.ok)
}

extension RPCStatus: CustomStringConvertible {
  package var description: String { message.isEmpty ? "\(code)" : "\(code): \(message)" }
}

/// An error that knows what a caller is to be told about it. Anything else a handler throws is UNKNOWN without a word
/// about its inside.
package protocol RPCStatusConvertible: Error {
  var rpcStatus: RPCStatus { get }
}

extension RPCStatus: RPCStatusConvertible {
  package var rpcStatus: RPCStatus { self }
}

extension RPCStatus {
  /// What the caller learns of any error.
  package init(describing error: any Error) {
    switch error {
    case let known as any RPCStatusConvertible: self = known.rpcStatus
    case is CancellationError: self = RPCStatus(.cancelled, "the call was cancelled")
    default: self = RPCStatus(.unknown, "the call failed inside the server")
    }
  }
}
