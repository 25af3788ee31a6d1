internal import Ledger
internal import LedgerCore
internal import Payouts
internal import Routing
internal import SettlementProto
internal import SwiftProtobuf

extension Settlement_V1_Channel {
  /// - Parameter standing: nil where nothing was ever recorded of it.
  init(_ manifest: ChannelManifest, _ standing: ChannelStanding?) {
    self.init()
    id = manifest.id.description
    tell(standing)
    // In the order of the contract: a set has none.
    rails = Rail.allCases.filter { manifest.rails.contains($0) }.map(\.wireName)
    let currency = manifest.currencies.first ?? .cny
    minimum = Settlement_V1_Money(Money(minorUnits: manifest.minimum, currency: currency))
    maximum = Settlement_V1_Money(Money(minorUnits: manifest.maximum, currency: currency))
    if manifest.dailyMaximum != .max {
      dailyMaximum = Settlement_V1_Money(Money(minorUnits: manifest.dailyMaximum, currency: currency))
    }
    capabilities = ChannelManifest.Capabilities.named.filter { manifest.capabilities.contains($0.capability) }
      .map(\.name)
    opens = Self.localTime(minute: manifest.opensAtMinute)
    closes = Self.localTime(minute: manifest.closesAtMinute)
    speeds = Speed.allCases.filter { manifest.speeds.contains($0) }.map { Settlement_V1_Speed($0) }
    simulated = manifest.isSimulated
  }

  /// One that is not in the configuration any more: what the ledger knows of it.
  init(unconfigured standing: ChannelStanding) {
    self.init()
    id = standing.channel.description
    tell(standing)
  }

  private mutating func tell(_ standing: ChannelStanding?) {
    // A channel works until somebody says that it must not.
    state = Settlement_V1_ChannelState(standing?.state ?? .enabled)
    reason = standing?.reason.description ?? ""
    floats = (standing?.floats ?? []).map { Settlement_V1_ChannelFloat($0) }
  }

  /// HH:MM; the end of the day is 24:00.
  private static func localTime(minute: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(minute / 60)):\(two(minute % 60))"
  }
}

extension Settlement_V1_ChannelFloat {
  init(_ float: FloatStanding) {
    self.init()
    func money(_ minorUnits: Int64) -> Settlement_V1_Money {
      Settlement_V1_Money(Money(minorUnits: minorUnits, currency: float.currency))
    }
    available = money(float.available)
    pending = money(float.creditsPending)
    fees = money(float.feesPosted)
  }
}

extension ChannelManifest.Capabilities {
  /// As the contract writes them.
  static let named: [(capability: ChannelManifest.Capabilities, name: String)] = [
    (.query, "query"), (.cancel, "cancel"), (.payeeConfirmation, "payee_confirmation"), (.statement, "statement"),
    (.batch, "batch"), (.notifications, "notifications"),
  ]
}

extension Rail {
  /// The name of the wire enum.
  var wireName: String {
    switch self {
    case .bankCard: "RAIL_BANK_CARD"
    case .alipay: "RAIL_ALIPAY"
    case .weChat: "RAIL_WECHAT"
    }
  }
}

extension Settlement_V1_ChannelState {
  /// The raw values are the same by contract; a test walks them all.
  init(_ state: ChannelState) { self = Settlement_V1_ChannelState(rawValue: Int(state.rawValue)) ?? .unspecified }
}

extension Settlement_V1_ChannelHealth {
  init(_ manifest: ChannelManifest, _ activity: ChannelActivity, _ clock: any LedgerClock) {
    self.init()
    channel = manifest.id.description
    let health = activity.health
    switch health.breaker {
    case .closed: breaker = .closed
    case .open(let since, let probeAt):
      breaker = .open
      breakerSince = Self.wallTime(since, clock)
      nextProbe = Self.wallTime(probeAt, clock)
    case .halfOpen(let since, _):
      breaker = .halfOpen
      breakerSince = Self.wallTime(since, clock)
    }
    windowAttempts = health.attempts
    windowFailures = health.technicalFailures
    successPermille = UInt32(health.successPermille)
    arrivalP95Ms = health.arrivalP95Milliseconds
    inFlight = UInt32(clamping: activity.inFlight)
    inFlightMaximum = UInt32(clamping: manifest.inFlightMaximum)
    inDoubt = UInt32(clamping: activity.inDoubt)
    lastError = activity.lastError
    if let time = activity.lastErrorTime { lastErrorTime = Google_Protobuf_Timestamp(time) }
  }

  /// Breakers live by the monotonic clock, which the ledger's has too; people read the wall's.
  private static func wallTime(_ monotonicMilliseconds: Int64, _ clock: any LedgerClock) -> Google_Protobuf_Timestamp {
    let away = monotonicMilliseconds &- clock.monotonicNanoseconds() / 1_000_000
    let now = clock.now()
    let (microseconds, isFar) = away.multipliedReportingOverflow(by: 1_000)
    let (sum, isBeyond) = now.microseconds.addingReportingOverflow(microseconds)
    return Google_Protobuf_Timestamp(isFar || isBeyond ? now : Timestamp(microseconds: sum))
  }
}

extension Settlement_V1_RouteCandidate {
  init(_ candidate: RouteCandidate, _ currency: Currency) {
    self.init()
    channel = candidate.channel.description
    // The raw values are the same by contract; a test walks them all.
    verdict = Settlement_V1_RouteVerdict(rawValue: Int(candidate.verdict.rawValue)) ?? .unspecified
    fee = Settlement_V1_Money(Money(minorUnits: candidate.feeMinorUnits, currency: currency))
    arrivalP95Ms = candidate.arrivalP95Milliseconds
    successPermille = UInt32(candidate.successPermille)
    score = candidate.score
  }
}
