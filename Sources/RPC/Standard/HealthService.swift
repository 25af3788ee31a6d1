internal import GRPCProto
internal import Synchronization

/// The standard health service (grpc.health.v1). Shared by all loops; statuses may be set from anywhere.
package final class HealthService: Sendable {
  package enum Status: Sendable {
    case serving
    case notServing
  }

  fileprivate struct State {
    var statuses: [String: Status] = [:]
    var watchers: [Int: (service: String, updates: AsyncStream<Status?>.Continuation)] = [:]
    var nextWatcher = 0
  }

  private let state = Mutex(State())

  /// The server as a whole (the empty name) starts as not serving.
  package init() { state.withLock { $0.statuses[""] = .notServing } }

  /// `service` is "package.Service", or "" for the server as a whole.
  package func set(_ status: Status, for service: String = "") {
    let watchers = state.withLock { state in
      state.statuses[service] = status
      return state.watchers.values.filter { $0.service == service }
    }
    for watcher in watchers { watcher.updates.yield(status) }
  }

  /// All services that are known become not serving: the server is about to stop.
  package func stop() {
    for service in state.withLock({ Array($0.statuses.keys) }) { set(.notServing, for: service) }
  }

  func status(of service: String) -> Status? { state.withLock { $0.statuses[service] } }

  var statuses: [String: Status] { state.withLock { $0.statuses } }

  /// The status now and after each change; of changes that come faster than they are taken only the last counts.
  func watch(_ service: String) -> AsyncStream<Status?> {
    let (updates, continuation) = AsyncStream<Status?>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let id = state.withLock { state in
      state.nextWatcher += 1
      state.watchers[state.nextWatcher] = (service, continuation)
      continuation.yield(state.statuses[service])
      return state.nextWatcher
    }
    continuation.onTermination = { [weak self] _ in self?.state.withLock { $0.watchers[id] = nil } }
    return updates
  }

  var watcherCount: Int { state.withLock { $0.watchers.count } }
}

extension Routes {
  /// Serves grpc.health.v1.Health from `health`.
  package mutating func addHealth(_ health: HealthService) {
    unary("/grpc.health.v1.Health/Check", messageLimit: RPCLimits.smallMessageBytes) {
      (request: Grpc_Health_V1_HealthCheckRequest, context) in
      guard let status = health.status(of: request.service) else {
        throw RPCStatus(.notFound, "this server has no service \"\(request.service)\"")
      }
      return Grpc_Health_V1_HealthCheckResponse(status)
    }
    unary("/grpc.health.v1.Health/List", messageLimit: RPCLimits.smallMessageBytes) {
      (_: Grpc_Health_V1_HealthListRequest, context) in
      var response = Grpc_Health_V1_HealthListResponse()
      response.statuses = health.statuses.mapValues { Grpc_Health_V1_HealthCheckResponse($0) }
      return response
    }
    serverStreaming("/grpc.health.v1.Health/Watch", messageLimit: RPCLimits.smallMessageBytes) {
      (
        request: Grpc_Health_V1_HealthCheckRequest, writer: ResponseWriter<Grpc_Health_V1_HealthCheckResponse>, context
      ) in
      var last: Grpc_Health_V1_HealthCheckResponse?
      for await status in health.watch(request.service) {
        let response = Grpc_Health_V1_HealthCheckResponse(status)
        if response != last { try await writer.write(response) }
        last = response
      }
      try Task.checkCancellation()
    }
  }
}

extension Grpc_Health_V1_HealthCheckResponse {
  fileprivate init(_ status: HealthService.Status?) {
    self.init()
    switch status {
    case .serving: self.status = .serving
    case .notServing: self.status = .notServing
    case nil: self.status = .serviceUnknown
    }
  }
}
