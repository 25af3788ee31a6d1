package import LedgerCore
package import Vault

/// An account as it is checked before money may go there.
package struct PayeeDetails: Sendable {
  package let rail: Rail
  /// Normalised.
  package let number: String
  package let holderName: String

  package init(rail: Rail, number: String, holderName: String) {
    self.rail = rail
    self.number = number
    self.holderName = holderName
  }
}

/// Private data: a description would put it into logs.
extension PayeeDetails: CustomStringConvertible, CustomReflectable {
  package var description: String { "<payee>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Who says whether an account exists and is the holder's: the bank or the wallet, behind this seam. It is asked about
/// accounts whose form is right.
package protocol PayeeVerifier: Sendable {
  func verify(_ payee: PayeeDetails) async -> VerificationOutcome
}

/// Without anybody to ask, the right form is all that can be known. That the holder is the agent, the ledger checks by the
/// keyed hashes of the names.
package struct FormOfPayees: PayeeVerifier {
  package init() {}
  package func verify(_ payee: PayeeDetails) async -> VerificationOutcome { .verified }
}

/// The numbers of the rails: one and the same however they were written, judged by their form, masked.
enum PayeeNumber {
  static func normalized(_ text: String, rail: Rail) -> String {
    switch rail {
    case .bankCard: NumberText.normalized(text)
    case .alipay: WalletAccount.normalizedAlipay(text)
    case .weChat: text
    }
  }

  /// For a number whose rail is not told: every number that is right for some rail becomes what that rail makes of it.
  static func normalized(_ text: String) -> String {
    WalletAccount.weChatDefect(text) == nil ? text : WalletAccount.normalizedAlipay(text)
  }

  /// Some account could have it. A card's bank need not be known here.
  static func isOfSomeRail(_ normalized: String) -> Bool {
    switch CardNumber.defect(normalized) {
    case nil, .unknownBankPrefix: return true
    case .some:
      return WalletAccount.alipayDefect(normalized) == nil || WalletAccount.weChatDefect(normalized) == nil
    }
  }

  /// What is wrong with the form; nil when nothing is. It tells nothing of the content.
  static func defect(_ normalized: String, rail: Rail) -> Defect? {
    switch rail {
    case .bankCard: CardNumber.defect(normalized).map { Defect(ElementDefect(.cardNumber, $0)) }
    case .alipay: WalletAccount.alipayDefect(normalized).map { Defect($0) }
    case .weChat: WalletAccount.weChatDefect(normalized).map { Defect($0) }
    }
  }

  static func masked(_ normalized: String, rail: Rail) -> String {
    switch rail {
    case .bankCard: Masking.cardNumber(normalized)
    case .alipay: Masking.alipayAccount(normalized)
    case .weChat: Masking.weChatOpenID(normalized)
    }
  }

  /// nil for wallets and for banks that are not known here.
  static func bank(_ normalized: String, rail: Rail) -> String? {
    switch rail {
    case .bankCard: BankPrefixes.bank(ofCardNumber: normalized)?.rawValue
    case .alipay, .weChat: nil
    }
  }

  /// Whether a text that should be a name or a hash is a number in the clear, which must not enter a journal.
  static func looksPrivate(_ text: String) -> Bool {
    let number = normalized(text)
    return CardNumber.defect(number) == nil || WalletAccount.isMobileNumber(number)
      || WalletAccount.isEmailAddress(number)
  }

  /// A code and what to tell people.
  struct Defect {
    let reason: String
    let english: String
    let chinese: String

    init(_ defect: ElementDefect) {
      reason = defect.code
      english = defect.english
      chinese = defect.chinese
    }

    init(_ defect: WalletAccount.Defect) {
      switch defect {
      case .missing: (reason, english, chinese) = ("FIELD_MISSING", "must be set", "不能为空")
      case .notAnAlipayAccount:
        (reason, english, chinese) = (
          "NOT_AN_ALIPAY_ACCOUNT", "is neither a mobile number of mainland China nor an e-mail address",
          "不是有效的支付宝账号（手机号或邮箱）"
        )
      case .notAnOpenID:
        (reason, english, chinese) = (
          "NOT_AN_OPENID", "is no WeChat openid: 28 letters, digits, '-' and '_'", "不是有效的微信 openid"
        )
      }
    }
  }
}
