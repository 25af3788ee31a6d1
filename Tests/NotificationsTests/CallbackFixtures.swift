import Digests
import Foundation
import LedgerCore
import Payouts
import Routing
import Synchronization

/// A channel whose callbacks are signed as in `callback_client.py`: HMAC-SHA256 over time, a dot and the body.
struct SigningChannel: PayoutChannel {
  let manifest: ChannelManifest
  static let windowMicroseconds: Int64 = 300_000_000

  init(_ id: String = "signing") throws {
    manifest = ChannelManifest(id: try Label(id), rails: [.bankCard])
  }

  func prepare(_ order: PayoutOrder) throws(PrepareDefect) -> [UInt8] { [] }
  func send(_ request: SentRequest) async -> ChannelAnswer { .notFound }
  func query(_ request: SentRequest) async -> ChannelAnswer { .notFound }
  func cancel(_ request: SentRequest) async -> ChannelAnswer { .notFound }
  func statement(day: CivilDate) async throws(StatementFailure) -> [StatementLine] { throw .notSupported }

  func parseNotification(_ raw: RawNotification) throws(NotificationDefect) -> ChannelNotification {
    guard manifest.id.description == "signing" else { throw .notSupported }
    guard let time = raw.header("x-time"), let signature = raw.header("x-signature") else { throw .signature }
    let mac = hmac(Array("\(time).".utf8) + raw.body)
    guard mac == signature else { throw .signature }
    guard let seconds = Int64(time), abs(raw.receivedAt.microseconds - seconds * 1_000_000) <= Self.windowMicroseconds
    else { throw .stale }
    guard let event = try? JSONSerialization.jsonObject(with: Data(raw.body)) as? [String: Any],
      let id = event["id"] as? String, let text = event["key"] as? String
    else { throw .malformed("no id or key") }
    guard let key = PayoutKey(text) else { throw .unknownKey(text) }
    return ChannelNotification(
      key: key, id: id, reply: .init(status: 200, contentType: "text/plain", body: Array("thanks for \(id)".utf8)))
  }

  private func hmac(_ bytes: [UInt8]) -> String {
    let secret = Array("a secret of channel and platform".utf8)
    let block = 64
    let key = secret + [UInt8](repeating: 0, count: block - secret.count)
    let inner = SHA256.hash(key.map { $0 ^ 0x36 } + bytes)
    let outer = SHA256.hash(key.map { $0 ^ 0x5C } + inner.withUnsafeBytes { Array($0) })
    return outer.withUnsafeBytes { Hexadecimal.encode($0) }
  }
}

/// Remembers what the dispatcher is told.
final class ListeningDesk: PayoutDesk {
  let told = Mutex<[PayoutKey]>([])
  var manifests: [ChannelManifest] { [] }
  func activity(of channel: Label) async -> ChannelActivity? { nil }
  func explain(amount: Money, rail: Rail?, speed: Speed) async -> [RouteCandidate] { [] }
  /// What it says to the next notices; true when there is no more.
  let answers = Mutex<[Bool]>([])
  func takeNotice(of key: PayoutKey, from channel: Label) async -> Bool {
    told.withLock { $0.append(key) }
    return answers.withLock { $0.isEmpty ? true : $0.removeFirst() }
  }
  func channelsChanged() {}
}

/// A directory with a certificate for localhost, made by OpenSSL's command line.
final class Certificate: Sendable {
  let directory = FileManager.default.temporaryDirectory.appending(path: "callbacks-\(UUID())").path()
  var certificateFile: String { directory + "/certificate.pem" }
  var keyFile: String { directory + "/key.pem" }

  init() async throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try await renew()
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  func renew() async throws {
    _ = try await run(
      "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
      "-subj",
      "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", keyFile, "-out", certificateFile)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: keyFile)
  }
}

struct ToolFailed: Error { var status: Int32 }

/// What a program writes to its standard output.
func run(_ program: String...) async throws -> Data {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = program
  let out = Pipe()
  process.standardOutput = out
  if program[0] == "openssl" { process.standardError = FileHandle.nullDevice }
  // A thread of its own waits, not one of the pool's few.
  return try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread {
      do {
        try process.run()
        let data = out.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ToolFailed(status: process.terminationStatus) }
        continuation.resume(returning: data)
      } catch {
        continuation.resume(throwing: error)
      }
    }
  }
}
