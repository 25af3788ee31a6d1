internal import LedgerCore
internal import Routing

/// One transfer: the element `CdtTrfTxInf` of a pain.001, which is the stored request itself. So a file holds, byte for
/// byte, what the ledger holds.
enum CreditTransfer {
  static func body(_ order: PayoutOrder, for settings: BankFileSettings) throws(PrepareDefect) -> [UInt8] {
    guard order.rail == .bankCard else { throw PrepareDefect(.requestMalformed, "a bank pays only to bank cards") }
    guard settings.manifest.currencies.contains(order.amount.currency), order.amount.minorUnits > 0 else {
      throw PrepareDefect(.amountNotTaken, "the bank does not take this currency or amount")
    }
    guard BankText.fits(order.number, BankText.accountMaximum) else {
      throw PrepareDefect(.accountWrong, "the card number has to be of 1 to \(BankText.accountMaximum) characters")
    }
    guard BankText.fits(order.holderName, BankText.nameMaximum) else {
      throw PrepareDefect(.nameMismatch, "the holder's name has to be of 1 to \(BankText.nameMaximum) characters")
    }
    guard order.bank.isEmpty || BankText.fits(order.bank, BankText.nameMaximum) else {
      throw PrepareDefect(.accountWrong, "the bank's name is too long")
    }
    let agent =
      order.bank.isEmpty
      ? "" : "<CdtrAgt><FinInstnId><Nm>\(BankText.escaped(order.bank))</Nm></FinInstnId></CdtrAgt>"
    let element =
      head(order.key, order.amount, endToEnd: endToEndID(order.key.withdrawal)) + agent
      + "<Cdtr><Nm>\(BankText.escaped(order.holderName))</Nm></Cdtr>"
      + "<CdtrAcct><Id><Othr><Id>\(BankText.escaped(order.number))</Id></Othr></Id></CdtrAcct>"
      + tail
    return Array(element.utf8)
  }

  /// A request that `body` did not make for this key and amount is not put into a file.
  static func isWhole(_ request: SentRequest) -> Bool {
    let heads = [endToEndID(request.key.withdrawal), "\(request.key.withdrawal)"]
    return heads.contains { request.body.starts(with: head(request.key, request.amount, endToEnd: $0).utf8) }
      && request.body.suffix(tail.utf8.count).elementsEqual(tail.utf8)
  }

  /// What the payee reads: the withdrawal's id without its underscore, which is not in the banks' character set. Requests that
  /// were stored with it are sent as they are.
  static func endToEndID(_ withdrawal: WithdrawalID) -> String { "\(withdrawal)".filter { $0 != "_" } }

  /// nil: no id of ours. Of letters and digits alone, because banks put other characters for those that they do not carry.
  static func withdrawal(endToEnd text: String) -> WithdrawalID? {
    let plain = text.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
    guard plain.prefix(prefix.count).lowercased() == prefix else { return nil }
    return WithdrawalID("\(prefix)_\(plain.dropFirst(prefix.count))")
  }

  private static let prefix = "wd"
  private static let tail = "</CdtTrfTxInf>"

  private static func head(_ key: PayoutKey, _ amount: Money, endToEnd: String) -> String {
    "<CdtTrfTxInf><PmtId><InstrId>\(key.text)</InstrId><EndToEndId>\(endToEnd)</EndToEndId></PmtId>"
      + "<Amt><InstdAmt Ccy=\"\(amount.currency)\">\(BankAmount.text(amount.minorUnits))</InstdAmt></Amt>"
  }
}
