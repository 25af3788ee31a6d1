internal import Digests
internal import Ledger
internal import LedgerCore
internal import SettlementProto
internal import SwiftProtobuf

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Values as generated messages, for the methods that are not hot. `WireWriter.withdrawal` writes the same without them,
/// and the tests hold the two equal.

extension Settlement_V1_Withdrawal {
  init(_ value: Withdrawal, _ receipt: Receipt) {
    self.init()
    id = value.id.description
    partner = value.partner.description
    agent = value.agent.description
    state = Settlement_V1_WithdrawalState(value.state)
    final = value.state.isFinal
    cancelable = value.state.isCancelable
    amount = Settlement_V1_Money(value.amount)
    fee = Settlement_V1_Money(Money(minorUnits: value.feeMinorUnits, currency: value.amount.currency))
    net = Settlement_V1_Money(Money(minorUnits: value.netMinorUnits, currency: value.amount.currency))
    payee = value.payee.description
    requestID = value.requestID.description
    createTime = Google_Protobuf_Timestamp(value.createTime)
    updateTime = Google_Protobuf_Timestamp(value.updateTime)
    etag = ETag(sequence: value.lastSequence).string
    timeline = (0..<value.timeline.count).map { Settlement_V1_TimelineEntry(value.timeline[$0]) }
    self.receipt = Settlement_V1_Receipt(receipt)
  }
}

extension Settlement_V1_TimelineEntry {
  init(_ entry: TimelineEntry) {
    self.init()
    state = Settlement_V1_WithdrawalState(entry.state)
    time = Google_Protobuf_Timestamp(entry.time)
  }
}

extension Settlement_V1_WithdrawalState {
  /// The raw values are the same by contract; a test walks them all.
  init(_ state: WithdrawalState) {
    self = Settlement_V1_WithdrawalState(rawValue: Int(state.rawValue)) ?? .unspecified
  }
}

extension Settlement_V1_Money {
  init(_ money: Money) {
    self.init()
    currencyCode = money.currency.description
    minorUnits = money.minorUnits
  }
}

extension Settlement_V1_Receipt {
  init(_ receipt: Receipt) {
    self.init()
    // Of no record: an empty message, not a seal of zeros.
    guard receipt.sequence != 0 else { return }
    sequence = receipt.sequence
    seal = receipt.seal.withUnsafeBytes { Data($0) }
  }
}

extension Google_Protobuf_Timestamp {
  init(_ time: Timestamp) {
    let (seconds, nanos) = time.wireParts
    self.init(seconds: seconds, nanos: Int32(nanos))
  }
}
