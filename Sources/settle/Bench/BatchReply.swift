/// What a BatchSubmitWithdrawalsResponse says of its items, read without building the message: a batch has thousands
/// of them, and only accepted or refused matters here.
struct BatchReply {
  private(set) var accepted = 0
  /// The google.rpc.Status codes of the refused ones.
  private(set) var refused: [Int] = []

  private static let resultsTag = 0x0A
  private static let withdrawalTag = 0x0A
  private static let errorTag = 0x12
  private static let codeTag = 0x08

  /// nil when `message` is not such a response.
  init?(message: ArraySlice<UInt8>) {
    var results = FieldReader(bytes: message)
    while !results.isAtEnd {
      guard results.readVarint() == Self.resultsTag, let body = results.readBlock() else { return nil }
      var result = FieldReader(bytes: body)
      switch result.readVarint() {
      case Self.withdrawalTag: accepted += 1
      case Self.errorTag:
        guard let status = result.readBlock() else { return nil }
        var fields = FieldReader(bytes: status)
        guard fields.readVarint() == Self.codeTag, let code = fields.readVarint(), code >= 0 else { return nil }
        refused.append(code)
      default: return nil
      }
    }
  }
}

/// Walks protobuf fields; nil wherever the bytes end too early or a number does not fit.
private struct FieldReader {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  var isAtEnd: Bool { position == bytes.endIndex }

  mutating func readVarint() -> Int? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard position < bytes.endIndex else { return nil }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return Int(exactly: value) }
    }
    return nil
  }

  mutating func readBlock() -> ArraySlice<UInt8>? {
    guard let count = readVarint(), count <= bytes.endIndex - position else { return nil }
    defer { position += count }
    return bytes[position..<position + count]
  }
}
