import Foundation
import Journal
import JournalTesting
import LedgerCore
import Routing
import Testing

@testable import Payouts

/// 2026-03-02, 16:30 in Shanghai.
let bankTime = Timestamp(microseconds: 1_772_440_200_000_000)
let bankDay = CivilDate(daysSince1970: 20_514)

func bankKey(_ ordinal: UInt64, attempt: UInt8 = 1) -> PayoutKey {
  PayoutKey(WithdrawalID(epoch: 0, shard: 0, ordinal: ordinal), attempt: attempt)
}

func bankSettings(_ directory: String = "bank", ledger: String = "0123456789abcdef") throws -> BankFileSettings {
  BankFileSettings(
    manifest: ChannelManifest(
      id: try Label("icbc-file"), rails: [.bankCard], currencies: [.cny, try #require(Currency("HKD"))],
      fee: ChannelFee(fixed: 50), speeds: [.nextDay], capabilities: [.query, .statement, .batch], batchMinutes: [990]),
    ledger: ledger, directory: directory, dataDirectory: directory + "-ledger", debtorName: "结算平台有限公司",
    debtorAccount: "0200001009014400001",
    debtorBank: "中国工商银行", debtorBankNumber: "102100000072")
}

func bankOrder(
  _ key: PayoutKey, minorUnits: Int64 = 12_345, currency: Currency = .cny, number: String = "6222021234567890123",
  name: String = "欧阳 小明 & <Söhne>", bank: String = "ICBC", rail: Rail? = .bankCard
) -> PayoutOrder {
  PayoutOrder(
    key: key, amount: Money(minorUnits: minorUnits, currency: currency), rail: rail, number: number, holderName: name,
    bank: bank, speed: .nextDay)
}

func bankRequest(_ order: PayoutOrder) throws -> SentRequest {
  SentRequest(key: order.key, amount: order.amount, body: try CreditTransfer.body(order, for: try bankSettings()))
}

func bankRequest(_ ordinal: UInt64, minorUnits: Int64 = 12_345) throws -> SentRequest {
  try bankRequest(bankOrder(bankKey(ordinal), minorUnits: minorUnits))
}

/// A bank, its directory and the channel that works there.
struct Bank {
  let disk: SimulatedDisk
  let channel: BankFileChannel

  init(
    _ disk: SimulatedDisk = SimulatedDisk(), report: @escaping @Sendable (BankFileEvent) -> Void = { _ in }
  ) throws {
    self.disk = disk
    channel = try BankFileChannel.open(try bankSettings(), disk: disk, now: { bankTime }, report: report)
  }

  /// After a restart on the same files.
  func reopened() throws -> Bank { try Bank(disk.killProcess()) }

  func names(_ place: String) -> [String] {
    disk.paths.filter { $0.hasPrefix("bank/\(place)/") }.map { String($0.dropFirst("bank/\(place)/".count)) }
  }

  func put(_ name: String, _ text: String) { disk.setContents("bank/inbox/\(name)", Array(text.utf8)) }

  /// The keys in each file that the bank was given, as an own reader finds them.
  var filed: [[String]] {
    names("outbox").map { name in
      let text = String(decoding: disk.contents("bank/outbox/\(name)") ?? [], as: UTF8.self)
      let isWhole = text.hasPrefix("<?xml") && text.hasSuffix("</CstmrCdtTrfInitn></Document>\n")
      let keys = text.split(separator: "<InstrId>").dropFirst().map { String($0.prefix(PayoutKey.textBytes)) }
      #expect(isWhole && text.contains("<NbOfTxs>\(keys.count)</NbOfTxs>"), "\(name) is not whole")
      return keys
    }
  }

  var message: String { String((names("outbox").last ?? "none").dropLast(4)) }
}

// MARK: What a bank sends

func statusReport(
  _ message: String, group: String = "PART", transfers: String = "", payment: String? = nil, paymentStatus: String = "",
  more: String = ""
) -> String {
  """
  <?xml version="1.0" encoding="UTF-8"?>
  <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
  <GrpHdr><MsgId>BANK-1</MsgId><CreDtTm>2026-03-02T18:00:00</CreDtTm></GrpHdr>
  <OrgnlGrpInfAndSts><OrgnlMsgId>\(message)</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>
  <GrpSts>\(group)</GrpSts></OrgnlGrpInfAndSts>
  <OrgnlPmtInfAndSts><OrgnlPmtInfId>\(payment ?? "\(message)-CNY")</OrgnlPmtInfId>\(paymentStatus)\(transfers)
  </OrgnlPmtInfAndSts>\(more)</CstmrPmtStsRpt></Document>
  """
}

func transferStatus(_ key: PayoutKey, _ status: String, reason: String? = nil, amount: String? = nil) -> String {
  let reason = reason.map { "<StsRsnInf><Rsn><Cd>\($0)</Cd></Rsn></StsRsnInf>" } ?? ""
  let original =
    amount.map { "<OrgnlTxRef><Amt><InstdAmt Ccy=\"CNY\">\($0)</InstdAmt></Amt></OrgnlTxRef>" } ?? ""
  return "<TxInfAndSts><OrgnlInstrId>\(key)</OrgnlInstrId><OrgnlEndToEndId>\(key.withdrawal)</OrgnlEndToEndId>"
    + "<TxSts>\(status)</TxSts>\(reason)<ClrSysRef>S-\(key)</ClrSysRef>\(original)</TxInfAndSts>"
}

func accountNotice(_ entries: String, account: String = "0200001009014400001") -> String {
  """
  <?xml version="1.0" encoding="UTF-8"?>
  <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>
  <GrpHdr><MsgId>BANK-2</MsgId><CreDtTm>2026-03-02T20:00:00+08:00</CreDtTm></GrpHdr>
  <Ntfctn><Id>N-1</Id><CreDtTm>2026-03-02T20:00:00+08:00</CreDtTm><Acct><Id><Othr><Id>\(account)</Id></Othr></Id></Acct>
  \(entries)</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>
  """
}

func booked(
  _ key: PayoutKey, _ direction: String = "DBIT", amount: String = "123.45", serial: String = "2026030200001",
  day: String = "2026-03-02", status: String = "BOOK", reason: String? = nil, charges: String? = nil,
  currency: String = "CNY"
) -> String {
  let back = reason.map { "<RtrInf><Rsn><Cd>\($0)</Cd></Rsn></RtrInf>" } ?? ""
  let charges = charges.map { "<Chrgs><TtlChrgsAndTaxAmt Ccy=\"CNY\">\($0)</TtlChrgsAndTaxAmt></Chrgs>" } ?? ""
  return """
    <Ntry><Amt Ccy="\(currency)">\(amount)</Amt><CdtDbtInd>\(direction)</CdtDbtInd><Sts><Cd>\(status)</Cd></Sts>
    <BookgDt><Dt>\(day)</Dt></BookgDt><NtryDtls><TxDtls><Refs><InstrId>\(key)</InstrId>
    <EndToEndId>\(key.withdrawal)</EndToEndId><ClrSysRef>\(serial)</ClrSysRef></Refs>
    <Amt Ccy="\(currency)">\(amount)</Amt><CdtDbtInd>\(direction)</CdtDbtInd>\(charges)\(back)</TxDtls></NtryDtls></Ntry>
    """
}
