/// What of private data may be shown: enough for its owner to recognise it. At most 64 bytes, never more than four digits,
/// whatever was put in.
package enum Masking {
  package static let bytesMaximum = 64
  private static let shownDigits = 4

  /// `**** **** **** 1234`, whatever the number's length. One of fewer than eight digits shows none: four would be too much
  /// of it.
  package static func cardNumber(_ number: String) -> String {
    "**** **** **** " + lastFour(number)
  }

  /// `**************123X`: the last four characters of an ID number.
  package static func idNumber(_ number: String) -> String {
    String(repeating: "*", count: ResidentIDNumber.length - shownDigits) + lastFour(number)
  }

  /// `*******5678`.
  package static func phone(_ number: String) -> String {
    "*******" + lastFour(number)
  }

  /// 张三丰 is 张**. A name of one character shows nothing, as one that does not begin with a letter.
  package static func name(_ name: String) -> String {
    let count = PersonName.normalized(name).unicodeScalars.count
    let first = name.unicodeScalars.first { !NumberText.isSpace($0) }
    guard count > 1, let first, first.properties.isAlphabetic else { return "*" }
    return String(first) + String(repeating: "*", count: min(count - 1, starsMaximum))
  }

  /// A name's exact length, where it is long, helps nobody but a guesser.
  private static let starsMaximum = 8

  /// `z***@example.com`: the first letter and the domain. What has not the form of an address shows nothing.
  package static func email(_ address: String) -> String {
    guard WalletAccount.isEmailAddress(address), let at = address.firstIndex(of: "@"), let first = address.first else {
      return "***"
    }
    let domain = address[address.index(after: at)...]
    let shown = (first.isNumber ? "*" : String(first)) + "***@"
    guard domain.utf8.count <= bytesMaximum - shown.utf8.count, digitCount(domain) <= shownDigits else {
      return shown + "***"
    }
    return shown + domain
  }

  /// Of an Alipay account: the phone's or the address's mask.
  package static func alipayAccount(_ account: String) -> String {
    account.contains("@") ? email(account) : phone(account)
  }

  /// `***ab1Z`: the beginning of an openid is the same for many users.
  package static func weChatOpenID(_ openID: String) -> String {
    WalletAccount.weChatDefect(openID) == nil ? "***" + String(openID.suffix(shownDigits)) : "***"
  }

  private static func lastFour(_ number: String) -> String {
    let symbols = Array(NumberText.normalized(number).unicodeScalars)
    let isSound = symbols.count >= 2 * shownDigits && symbols.allSatisfy { ("0"..."9").contains($0) || $0 == "X" }
    guard isSound else { return String(repeating: "*", count: shownDigits) }
    return symbols.suffix(shownDigits).map { String($0) }.joined()
  }

  private static func digitCount(_ text: Substring) -> Int {
    text.utf8.count { CardNumber.digit($0) != nil }
  }
}
