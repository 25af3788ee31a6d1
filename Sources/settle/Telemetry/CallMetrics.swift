import RPC
import Telemetry

/// Counts and times the calls of one loop. Loops share the instruments; the way to them is each loop's own.
final class CallMetrics: ServerInterceptor {
  private struct Method {
    let started: Counter
    let seconds: Histogram
    let labels: [(String, String)]
    /// By code; made when a call first ends so.
    var handled: [UInt8: Counter] = [:]
  }

  private let registry: Registry
  private var methods: [ObjectIdentifier: Method] = [:]

  init(_ registry: Registry) { self.registry = registry }

  func started(_ call: CallInfo) -> RPCStatus? {
    method(call).started.add()
    return nil
  }

  func finished(_ call: CallInfo, code: RPCStatus.Code, durationNanoseconds: Int64) {
    let method = method(call)
    method.seconds.record(durationNanoseconds)
    if let handled = method.handled[code.rawValue] { return handled.add() }
    let counter = registry.counter(
      "grpc_server_handled_total", "Calls that ended, by status.",
      ["grpc_service": method.labels[0].1, "grpc_method": method.labels[1].1, "grpc_code": "\(code)"])
    methods[ObjectIdentifier(call.method)]?.handled[code.rawValue] = counter
    counter.add()
  }

  private func method(_ call: CallInfo) -> Method {
    let id = ObjectIdentifier(call.method)
    if let known = methods[id] { return known }
    let parts = call.method.path.split(separator: "/")
    let labels = [("grpc_service", String(parts.first ?? "")), ("grpc_method", String(parts.last ?? ""))]
    let made = Method(
      started: registry.counter(
        "grpc_server_started_total", "Calls that began.", ["grpc_service": labels[0].1, "grpc_method": labels[1].1]),
      seconds: registry.histogram(
        "grpc_server_handling_seconds", "From a call's request to its end.",
        ["grpc_service": labels[0].1, "grpc_method": labels[1].1]), labels: labels)
    methods[id] = made
    return made
  }
}
