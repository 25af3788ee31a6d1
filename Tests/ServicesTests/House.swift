import Digests
import GRPCProto
import HTTPStreams
import Journal
import JournalTesting
import Ledger
import LedgerCore
import Notifications
import Payouts
import RPC
import RPCTesting
import Rules
import RulesFile
import SettlementProto
import SwiftProtobuf
import Synchronization
import Telemetry
import Testing
import Vault

@testable import Services

/// A clock that stands still until it is moved.
final class HandClock: LedgerClock {
  private let microseconds = Mutex<Int64>(1_790_000_000_000_000)

  func now() -> Timestamp { Timestamp(microseconds: microseconds.withLock { $0 }) }
  func monotonicNanoseconds() -> Int64 { microseconds.withLock { $0 } &* 1_000 }
  func advance(seconds: Int64) { microseconds.withLock { $0 += seconds * 1_000_000 } }
}

/// The whole way from a caller's bytes to the journal and back, without sockets: our RPC server and client over a pipe
/// in memory, a real ledger on a simulated disk.
final class House {
  static let domain = "settle.test"
  /// Of the clock, in China.
  static let today: CivilDate = {
    guard let day = CivilDate(year: 2026, month: 9, day: 21) else { fatalError("no such day") }
    return day
  }()

  /// What it stands on.
  struct Ground {
    let clock = HandClock()
    let disk = SimulatedDisk()
    let keyDisk = SimulatedDisk()
    let ledger: Ledger

    init(configure: (inout LedgerConfiguration) -> Void = { _ in }) throws {
      var configuration = LedgerConfiguration(directory: "/ledger")
      configuration.journal.segmentBytes = 16 << 20
      configure(&configuration)
      try disk.makeDirectory("/ledger")
      (ledger, _) = try Ledger.open(
        configuration, disk: disk, clock: clock,
        seeds: LedgerSeeds(newLedgerID: Fingerprint128(first: 1, second: 2), hash: HashSeed(first: 3, second: 4)),
        failed: { _ in })
    }
  }

  let loop = ManualLoop()
  let clock: HandClock
  let disk: SimulatedDisk
  let ledger: Ledger
  let keyDisk: SimulatedDisk
  let privateData: PrivateData
  let rules: HouseRules
  private let server: RPCServer
  private var pipes: [InMemoryPipe] = []

  convenience init(
    watchTiming: WatchTiming = WatchTiming(), verifier: any ElementsVerifier = LocalVerifier(today: { House.today }),
    payeeVerifier: any PayeeVerifier = FormOfPayees(), desk: (any PayoutDesk)? = nil, alarms: AlarmBoard = AlarmBoard(),
    configure: (inout LedgerConfiguration) -> Void = { _ in }
  ) throws {
    try self.init(
      on: try Ground(configure: configure), watchTiming: watchTiming, verifier: verifier, payeeVerifier: payeeVerifier,
      desk: desk, alarms: alarms)
  }

  init(
    on ground: Ground, watchTiming: WatchTiming = WatchTiming(),
    verifier: any ElementsVerifier = LocalVerifier(today: { House.today }),
    payeeVerifier: any PayeeVerifier = FormOfPayees(), desk: (any PayoutDesk)? = nil, alarms: AlarmBoard = AlarmBoard(),
    webhooks: WebhookEndpoints? = nil
  ) throws {
    (clock, disk, keyDisk, ledger) = (ground.clock, ground.disk, ground.keyDisk, ground.ledger)
    privateData = PrivateData(
      keys: try KeyStore(
        directory: "/keys", masterKeys: [try MasterKey.create(at: "/master.key", disk: keyDisk)], disk: keyDisk),
      verifier: verifier, payeeVerifier: payeeVerifier)
    rules = try HouseRules(ShippedRules.open.text, ledger: ledger)
    let services = SettlementServices(
      ledger: ledger, domain: Self.domain, rules: rules, privateData: privateData,
      quoteKey: privateData.keys.searchKey.tokenKey, watchTiming: watchTiming, desk: desk, alarms: alarms,
      webhooks: webhooks)
    var routes = Routes()
    let loop = loop
    server = loop.run {
      services.register(on: &routes, loop: loop)
      return RPCServer(loop: loop, routes: routes)
    }
  }

