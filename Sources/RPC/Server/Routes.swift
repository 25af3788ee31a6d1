/// One method that a server offers.
package final class RPCMethod {
  /// "/package.Service/Method", as on the wire.
  package let path: String
  package let messageLimit: Int
  let handler: Handler
  fileprivate let pathBytes: [UInt8]
  fileprivate let pathHash: UInt64

  enum Handler {
    case unary(any UnaryHandler)
    case async(AsyncMethod)
  }

  init(path: String, messageLimit: Int, handler: Handler) {
    self.path = path
    self.messageLimit = messageLimit
    self.handler = handler
    pathBytes = Array(path.utf8)
    pathHash = pathBytes.withUnsafeBytes { Router.hash($0) }
  }
}

/// The methods of a server, collected before it is made. Handlers belong to one loop, and so do routes.
package struct Routes {
  private(set) var methods: [RPCMethod] = []

  package init() {}

  /// `path` is "/package.Service/Method"; a path given twice is served by the last one.
  package mutating func unary(
    _ path: String, messageLimit: Int = RPCLimits().messageBytes, handler: any UnaryHandler
  ) {
    methods.append(RPCMethod(path: path, messageLimit: messageLimit, handler: .unary(handler)))
  }

  mutating func add(_ path: String, _ messageLimit: Int, _ requests: AsyncMethod.Requests) {
    let method = AsyncMethod(requests: requests)
    methods.append(RPCMethod(path: path, messageLimit: messageLimit, handler: .async(method)))
  }

  /// The services that have a method, sorted, for reflection.
  package var serviceNames: [String] {
    let names = methods.compactMap { $0.path.split(separator: "/").first.map(String.init) }
    return Set(names).sorted()
  }
}

/// Finds a method by the bytes of its path, without making a string: open addressing in a table at most half full. It is
/// filled once, so what peers send cannot make it grow or degrade.
struct Router {
  private var table: [RPCMethod?]

  init(_ methods: [RPCMethod]) {
    var capacity = 8
    while capacity < methods.count * 2 { capacity *= 2 }
    table = Array(repeating: nil, count: capacity)
    for method in methods {
      var index = Int(truncatingIfNeeded: method.pathHash) & (capacity - 1)
      while let taken = table[index], taken.path != method.path { index = (index + 1) & (capacity - 1) }
      table[index] = method
    }
  }

  func method(_ path: UnsafeRawBufferPointer) -> RPCMethod? {
    let hash = Self.hash(path)
    var index = Int(truncatingIfNeeded: hash) & (table.count - 1)
    while let method = table[index] {
      if method.pathHash == hash, method.pathBytes.withUnsafeBytes({ $0.hasSameBytes(as: path) }) { return method }
      index = (index + 1) & (table.count - 1)
    }
    return nil
  }

  /// Eight bytes at a time, multiply and fold.
  fileprivate static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = UInt64(truncatingIfNeeded: bytes.count) &* 0x9e37_79b9_7f4a_7c15
    var index = 0
    while index + 8 <= bytes.count {
      hash = fold(hash ^ bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      index += 8
    }
    while index < bytes.count {
      hash = fold(hash ^ UInt64(bytes[index]))
      index += 1
    }
    return hash
  }

  private static func fold(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
    return product.high ^ product.low
  }
}
