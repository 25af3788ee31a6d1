package import LedgerCore
package import Payouts
internal import Synchronization

/// Where payment channels tell what became of payouts: `POST /notifications/{channel}` over HTTPS.
///
/// A callback moves no money and is not believed: one whose signature is right makes the dispatcher ask the channel, and
/// that answer counts. It is answered with success only when that answer is durable, or the payout is open and asked about
/// anyway; else the channel is told to call again. What is kept here only saves questions: after a restart a callback that
/// comes again makes one more.
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
      answer: { await callbacks.answer($0) })
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
  /// The dispatcher cannot promise yet that it is not lost: the channel is to tell it again.
  case postponed
  case notSupported
}

/// A line for the log: so many of this kind since the last line of this kind.
package struct CallbackReport: Sendable, Hashable {
  package var outcome: CallbackOutcome
  /// `Label.none` for a channel that there is not.
  package var channel: Label
  package var count: UInt64
}
