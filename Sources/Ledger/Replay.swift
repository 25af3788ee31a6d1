internal import Digests
internal import Journal
internal import LedgerCore

/// A state that grows by replaying records: at a start, for a snapshot, for verification.
///
/// Body of a snapshot: the seals of all frames, then the state as LedgerCore writes it.
///
///     offset 0  format     u32  1
///            4  frames     u32  how many
///            8  per frame  last sequence u64, seal 32 bytes
///               state
///
/// Numbers are little endian.
struct Replay: ~Copyable {
  var state: LedgerState
  var seals: SealIndex

  private static let format: UInt32 = 1
  private static let headerBytes = 8
  private static let sealBytes = 8 + Digest256.byteCount

  /// An empty state, or the one that a snapshot holds.
  static func begin(
    _ snapshot: Snapshot?, identity: LedgerIdentity, seed: HashSeed
  ) throws(JournalError) -> Replay {
    let body = try snapshot.map { (snapshot) throws(JournalError) in try SnapshotBody(snapshot) }
    let seals = try body.map(readSeals) ?? SealIndex()
    return Replay(state: try readState(body, snapshot, identity, seed), seals: seals)
  }

  private static func readState(
    _ body: SnapshotBody?, _ snapshot: Snapshot?, _ identity: LedgerIdentity, _ seed: HashSeed
  ) throws(JournalError) -> LedgerState {
    guard let body, let snapshot else {
      return LedgerState(epoch: identity.epoch, shard: identity.shard, ledgerID: identity.id, hashSeed: seed)
    }
    do {
      return try LedgerState(
        epoch: identity.epoch, shard: identity.shard, ledgerID: identity.id, hashSeed: seed,
        expectedHash: snapshot.stateHash
      ) { try body.read(into: $0) }
    } catch let error as JournalError {
      throw error
    } catch {
      throw body.damage("\(error)")
    }
  }

  mutating func apply(_ bytes: UnsafeRawBufferPointer, sequence: UInt64, timeMicroseconds: Int64) throws {
    let record = try Record.decode(bytes)
    try state.evolve(record, sequence: sequence, time: Timestamp(microseconds: timeMicroseconds))
  }

  /// Writes what `init` reads.
  func encode(_ sink: (UnsafeRawBufferPointer) throws(JournalError) -> Void) throws(JournalError) {
    var header = [UInt8](repeating: 0, count: Self.headerBytes)
    header.withUnsafeMutableBytes { bytes in
      bytes.storeBytes(of: Self.format.littleEndian, as: UInt32.self)
      bytes.storeBytes(of: UInt32(truncatingIfNeeded: seals.count).littleEndian, toByteOffset: 4, as: UInt32.self)
    }
    try Self.pass(header, to: sink)
    var rows: [UInt8] = []
    try seals.eachFrame { (last, seal) throws(JournalError) in
      withUnsafeBytes(of: last.littleEndian) { rows.append(contentsOf: $0) }
      seal.withUnsafeBytes { rows.append(contentsOf: $0) }
      if rows.count >= Self.pieceBytes {
        try Self.pass(rows, to: sink)
        rows.removeAll(keepingCapacity: true)
      }
    }
    try Self.pass(rows, to: sink)
    _ = try state.encodeSnapshot(sink)
  }

  private static let pieceBytes = 256 << 10

  private static func pass(
    _ bytes: [UInt8], to sink: (UnsafeRawBufferPointer) throws(JournalError) -> Void
  ) throws(JournalError) {
    let result: Result<Void, JournalError> = bytes.withUnsafeBytes { bytes in
      do throws(JournalError) { return .success(try sink(bytes)) } catch { return .failure(error) }
    }
    try result.get()
  }

  private static func readSeals(_ body: SnapshotBody) throws(JournalError) -> SealIndex {
    let header = try take(headerBytes, body)
    guard number(header[0..<4]) == UInt64(format) else { throw body.damage("its body has another format") }
    var seals = SealIndex()
    for _ in 0..<number(header[4..<8]) {
      let row = try take(sealBytes, body)
      let last = number(row[0..<8])
      guard last > seals.lastSequence, let seal = row[8...].withUnsafeBytes({ Digest256(bytes: $0) }) else {
        throw body.damage("its frames are not in order")
      }
      seals.append(lastSequence: last, seal: seal)
    }
    return seals
  }

  private static func take(_ count: Int, _ body: SnapshotBody) throws(JournalError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let result: Result<Int, JournalError> = bytes.withUnsafeMutableBytes { buffer in
      do throws(JournalError) { return .success(try body.read(into: buffer)) } catch { return .failure(error) }
    }
    guard try result.get() == count else { throw body.damage("it ends too early") }
    return bytes
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
