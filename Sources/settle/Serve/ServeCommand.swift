import ArgumentParser
import Glibc
import Logging

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Run the server.",
    discussion: """
      Prints "listening on HOST:PORT" on standard output when it is ready; logs go to standard error. SIGTERM and SIGINT \
      let calls under way end and close the journal cleanly; a second one ends the process at once. SIGHUP reads the \
      certificates and the rules again, and says that the clock is right after it was found to have jumped.
      """)

  @Option(help: ArgumentHelp("Directory of the ledger; made if it is missing.", valueName: "dir"))
  var data: String

  @Option(help: ArgumentHelp("Address to listen on; port 0 picks a free one.", valueName: "host:port"))
  var listen: Endpoint

  @Option(help: ArgumentHelp("PEM file of the server's certificate chain.", valueName: "file"))
  var tlsCert: String

  @Option(help: ArgumentHelp("PEM file of the server's key.", valueName: "file"))
  var tlsKey: String

  @Option(help: ArgumentHelp("PEM file of the authorities that sign clients.", valueName: "file"))
  var clientCa: String

  @Option(help: "Trust domain of the URI names in client certificates.")
  var domain: TrustDomain = .standard

  @Option(
    help: ArgumentHelp(
      "Business rules: a file, or one of the documents that come with the program, standard or open.",
      valueName: "rules"))
  var rules: RulesChoice = .standard

  @Option(help: ArgumentHelp("Directory of the keys of private data; DATA/keys by default.", valueName: "dir"))
  var keys: String?

  @Option(
    help: ArgumentHelp(
      "File of the master key that wraps them; without it DATA/master.key, which is made if it is missing.",
      valueName: "file"))
  var masterKey: String?

  @Option(
    help: ArgumentHelp(
      "List of payout channels (`settle channel example` prints one); without it approved withdrawals wait.",
      valueName: "file"))
  var channels: String?

  @Flag(help: "Allow simulated channels, which pay nobody.")
  var allowSimulated = false

  @Option(
    help: ArgumentHelp(
      "Address for channels' callbacks (HTTPS, POST /notifications/CHANNEL); without it nobody calls back.",
      valueName: "host:port"))
  var callbacksListen: Endpoint?

  @Option(
    help: ArgumentHelp(
      "Certificate chain for callbacks, of an authority that channels know; by default the server's own.",
      valueName: "file"))
  var callbacksCert: String?

  @Option(help: ArgumentHelp("Its key.", valueName: "file"))
  var callbacksKey: String?

  @Option(
    help: ArgumentHelp(
      "Address for metrics (HTTPS, GET /metrics, Prometheus text, with a certificate of --client-ca).",
      valueName: "host:port"))
  var metricsListen: Endpoint?

  @OptionGroup(title: "Webhooks") var webhooks: WebhookServeFlags

  @Option(help: "Event loops, 1 to 64. One drives some 200,000 requests a second; two keep two cores busier.")
  var loops: Int = 2

  @Option(help: ArgumentHelp("How long calls under way may go on at a stop, 1 to 300.", valueName: "seconds"))
  var drain: Int = 10

  @Flag(help: "Log JSON, one object per line.")
  var logJson = false

  @Option(help: "Least level to log: \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")).")
  var logLevel: String = "info"

  func validate() throws {
    guard (1...64).contains(loops) else { throw ValidationError("--loops is \(loops); it must be 1 to 64.") }
    guard (1...300).contains(drain) else { throw ValidationError("--drain is \(drain); it must be 1 to 300 seconds.") }
    guard !data.isEmpty else { throw ValidationError("--data is empty; name a directory.") }
    guard Logger.Level(rawValue: logLevel) != nil else {
      throw ValidationError(
        "--log-level \"\(logLevel)\" is none of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    guard (callbacksCert == nil) == (callbacksKey == nil), callbacksCert == nil || callbacksListen != nil else {
      throw ValidationError("--callbacks-cert and --callbacks-key go together, and with --callbacks-listen.")
    }
    guard !allowSimulated || channels != nil else {
      throw ValidationError("--allow-simulated goes with --channels: it allows channels of that list.")
    }
  }

  func run() async throws {
    // A reader of our output, or a client, that goes away is an error of that write, not the end of the server.
    signal(SIGPIPE, SIG_IGN)
    let output = LogOutput(descriptor: STDERR_FILENO)
    let logger = output.logger(format: logJson ? .json : .text, level: Logger.Level(rawValue: logLevel) ?? .info)
    let options = ServeOptions(
      dataDirectory: data, listen: listen, certificatePath: tlsCert, keyPath: tlsKey, clientAuthorityPath: clientCa,
      domain: domain, loopCount: loops, drainSeconds: drain, rules: rules,
      keys: KeyPlace(dataDirectory: data, directory: keys, masterKeyPath: masterKey),
      channels: ChannelsChoice(path: channels, allowsSimulated: allowSimulated),
      side: SideListeners.Choice(
        callbacks: callbacksListen, metrics: metricsListen, callbackCertificatePath: callbacksCert,
        callbackKeyPath: callbacksKey), webhooks: webhooks.options(dataDirectory: data))
    do {
      let reason = try await ServeLife.run(options, logger: logger)
      output.flush(timeoutMilliseconds: 1_000)
      if reason != .done { throw ExitCode(reason.rawValue) }
    } catch let failure as Failure {
      logger.critical("\(failure.message)", metadata: failure.advice.map { ["advice": "\($0)"] } ?? [:])
      output.flush(timeoutMilliseconds: 1_000)
      throw ExitCode(failure.reason.rawValue)
    }
  }
}
