/// google.rpc.Status as bytes: {1: int32 code, 2: string message, 3: repeated google.protobuf.Any {1: type_url,
/// 2: bytes value}}. Written by hand because the generated type holds the bytes of an Any as Foundation's Data.
enum StatusWire {
  private static let codeTag: UInt8 = 1 << 3
  private static let detailTag: UInt8 = 3 << 3 | 2
  private static let typeURLTag: UInt8 = 1 << 3 | 2
  private static let valueTag: UInt8 = 2 << 3 | 2

  static func encode(_ status: RPCStatus) -> [UInt8] {
    var out: [UInt8] = []
    if status.code != .ok { out += [codeTag, status.code.rawValue] }
    if !status.message.isEmpty { WireFormat.append(Array(status.message.utf8), field: 2, to: &out) }
    for detail in status.details {
      var any: [UInt8] = []
      WireFormat.append(Array(detail.typeURL.utf8), field: 1, to: &any)
      WireFormat.append(detail.value, field: 2, to: &any)
      WireFormat.append(any, field: 3, to: &out)
    }
    return out
  }

  /// The details of an encoded google.rpc.Status; what cannot be read is left out.
  static func decodeDetails(_ bytes: [UInt8]) -> [StatusDetail] {
    var details: [StatusDetail] = []
    forEachField(bytes[...]) { tag, any in
      guard tag == detailTag else { return }
      var typeURL = ""
      var value: [UInt8] = []
      forEachField(any) { tag, field in
        switch tag {
        case typeURLTag: typeURL = String(decoding: field, as: UTF8.self)
        case valueTag: value = Array(field)
        default: break
        }
      }
      details.append(StatusDetail(typeURL: typeURL, value: value))
    }
    return details
  }

  /// Walks the length-delimited and varint fields with one-byte tags; stops at anything else.
  private static func forEachField(_ bytes: ArraySlice<UInt8>, _ body: (UInt8, ArraySlice<UInt8>) -> Void) {
    var rest = bytes
    while let tag = rest.popFirst() {
      guard let number = varint(&rest) else { return }
      switch tag & 7 {
      case 0: continue
      case 2:
        guard number <= UInt64(rest.count) else { return }
        body(tag, rest.prefix(Int(number)))
        rest = rest.dropFirst(Int(number))
      default: return
      }
    }
  }

  private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      value |= UInt64(byte & 0x7f) << shift
      if byte & 0x80 == 0 { return value }
    }
    return nil
  }
}

/// The little of protobuf's encoding that is written by hand here.
enum WireFormat {
  /// A length-delimited field; `field` is at most 15, so that its tag is one byte.
  static func append(_ bytes: [UInt8], field: UInt8, to out: inout [UInt8]) {
    out.append(field << 3 | 2)
    var count = UInt64(bytes.count)
    while count >= 0x80 {
      out.append(UInt8(truncatingIfNeeded: count) | 0x80)
      count >>= 7
    }
    out.append(UInt8(truncatingIfNeeded: count))
    out += bytes
  }
}
