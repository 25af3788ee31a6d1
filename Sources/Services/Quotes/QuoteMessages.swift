internal import GRPCProto
internal import LedgerCore
internal import RPC
internal import Rules
internal import SettlementProto
internal import SwiftProtobuf

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension Settlement_V1_WithdrawalQuote {
  init(_ quote: Quote, of amount: Money) {
    self.init()
    let terms = quote.terms
    func money(_ minorUnits: Int64) -> Settlement_V1_Money {
      Settlement_V1_Money(Money(minorUnits: minorUnits, currency: amount.currency))
    }
    speed = Settlement_V1_Speed(terms.speed)
    self.amount = Settlement_V1_Money(amount)
    fee = money(terms.feeMinorUnits)
    net = money(amount.minorUnits - terms.feeMinorUnits)  // the fee is at most the amount
    points = terms.points
    settlementDate = SettlementDate(daysSince1970: terms.settlementDay)?.string ?? ""
    expectedArrival = Google_Protobuf_Timestamp(terms.expectedArrival)
    limits = Settlement_V1_LimitStanding(quote.limits, amount.currency)
    reviewLikely = quote.risk.verdict == .review
    risk = Settlement_V1_RiskDecision(quote.risk)
    rulesVersion = quote.rulesVersion
    if let obstacle = quote.obstacle { self.obstacle = Google_Rpc_Status(RPCStatus(obstacle)) }
  }
}

extension Settlement_V1_SpeedOffer {
  init(_ offer: SpeedOffer, of amount: Money) {
    self.init()
    speed = Settlement_V1_Speed(offer.speed)
    points = offer.points
    switch offer.terms {
    case .success(let terms):
      offered = true
      fee = Settlement_V1_Money(Money(minorUnits: terms.feeMinorUnits, currency: amount.currency))
      expectedArrival = Google_Protobuf_Timestamp(terms.expectedArrival)
    case .failure(let refusal):
      // Points may buy what the amount is too small to pay for.
      offered = offer.points > 0
      reason = RefusalWords(Refusal(refusal, requested: amount.minorUnits)).reason
    }
  }
}

extension Refusal {
  /// What a submission on such terms is answered.
  init(_ refusal: TermsRefusal, requested: Int64) {
    self =
      switch refusal {
      case .unknownTier: .unknownTier
      case .speedUnavailable(let speed): .speedUnavailable(speed)
      case .pointsNotTaken(let speed): .pointsNotTaken(speed)
      case .amountBelowFee(let fee): .amountBelowFee(fee: fee, requested: requested)
      }
  }
}

extension Google_Rpc_Status {
  /// A status inside of a message.
  init(_ status: RPCStatus) {
    self.init()
    code = Int32(status.code.rawValue)
    message = status.message
    details = status.details.map { detail in
      var any = Google_Protobuf_Any()
      any.typeURL = detail.typeURL
      any.value = Data(detail.value)
      return any
    }
  }
}
