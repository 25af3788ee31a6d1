internal import NIOCore
internal import Synchronization

/// The open connections, each with the time at which it last did something that counts. The HTTP library has no limit for
/// handshakes, headers that drip or replies that nobody reads; a connection on which no request begins or ends for too long
/// is closed, whatever it is doing.
final class ConnectionBook: Sendable {
  private struct Entry {
    let channel: any Channel
    /// nil: its socket does not say.
    let address: InternetAddress?
    let opened: ContinuousClock.Instant
    var requests = 0
    var hasAsked = false
    /// Nothing more is expected of it.
    var isLeaving = false
    var lastEvent: ContinuousClock.Instant
  }

  private struct State {
    var entries: [ObjectIdentifier: Entry] = [:]
    var connections: [InternetAddress?: Int] = [:]
    var requests = 0
  }

  private let limits: HTTPSLimits
  private let clock = ContinuousClock()
  private let state = Mutex(State())

  /// How often each connection is looked at, and how long one may stay after it was told to go.
  private static let tick = TimeAmount.milliseconds(250)
  private static let farewell = Duration.seconds(2)

  init(_ limits: HTTPSLimits) { self.limits = limits }

  func watch(_ channel: any Channel) {
    let id = ObjectIdentifier(channel)
    let now = clock.now
    let address = channel.remoteAddress?.ipAddress.flatMap { InternetAddress($0) }?.owner
    let entry = Entry(channel: channel, address: address, opened: now, lastEvent: now)
    let hasRoom = state.withLock { state in
      state.entries[id] = entry
      state.connections[address, default: 0] += 1
      return state.connections[address, default: 0] <= limits.connectionsOfAddressMaximum
    }
    let ticking = channel.eventLoop.scheduleRepeatedTask(initialDelay: Self.tick, delay: Self.tick) { [self] _ in
      if isOver(id) { channel.close(promise: nil) }
    }
    channel.closeFuture.whenComplete { [self] _ in
      ticking.cancel()
      state.withLock { state in
        guard let entry = state.entries.removeValue(forKey: id) else { return }
        let rest = state.connections[entry.address, default: 0] - 1
        state.connections[entry.address] = rest > 0 ? rest : nil
      }
    }
    // After its pipeline was made.
    if !hasRoom { channel.eventLoop.execute { channel.close(promise: nil) } }
  }

  private func isOver(_ id: ObjectIdentifier) -> Bool {
    let now = clock.now
    return state.withLock { state in
      guard let entry = state.entries[id] else { return true }
      let limit = entry.isLeaving ? Self.farewell : entry.hasAsked ? limits.idle : limits.firstRequest
      // Requests under way may end, but not for ever: over HTTP/2 a new one can begin before each end.
      let age = entry.requests > 0 ? limits.age + limits.body : limits.age
      return now - entry.lastEvent > limit || now - entry.opened > age
    }
  }

  /// The headers of a request are there. false: too many are under way.
  func begin(_ channel: any Channel) -> Bool {
    note(channel) {
      $0.hasAsked = true
      $0.requests += 1
    }
    let hasRoom = state.withLock { state in
      guard state.requests < limits.requestsMaximum else { return false }
      state.requests += 1
      return true
    }
    if !hasRoom { note(channel) { $0.requests -= 1 } }
    return hasRoom
  }

  func end(_ channel: any Channel) {
    state.withLock { $0.requests -= 1 }
    note(channel) { $0.requests -= 1 }
  }

  /// Its peer has had an answer and may still be sending what nobody wants.
  func leave(_ channel: any Channel) { note(channel) { $0.isLeaving = true } }

  /// The one with the TLS session; nil when it has been closed.
  func connection(of channel: any Channel) -> (any Channel)? {
    state.withLock { state in
      for id in Self.candidates(channel) {
        if let entry = state.entries[id] { return entry.channel }
      }
      return nil
    }
  }

  /// A stream of HTTP/2 is a channel whose parent is the connection; a connection's own parent is the listener.
  private static func candidates(_ channel: any Channel) -> [ObjectIdentifier] {
    [ObjectIdentifier(channel), channel.parent.map { ObjectIdentifier($0) }].compactMap { $0 }
  }

  func closeAll() {
    let channels = state.withLock { state in state.entries.values.map(\.channel) }
    for channel in channels { channel.close(promise: nil) }
  }

  private func note(_ channel: any Channel, _ change: (inout Entry) -> Void) {
    let now = clock.now
    state.withLock { state in
      for id in Self.candidates(channel) {
        guard var entry = state.entries[id] else { continue }
        if !entry.isLeaving { entry.lastEvent = now }
        change(&entry)
        state.entries[id] = entry
        return
      }
    }
  }
}

extension InternetAddress {
  /// Whose connections are counted together: of IPv6 the first 64 bits, since whoever has one of those addresses has them all.
  fileprivate var owner: InternetAddress {
    switch self {
    case .four: self
    // ::ffff:a.b.c.d is an IPv4 address, as a socket for both sees it.
    case .six(0, let low) where low >> 32 == 0xFFFF: .four(UInt32(truncatingIfNeeded: low))
    case .six(let high, _): .six(high: high, low: 0)
    }
  }
}
