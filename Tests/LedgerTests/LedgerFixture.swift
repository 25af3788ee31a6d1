import Digests
import Glibc
import Journal
import LedgerCore
import Synchronization
import Testing

@testable import Ledger

/// A clock that stands still until it is moved.
final class HandClock: LedgerClock {
  private let microseconds: Mutex<Int64>

  init(microseconds: Int64 = 1_790_000_000_000_000) { self.microseconds = Mutex(microseconds) }

  func now() -> Timestamp { Timestamp(microseconds: microseconds.withLock { $0 }) }
  func monotonicNanoseconds() -> Int64 { microseconds.withLock { $0 } &* 1_000 }
  func advance(microseconds: Int64) { self.microseconds.withLock { $0 += microseconds } }
}

/// An empty directory that goes away with its owner.
final class TemporaryDirectory {
  let path: String

  init() throws {
    var template = Array("/tmp/settle-ledger-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw POSIXFailure(number: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  struct POSIXFailure: Error { let number: Int32 }

  deinit {
    let disk = FileDisk()
    for folder in ["\(path)/archive", path] {
      for name in (try? disk.list(folder)) ?? [] { unlink("\(folder)/\(name)") }
      rmdir(folder)
    }
  }
}

struct Fixture {
  let clock = HandClock()
  var configuration: LedgerConfiguration
  var disk: any Disk = FileDisk()

  init(directory: String) {
    configuration = LedgerConfiguration(directory: directory)
    configuration.journal.segmentBytes = 1 << 20
    configuration.journal.frameBodyBytes = 256 << 10
  }

  func open(
    standing: @escaping @Sendable (Journal.Standing) -> Void = { _ in },
    failed: @escaping @Sendable (JournalError) -> Void = { _ in }
  ) throws -> (Ledger, RecoveryReport) {
    try Ledger.open(
      configuration, disk: disk, clock: clock,
      seeds: LedgerSeeds(newLedgerID: Fingerprint128(first: 1, second: 2), hash: HashSeed(first: 3, second: 4)),
      standing: standing, failed: failed)
  }
}

/// Commands of partner "demo", with content fingerprints made of what matters in the test.
enum Make {
  static func key(_ id: String, content: UInt64 = 0, partner: String? = "demo") throws -> RequestKey {
    RequestKey(
      namespace: try partner.map { .partner(try Label($0)) } ?? .staff, id: try Label(id),
      content: Fingerprint128(first: content, second: 0))
  }

  static func agent(_ agent: String) throws -> LedgerOperation {
    .command(
      .createAgent(CreateAgent(key: try key("agent-\(agent)"), partner: try Label("demo"), agent: try Label(agent))))
  }

  static func deposit(_ id: String, agent: String, _ minorUnits: Int64) throws -> LedgerOperation {
    .command(
      .deposit(
        Deposit(
          key: try key(id, partner: nil), partner: try Label("demo"), agent: try Label(agent),
          amount: Money(minorUnits: minorUnits, currency: .cny), externalReference: try Label(id))))
  }

  static func item(_ id: String, agent: String, _ minorUnits: Int64) throws -> SubmitWithdrawal {
    SubmitWithdrawal(
      key: try key(id, content: UInt64(bitPattern: minorUnits)), partner: try Label("demo"), agent: try Label(agent),
      amount: Money(minorUnits: minorUnits, currency: .cny), payee: try Label("payee"))
  }

  static func submit(_ id: String, agent: String, _ minorUnits: Int64) throws -> LedgerOperation {
    .command(.submitWithdrawal(try item(id, agent: agent, minorUnits)))
  }

  static func cancel(_ id: String, _ withdrawal: WithdrawalID) throws -> LedgerOperation {
    .command(
      .cancelWithdrawal(
        CancelWithdrawal(
          key: try key(id, content: withdrawal.rawValue), scope: .partner(try Label("demo")), id: withdrawal,
          expectedSequence: nil)))
  }

  static func get(_ withdrawal: WithdrawalID) throws -> LedgerOperation {
    .query(.withdrawal(withdrawal, .partner(try Label("demo"))))
  }

  static func balance(_ agent: String) throws -> LedgerOperation {
    .query(.balance(partner: try Label("demo"), agent: try Label(agent), .cny))
  }
}

extension LedgerReply {
  var withdrawal: Withdrawal? {
    if case .answered(.withdrawal(let withdrawal)) = outcome { return withdrawal }
    return nil
  }

  var balance: Balance? {
    if case .answered(.balance(let balance)) = outcome { return balance }
    return nil
  }

  var refusal: Refusal? {
    if case .answered(.refused(let refusal)) = outcome { return refusal }
    return nil
  }

  var rejection: Rejection? {
    if case .answered(.rejected(let rejection)) = outcome { return rejection }
    return nil
  }
}
