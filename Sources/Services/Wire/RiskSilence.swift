internal import LedgerCore

extension RiskResult {
  /// Nothing spoke for or against: the reply leaves it out.
  var isSilent: Bool { verdict == .approve && score == 0 && reasonCount == 0 }
}
