/// What `decide` goes by. A record keeps what was found (the fee, the version), so that replaying it needs no rules.
package struct Rules: Sendable {
  /// Recorded with every withdrawal.
  package var version: UInt32
  /// Bounds of a single withdrawal, minor units, both inclusive. The defaults refuse only what cannot be meant: less than
  /// one unit, and more than 10^15 (ten million million yuan), far above any payout and far below 64 bits.
  package var payoutMinimumMinorUnits: Int64
  package var payoutMaximumMinorUnits: Int64
  /// Money may only come in and go out in these.
  package var currencies: [Currency]
  /// Refusals are kept for ever, about 140 bytes each; at the cap of 100,000 a caller that is refused all day long costs
  /// 14 MB an hour, and no honest one comes near. A namespace (a partner, or staff) has one cap.
  package var recordedRefusalsPerHour: UInt32

  package init(
    version: UInt32 = 1, payoutMinimumMinorUnits: Int64 = 1, payoutMaximumMinorUnits: Int64 = 1_000_000_000_000_000,
    currencies: [Currency] = [.cny], recordedRefusalsPerHour: UInt32 = 100_000
  ) {
    self.version = version
    self.payoutMinimumMinorUnits = payoutMinimumMinorUnits
    self.payoutMaximumMinorUnits = payoutMaximumMinorUnits
    self.currencies = currencies
    self.recordedRefusalsPerHour = recordedRefusalsPerHour
  }

  /// What the platform keeps of an amount: nothing, by these rules.
  package func feeMinorUnits(of amount: Money) -> Int64 { 0 }
}
