import Foundation
import LedgerCore
import Payouts
import Synchronization
import Testing

@testable import Notifications

/// A real listener on a free port; the callers are Python and curl (`callback_client.py`).
@Suite struct CallbackListenerTests {
  private struct Called: Decodable {
    var status: Int
    var version: String
    var body: String
  }

  private static let key = PayoutKey(WithdrawalID(epoch: 0, shard: 0, ordinal: 7), attempt: 1)

  private let desk = ListeningDesk()
  private let reports = Reports()

  private final class Reports: Sendable {
    let lines = Mutex<[CallbackReport]>([])
  }

  private func start(
    _ certificate: Certificate, limits: HTTPSLimits = HTTPSLimits()
  ) async throws -> CallbackListener {
    try await CallbackListener.start(
      host: "localhost", port: 0, certificateFile: certificate.certificateFile, keyFile: certificate.keyFile,
      channels: [try SigningChannel(), try SigningChannel("silent")], desk: desk, limits: limits,
      now: { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) },
      report: { [reports] line in reports.lines.withLock { $0.append(line) } })
  }

  private func play<Result: Decodable>(
    _ what: String, _ listener: CallbackListener, _ certificate: Certificate, as type: Result.Type
  ) async throws -> Result {
    let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "EndToEnd/callback_client.py").path()
    let data = try await run(
      "python3", script, what, "\(listener.port)", certificate.certificateFile, Self.key.text)
    return try JSONDecoder().decode(type, from: data)
  }

  @Test func callsAreTakenOnceAndTheRestRefused() async throws {
    let certificate = try await Certificate()
    let listener = try await start(certificate)
    let results = try await play("calls", listener, certificate, as: [String: Called].self)
    await listener.stop()
    let expected: [String: Int] = [
      "good": 200, "replayed": 200, "signed again": 200, "with a query": 200, "forged": 401, "altered": 401,
      "unsigned": 401, "stale": 400, "from the future": 400, "malformed": 400, "unknown key": 400, "empty": 401,
      "unknown channel": 404, "no channel": 404, "other path": 404, "long path": 404, "without callbacks": 404,
      "read": 405, "just fits": 401, "too long": 413, "far too long": 413,
    ]
    for (name, status) in expected {
      for version in ["1.1", "2"] {
        let called = try #require(results["\(name) \(version)"])
        #expect(called.status == status, "\(name) \(version)")
        #expect(called.version == version, "\(name) \(version)")
        if status == 200 { #expect(called.body == "thanks for event \(version)", "\(name)") }
      }
    }
    #expect(results["too long in pieces 1.1"]?.status == 413)
    // Refused by the parser in the one case, by the connection in the other.
    #expect(results["many headers 1.1"]?.status != 200 && results["many headers 2"]?.status != 200)
    // One event over each version, however often it came.
    #expect(desk.told.withLock { $0 } == [Self.key, Self.key])
    #expect(listener.count(of: .taken) == 2 && listener.count(of: .replayed) == 6)
    #expect(listener.count(of: .badSignature) == 2 * 5 && listener.count(of: .stale) == 2 * 2)
    // Told, but not once for each.
    let lines = reports.lines.withLock { $0 }
    let told = lines.filter { $0.outcome == .badSignature }
    #expect(told.count >= 1 && told.reduce(0) { $0 + $1.count } <= 10)
  }

  /// R05: whoever drips is closed or told so, and others are served.
  @Test func slowCallersAreLetGo() async throws {
    let certificate = try await Certificate()
    var limits = HTTPSLimits()
    (limits.firstRequest, limits.body, limits.idle) = (.seconds(2), .seconds(1), .seconds(2))
    let listener = try await start(certificate, limits: limits)
    struct Slow: Decodable {
      var body: String
      var headers: String
      var hello: String
      var nothing: String
      var good: Int
    }
    let slow = try await play("slow", listener, certificate, as: Slow.self)
    await listener.stop()
    #expect(slow.body.hasPrefix("HTTP/1.1 408"))
    #expect(slow.headers == "closed" && slow.hello == "closed" && slow.nothing == "closed" && slow.good == 200)
    #expect(desk.told.withLock { $0 } == [Self.key])
  }

  /// R01: idle connections hold nobody up for good.
  @Test func moreConnectionsThanAllowedWaitForTheirTurn() async throws {
    let certificate = try await Certificate()
    var limits = HTTPSLimits()
    (limits.connectionsMaximum, limits.firstRequest) = (4, .seconds(1))
    let listener = try await start(certificate, limits: limits)
    let crowd = try await play("crowd", listener, certificate, as: [String: Int].self)
    await listener.stop()
    #expect(crowd == ["idle": 20, "good": 200])
  }

  @Test func overloadIsToldToComeAgain() async throws {
    let certificate = try await Certificate()
    var limits = HTTPSLimits()
    limits.requestsMaximum = 0
    let listener = try await start(certificate, limits: limits)
    let results = try await play("calls", listener, certificate, as: [String: Called].self)
    await listener.stop()
    #expect(results["good 1.1"]?.status == 503 && results["good 2"]?.status == 503)
    #expect(desk.told.withLock { $0.isEmpty } && listener.count(of: .taken) == 0)
  }

  @Test func certificatesAreReadAgain() async throws {
    struct Peer: Decodable {
      var certificate: String
      var versions: [String: String]
    }
    let certificate = try await Certificate()
    let listener = try await start(certificate)
    func fingerprint() async throws -> String {
      let told = try await run(
        "openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", certificate.certificateFile)
      return String(decoding: told, as: UTF8.self).split(separator: "=").last.map {
        $0.filter { $0.isHexDigit }.lowercased()
      } ?? ""
    }
    let first = try await fingerprint()
    let peer = try await play("peer", listener, certificate, as: Peer.self)
    #expect(peer.certificate == first)
    #expect(peer.versions == ["TLSv1_1": "refused", "TLSv1_2": "TLSv1.2", "TLSv1_3": "TLSv1.3"])
    // A bad pair keeps the old one.
    let key = try Data(contentsOf: URL(filePath: certificate.keyFile))
    try await certificate.renew()
    let newKey = try Data(contentsOf: URL(filePath: certificate.keyFile))
    try key.write(to: URL(filePath: certificate.keyFile))
    #expect(throws: HTTPSListenerDefect.self) { try listener.reloadCertificate() }
    #expect(try await play("peer", listener, certificate, as: Peer.self).certificate == first)
    try newKey.write(to: URL(filePath: certificate.keyFile))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: certificate.keyFile)
    try listener.reloadCertificate()
    let second = try await fingerprint()
    #expect(try await play("peer", listener, certificate, as: Peer.self).certificate == second && second != first)
    await listener.stop()
  }

  @Test func whatCannotListenSaysWhy() async throws {
    let certificate = try await Certificate()
    let first = try await start(certificate)
    func defect(_ port: Int, _ certificateFile: String, _ keyFile: String) async -> String {
      do throws(HTTPSListenerDefect) {
        let listener = try await HTTPSListener.start(
          host: "localhost", port: port, certificateFile: certificateFile, keyFile: keyFile,
          answer: { _ in HTTPSReply(200, "") })
        await listener.stop()
        return "none"
      } catch {
        return error.description
      }
    }
    let (file, key) = (certificate.certificateFile, certificate.keyFile)
    #expect(await defect(first.port, file, key).contains("cannot listen on localhost:\(first.port)"))
    #expect(await defect(0, "/nowhere.pem", key).contains("/nowhere.pem"))
    #expect(await defect(0, file, "/nowhere.pem").contains("/nowhere.pem"))
    #expect(await defect(0, file, file).contains(file))
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: key)
    #expect(await defect(0, file, key).contains("chmod 600"))
    await first.stop()
  }

  @Test func theMemoryForgetsTheOldest() {
    var memory = CallbackMemory()
    func isNew(_ id: String) -> Bool { memory.insert(id) }
    for number in 0..<CallbackMemory.idsMaximum where !isNew("\(number)") { Issue.record("\(number)") }
    #expect([isNew("0"), isNew("new"), isNew("1"), isNew("0"), isNew("new")] == [false, true, false, true, false])
  }
}
