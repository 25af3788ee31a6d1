internal import Ledger
internal import LedgerCore
internal import RPC
internal import SettlementProto
internal import SwiftProtobuf

extension Settlement_V1_PayeeAccount {
  init(_ payee: Payee, _ receipt: Receipt) {
    self.init()
    id = payee.id.description
    partner = payee.partner.description
    agent = payee.agent.description
    rail = Settlement_V1_Rail(payee.rail)
    state = Settlement_V1_PayeeState(payee.state)
    maskedNumber = payee.maskedNumber.description
    maskedName = payee.maskedName.description
    bank = payee.bank.description
    createTime = Google_Protobuf_Timestamp(payee.createTime)
    self.receipt = Settlement_V1_Receipt(receipt)
  }
}

extension Settlement_V1_Rail {
  /// The raw values are the same by contract; a test walks them all.
  init(_ rail: Rail) { self = Settlement_V1_Rail(rawValue: Int(rail.rawValue)) ?? .unspecified }
}

extension Settlement_V1_PayeeState {
  /// The raw values are the same by contract; a test walks them all.
  init(_ state: Payee.State) { self = Settlement_V1_PayeeState(rawValue: Int(state.rawValue)) ?? .unspecified }
}

extension FieldViolations {
  mutating func payeeID(_ field: String, _ text: String) -> PayeeID {
    if let id = PayeeID(text) { return id }
    addMalformedID(field, text, "a payee account", "pa_")
    return PayeeID(rawValue: 0)
  }

  mutating func addMalformedID(_ field: String, _ text: String, _ what: String, _ prefix: String) {
    if text.isEmpty {
      add(field, "FIELD_MISSING", "must be set: the id of \(what), \(prefix) and 14 symbols")
    } else {
      add(
        field, "ID_MALFORMED",
        "is not the id of \(what) (\(prefix) and 14 symbols, the last one a check symbol): compare it with the one you were given"
      )
    }
  }

  mutating func rail(_ field: String, _ wire: Settlement_V1_Rail) -> Rail? {
    if let rail = UInt8(exactly: wire.rawValue).flatMap(Rail.init(rawValue:)) { return rail }
    if wire == .unspecified {
      add(field, "FIELD_MISSING", "must be set: 1 (bank card), 2 (Alipay) or 3 (WeChat)")
    } else {
      add(field, "RAIL_UNKNOWN", "is \(wire.rawValue), which is no rail: 1 (bank card), 2 (Alipay) or 3 (WeChat)")
    }
    return nil
  }
}
