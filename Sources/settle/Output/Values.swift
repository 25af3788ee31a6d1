import SettlementClient
import SettlementProto
import SwiftProtobuf

/// The small values that results are made of.
extension Settlement_V1_Money {
  init(currency: String, _ minorUnits: Int64) {
    self.init()
    currencyCode = currency
    self.minorUnits = minorUnits
  }

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

extension Google_Protobuf_Timestamp {
  var text: String { Instant.text(seconds: Int(seconds), nanoseconds: nanos) }

  var json: JSON { .text(text) }
}

extension Settlement_V1_Receipt {
  var text: String { sequence == 0 ? "none" : "record \(sequence), seal \(hexadecimal(seal))" }

  var json: JSON {
    .object(["sequence": .integer(Int64(clamping: sequence)), "seal": .text(hexadecimal(seal))])
  }
}

/// Two lower-case digits for each byte.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  bytes.reduce(into: "") { out, byte in
    if byte < 16 { out += "0" }
    out += String(byte, radix: 16)
  }
}
