internal import Foundation
internal import FoundationXML

/// An element of a bank's file.
struct BankElement {
  var name: String
  var line: Int
  /// Attribute `Ccy`; empty where there is none.
  var currency = ""
  /// Without white space at both ends.
  var text = ""
  var children: [BankElement] = []

  func child(_ name: String) -> BankElement? { children.first { $0.name == name } }
  func children(_ name: String) -> [BankElement] { children.filter { $0.name == name } }

  /// The first child's first child and so on.
  func at(_ path: String...) -> BankElement? {
    var element = self
    for name in path {
      guard let child = element.child(name) else { return nil }
      element = child
    }
    return element
  }
}

/// Why a bank's file is not believed, and on which line; 0 where no line is to blame.
struct BankXMLDefect: Error, Hashable, Sendable {
  var line: Int
  var finding: String
  /// It is about this file of ours, which is not here: our directory is the older one.
  var missing: MessageID?
}

/// Reads XML that may be anything. Whatever could make more of the file than its bytes (document types, entities, other
/// encodings) is refused before the parser sees it.
enum BankXML {
  /// 20,000 transfers with all that banks add to each.
  static let bytesMaximum = 32 << 20
  /// The messages need 14.
  static let depthMaximum = 32
  /// At some 100 bytes of memory each.
  static let elementsMaximum = 1_000_000
  /// The longest text of the schemas has 500 characters (Max500Text).
  static let textBytesMaximum = 2_048

  /// - Returns: the root and its namespace.
  static func read(_ bytes: [UInt8]) throws(BankXMLDefect) -> (root: BankElement, namespace: String) {
    guard bytes.count <= bytesMaximum else {
      throw BankXMLDefect(line: 0, finding: "\(bytes.count) bytes; at most \(bytesMaximum) are read")
    }
    guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else {
      throw BankXMLDefect(line: 0, finding: "not in UTF-8")
    }
    guard declaresNothing(bytes) else {
      throw BankXMLDefect(line: 0, finding: "a document type, an entity or another encoding is declared")
    }
    let reader = BankXMLReader()
    let parser = XMLParser(data: Data(bytes))
    parser.shouldProcessNamespaces = true
    parser.shouldResolveExternalEntities = false
    parser.delegate = reader
    let isWellFormed = parser.parse()
    if let defect = reader.defect { throw defect }
    guard isWellFormed, let root = reader.root else {
      throw BankXMLDefect(line: parser.lineNumber, finding: "not well-formed XML")
    }
    return (root, reader.namespace)
  }

  private static func declaresNothing(_ bytes: [UInt8]) -> Bool {
    // "<!" begins comments and CDATA as well; only these two may follow it.
    var index = 0
    while let found = bytes[index...].firstIndex(of: UInt8(ascii: "<")) {
      index = found + 1
      guard index < bytes.count, bytes[index] == UInt8(ascii: "!") else { continue }
      let rest = bytes[(index + 1)...]
      guard rest.starts(with: "--".utf8) || rest.starts(with: "[CDATA[".utf8) else { return false }
    }
    guard bytes.starts(with: "<?xml".utf8), let end = bytes.firstIndex(of: UInt8(ascii: ">")) else { return true }
    let declaration = String(decoding: bytes[...end], as: UTF8.self).lowercased()
    return !declaration.contains("encoding") || declaration.contains("\"utf-8\"") || declaration.contains("'utf-8'")
  }
}

/// What the parser calls. It keeps to the limits, and stops the parser at the first defect.
private final class BankXMLReader: NSObject, XMLParserDelegate {
  private var open: [BankElement] = []
  private var count = 0
  private(set) var root: BankElement?
  private(set) var namespace = ""
  private(set) var defect: BankXMLDefect?

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    guard defect == nil else { return }
    count += 1
    if count > BankXML.elementsMaximum { return fail(parser, "more than \(BankXML.elementsMaximum) elements") }
    if open.count >= BankXML.depthMaximum { return fail(parser, "more than \(BankXML.depthMaximum) levels deep") }
    if open.isEmpty {
      namespace = namespaceURI ?? ""
    } else if namespaceURI ?? "" != namespace, !open.contains(where: { $0.name == "SplmtryData" }) {
      return fail(parser, "element \(name.prefix(BankText.idMaximum)) is of another namespace")
    }
    open.append(BankElement(name: name, line: parser.lineNumber, currency: attributes["Ccy"] ?? ""))
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    guard defect == nil, let last = open.indices.last else { return }
    if open[last].text.utf8.count + text.utf8.count > BankXML.textBytesMaximum {
      // White space between elements is not text; only the whole tells.
      open[last].text = trimmed(open[last].text + text)
      if open[last].text.utf8.count > BankXML.textBytesMaximum {
        return fail(parser, "a text of more than \(BankXML.textBytesMaximum) bytes")
      }
    } else {
      open[last].text += text
    }
  }

  func parser(_ parser: XMLParser, foundCDATA block: Data) {
    self.parser(parser, foundCharacters: String(decoding: block, as: UTF8.self))
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    guard defect == nil, var element = open.popLast() else { return }
    element.text = trimmed(element.text)
    if open.isEmpty {
      root = element
    } else {
      open[open.count - 1].children.append(element)
    }
  }

  private func fail(_ parser: XMLParser, _ finding: String) {
    defect = BankXMLDefect(line: parser.lineNumber, finding: finding)
    parser.abortParsing()
  }

  private func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
}
