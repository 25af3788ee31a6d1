import Foundation
import LedgerCore
import Payouts
import Routing

/// Drives a payment channel from outside, for tests whose servers are written in another language: reads the channel's
/// options from a JSON file, then a command per line, and prints an answer per line.
///
///     {"do": "key", "ordinal": 7}
///     {"do": "prepare", "key": "...", "amount": 1000, "number": "...", "name": "..."}
///     {"do": "send" | "query" | "cancel", "key": "...", "amount": 1000, "body": "...", "repeated": false}
///     {"do": "parse", "headers": {...}, "body": base64, "received": microseconds}
///     {"do": "tables"}
@main
struct ProviderProbe {
  static func main() async {
    guard CommandLine.arguments.count == 3 else { return leave("usage: provider-probe alipay|wechat OPTIONS.json") }
    do {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let options = try decoder.decode(
        ProbeOptions.self, from: Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[2])))
      let channel = try options.channel(CommandLine.arguments[1])
      say(["ready": true])
      while let line = readLine() {
        let command = try JSONDecoder().decode(ProbeCommand.self, from: Data(line.utf8))
        say(try await command.answer(channel))
      }
    } catch {
      leave("\(error)")
    }
  }

  private static func say(_ answer: [String: Any]) {
    do {
      print(String(decoding: try JSONSerialization.data(withJSONObject: answer, options: .sortedKeys), as: UTF8.self))
    } catch {
      leave("\(error)")
    }
    fflush(nil)
  }

  private static func leave(_ message: String) {
    FileHandle.standardError.write(Data("provider-probe: \(message)\n".utf8))
    exit(1)
  }
}

/// The options of either channel; each takes its own.
struct ProbeOptions: Decodable {
  var appId: String
  var privateKey: String
  var origin: String
  var authority: String
  var timeoutMs: Int64
  var alipayPublicKey: String?
  var merchantId: String?
  var merchantSerial: String?
  var apiV3Key: String?
  var platformKeys: [[String]]?
  var notifyUrl: String?

  func channel(_ name: String) throws -> any PayoutChannel {
    let manifest = ChannelManifest(id: try Label(name), rails: [])
    switch name {
    case "alipay":
      return try AlipayChannel(
        manifest: manifest,
        options: AlipayOptions(
          appID: appId, privateKeyFile: privateKey, alipayPublicKeyFile: alipayPublicKey ?? "", origin: origin,
          authorityFile: authority, timeoutMilliseconds: timeoutMs))
    case "wechat":
      return try WeChatPayChannel(
        manifest: manifest,
        options: WeChatPayOptions(
          appID: appId, merchantID: merchantId ?? "", merchantSerial: merchantSerial ?? "",
          privateKeyFile: privateKey, apiV3KeyFile: apiV3Key ?? "",
          platformKeys: (platformKeys ?? []).map { .init(id: $0[0], file: $0[1]) }, transferSceneID: "1002",
          sceneReports: [.init(type: "岗位类型", content: "代理"), .init(type: "报酬说明", content: "佣金")],
          notifyURL: notifyUrl ?? "", origin: origin, authorityFile: authority, timeoutMilliseconds: timeoutMs))
    default: throw ChannelDefect("no channel \(name)")
    }
  }
}

struct ProbeCommand: Decodable {
  var `do`: String
  var ordinal: UInt64?
  var key: String?
  var amount: Int64?
  var number: String?
  var name: String?
  var body: String?
  var repeated: Bool?
  var headers: [String: String]?
  var received: Int64?

  func answer(_ channel: any PayoutChannel) async throws -> [String: Any] {
    switch `do` {
    case "key": return ["key": PayoutKey(WithdrawalID(epoch: 0, shard: 0, ordinal: ordinal ?? 1), attempt: 1).text]
    case "prepare": return try prepared(channel)
    case "send": return Self.told(await channel.send(try request()))
    case "query": return Self.told(await channel.query(try request()))
    case "cancel": return Self.told(await channel.cancel(try request()))
    case "parse": return parsed(channel)
    case "tables":
      return [
        "alipay_transfer": Self.rows(AlipayCodes.transfer), "alipay_query": Self.rows(AlipayCodes.query),
        "alipay_failed_bill": Self.rows(AlipayCodes.failedBill),
        "wechat_transfer": Self.rows(WeChatPayCodes.transfer), "wechat_query": Self.rows(WeChatPayCodes.query),
        "wechat_fail_reason": Self.rows(WeChatPayCodes.failReason),
      ]
    default: throw ChannelDefect("no command \(`do`)")
    }
  }

  private func payoutKey() throws -> PayoutKey {
    guard let key = PayoutKey(key ?? "") else { throw ChannelDefect("no payout key") }
    return key
  }

  private var money: Money { Money(minorUnits: amount ?? 0, currency: .cny) }

  private func request() throws -> SentRequest {
    SentRequest(
      key: try payoutKey(), amount: money, body: Array((body ?? "").utf8), isRepeated: repeated ?? false)
  }

  private func prepared(_ channel: any PayoutChannel) throws -> [String: Any] {
    let order = PayoutOrder(
      key: try payoutKey(), amount: money, rail: channel.manifest.rails.first, number: number ?? "",
      holderName: name ?? "", bank: "", speed: .sameDay)
    do throws(PrepareDefect) {
      return ["body": String(decoding: try channel.prepare(order), as: UTF8.self)]
    } catch {
      return ["defect": "\(error.reason)", "message": error.message]
    }
  }

  private func parsed(_ channel: any PayoutChannel) -> [String: Any] {
    let raw = RawNotification(
      headers: (headers ?? [:]).map { (name: $0.key, value: $0.value) },
      body: Array(Data(base64Encoded: body ?? "") ?? Data()),
      receivedAt: Timestamp(microseconds: received ?? 0))
    do throws(NotificationDefect) {
      let notification = try channel.parseNotification(raw)
      return [
        "key": notification.key.text, "id": notification.id, "status": notification.reply.status,
        "reply": String(decoding: notification.reply.body, as: UTF8.self),
      ]
    } catch {
      return ["defect": "\(error)"]
    }
  }

  private static func told(_ answer: ChannelAnswer) -> [String: Any] {
    switch answer {
    case .paid(let proof):
      [
        "is": "paid", "amount": proof.amount.minorUnits, "reference": proof.reference, "fee": proof.feeMinorUnits,
        "payee_differs": proof.payeeDiffers,
      ]
    case .accepted(let reference): ["is": "accepted", "reference": reference]
    case .waiting(let reference, let until, let confirmation):
      ["is": "waiting", "reference": reference, "until": until?.microseconds ?? 0, "confirmation": confirmation ?? ""]
    case .failed(let failure):
      [
        "is": "failed", "kind": "\(failure.kind)", "reason": "\(failure.reason)", "code": failure.code,
        "message": failure.message,
      ]
    case .returned(let back):
      ["is": "returned", "amount": back.amount.minorUnits, "reference": back.reference, "code": back.code]
    case .unknown(let code, let message): ["is": "unknown", "code": code, "message": message]
    case .notFound: ["is": "notFound"]
    }
  }

  private static func rows(_ table: CodeTable) -> [[String]] {
    table.rows.map { row in
      switch row.verdict {
      case .failed(let kind, let reason): [row.code, "\(kind)", "\(reason)"]
      case .unknown: [row.code, "unknown", ""]
      case .notFound: [row.code, "notFound", ""]
      }
    }
  }
}
