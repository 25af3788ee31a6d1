internal import Digests
internal import Foundation

/// RSA2 (open platform, "Sign a request yourself"): all parameters but `sign`, those without a value left out, sorted by the
/// bytes of their names, `name=value` joined by `&`, not escaped; SHA-256 with RSA, in base64.
enum AlipaySigning {
  static func requestText(_ parameters: [(name: String, value: String)]) -> String {
    joined(parameters.filter { $0.name != "sign" && !$0.value.isEmpty })
  }

  /// The same for notifications ("Verify a signature yourself", asynchronous notifications): without `sign` and `sign_type`.
  /// Of the bytes as they came, because a notification may be in GBK.
  static func notificationText(_ parameters: [(name: [UInt8], value: [UInt8])]) -> [UInt8] {
    let signed = parameters.filter { !$0.name.elementsEqual("sign".utf8) && !$0.name.elementsEqual("sign_type".utf8) }
      .sorted { $0.name.lexicographicallyPrecedes($1.name) }
      .map { $0.name + [UInt8(ascii: "=")] + $0.value }
    return Array(signed.joined(separator: [UInt8(ascii: "&")]))
  }

  static func signature(_ text: String, _ key: RSAPrivateKey) throws(RSAFailure) -> String {
    Data(try key.signature(of: Array(text.utf8))).base64EncodedString()
  }

  private static func joined(_ parameters: [(name: String, value: String)]) -> String {
    parameters
      .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
      .map { "\($0.name)=\($0.value)" }
      .joined(separator: "&")
  }
}

/// Amounts as Alipay writes them: yuan with two decimals.
enum AlipayAmount {
  static func text(minorUnits: Int64) -> String {
    let (yuan, fen) = minorUnits.quotientAndRemainder(dividingBy: 100)
    return "\(yuan).\(fen < 10 ? "0" : "")\(fen)"
  }

  /// nil: not a number of at most two decimals, or beyond 64 bits.
  static func minorUnits(_ text: String) -> Int64? {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 1 || parts.count == 2, !parts[0].isEmpty else { return nil }
    var decimals = parts.count == 2 ? Array(parts[1]) : []
    guard decimals.count <= 2, parts.count == 1 || !decimals.isEmpty else { return nil }
    while decimals.count < 2 { decimals.append(UInt8(ascii: "0")) }
    var value: Int64 = 0
    for digit in Array(parts[0]) + decimals {
      guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
      let (tens, overflowOfTens) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow) = tens.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
      guard !overflowOfTens, !overflow else { return nil }
      value = sum
    }
    return value
  }
}
