import ArgumentParser
import SettlementClient

/// Which server, and as whom. Flags come first, then the environment.
struct ConnectionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Server to call (or SETTLE_SERVER).", valueName: "host:port"))
  var server: String?

  @Option(help: ArgumentHelp("PEM file of the authority that signed the server (or SETTLE_CA).", valueName: "file"))
  var ca: String?

  @Option(help: ArgumentHelp("PEM file of the client's certificate (or SETTLE_CERT).", valueName: "file"))
  var cert: String?

  @Option(help: ArgumentHelp("PEM file of the client's key (or SETTLE_KEY).", valueName: "file"))
  var key: String?

  @Option(help: ArgumentHelp("How long to try, retries included, 1 to 86400.", valueName: "seconds"))
  var timeout: Int = 30

  @Flag(help: "Print one line of JSON instead of text.")
  var json = false

  func validate() throws {
    guard (1...86_400).contains(timeout) else {
      throw ValidationError("--timeout is \(timeout); it must be 1 to 86400 seconds.")
    }
  }

  func settings(environment: (String) -> String? = Environment.value) throws(Failure) -> ConnectionSettings {
    let address = try Self.value(server, "--server", "SETTLE_SERVER", environment)
    guard let endpoint = Endpoint(argument: address), endpoint.port > 0 else {
      throw Failure(
        .badUsage, "the server \"\(address)\" is not HOST:PORT",
        advice: "Write it like localhost:7443 or [::1]:7443, in --server or SETTLE_SERVER.")
    }
    return ConnectionSettings(
      server: endpoint,
      authorityPath: try Self.value(ca, "--ca", "SETTLE_CA", environment),
      certificatePath: try Self.value(cert, "--cert", "SETTLE_CERT", environment),
      keyPath: try Self.value(key, "--key", "SETTLE_KEY", environment),
      timeoutSeconds: timeout)
  }

  private static func value(
    _ flag: String?, _ flagName: String, _ variable: String, _ environment: (String) -> String?
  ) throws(Failure) -> String {
    if let flag { return flag }
    // An empty variable is how shells unset one for a single command.
    if let value = environment(variable), !value.isEmpty { return value }
    throw Failure(
      .badUsage, "\(flagName) is missing",
      advice: "Give \(flagName) or set \(variable). `settle demo` prints a set of them that works.")
  }

  /// Connects, does the work and closes; what goes wrong is reported and becomes the exit code.
  func withClient(_ work: (SettlementClient, Output) async throws -> Void) async throws {
    try await Console.reportingFailures(json: json) {
      let client = try settings().makeClient()
      do {
        try await work(client, Output(style: json ? .json : .text))
        await client.close()
      } catch let error as SettlementError {
        await client.close()
        throw Failure(error)
      }
    }
  }
}

struct ConnectionSettings: Hashable, Sendable {
  let server: Endpoint
  let authorityPath: String
  let certificatePath: String
  let keyPath: String
  let timeoutSeconds: Int
}
