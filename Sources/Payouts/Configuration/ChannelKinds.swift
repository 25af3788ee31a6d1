internal import LedgerCore
internal import Routing

/// The kinds of channels that there are: a kind is a folder under `Channels/` and a line here.
enum ChannelKinds {
  typealias Make = @Sendable (Label, inout ChannelFields, ChannelPlace) throws(ChannelListDefect) -> any PayoutChannel

  static let all: [(name: String, make: Make)] = [
    ("simulated", { (id, fields, place) throws(ChannelListDefect) in try makeSimulated(id, &fields, place) }),
    ("alipay", { (id, fields, place) throws(ChannelListDefect) in try makeAlipay(id, &fields, place) }),
    ("wechat_pay", { (id, fields, place) throws(ChannelListDefect) in try makeWeChatPay(id, &fields, place) }),
    ("bank_file", { (id, fields, place) throws(ChannelListDefect) in try makeBankFile(id, &fields, place) }),
  ]

  private static func makeSimulated(
    _ id: Label, _ fields: inout ChannelFields, _ place: ChannelPlace
  ) throws(ChannelListDefect) -> any PayoutChannel {
    guard place.allowsSimulated else {
      throw fields.defect("channel \(id) is simulated, which pays nobody: allow it with --allow-simulated")
    }
    let manifest = try fields.manifest(SimulatedChannel.manifest(id: id))
    var options = SimulatedOptions()
    if var behaviour = try fields.fields("behaviour") { options = try SimulatedOptions(&behaviour, place) }
    let book = place.resolve(try fields.text("book") ?? "\(place.dataDirectory)/simulated-\(id).book")
    do throws(SimulatedBook.Defect) {
      return try SimulatedChannel(manifest: manifest, options: options, bookPath: book, clock: place.clock)
    } catch { throw fields.defect("its book \(book) cannot be used: \(error)") }
  }

  private static func makeAlipay(
    _ id: Label, _ fields: inout ChannelFields, _ place: ChannelPlace
  ) throws(ChannelListDefect) -> any PayoutChannel {
    let manifest = try fields.manifest(ChannelManifest(id: id, rails: [.alipay]))
    var options = AlipayOptions(
      appID: try fields.required("app_id"), privateKeyFile: place.resolve(try fields.required("private_key_file")),
      alipayPublicKeyFile: place.resolve(try fields.required("alipay_public_key_file")))
    if let origin = try fields.text("origin") { options.origin = origin }
    if let path = try fields.text("gateway_path") { options.gatewayPath = path }
    if let title = try fields.text("title") { options.title = title }
    if let file = try fields.text("authority_file") { options.authorityFile = place.resolve(file) }
    if let timeout = try fields.integer("timeout_ms", in: timeouts) { options.timeoutMilliseconds = timeout }
    do throws(ChannelDefect) {
      return try AlipayChannel(manifest: manifest, options: options, clock: place.clock)
    } catch { throw fields.defect("channel \(id): \(error)") }
  }

  private static func makeWeChatPay(
    _ id: Label, _ fields: inout ChannelFields, _ place: ChannelPlace
  ) throws(ChannelListDefect) -> any PayoutChannel {
    let manifest = try fields.manifest(ChannelManifest(id: id, rails: [.weChat]))
    var keys: [WeChatPayOptions.PlatformKey] = []
    for var key in try fields.list("platform_keys") ?? [] {
      keys.append(.init(id: try key.text("id") ?? "", file: place.resolve(try key.required("file"))))
      try key.end()
    }
    var reports: [WeChatPayOptions.SceneReport] = []
    for var report in try fields.list("scene_reports") ?? [] {
      reports.append(.init(type: try report.required("type"), content: try report.required("content")))
      try report.end()
    }
    var options = WeChatPayOptions(
      appID: try fields.required("app_id"), merchantID: try fields.required("merchant_id"),
      merchantSerial: try fields.required("merchant_serial"),
      privateKeyFile: place.resolve(try fields.required("private_key_file")),
      apiV3KeyFile: place.resolve(try fields.required("api_v3_key_file")), platformKeys: keys,
      transferSceneID: try fields.required("transfer_scene_id"), sceneReports: reports)
    if let perception = try fields.text("user_perception") { options.userPerception = perception }
    if let remark = try fields.text("remark") { options.remark = remark }
    if let url = try fields.text("notify_url") { options.notifyURL = url }
    if let origin = try fields.text("origin") { options.origin = origin }
    if let file = try fields.text("authority_file") { options.authorityFile = place.resolve(file) }
    if let timeout = try fields.integer("timeout_ms", in: timeouts) { options.timeoutMilliseconds = timeout }
    do throws(ChannelDefect) {
      return try WeChatPayChannel(manifest: manifest, options: options, clock: place.clock)
    } catch { throw fields.defect("channel \(id): \(error)") }
  }

