/// Finds YAML anchors and aliases before the text is parsed: the parser would already have put the aliases' trees in
/// their places, and compares keys by walking through them.
///
/// It finds every one of them, and now and then a text that only looks like one (`"a &b"` in quotes): that costs an author
/// a rewording. Lines that are comments from their first character on are not looked at, unless a quote in them could
/// mean that they stand inside a text.
enum AnchorScan {
  /// From 1; nil: there is none.
  static func firstLine(in text: String) -> Int? {
    var line = 1
    var before = UInt8(ascii: "\n")
    var isIndent = true
    var isComment = false
    var hasQuote = false
    var mark: UInt8?
    for byte in text.utf8 {
      // A name follows the mark at once, and no letter or digit stands before it.
      if mark != nil, isNameByte(byte), !isComment || hasQuote { return line }
      mark = (byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*")) && !isLetterOrDigit(before) ? byte : nil
      switch byte {
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        if byte == UInt8(ascii: "\n") { line += 1 }
        isIndent = true
        isComment = false
        hasQuote = false
      case UInt8(ascii: " "), UInt8(ascii: "\t"):
        break
      case UInt8(ascii: "#"):
        if isIndent { isComment = true }
        isIndent = false
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        hasQuote = true
        isIndent = false
      default:
        isIndent = false
        // U+0085, U+2028 and U+2029 end lines for YAML 1.1; rather than know them here, no comment hides what follows
        // anything but ASCII that could be one.
        if byte == 0xC2 || byte == 0xE2 { hasQuote = true }
      }
      before = byte
    }
    return nil
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"):
      true
    default: false
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
  }
}
