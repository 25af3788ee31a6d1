import Digests
import LedgerCore
import SettlementClient
import SettlementProto

/// Records of the journal for people who look for something in it.
extension Record {
  func json(sequence: UInt64, timeMicroseconds: Int64) -> JSON {
    let (kind, partner, facts) = parts
    let members = [
      JSON.Member("sequence", .integer(Int64(clamping: sequence))),
      JSON.Member("time", .text(Self.text(microseconds: timeMicroseconds))),
      JSON.Member("kind", .text(kind)),
      JSON.Member("partner", .text("\(partner)")),
    ]
    return .object(members + facts + [JSON.Member("request", key.json)])
  }

  private var parts: (kind: String, partner: Label, facts: [JSON.Member]) {
    switch self {
    case .agentCreated(let fact):
      ("AGENT_CREATED", fact.partner, [JSON.Member("agent", .text("\(fact.agent)"))])
    case .deposited(let fact):
      (
        "DEPOSITED", fact.partner,
        [
          JSON.Member("agent", .text("\(fact.agent)")), JSON.Member("amount", fact.amount.json),
          JSON.Member("external_reference", .text("\(fact.externalReference)")),
        ]
      )
    case .withdrawalSubmitted(let fact):
      (
        "WITHDRAWAL_SUBMITTED", fact.partner,
        [
          JSON.Member("withdrawal", .text("\(fact.id)")), JSON.Member("agent", .text("\(fact.agent)")),
          JSON.Member("payee", .text("\(fact.payee)")), JSON.Member("amount", fact.amount.json),
          JSON.Member("fee", Money(minorUnits: fact.feeMinorUnits, currency: fact.amount.currency).json),
          JSON.Member("state", .text(fact.state.shortName)),
          JSON.Member("rules_version", .integer(Int64(fact.rulesVersion))),
        ]
      )
    case .withdrawalCancelled(let fact):
      ("WITHDRAWAL_CANCELLED", fact.partner, [JSON.Member("withdrawal", .text("\(fact.id)"))])
    case .requestRefused(let fact):
      (
        "REQUEST_REFUSED", fact.partner,
        [JSON.Member("method", .text(fact.method.name)), JSON.Member("refusal", fact.refusal.json)]
      )
    }
  }

  static func text(microseconds: Int64) -> String {
    let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    // The remainder of a time before 1970 is negative.
    let isBefore = rest < 0
    return Instant.text(
      seconds: Int(isBefore ? seconds - 1 : seconds), nanoseconds: Int32((isBefore ? rest + 1_000_000 : rest) * 1_000))
  }
}

extension RequestKey {
  fileprivate var json: JSON {
    let owner =
      switch namespace {
      case .partner(let partner): "partner/\(partner)"
      case .staff: "staff"
      }
    return .object(["namespace": .text(owner), "id": .text("\(id)"), "content": .text(content.hexadecimal)])
  }
}

extension Money {
  fileprivate var json: JSON {
    let code = "\(currency)"
    let decimals = DecimalAmount.decimals(ofCurrency: code)
    return .object([
      "currency_code": .text(code), "amount": .text(DecimalAmount.text(minorUnits: minorUnits, decimals: decimals)),
      "minor_units": .integer(minorUnits),
    ])
  }
}

extension RequestRefused.Method {
  fileprivate var name: String {
    switch self {
    case .deposit: "DEPOSIT"
    case .submitWithdrawal: "SUBMIT_WITHDRAWAL"
    case .cancelWithdrawal: "CANCEL_WITHDRAWAL"
    }
  }
}

extension Refusal {
  /// Figures in minor units.
  fileprivate var json: JSON {
    switch self {
    case .insufficientFunds(let available, let requested):
      .object([
        "reason": .text("INSUFFICIENT_FUNDS"), "available": .integer(available), "requested": .integer(requested),
      ])
    case .notCancelable(let state):
      .object(["reason": .text("NOT_CANCELABLE"), "state": .text(state.shortName)])
    case .amountOutOfBounds(let minimum, let maximum, let requested):
      .object([
        "reason": .text("AMOUNT_OUT_OF_BOUNDS"), "minimum": .integer(minimum), "maximum": .integer(maximum),
        "requested": .integer(requested),
      ])
    case .externalReferenceUsed: .object(["reason": .text("EXTERNAL_REFERENCE_USED")])
    }
  }
}

extension WithdrawalState {
  /// As the client commands print it: the raw values are those of the wire.
  fileprivate var shortName: String {
    (Settlement_V1_WithdrawalState(rawValue: Int(rawValue)) ?? .unspecified).shortName
  }
}
