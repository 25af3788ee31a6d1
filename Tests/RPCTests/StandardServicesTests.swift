import GRPCProto
import RPCTesting
import SwiftProtobuf
import Testing

@testable import RPC

/// Health and reflection, through our client. Standard clients drive them in Tests/Interop.
struct StandardServicesTests {
  private func check(_ health: HealthService, _ service: String) async throws -> Result<Int, RPCStatus> {
    var routes = Routes()
    routes.addHealth(health)
    let process = InProcess(routes)
    let client = process.client
    return try await process.loop.drive {
      var request = Grpc_Health_V1_HealthCheckRequest()
      request.service = service
      do {
        let response: Grpc_Health_V1_HealthCheckResponse = try await client.unary(
          "/grpc.health.v1.Health/Check", request)
        return .success(response.status.rawValue)
      } catch let failure as RPCFailure {
        return .failure(failure.status)
      }
    }
  }

  @Test func checksHealth() async throws {
    let health = HealthService()
    #expect(try await check(health, "").get() == 2)
    health.set(.serving)
    health.set(.serving, for: "a.B")
    #expect(try await check(health, "").get() == 1)
    #expect(try await check(health, "a.B").get() == 1)
    health.stop()
    #expect(try await check(health, "a.B").get() == 2)
    guard case .failure(let status) = try await check(health, "no.Such") else {
      Issue.record("an unknown service was found")
      return
    }
    #expect(status.code == .notFound)
  }

  @Test func watchesHealth() async throws {
    let health = HealthService()
    var routes = Routes()
    routes.addHealth(health)
    let process = InProcess(routes)
    let client = process.client
    let seen = try await process.loop.drive {
      var request = Grpc_Health_V1_HealthCheckRequest()
      request.service = "late"
      let responses = try client.serverStreaming(
        "/grpc.health.v1.Health/Watch", request, as: Grpc_Health_V1_HealthCheckResponse.self)
      var seen: [Int] = []
      for try await response in responses {
        seen.append(response.status.rawValue)
        switch seen.count {
        case 1: health.set(.serving, for: "late")
        case 2: health.set(.notServing, for: "late")
        default:
          responses.cancel()
          return seen
        }
      }
      return seen
    }
    #expect(seen == [3, 1, 2])
    await process.loop.wait { process.pipe.server.openStreams == 0 }
    while health.watcherCount > 0 { await Task.yield() }
  }

  private func reflect(
    _ requests: [Grpc_Reflection_V1_ServerReflectionRequest.OneOf_MessageRequest?], version: String = "v1"
  ) async throws -> [Grpc_Reflection_V1_ServerReflectionResponse] {
    var routes = Routes()
    routes.addHealth(HealthService())
    routes.addReflection(try DescriptorPool(base64: [GRPCDescriptors.fileDescriptorSet]))
    let process = InProcess(routes)
    let client = process.client
    return try await process.loop.drive {
      let (writer, responses) = client.bidirectional(
        "/grpc.reflection.\(version).ServerReflection/ServerReflectionInfo",
        Grpc_Reflection_V1_ServerReflectionRequest.self, as: Grpc_Reflection_V1_ServerReflectionResponse.self)
      for request in requests {
        var message = Grpc_Reflection_V1_ServerReflectionRequest()
        message.messageRequest = request
        try await writer.write(message)
      }
      writer.finish()
      var all: [Grpc_Reflection_V1_ServerReflectionResponse] = []
      for try await response in responses { all.append(response) }
      return all
    }
  }

  @Test(arguments: ["v1", "v1alpha"]) func listsServices(_ version: String) async throws {
    let response = try #require(try await reflect([.listServices("*")], version: version).first)
    #expect(
      response.listServicesResponse.service.map(\.name) == [
        "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
      ])
  }

  private func fileNames(_ response: Grpc_Reflection_V1_ServerReflectionResponse) throws -> [String] {
    try response.fileDescriptorResponse.fileDescriptorProto.map {
      try Google_Protobuf_FileDescriptorProto(serializedBytes: $0).name
    }
  }

  @Test(arguments: [
    "grpc.health.v1.Health", "grpc.health.v1.Health.Check", "grpc.health.v1.HealthCheckRequest",
    "grpc.health.v1.HealthCheckRequest.service", "grpc.health.v1.HealthCheckResponse.ServingStatus",
    "grpc.health.v1.HealthCheckResponse.SERVING", "grpc.health.v1.HealthListResponse.StatusesEntry",
  ])
  func findsSymbols(_ symbol: String) async throws {
    let response = try #require(try await reflect([.fileContainingSymbol(symbol)]).first)
    #expect(try fileNames(response) == ["grpc/health/v1/health.proto"])
  }

  @Test func bringsImports() async throws {
    let response = try #require(try await reflect([.fileByFilename("google/rpc/status.proto")]).first)
    #expect(try fileNames(response) == ["google/rpc/status.proto", "google/protobuf/any.proto"])
    #expect(response.originalRequest.fileByFilename == "google/rpc/status.proto")
  }

  @Test func saysWhatIsNotThere() async throws {
    var wanted = Grpc_Reflection_V1_ExtensionRequest()
    wanted.containingType = "a.B"
    let responses = try await reflect([
      .fileByFilename("no.proto"), .fileContainingSymbol("no.Such"), .fileContainingExtension(wanted),
      .allExtensionNumbersOfType("a.B"), nil,
    ])
    #expect(responses.map(\.errorResponse.errorCode) == [5, 5, 5, 5, 3])
  }

  @Test func refusesBrokenDescriptors() {
    #expect(throws: DescriptorPool.Failure.self) { try DescriptorPool([[0xff]]) }
    #expect(throws: DescriptorPool.Failure.self) { try DescriptorPool(base64: ["!"]) }
  }
}
