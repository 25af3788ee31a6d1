internal import LedgerCore

/// A pain.001.001.09: one group header, and one payment instruction for each currency, whose transfers stand in the order
/// in which they were sent.
struct PaymentFile {
  let id: MessageID
  let createTime: Timestamp
  let transfers: [SentRequest]
  let settings: BankFileSettings

  static let namespace = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"

  func bytes() -> [UInt8] {
    let clock = BankClock(utcOffsetMinutes: settings.utcOffsetMinutes)
    let day = CivilDate(daysSince1970: clock.day(createTime).daysSince1970 + settings.executionDaysLater)
    let debtor = "<Nm>\(BankText.escaped(settings.debtorName))</Nm>"
    var out = Array(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <Document xmlns="\(Self.namespace)"><CstmrCdtTrfInitn>
      <GrpHdr><MsgId>\(id)</MsgId><CreDtTm>\(clock.text(createTime))</CreDtTm>\(counted(transfers))\
      <InitgPty>\(debtor)</InitgPty></GrpHdr>

      """.utf8)
    for currency in Set(transfers.map(\.amount.currency)).sorted() {
      let group = transfers.filter { $0.amount.currency == currency }
      out += Array(
        """
        <PmtInf><PmtInfId>\(id.paymentID(currency))</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>false</BtchBookg>\
        \(counted(group))<ReqdExctnDt><Dt>\(BankClock.text(day))</Dt></ReqdExctnDt><Dbtr>\(debtor)</Dbtr>\
        <DbtrAcct><Id><Othr><Id>\(BankText.escaped(settings.debtorAccount))</Id></Othr></Id><Ccy>\(currency)</Ccy>\
        </DbtrAcct><DbtrAgt><FinInstnId>\(clearingMember)<Nm>\(BankText.escaped(settings.debtorBank))</Nm>\
        </FinInstnId></DbtrAgt><ChrgBr>DEBT</ChrgBr>

        """.utf8)
      for transfer in group {
        out += transfer.body
        out.append(UInt8(ascii: "\n"))
      }
      out += Array("</PmtInf>\n".utf8)
    }
    out += Array("</CstmrCdtTrfInitn></Document>\n".utf8)
    return out
  }

  private var clearingMember: String {
    guard !settings.debtorBankNumber.isEmpty else { return "" }
    return
      "<ClrSysMmbId><ClrSysId><Cd>CNAPS</Cd></ClrSysId><MmbId>\(BankText.escaped(settings.debtorBankNumber))</MmbId>"
      + "</ClrSysMmbId>"
  }

  /// Number and sum; the sum of a batch fits, `OpenBatch` sees to it.
  private func counted(_ transfers: [SentRequest]) -> String {
    let sum = transfers.reduce(Int64(0)) { $0 &+ $1.amount.minorUnits }
    return "<NbOfTxs>\(transfers.count)</NbOfTxs><CtrlSum>\(BankAmount.text(sum))</CtrlSum>"
  }
}

/// What was sent and is in no file yet.
struct OpenBatch {
  private(set) var transfers: [SentRequest] = []
  private(set) var bodies: [PayoutKey: [UInt8]] = [:]
  private var sum: Int64 = 0
  private var byteCount = 0

  /// A file of some 10 MB, which banks still take and which is written within a second.
  static let transfersMaximum = 20_000
  /// So that a start can always read a file of ours back.
  static let bytesMaximum = BankXML.bytesMaximum / 2
  /// 18 digits, as the schema allows, with two of them behind the point.
  static let sumMaximum: Int64 = 999_999_999_999_999_999

  /// false: there is no more room.
  mutating func append(_ request: SentRequest) -> Bool {
    let (sum, overflow) = sum.addingReportingOverflow(request.amount.minorUnits)
    guard !overflow, sum <= Self.sumMaximum, transfers.count < Self.transfersMaximum,
      byteCount + request.body.count <= Self.bytesMaximum
    else { return false }
    self.sum = sum
    byteCount += request.body.count
    transfers.append(request)
    bodies[request.key] = request.body
    return true
  }

  /// false: it is not in this batch.
  mutating func remove(_ key: PayoutKey) -> Bool {
    guard bodies.removeValue(forKey: key) != nil, let index = transfers.firstIndex(where: { $0.key == key }) else {
      return false
    }
    let removed = transfers.remove(at: index)
    sum -= removed.amount.minorUnits
    byteCount -= removed.body.count
    return true
  }
}
