/// Accounts that are no bank cards. Only their form can be judged here; whether they exist, the channel says.
package enum WalletAccount {
  package enum Defect: Hashable, Sendable {
    case missing
    /// Neither a mobile number of mainland China nor an e-mail address.
    case notAnAlipayAccount
    case notAnOpenID
  }

  /// An Alipay account is the mobile number or the e-mail address that it was opened with.
  package static func alipayDefect(_ text: String) -> Defect? {
    let account = normalizedAlipay(text)
    guard !account.isEmpty else { return .missing }
    return isMobileNumber(account) || isEmailAddress(account) ? nil : .notAnAlipayAccount
  }

  /// What a fingerprint is made of: a number without spaces and dashes, or an address without spaces and in small letters
  /// (dashes distinguish addresses). A WeChat openid is taken as it is.
  package static func normalizedAlipay(_ text: String) -> String {
    guard text.contains("@") else {
      let number = NumberText.normalized(text)
      // The country's own code before a mobile number says nothing new.
      return number.hasPrefix("+86") && isMobileNumber(String(number.dropFirst(3)))
        ? String(number.dropFirst(3)) : number
    }
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars where !NumberText.isSpace(scalar) {
      scalars.append(("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) + 0x20) : scalar)
    }
    return String(scalars)
  }

  /// WeChat names a user to an app or a merchant by 28 symbols of base64url.
  package static func weChatDefect(_ text: String) -> Defect? {
    let symbols = text.utf8
    guard !symbols.isEmpty else { return .missing }
    return symbols.count == openIDLength && symbols.allSatisfy(isBase64URL) ? nil : .notAnOpenID
  }

  private static let openIDLength = 28

  /// 11 digits, the first a 1: mobile numbers of mainland China.
  package static func isMobileNumber(_ text: String) -> Bool {
    let digits = text.utf8.compactMap(CardNumber.digit)
    return digits.count == mobileLength && text.utf8.count == mobileLength && digits[0] == 1
  }

  private static let mobileLength = 11

  /// Local part, one `@`, a domain with a dot: the form that is in use, not all that RFC 5321 allows.
  package static func isEmailAddress(_ text: String) -> Bool {
    guard text.utf8.count <= emailBytesMaximum else { return false }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...localPartBytesMaximum).contains(parts[0].utf8.count),
      parts[0].utf8.allSatisfy({ isAlphanumeric($0) || "._-+".utf8.contains($0) })
    else { return false }
    let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
    return labels.count >= 2
      && labels.allSatisfy { label in
        !label.isEmpty && label.first != "-" && label.last != "-"
          && label.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
      }
  }

  /// RFC 5321, section 4.5.3.1.
  private static let localPartBytesMaximum = 64
  private static let emailBytesMaximum = 254

  private static func isBase64URL(_ symbol: UInt8) -> Bool {
    isAlphanumeric(symbol) || symbol == UInt8(ascii: "-") || symbol == UInt8(ascii: "_")
  }

  private static func isAlphanumeric(_ symbol: UInt8) -> Bool {
    switch symbol {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: false
    }
  }
}
