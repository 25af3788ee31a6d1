import GRPCProto
import HTTPStreams
import Ledger
import LedgerCore
import Logging
import Notifications
import RPC
import Services
import SettlementProto
import Telemetry
import Transport
import Vault

/// The place where Transport meets Ledger: one RPC server per loop, all over one ledger.
struct RunningServer: Sendable {
  let server: Server
  let ledger: Ledger
  let loops: Loops
  let health: HealthService
  let keys: KeyStore
  private let privateData: PrivateData

  static func start(
    _ options: ServeOptions, tls: TLSContext, ledger: Ledger, keys: KeyStore, rules: ServerRules,
    payouts: ServerPayouts, webhooks: WebhookEngine, registry: Registry, observer: ServerObserver, descriptorLimit: Int
  ) async throws(Failure) -> RunningServer {
    let privateData = PrivateData(keys: keys, verifier: LocalVerifier { today(ledger.clock.now()) })
    let services = SettlementServices(
      ledger: ledger, domain: options.domain.name, rules: rules, privateData: privateData,
      quoteKey: keys.searchKey.tokenKey, desk: payouts.desk, alarms: payouts.alarms,
      webhooks: webhooks.endpoints)
    let health = HealthService()
    let loops = Loops(count: options.loopCount)
    var servers: [ObjectIdentifier: LoopBound<RPCServer>] = [:]
    for loop in loops.all {
      let routes = try routes(services, health, loop)
      servers[ObjectIdentifier(loop)] = LoopBound(
        RPCServer(loop: loop, routes: routes, interceptors: [CallMetrics(registry)]), on: loop)
    }
    let configuration = configuration(options, tls, observer, descriptorLimit)
    do throws(TransportError) {
      let server = try await Server.start(
        host: options.listen.host, port: Int(options.listen.port), configuration: configuration, loops: loops
      ) { [servers] connection in
        guard let server = servers[ObjectIdentifier(connection.loop)] else {
          // The connections' loops are those of `loops`, each of which has its server: no peer can change that.
          preconditionFailure("a connection came from a loop of another program")
        }
        return server.value.accept(connection)
      }
      health.set(.serving)
      for name in settlementServices { health.set(.serving, for: name) }
      return RunningServer(
        server: server, ledger: ledger, loops: loops, health: health, keys: keys, privateData: privateData)
    } catch {
      await loops.shutdown()
      throw Failure(.systemError, "\(error)", advice: "Is another server running there? Choose another --listen.")
    }
  }

  private static var settlementServices: Set<String> { Set(Method.allCases.map(\.service)) }

  private static func routes(
    _ services: SettlementServices, _ health: HealthService, _ loop: any StreamLoop
  ) throws(Failure) -> Routes {
    var routes = Routes()
    services.register(on: &routes, loop: loop)
    routes.addHealth(health)
    do throws(DescriptorPool.Failure) {
      routes.addReflection(
        try DescriptorPool(base64: [SettlementDescriptors.fileDescriptorSet, GRPCDescriptors.fileDescriptorSet]))
    } catch {
      throw Failure(.internalError, "\(error)")
    }
    return routes
  }

  private static func configuration(
    _ options: ServeOptions, _ tls: TLSContext, _ observer: ServerObserver, _ descriptorLimit: Int
  ) -> ServerConfiguration {
    var configuration = ServerConfiguration(tls: tls)
    let room = max(1, descriptorLimit - ProcessLimits.reservedDescriptors)
    configuration.connectionsMax = min(configuration.connectionsMax, room)
    configuration.connection.timers.drainNanoseconds = Int64(options.drainSeconds) * 1_000_000_000
    configuration.observe = { observer.observe($0) }
    let domain = options.domain.name
    // A certificate that names nobody is let in: each call then says what is wrong with it, which an alert could not.
    configuration.identify = { certificate, _ in
      switch Principal.authenticate(
        uriNames: certificate?.uriNames ?? [], domain: domain, certificateDigest: certificate?.digest ?? [])
      {
      case .success(let principal): .admit(identity: principal)
      case .failure: .admit(identity: nil)
      }
    }
    return configuration
  }

  /// The date in China, where ID numbers are from: birthdays there are not in the future.
  private static func today(_ time: Timestamp) -> CivilDate {
    let shanghaiOffsetSeconds: Int64 = 8 * 3_600
    let days = (time.microseconds / 1_000_000 + shanghaiOffsetSeconds) / 86_400
    return CivilDate(daysSince1970: Int32(clamping: days))
  }

  /// In the background, once: brings the keys of private data into step with the journal.
  func reconcilePrivateData(logger: Logger) {
    let reconciliation = PrivateDataReconciliation(ledger: ledger, privateData: privateData)
    Task {
      do throws(PrivateDataReconciliation.Failure) {
        let report = try await reconciliation.run()
        guard report.erased > 0 || report.orphans > 0 else { return }
        logger.notice(
          "keys of private data compared with the journal",
          metadata: [
            "erased": "\(report.erased)", "orphans": "\(report.orphans)",
            "orphans_destroyed": "\(report.areOrphansDestroyed)",
          ])
      } catch {
        if case .stopping = error { return }
        logger.error("keys of private data could not be compared with the journal: \(error)")
      }
    }
  }

  var endpoint: Endpoint { Endpoint(host: server.host, port: UInt16(clamping: server.port)) }
}
