internal import Digests
package import LedgerCore
package import Routing

/// WeChat Pay's merchant transfer (APIv3, `/v3/fund-app/mch-transfer/transfer-bills`), which the payee confirms.
///
/// | state | what it means here |
/// |---|---|
/// | ACCEPTED, PROCESSING, TRANSFERING, CANCELING | accepted: it works on it |
/// | WAIT_USER_CONFIRM | waiting, until 24 hours after the bill was made |
/// | SUCCESS | paid |
/// | FAIL | proven failure, by its reason; one that is not in the table is unknown |
/// | CANCELLED | our cancel was done |
///
/// What is stored is the bill in the clear, sealed by the dispatcher; the name is encrypted at each send, which gives other
/// bytes each time, as signature, time and nonce do. "An HTTP status other than 200 must not lead to another number before a
/// query says FAIL": a refusal counts only of the first send of a number, for what is documented as refused before a bill is
/// made, and when a query finds nothing either.
package struct WeChatPayChannel: PayoutChannel {
  package let manifest: ChannelManifest

  /// "Initiate a transfer", `transfer_amount`: from 0.10 CNY.
  package static let minimumMinorUnits: Int64 = 10
  /// "Initiate a transfer", `user_name`: compulsory from 2,000 CNY; below it the name stays here.
  package static let nameMinorUnits: Int64 = 200_000
  /// A bill that is not confirmed is closed.
  package static let confirmMicroseconds: Int64 = 24 * 3_600 * 1_000_000

  /// "Query a bill": 30 days back. A day less, because clocks and days differ.
  package static let queryDaysMaximum = 29

  private static let billsPath = "/v3/fund-app/mch-transfer/transfer-bills"
  private static let remarkCharactersMaximum = 32
  private static let openIDCharactersMaximum = 64
  private static let nonceBytes = 16

  private let options: WeChatPayOptions
  private let privateKey: RSAPrivateKey
  let apiV3Key: SecretKey
  let platformKeys: WeChatPayKeys
  private let caller: HTTPCaller
  private let clock: any PayoutClock
  private let random: any RandomSource

  /// - Parameter manifest: what is configured; rails, currencies and capabilities are those of the channel.
  package init(
    manifest: ChannelManifest, options: WeChatPayOptions, clock: any PayoutClock = SystemPayoutClock()
  ) throws(ChannelDefect) {
    try Self.check(options)
    var manifest = manifest
    manifest.rails = [.weChat]
    manifest.paysReferences = false
    manifest.currencies = [.cny]
    manifest.minimum = max(manifest.minimum, Self.minimumMinorUnits)
    manifest.capabilities = [.query, .cancel, .payeeConfirmation]
    manifest.queryDaysMaximum = Self.queryDaysMaximum
    if !options.notifyURL.isEmpty { manifest.capabilities.insert(.notifications) }
    self.manifest = manifest
    self.options = options
    self.clock = clock
    random = SystemRandom()
    privateKey = try KeyFiles.privateKey(options.privateKeyFile)
    apiV3Key = try KeyFiles.symmetricKey(options.apiV3KeyFile)
    platformKeys = WeChatPayKeys(all: try Self.platformKeys(options.platformKeys))
    caller = try HTTPCaller(
      HTTPCaller.Options(
        origin: options.origin, authorityFile: options.authorityFile, timeoutMilliseconds: options.timeoutMilliseconds,
        connectionsMaximum: manifest.inFlightMaximum))
  }

  private static func check(_ options: WeChatPayOptions) throws(ChannelDefect) {
    let names = [
      ("app_id", options.appID), ("merchant_id", options.merchantID), ("merchant_serial", options.merchantSerial),
      ("transfer_scene_id", options.transferSceneID),
    ]
    // They stand between quotes in a header.
    for (name, value) in names
    where value.isEmpty || !value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }) {
      throw ChannelDefect("\(name) is empty or no plain text")
    }
    guard (1...remarkCharactersMaximum).contains(options.remark.count) else {
      throw ChannelDefect("the remark has to be of 1 to \(remarkCharactersMaximum) characters")
    }
    guard !options.platformKeys.isEmpty else {
      throw ChannelDefect("platform_keys is empty: without WeChat Pay's key no answer can be believed")
    }
    guard options.notifyURL.isEmpty || options.notifyURL.hasPrefix("https://") && !options.notifyURL.contains("?")
    else {
      throw ChannelDefect("notify_url has to begin with https:// and to have no query")
    }
  }

  private static func platformKeys(
    _ named: [WeChatPayOptions.PlatformKey]
  ) throws(ChannelDefect) -> [(id: String, key: RSAPublicKey)] {
    var keys: [(id: String, key: RSAPublicKey)] = []
    for item in named {
      let key = try KeyFiles.publicKey(item.file)
      guard let id = item.id.isEmpty ? key.certificateSerial : item.id else {
        throw ChannelDefect("\(item.file): is a bare key; give its id (PUB_KEY_ID_...)")
      }
      if let serial = key.certificateSerial, serial != id {
        throw ChannelDefect("\(item.file): the certificate's serial number is \(serial), not \(id)")
      }
      guard !keys.contains(where: { $0.id == id }) else { throw ChannelDefect("platform key \(id) is there twice") }
      keys.append((id, key))
    }
    return keys
  }

  var merchantID: String { options.merchantID }

  package func prepare(_ order: PayoutOrder) throws(PrepareDefect) -> [UInt8] {
    guard order.rail == .weChat else { throw PrepareDefect(.accountWrong, "not a WeChat account") }
    guard order.amount.currency == .cny, order.amount.minorUnits >= manifest.minimum,
      order.amount.minorUnits <= manifest.maximum
    else { throw PrepareDefect(.amountNotTaken, "the amount is outside what WeChat Pay takes here") }
    guard (1...Self.openIDCharactersMaximum).contains(order.number.count) else {
      throw PrepareDefect(.accountWrong, "the openid is empty or too long")
    }
    var members: [JSONText.Member] = [
      .init("appid", .text(options.appID)),
      .init("out_bill_no", .text(order.key.text)),
      .init("transfer_scene_id", .text(options.transferSceneID)),
      .init("openid", .text(order.number)),
    ]
    if order.amount.minorUnits >= Self.nameMinorUnits {
      guard !order.holderName.isEmpty else { throw PrepareDefect(.nameMismatch, "the holder's name is missing") }
      members.append(.init("user_name", .text(order.holderName)))
    }
    members += [
      .init("transfer_amount", .number("\(order.amount.minorUnits)")),
      .init("transfer_remark", .text(options.remark)),
    ]
    if !options.notifyURL.isEmpty { members.append(.init("notify_url", .text(options.notifyURL))) }
    if !options.userPerception.isEmpty {
      members.append(.init("user_recv_perception", .text(options.userPerception)))
    }
    members.append(
      .init(
        "transfer_scene_report_infos",
        .array(
          options.sceneReports.map {
            .object([.init("info_type", .text($0.type)), .init("info_content", .text($0.content))])
          })))
    let body = JSONText.object(members).bytes
    guard body.count <= StoredRequest.maximumBytes else {
      throw PrepareDefect(.requestMalformed, "the bill is longer than \(StoredRequest.maximumBytes) bytes")
    }
    return body
  }

  package func send(_ request: SentRequest) async -> ChannelAnswer {
    guard let body = sealedBody(of: request) else { return .unknown(code: OwnCode.badRequest, message: "") }
    let answer: (status: Int, body: JSONText)
    switch await call(.post, Self.billsPath, body) {
    case .success(let verified): answer = verified
    case .failure(let unknown): return unknown.answer.ofUnanswered(request)
    }
    guard answer.status == 200 else {
      let refusal = WeChatPayCodes.transfer.answer(answer.body["code"]?.string ?? "", message: message(answer.body))
      guard case .failed(let failure) = refusal else { return refusal }
      return await query(request).afterRefusal(failure, of: request)
    }
    // It has no reason, and a failure without one is laid to the payee.
    if answer.body["state"]?.string == "FAIL" { return await query(request).afterFailedBill() }
    // The answer does not repeat the amount; a number that was used with another one is an error.
    return bill(answer.body, request, amount: request.amount.minorUnits)
  }

  package func query(_ request: SentRequest) async -> ChannelAnswer {
    switch await call(.get, "\(Self.billsPath)/out-bill-no/\(request.key.text)", []) {
    case .success(let answer):
      guard answer.status == 200 else {
        return WeChatPayCodes.query.answer(answer.body["code"]?.string ?? "", message: message(answer.body))
      }
      return bill(answer.body, request, amount: answer.body["transfer_amount"]?.integer)
    case .failure(let unknown): return unknown.answer
    }
  }

  /// "Cancel a transfer" is only a request: how the bill stands is asked afterwards, whatever was answered.
  package func cancel(_ request: SentRequest) async -> ChannelAnswer {
    _ = await call(.post, "\(Self.billsPath)/out-bill-no/\(request.key.text)/cancel", [])
    return await query(request)
  }

  /// Bills come by another product, which is not used.
  package func statement(day: CivilDate) async throws(StatementFailure) -> [StatementLine] { throw .notSupported }

  private func message(_ body: JSONText) -> String { body["message"]?.string ?? "" }

  private func bill(_ bill: JSONText, _ request: SentRequest, amount: Int64?) -> ChannelAnswer {
    guard bill["out_bill_no"]?.string == request.key.text, (bill["mch_id"]?.string ?? merchantID) == merchantID else {
      return .unknown(code: OwnCode.notOurs, message: "")
    }
    let number = OwnCode.short(bill["transfer_bill_no"]?.string ?? "")
    let state = bill["state"]?.string ?? ""
    switch state {
    case "ACCEPTED", "PROCESSING", "TRANSFERING", "CANCELING": return .accepted(reference: number)
    case "WAIT_USER_CONFIRM":
      // Only the answer to a transfer has a package, never one to a query.
      let package = bill["package_info"]?.string
      return .waiting(reference: number, until: confirmUntil(bill), confirmation: package)
    case "SUCCESS":
      guard let amount else { return .unknown(code: OwnCode.malformed, message: "no amount") }
      let (payee, ours) = (bill["openid"]?.string, openID(of: request))
      return .paid(
        ChannelAnswer.Proof(
          amount: Money(minorUnits: amount, currency: .cny), reference: number,
          feeMinorUnits: manifest.fee.of(amount) ?? 0, payeeDiffers: payee != nil && ours != nil && payee != ours))
    case "FAIL": return WeChatPayCodes.ofFailedBill(bill["fail_reason"]?.string ?? "")
    case "CANCELLED":
      return .failed(ChannelAnswer.Failure(.cancelled, .cancelledByUs, code: "CANCELLED"))
    default:
      return .unknown(code: state.isEmpty ? OwnCode.malformed : OwnCode.short(state), message: "an unknown state")
    }
  }

  private func confirmUntil(_ bill: JSONText) -> Timestamp? {
    guard let made = ChinaTime.parse(bill["create_time"]?.string ?? "") else { return nil }
    return Timestamp(microseconds: made.microseconds + Self.confirmMicroseconds)
  }

  /// nil where the request is not at hand: payouts that are closed are asked about without it.
  private func openID(of request: SentRequest) -> String? {
    (try? JSONText(reading: request.body))?["openid"]?.string
  }

  /// The stored bill with its name encrypted; nil unless it is the bill of this payout.
  private func sealedBody(of request: SentRequest) -> [UInt8]? {
    guard case .object(var members)? = try? JSONText(reading: request.body) else { return nil }
    let bill = JSONText.object(members)
    guard bill["out_bill_no"]?.string == request.key.text,
      bill["transfer_amount"]?.integer == request.amount.minorUnits, request.amount.currency == .cny
    else { return nil }
    if let index = members.firstIndex(where: { $0.name == "user_name" }) {
      guard let name = members[index].value.string, let key = platformKeys.all.first?.key,
        let encrypted = try? key.encrypted(Array(name.utf8))
      else { return nil }
      members[index].value = .text(WeChatPaySigning.base64(encrypted))
    }
    return JSONText.object(members).bytes
  }

  /// The answer, whatever its status, when it is signed; nothing else is believed, not even an error.
  private func call(
    _ method: HTTPCaller.Method, _ path: String, _ body: [UInt8]
  ) async -> Result<(status: Int, body: JSONText), UnknownAnswer> {
    guard let nonce = try? random.bytes(Self.nonceBytes) else {
      return .failure(UnknownAnswer(.unknown(code: OwnCode.noRandomness, message: "")))
    }
    let nonceText = nonce.withUnsafeBytes { Hexadecimal.encode($0) }.uppercased()
    let timestamp = "\(clock.now().microseconds / 1_000_000)"
    let text = WeChatPaySigning.requestText(
      method: method.rawValue, path: path, timestamp: timestamp, nonce: nonceText, body: body)
    guard let signature = try? privateKey.signature(of: text) else {
      return .failure(UnknownAnswer(.unknown(code: OwnCode.badRequest, message: "it could not be signed")))
    }
    var headers: [(name: String, value: String)] = [
      ("accept", "application/json"), ("content-type", "application/json"), ("user-agent", "settle"),
      (
        "authorization",
        WeChatPaySigning.authorization(
          merchant: merchantID, serial: options.merchantSerial, timestamp: timestamp, nonce: nonceText,
          signature: WeChatPaySigning.base64(signature))
      ),
    ]
    // Which of WeChat Pay's keys encrypted the name, and which one we want answers signed with.
    if let id = platformKeys.all.first?.id { headers.append(("wechatpay-serial", id)) }
    let outcome = await caller.call(method, path, headers: headers, body: body)
    guard case .answered(let http) = outcome else {
      return .failure(UnknownAnswer(outcome.unanswered ?? .unknown(code: OwnCode.noAnswer, message: "")))
    }
    do throws(WeChatPayKeys.Defect) {
      try platformKeys.verify(http.body, now: clock.now()) { http.header($0) }
    } catch {
      // An unsigned error of a gateway is told by its status, which proves nothing either.
      let code = http.status == 200 ? OwnCode.badSignature : OwnCode.status(http.status)
      return .failure(
        UnknownAnswer(.unknown(code: code, message: error == .stale ? "a stale signature" : "not signed")))
    }
    guard let body = try? JSONText(reading: http.body) else {
      return .failure(UnknownAnswer(.unknown(code: OwnCode.malformed, message: "")))
    }
    return .success((http.status, body))
  }
}
