internal import Digests

// Which rules were in force since when. What they say is not known here.
extension LedgerState {
  /// Versions rise. The rules that are active already need no record: the answer says since when they are.
  func decide(_ command: ActivateRules, _ policy: any Policy, _ time: Timestamp) -> Decision {
    if let key = command.key, let known = decideKnown(key, findPlace(key.namespace, key.id)) { return known }
    let active = rulesStanding
    if active.lastSequence != 0, command.version == active.version, command.digest == active.digest {
      return .answered(.rules(active), sequence: active.lastSequence)
    }
    guard active.lastSequence == 0 || command.version > active.version else {
      return .rejected(.rulesVersionTaken(active: active.version))
    }
    return .record(
      .rulesActivated(RulesActivated(key: command.key, version: command.version, digest: command.digest)))
  }

  mutating func evolve(_ fact: RulesActivated, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let place: RequestPlace?
    if let key = fact.key { place = try requireNew(key, .none, 0) } else { place = nil }
    guard rulesLog.count == 0 || fact.version > rulesLog[rulesLog.count].version else {
      throw .rulesVersion(fact.version)
    }
    let rules = rulesLog.append(
      RulesRow(version: fact.version, digest: fact.digest, time: moment.time, sequence: moment.sequence))
    guard let key = fact.key else { return nil }
    return keep(key, labels.append(key.id), at: place, .rulesActivated, subject: rules)
  }

  /// Version 0 before any were activated.
  var rulesStanding: RulesStanding {
    guard rulesLog.count > 0 else {
      return RulesStanding(
        version: 0, digest: Digest256(), activeSince: Timestamp(microseconds: 0), lastSequence: 0)
    }
    let row = rulesLog[rulesLog.count]
    return RulesStanding(
      version: row.version, digest: row.digest, activeSince: row.time, lastSequence: row.sequence)
  }
}

struct RulesRow: BitwiseCopyable {
  let version: UInt32
  private let digestWords: InlineArray<4, UInt64>
  let time: Timestamp
  let sequence: UInt64

  init(version: UInt32, digest: Digest256, time: Timestamp, sequence: UInt64) {
    self.version = version
    digestWords = digest.withUnsafeBytes { bytes in
      InlineArray { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self) }
    }
    self.time = time
    self.sequence = sequence
  }

  var digest: Digest256 {
    var digest = Digest256()
    digest.withUnsafeMutableBytes { bytes in
      for index in 0..<4 { bytes.storeBytes(of: digestWords[index], toByteOffset: 8 * index, as: UInt64.self) }
    }
    return digest
  }
}
