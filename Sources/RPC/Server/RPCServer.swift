package import HTTPStreams

/// The gRPC server of one loop: its methods, its deadlines, its connections. Everything here and in the connections
/// it makes is confined to that loop.
package final class RPCServer {
  package let loop: any StreamLoop
  let limits: RPCLimits
  let router: Router
  let interceptors: [any ServerInterceptor]
  /// Open connections by index; deadlines name them so.
  private var connections: [ServerConnection?] = []
  private var deadlines = DeadlineQueue()
  private var wakeUp: (any ScheduledWork)?
  /// When `wakeUp` comes; never without one.
  private var wakeUpAt = Int64.max

  package init(
    loop: any StreamLoop, routes: Routes, limits: RPCLimits = RPCLimits(), interceptors: [any ServerInterceptor] = []
  ) {
    self.loop = loop
    self.limits = limits
    self.router = Router(routes.methods)
    self.interceptors = interceptors
  }

  /// Takes a new connection; the answer is who handles its streams.
  package func accept(_ connection: any StreamConnection) -> any StreamHandler {
    let index = connections.firstIndex { $0 == nil } ?? connections.endIndex
    let accepted = ServerConnection(server: self, connection: connection, index: index)
    if index == connections.endIndex {
      connections.append(accepted)
    } else {
      connections[index] = accepted
    }
    return accepted
  }

  func disconnected(_ index: Int) { connections[index] = nil }

  // MARK: Deadlines

  func addDeadline(_ instant: Int64, connection: Int, slot: Int) {
    deadlines.insert(DeadlineQueue.Entry(deadline: instant, connection: connection, slot: slot)) { entry in
      connections[entry.connection]?.hasDeadline(entry.deadline, slot: entry.slot) ?? false
    }
    scheduleWakeUp()
  }

  func removeDeadline() { deadlines.callEnded() }

  private func scheduleWakeUp() {
    guard let next = deadlines.next, next < wakeUpAt else { return }
    wakeUp?.cancel()
    let bound = LoopBound(self, on: loop)
    wakeUp = loop.schedule(at: MonotonicInstant(nanoseconds: next)) { bound.value.expireCalls() }
    wakeUpAt = next
  }

  private func expireCalls() {
    wakeUp = nil
    wakeUpAt = .max
    let now = loop.now.nanoseconds
    while let entry = deadlines.popDue(now) {
      // The connection or slot may have been used again since; the deadline that is there now decides.
      connections[entry.connection]?.expire(slot: entry.slot, now: now)
    }
    scheduleWakeUp()
  }
}
