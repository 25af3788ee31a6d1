package import LedgerCore

/// What a channel's codes prove: (channel, code) -> answer. What does not stand in it is unknown, never a failure.
package struct CodeTable: Sendable {
  package enum Verdict: Sendable, Hashable {
    /// No money moved, and none will under this key.
    case failed(FailureKind, PayoutReason)
    /// It says nothing of whether the money moved.
    case unknown
    /// The channel does not know the key.
    case notFound
  }

  /// In the order of the table, for whoever prints or tests it.
  package let rows: [(code: String, verdict: Verdict)]
  private let verdicts: [String: Verdict]

  package init(_ rows: [(code: String, verdict: Verdict)]) {
    self.rows = rows
    verdicts = Dictionary(rows.map { ($0.code, $0.verdict) }) { first, _ in first }
  }

  package subscript(code: String) -> Verdict { verdicts[code] ?? .unknown }

  /// - Parameter code: as the channel gave it; empty where it gave none.
  package func answer(_ code: String, message: String) -> ChannelAnswer {
    let message = OwnCode.short(message)
    switch self[code] {
    case .failed(let kind, let reason):
      return .failed(ChannelAnswer.Failure(kind, reason, code: code, message: message))
    case .unknown: return .unknown(code: code.isEmpty ? OwnCode.malformed : OwnCode.short(code), message: message)
    case .notFound: return .notFound
    }
  }
}

/// Codes of `ChannelAnswer.unknown` that are ours: the channel gave none that could be believed.
package enum OwnCode {
  /// No byte of the request's body left us. Of a key that was never sent before it proves that nothing moved, see
  /// `ChannelAnswer.ofUnanswered`.
  package static let notSent = "NOT_SENT"
  package static let noAnswer = "NO_ANSWER"
  /// The call itself has not come back (`DispatcherLimits.callMilliseconds`).
  package static let hung = "NO_ANSWER_IN_TIME"
  /// It does not find the key, and does not look so far back.
  package static let forgotten = "TOO_OLD_TO_BE_FOUND"
  package static let badSignature = "BAD_SIGNATURE"
  package static let malformed = "MALFORMED_ANSWER"
  /// The answer is about another payout, merchant or amount than was asked for.
  package static let notOurs = "ANSWER_NOT_OURS"
  /// What is stored is not what this channel makes.
  package static let badRequest = "MALFORMED_REQUEST"
  package static let noRandomness = "NO_RANDOMNESS"
  /// What the payee should confirm with is longer than `PayeeConfirmation.maximumBytes`, or no text: nobody is shown it.
  package static let badConfirmation = "CONFIRMATION_UNUSABLE"

  /// A status that carries no signed answer.
  package static func status(_ status: Int) -> String { "HTTP_\(status)" }

  /// What a channel said, bounded: codes and messages stand in the ledger and in logs.
  package static func short(_ text: String) -> String {
    var out = ""
    for character in text {
      guard out.utf8.count + character.utf8.count <= Label.maximumBytes else { break }
      out.append(
        character.isNewline || character.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
          ? " " : character)
    }
    return out
  }
}

extension ChannelAnswer {
  /// Of a query right behind a refused send. That it finds nothing confirms the refusal of a first send. When the same key may
  /// have been sent before, it confirms nothing: that request may still be on its way, and a failure here would let another
  /// attempt pay what it pays as well.
  func afterRefusal(_ refusal: Failure, of request: SentRequest) -> ChannelAnswer {
    guard self == .notFound else { return self }
    return request.isRepeated ? .unknown(code: refusal.code, message: refusal.message) : .failed(refusal)
  }

  /// Of a query right behind a send that was answered with a failed bill.
  func afterFailedBill() -> ChannelAnswer {
    self == .notFound ? .unknown(code: "FAIL", message: "a failed bill that a query does not find") : self
  }

  /// Of a send that was not answered. A first one that never left us is proof that nothing was sent.
  func ofUnanswered(_ request: SentRequest) -> ChannelAnswer {
    guard case .unknown(let code, let message) = self, code == OwnCode.notSent, !request.isRepeated else { return self }
    return .failed(Failure(.tryAgain, .channelUnavailable, code: code, message: message))
  }
}

extension HTTPOutcome {
  /// Nothing that was answered.
  var unanswered: ChannelAnswer? {
    switch self {
    case .answered: nil
    case .notSent(let message): .unknown(code: OwnCode.notSent, message: OwnCode.short(message))
    case .lost(let message): .unknown(code: OwnCode.noAnswer, message: OwnCode.short(message))
    }
  }
}
