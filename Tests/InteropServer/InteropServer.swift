import Foundation
import GRPCProto
import HTTPStreams
import RPC
import Transport

/// Serves grpc.testing.TestService over TLS, so that the public gRPC interoperability clients can be pointed at it.
@main
struct InteropServer {
  static func main() async {
    do {
      try await serve(try Options(CommandLine.arguments.dropFirst()))
    } catch {
      FileHandle.standardError.write(Data("interop-server: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func serve(_ options: Options) async throws {
    let tls = try TLSContext.server(chainFile: options.certificate, keyFile: options.key, clients: .none)
    let loops = Loops()
    let loop = loops.all[0]
    let server = LoopBound(RPCServer(loop: loop, routes: try routes()), on: loop)
    let listening = try await Server.start(
      host: options.host, port: options.port, configuration: ServerConfiguration(tls: tls), loops: loops
    ) { connection in server.value.accept(connection) }
    print("listening on \(listening.host):\(listening.port)")
    fflush(nil)
    await terminationSignal()
    await listening.drain()
    await loops.shutdown()
  }

  private static func routes() throws -> Routes {
    let health = HealthService()
    health.set(.serving)
    health.set(.serving, for: "grpc.testing.TestService")
    var routes = Routes()
    TestService.addMethods(to: &routes)
    routes.addHealth(health)
    routes.addReflection(
      try DescriptorPool(base64: [GRPCDescriptors.fileDescriptorSet, TestingDescriptors.fileDescriptorSet]))
    return routes
  }

  /// Returns at SIGTERM or SIGINT.
  private static func terminationSignal() async {
    let (signals, continuation) = AsyncStream<Void>.makeStream()
    let sources = [SIGTERM, SIGINT].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { continuation.yield() }
      source.resume()
      return source
    }
    for await _ in signals { break }
    for source in sources { source.cancel() }
  }
}

private struct Options {
  var host = "127.0.0.1"
  var port = 0
  var certificate = ""
  var key = ""

  struct Usage: Error, CustomStringConvertible {
    let problem: String
    var description: String {
      "\(problem)\nusage: interop-server --tls-cert FILE --tls-key FILE [--port PORT] [--host ADDRESS]"
    }
  }

  init(_ arguments: ArraySlice<String>) throws {
    var rest = arguments
    while let flag = rest.popFirst() {
      guard let value = rest.popFirst() else { throw Usage(problem: "\(flag) needs a value") }
      switch flag {
      case "--host": host = value
      case "--port":
        guard let number = UInt16(value) else { throw Usage(problem: "\(value) is not a port") }
        port = Int(number)
      case "--tls-cert": certificate = value
      case "--tls-key": key = value
      default: throw Usage(problem: "\(flag) is not known")
      }
    }
    guard !certificate.isEmpty, !key.isEmpty else { throw Usage(problem: "--tls-cert and --tls-key are needed") }
  }
}
