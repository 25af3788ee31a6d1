/// How soon a payout should arrive. Raw values are those of the wire enum and of the journal, never renumbered.
package enum Speed: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  /// Within a minute: free for good credit, else for a fee or points.
  case express = 1
  /// D+0: the same day, for a fee.
  case sameDay = 2
  /// T+1: the next working day, free.
  case nextDay = 3
}

/// What buys a faster speed. Raw values stand in the journal and are never renumbered.
package enum Acceleration: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  case fee = 0
  /// Paid from the agent's balance in points, which are one more currency of the ledger.
  case points = 1
}

/// Where a payee's money arrives. Raw values are those of the wire enum and of the journal, never renumbered.
package enum Rail: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  case bankCard = 1
  case alipay = 2
  case weChat = 3
}

/// Of an agent, as the platform sees it. Raw values are those of the wire enum and of the journal, never renumbered.
package enum CreditGrade: UInt8, Sendable, CaseIterable, BitwiseCopyable, Comparable {
  case poor = 1
  /// Every agent's until somebody says otherwise.
  case normal = 2
  case good = 3
  case excellent = 4

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A local calendar day and month, by the rules' day boundary: what limits are counted in.
package struct LimitDay: Hashable, Sendable, BitwiseCopyable {
  /// Days since 1970-01-01.
  package var day: Int32
  /// 12 x year + month - 1.
  package var month: Int32

  package init(day: Int32, month: Int32) {
    self.day = day
    self.month = month
  }
}
