internal import Ledger
internal import LedgerCore
internal import Payouts
internal import RPC
internal import Routing
internal import SettlementProto
internal import SwiftProtobuf
internal import Telemetry

/// settlement.v1.ChannelService: the ways on which money goes out, for staff. What a channel can do stands in the desk's
/// manifests, what it may do and our money there in the ledger.
struct ChannelService: Sendable {
  let ledger: Ledger
  let access: Access
  /// nil: the server has no payout channel.
  let desk: (any PayoutDesk)?
  let alarms: AlarmBoard

  func list(
    _ request: Settlement_V1_ListChannelsRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_ListChannelsResponse {
    _ = try access.principal(of: context.peer, calling: .listChannels)
    guard case .channels(let standings) = try await ledger.ask(.query(.channels)).answer else { throw .strangeAnswer }
    let manifests = desk?.manifests ?? []
    var response = Settlement_V1_ListChannelsResponse()
    response.channels = manifests.map { manifest in
      Settlement_V1_Channel(manifest, standings.first { $0.channel == manifest.id })
    }
    // A channel may leave the configuration while money of ours is there: it is not lost from sight.
    response.channels += standings.filter { standing in !manifests.contains { $0.id == standing.channel } }
      .map { Settlement_V1_Channel(unconfigured: $0) }
    return response
  }

  func setState(
    _ request: Settlement_V1_SetChannelStateRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Channel {
    let principal = try access.principal(of: context.peer, calling: .setChannelState)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    let channel = violations.label("channel", request.channel)
    let state = violations.channelState("state", request.state)
    let reason = violations.label("reason", request.reason)
    try violations.throwIfAny()
    guard let state else { throw .strangeAnswer }
    let manifest = try manifest(of: channel)
    let key = principal.key(requestID, ContentFingerprint.setChannelState(channel, state, reason: reason))
    let reply = try await ledger.ask(
      .command(.setChannelState(SetChannelState(key: key, channel: channel, state: state, reason: reason))))
    return try changed(reply, manifest)
  }

  func fund(
    _ request: Settlement_V1_FundChannelRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Channel {
    let principal = try access.principal(of: context.peer, calling: .fundChannel)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    let channel = violations.label("channel", request.channel)
    let amount = violations.signedMoney("amount", request.amount)
    let reference = violations.label("reference", request.reference)
    try violations.throwIfAny()
    let manifest = try manifest(of: channel)
    let key = principal.key(requestID, ContentFingerprint.fundChannel(channel, amount, reference: reference))
    let reply = try await ledger.ask(
      .command(.fundChannel(FundChannel(key: key, channel: channel, amount: amount, reference: reference))))
    return try changed(reply, manifest)
  }

  /// Payouts that waited for it are looked at again.
  private func changed(_ reply: LedgerAnswer, _ manifest: ChannelManifest) throws(RPCStatus) -> Settlement_V1_Channel {
    guard case .channel(let standing) = reply.answer else { throw .strangeAnswer }
    desk?.channelsChanged()
    return Settlement_V1_Channel(manifest, standing)
  }

  func health(
    _ request: Settlement_V1_GetChannelHealthRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_ChannelHealth {
    _ = try access.principal(of: context.peer, calling: .getChannelHealth)
    var violations = FieldViolations()
    let channel = violations.label("channel", request.channel)
    try violations.throwIfAny()
    let manifest = try manifest(of: channel)
    guard let activity = await desk?.activity(of: channel) else { throw RPCStatus(noChannel: channel, desk) }
    return Settlement_V1_ChannelHealth(manifest, activity, ledger.clock)
  }

  func listAlarms(
    _ request: Settlement_V1_ListAlarmsRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_ListAlarmsResponse {
    _ = try access.principal(of: context.peer, calling: .listAlarms)
    var response = Settlement_V1_ListAlarmsResponse()
    response.alarms = alarms.all.map { alarm in
      var message = Settlement_V1_Alarm()
      message.code = alarm.code.rawValue
      message.subject = alarm.subject
      message.message = alarm.message
      message.since = Google_Protobuf_Timestamp(Timestamp(microseconds: alarm.sinceMicroseconds))
      return message
    }
    return response
  }

  /// Before the ledger is asked: it would take any name for that of a new channel.
  private func manifest(of channel: Label) throws(RPCStatus) -> ChannelManifest {
    guard let found = desk?.manifests.first(where: { $0.id == channel }) else {
      throw RPCStatus(noChannel: channel, desk)
    }
    return found
  }
}

extension RPCStatus {
  init(noChannel channel: Label, _ desk: (any PayoutDesk)?) {
    guard let desk, !desk.manifests.isEmpty else {
      self.init(
        .notFound, "this server has no payout channel: name a file of channels when it is started (--channels)",
        details: [
          Self.reason("CHANNEL_NOT_FOUND", ["channel": "\(channel)"]), Self.chinese("服务器未配置打款通道。请在启动时指定通道配置文件。"),
        ])
      return
    }
    let known = desk.manifests.map { "\($0.id)" }.joined(separator: ", ")
    self.init(
      .notFound, "the server has no channel \"\(channel)\": name one of \(known)",
      details: [
        Self.reason("CHANNEL_NOT_FOUND", ["channel": "\(channel)", "known": known]),
        Self.chinese("没有名为“\(channel)”的打款通道。现有通道：\(known)。"),
      ])
  }
}

extension FieldViolations {
  /// nil after noting what is wrong.
  fileprivate mutating func channelState(_ field: String, _ wire: Settlement_V1_ChannelState) -> ChannelState? {
    if let state = UInt8(exactly: wire.rawValue).flatMap(ChannelState.init(rawValue:)) { return state }
    add(
      field, wire == .unspecified ? "FIELD_MISSING" : "STATE_UNKNOWN",
      "is \(wire.rawValue); must be 1 (enabled), 2 (draining) or 3 (disabled)")
    return nil
  }

  /// Money that moves one way or the other.
  fileprivate mutating func signedMoney(_ field: String, _ money: Settlement_V1_Money) -> Money {
    var text = money.currencyCode
    let currency = text.withUTF8 { self.currency("\(field).currency_code", UnsafeRawBufferPointer($0)) }
    if money.minorUnits == 0 || money.minorUnits == .min {
      add(
        "\(field).minor_units", "AMOUNT_OUT_OF_RANGE",
        "is \(money.minorUnits); must be above 0 for money moved to the channel or below 0 for money moved back, and negatable"
      )
    }
    return Money(minorUnits: money.minorUnits, currency: currency)
  }
}
