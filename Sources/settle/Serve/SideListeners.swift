import Ledger
import LedgerCore
import Logging
import Notifications
import Payouts
import Services
import Telemetry
import Transport

/// The doors that do not speak gRPC: channels' callbacks, and metrics.
struct SideListeners: Sendable {
  struct Choice: Sendable {
    /// nil: none.
    var callbacks: Endpoint?
    var metrics: Endpoint?
    /// For callers outside the house: of an authority that they know. The server's own by default.
    var callbackCertificatePath: String?
    var callbackKeyPath: String?
  }

  private let callbacks: CallbackListener?
  private let metrics: HTTPSListener?

  static func start(
    _ choice: Choice, _ options: ServeOptions, channels: [any PayoutChannel], desk: (any PayoutDesk)?,
    registry: Registry, ledger: Ledger, logger: Logger
  ) async throws(Failure) -> SideListeners {
    do throws(HTTPSListenerDefect) {
      let callbacks = try await startCallbacks(choice, options, channels, desk, registry, ledger, logger)
      do throws(HTTPSListenerDefect) {
        return SideListeners(
          callbacks: callbacks, metrics: try await startMetrics(choice, options, registry, logger))
      } catch {
        await callbacks?.stop()
        throw error
      }
    } catch {
      throw Failure(.systemError, "\(error)")
    }
  }

  private static func startCallbacks(
    _ choice: Choice, _ options: ServeOptions, _ channels: [any PayoutChannel], _ desk: (any PayoutDesk)?,
    _ registry: Registry, _ ledger: Ledger, _ logger: Logger
  ) async throws(HTTPSListenerDefect) -> CallbackListener? {
    guard let place = choice.callbacks else { return nil }
    guard let desk else {
      logger.warning(
        "no payout channel is configured, so nobody can call back", metadata: ["advice": "--channels FILE"])
      return nil
    }
    let listener = try await CallbackListener.start(
      host: place.host, port: Int(place.port),
      certificateFile: choice.callbackCertificatePath ?? options.certificatePath,
      keyFile: choice.callbackKeyPath ?? options.keyPath, channels: channels, desk: desk,
      now: { ledger.clock.now() },
      report: { report in
        logger.log(
          level: report.outcome == .taken || report.outcome == .replayed ? .debug : .warning,
          "callbacks: \(report.outcome.rawValue)",
          metadata: ["channel": "\(report.channel)", "count": "\(report.count)"])
      })
    registry.reading("settle_callbacks_total", "Callbacks of channels, by what became of them.", .counter) {
      CallbackOutcome.allCases.map {
        Registry.Sample(Double(listener.count(of: $0)), ["outcome": $0.rawValue])
      }
    }
    Console.line("callbacks on \(place.host):\(listener.port)")
    return listener
  }

  private static func startMetrics(
    _ choice: Choice, _ options: ServeOptions, _ registry: Registry, _ logger: Logger
  ) async throws(HTTPSListenerDefect) -> HTTPSListener? {
    guard let place = choice.metrics else { return nil }
    // How much goes through the house, and lies at its channels, is the business of its own people only.
    let domain = options.domain.name
    let listener = try await HTTPSListener.start(
      host: place.host, port: Int(place.port), certificateFile: options.certificatePath, keyFile: options.keyPath,
      clientAuthorityFile: options.clientAuthorityPath
    ) { request in
      guard isStaff(request.certificate, domain) else {
        return HTTPSReply(403, "metrics are for staff: the certificate must name spiffe://\(domain)/staff/ROLE/NAME")
      }
      guard request.path == "/metrics" else { return HTTPSReply(404, "metrics are at /metrics") }
      guard request.method == "GET" || request.method == "HEAD" else { return HTTPSReply(405, "GET /metrics") }
      return HTTPSReply(
        status: 200, contentType: "text/plain; version=0.0.4; charset=utf-8", body: Array(await registry.text().utf8))
    }
    Console.line("metrics on \(place.host):\(listener.port)")
    return listener
  }

  /// By the rules of gRPC: partners' certificates are of the same authority.
  private static func isStaff(_ certificate: [UInt8]?, _ domain: String) -> Bool {
    guard let certificate, let facts = PeerCertificate(der: certificate) else { return false }
    switch Principal.authenticate(uriNames: facts.uriNames, domain: domain, certificateDigest: facts.digest) {
    case .success(let principal): return principal.role != .partner
    case .failure: return false
    }
  }

  /// New connections get the certificates that are in the files now.
  func reloadCertificates(logger: Logger) {
    do throws(HTTPSListenerDefect) {
      try callbacks?.reloadCertificate()
      try metrics?.reloadCertificate()
    } catch {
      logger.error("certificates of callbacks and metrics not changed: \(error)")
    }
  }

  func stop() async {
    await callbacks?.stop()
    await metrics?.stop()
  }
}
