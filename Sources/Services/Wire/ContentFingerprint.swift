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
  }

  /// Four labels, an amount, and the head: the largest request.
  private static let room = 512

  @inline(__always)
  private static func make(_ method: Method, _ fields: (inout WireWriter) -> Void) -> Fingerprint128 {
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

  static func cancelWithdrawal(id: WithdrawalID, etag: ETag?) -> Fingerprint128 {
    make(.cancelWithdrawal) { writer in
      let text = id.text
      withUnsafeBytes(of: text) { writer.field(2 << 3 | 2, bytes: $0) }
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
