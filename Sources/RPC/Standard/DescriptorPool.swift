internal import SwiftProtobuf

/// Protobuf file descriptors by file name and by the names of what they define.
package struct DescriptorPool: Sendable {
  package enum Failure: Error, CustomStringConvertible {
    case unreadable(index: Int)
    package var description: String {
      switch self {
      case .unreadable(let index):
        "descriptor set \(index) is not a base64 FileDescriptorSet; generate it again (make proto)"
      }
    }
  }

  private struct File {
    /// A serialized google.protobuf.FileDescriptorProto.
    let bytes: [UInt8]
    let imports: [String]
  }

  private var files: [String: File] = [:]
  /// Fully qualified name of a message, enum, service, method, field, oneof or enum value -> file.
  private var fileOfSymbol: [String: String] = [:]
  package private(set) var serviceNames: Set<String> = []

  /// Each set is a serialized google.protobuf.FileDescriptorSet with all imports. A file that is in two sets counts once.
  package init(_ sets: [[UInt8]]) throws(Failure) {
    for (index, bytes) in sets.enumerated() {
      guard let set = try? Google_Protobuf_FileDescriptorSet(serializedBytes: bytes) else {
        throw .unreadable(index: index)
      }
      for file in set.file where files[file.name] == nil {
        guard let bytes: [UInt8] = try? file.serializedBytes() else { throw .unreadable(index: index) }
        files[file.name] = File(bytes: bytes, imports: file.dependency)
        addSymbols(of: file)
      }
    }
  }

  /// The sets as generated code holds them.
  package init(base64 sets: [StaticString]) throws(Failure) {
    var decoded: [[UInt8]] = []
    for (index, set) in sets.enumerated() {
      let text = UnsafeBufferPointer(start: set.utf8Start, count: set.utf8CodeUnitCount)
      guard let bytes = Base64.decode(text) else { throw .unreadable(index: index) }
      decoded.append(bytes)
    }
    try self.init(decoded)
  }

  /// The file and all that it imports, itself first; nil when there is no such file.
  func files(named name: String) -> [[UInt8]]? {
    guard files[name] != nil else { return nil }
    var names = [name]
    var next = 0
    while next < names.count {
      for imported in files[names[next]]?.imports ?? [] where !names.contains(imported) { names.append(imported) }
      next += 1
    }
    return names.compactMap { files[$0]?.bytes }
  }

  func files(containing symbol: String) -> [[UInt8]]? {
    fileOfSymbol[symbol].flatMap { files(named: $0) }
  }

  private mutating func addSymbols(of file: Google_Protobuf_FileDescriptorProto) {
    let scope = file.package
    for message in file.messageType { addSymbols(of: message, in: scope, file: file.name) }
    for enumeration in file.enumType { addSymbols(of: enumeration, in: scope, file: file.name) }
    for item in file.extension { add(item.name, in: scope, file: file.name) }
    for service in file.service {
      let name = add(service.name, in: scope, file: file.name)
      serviceNames.insert(name)
      for method in service.method { add(method.name, in: name, file: file.name) }
    }
  }

  private mutating func addSymbols(of message: Google_Protobuf_DescriptorProto, in scope: String, file: String) {
    let name = add(message.name, in: scope, file: file)
    for field in message.field { add(field.name, in: name, file: file) }
    for oneof in message.oneofDecl { add(oneof.name, in: name, file: file) }
    for item in message.extension { add(item.name, in: name, file: file) }
    for nested in message.nestedType { addSymbols(of: nested, in: name, file: file) }
    for enumeration in message.enumType { addSymbols(of: enumeration, in: name, file: file) }
  }

  /// The values of an enum are named in the scope that the enum itself is in.
  private mutating func addSymbols(
    of enumeration: Google_Protobuf_EnumDescriptorProto, in scope: String, file: String
  ) {
    add(enumeration.name, in: scope, file: file)
    for value in enumeration.value { add(value.name, in: scope, file: file) }
  }

  @discardableResult
  private mutating func add(_ name: String, in scope: String, file: String) -> String {
    let full = scope.isEmpty ? name : "\(scope).\(name)"
    fileOfSymbol[full] = file
    return full
  }
}
