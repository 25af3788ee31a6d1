/// Lines that leave in large pieces.
struct BufferedLines {
  private static let pieceBytes = 64 << 10
  private var text = ""

  mutating func append(_ line: String) throws(Failure) {
    text += line
    text += "\n"
    if text.utf8.count >= Self.pieceBytes { try flush() }
  }

  mutating func flush() throws(Failure) {
    try Console.result(text)
    text.removeAll(keepingCapacity: true)
  }
}
