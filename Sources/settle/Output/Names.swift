import ArgumentParser
import SettlementProto

/// An enum of the wire contract with its names as people and scripts read them: those of proto/ without the prefix.
protocol WireNamed: CaseIterable, Hashable, Sendable {
  /// "APPROVED"; what this program does not know yet by its number.
  var shortName: String { get }
}

/// A value by its short name, in any case: "EXPRESS", "express".
struct NameArgument<Value: WireNamed>: ExpressibleByArgument, Hashable, Sendable {
  let value: Value

  init(_ value: Value) { self.value = value }

  init?(argument: String) {
    let name = argument.uppercased()
    guard let match = Self.known.first(where: { $0.shortName == name }) else { return nil }
    value = match
  }

  /// UNSPECIFIED is how the wire says that nothing was chosen: leaving the option out says it here.
  private static var known: [Value] { Value.allCases.filter { $0.shortName != "UNSPECIFIED" } }

  static var allValueStrings: [String] { known.map(\.shortName) }

  var defaultValueDescription: String { value.shortName }
}

extension Settlement_V1_WithdrawalState: WireNamed {
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

extension Settlement_V1_EntryKind: WireNamed {
  var shortName: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .deposit: "DEPOSIT"
    case .withdrawalHeld: "WITHDRAWAL_HELD"
    case .withdrawalReleased: "WITHDRAWAL_RELEASED"
    case .adjustment: "ADJUSTMENT"
    case .feeRefunded: "FEE_REFUNDED"
    case .withdrawalReturned: "WITHDRAWAL_RETURNED"
    case .appealAwarded: "APPEAL_AWARDED"
    case .UNRECOGNIZED(let number): "KIND_\(number)"
    }
  }
}

extension Settlement_V1_Speed: WireNamed {
  var shortName: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .express: "EXPRESS"
    case .sameDay: "SAME_DAY"
    case .nextDay: "NEXT_DAY"
    case .UNRECOGNIZED(let number): "SPEED_\(number)"
    }
  }
}

extension Settlement_V1_RiskVerdict: WireNamed {
  var shortName: String {
    switch self {
    case .approve: "APPROVE"
    case .review: "REVIEW"
    case .reject: "REJECT"
    case .UNRECOGNIZED(let number): "VERDICT_\(number)"
    }
  }
}

extension Settlement_V1_ReviewOutcome: WireNamed {
  var shortName: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .cleared: "CLEARED"
    case .fraud: "FRAUD"
    case .stolenCard: "STOLEN_CARD"
    case .laundering: "LAUNDERING"
    case .UNRECOGNIZED(let number): "OUTCOME_\(number)"
    }
  }
}

extension Settlement_V1_CreditGrade: WireNamed {
  var shortName: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .poor: "POOR"
    case .normal: "NORMAL"
    case .good: "GOOD"
    case .excellent: "EXCELLENT"
    case .UNRECOGNIZED(let number): "GRADE_\(number)"
    }
  }
}

extension Settlement_V1_Rail: WireNamed {
  var shortName: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .bankCard: "BANK_CARD"
    case .alipay: "ALIPAY"
    case .wechat: "WECHAT"
    case .UNRECOGNIZED(let number): "RAIL_\(number)"
    }
  }
}

extension Settlement_V1_PayeeState: WireNamed {
  var shortName: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .unverified: "UNVERIFIED"
    case .verified: "VERIFIED"
    case .erased: "ERASED"
    case .UNRECOGNIZED(let number): "STATE_\(number)"
    }
  }
}

extension Settlement_V1_ProposalState: WireNamed {
  var shortName: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .open: "OPEN"
    case .confirmed: "CONFIRMED"
    case .expired: "EXPIRED"
    case .UNRECOGNIZED(let number): "STATE_\(number)"
    }
  }
}

extension Settlement_V1_ListSubject: WireNamed {
  var shortName: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .agent: "AGENT"
    case .payee: "PAYEE"
    case .device: "DEVICE"
    case .address: "ADDRESS"
    case .UNRECOGNIZED(let number): "SUBJECT_\(number)"
    }
  }
}

extension Settlement_V1_ListColour: WireNamed {
  var shortName: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .black: "BLACK"
    case .white: "WHITE"
    case .UNRECOGNIZED(let number): "COLOUR_\(number)"
    }
  }
}
