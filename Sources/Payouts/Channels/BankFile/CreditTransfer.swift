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
      head(order.key, order.amount) + agent
      + "<Cdtr><Nm>\(BankText.escaped(order.holderName))</Nm></Cdtr>"
      + "<CdtrAcct><Id><Othr><Id>\(BankText.escaped(order.number))</Id></Othr></Id></CdtrAcct>"
      + tail
    return Array(element.utf8)
  }

  /// A request that `body` did not make for this key and amount is not put into a file.
  static func isWhole(_ request: SentRequest) -> Bool {
    request.body.starts(with: head(request.key, request.amount).utf8)
      && request.body.suffix(tail.utf8.count).elementsEqual(tail.utf8)
  }

  private static let tail = "</CdtTrfTxInf>"

  private static func head(_ key: PayoutKey, _ amount: Money) -> String {
    "<CdtTrfTxInf><PmtId><InstrId>\(key.text)</InstrId><EndToEndId>\(key.withdrawal)</EndToEndId></PmtId>"
      + "<Amt><InstdAmt Ccy=\"\(amount.currency)\">\(BankAmount.text(amount.minorUnits))</InstdAmt></Amt>"
  }
}
