internal import LedgerCore
internal import Payouts
internal import Routing
internal import Synchronization

/// Decides about one callback after the other.
final class CallbackDesk: Sendable {
  private struct Tally {
    var count: UInt64 = 0
    var reported: UInt64 = 0
    var reportedAt: ContinuousClock.Instant?
  }

  private struct State {
    var seen = CallbackMemory()
    var tallies: [CallbackOutcome: Tally] = [:]
  }

  static let pathPrefix = "/notifications/"
  /// Anybody can send nonsense: a log must not grow by it.
  private static let reportInterval = Duration.seconds(1)

  private let channels: [Label: any PayoutChannel]
  private let desk: any PayoutDesk
  private let now: @Sendable () -> Timestamp
  private let report: @Sendable (CallbackReport) -> Void
  private let clock = ContinuousClock()
  private let state = Mutex(State())

  init(
    channels: [any PayoutChannel], desk: any PayoutDesk, now: @escaping @Sendable () -> Timestamp,
    report: @escaping @Sendable (CallbackReport) -> Void
  ) {
    self.channels = Dictionary(channels.map { ($0.manifest.id, $0) }) { first, _ in first }
    self.desk = desk
    self.now = now
    self.report = report
  }

  func count(of outcome: CallbackOutcome) -> UInt64 { state.withLock { $0.tallies[outcome]?.count ?? 0 } }

  func answer(_ request: HTTPSRequest) async -> HTTPSReply {
    guard let channel = channel(request.path) else {
      note(.unknownChannel, .none)
      return HTTPSReply(404, "there is no such channel")
    }
    guard request.method == "POST" else {
      return HTTPSReply(405, "callbacks are posted", headers: [HTTPSReply.Header("allow", "POST")])
    }
    let id = channel.manifest.id
    let raw = RawNotification(headers: request.headers, body: request.body, receivedAt: now())
    do throws(NotificationDefect) {
      let notification = try channel.parseNotification(raw)
      let name = "\(id)/\(notification.id)"
      if state.withLock({ $0.seen.contains(name) }) {
        note(.replayed, id)
      } else if await desk.takeNotice(of: notification.key, from: id) {
        note(state.withLock { $0.seen.insert(name) } ? .taken : .replayed, id)
      } else {
        // Not remembered: a channel that hears of success never tells it again.
        note(.postponed, id)
        return HTTPSReply(503, "not now; tell it again", headers: [HTTPSReply.Header("retry-after", "30")])
      }
      let reply = notification.reply
      return HTTPSReply(status: reply.status, contentType: reply.contentType, body: reply.body)
    } catch {
      return refusal(error, id)
    }
  }

  private func channel(_ path: String) -> (any PayoutChannel)? {
    guard path.hasPrefix(Self.pathPrefix) else { return nil }
    do throws(Label.Defect) {
      return channels[try Label(String(path.dropFirst(Self.pathPrefix.count)))]
    } catch {
      return nil
    }
  }

  /// Says no more than the sender needs; the channel's own words about a defect are for tests.
  private func refusal(_ defect: NotificationDefect, _ id: Label) -> HTTPSReply {
    switch defect {
    case .notSupported:
      note(.notSupported, id)
      return HTTPSReply(404, "this channel has no callbacks")
    case .signature:
      note(.badSignature, id)
      return HTTPSReply(401, "the signature is not right")
    case .stale:
      note(.stale, id)
      return HTTPSReply(400, "too old, or from the future")
    case .malformed:
      note(.malformed, id)
      return HTTPSReply(400, "not a callback of this channel")
    case .unknownKey:
      note(.unknownKey, id)
      return HTTPSReply(400, "no payout of ours")
    }
  }

  private func note(_ outcome: CallbackOutcome, _ channel: Label) {
    let now = clock.now
    let line: CallbackReport? = state.withLock { state in
      var tally = state.tallies[outcome] ?? Tally()
      defer { state.tallies[outcome] = tally }
      tally.count += 1
      if let last = tally.reportedAt, now - last < Self.reportInterval { return nil }
      defer { (tally.reported, tally.reportedAt) = (tally.count, now) }
      return CallbackReport(outcome: outcome, channel: channel, count: tally.count - tally.reported)
    }
    if let line { report(line) }
  }
}

/// The ids of the last callbacks that were answered with success. Only signed ones get here, so nobody else can push them out.
struct CallbackMemory {
  /// Some minutes at 100 a second; 64 bytes each.
  static let idsMaximum = 65_536

  private var seen: Set<String> = []
  private var order: [String] = []
  private var next = 0

  func contains(_ id: String) -> Bool { seen.contains(id) }

  /// false: it is there already. The oldest goes when there is no room.
  mutating func insert(_ id: String) -> Bool {
    guard seen.insert(id).inserted else { return false }
    if order.count < Self.idsMaximum {
      order.append(id)
    } else {
      seen.remove(order[next])
      order[next] = id
      next = (next + 1) % Self.idsMaximum
    }
    return true
  }
}
