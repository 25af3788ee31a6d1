/// Bounds of what a partner's receivers may cost.
package enum WebhookLimits {
  /// Of one partner.
  package static let endpointsMaximum = 8
}
