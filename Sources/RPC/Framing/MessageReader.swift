/// Takes a stream's bytes apart into messages: 1 byte compressed flag, 4 bytes big-endian length, the message
/// (PROTOCOL-HTTP2.md, "Length-Prefixed-Message"). The length is only a claim: it is checked against the limit at the
/// fifth byte, and memory is taken as bytes arrive.
struct MessageReader {
  static let prefixByteCount = 5

  enum Outcome {
    /// All bytes were taken; no message is complete.
    case incomplete
    /// A message is complete in `takeMessage()`; bytes from `next` on have not been looked at.
    case message(next: Int)
    case failed(RPCStatus)
  }

  /// What is between two messages when the stream ends is a cut message.
  var isBetweenMessages: Bool { prefixCount == 0 }
  /// A message waits for `takeMessage()`.
  var isComplete: Bool { prefixCount == Self.prefixByteCount && message.count == expected }
  /// Bytes of the message in memory.
  var bufferedBytes: Int { message.count }

  private var prefix: UInt64 = 0
  private var prefixCount = 0
  private var expected = 0
  private var message: [UInt8] = []

  /// Reads the prefix at the start of `bytes`, when a whole message and nothing else is there: the common case, in which
  /// nothing is copied.
  static func wholeMessage(_ bytes: RawSpan, limit: Int) -> Bool {
    guard bytes.byteCount >= prefixByteCount, bytes.byteCount - prefixByteCount <= limit else { return false }
    let (flag, length) = readPrefix(bytes)
    return flag == 0 && length == bytes.byteCount - prefixByteCount
  }

  /// Needs five bytes.
  private static func readPrefix(_ bytes: RawSpan) -> (flag: UInt8, length: Int) {
    bytes.withUnsafeBytes { raw in
      (raw[0], Int(UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: 1, as: UInt32.self))))
    }
  }

  mutating func read(_ bytes: RawSpan, from start: Int, limit: Int) -> Outcome {
    bytes.withUnsafeBytes { raw in
      var index = start
      while prefixCount < Self.prefixByteCount {
        guard index < raw.count else { return .incomplete }
        prefix = prefix << 8 | UInt64(raw[index])
        prefixCount += 1
        index += 1
        if prefixCount == Self.prefixByteCount, let failure = acceptPrefix(limit: limit) { return .failed(failure) }
      }
      let taken = min(expected - message.count, raw.count - index)
      message.append(contentsOf: raw[index..<(index + taken)])
      return message.count == expected ? .message(next: index + taken) : .incomplete
    }
  }

  /// The complete message; the reader starts anew.
  mutating func takeMessage() -> [UInt8] {
    let taken = message
    self = MessageReader()
    return taken
  }

  private mutating func acceptPrefix(limit: Int) -> RPCStatus? {
    let flag = prefix >> 32
    expected = Int(prefix & 0xffff_ffff)
    prefix = 0
    switch flag {
    case 0: break
    case 1:
      return RPCStatus(.internal, "the message is marked as compressed, but the call named no compression")
    default: return RPCStatus(.internal, "the compressed flag of the message is \(flag); it must be 0 or 1")
    }
    guard expected <= limit else {
      return RPCStatus(.resourceExhausted, "the message has \(expected) bytes; the limit is \(limit)")
    }
    return nil
  }
}

/// The prefix of a message to send, never compressed.
struct MessagePrefix {
  let messageByteCount: Int

  func append(to bytes: inout [UInt8]) {
    let length = UInt32(clamping: messageByteCount)
    bytes.append(0)
    bytes.append(UInt8(truncatingIfNeeded: length >> 24))
    bytes.append(UInt8(truncatingIfNeeded: length >> 16))
    bytes.append(UInt8(truncatingIfNeeded: length >> 8))
    bytes.append(UInt8(truncatingIfNeeded: length))
  }
}
