internal import Digests
internal import LedgerCore

/// Writes what screening adds to settlement.v1.Withdrawal: fields 17 to 23, whose tags take two bytes.
extension WireWriter {
  private static let timestampField = 2 + 1 + longestVarint + 1 + 5
  private static let labelField = 2 + Label.maximumBytes
  private static let riskReason = 2 + (2 + RiskCode.longestName) + (1 + longestVarint)
  /// The names of roles have at most so many bytes; a test walks them all.
  static let longestRoleName = 10
  private static let approval = 2 + labelField + (2 + longestRoleName) + timestampField

  /// Room to grant for the fields of a withdrawal.
  static func screeningBound(_ withdrawal: borrowing Withdrawal) -> Int {
    var bound = 3 + (2 + longestVarint) + (2 + 1 + 10) + (1 + timestampField) + (2 + 5)
    bound += 2 + longestLength + 2 + (1 + longestVarint) + Int(withdrawal.screening.risk.reasonCount) * riskReason
    if let review = withdrawal.review { bound += reviewBound(review.facts) }
    return bound
  }

  private static func reviewBound(_ facts: ReviewStanding.Facts) -> Int {
    2 + longestLength + (1 + 2) + facts.approvals.count * approval + 2 * timestampField + 4 * labelField + 2 * 2
      + (2 + Digest256.byteCount) + 2
  }

  @inline(__always)
  mutating func screening(_ value: borrowing Withdrawal, for audience: Audience) {
    // Field numbers 17 to 23: number << 3 | type, low seven bits first.
    byte(0x88)
    byte(0x01)
    byte(value.screening.terms.speed.rawValue)
    longField(0x90, varint: UInt64(bitPattern: value.screening.terms.points))
    if let date = SettlementDate(daysSince1970: value.screening.terms.settlementDay) {
      byte(0x9A)
      byte(0x01)
      byte(10)
      withUnsafeBytes(of: date.bytes) { raw($0) }
    }
    if value.screening.terms.expectedArrival.microseconds != 0 {
      byte(0xA2)
      timestamp(0x01, value.screening.terms.expectedArrival)
    }
    longField(0xA8, varint: UInt64(value.screening.rulesVersion))
    if !value.screening.risk.isSilent { risk(value.screening.risk) }
    if let review = value.review { self.review(review.facts, for: audience) }
  }

  /// A varint field with a number of 16 to 31, left out when zero.
  @inline(__always)
  private mutating func longField(_ tag: UInt8, varint value: UInt64) {
    guard value != 0 else { return }
    byte(tag)
    byte(0x01)
    varint(value)
  }

  private mutating func risk(_ risk: RiskResult) {
    byte(0xB2)
    message(0x01) { inner in
      inner.field(1 << 3, varint: UInt64(risk.verdict.rawValue))
      inner.field(2 << 3, varint: UInt64(bitPattern: Int64(risk.score)))
      for index in 0..<Int(risk.reasonCount) {
        let reason = risk.reason(index)
        inner.shortMessage(3 << 3 | 2) { entry in
          let name = reason.code.name
          entry.field(
            1 << 3 | 2, bytes: UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
          entry.field(2 << 3, varint: UInt64(bitPattern: Int64(reason.points)))
        }
      }
    }
  }

  private mutating func review(_ facts: ReviewStanding.Facts, for audience: Audience) {
    byte(0xBA)
    message(0x01) { inner in
      inner.field(1 << 3, varint: UInt64(facts.required))
      for approval in facts.approvals {
        inner.shortMessage(2 << 3 | 2) { entry in
          if audience == .staff { entry.label(1 << 3 | 2, approval.person) }
          var role = approval.role.wireName
          role.withUTF8 { entry.field(2 << 3 | 2, bytes: UnsafeRawBufferPointer($0)) }
          entry.timestamp(3 << 3 | 2, approval.time)
        }
      }
      if facts.due.microseconds != 0 { inner.timestamp(3 << 3 | 2, facts.due) }
      if audience == .staff, let person = facts.claimedBy {
        inner.label(4 << 3 | 2, person)
        inner.timestamp(5 << 3 | 2, facts.claimedUntil)
      }
      inner.field(6 << 3, varint: facts.isEscalated ? 1 : 0)
      inner.label(7 << 3 | 2, facts.informationNote)
      inner.field(8 << 3, varint: facts.holdReason.isNone ? 0 : 1)
      if audience == .staff { inner.label(9 << 3 | 2, facts.holdReason) }
      inner.label(10 << 3 | 2, facts.rejectionReason)
      if audience == .staff, facts.digest != Digest256() {
        facts.digest.withUnsafeBytes { inner.field(11 << 3 | 2, bytes: $0) }
      }
      if audience == .staff { inner.field(12 << 3, varint: UInt64(facts.outcome?.rawValue ?? 0)) }
    }
  }
}

extension Withdrawal {
  /// A cancel would succeed, or begin, now. What compliance holds, only compliance cancels; what is blocked, nobody.
  var isCancelable: Bool {
    state.isCancelable && review?.facts.holdReason.isNone ?? true && !(payout?.facts.isBlocked ?? false)
  }
}
