import Digests
import LedgerCore
import SettlementProto

// Records about channels and payouts. The stored request stays out: it names people.

extension ChannelStateSet {
  var members: [JSON.Member] {
    [
      JSON.Member("channel", channel.json), JSON.Member("state", .text(state.shortName)),
      JSON.Member("reason", reason.json),
    ]
  }
}

extension ChannelFunded {
  var members: [JSON.Member] {
    [
      JSON.Member("channel", channel.json), JSON.Member("amount", amount.json),
      JSON.Member("reference", reference.json),
    ]
  }
}

extension AttemptBegun {
  var members: [JSON.Member] {
    payoutKey.members + [
      JSON.Member("channel", channel.json), JSON.Member("channel_fee", .integer(channelFeeMinorUnits)),
      JSON.Member("request_sealed", .bool(request.isSealed)),
      JSON.Member("candidates", .array(candidates.map(\.json))),
    ]
  }
}

extension AttemptUpdated {
  var members: [JSON.Member] {
    payoutKey.members + result.members + [
      JSON.Member("state", state.map { .text($0.shortName) } ?? .null),
      JSON.Member("fee_refund", .integer(feeRefundMinorUnits)),
    ]
  }
}

extension PayoutHeldBack {
  var members: [JSON.Member] { [JSON.Member("withdrawal", id.json), JSON.Member("reason", reason.json)] }
}

extension StrayPaid {
  var members: [JSON.Member] {
    payoutKey.members + result.members
      + (booked.map {
        [JSON.Member("booked", .integer($0.paid)), JSON.Member("booked_fee", .integer($0.channelFee))]
      } ?? [])
  }
}

extension StrayReturned {
  var members: [JSON.Member] {
    payoutKey.members + [
      JSON.Member("channel_reference", channelReference.json), JSON.Member("code", code.json),
      JSON.Member("iso_reason", .text(reason.isoCode)), JSON.Member("came_back", .integer(minorUnits)),
    ]
  }
}

extension PayoutReturned {
  var members: [JSON.Member] {
    payoutKey.members + [
      JSON.Member("channel_reference", channelReference.json), JSON.Member("code", code.json),
      JSON.Member("iso_reason", .text(reason.isoCode)), JSON.Member("fee_refund", .integer(feeRefundMinorUnits)),
    ]
      + (figures.map {
        [JSON.Member("came_back", .integer($0.cameBack)), JSON.Member("to_agent", .integer($0.toAgent))]
      } ?? [])
  }
}

extension PayoutConfirmed {
  var members: [JSON.Member] { payoutKey.members + [JSON.Member("channel_reference", channelReference.json)] }
}

extension WithdrawalReworked {
  var members: [JSON.Member] {
    [
      JSON.Member("withdrawal", id.json), JSON.Member("payee", payee.json),
      JSON.Member("state", .text(state.shortName)), JSON.Member("screening", screening.json),
    ]
  }
}

extension DoubtResolved {
  var members: [JSON.Member] {
    [
      JSON.Member("proposal", id.json), JSON.Member("withdrawal", withdrawal.json),
      JSON.Member("state", .text(state.shortName)), JSON.Member("digest", .text(digest.hexadecimal)),
    ] + (channelFeeMinorUnits.map { [JSON.Member("channel_fee", .integer($0))] } ?? [])
  }
}

extension PayoutKey {
  fileprivate var members: [JSON.Member] {
    [JSON.Member("withdrawal", withdrawal.json), JSON.Member("key", .text(text))]
  }
}

extension AttemptResult {
  fileprivate var members: [JSON.Member] {
    [
      JSON.Member("result", .text(state.shortName)), JSON.Member("source", .text("\(source)")),
      JSON.Member("iso_reason", .text(reason.isoCode)), JSON.Member("channel_reference", channelReference.json),
      JSON.Member("code", code.json), JSON.Member("paid", .integer(paidMinorUnits)),
      JSON.Member("channel_fee", .integer(channelFeeMinorUnits)),
      // Not the text itself: whoever has it may ask the payee to take the money.
      JSON.Member("has_confirmation", .bool(confirmation != nil)),
    ]
  }
}

extension RouteCandidate {
  fileprivate var json: JSON {
    .object([
      "channel": channel.json,
      "verdict": .text((Settlement_V1_RouteVerdict(rawValue: Int(verdict.rawValue)) ?? .unspecified).shortName),
      "fee": .integer(feeMinorUnits), "arrival_p95_ms": .integer(Int64(arrivalP95Milliseconds)),
      "success_permille": .integer(Int64(successPermille)), "score": .integer(Int64(score)),
    ])
  }
}

extension AttemptState {
  var shortName: String { (Settlement_V1_AttemptState(rawValue: Int(rawValue)) ?? .unspecified).shortName }
}

extension ChannelState {
  var shortName: String { (Settlement_V1_ChannelState(rawValue: Int(rawValue)) ?? .unspecified).shortName }
}

extension DoubtVerdict {
  var shortName: String { (Settlement_V1_DoubtVerdict(rawValue: Int(rawValue)) ?? .unspecified).shortName }
}
