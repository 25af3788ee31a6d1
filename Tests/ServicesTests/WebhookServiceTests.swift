import GRPCProto
import Notifications
import RPC
import SettlementProto
import SwiftProtobuf
import Testing

@testable import Services

/// WebhookService over a real database and a real ledger; receivers are never reached.
@Suite struct WebhookServiceTests {
  @Test func anEndpointIsMadeOnceAndItsSecretShownToWhoMadeIt() async throws {
    let hooks = try await HookHouse()
    let demo = hooks.house.partner()
    let made = try await demo.hook()
    #expect(made.secret.hasPrefix("whsec_") && made.secret.count == 6 + 44)
    #expect(made.endpoint.id.hasPrefix("we_") && made.endpoint.id.count == 29)
    #expect(made.endpoint.partner == "demo" && made.endpoint.url == HookHouse.url && made.endpoint.enabled)
    #expect(made.endpoint.hasCreateTime && made.endpoint.disabledReason.isEmpty && made.endpoint.waiting == 0)
    #expect(try await demo.hooks() == [made.endpoint])
    #expect(try await demo.hook() == made)
    let reused = try await demo.failure(.createWebhookEndpoint, Hooks.create("https://hooks.example/else"))
    #expect(reused.code == .alreadyExists && reused.reason == "REQUEST_ID_REUSED", "\(reused)")
    // The same id of another partner, and of staff, is another request.
    let others = try await hooks.house.partner("other").hook()
    let staffs = try await hooks.house.staff(.operator).hook(partner: "demo")
    #expect(Set([made, others, staffs].map(\.endpoint.id)).count == 3)
    #expect(try await hooks.house.partner("other").hooks() == [others.endpoint])
    #expect(try await hooks.house.staff(.auditor).hooks("demo") == [made.endpoint, staffs.endpoint])
    // A day later the secret is not shown again, not even to the same request.
    hooks.house.clock.advance(seconds: 24 * 3_600)
    let late = try await demo.hook()
    #expect(late.secret.isEmpty && late.endpoint.id == made.endpoint.id)
    try await hooks.close()
  }

