import SettlementProto

extension Settlement_V1_AppealKind: WireNamed {
  var shortName: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .notArrived: "NOT_ARRIVED"
    case .wrongAmount: "WRONG_AMOUNT"
    case .late: "LATE"
    case .fee: "FEE"
    case .other: "OTHER"
    case .UNRECOGNIZED(let number): "KIND_\(number)"
    }
  }
}

extension Settlement_V1_AppealState: WireNamed {
  var shortName: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .open: "OPEN"
    case .assigned: "ASSIGNED"
    case .upheld: "UPHELD"
    case .rejected: "REJECTED"
    case .UNRECOGNIZED(let number): "STATE_\(number)"
    }
  }
}
