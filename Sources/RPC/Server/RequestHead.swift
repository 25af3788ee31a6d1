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
    guard value.starts(with: expected) else { return false }
    return value.count == count || value[count] == UInt8(ascii: "+") || value[count] == UInt8(ascii: ";")
  }

  private enum KnownField {
    case path, method, te, contentType, timeout, encoding, ignored, custom

    init(_ name: UnsafeRawBufferPointer) {
      switch name.count {
      case 2 where name.equals("te"): self = .te
      case 5 where name.equals(":path"): self = .path
      case 7 where name.equals(":method"): self = .method
      case 12 where name.equals("content-type"): self = .contentType
      case 12 where name.equals("grpc-timeout"): self = .timeout
      case 13 where name.equals("grpc-encoding"): self = .encoding
      case 14 where name.equals("content-length"): self = .ignored
      case 0: self = .ignored
      default: self = name[0] == UInt8(ascii: ":") || name.starts(with: "grpc-") ? .ignored : .custom
      }
    }
  }
}

extension UnsafeRawBufferPointer {
  @inline(__always)
  fileprivate func equals(_ text: StaticString) -> Bool {
    hasSameBytes(as: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  @inline(__always)
  fileprivate func starts(with text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    return self.count >= count && UnsafeRawBufferPointer(rebasing: self[..<count]).equals(text)
  }

  /// Eight bytes at a time: names and paths are compared in every request.
  @inline(__always)
  func hasSameBytes(as other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    var index = 0
    while index + 8 <= count {
      guard
        loadUnaligned(fromByteOffset: index, as: UInt64.self)
          == other.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      else { return false }
      index += 8
    }
    while index < count {
      guard self[index] == other[index] else { return false }
      index += 1
    }
    return true
  }
}
