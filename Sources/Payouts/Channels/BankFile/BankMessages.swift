internal import LedgerCore
internal import Routing

/// Reads a bank's file to the end before any of it counts: one line that cannot be right, and the whole is refused.
struct BankMessages {
  let index: BatchIndex
  let settings: BankFileSettings
  let tag: String

  static let statusNamespace = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
  static let accountNamespace = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"

  func read(_ bytes: [UInt8]) throws(BankXMLDefect) -> [BankNotice] {
    let (root, namespace) = try BankXML.read(bytes)
    guard root.name == "Document" else { throw root.defect("the root is not Document") }
    switch namespace {
    case Self.statusNamespace: return try statuses(try root.needed("CstmrPmtStsRpt"))
    case Self.accountNamespace: return try bookings(try root.needed("BkToCstmrDbtCdtNtfctn"))
    default:
      throw root.defect(
        "namespace \(namespace.prefix(100)) is neither \(Self.statusNamespace) nor \(Self.accountNamespace)")
    }
  }

  // MARK: pain.002

  private func statuses(_ report: BankElement) throws(BankXMLDefect) -> [BankNotice] {
    let group = try report.needed("OrgnlGrpInfAndSts")
    let original = try group.needed("OrgnlMsgId")
    guard let id = MessageID(original.text, tag: tag) else {
      throw original.defect("OrgnlMsgId is not a file of this channel")
    }
    guard index.has(id) else {
      throw BankXMLDefect(
        line: original.line, finding: "it is about \(id), which is a file of this channel, and is not here",
        missing: id)
    }
    var notices: [BankNotice] = []
    var isTold = false
    for payment in report.children("OrgnlPmtInfAndSts") {
      let transfers = payment.children("TxInfAndSts")
      guard !transfers.isEmpty || payment.child("PmtInfSts") != nil else { continue }
      isTold = true
      let currency = try paymentCurrency(payment, id)
      if transfers.isEmpty { notices += try whole(payment, id, currency) }
      for transfer in transfers { notices += try single(transfer, id, currency) }
    }
    if !isTold, group.child("GrpSts") != nil { notices = try whole(group, id, nil) }
    return notices
  }

  /// A file or payment that is accepted or rejected without naming its transfers.
  private func whole(
    _ scope: BankElement, _ id: MessageID, _ currency: Currency?
  ) throws(BankXMLDefect) -> [BankNotice] {
    var notices: [BankNotice] = []
    for key in index.keys(inFile: id.serial) {
      guard let amount = index[key]?.amount, currency == nil || currency == amount.currency else { continue }
      if let status = try status(scope, of: amount) { notices.append(.status(key, status)) }
    }
    return notices
  }

  private func single(
    _ transfer: BankElement, _ id: MessageID, _ currency: Currency
  ) throws(BankXMLDefect) -> [BankNotice] {
    let key = try key(
      instruction: transfer.child("OrgnlInstrId"), endToEnd: transfer.child("OrgnlEndToEndId"), in: transfer)
    guard let key, let entry = index[key] else { throw transfer.defect("names no transfer of ours") }
    guard entry.file == id.serial, entry.amount.currency == currency else {
      throw transfer.defect("the transfer \(key) is not in \(id)")
    }
    guard let told = try status(transfer, of: entry.amount) else { return [] }
    return [.status(key, told)]
  }

  private func paymentCurrency(_ payment: BankElement, _ id: MessageID) throws(BankXMLDefect) -> Currency {
    let text = try payment.needed("OrgnlPmtInfId").text
    guard let currency = settings.manifest.currencies.first(where: { id.paymentID($0) == text }) else {
      throw payment.defect("OrgnlPmtInfId is not of \(id)")
    }
    return currency
  }

  /// nil: it says nothing that counts (received, pending, part of a file).
  private func status(_ scope: BankElement, of amount: Money) throws(BankXMLDefect) -> BankStatus? {
    guard let own = scope.child("TxSts") ?? scope.child("PmtInfSts") ?? scope.child("GrpSts") else {
      throw scope.defect("has no status")
    }
    let reference = try scope.reference(scope.child("ClrSysRef") ?? scope.child("AcctSvcrRef"))
    switch own.text {
    case "ACCP", "ACTC", "ACSP", "ACWC": return .accepted(reference: reference)
    case "ACSC", "ACCC":
      // Only a transfer's own status is proof of it.
      guard own.name == "TxSts" else { return .accepted(reference: reference) }
      guard let told = scope.at("OrgnlTxRef", "Amt", "InstdAmt") else { return .settled(amount, reference: reference) }
      guard let money = told.money else { throw told.defect("not an amount") }
      return .settled(money, reference: reference)
    case "RJCT":
      let reason = scope.at("StsRsnInf", "Rsn")
      return .rejected(code: try scope.reference(reason?.child("Cd") ?? reason?.child("Prtry")))
    default: return nil
    }
  }

  // MARK: camt.054

