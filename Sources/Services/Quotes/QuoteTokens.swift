internal import Digests
internal import Ledger
internal import LedgerCore
internal import RPC
internal import Vault

/// What a quote promised, and for what.
struct Promise: Hashable, Sendable {
  var partner: Label
  var agent: Label
  var amount: Money
  /// `Label.none`: not chosen yet, so that any will do.
  var payee: Label
  /// The one that the fee is of, also where the rules chose it.
  var speed: Speed
  var acceleration: Acceleration
  var terms: QuotedTerms
  /// Of the rules that the fee was taken from.
  var rulesVersion: UInt32
}

/// Promises as callers carry them: nothing of a quote is kept here, so that asking for one costs no memory and no record.
///
///     base64url( format version | speed | acceleration | currency 4 | amount 8 | fee 8 | points 8 | valid until 8
///                | rules version 4 | partner, agent, payee: length 1 and bytes each | HMAC-SHA-256 of all that )
///
/// The tag covers the ledger's id too and is made with a key that only this program has, so whatever was not promised
/// here, or was altered in any bit, is recognised. Numbers are big-endian.
struct QuoteTokens: Sendable {
  private static let formatVersion: UInt8 = 1
  /// What the tagged message begins with, to tell it from all others under this key.
  private static let purpose = Array("settle quote".utf8)
  private static let figuresCount = 3 + 4 + 4 * 8 + 4
  private static let longest = figuresCount + 3 * (1 + Label.maximumBytes) + Digest256.byteCount
  /// Longest text of a token, in bytes: what is longer is none and is not looked at.
  static let maximumTextBytes = (longest * 4 + 2) / 3

  let key: TokenKey
  let ledger: LedgerIdentity

  func text(_ promise: Promise) -> String {
    var bytes: [UInt8] = [Self.formatVersion, promise.speed.rawValue, promise.acceleration.rawValue]
    func add(_ number: some FixedWidthInteger) {
      withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
    add(promise.amount.currency.code)
    add(promise.amount.minorUnits)
    add(promise.terms.feeMinorUnits)
    add(promise.terms.points)
    add(promise.terms.validUntil.microseconds)
    add(promise.rulesVersion)
    for label in [promise.partner, promise.agent, promise.payee] {
      bytes.append(UInt8(truncatingIfNeeded: label.count))  // at most 64
      label.withBytes { bytes.append(contentsOf: $0) }
    }
    key.sign(message(bytes)).withUnsafeBytes { bytes.append(contentsOf: $0) }
    return String(decoding: Base64URL.encode(bytes), as: UTF8.self)
  }

  /// nil for whatever this program did not make for this ledger.
  func promise(_ text: UnsafeRawBufferPointer) -> Promise? {
    guard text.count <= Self.maximumTextBytes, let bytes = Base64URL.decode(text) else { return nil }
    guard bytes.count > Self.figuresCount + Digest256.byteCount else { return nil }
    let content = Array(bytes.dropLast(Digest256.byteCount))
    guard key.verify(Array(bytes.suffix(Digest256.byteCount)), of: message(content)) else { return nil }
    return Self.promise(content)
  }

  private func message(_ content: [UInt8]) -> [UInt8] {
    Self.purpose + ledger.id.withUnsafeBytes { Array($0) } + content
  }

  /// Of bytes that we made; a later format has another version.
  private static func promise(_ content: [UInt8]) -> Promise? {
    var rest = content[...]
    func number<Number: FixedWidthInteger>(_: Number.Type = Number.self) -> Number? {
      let count = Number.bitWidth / 8
      guard rest.count >= count else { return nil }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count).reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }
    func label() -> Label? {
      guard let count = number(UInt8.self), rest.count >= Int(count) else { return nil }
      defer { rest = rest.dropFirst(Int(count)) }
      return count == 0 ? Label.none : try? rest.prefix(Int(count)).withUnsafeBytes { try Label($0) }
    }
    guard number(UInt8.self) == formatVersion, let speed = number(UInt8.self).flatMap(Speed.init(rawValue:)),
      let acceleration = number(UInt8.self).flatMap(Acceleration.init(rawValue:)), let currency = number(UInt32.self),
      let amount = number(Int64.self), let fee = number(Int64.self), let points = number(Int64.self),
      let validUntil = number(Int64.self), let rulesVersion = number(UInt32.self), let partner = label(),
      let agent = label(), let payee = label(), rest.isEmpty
    else { return nil }
    return Promise(
      partner: partner, agent: agent, amount: Money(minorUnits: amount, currency: Currency(code: currency)),
      payee: payee, speed: speed, acceleration: acceleration,
      terms: QuotedTerms(
        feeMinorUnits: fee, points: points, validUntil: Timestamp(microseconds: validUntil)),
      rulesVersion: rulesVersion)
  }
}

/// Base64 for texts in URLs and files (RFC 4648 section 5), without padding. Every sequence of bytes has exactly one text
/// here: bits that stand for nothing must be zero.
enum Base64URL {
  static func encode(_ bytes: [UInt8]) -> [UInt8] {
    Base64.encode(bytes).map { symbol in
      switch symbol {
      case UInt8(ascii: "+"): UInt8(ascii: "-")
      case UInt8(ascii: "/"): UInt8(ascii: "_")
      default: symbol
      }
    }
  }

  static func decode(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    var symbols: [UInt8] = []
    symbols.reserveCapacity(text.count)
    for symbol in text {
      switch symbol {
      case UInt8(ascii: "-"): symbols.append(UInt8(ascii: "+"))
      case UInt8(ascii: "_"): symbols.append(UInt8(ascii: "/"))
      case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
      default: symbols.append(symbol)
      }
    }
    guard let bytes = Base64.decode(symbols), encode(bytes).elementsEqual(text) else { return nil }
    return bytes
  }
}
