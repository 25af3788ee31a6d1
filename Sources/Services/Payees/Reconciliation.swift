package import Ledger
internal import LedgerCore
package import Vault

/// Brings the key store into step with the journal, after a start: what is erased has no key, and a key that no record
/// names is destroyed. Both come from crashes between the two.
///
/// It reads the whole journal once, in the background, while the server works.
package struct PrivateDataReconciliation: Sendable {
  package struct Report: Hashable, Sendable {
    /// Accounts whose erasure was recorded and whose key was still there.
    package var erased = 0
    /// Keys that no record names.
    package var orphans = 0
    /// The orphans are gone. Otherwise there were too many to come from a crash: this may be an older copy of the ledger,
    /// or another one, and its operators must look before private data is lost for good.
    package var areOrphansDestroyed = true
  }

  package enum Failure: Error, Hashable, Sendable {
    case journal(FeedError)
    case keys(VaultError)
    /// The server is stopping; the next start does it.
    case stopping
  }

  /// A crash leaves a key behind for each request that was between its key and its record: no more than the key store
  /// takes at once (4,096).
  package static let orphansMaximum = 4_096
  /// Far longer than any request takes from its key to its record, and time for operators who started with the wrong
  /// ledger to notice it.
  package static let standardGrace = Duration.seconds(600)

  private static let readAtOnce = 2_000

  private let ledger: Ledger
  private let keys: KeyStore

  package init(ledger: Ledger, privateData: PrivateData) {
    self.ledger = ledger
    keys = privateData.keys
  }

  /// - Parameter grace: between finding orphans and destroying them; what a record names by then is none.
  package func run(
    grace: Duration = standardGrace, clock: any Clock<Duration> = .continuous
  ) async throws(Failure) -> Report {
    var scan = Scan(unnamed: Set(keys.keyIDs), position: 1)
    try await read(&scan)
    var report = Report()
    report.erased = try await destroyErased(&scan)
    guard !scan.unnamed.isEmpty else { return report }
    guard scan.unnamed.count <= Self.orphansMaximum else {
      report.orphans = scan.unnamed.count
      report.areOrphansDestroyed = false
      return report
    }
    do { try await clock.sleep(for: grace) } catch { throw .stopping }
    try await read(&scan)
    report.erased += try await destroyErased(&scan)
    report.orphans = scan.unnamed.count
    try await destroy(scan.unnamed.sorted())
    return report
  }

  private struct Scan {
    /// Keys that no record up to `position` names.
    var unnamed: Set<KeyID>
    /// The next record to look at.
    var position: UInt64
    /// Of erased accounts; what they were sealed with, the ledger knows.
    var erased: [PayeeID] = []

    mutating func look(at record: Record) {
      switch record {
      case .agentVerified(let fact): name(fact.sealed)
      case .payeeCreated(let fact): name(fact.sealed)
      case .payeeErased(let fact): erased.append(fact.id)
      case .agentCreated, .deposited, .withdrawalSubmitted, .withdrawalCancelled, .requestRefused, .agentUpdated,
        .payeeVerified, .reviewActed, .holdChanged, .withdrawalAmended, .reviewExpired, .outcomeReported, .proposed,
        .proposalConfirmed, .payeeRevealed, .listChanged, .rulesActivated, .channelStateSet, .channelFunded,
        .attemptBegun, .attemptUpdated, .payoutHeldBack, .strayPaid, .payoutReturned, .strayReturned,
        .payoutConfirmed,
        .withdrawalReworked, .actionLapsed, .cancelBegun, .doubtResolved, .appealCreated, .appealActed:
        break
      }
    }

    private mutating func name(_ sealed: SealedData) {
      if let id = Sealed.keyID(of: sealed.bytes) { unnamed.remove(id) }
    }
  }

  /// Up to the durable end.
  private func read(_ scan: inout Scan) async throws(Failure) {
    var next: UInt64? = scan.position
    while let from = next, from <= ledger.feed.lastSequence {
      let page: RecordPage
      do throws(FeedError) {
        page = try await ledger.records(from: from, limit: Self.readAtOnce)
      } catch {
        throw error == .stopped ? .stopping : .journal(error)
      }
      for stored in page.records {
        scan.look(at: stored.record)
        scan.position = stored.sequence + 1
      }
      next = page.next
    }
  }

  /// - Returns: how many keys were still there.
  private func destroyErased(_ scan: inout Scan) async throws(Failure) -> Int {
    var due: [KeyID] = []
    for id in scan.erased {
      let reply = await ledger.perform(.query(.payee(id, .all)))
      guard case .answered(.payee(let payee)) = reply.outcome else { throw .stopping }
      if let key = Sealed.keyID(of: payee.sealed.bytes), keys.contains(key) { due.append(key) }
    }
    scan.erased = []
    try await destroy(due)
    return due.count
  }

  private func destroy(_ ids: [KeyID]) async throws(Failure) {
    guard !ids.isEmpty else { return }
    do throws(VaultError) { try await keys.destroy(ids) } catch { throw .keys(error) }
  }
}
