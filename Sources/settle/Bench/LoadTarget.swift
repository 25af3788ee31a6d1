import HTTPStreams
import Transport

/// A server to load, and who loads it.
struct LoadTarget: Sendable {
  struct Credentials: Sendable {
    let chainFile: String
    let keyFile: String
  }

  private let host: String
  private let port: Int
  private let tls: TLSContext

  init(server: Endpoint, authorityFile: String, credentials: Credentials?) throws(Failure) {
    host = server.host
    port = Int(server.port)
    do {
      var proof = ClientCredentials.anonymous
      if let credentials {
        proof = .certificate(chainFile: credentials.chainFile, keyFile: credentials.keyFile)
      }
      tls = try TLSContext.client(authorityFile: authorityFile, credentials: proof)
    } catch {
      throw Failure(.unreadableInput, String(describing: error))
    }
  }

  /// Executes `plan` over connections of its own, all on one event loop, which is one thread.
  ///
  /// - Parameters:
  ///   - known: withdrawals that queries and cancels are about.
  ///   - path: of calls that are `raw`.
  func run(
    _ plan: LoadPlan, _ templates: RequestTemplates, known: KnownWithdrawals? = nil, path: String = "/",
    progress: (@Sendable (Int, Int64) -> Void)?
  ) async throws(Failure) -> LoadResult {
    let loops = Loops(count: 1)
    let outcome: Result<LoadResult, Failure>
    do throws(Failure) {
      outcome = .success(try await run(plan, templates, known: known, path: path, progress: progress, on: loops))
    } catch {
      outcome = .failure(error)
    }
    await loops.shutdown()
    return try outcome.get()
  }

  private func run(
    _ plan: LoadPlan, _ templates: RequestTemplates, known: KnownWithdrawals?, path: String,
    progress: (@Sendable (Int, Int64) -> Void)?, on loops: Loops
  ) async throws(Failure) -> LoadResult {
    let loop = loops.all[0]
    let gathered = LoopBound(GatheredConnections(), on: loop)
    var opened: [ClientConnection] = []
    defer { for connection in opened { connection.close() } }
    do {
      for _ in 0..<plan.connections {
        let connection = try await Client.connect(
          host: host, port: port, configuration: ClientConfiguration(tls: tls), loop: loop
        ) { gathered.value.add($0) }
        opened.append(connection)
      }
    } catch {
      throw Failure(
        .unreachable, String(describing: error),
        advice: "Is the server running, and does it trust the authority of this client's certificate?")
    }
    let heads = Call.allCases.map { head(of: $0, rawPath: path) }
    let ids = known ?? KnownWithdrawals(capacity: plan.idsKept)
    return await withCheckedContinuation { continuation in
      loop.execute {
        let run = LoadRun(
          plan, loop: loop, heads: heads, templates: templates,
          serial: SerialNumber(run: UInt64.random(in: 0...UInt64.max)), known: ids, progress: progress
        ) { continuation.resume(returning: $0) }
        run.start(gathered.value.connections)
      }
    }
  }

  private func head(of call: Call, rawPath: String) -> HeaderBlock {
    let authority = "\(host):\(port)"
    switch call {
    case .raw:
      return HeaderBlock([
        ":method": "POST", ":scheme": "https", ":path": rawPath, ":authority": authority,
        "content-type": "application/octet-stream",
      ])
    case .query, .submit, .cancel, .batch, .createAgent, .deposit:
      return HeaderBlock([
        ":method": "POST", ":scheme": "https", ":path": call.path, ":authority": authority, "te": "trailers",
        "content-type": "application/grpc", "user-agent": "settle-bench/\(Settle.version)",
      ])
    }
  }
}

/// The handlers of the connections, in the order in which they came up. Lives on the loop.
private final class GatheredConnections {
  private(set) var connections: [LoadConnection] = []

  func add(_ streams: any StreamConnection) -> LoadConnection {
    let connection = LoadConnection(streams)
    connections.append(connection)
    return connection
  }
}