  @Test func aSecretIsRotated() async throws {
    let hooks = try await HookHouse()
    let demo = hooks.house.partner()
    let made = try await demo.hook()
    let rotated: Settlement_V1_WebhookEndpointSecret = try await demo.call(
      .rotateWebhookSecret, Hooks.rotate(made.endpoint.id))
    #expect(
      rotated.secret.hasPrefix("whsec_") && rotated.secret != made.secret && rotated.endpoint.id == made.endpoint.id)
    let again: Settlement_V1_WebhookEndpointSecret = try await demo.call(
      .rotateWebhookSecret, Hooks.rotate(made.endpoint.id))
    #expect(again == rotated)
    let next: Settlement_V1_WebhookEndpointSecret = try await hooks.house.staff(.operator).call(
      .rotateWebhookSecret, Hooks.rotate(made.endpoint.id))
    #expect(next.secret != rotated.secret)
    // The secret of a rotation is not that of the one before, for whoever repeats that one.
    let late: Settlement_V1_WebhookEndpointSecret = try await demo.call(
      .rotateWebhookSecret, Hooks.rotate(made.endpoint.id))
    #expect(late.secret.isEmpty)
    #expect(try await demo.hook().secret.isEmpty)
    try await hooks.close()
  }

  /// URLs in every form that is refused, and why.
  @Test(arguments: [
    ("", "must be set"), ("hooks.example", "https://"), ("http://hooks.example/", "https://"),
    ("ftp://hooks.example/", "https://"), ("https://", "https://"), ("https:///in", "host"),
    ("https://user@hooks.example/", "no user"), ("https://hooks.example:22/", "443, 4443, 8443, 9443"),
    ("https://hooks.example:0/", "port"), ("https://hooks.example/#top", "fragment"),
    ("https://hooks.example/a b", "ASCII"), ("https://unknown.example/", "not found"),
    ("https://" + String(repeating: "a", count: 2_050), "2048"),
  ])
  func urlsThatAreRefused(_ url: String, _ why: String) async throws {
    let hooks = try await HookHouse()
    let status = try await hooks.house.partner().failure(.createWebhookEndpoint, Hooks.create(url))
    #expect(status.code == .invalidArgument && status.badFields == ["url"], "\(status)")
    #expect(status.violations.contains { $0.contains(why) }, "\(status.violations)")
    #expect(try await hooks.house.partner().hooks().isEmpty)
    try await hooks.close()
  }

  /// H04: whatever a name means, what it means is not told.
  @Test(arguments: [
    ["127.0.0.1"], ["10.0.0.7"], ["169.254.169.254"], ["::1"], ["fd00::1"], ["::ffff:192.168.0.1"],
    ["8.8.8.8", "192.168.1.1"],
  ])
  func privateTargetsAreRefused(_ addresses: [String]) async throws {
    let hooks = try await HookHouse()
    hooks.names.set("inside.example", addresses)
    let demo = hooks.house.partner()
    let inside = addresses.last ?? ""
    let literal = inside.contains(":") ? "https://[\(inside)]/" : "https://\(inside)/"
    for url in ["https://inside.example/", literal] {
      let status = try await demo.failure(.createWebhookEndpoint, Hooks.create(url))
      #expect(status.code == .invalidArgument && status.badFields == ["url"], "\(status)")
      #expect(status.violations == ["names a host that is not in the public internet"], "\(status.violations)")
      #expect(!"\(status)".contains(inside) || url == literal)
    }
    #expect(try await demo.hooks().isEmpty)
    try await hooks.close()
  }

  @Test func aPartnerHasSoManyAndNoMore() async throws {
    let hooks = try await HookHouse()
    let demo = hooks.house.partner()
    var ids: [String] = []
    for number in 1...WebhookLimits.endpointsMaximum {
      ids.append(try await demo.hook(requestID: "c\(number)").endpoint.id)
    }
    for caller in [(demo, ""), (hooks.house.staff(.operator), "demo")] {
      let status = try await caller.0.failure(
        .createWebhookEndpoint, Hooks.create(requestID: "c9", partner: caller.1))
      #expect(status.code == .failedPrecondition && status.reason == "TOO_MANY_WEBHOOK_ENDPOINTS", "\(status)")
      #expect(status.metadata["limit"] == "8" && status.message.contains("8"))
    }
    // Others have their own, and it was not recorded: with room the same request succeeds.
    _ = try await hooks.house.partner("other").hook()
    let _: Settlement_V1_DeleteWebhookEndpointResponse = try await demo.call(
      .deleteWebhookEndpoint, Hooks.delete(ids[0]))
    let ninth = try await demo.hook(requestID: "c9")
    #expect(try await demo.hooks().map(\.id) == ids.dropFirst() + [ninth.endpoint.id])
    try await hooks.close()
  }

  @Test func switchedOffAndOn() async throws {
    let hooks = try await HookHouse()
    let demo = hooks.house.partner()
    let id = try await demo.hook().endpoint.id
    func set(_ enabled: Bool, _ requestID: String, _ caller: Caller) async throws -> Settlement_V1_WebhookEndpoint {
      try await caller.call(.setWebhookEndpointState, Hooks.set(id, enabled, requestID: requestID))
    }
    let off = try await set(false, "t1", demo)
    #expect(!off.enabled && off.disabledReason == "OPERATOR")
    #expect(try await set(false, "t1", demo) == off)
    #expect(try await set(true, "t1", hooks.house.staff(.operator)).enabled)
    // A request that comes a second time, late, does not switch it off again.
    #expect(try await set(false, "t1", demo).enabled)
    let reused = try await demo.failure(.setWebhookEndpointState, Hooks.set(id, true, requestID: "t1"))
    #expect(reused.code == .alreadyExists && reused.reason == "REQUEST_ID_REUSED")
    try await hooks.close()
  }

  @Test func deletedIsGone() async throws {
    let hooks = try await HookHouse()
    let demo = hooks.house.partner()
    let id = try await demo.hook().endpoint.id
    for _ in 0..<2 {
      let _: Settlement_V1_DeleteWebhookEndpointResponse = try await demo.call(.deleteWebhookEndpoint, Hooks.delete(id))
    }
    let again = try await demo.failure(.deleteWebhookEndpoint, Hooks.delete(id, requestID: "x2"))
    #expect(again.code == .notFound && again.reason == "WEBHOOK_ENDPOINT_NOT_FOUND")
    #expect(try await demo.hooks().isEmpty)
    // What made it is over too: it is not made a second time.
    #expect(try await demo.failure(.createWebhookEndpoint, Hooks.create()).reason == "WEBHOOK_ENDPOINT_NOT_FOUND")
    try await hooks.close()
  }

  /// A02: another partner's endpoint is answered, word for word, as one that does not exist.
  @Test func anothersLooksLikeWhatDoesNotExist() async throws {
    let hooks = try await HookHouse()
    try await hooks.house.open("a1")
    let demo = hooks.house.partner()
    let id = try await demo.hook().endpoint.id
    hooks.names.forget()
    _ = try await demo.submit("a1", 100, requestID: "w1")
    try await hooks.until { try await !demo.deliveries(id).isEmpty }
    let message = try #require(try await demo.deliveries(id).first).id
    let other = hooks.house.partner("other")
    let calls: [(Services.Method, (String) -> any Message)] = [
      (.deleteWebhookEndpoint, { Hooks.delete($0) }), (.rotateWebhookSecret, { Hooks.rotate($0) }),
      (.setWebhookEndpointState, { Hooks.set($0, false) }), (.listWebhookDeliveries, { Hooks.deliveries($0) }),
      (.redeliverWebhook, { Hooks.redeliver($0, message) }),
    ]
    for (method, request) in calls {
      let theirs = try await other.failure(method, request(id))
      let none = try await other.failure(method, request("we_00000000000000000000000000"))
      #expect(theirs.code == .notFound && theirs.reason == "WEBHOOK_ENDPOINT_NOT_FOUND", "\(method.name): \(theirs)")
      #expect("\(theirs)" == "\(none)", "\(method.name)")
      #expect(try await other.failure(method, request("no id at all")).code == .notFound, "\(method.name)")
    }
    let named = try await other.failure(.listWebhookEndpoints, Hooks.list("demo"))
    #expect(named.code == .invalidArgument && named.badFields == ["partner"])
    #expect(try await demo.hooks().map(\.enabled) == [true])
    try await hooks.close()
  }

  /// Tried ten times, given up, listed, sent again by hand, and all of that in pages.
  @Test func deadLettersAreListedAndSentAgain() async throws {
    let hooks = try await HookHouse()
    try await hooks.house.open("a1")
    let demo = hooks.house.partner()
    let id = try await demo.hook().endpoint.id
    hooks.names.forget()
    var withdrawals: [String] = []
    for number in 1...3 { withdrawals.append(try await demo.submit("a1", 100, requestID: "w\(number)").id) }
    try await hooks.until { try await demo.deliveries(id, .waiting).count == 3 }
    try await hooks.until {
      hooks.house.clock.advance(seconds: 3_600)
      return try await demo.deliveries(id, .dead).count == 3
    }
    let endpoint = try #require(try await demo.hooks().first)
    #expect(endpoint.deadLetters == 3 && endpoint.waiting == 0 && endpoint.enabled)
    let dead = try await demo.deliveries(id, .dead)
    #expect(dead.map(\.withdrawalID) == withdrawals.reversed() && Set(dead.map(\.id)).count == 3)
    for each in dead {
      #expect(each.tries == 10 && each.lastStatus == 0 && each.lastError.contains("not known") && each.endpointID == id)
      #expect(
        each.hasLastTry && !each.hasNextTry && each.id.hasPrefix("evt_") && each.id.hasSuffix("_\(each.sequence)"))
    }
    // In pages; a token is for this list alone.
    var token = ""
    var found: [Settlement_V1_WebhookDelivery] = []
    repeat {
      let page: Settlement_V1_ListWebhookDeliveriesResponse = try await demo.call(
        .listWebhookDeliveries, Hooks.deliveries(id, .dead, pageSize: 2, token: token))
      found += page.deliveries
      token = page.nextPageToken
      guard !token.isEmpty else { break }
      for other in [Hooks.deliveries(id, .delivered, token: token), Hooks.deliveries("we_else", .dead, token: token)] {
        #expect(try await demo.failure(.listWebhookDeliveries, other).badFields == ["page_token"])
      }
    } while found.count < 10
    #expect(found == dead)
    #expect(try await demo.deliveries(id, .delivered).isEmpty)

    let again: Settlement_V1_WebhookDelivery = try await demo.call(.redeliverWebhook, Hooks.redeliver(id, dead[1].id))
    #expect(again.state == .waiting && again.id == dead[1].id && again.hasNextTry)
    // The partner's counter goes on: a repeated request finds it where it is, and does not begin anew.
    try await hooks.until { try await demo.deliveries(id, .waiting).first?.tries == 11 }
    let repeated: Settlement_V1_WebhookDelivery = try await demo.call(
      .redeliverWebhook, Hooks.redeliver(id, dead[1].id))
    #expect(repeated.tries == 11 && repeated.state == .waiting)
    #expect(try await demo.hooks().first?.deadLetters == 2)

    let unknown = try await demo.failure(.redeliverWebhook, Hooks.redeliver(id, "evt_none", requestID: "l2"))
    #expect(unknown.code == .notFound && unknown.reason == "WEBHOOK_DELIVERY_NOT_FOUND")
    let _: Settlement_V1_WebhookEndpoint = try await demo.call(.setWebhookEndpointState, Hooks.set(id, false))
    let off = try await demo.failure(.redeliverWebhook, Hooks.redeliver(id, dead[0].id, requestID: "l3"))
    #expect(off.code == .failedPrecondition && off.reason == "WEBHOOK_ENDPOINT_DISABLED")
    let state = try await demo.failure(.listWebhookDeliveries, Hooks.deliveries(id, .UNRECOGNIZED(9)))
    #expect(state.badFields == ["state"])
    try await hooks.close()
  }

  /// Who did what; to partners staff has no names.
  @Test func changesAreListedWithWhoMadeThem() async throws {
    let hooks = try await HookHouse()
    let (demo, lin) = (hooks.house.partner(), hooks.house.staff(.operator))
    let id = try await demo.hook().endpoint.id
    hooks.house.clock.advance(seconds: 5)
    let _: Settlement_V1_WebhookEndpoint = try await lin.call(.setWebhookEndpointState, Hooks.set(id, false))
    let other = try await hooks.house.partner("other").hook().endpoint.id
    let _: Settlement_V1_DeleteWebhookEndpointResponse = try await demo.call(.deleteWebhookEndpoint, Hooks.delete(id))
    func changes(
      _ caller: Caller, _ request: Settlement_V1_ListWebhookChangesRequest = Hooks.changes()
    ) async throws -> [Settlement_V1_WebhookChange] {
      let response: Settlement_V1_ListWebhookChangesResponse = try await caller.call(.listWebhookChanges, request)
      return response.changes
    }
    let all = try await changes(hooks.house.staff(.auditor))
    #expect(all.map(\.kind) == ["DELETED", "CREATED", "DISABLED", "CREATED"])
    #expect(all.map(\.actor) == ["partner/demo", "partner/other", "staff/operator/lin", "partner/demo"])
    #expect(all.map(\.endpointID) == [id, other, id, id] && all.map(\.requestID) == ["x1", "c1", "t1", "c1"])
    #expect(all.allSatisfy { $0.certificate.count == 16 } && Set(all.map(\.certificate)).count == 3)
    #expect(all[2].time.seconds == all[3].time.seconds + 5 && all[3].details == HookHouse.url)
    let own = try await changes(demo)
    #expect(own.map(\.kind) == ["DELETED", "DISABLED", "CREATED"])
    #expect(own.map(\.actor) == ["partner/demo", "staff", "partner/demo"])
    #expect(own[1].certificate.isEmpty && own[1].requestID.isEmpty && own[0].certificate == all[0].certificate)
    #expect(try await changes(hooks.house.partner("other")).map(\.endpointID) == [other])
    #expect(try await changes(hooks.house.partner("other"), Hooks.changes(endpoint: id)).isEmpty)
    #expect(try await changes(lin, Hooks.changes(partner: "demo")) == all.filter { $0.partner == "demo" })
    let refused = try await demo.failure(.listWebhookChanges, Hooks.changes(partner: "other"))
    #expect(refused.badFields == ["partner"])
    let page: Settlement_V1_ListWebhookChangesResponse = try await lin.call(
      .listWebhookChanges, Hooks.changes(pageSize: 3))
    #expect(page.changes == Array(all.prefix(3)) && !page.nextPageToken.isEmpty)
    #expect(try await changes(lin, Hooks.changes(token: page.nextPageToken)) == [all[3]])
    #expect(
      try await lin.failure(.listWebhookChanges, Hooks.changes(partner: "demo", token: page.nextPageToken)).badFields
        == ["page_token"])
    try await hooks.close()
  }

  @Test func whatIsMissingIsNamed() async throws {
    let hooks = try await HookHouse()
    let demo = hooks.house.partner()
    let calls: [(Services.Method, any Message, [String])] = [
      (.createWebhookEndpoint, Settlement_V1_CreateWebhookEndpointRequest(), ["request_id", "url"]),
      (.deleteWebhookEndpoint, Settlement_V1_DeleteWebhookEndpointRequest(), ["request_id", "id"]),
      (.rotateWebhookSecret, Settlement_V1_RotateWebhookSecretRequest(), ["request_id", "id"]),
      (.setWebhookEndpointState, Settlement_V1_SetWebhookEndpointStateRequest(), ["request_id", "id"]),
      (.listWebhookDeliveries, Settlement_V1_ListWebhookDeliveriesRequest(), ["endpoint_id"]),
      (.redeliverWebhook, Settlement_V1_RedeliverWebhookRequest(), ["request_id", "endpoint_id", "id"]),
    ]
    for (method, request, fields) in calls {
      let status = try await demo.failure(method, request)
      #expect(status.code == .invalidArgument && status.badFields == fields, "\(method.name): \(status)")
    }
    // Staff say whose.
    let staff = try await hooks.house.staff(.operator).failure(.createWebhookEndpoint, Hooks.create())
    #expect(staff.badFields == ["partner"])
    try await hooks.close()
  }

  @Test func aServerWithoutWebhooksSaysSo() async throws {
    let house = try House()
    let calls: [(Services.Method, any Message)] = [
      (.createWebhookEndpoint, Hooks.create()), (.listWebhookEndpoints, Hooks.list()),
      (.deleteWebhookEndpoint, Hooks.delete("we_1")), (.listWebhookChanges, Hooks.changes()),
    ]
    for (method, request) in calls {
      let status = try await house.partner().failure(method, request)
      #expect(status.code == .failedPrecondition && status.reason == "WEBHOOKS_OFF", "\(method.name): \(status)")
    }
    await house.close()
  }

  @Test func statesOnTheWireAreThoseOfTheDatabase() {
    for state in WebhookDeliveryState.allCases {
      let wire = Settlement_V1_DeliveryState(rawValue: Int(state.rawValue))
      #expect("\(state)" == "\(wire ?? .unspecified)")
    }
  }
}

extension RPCStatus {
  fileprivate var violations: [String] {
    detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.description_p) ?? []
  }
}
