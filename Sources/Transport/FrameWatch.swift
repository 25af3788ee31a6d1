import HTTPStreams

/// Walks over the frame headers of what the peer sends, beside nghttp2, which tells neither how many frames bring nothing
/// nor that one never ends. Costs nine bytes of work per frame.
struct FrameWatch {
  enum Verdict { case fine, flooded }

  /// RFC 9113 section 6.
  private enum FrameType {
    static let data: UInt8 = 0x0
    static let headers: UInt8 = 0x1
    static let resetStream: UInt8 = 0x3
    static let pushPromise: UInt8 = 0x5
    static let goaway: UInt8 = 0x7
    static let continuation: UInt8 = 0x9
  }
  private static let flagEndStream: UInt8 = 0x1
  private static let flagEndHeaders: UInt8 = 0x4
  private static let flagPadded: UInt8 = 0x8
  private static let prefaceBytes = 24
  private static let frameHeaderBytes = 9
  /// A padded frame may carry so many bytes without one of content.
  private static let paddingBytesMax = 256
  /// Honest downloads answer DATA with WINDOW_UPDATE and the odd PING.
  private static let creditPerProgress = 4

  private let burst: Int
  private var tokens: Int
  private var skip: Int
  private var header: (count: Int, length: Int, type: UInt8, flags: UInt8) = (0, 0, 0, 0)
  private var blockIsOpen = false
  private var unitsEnded: UInt64 = 0
  private var unfinishedUnit: UInt64 = .max
  /// When the frame or header block that is still arriving began, in coarse time.
  private(set) var unfinishedSince: MonotonicInstant?

  init(expectsPreface: Bool, burst: Int) {
    self.burst = burst
    tokens = burst
    skip = expectsPreface ? Self.prefaceBytes : 0
  }

  mutating func scan(_ bytes: UnsafeRawBufferPointer, now: MonotonicInstant) -> Verdict {
    var at = 0
    let end = bytes.count
    while at < end {
      if skip > 0 {
        let step = min(skip, end - at)
        skip -= step
        at += step
        if skip == 0, !blockIsOpen { unitsEnded &+= 1 }
        continue
      }
      if header.count == 0, end - at >= Self.frameHeaderBytes {
        header.length = Int(bytes[at]) << 16 | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2])
        header.type = bytes[at + 3]
        header.flags = bytes[at + 4]
        at += Self.frameHeaderBytes
      } else {
        let byte = bytes[at]
        at += 1
        switch header.count {
        case 0: header.length = Int(byte) << 16
        case 1: header.length |= Int(byte) << 8
        case 2: header.length |= Int(byte)
        case 3: header.type = byte
        case 4: header.flags = byte
        default: break
        }
        header.count += 1
        if header.count < Self.frameHeaderBytes { continue }
        header.count = 0
      }
      begin()
      if tokens < 0 { return .flooded }
    }
    if skip > 0 || header.count > 0 || blockIsOpen {
      if unfinishedUnit != unitsEnded {
        unfinishedUnit = unitsEnded
        unfinishedSince = now
      }
    } else {
      unfinishedSince = nil
    }
    return .fine
  }

  /// Bytes of a response went out: what the peer sends because of them is no flood.
  mutating func sentBody() { tokens = min(burst, tokens + Self.creditPerProgress) }

  mutating func refill(_ count: Int) { tokens = min(burst, tokens + count) }

  private mutating func begin() {
    skip = header.length
    switch header.type {
    case FrameType.headers, FrameType.pushPromise:
      blockIsOpen = header.flags & Self.flagEndHeaders == 0
      progress()
    case FrameType.continuation:
      // Limited by nghttp2 (number) and by us (bytes).
      if header.flags & Self.flagEndHeaders != 0 { blockIsOpen = false }
    case FrameType.data:
      let padded = header.flags & Self.flagPadded != 0
      let hasContent = header.length > (padded ? Self.paddingBytesMax : 0)
      if hasContent || header.flags & Self.flagEndStream != 0 { progress() } else { tokens -= 1 }
    case FrameType.resetStream, FrameType.goaway: break
    default: tokens -= 1
    }
    if skip == 0, !blockIsOpen { unitsEnded &+= 1 }
  }

  private mutating func progress() { tokens = min(burst, tokens + Self.creditPerProgress) }
}