  /// Every test ends with it.
  func close() async {
    await ledger.stop()
    privateData.keys.close()
  }

  /// A connection whose certificate has these URI names.
  func connect(uriNames: [String]) -> Caller {
    // Stands for the certificate's own digest: as different as the names.
    let digest = SHA256.hash(Array(uriNames.joined().utf8)).withUnsafeBytes { Array($0) }
    let peer = Peer(
      address: "in memory", uriNames: uriNames, certificateDigest: digest,
      identity: try? Principal.authenticate(uriNames: uriNames, domain: Self.domain, certificateDigest: digest).get())
    return loop.run {
      let pipe = InMemoryPipe(loop: loop, clientPeer: peer)
      pipe.server.handler = server.accept(pipe.server)
      let connection = RPCClientConnection(connection: pipe.client, authority: "test")
      pipe.client.handler = connection
      pipes.append(pipe)
      return Caller(house: self, client: RPCClient(connection, on: loop))
    }
  }

  func partner(_ id: String = "demo") -> Caller { connect(uriNames: ["spiffe://\(Self.domain)/partner/\(id)"]) }

  func staff(_ role: Principal.Role, _ name: String = "lin") -> Caller {
    connect(uriNames: ["spiffe://\(Self.domain)/staff/\(role.rawValue)/\(name)"])
  }

  /// Agents of a partner with this much each.
  func open(_ agents: String..., partner: String = "demo", minorUnits: Int64 = 100_000) async throws {
    let staff = staff(.operator)
    for agent in agents {
      try await staff.createAgent(partner, agent, requestID: "create-\(partner)-\(agent)")
      if minorUnits > 0 {
        try await staff.deposit(partner, agent, minorUnits, requestID: "deposit-\(partner)-\(agent)")
      }
    }
  }
}

/// Rules out of a text, which a test may change.
final class HouseRules: RulesSource {
  private let ledger: Ledger
  private let state: Mutex<(text: String, active: ActiveRules)>

  init(_ text: String, ledger: Ledger) throws {
    self.ledger = ledger
    let document = try RulesFile.parse(text).get()
    state = Mutex((text, ActiveRules(document: document, text: text)))
  }

  var current: ActiveRules { state.withLock { $0.active } }

  /// What the next reload reads.
  func write(_ text: String) { state.withLock { $0.text = text } }

  func reload(_ key: RequestKey?) async -> Result<ActiveRules, RulesReloadFailure> {
    let text = state.withLock { $0.text }
    let document: RulesDocument
    switch RulesFile.parse(text) {
    case .success(let parsed): document = parsed
    case .failure(let defects): return .failure(.defects(defects, file: "rules.yaml"))
    }
    let command = ActivateRules(version: document.version, digest: document.digest, key: key, policy: document)
    let outcome = await ledger.perform(.command(.activateRules(command))).outcome
    switch outcome {
    case .answered(.rules), .answered(.done), .answered(.rejected(.nothingToChange)): break
    case .answered(.rejected(.rulesVersionTaken(let active))):
      return .failure(.versionTaken(version: document.version, active: active))
    case .answered, .page, .batch, .deadlineExceeded, .cancelled, .overloaded, .stopping, .outcomeUnknown:
      return .failure(.ledger(outcome))
    }
    let rules = ActiveRules(document: document, text: text)
    state.withLock { $0.active = rules }
    return .success(rules)
  }
}

/// One connection as a test uses it.
struct Caller {
  let house: House
  let client: RPCClient

  func call<Request: Message, Response: Message>(
    _ method: Services.Method, _ request: Request, _: Response.Type = Response.self
  ) async throws -> Response {
    let client = client
    return try await house.loop.drive { try await client.unary(method.path, request) }
  }

