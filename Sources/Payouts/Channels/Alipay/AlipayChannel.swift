internal import Digests
internal import Foundation
package import LedgerCore
package import Routing

/// Alipay's transfer to a wallet account: alipay.fund.trans.uni.transfer and alipay.fund.trans.common.query.
///
/// | status | what it means here |
/// |---|---|
/// | SUCCESS | paid |
/// | DEALING | accepted |
/// | FAIL | proven failure, by its code; one that is not in the table is unknown |
/// | REFUND | paid and come back, days later perhaps: nothing is out under this key |
///
/// A refusal counts only of the first send of a key, for what is refused before a bill is made, and when a query finds nothing
/// either: an earlier request may still be on its way.
package struct AlipayChannel: PayoutChannel {
  package let manifest: ChannelManifest

  /// alipay.fund.trans.uni.transfer, `trans_amount` of TRANS_ACCOUNT_NO_PWD: from 0.10 CNY.
  package static let minimumMinorUnits: Int64 = 10
  /// `payee_info.identity` and `.name`, in the documentation's characters.
  private static let identityCharactersMaximum = 64
  private static let nameCharactersMaximum = 128
  private static let titleCharactersMaximum = 128

  private static let transferMethod = "alipay.fund.trans.uni.transfer"
  private static let queryMethod = "alipay.fund.trans.common.query"
  private static let productCode = "TRANS_ACCOUNT_NO_PWD"
  private static let scene = "DIRECT_TRANSFER"
  /// `code` of a call that was done.
  private static let success = "10000"
  /// `code` of a call that was refused for the reason in `sub_code`. Others (20000 to 40006) say nothing of the bill.
  private static let businessFailure = "40004"

  private let options: AlipayOptions
  private let privateKey: RSAPrivateKey
  let alipayKey: RSAPublicKey
  private let caller: HTTPCaller
  private let clock: any PayoutClock

  /// - Parameter manifest: what is configured; rails, currencies and capabilities are those of the channel.
  package init(
    manifest: ChannelManifest, options: AlipayOptions, clock: any PayoutClock = SystemPayoutClock()
  ) throws(ChannelDefect) {
    let plain = options.appID.utf8.allSatisfy { $0 >= 0x21 && $0 < 0x7F }
    guard !options.appID.isEmpty, plain else { throw ChannelDefect("app_id is empty or no plain text") }
    guard (1...Self.titleCharactersMaximum).contains(options.title.count) else {
      throw ChannelDefect("the title has to be of 1 to \(Self.titleCharactersMaximum) characters")
    }
    guard options.gatewayPath.hasPrefix("/"), !options.gatewayPath.contains("?") else {
      throw ChannelDefect("the gateway's path has to begin with / and to have no query")
    }
    var manifest = manifest
    manifest.rails = [.alipay]
    manifest.paysReferences = false
    manifest.currencies = [.cny]
    manifest.minimum = max(manifest.minimum, Self.minimumMinorUnits)
    manifest.capabilities = [.query, .notifications]
    self.manifest = manifest
    self.options = options
    self.clock = clock
    privateKey = try KeyFiles.privateKey(options.privateKeyFile)
    alipayKey = try KeyFiles.publicKey(options.alipayPublicKeyFile)
    caller = try HTTPCaller(
      HTTPCaller.Options(
        origin: options.origin, authorityFile: options.authorityFile, timeoutMilliseconds: options.timeoutMilliseconds,
        connectionsMaximum: manifest.inFlightMaximum))
  }

  var appID: String { options.appID }

  package func prepare(_ order: PayoutOrder) throws(PrepareDefect) -> [UInt8] {
    guard order.rail == .alipay else { throw PrepareDefect(.accountWrong, "not an Alipay account") }
    guard order.amount.currency == .cny, order.amount.minorUnits >= manifest.minimum,
      order.amount.minorUnits <= manifest.maximum
    else { throw PrepareDefect(.amountNotTaken, "the amount is outside what Alipay takes here") }
    guard (1...Self.identityCharactersMaximum).contains(order.number.count) else {
      throw PrepareDefect(.accountWrong, "the account is empty or too long")
    }
    // `name` is compulsory with ALIPAY_LOGON_ID, and Alipay compares it.
    guard (1...Self.nameCharactersMaximum).contains(order.holderName.count) else {
      throw PrepareDefect(.nameMismatch, "the holder's name is empty or too long")
    }
    let body = JSONText.object([
      .init("out_biz_no", .text(order.key.text)),
      .init("trans_amount", .text(AlipayAmount.text(minorUnits: order.amount.minorUnits))),
      .init("product_code", .text(Self.productCode)),
      .init("biz_scene", .text(Self.scene)),
      .init("order_title", .text(options.title)),
      .init("remark", .text(options.title)),
      .init(
        "payee_info",
        .object([
          .init("identity", .text(order.number)),
          .init("identity_type", .text("ALIPAY_LOGON_ID")),
          .init("name", .text(order.holderName)),
        ])),
    ]).bytes
    guard body.count <= StoredRequest.maximumBytes else {
      throw PrepareDefect(.accountWrong, "account and name are too long together")
    }
    return body
  }

  package func send(_ request: SentRequest) async -> ChannelAnswer {
    guard let content = content(of: request) else { return .unknown(code: OwnCode.badRequest, message: "") }
    let answer: AlipayAnswer
    switch await call(Self.transferMethod, content) {
    case .success(let verified): answer = verified
    case .failure(let unknown): return unknown.answer.ofUnanswered(request)
    }
    guard answer.code == Self.success else {
      guard answer.code == Self.businessFailure else { return Self.unbusinesslike(answer) }
      let refusal = AlipayCodes.transfer.answer(answer.subCode, message: answer.message)
      guard case .failed(let failure) = refusal else { return refusal }
      return await query(request).afterRefusal(failure, of: request)
    }
    // A failure without a code is laid to the payee; only the query has codes for certain.
    if answer.status == "FAIL", answer.errorCode.isEmpty { return await query(request).afterFailedBill() }
    // The answer does not repeat the amount; a number that was used with another one is PAYMENT_INFO_INCONSISTENCY.
    return self.answer(answer, request, amount: request.amount.minorUnits)
  }

  package func query(_ request: SentRequest) async -> ChannelAnswer {
    let content = JSONText.object([
      .init("product_code", .text(Self.productCode)),
      .init("biz_scene", .text(Self.scene)),
      .init("out_biz_no", .text(request.key.text)),
    ]).bytes
    let answer: AlipayAnswer
    switch await call(Self.queryMethod, String(decoding: content, as: UTF8.self)) {
    case .success(let verified): answer = verified
    case .failure(let unknown): return unknown.answer
    }
    guard answer.code == Self.success else {
      guard answer.code == Self.businessFailure else { return Self.unbusinesslike(answer) }
      return AlipayCodes.query.answer(answer.subCode, message: answer.message)
    }
    return self.answer(answer, request, amount: AlipayAmount.minorUnits(answer.amount))
  }

  /// Alipay takes nothing back: it says how the payout stands.
  package func cancel(_ request: SentRequest) async -> ChannelAnswer { await query(request) }

  /// Alipay's bills come by another product, which is not used.
  package func statement(day: CivilDate) async throws(StatementFailure) -> [StatementLine] { throw .notSupported }

  private func answer(_ answer: AlipayAnswer, _ request: SentRequest, amount: Int64?) -> ChannelAnswer {
    guard answer.key == request.key.text else { return .unknown(code: OwnCode.notOurs, message: "") }
    switch answer.status {
    case "SUCCESS":
      guard let amount else { return .unknown(code: OwnCode.malformed, message: "no amount") }
      return .paid(
        ChannelAnswer.Proof(
          amount: Money(minorUnits: amount, currency: .cny), reference: OwnCode.short(answer.reference),
          feeMinorUnits: AlipayAmount.minorUnits(answer.fee) ?? manifest.fee.of(amount) ?? 0))
    case "DEALING": return .accepted(reference: OwnCode.short(answer.order))
    case "FAIL": return AlipayCodes.ofFailedBill(answer.errorCode, message: answer.failReason)
    case "REFUND":
      guard let amount else { return .unknown(code: OwnCode.malformed, message: "no amount") }
      return .returned(
        ChannelAnswer.Return(
          amount: Money(minorUnits: amount, currency: .cny), reference: OwnCode.short(answer.reference), code: "REFUND")
      )
    default: return .unknown(code: OwnCode.short(answer.status), message: "an unknown status")
    }
  }

  /// Of the gateway, not of the transfer: it may be said before the bill is looked at.
  private static func unbusinesslike(_ answer: AlipayAnswer) -> ChannelAnswer {
    .unknown(
      code: OwnCode.short(answer.subCode.isEmpty ? answer.code : answer.subCode), message: OwnCode.short(answer.message)
    )
  }

  /// nil unless the stored bytes are those of this payout.
  private func content(of request: SentRequest) -> String? {
    guard let body = try? JSONText(reading: request.body), body["out_biz_no"]?.string == request.key.text,
      body["trans_amount"]?.string == AlipayAmount.text(minorUnits: request.amount.minorUnits),
      request.amount.currency == .cny
    else { return nil }
    return String(decoding: request.body, as: UTF8.self)
  }

  private func call(_ method: String, _ content: String) async -> Result<AlipayAnswer, UnknownAnswer> {
    // "Public parameters" of every method.
    var parameters: [(name: String, value: String)] = [
      ("app_id", options.appID), ("charset", "utf-8"), ("format", "JSON"), ("method", method), ("sign_type", "RSA2"),
      ("timestamp", ChinaTime.text(clock.now())), ("version", "1.0"),
    ]
    let text = AlipaySigning.requestText(parameters + [("biz_content", content)])
    guard let signature = try? AlipaySigning.signature(text, privateKey) else {
      return .failure(UnknownAnswer(.unknown(code: OwnCode.badRequest, message: "it could not be signed")))
    }
    parameters.append(("sign", signature))
    let outcome = await caller.call(
      .post, "\(options.gatewayPath)?\(FormText.encode(parameters))",
      headers: [
        ("content-type", "application/x-www-form-urlencoded;charset=utf-8"), ("accept", "application/json"),
        ("user-agent", "settle"),
      ], body: Array(FormText.encode([("biz_content", content)]).utf8))
    guard case .answered(let http) = outcome else {
      return .failure(UnknownAnswer(outcome.unanswered ?? .unknown(code: OwnCode.noAnswer, message: "")))
    }
    guard http.status == 200 else {
      return .failure(UnknownAnswer(.unknown(code: OwnCode.status(http.status), message: "")))
    }
    do throws(AlipayAnswer.Defect) {
      return .success(try AlipayAnswer(http.body, to: method, key: alipayKey))
    } catch {
      switch error {
      case .malformed: return .failure(UnknownAnswer(.unknown(code: OwnCode.malformed, message: "")))
      case .signature: return .failure(UnknownAnswer(.unknown(code: OwnCode.badSignature, message: "")))
      }
    }
  }
}

/// An answer that carries nothing to go by.
struct UnknownAnswer: Error {
  let answer: ChannelAnswer
  init(_ answer: ChannelAnswer) { self.answer = answer }
}
