internal import Digests
internal import Ledger
internal import LedgerCore

/// Writes settlement.v1.Withdrawal, as SwiftProtobuf would, byte for byte.
extension WireWriter {
  private static let labelField = 1 + 1 + Label.maximumBytes
  private static let timestamp = longestVarint + 6 + 2
  private static let moneyField = 2 + 5 + 1 + longestVarint
  private static let timelineEntry = 2 + 2 + 2 + timestamp

  /// Room to grant for one withdrawal.
  static func withdrawalBound(_ withdrawal: borrowing Withdrawal) -> Int {
    (2 + WithdrawalID.textBytes) + 4 * labelField + 2 + 2 + 2 + 3 * moneyField + 2 * (2 + timestamp)
      + (2 + ETag.byteCount) + withdrawal.timeline.count * timelineEntry
      + (3 + 1 + longestVarint + 2 + Digest256.byteCount) + screeningBound(withdrawal) + payoutBound(withdrawal)
  }

  @inline(__always)
  mutating func withdrawal(_ value: borrowing Withdrawal, _ receipt: Receipt, for audience: Audience) {
    id(1 << 3 | 2, value.id)
    label(2 << 3 | 2, value.partner)
    label(3 << 3 | 2, value.agent)
    field(4 << 3, varint: UInt64(value.state.rawValue))
    field(5 << 3, varint: value.state.isFinal ? 1 : 0)
    field(6 << 3, varint: value.isCancelable ? 1 : 0)
    let currency = value.amount.currency
    money(7 << 3 | 2, minorUnits: value.amount.minorUnits, currency)
    money(8 << 3 | 2, minorUnits: value.feeMinorUnits, currency)
    money(9 << 3 | 2, minorUnits: value.netMinorUnits, currency)
    label(10 << 3 | 2, value.payee)
    label(11 << 3 | 2, value.requestID)
    timestamp(12 << 3 | 2, value.createTime)
    timestamp(13 << 3 | 2, value.updateTime)
    byte(14 << 3 | 2)
    byte(UInt8(ETag.byteCount))
    etag(ETag(sequence: value.lastSequence))
    for index in 0..<value.timeline.count {
      let entry = value.timeline[index]
      shortMessage(15 << 3 | 2) { inner in
        inner.field(1 << 3, varint: UInt64(entry.state.rawValue))
        inner.timestamp(2 << 3 | 2, entry.time)
      }
    }
    // Field 16: the first whose tag takes two bytes (16 << 3 | 2 = 0x82 0x01).
    byte(0x82)
    shortMessage(0x01) { inner in
      guard receipt.sequence != 0 else { return }
      inner.field(1 << 3, varint: receipt.sequence)
      receipt.seal.withUnsafeBytes { inner.field(2 << 3 | 2, bytes: $0) }
    }
    screening(value, for: audience)
    payout(value, for: audience)
  }

  @inline(__always)
  mutating func id(_ tag: UInt8, _ id: WithdrawalID) {
    let text = id.text
    withUnsafeBytes(of: text) { field(tag, bytes: $0) }
  }

  @inline(__always)
  mutating func label(_ tag: UInt8, _ label: Label) {
    label.withBytes { field(tag, bytes: $0) }
  }

  @inline(__always)
  mutating func money(_ tag: UInt8, minorUnits: Int64, _ currency: Currency) {
    shortMessage(tag) { inner in
      inner.byte(1 << 3 | 2)
      inner.byte(3)
      inner.byte(UInt8(truncatingIfNeeded: currency.code >> 16))
      inner.byte(UInt8(truncatingIfNeeded: currency.code >> 8))
      inner.byte(UInt8(truncatingIfNeeded: currency.code))
      inner.field(2 << 3, varint: UInt64(bitPattern: minorUnits))
    }
  }

  /// google.protobuf.Timestamp: nanos count forward, also before 1970.
  @inline(__always)
  mutating func timestamp(_ tag: UInt8, _ time: Timestamp) {
    let (seconds, nanos) = time.wireParts
    shortMessage(tag) { inner in
      inner.field(1 << 3, varint: UInt64(bitPattern: seconds))
      inner.field(2 << 3, varint: UInt64(nanos))
    }
  }

  @inline(__always)
  mutating func etag(_ etag: ETag) {
    let text = etag.text
    withUnsafeBytes(of: text) { raw($0) }
  }
}

extension Timestamp {
  /// As in google.protobuf.Timestamp.
  var wireParts: (seconds: Int64, nanos: UInt32) {
    var (seconds, microseconds) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    if microseconds < 0 {
      seconds -= 1
      microseconds += 1_000_000
    }
    return (seconds, UInt32(microseconds) * 1_000)
  }
}
