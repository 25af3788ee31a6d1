package import LedgerCore
package import Routing

/// One way on which money goes out. Adding one is a folder under `Channels/` and a line in the program's wiring.
///
/// The dispatcher keeps the order of duties, so that money moves once whatever happens:
///
///     prepare -> the request is stored, sealed, in the ledger -> send -> result -> the ledger
///                                  crash, silence, nonsense -> query (never another key or channel)
///
/// All calls may be made from many tasks at once, and more than once for the same key.
package protocol PayoutChannel: Sendable {
  var manifest: ChannelManifest { get }

  /// The exact business request: whatever happens later, these bytes are sent or asked about. Deterministic, without
  /// signature, time or nonce, at most `StoredRequest.maximumBytes`.
  func prepare(_ order: PayoutOrder) throws(PrepareDefect) -> [UInt8]

  /// Sends a stored request, with a fresh signature, time and nonce. Does not throw: what is not known is `.unknown`.
  func send(_ request: SentRequest) async -> ChannelAnswer

  /// What the channel did with a key. `.notFound` proves nothing: the same request is sent again under the same key.
  func query(_ request: SentRequest) async -> ChannelAnswer

  /// Asks to take back what its payee has not confirmed. `.failed(.cancelled)` when it did, `.waiting` when it cannot.
  func cancel(_ request: SentRequest) async -> ChannelAnswer

  /// What a callback says, its signature checked on the raw bytes. It moves no money: it only makes the dispatcher ask.
  func parseNotification(_ notification: RawNotification) throws(NotificationDefect) -> ChannelNotification

  /// What the channel booked on a local day, for channels that have one.
  func statement(day: CivilDate) async throws(StatementFailure) -> [StatementLine]
}

/// Whom to pay, in the clear; it is never logged and lives only as long as it is needed.
package struct PayoutOrder: Sendable {
  package var key: PayoutKey
  package var amount: Money
  /// nil: the platform's own reference, which only a channel that knows the platform's references can pay.
  package var rail: Rail?
  /// Number or wallet account; of a reference, the reference.
  package var number: String
  /// Empty for a reference.
  package var holderName: String
  /// Short name of the bank; empty where it is not known.
  package var bank: String
  package var speed: Speed

  package init(
    key: PayoutKey, amount: Money, rail: Rail?, number: String, holderName: String, bank: String, speed: Speed
  ) {
    self.key = key
    self.amount = amount
    self.rail = rail
    self.number = number
    self.holderName = holderName
    self.bank = bank
    self.speed = speed
  }
}

