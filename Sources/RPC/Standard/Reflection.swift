internal import GRPCProto
internal import SwiftProtobuf

extension Routes {
  private static let reflectionPaths = [
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    // For older tools; the messages have the same shape, so that one implementation serves both.
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
  ]

  /// Serves the standard reflection service: lists the services of these routes and describes what `pool` knows. Add it
  /// last: it lists what has been added before.
  package mutating func addReflection(_ pool: DescriptorPool) {
    let own = Self.reflectionPaths.compactMap { $0.split(separator: "/").first.map(String.init) }
    let reflection = Reflection(services: Set(serviceNames + own).sorted(), pool: pool)
    for path in Self.reflectionPaths {
      bidirectional(path, messageLimit: RPCLimits.smallMessageBytes) {
        (
          requests: RequestStream<Grpc_Reflection_V1_ServerReflectionRequest>,
          writer: ResponseWriter<Grpc_Reflection_V1_ServerReflectionResponse>, context
        ) in
        for try await request in requests { try await writer.write(reflection.answer(request)) }
      }
    }
  }
}

private struct Reflection: Sendable {
  let services: [String]
  let pool: DescriptorPool

  func answer(
    _ request: Grpc_Reflection_V1_ServerReflectionRequest
  ) -> Grpc_Reflection_V1_ServerReflectionResponse {
    var response = Grpc_Reflection_V1_ServerReflectionResponse()
    response.validHost = request.host
    response.originalRequest = request
    switch request.messageRequest {
    case .listServices:
      response.listServicesResponse.service = services.map { name in
        var service = Grpc_Reflection_V1_ServiceResponse()
        service.name = name
        return service
      }
    case .fileByFilename(let name):
      response.messageResponse = descriptors(pool.files(named: name), or: "no file \(name)")
    case .fileContainingSymbol(let symbol):
      response.messageResponse = descriptors(pool.files(containing: symbol), or: "no symbol \(symbol)")
    case .fileContainingExtension(let wanted):
      response.messageResponse = .errorResponse(
        error(.notFound, "no extension \(wanted.extensionNumber) of \(wanted.containingType)"))
    case .allExtensionNumbersOfType(let type):
      response.messageResponse = .errorResponse(error(.notFound, "no extensions of \(type)"))
    case nil:
      response.messageResponse = .errorResponse(error(.invalidArgument, "the request asks for nothing"))
    }
    return response
  }

  private func descriptors(
    _ files: [[UInt8]]?, or message: String
  ) -> Grpc_Reflection_V1_ServerReflectionResponse.OneOf_MessageResponse {
    // Made from its wire form, {1: repeated bytes}: the generated property would take Foundation's Data.
    guard let files, let found = try? Grpc_Reflection_V1_FileDescriptorResponse(serializedBytes: repeated(files)) else {
      return .errorResponse(error(.notFound, message))
    }
    return .fileDescriptorResponse(found)
  }

  private func repeated(_ files: [[UInt8]]) -> [UInt8] {
    var out: [UInt8] = []
    for file in files { WireFormat.append(file, field: 1, to: &out) }
    return out
  }

  private func error(_ code: RPCStatus.Code, _ message: String) -> Grpc_Reflection_V1_ErrorResponse {
    var error = Grpc_Reflection_V1_ErrorResponse()
    error.errorCode = Int32(code.rawValue)
    error.errorMessage = message
    return error
  }
}