  private static func makeBankFile(
    _ id: Label, _ fields: inout ChannelFields, _ place: ChannelPlace
  ) throws(ChannelListDefect) -> any PayoutChannel {
    let standard = ChannelManifest(
      id: id, rails: [.bankCard], fee: ChannelFee(fixed: 200), speeds: [.nextDay],
      capabilities: [.query, .statement, .batch], expectedArrivalMilliseconds: 86_400_000)
    let manifest = try fields.manifest(standard)
    guard !manifest.batchMinutes.isEmpty else {
      throw fields.defect("channel \(id) pays by files and has no `cut_offs`")
    }
    let settings = BankFileSettings(
      manifest: manifest, ledger: place.ledgerName, directory: place.resolve(try fields.required("directory")),
      dataDirectory: place.dataDirectory, debtorName: try fields.required("debtor_name"),
      debtorAccount: try fields.required("debtor_account"),
      debtorBank: try fields.required("debtor_bank"), debtorBankNumber: try fields.text("debtor_bank_number") ?? "")
    let (clock, observer) = (place.clock, place.observer)
    do throws(BankFileDefect) {
      return try BankFileChannel.open(
        settings, now: { clock.now() }, report: { observer?.observe(.bankFile(channel: id, $0)) })
    } catch { throw fields.defect("channel \(id): \(error)") }
  }

  /// Half a second is a slow network's best; two minutes hold a call for longer than any rail answers.
  private static let timeouts: ClosedRange<Int64> = 500...120_000
}

extension SimulatedOptions {
  init(_ fields: inout ChannelFields, _ place: ChannelPlace) throws(ChannelListDefect) {
    let milliseconds: ClosedRange<Int64> = 0...86_400_000
    self.init(seed: UInt64(try fields.integer("seed", in: 0...Int64.max) ?? 1))
    latencyMinimumMilliseconds = try fields.integer("latency_min_ms", in: milliseconds) ?? 0
    let upwards = latencyMinimumMilliseconds...milliseconds.upperBound
    latencyMaximumMilliseconds = try fields.integer("latency_max_ms", in: upwards) ?? latencyMinimumMilliseconds
    technicalFailurePermille = try fields.permille("technical_failure_permille")
    payeeFailurePermille = try fields.permille("payee_failure_permille")
    refusalPermille = try fields.permille("refusal_permille")
    lostAnswerPermille = try fields.permille("lost_answer_permille")
    lostRequestPermille = try fields.permille("lost_request_permille")
    acceptedPermille = try fields.permille("accepted_permille")
    awaitingPayeePermille = try fields.permille("awaiting_payee_permille")
    unconfirmedPermille = try fields.permille("unconfirmed_permille")
    wrongAmountPermille = try fields.permille("wrong_amount_permille")
    returnPermille = try fields.permille("return_permille")
    unknownCodePermille = try fields.permille("unknown_code_permille")
    duplicateNotificationPermille = try fields.permille("duplicate_notification_permille")
    lateNotificationPermille = try fields.permille("late_notification_permille")
    outagePath = try fields.text("outage_file").map { place.resolve($0) }
    laterMilliseconds = try fields.integer("later_ms", in: milliseconds) ?? laterMilliseconds
    confirmMilliseconds = try fields.integer("confirm_ms", in: milliseconds) ?? confirmMilliseconds
    try fields.end()
  }
}
