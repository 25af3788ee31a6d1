internal import LedgerCore
package import Routing

/// What a bank has to be told with every file, from the configuration.
package struct BankFileSettings: Sendable, Hashable {
  package var manifest: ChannelManifest
  /// Names the ledger in message ids, so that two ledgers' files are never taken for each other's.
  package var ledger: String
  /// Where the files are; made when it is missing, with its folders (`BankFolder`).
  package var directory: String
  /// Of the ledger, where `BankMark` is: not to be restored together with `directory`. Made when it is missing.
  package var dataDirectory: String
  /// Of the account that is debited.
  package var debtorName: String
  package var debtorAccount: String
  package var debtorBank: String
  /// Number of the debtor's bank in the national clearing (CNAPS, 12 digits); empty to leave it out.
  package var debtorBankNumber: String
  /// From the cut-off to the day on which the bank shall pay. 0, because what is due on T+1 is sent on T+1.
  package var executionDaysLater: Int32
  /// Of the local time in files, and of local days.
  package var utcOffsetMinutes: Int32

  package init(
    manifest: ChannelManifest, ledger: String, directory: String, dataDirectory: String, debtorName: String,
    debtorAccount: String, debtorBank: String, debtorBankNumber: String = "", executionDaysLater: Int32 = 0,
    utcOffsetMinutes: Int32 = 480
  ) {
    self.manifest = manifest
    self.ledger = ledger
    self.directory = directory
    self.dataDirectory = dataDirectory
    self.debtorName = debtorName
    self.debtorAccount = debtorAccount
    self.debtorBank = debtorBank
    self.debtorBankNumber = debtorBankNumber
    self.executionDaysLater = executionDaysLater
    self.utcOffsetMinutes = utcOffsetMinutes
  }

  /// What keeps files from being made with these settings; nil for nothing.
  var defect: String? {
    if let currency = manifest.currencies.first(where: { !BankAmount.currencies.contains($0) }) {
      return "amounts in \(currency) cannot be written; take one of \(BankAmount.currencies)"
    }
    let texts = [
      ("debtorName", debtorName, BankText.nameMaximum), ("debtorAccount", debtorAccount, BankText.accountMaximum),
      ("debtorBank", debtorBank, BankText.nameMaximum),
    ]
    for (field, text, maximum) in texts where !BankText.fits(text, maximum) {
      return "\(field) has to be of 1 to \(maximum) characters, without control characters"
    }
    guard debtorBankNumber.isEmpty || BankText.fits(debtorBankNumber, BankText.idMaximum) else {
      return "debtorBankNumber has to be of at most \(BankText.idMaximum) characters"
    }
    guard abs(utcOffsetMinutes) < 24 * 60, (0...31).contains(executionDaysLater) else {
      return "utcOffsetMinutes has to be below a day, executionDaysLater 0 to 31"
    }
    return nil
  }
}

/// What people should see of a bank's files; nothing of it is private.
package enum BankFileEvent: Sendable, Hashable {
  case closed(file: String, transfers: Int)
  case taken(file: String, notices: Int)
  /// It lies in `rejected`, with a text beside it.
  case rejected(file: String, why: String)
  /// The directory cannot be read or changed; it is tried again.
  case troubled(String)
}

/// Why a bank's directory is not worked with: what was wrong, where, and what to do. Nothing was changed.
package struct BankFileDefect: Error, Hashable, Sendable, CustomStringConvertible {
  package var description: String
  init(_ description: String) { self.description = description }
}
