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

/// The slots of a connection, in chunks that stay where they are until the connection goes.
///
/// Pointers, because a call is touched a dozen times per request: an array in a class would be checked for exclusive
/// access and retained each time. They never leave `ServerConnection`, which owns the table; a pointer to a slot whose
/// call is over is still a pointer to a slot.
struct CallSlots: ~Copyable {
  typealias Pointer = UnsafeMutablePointer<CallSlot>

  private static let chunkCount = 16
  private var chunks: [Pointer] = []

  deinit {
    for chunk in chunks {
      chunk.deinitialize(count: Self.chunkCount)
      chunk.deallocate()
    }
  }

  subscript(_ index: Int) -> Pointer? {
    let chunk = index / Self.chunkCount
    return chunk < chunks.count ? chunks[chunk] + index % Self.chunkCount : nil
  }

  /// The slot of that index; the table grows to have it. Indices are dense and bounded by the streams of a connection.
  mutating func make(_ index: Int) -> Pointer {
    while chunks.count <= index / Self.chunkCount {
      let chunk = Pointer.allocate(capacity: Self.chunkCount)
      chunk.initialize(repeating: CallSlot(), count: Self.chunkCount)
      chunks.append(chunk)
    }
    return chunks[index / Self.chunkCount] + index % Self.chunkCount
  }
}
