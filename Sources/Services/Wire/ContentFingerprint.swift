internal import Digests
internal import LedgerCore

/// What a mutation asks for, as 128 bits: two requests under one request_id are the same if and only if these are.
///
///     SHA-256( format version, method, fields )[0..<16]
///
/// `format version` and `method` are one byte each; `fields` is the canonical protobuf encoding (ascending numbers,
/// defaults left out) of the request as it was understood: without request_id and unknown fields, the partner filled in,
/// ids and etags in their one printed form. These values stand in journals for ever: a change of any of them makes every
/// repeated request a different one, so the tests hold them fixed.
enum ContentFingerprint {
  static let formatVersion: UInt8 = 1

  /// Never renumbered.
  enum Method: UInt8 {
    /// Also each item of a batch: it answers as the same item alone.
    case submitWithdrawal = 1
    case cancelWithdrawal = 2
    case createAgent = 3
    case deposit = 4
    case amendWithdrawal = 5
    case claimReview = 6
    case releaseReview = 7
    case approveWithdrawal = 8
    case rejectWithdrawal = 9
    case requestInformation = 10
    case escalateReview = 11
    case placeHold = 12
    case liftHold = 13
    case updateAgent = 14
    case verifyAgent = 15
    case createPayeeAccount = 16
    case verifyPayeeAccount = 17
    case erasePayeeAccount = 18
    case revealPayeeAccount = 19
    case createProposal = 20
    case confirmProposal = 21
    case putListEntry = 22
    case removeListEntry = 23
    case reportOutcome = 24
    case reloadRules = 25
    case retryWithdrawal = 26
    case setChannelState = 27
    case fundChannel = 28
    case createAppeal = 29
    case addEvidence = 30
    case assignAppeal = 31
    case resolveAppeal = 32
    case createWebhookEndpoint = 33
    case rotateWebhookSecret = 34
    case deleteWebhookEndpoint = 35
    case setWebhookEndpointState = 36
    case redeliverWebhook = 37
  }

  /// Four labels, an amount, and the head: the largest request.
  private static let usualRoom = 512

  @inline(__always)
  private static func make(
    _ method: Method, room: Int = usualRoom, _ fields: (inout WireWriter) -> Void
  ) -> Fingerprint128 {
    withUnsafeTemporaryAllocation(byteCount: room, alignment: 8) { memory in
      guard let start = memory.baseAddress else { return Fingerprint128() }  // never: room is above zero
      var writer = WireWriter(start, limit: room)
      writer.byte(formatVersion)
      writer.byte(method.rawValue)
      fields(&writer)
      return SHA256.hash(UnsafeRawBufferPointer(start: start, count: writer.cursor - start)).prefix
    }
  }

  static func submitWithdrawal(agent: Label, amount: Money, payee: Label) -> Fingerprint128 {
    make(.submitWithdrawal) { writer in
      writer.label(2 << 3 | 2, agent)
      writer.money(3 << 3 | 2, minorUnits: amount.minorUnits, amount.currency)
      writer.label(4 << 3 | 2, payee)
    }
  }

  /// With everything that a submission may ask for. The same as above where it asks for nothing more.
  ///
  /// - Parameter quote: at most `QuoteTokens.maximumTextBytes`.
  static func submitWithdrawal(_ command: SubmitWithdrawal, quote: UnsafeRawBufferPointer) -> Fingerprint128 {
    make(.submitWithdrawal, room: 2 * usualRoom + QuoteTokens.maximumTextBytes) { writer in
      writer.label(2 << 3 | 2, command.agent)
      writer.money(3 << 3 | 2, minorUnits: command.amount.minorUnits, command.amount.currency)
      writer.label(4 << 3 | 2, command.payee)
      writer.field(5 << 3, varint: UInt64(command.speed?.rawValue ?? 0))
      writer.field(6 << 3, varint: UInt64(command.acceleration.rawValue))
      writer.field(7 << 3 | 2, bytes: quote)
      writer.label(8 << 3 | 2, command.origin?.device ?? .none)
      writer.label(9 << 3 | 2, command.origin?.address ?? .none)
    }
  }

  static func amendWithdrawal(id: WithdrawalID, payee: Label, etag: ETag?) -> Fingerprint128 {
    make(.amendWithdrawal) { writer in
      writer.id(2 << 3 | 2, id)
      writer.label(3 << 3 | 2, payee)
      if let etag {
        let text = etag.text
        withUnsafeBytes(of: text) { writer.field(4 << 3 | 2, bytes: $0) }
      }
    }
  }

  static func retryWithdrawal(id: WithdrawalID, etag: ETag?) -> Fingerprint128 {
    make(.retryWithdrawal) { writer in
      writer.id(2 << 3 | 2, id)
      if let etag {
        let text = etag.text
        withUnsafeBytes(of: text) { writer.field(3 << 3 | 2, bytes: $0) }
      }
    }
  }

  static func setChannelState(_ channel: Label, _ state: ChannelState, reason: Label) -> Fingerprint128 {
    make(.setChannelState) { writer in
      writer.label(2 << 3 | 2, channel)
      writer.field(3 << 3, varint: UInt64(state.rawValue))
      writer.label(4 << 3 | 2, reason)
    }
  }

  static func fundChannel(_ channel: Label, _ amount: Money, reference: Label) -> Fingerprint128 {
    make(.fundChannel) { writer in
      writer.label(2 << 3 | 2, channel)
      writer.money(3 << 3 | 2, minorUnits: amount.minorUnits, amount.currency)
      writer.label(4 << 3 | 2, reference)
    }
  }

  /// What a person does with a withdrawal. The person is part of the content: staff share their request ids, and one's yes
  /// must never be taken for that of another who sends the same bytes.
  ///
  /// - Parameter word: reason or note; `Label.none` where there is none.
  static func review(
    _ method: Method, by person: Label, id: WithdrawalID, word: Label = .none, digest: Digest256? = nil
  ) -> Fingerprint128 {
    make(method) { writer in
      writer.label(1 << 3 | 2, person)
      writer.id(2 << 3 | 2, id)
      writer.label(3 << 3 | 2, word)
      digest?.withUnsafeBytes { writer.field(3 << 3 | 2, bytes: $0) }
    }
  }

  static func cancelWithdrawal(id: WithdrawalID, etag: ETag?) -> Fingerprint128 {
    make(.cancelWithdrawal) { writer in
      writer.id(2 << 3 | 2, id)
      if let etag {
        let text = etag.text
        withUnsafeBytes(of: text) { writer.field(3 << 3 | 2, bytes: $0) }
      }
    }
  }

  static func createAgent(partner: Label, agent: Label, parent: Label = .none) -> Fingerprint128 {
    make(.createAgent) { writer in
      writer.label(2 << 3 | 2, partner)
      writer.label(3 << 3 | 2, agent)
      writer.label(4 << 3 | 2, parent)
    }
  }

  /// `externalReference` as it was sent: nil when the request_id stands for it.
  static func deposit(partner: Label, agent: Label, amount: Money, externalReference: Label?) -> Fingerprint128 {
    make(.deposit) { writer in
      writer.label(2 << 3 | 2, partner)
      writer.label(3 << 3 | 2, agent)
      writer.money(4 << 3 | 2, minorUnits: amount.minorUnits, amount.currency)
      if let externalReference { writer.label(5 << 3 | 2, externalReference) }
    }
  }
}
