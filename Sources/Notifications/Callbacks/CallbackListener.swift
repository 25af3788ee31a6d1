package import LedgerCore
package import Payouts
internal import Synchronization

/// Where payment channels tell what became of payouts: `POST /notifications/{channel}` over HTTPS.
///
/// A callback moves no money and is not believed: one whose signature is right makes the dispatcher ask the channel, and
/// that answer counts. So what is kept here may be lost: after a restart a replay makes one more question.
package struct CallbackListener: Sendable {
  private let listener: HTTPSListener
  private let desk: CallbackDesk

  /// As bound, also where 0 was asked for.
  package var port: Int { listener.port }

  /// - Parameter now: for signatures' times.
  /// - Parameter report: for logs; at most one a second of each kind, and without anything of what was sent.
  package static func start(
    host: String, port: Int, certificateFile: String, keyFile: String, channels: [any PayoutChannel],
    desk: any PayoutDesk, limits: HTTPSLimits = HTTPSLimits(), now: @escaping @Sendable () -> Timestamp,
    report: @escaping @Sendable (CallbackReport) -> Void
  ) async throws(HTTPSListenerDefect) -> CallbackListener {
    let callbacks = CallbackDesk(channels: channels, desk: desk, now: now, report: report)
    let listener = try await HTTPSListener.start(
      host: host, port: port, certificateFile: certificateFile, keyFile: keyFile, limits: limits,
      answer: { callbacks.answer($0) })
    return CallbackListener(listener: listener, desk: callbacks)
  }

  package func stop() async { await listener.stop() }

  package func reloadCertificate() throws(HTTPSListenerDefect) { try listener.reloadCertificate() }

  /// Since the start, for metrics.
  package func count(of outcome: CallbackOutcome) -> UInt64 { desk.count(of: outcome) }
}

/// What became of a callback.
package enum CallbackOutcome: String, Sendable, Hashable, CaseIterable {
  case taken, replayed, unknownChannel, badSignature, stale, malformed, unknownKey
  case notSupported
}

/// A line for the log: so many of this kind since the last line of this kind.
package struct CallbackReport: Sendable, Hashable {
  package var outcome: CallbackOutcome
  /// `Label.none` for a channel that there is not.
  package var channel: Label
  package var count: UInt64
}
