import Digests
import Ledger
import LedgerCore
import Logging
import Payouts
import Routing
import Telemetry
import Vault

/// Which channels payouts go through.
struct ChannelsChoice: Sendable {
  /// A file of `ChannelList`; nil: none, and payouts wait.
  var path: String?
  var allowsSimulated = false
}

/// What sends payouts in a running server: nothing, where no channel is configured.
struct ServerPayouts: Sendable {
  let alarms: AlarmBoard
  let channels: [any PayoutChannel]
  private let dispatcher: Dispatcher?
  private let watch: PayoutAlarms?

  var desk: (any PayoutDesk)? { dispatcher }

  /// Sets up the channels. Nothing is sent before `start`.
  static func open(
    _ choice: ChannelsChoice, dataDirectory: String, ledger: Ledger, keys: KeyStore, registry: Registry,
    logger: Logger
  ) throws(Failure) -> ServerPayouts {
    let alarms = AlarmBoard { alarm, isRaised in
      let metadata: Logger.Metadata = ["alarm": "\(alarm.code.rawValue)", "subject": "\(alarm.subject)"]
      if isRaised {
        logger.error("alarm: \(alarm.message)", metadata: metadata)
      } else {
        logger.notice("alarm over", metadata: metadata)
      }
    }
    guard let path = choice.path else {
      logger.notice(
        "no payout channel is configured: approved withdrawals wait", metadata: ["advice": "--channels FILE"])
      return ServerPayouts(alarms: alarms, channels: [], dispatcher: nil, watch: nil)
    }
    let text = try text(path)
    let limits = try alarmLimits(text, path)
    let watch = PayoutAlarms(alarms, clock: ledger.clock, limits: limits)
    let observer = PayoutObservers([watch, PayoutMetrics(registry), PayoutLog(logger: logger)])
    let channels = try channels(text, path, choice, dataDirectory, ledger, observer)
    let dispatcher = Dispatcher(ledger: ledger, keys: keys, channels: channels, observer: observer)
    for case let simulated as SimulatedChannel in channels {
      logger.warning("channel \(simulated.manifest.id) is simulated: it pays nobody")
      let id = simulated.manifest.id
      simulated.onNotification { [weak dispatcher] key in dispatcher?.notified(key, by: id) }
    }
    logger.info(
      "payout channels", metadata: ["channels": "\(channels.map { "\($0.manifest.id)" }.joined(separator: ","))"])
    LedgerReadings.register(dispatcher, on: registry)
    return ServerPayouts(alarms: alarms, channels: channels, dispatcher: dispatcher, watch: watch)
  }

  private static func text(_ path: String) throws(Failure) -> String {
    let bytes = try Files.read(path)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(.badData, "the list of channels \(path) is no text in UTF-8")
    }
    return text
  }

  private static func alarmLimits(_ text: String, _ path: String) throws(Failure) -> AlarmLimits {
    do throws(ChannelListDefect) { return try Payouts.ChannelList.alarms(text) } catch { throw failure(error, path) }
  }

  private static func channels(
    _ text: String, _ path: String, _ choice: ChannelsChoice, _ dataDirectory: String, _ ledger: Ledger,
    _ observer: PayoutObservers
  ) throws(Failure) -> [any PayoutChannel] {
    let base = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let place = ChannelPlace(
      dataDirectory: dataDirectory, baseDirectory: base.isEmpty ? "/" : base,
      ledgerName: ledger.identity.id.hexadecimal, allowsSimulated: choice.allowsSimulated, observer: observer)
    do throws(ChannelListDefect) { return try Payouts.ChannelList.read(text, place) } catch {
      throw failure(error, path)
    }
  }

  private static func failure(_ defect: ChannelListDefect, _ path: String) -> Failure {
    Failure(
      .badData, "the list of channels \(path): \(defect)",
      advice: "`settle channel example` prints one with all fields.")
  }

  func start() { dispatcher?.start() }

  /// Raises what time makes alarming; now and then.
  func look(at ledger: Ledger) async { await watch?.look(at: ledger) }

  /// Before the ledger stops.
  func stop() async { await dispatcher?.stop() }
}

/// A line for each thing that is not as usual; alarms have their own.
struct PayoutLog: PayoutObserver {
  let logger: Logger

  func observe(_ event: PayoutEvent) {
    switch event {
    case .sent, .answered, .paid: break
    case .inDoubt(let key, let channel): log(.notice, "a payout is in doubt: its channel is asked", key, channel)
    case .failed(let key, let channel, let state, let reason, let code):
      log(.info, "a payout failed: \(state), \(reason), code \(code)", key, channel)
    case .returned(let key, let channel): log(.notice, "a payout came back", key, channel)
    case .returnDiffered(let key, let channel, let minorUnits):
      log(.error, "\(minorUnits) minor units came back, which is not what was paid", key, channel)
    case .paymentDiffered(let key, let channel, let minorUnits):
      log(.error, "a statement has \(minorUnits) minor units, which is not what was proven paid", key, channel)
    case .unknownPayout(let key, let channel):
      log(.error, "a channel tells of a payout it was never given", key, channel)
    case .strayed(let key, let channel, _): log(.error, "money left for an attempt that had failed", key, channel)
    case .mismatched(let key, let channel, _): log(.error, "another amount left than was asked for", key, channel)
    case .conflicted(let key, let channel): log(.error, "a channel takes back what it had proven", key, channel)
    case .breakerChanged(let channel, let breaker):
      logger.warning("a channel's breaker changed", metadata: ["channel": "\(channel)", "breaker": "\(breaker)"])
    case .floatLow(let channel, _, _):
      logger.warning("a channel is short of money", metadata: ["channel": "\(channel)"])
    case .ledgerOlderThanChannel(let key, let channel):
      log(.critical, "a channel knows what this ledger has not made: nothing is sent any more", key, channel)
    case .channelSilent(let channel, let code):
      log(.error, "a channel does not answer since the start: it gets no payouts", channel, ["code": "\(code)"])
    case .channelHeard(let channel): log(.notice, "a channel answers: it gets payouts from now on", channel)
    case .channelMissing(let channel, let count):
      log(.error, "payouts are open at a channel that is not configured any more", channel, ["open": "\(count)"])
    case .bankFile(let channel, let event): log(event, channel)
    }
  }

  private func log(_ event: BankFileEvent, _ channel: Label) {
    switch event {
    case .closed(let file, let transfers):
      log(.info, "a file for the bank was put out", channel, ["file": "\(file)", "transfers": "\(transfers)"])
    case .taken(let file, let notices):
      log(.info, "a file of the bank was taken", channel, ["file": "\(file)", "notices": "\(notices)"])
    case .rejected(let file, let why):
      log(.error, "a file of the bank was not believed: \(why)", channel, ["file": "\(file)"])
    case .troubled(let why): log(.error, "a bank's directory cannot be worked with: \(why)", channel)
    }
  }

  private func log(
    _ level: Logger.Level, _ text: Logger.Message, _ channel: Label, _ more: Logger.Metadata = [:]
  ) {
    logger.log(level: level, text, metadata: more.merging(["channel": "\(channel)"]) { _, channel in channel })
  }

  private func log(_ level: Logger.Level, _ text: Logger.Message, _ key: PayoutKey, _ channel: Label) {
    logger.log(level: level, text, metadata: ["key": "\(key)", "channel": "\(channel)"])
  }
}
