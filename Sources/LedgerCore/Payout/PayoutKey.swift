/// What a channel knows an attempt by: the 14 symbols of the withdrawal's id and two digits of the attempt. It depends on
/// nothing else, so the same attempt has the same key after any crash, and a channel that is asked twice pays once.
package struct PayoutKey: Hashable, Sendable {
  package let withdrawal: WithdrawalID
  /// From 1.
  package let attempt: UInt8

  /// Alphanumeric, as every rail takes them (WeChat Pay: at most 32 characters).
  package static let textBytes = WithdrawalID.textBytes - prefixBytes + attemptDigits
  private static let prefixBytes = 3
  private static let attemptDigits = 2
  /// What two digits can tell; `PayoutLimits.attemptsMaximum` is below it.
  package static let attemptMaximum: UInt8 = 99

  package init(_ withdrawal: WithdrawalID, attempt: UInt8) {
    self.withdrawal = withdrawal
    self.attempt = attempt
  }

  /// nil unless the text is a key exactly.
  package init?(_ text: String) {
    guard text.utf8.count == Self.textBytes else { return nil }
    guard let withdrawal = WithdrawalID("wd_" + text.dropLast(Self.attemptDigits)),
      let attempt = UInt8(text.suffix(Self.attemptDigits)), attempt > 0
    else { return nil }
    self.init(withdrawal, attempt: attempt)
    // Numbers are also read with a sign.
    guard description == text else { return nil }
  }

  package var text: String { description }
}

extension PayoutKey: CustomStringConvertible {
  package var description: String {
    withdrawal.description.dropFirst(Self.prefixBytes) + (attempt < 10 ? "0\(attempt)" : "\(attempt)")
  }
}