  private func bookings(_ message: BankElement) throws(BankXMLDefect) -> [BankNotice] {
    var notices: [BankNotice] = []
    var alike: [BankNotice: Int] = [:]
    for notification in message.children("Ntfctn") {
      let account = try notification.needed("Acct")
      let id = account.at("Id", "Othr", "Id") ?? account.at("Id", "IBAN")
      guard id?.text == settings.debtorAccount else { throw account.defect("not our account") }
      for entry in notification.children("Ntry") where entry.at("Sts", "Cd")?.text == "BOOK" {
        let transfers = entry.children("NtryDtls").flatMap { $0.children("TxDtls") }
        for transfer in transfers {
          let refs = transfer.child("Refs")
          let key = try key(instruction: refs?.child("InstrId"), endToEnd: refs?.child("EndToEndId"), in: transfer)
          // Other money on the account: fees, funding.
          guard let key else { continue }
          var booking = try booking(transfer, of: entry, isAlone: transfers.count == 1, in: notification)
          // Two like lines of one message are two bookings; in another message they are these again.
          let notice = BankNotice.booking(key, booking)
          booking.likeBefore = alike[notice, default: 0]
          alike[notice] = booking.likeBefore + 1
          notices.append(.booking(key, booking))
        }
      }
    }
    return notices
  }

  private func booking(
    _ transfer: BankElement, of entry: BankElement, isAlone: Bool, in notification: BankElement
  ) throws(BankXMLDefect) -> BankBooking {
    let amount = transfer.child("Amt") ?? transfer.at("AmtDtls", "TxAmt", "Amt") ?? (isAlone ? entry.child("Amt") : nil)
    guard let amount, let money = amount.money else {
      throw (amount ?? transfer).defect("not an amount above 0 with at most two decimals in a currency of ours")
    }
    let dated = entry.at("BookgDt", "Dt") ?? entry.at("BookgDt", "DtTm") ?? notification.child("CreDtTm")
    guard let day = dated.flatMap({ BankClock.day($0.text) }) else { throw entry.defect("has no date") }
    let refs = transfer.child("Refs")
    let reference = try transfer.reference(
      refs?.child("ClrSysRef") ?? refs?.child("AcctSvcrRef") ?? refs?.child("TxId") ?? entry.child("AcctSvcrRef"))
    let direction: BankElement
    if let own = transfer.child("CdtDbtInd") { direction = own } else { direction = try entry.needed("CdtDbtInd") }
    let isReversal = ["true", "1"].contains(entry.child("RvslInd")?.text ?? "")
    switch direction.text {
    case "DBIT":
      guard !isReversal else { throw entry.defect("takes a return back: people have to look at it") }
      return BankBooking(
        kind: .debit(feeMinorUnits: try fee(transfer, money.currency)), amount: money, reference: reference, day: day)
    case "CRDT":
      let reason = transfer.at("RtrInf", "Rsn")
      let code = try transfer.reference(reason?.child("Cd") ?? reason?.child("Prtry"))
      return BankBooking(kind: .credit(code: code), amount: money, reference: reference, day: day)
    default: throw direction.defect("CdtDbtInd is neither DBIT nor CRDT")
    }
  }

  /// nil where the bank tells none.
  private func fee(_ transfer: BankElement, _ currency: Currency) throws(BankXMLDefect) -> Int64? {
    guard let total = transfer.at("Chrgs", "TtlChrgsAndTaxAmt") else { return nil }
    if total.text.utf8.allSatisfy({ $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }) { return 0 }
    guard let money = total.money, money.currency == currency else { throw total.defect("not a fee in this currency") }
    return money.minorUnits
  }

  // MARK: Keys

  /// nil: neither id is of the form of ours. An id of our form that is in no file means that this directory is older than
  /// the bank's, or that somebody invents ids.
  private func key(
    instruction: BankElement?, endToEnd: BankElement?, in element: BankElement
  ) throws(BankXMLDefect) -> PayoutKey? {
    let withdrawal = endToEnd.flatMap { CreditTransfer.withdrawal(endToEnd: $0.text) }
    if let key = instruction.flatMap({ PayoutKey($0.text) }) {
      guard index[key] != nil else { throw element.defect("\(key) is in no file of this channel") }
      // Banks put NOTPROVIDED, and other characters, for what they do not carry.
      guard withdrawal == nil || withdrawal == key.withdrawal else {
        throw element.defect("instruction and end-to-end id are of two transfers")
      }
      return key
    }
    guard let withdrawal else { return nil }
    let keys = index.keys(of: withdrawal)
    guard let key = keys.first else { throw element.defect("\(withdrawal) is in no file of this channel") }
    guard keys.count == 1 else { throw element.defect("\(withdrawal) has several attempts, and none is named") }
    return key
  }
}

extension BankElement {
  fileprivate func defect(_ finding: String) -> BankXMLDefect {
    BankXMLDefect(line: line, finding: "\(name.prefix(BankText.idMaximum)): \(finding)")
  }

  fileprivate func needed(_ name: String) throws(BankXMLDefect) -> BankElement {
    guard let child = child(name) else { throw defect("has no \(name)") }
    return child
  }

  /// A code or number that the ledger will keep; empty where there is none.
  fileprivate func reference(_ element: BankElement?) throws(BankXMLDefect) -> String {
    guard let element, !element.text.isEmpty else { return "" }
    guard BankText.fits(element.text, BankText.idMaximum), element.text.utf8.count <= Label.maximumBytes else {
      throw element.defect("longer than \(BankText.idMaximum) characters, or with control characters")
    }
    return element.text
  }
}
