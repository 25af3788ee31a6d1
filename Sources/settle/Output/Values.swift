import SettlementClient
import SettlementProto
import SwiftProtobuf

/// The small values that results are made of.
extension Settlement_V1_Money {
  /// "50.00 CNY"
  var text: String { "\(decimal) \(shown(currencyCode))" }

  var decimal: String {
    DecimalAmount.text(minorUnits: minorUnits, decimals: DecimalAmount.decimals(ofCurrency: currencyCode))
  }

  var json: JSON {
    .object([
      "currency_code": .text(currencyCode), "amount": .text(decimal), "minor_units": .integer(minorUnits),
    ])
  }
}

extension Settlement_V1_WithdrawalState {
  /// "APPROVED"; a state that this program does not know yet by its number.
  var shortName: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .submitted: "SUBMITTED"
    case .pendingReview: "PENDING_REVIEW"
    case .approved: "APPROVED"
    case .rejected: "REJECTED"
    case .expired: "EXPIRED"
    case .cancelled: "CANCELLED"
    case .processing: "PROCESSING"
    case .awaitingPayee: "AWAITING_PAYEE"
    case .inDoubt: "IN_DOUBT"
    case .actionRequired: "ACTION_REQUIRED"
    case .cancelling: "CANCELLING"
    case .paid: "PAID"
    case .confirmed: "CONFIRMED"
    case .returned: "RETURNED"
    case .failed: "FAILED"
    case .UNRECOGNIZED(let number): "STATE_\(number)"
    }
  }
}

extension Settlement_V1_EntryKind {
  var shortName: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .deposit: "DEPOSIT"
    case .withdrawalHeld: "WITHDRAWAL_HELD"
    case .withdrawalReleased: "WITHDRAWAL_RELEASED"
    case .UNRECOGNIZED(let number): "KIND_\(number)"
    }
  }
}

extension Google_Protobuf_Timestamp {
  var text: String { Instant.text(seconds: Int(seconds), nanoseconds: nanos) }
}

extension Settlement_V1_Receipt {
  var text: String { sequence == 0 ? "none" : "record \(sequence), seal \(hexadecimalSeal)" }

  var json: JSON {
    .object(["sequence": .integer(Int64(clamping: sequence)), "seal": .text(hexadecimalSeal)])
  }

  private var hexadecimalSeal: String {
    var out = ""
    for byte in Array(seal) {
      if byte < 16 { out += "0" }
      out += String(byte, radix: 16)
    }
    return out
  }
}
