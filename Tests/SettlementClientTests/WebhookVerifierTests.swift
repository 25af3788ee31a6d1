import Foundation
import SettlementClient
import Testing

/// The same cases as the Python client's verifier has (H02).
@Suite struct WebhookVerifierTests {
  // The example of the Standard Webhooks specification's own libraries.
  private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
  private static let other = "whsec_" + Data((0..<32).map { UInt8($0) }).base64EncodedString()
  private static let time: Int64 = 1_614_265_330
  private static let body = Array(#"{"test": 2432232314}"#.utf8)
  private static let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
  private static let id = "msg_p5jXN8AQM9LWM0D4loKWxJek"

  private func verify(
    id: String? = Self.id, timestamp: String? = "\(Self.time)", signature: String? = Self.signature,
    body: [UInt8] = Self.body, secrets: [String] = [Self.secret], now: Int64 = Self.time
  ) throws -> String {
    let given = [("Webhook-Id", id), ("webhook-timestamp", timestamp), ("WEBHOOK-SIGNATURE", signature)]
    let headers = given.compactMap { name, value in value.map { (name: name, value: $0) } }
    return try WebhookVerifier(secrets: secrets).verify(headers: headers, body: body, nowSeconds: now)
  }

  @Test func theSpecificationsExample() throws { #expect(try verify() == Self.id) }

  @Test func whileRotating() throws {
    #expect(try verify(secrets: [Self.other, Self.secret]) == Self.id)
    #expect(try verify(signature: "v1,AAAA v2,xyz " + Self.signature) == Self.id)
  }

  @Test(arguments: [-300, 300]) func freshEnough(_ away: Int64) throws {
    #expect(try verify(now: Self.time + away) == Self.id)
  }

  @Test(arguments: [-301, 301]) func tooOldAndTooNew(_ away: Int64) {
    #expect(throws: WebhookVerifier.Defect.timestampAway(seconds: 301)) { try verify(now: Self.time + away) }
  }

  @Test func altered() {
    let cases: [() throws -> String] = [
      { try self.verify(body: Self.body + [0x20]) }, { try self.verify(body: []) },
      { try self.verify(id: Self.id + "x") },
      { try self.verify(timestamp: "\(Self.time + 1)") }, { try self.verify(secrets: [Self.other]) },
      { try self.verify(signature: "v1,") }, { try self.verify(signature: String(Self.signature.dropFirst(3))) },
      { try self.verify(signature: Self.signature.replacingOccurrences(of: "v1", with: "v2")) },
      { try self.verify(signature: String(Self.signature.dropLast(2))) }, { try self.verify(signature: " ") },
      { try self.verify(signature: "v1,\u{fc}") },
    ]
    for (number, each) in cases.enumerated() {
      #expect(throws: WebhookVerifier.Defect.signatureWrong, "case \(number)") { try each() }
    }
  }

  @Test func headersThatAreMissing() {
    #expect(throws: WebhookVerifier.Defect.headerMissing("webhook-id")) { try verify(id: nil) }
    #expect(throws: WebhookVerifier.Defect.headerMissing("webhook-id")) { try verify(id: "") }
    #expect(throws: WebhookVerifier.Defect.headerMissing("webhook-timestamp")) { try verify(timestamp: nil) }
    #expect(throws: WebhookVerifier.Defect.headerMissing("webhook-signature")) { try verify(signature: nil) }
  }

  @Test(arguments: [" 1614265330", "+1614265330", "01614265330", "1614265330.0", "1614_265330", "nan", "9999999999999"])
  func timestampsThatAreNone(_ text: String) {
    #expect(throws: WebhookVerifier.Defect.timestampMalformed) { try verify(timestamp: text) }
  }

  @Test(arguments: ["", "whsec_", "whsec_AAAA", "whsec_!!!", "whsec_" + String(repeating: "A", count: 100)])
  func secretsThatAreNone(_ text: String) {
    #expect(throws: WebhookVerifier.Defect.notASecret) { try WebhookVerifier(secrets: [text]) }
    #expect(throws: WebhookVerifier.Defect.notASecret) { try WebhookVerifier(secrets: []) }
  }
}
