internal import LedgerCore
internal import RPC

/// One field that is wrong in form, whatever the state of the ledger.
struct FieldViolation: Hashable, Sendable {
  /// Path as in the wire contract, for example "amount.minor_units".
  let field: String
  /// UPPER_SNAKE, for programs.
  let reason: String
  /// What is wrong and what to do.
  let description: String
}

/// Collects everything that is wrong with a request, so that one answer names it all.
struct FieldViolations {
  private(set) var list: [FieldViolation] = []

  mutating func add(_ field: String, _ reason: String, _ description: String) {
    list.append(FieldViolation(field: field, reason: reason, description: description))
  }

  func throwIfAny() throws(RPCStatus) {
    if !list.isEmpty { throw RPCStatus(self) }
  }

  /// The label, or `Label.none` after noting what is wrong with it.
  mutating func label(_ field: String, _ text: UnsafeRawBufferPointer) -> Label {
    do throws(Label.Defect) {
      return try Label(text)
    } catch {
      add(field, defect: error)
      return .none
    }
  }

  mutating func label(_ field: String, _ text: String) -> Label {
    var text = text
    return text.withUTF8 { label(field, UnsafeRawBufferPointer($0)) }
  }

  mutating func currency(_ field: String, _ text: UnsafeRawBufferPointer) -> Currency {
    if let currency = Currency(text) { return currency }
    if text.isEmpty {
      add(field, "FIELD_MISSING", "must be set: an ISO 4217 code such as CNY")
    } else {
      add(field, "CURRENCY_MALFORMED", "must be an ISO 4217 code: three upper-case letters such as CNY")
    }
    return .cny
  }

  /// Empty means CNY.
  mutating func currencyOrCNY(_ field: String, _ text: String) -> Currency {
    guard !text.isEmpty else { return .cny }
    var text = text
    return text.withUTF8 { self.currency(field, UnsafeRawBufferPointer($0)) }
  }

  mutating func positive(_ field: String, _ minorUnits: Int64) {
    guard minorUnits <= 0 else { return }
    add(field, "AMOUNT_NOT_POSITIVE", "is \(minorUnits); must be at least 1 minor unit (CNY: 1 fen)")
  }

  /// An amount of money; call it with the parts of an absent message as well.
  mutating func money(_ field: String, currency text: String, minorUnits: Int64) -> Money {
    var text = text
    let currency = text.withUTF8 { self.currency(field + ".currency_code", UnsafeRawBufferPointer($0)) }
    positive(field + ".minor_units", minorUnits)
    return Money(minorUnits: minorUnits, currency: currency)
  }

  mutating func withdrawalID(_ field: String, _ text: UnsafeRawBufferPointer) -> WithdrawalID {
    if let id = WithdrawalID(text) { return id }
    if text.isEmpty {
      add(field, "FIELD_MISSING", "must be set: the id of a withdrawal, wd_ and 14 symbols")
    } else {
      add(
        field, "ID_MALFORMED",
        "is not the id of a withdrawal (wd_ and 14 symbols, the last one a check symbol): compare it with the one you were given"
      )
    }
    return WithdrawalID(rawValue: 0)
  }

  private mutating func add(_ field: String, defect: Label.Defect) {
    let bounds = "1 to \(Label.maximumBytes) bytes of UTF-8"
    switch defect {
    case .empty: add(field, "FIELD_MISSING", "must be set: \(bounds)")
    case .tooLong(let bytes): add(field, "TOO_LONG", "has \(bytes) bytes; must be \(bounds)")
    case .notUTF8: add(field, "NOT_UTF8", "is not UTF-8; must be \(bounds)")
    case .controlCharacter:
      add(field, "CONTROL_CHARACTER", "must not hold control characters (U+0000 to U+001F, U+007F)")
    }
  }
}
