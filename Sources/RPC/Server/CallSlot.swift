internal import HTTPStreams

/// One stream of a connection as the server sees it. Slots are used again, with their memory.
///
/// ```
/// vacant -> receiving -> pending   -> ended -> vacant
///        \-------------> streaming -/
/// ```
/// `closed` leads back to vacant from everywhere; a failure or a passed deadline leads to ended from everywhere.
struct CallSlot {
  enum Phase {
    /// No stream.
    case vacant
    /// The one request message is on its way.
    case receiving
    /// A unary handler has the message and owes the answer.
    case pending
    /// A task serves the call.
    case streaming(AsyncCall)
    /// Our side has ended; what still comes is dropped.
    case ended
  }

  static let noDeadline = Int64.max

  var generation: UInt32 = 0
  var phase = Phase.vacant
  var method: RPCMethod?
  /// Response headers have gone out.
  var hasSentHead = false
  /// Body bytes whose flow-control window has not been given back, because they wait for the handler.
  var withheldBytes = 0
  /// What the unary handler wants back when it is cancelled.
  var token: UInt64 = 0
  var deadline = noDeadline
  /// When the call began; kept for interceptors only.
  var startedAt: Int64 = 0
  var reader = MessageReader()
  var metadata = ReceivedHeaders()

  var isReceiving: Bool { if case .receiving = phase { true } else { false } }
  var isPending: Bool { if case .pending = phase { true } else { false } }
  var isEnded: Bool { if case .ended = phase { true } else { false } }
  var isVacant: Bool { if case .vacant = phase { true } else { false } }
  var asyncCall: AsyncCall? { if case .streaming(let call) = phase { call } else { nil } }

  mutating func begin(_ generation: UInt32) {
    self.generation = generation
    self.phase = .receiving
  }

  mutating func vacate() {
    phase = .vacant
    method = nil
    token = 0
    hasSentHead = false
    withheldBytes = 0
    deadline = Self.noDeadline
    reader = MessageReader()
    metadata.removeAll()
  }
}