/// Private data: a description would put it into logs.
extension PayoutOrder: CustomStringConvertible, CustomReflectable {
  package var description: String { "<order \(key)>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a request cannot be made from an order. It counts as a failure of the payee's data; nothing was sent.
package struct PrepareDefect: Error, Hashable, Sendable {
  package var reason: PayoutReason
  /// For people; without anything private.
  package var message: String
  package init(_ reason: PayoutReason, _ message: String) {
    self.reason = reason
    self.message = message
  }
}

/// What is sent, or asked about.
package struct SentRequest: Sendable {
  package var key: PayoutKey
  package var amount: Money
  /// As `prepare` made it.
  package var body: [UInt8]
  /// It may have been sent before, by this process or a former one: what the channel says of this send is no word on that one.
  package var isRepeated: Bool
  package init(key: PayoutKey, amount: Money, body: [UInt8], isRepeated: Bool = false) {
    self.key = key
    self.amount = amount
    self.body = body
    self.isRepeated = isRepeated
  }
}

extension SentRequest: CustomStringConvertible, CustomReflectable {
  package var description: String { "<request \(key)>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// What a channel says. Whatever is not clearly one of the others is `unknown`; never is an unknown code a failure.
package enum ChannelAnswer: Sendable, Hashable {
  /// Proof that this money is out.
  case paid(Proof)
  /// It works on it.
  case accepted(reference: String)
  /// The payee has to confirm, until then; with a text that the payee's application needs for it, where the channel gives one.
  case waiting(reference: String, until: Timestamp?, confirmation: String? = nil)
  /// Proof that no money moved and none will under this key.
  case failed(Failure)
  /// Proof that the money was out and has come back: nothing is out under this key, and nothing will be.
  case returned(Return)
  /// No answer, or one that proves nothing.
  case unknown(code: String, message: String)
  /// Of a query: the channel does not know the key. No proof of anything.
  case notFound

  package struct Proof: Sendable, Hashable {
    package var amount: Money
    /// The channel's own number of the payment; for banks the clearing serial (网联).
    package var reference: String
    /// Minor units that the channel takes.
    package var feeMinorUnits: Int64
    /// The rail tells whom it paid, and that is not our payee.
    package var payeeDiffers: Bool
    package init(amount: Money, reference: String, feeMinorUnits: Int64, payeeDiffers: Bool = false) {
      self.amount = amount
      self.reference = reference
      self.feeMinorUnits = feeMinorUnits
      self.payeeDiffers = payeeDiffers
    }
  }

  package struct Return: Sendable, Hashable {
    /// What came back.
    package var amount: Money
    package var reference: String
    /// As the channel gave it.
    package var code: String
    package init(amount: Money, reference: String, code: String) {
      self.amount = amount
      self.reference = reference
      self.code = code
    }
  }

  package struct Failure: Sendable, Hashable {
    package var kind: FailureKind
    package var reason: PayoutReason
    /// As the channel gave it.
    package var code: String
    package var message: String
    package init(_ kind: FailureKind, _ reason: PayoutReason, code: String, message: String = "") {
      self.kind = kind
      self.reason = reason
      self.code = code
      self.message = message
    }
  }
}

/// What comes after a proven failure: the last column of each channel's table of codes.
package enum FailureKind: Sendable, Hashable, CaseIterable {
  /// The payee's data are wrong: somebody has to mend them.
  case payee
  /// Technical: this channel may try again.
  case tryAgain
  /// Technical: another channel should.
  case tryElsewhere
  /// This payout will not be made by anybody.
  case refused
  /// Our cancel was done.
  case cancelled
  /// The payee did not confirm in time.
  case lapsed
}

/// A callback as it came in.
package struct RawNotification: Sendable {
  /// Lower-case names.
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]
  package var receivedAt: Timestamp
  package init(headers: [(name: String, value: String)], body: [UInt8], receivedAt: Timestamp) {
    self.headers = headers
    self.body = body
    self.receivedAt = receivedAt
  }
  package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

package struct ChannelNotification: Sendable, Hashable {
  package var key: PayoutKey
  /// The same for the same event, however often it is told; it is remembered against replays.
  package var id: String
  /// What has to be answered, in the channel's own format.
  package var reply: Reply
  package struct Reply: Sendable, Hashable {
    package var status: Int
    package var contentType: String
    package var body: [UInt8]
    package init(status: Int, contentType: String, body: [UInt8]) {
      self.status = status
      self.contentType = contentType
      self.body = body
    }
  }
  package init(key: PayoutKey, id: String, reply: Reply) {
    self.key = key
    self.id = id
    self.reply = reply
  }
}

package enum NotificationDefect: Error, Hashable, Sendable {
  /// The channel has no callbacks.
  case notSupported
  case signature
  /// Older or newer than the channel's window.
  case stale
  case malformed(String)
  /// Not one of our keys.
  case unknownKey(String)
}

/// One line of a channel's statement.
package struct StatementLine: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case paid
    case returned(code: String)
  }
  package var key: PayoutKey
  package var kind: Kind
  package var amount: Money
  package var reference: String
  package init(key: PayoutKey, kind: Kind, amount: Money, reference: String) {
    self.key = key
    self.kind = kind
    self.amount = amount
    self.reference = reference
  }
}

package enum StatementFailure: Error, Hashable, Sendable {
  case notSupported
  /// Not there yet, or no answer: ask again later.
  case unavailable(String)
  case malformed(String)
}
