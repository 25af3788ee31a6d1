/// Messages in order, first in, first out, with their size. Taking one costs the same however many wait.
struct MessageQueue {
  private var messages: [[UInt8]] = []
  private var first = 0
  /// Bytes of the messages and their prefixes, as flow control counts them.
  private(set) var windowBytes = 0

  var isEmpty: Bool { first == messages.count }

  mutating func append(_ message: [UInt8]) {
    messages.append(message)
    windowBytes += message.count + MessageReader.prefixByteCount
  }

  mutating func popFirst() -> [UInt8]? {
    guard first < messages.count else { return nil }
    var message: [UInt8] = []
    swap(&message, &messages[first])
    first += 1
    windowBytes -= message.count + MessageReader.prefixByteCount
    if first * 2 > messages.count {
      messages.removeFirst(first)
      first = 0
    }
    return message
  }

  mutating func takeAll() -> [[UInt8]] {
    let rest = Array(messages[first...])
    self = MessageQueue()
    return rest
  }
}