  /// The status of a call that must fail.
  func failure(_ method: Services.Method, _ bytes: [UInt8]) async -> RPCStatus {
    let client = client
    do {
      _ = try await house.loop.drive { try await client.unary(method.path, bytes: bytes) }
      return .ok
    } catch {
      return (error as? RPCFailure)?.status ?? RPCStatus(.unknown, "\(error)")
    }
  }

  func failure(_ method: Services.Method, _ request: any Message) async throws -> RPCStatus {
    await failure(method, try request.serializedBytes())
  }

  func submit(
    _ agent: String, _ minorUnits: Int64, requestID: String, payee: String = "payee"
  ) async throws -> Settlement_V1_Withdrawal {
    try await call(.submitWithdrawal, Requests.submit(agent, minorUnits, requestID: requestID, payee: payee))
  }

  func get(_ id: String) async throws -> Settlement_V1_Withdrawal {
    try await call(.getWithdrawal, Requests.get(id: id))
  }

  @discardableResult
  func createAgent(_ partner: String, _ agent: String, requestID: String) async throws -> Settlement_V1_Agent {
    var request = Settlement_V1_CreateAgentRequest()
    (request.partner, request.agent, request.requestID) = (partner, agent, requestID)
    return try await call(.createAgent, request)
  }

  @discardableResult
  func deposit(
    _ partner: String, _ agent: String, _ minorUnits: Int64, requestID: String
  ) async throws -> Settlement_V1_DepositReceipt {
    try await call(.deposit, Requests.deposit(partner, agent, minorUnits, requestID: requestID))
  }

  func available(_ agent: String, of partner: String = "") async throws -> Int64 {
    try await balance(agent, of: partner).available
  }

  func balance(_ agent: String, of partner: String = "") async throws -> Settlement_V1_Balance {
    var request = Settlement_V1_GetBalanceRequest()
    (request.partner, request.agent) = (partner, agent)
    return try await call(.getBalance, request)
  }
}

enum Requests {
  static func submit(
    _ agent: String, _ minorUnits: Int64, requestID: String, payee: String = "payee", currency: String = "CNY"
  ) -> Settlement_V1_SubmitWithdrawalRequest {
    var request = Settlement_V1_SubmitWithdrawalRequest()
    (request.requestID, request.agent, request.payee) = (requestID, agent, payee)
    request.amount = money(minorUnits, currency)
    return request
  }

  static func get(id: String = "", requestID: String = "") -> Settlement_V1_GetWithdrawalRequest {
    var request = Settlement_V1_GetWithdrawalRequest()
    (request.id, request.requestID) = (id, requestID)
    return request
  }

  static func cancel(
    _ id: String, requestID: String, etag: String = ""
  ) -> Settlement_V1_CancelWithdrawalRequest {
    var request = Settlement_V1_CancelWithdrawalRequest()
    (request.id, request.requestID, request.etag) = (id, requestID, etag)
    return request
  }

  static func deposit(
    _ partner: String, _ agent: String, _ minorUnits: Int64, requestID: String, reference: String = "",
    currency: String = "CNY"
  ) -> Settlement_V1_DepositRequest {
    var request = Settlement_V1_DepositRequest()
    (request.partner, request.agent, request.requestID) = (partner, agent, requestID)
    request.externalReference = reference
    request.amount = money(minorUnits, currency)
    return request
  }

  static func money(_ minorUnits: Int64, _ currency: String) -> Settlement_V1_Money {
    var money = Settlement_V1_Money()
    (money.minorUnits, money.currencyCode) = (minorUnits, currency)
    return money
  }
}

extension RPCStatus {
  /// Fields that BadRequest names.
  var badFields: [String] { detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.field) ?? [] }
  var metadata: [String: String] { detail(Google_Rpc_ErrorInfo.self)?.metadata ?? [:] }
  var chinese: String { detail(Google_Rpc_LocalizedMessage.self)?.message ?? "" }
}
