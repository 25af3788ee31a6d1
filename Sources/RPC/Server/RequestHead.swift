internal import HTTPStreams

/// What the header block of a request asks for (standards: PROTOCOL-HTTP2.md, "Requests").
enum RequestHead {
  case call(RPCMethod, timeoutNanoseconds: Int64?)
  /// Not a gRPC request: an HTTP answer.
  case refusedByHTTP(HeaderBlock)
  case failed(RPCStatus)
  /// A compression that we do not have; the answer says what we have.
  case unknownEncoding(RPCStatus)

  /// Reads the block in one pass; custom fields are copied into `metadata`, whose memory is used again.
  init(_ headers: borrowing ReceivedHeaders, router: Router, metadata: inout ReceivedHeaders) {
    var method: RPCMethod?
    var isPOST = false
    var hasTrailers = false
    var isGRPC = false
    var timeout: ArraySlice<UInt8>?
    var encodingIsKnown = true
    headers.bytes.withUnsafeBytes { bytes in
      for field in headers.fields {
        let name = UnsafeRawBufferPointer(rebasing: bytes[field.name])
        let value = UnsafeRawBufferPointer(rebasing: bytes[field.value])
        switch KnownField(name) {
        case .path: method = router.method(value)
        case .method: isPOST = value.equals("POST")
        case .te: hasTrailers = hasTrailers || value.equals("trailers")
        case .contentType: isGRPC = Self.isGRPC(value)
        case .timeout: timeout = headers.bytes[field.value]
        case .encoding: encodingIsKnown = value.equals("identity")
        case .ignored: continue
        case .custom: metadata.append(name: name, value: value)
        }
      }
    }
    guard isPOST else {
      self = .refusedByHTTP(ResponseHeads.methodNotAllowed)
      return
    }
    guard isGRPC, hasTrailers else {
      self = .refusedByHTTP(ResponseHeads.unsupportedMediaType)
      return
    }
    guard let method else {
      self = .failed(RPCStatus(.unimplemented, "this server has no such method"))
      return
    }
    guard encodingIsKnown else {
      self = .unknownEncoding(RPCStatus(.unimplemented, "this server takes uncompressed messages only"))
      return
    }
    guard let timeout else {
      self = .call(method, timeoutNanoseconds: nil)
      return
    }
    guard let nanoseconds = RequestTimeout.parse(timeout) else {
      self = .failed(RPCStatus(.internal, "grpc-timeout must be 1 to 8 digits and one of H M S m u n"))
      return
    }
    self = .call(method, timeoutNanoseconds: nanoseconds)
  }

  /// "application/grpc" followed by nothing, '+' or ';'.
  private static func isGRPC(_ value: UnsafeRawBufferPointer) -> Bool {
    let expected: StaticString = "application/grpc"
    let count = expected.utf8CodeUnitCount
    guard value.count >= count, UnsafeRawBufferPointer(rebasing: value[..<count]).equals(expected) else { return false }
    return value.count == count || value[count] == UInt8(ascii: "+") || value[count] == UInt8(ascii: ";")
  }

  private enum KnownField {
    case path, method, te, contentType, timeout, encoding, ignored, custom

    init(_ name: UnsafeRawBufferPointer) {
      guard let first = name.first else {
        self = .ignored
        return
      }
      switch first {
      case UInt8(ascii: ":"):
        self = name.equals(":path") ? .path : name.equals(":method") ? .method : .ignored
      case UInt8(ascii: "t"): self = name.equals("te") ? .te : .custom
      case UInt8(ascii: "c"):
        self = name.equals("content-type") ? .contentType : name.equals("content-length") ? .ignored : .custom
      case UInt8(ascii: "g"):
        if name.equals("grpc-timeout") {
          self = .timeout
        } else if name.equals("grpc-encoding") {
          self = .encoding
        } else {
          self = name.count >= 5 && UnsafeRawBufferPointer(rebasing: name[..<5]).equals("grpc-") ? .ignored : .custom
        }
      default: self = .custom
      }
    }
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    return elementsEqual(UnsafeRawBufferPointer(start: text.utf8Start, count: count))
  }
}
