internal import HTTPStreams

/// The header blocks of responses; what does not vary is made once.
enum ResponseHeads {
  static let contentType = "application/grpc+proto"

  static let messages = HeaderBlock([":status": "200", "content-type": contentType])
  static let okTrailers = HeaderBlock(["grpc-status": "0"])
  static let unsupportedMediaType = HeaderBlock([":status": "415"])
  static let methodNotAllowed = HeaderBlock([":status": "405", "allow": "POST"])

  /// Peers commonly take 8 KiB of metadata; status and message must get through, details may not.
  private static let messageByteLimit = 1_024
  private static let detailsByteLimit = 4_096

  static func messages(with metadata: Metadata) -> HeaderBlock {
    metadata.isEmpty
      ? messages
      : HeaderBlock(fields([(":status", "200"), ("content-type", contentType)]) + metadata.wireFields)
  }

  static func trailers(_ status: RPCStatus, with metadata: Metadata = Metadata()) -> HeaderBlock {
    status.code == .ok && metadata.isEmpty && status.message.isEmpty
      ? okTrailers : HeaderBlock(statusFields(status) + metadata.wireFields)
  }

  /// The whole response in one block (PROTOCOL-HTTP2.md, "Trailers-Only").
  static func trailersOnly(_ status: RPCStatus, with metadata: Metadata = Metadata()) -> HeaderBlock {
    HeaderBlock(
      fields([(":status", "200"), ("content-type", contentType)]) + statusFields(status) + metadata.wireFields)
  }

  static func unknownEncoding(_ status: RPCStatus) -> HeaderBlock {
    HeaderBlock(
      fields([(":status", "200"), ("content-type", contentType)]) + statusFields(status)
        + fields([("grpc-accept-encoding", "identity")]))
  }

  private static func statusFields(_ status: RPCStatus) -> [(name: String, value: [UInt8])] {
    var list = fields([("grpc-status", String(status.code.rawValue))])
    if !status.message.isEmpty {
      list.append((name: "grpc-message", value: PercentEncoding.encode(cut(status.message))))
    }
    if !status.details.isEmpty {
      let details = StatusWire.encode(status)
      if details.count <= detailsByteLimit {
        list.append((name: "grpc-status-details-bin", value: Base64.encode(details)))
      }
    }
    return list
  }

  private static func cut(_ message: String) -> String {
    guard message.utf8.count > messageByteLimit else { return message }
    var kept = ""
    for character in message {
      if kept.utf8.count + character.utf8.count > messageByteLimit { break }
      kept.append(character)
    }
    return kept
  }

  private static func fields(_ list: [(String, String)]) -> [(name: String, value: [UInt8])] {
    list.map { (name: $0.0, value: Array($0.1.utf8)) }
  }
}
