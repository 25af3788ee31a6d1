import Digests
import Foundation
import Ledger
import LedgerCore
import Notifications
import RPC
import SettlementProto
import SwiftProtobuf
import Synchronization
import Testing
import Vault

@testable import Services

/// Names that only a test knows, and may forget.
final class HookNames: HostLookup {
  private let table = Mutex<[String: [InternetAddress]]>([:])

  func set(_ host: String, _ addresses: [String]) {
    table.withLock { $0[host] = addresses.compactMap { InternetAddress($0) } }
  }

  func forget() { table.withLock { $0 = [:] } }

  func addresses(of host: String) async throws(HostLookupFailure) -> [InternetAddress] {
    guard let found = table.withLock({ $0[host] }) else { throw HostLookupFailure("the host is not known") }
    return found
  }
}

/// Of the house's clock; looks at it again and again, since nobody tells when it is moved.
struct HookTime: WebhookTime {
  let clock: HandClock

  func now() -> Timestamp { clock.now() }

  func sleep(microseconds: Int64) async throws(CancellationError) {
    let end = clock.now().microseconds &+ microseconds
    while clock.now().microseconds < end {
      do { try await Task.sleep(for: .milliseconds(1)) } catch { throw CancellationError() }
    }
  }
}

/// A house whose partners have webhooks. Nothing is reached: once endpoints are made, their hosts are forgotten.
final class HookHouse {
  let names = HookNames()
  let house: House
  let engine: WebhookEngine
  private let directory = FileManager.default.temporaryDirectory.appending(path: "webhooks-\(UUID())").path()

  static let url = "https://hooks.example/in?a=1"

  init() async throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let ground = try House.Ground()
    engine = try await WebhookEngine.start(
      WebhookOptions(path: directory + "/webhooks.sqlite"), ledger: ground.ledger,
      key: WebhookKey(try SecretKey(random: SystemRandom())), time: HookTime(clock: ground.clock), lookup: names,
      random: { 0 })
    house = try House(on: ground, webhooks: engine.endpoints)
    names.set("hooks.example", ["8.8.8.8"])
  }

  func close() async throws {
    await engine.stop()
    await house.close()
    try FileManager.default.removeItem(atPath: directory)
  }

  /// Asks until it is so; the engine works beside.
  func until(_ condition: () async throws -> Bool) async throws {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(60)
    while try await !condition() {
      guard clock.now < end else {
        Issue.record("it did not happen in time")
        return
      }
      try await Task.sleep(for: .milliseconds(2))
    }
  }
}

enum Hooks {
  static func create(
    _ url: String = HookHouse.url, requestID: String = "c1", partner: String = ""
  ) -> Settlement_V1_CreateWebhookEndpointRequest {
    var request = Settlement_V1_CreateWebhookEndpointRequest()
    (request.requestID, request.partner, request.url) = (requestID, partner, url)
    return request
  }

  static func list(_ partner: String = "") -> Settlement_V1_ListWebhookEndpointsRequest {
    var request = Settlement_V1_ListWebhookEndpointsRequest()
    request.partner = partner
    return request
  }

  static func delete(_ id: String, requestID: String = "x1") -> Settlement_V1_DeleteWebhookEndpointRequest {
    var request = Settlement_V1_DeleteWebhookEndpointRequest()
    (request.requestID, request.id) = (requestID, id)
    return request
  }

  static func rotate(_ id: String, requestID: String = "o1") -> Settlement_V1_RotateWebhookSecretRequest {
    var request = Settlement_V1_RotateWebhookSecretRequest()
    (request.requestID, request.id) = (requestID, id)
    return request
  }

  static func set(
    _ id: String, _ enabled: Bool, requestID: String = "t1"
  ) -> Settlement_V1_SetWebhookEndpointStateRequest {
    var request = Settlement_V1_SetWebhookEndpointStateRequest()
    (request.requestID, request.id, request.enabled) = (requestID, id, enabled)
    return request
  }

  static func deliveries(
    _ id: String, _ state: Settlement_V1_DeliveryState = .unspecified, pageSize: Int32 = 0, token: String = ""
  ) -> Settlement_V1_ListWebhookDeliveriesRequest {
    var request = Settlement_V1_ListWebhookDeliveriesRequest()
    (request.endpointID, request.state, request.pageSize, request.pageToken) = (id, state, pageSize, token)
    return request
  }

  static func redeliver(
    _ endpoint: String, _ id: String, requestID: String = "l1"
  ) -> Settlement_V1_RedeliverWebhookRequest {
    var request = Settlement_V1_RedeliverWebhookRequest()
    (request.requestID, request.endpointID, request.id) = (requestID, endpoint, id)
    return request
  }

  static func changes(
    partner: String = "", endpoint: String = "", pageSize: Int32 = 0, token: String = ""
  ) -> Settlement_V1_ListWebhookChangesRequest {
    var request = Settlement_V1_ListWebhookChangesRequest()
    (request.partner, request.endpointID, request.pageSize, request.pageToken) = (partner, endpoint, pageSize, token)
    return request
  }
}

extension Caller {
  func hook(
    _ url: String = HookHouse.url, requestID: String = "c1", partner: String = ""
  ) async throws -> Settlement_V1_WebhookEndpointSecret {
    try await call(.createWebhookEndpoint, Hooks.create(url, requestID: requestID, partner: partner))
  }

  func hooks(_ partner: String = "") async throws -> [Settlement_V1_WebhookEndpoint] {
    let response: Settlement_V1_ListWebhookEndpointsResponse = try await call(
      .listWebhookEndpoints, Hooks.list(partner))
    return response.endpoints
  }

  func deliveries(
    _ id: String, _ state: Settlement_V1_DeliveryState = .unspecified
  ) async throws -> [Settlement_V1_WebhookDelivery] {
    let response: Settlement_V1_ListWebhookDeliveriesResponse = try await call(
      .listWebhookDeliveries, Hooks.deliveries(id, state))
    return response.deliveries
  }
}
