internal import LedgerCore

/// Which key is in which file: what keeps a payout out of a second file. In memory about 80 bytes a key.
struct BatchIndex {
  struct Entry: Hashable {
    /// Serial of its file.
    var file: Int
    var amount: Money
  }

  private var entries: [PayoutKey: Entry] = [:]
  private var files: [Int: MessageID] = [:]

  var fileCount: Int { files.count }
  /// The files' serials have no gaps, so this is also the last serial.
  var nextSerial: Int { files.count + 1 }

  subscript(key: PayoutKey) -> Entry? { entries[key] }

  func file(_ serial: Int) -> MessageID? { files[serial] }
  func has(_ id: MessageID) -> Bool { files[id.serial] == id }
  var isDense: Bool { files.isEmpty || files.keys.max() == files.count }

  func keys(inFile serial: Int) -> [PayoutKey] {
    entries.filter { $0.value.file == serial }.keys.sorted { $0.text < $1.text }
  }

  /// The attempts of a withdrawal that are in files, for notices that name only the withdrawal.
  func keys(of withdrawal: WithdrawalID) -> [PayoutKey] {
    (1...PayoutKey.attemptMaximum).map { PayoutKey(withdrawal, attempt: $0) }.filter { entries[$0] != nil }
  }

  /// - Returns: the key that is in another file already, in which case nothing is added.
  mutating func add(_ keys: BatchKeys) -> PayoutKey? {
    if let other = keys.transfers.first(where: { entries[$0.key] != nil }) { return other.key }
    for transfer in keys.transfers { entries[transfer.key] = Entry(file: keys.id.serial, amount: transfer.amount) }
    files[keys.id.serial] = keys.id
    return nil
  }
}

/// The keys of one file, as they lie beside it: the file itself goes to the bank and may be gone.
///
///     settle batch 1
///     0123456789ab20260302000001
///     2
///     0123456789ABCDEF01 CNY 12345
///     ...
///     end
struct BatchKeys {
  struct Transfer: Hashable {
    var key: PayoutKey
    var amount: Money
  }

  let id: MessageID
  let transfers: [Transfer]

  private static let firstLine = "settle batch 1"
  private static let lastLine = "end"

  init(id: MessageID, transfers: [Transfer]) {
    self.id = id
    self.transfers = transfers
  }

  func bytes() -> [UInt8] {
    var text = "\(Self.firstLine)\n\(id)\n\(transfers.count)\n"
    for transfer in transfers { text += "\(transfer.key) \(transfer.amount.currency) \(transfer.amount.minorUnits)\n" }
    return Array((text + Self.lastLine + "\n").utf8)
  }

  /// nil unless the bytes are exactly what `bytes` gives for the id.
  init?(_ bytes: [UInt8], id: MessageID) {
    let lines = bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    guard lines.count >= 4, lines[0] == Self.firstLine, lines[1] == id.description, lines.last == Self.lastLine else {
      return nil
    }
    var transfers: [Transfer] = []
    for line in lines[3..<(lines.count - 1)] {
      let parts = line.split(separator: " ")
      guard parts.count == 3, let key = PayoutKey(String(parts[0])), let currency = Currency(String(parts[1])),
        let minorUnits = Int64(parts[2])
      else { return nil }
      transfers.append(Transfer(key: key, amount: Money(minorUnits: minorUnits, currency: currency)))
    }
    self.init(id: id, transfers: transfers)
    guard self.bytes() == bytes else { return nil }
  }

  /// Read back out of a file of ours.
  init(file bytes: [UInt8], id: MessageID) throws(BankXMLDefect) {
    let (root, namespace) = try BankXML.read(bytes)
    guard namespace == PaymentFile.namespace, let message = root.child("CstmrCdtTrfInitn"),
      message.at("GrpHdr", "MsgId")?.text == id.description
    else { throw BankXMLDefect(line: root.line, finding: "not the file \(id)") }
    var transfers: [Transfer] = []
    for element in message.children("PmtInf").flatMap({ $0.children("CdtTrfTxInf") }) {
      guard let key = element.at("PmtId", "InstrId").flatMap({ PayoutKey($0.text) }),
        let amount = element.at("Amt", "InstdAmt")?.money
      else { throw BankXMLDefect(line: element.line, finding: "not a transfer of ours") }
      transfers.append(Transfer(key: key, amount: amount))
    }
    guard message.at("GrpHdr", "NbOfTxs")?.text == String(transfers.count) else {
      throw BankXMLDefect(line: root.line, finding: "not all transfers are there")
    }
    self.init(id: id, transfers: transfers)
  }
}

extension BankElement {
  /// nil unless it is an amount above 0 with a currency.
  var money: Money? {
    guard let currency = Currency(currency), BankAmount.currencies.contains(currency),
      let minorUnits = BankAmount.minorUnits(text)
    else { return nil }
    return Money(minorUnits: minorUnits, currency: currency)
  }
}
