package import Digests

/// A snapshot is the state as one stream of bytes: the same state always gives the same bytes, and their SHA-256 is the
/// state hash. It holds facts only; links, lists, hash tables and sums are made anew when it is read. All numbers are
/// little endian, labels as in records, ordinals count from 1 in the order of the rows.
///
///     magic         "settle-S"
///     version       u32       4
///     shard         u8
///     lastSequence  u64
///     lastTime      i64       microseconds
///     then each section: its number u8, its rows u64, and the rows:
///      1 partners     label
///      2 meters       window i64, count i64; first staff's, then one per partner
///      3 books        currency u32, then custody, clearing, fee income, suspense: debits pending, posted, credits pending,
///                     posted i64
///      4 agents       partner u64, label, time i64, sequence u64
///      5 accounts     agent u64, book u64, the four sums i64, last sequence u64
///      6 deposits     account u64, amount i64, external reference label, time i64, sequence u64
///      7 withdrawals  account u64, epoch u8, state entered at once u8, amount i64, fee i64, time i64, sequence u64,
///                     payee label
///      8 events       withdrawal u64, state u8, time i64, sequence u64
///      9 entries      kind u8, subject u64
///     10 refusals     partner u64, method u8, refusal as in records, sequence u64
///     11 requests     namespace u64, id label, content 16 bytes, outcome u8, subject u64
///     13 standings    one per agent: parent u64, tier label, frozen u8, credit grade u8, open violations u16, limits of its
///                     own 4 x i64, verified elements u8, masked name label, name hash 16 bytes, ID hash 16 bytes, sealed
///                     data, most levels below u8, last sequence u64; the two labels may be absent
///     14 payees       agent u64, epoch u8, rail u8, state u8, number hash 16 bytes, name hash 16 bytes, masked number
///                     label, masked name label, bank label (may be absent), sealed data, time i64, sequence u64, last
///                     sequence u64
///     15 screenings   one per withdrawal: payee u64, device label, address label (both may be absent), screening as in
///                     records
///     30 profiles     one per agent, as `AgentProfile` tells
///     31 older links  as `StoredLink` tells
///     32 links        the same
///     33 lists        as `ListStoredEntry` tells
///     20 review acts  withdrawal u64, kind u8, role u8, figure u8, person label, note label (both may be absent), time i64,
///                     sequence u64, due i64
///     21 proposals    kind u8, epoch u8, subject u64, amount i64, currency u32, reason label (may be absent), proposer
///                     label, time i64, sequence u64, confirmer's role u8; where that is not 0: confirmer label, time i64,
///                     sequence u64
///     22 reveals      proposal u64, person label, sequence u64
///     23 list changes kind u8, subject u8, colour u8, partner label (may be absent), name label, reason label, until i64,
///                     time i64, sequence u64
///     24 rules        version u32, digest 32 bytes, time i64, sequence u64
///     40 channels     label, state u8, reason label (may be absent), last sequence u64
///     41 floats       channel u64, book u64, the four sums i64 of the float and of its fees
///     42 fundings     float u64, amount i64, reference label, time i64, sequence u64
///     43 attempts     withdrawal u64, state u8, reason u8, float u64, reserved fee i64, begin time i64 and sequence u64,
///                     update time i64 and sequence u64, channel's reference label, code label (both may be absent), paid
///                     i64, channel fee i64, fee given back i64
///     44 aftermaths   kind u8, reason u8, attempt u64, amount i64, fee given back i64, channel's fee i64, to the agent
///                     i64, reference label, code label (both may be absent), time i64, sequence u64
///     45 payouts      one per withdrawal that anything was done to pay: withdrawal u64, last sequence u64, deadline i64,
///                     tries u8, blocked u8
///     46 confirmations  of attempts whose payee has to confirm: attempt u64, length u16, that many bytes; since version 4
///     50 appeals      withdrawal u64, kind u8, state u8, epoch u8, disputed i64, awarded i64, text label, answer label,
///                     assignee label (both may be absent), time i64, sequence u64, first answer due i64, first answer i64,
///                     resolve time i64 and sequence u64, last sequence u64
///     51 evidence     appeal u64, person label (may be absent), note label, hash label (may be absent), time i64,
///                     sequence u64
///     12 end          0 rows; nothing follows
///
/// Version 1, from before there was any screening, has no suspense and goes from section 11 to the end. Version 2, from
/// before anything was paid out, goes from section 24 to the end. Version 3, from before strays took fees along and returns
/// minded awards, has neither of the two in its aftermaths: no fee, and all that came back is the agent's.
///
/// The epoch is not part of it: a snapshot taken before a restore is the same state after it.
enum SnapshotFormat {
  /// "settle-S" read as a little-endian number.
  static let magic: UInt64 = 0x532D_656C_7474_6573
  static let version: UInt32 = 4
  static let firstVersion: UInt32 = 1
  static let versionWithPayouts: UInt32 = 3
  static let versionWithAftermathFigures: UInt32 = 4
  static let versionWithConfirmations: UInt32 = 4

  enum Section: UInt8 {
    case partners = 1
    case meters = 2
    case books = 3
    case agents = 4
    case accounts = 5
    case deposits = 6
    case withdrawals = 7
    case events = 8
    case entries = 9
    case refusals = 10
    case requests = 11
    case end = 12
    case standings = 13
    case payees = 14
    case screenings = 15
    case reviewActs = 20
    case proposals = 21
    case reveals = 22
    case listChanges = 23
    case rules = 24
    case profiles = 30
    case olderLinks = 31
    case links = 32
    case lists = 33
    case channels = 40
    case floats = 41
    case fundings = 42
    case attempts = 43
    case aftermaths = 44
    case payouts = 45
    case confirmations = 46
    case appeals = 50
    case evidence = 51
  }

  /// Bytes handed over at a time: large enough that calls do not count, a quarter of the 1 MiB that a chunk may have.
  static let chunkBytes = 256 << 10
  /// No row is longer: the longest is a payee account with 510 bytes besides its sealed data; a label at a row's end is
  /// written as 64 bytes.
  static let rowMaximumBytes = 1_024
}

/// Collects rows into chunks, hashes them and passes them on.
struct SnapshotWriter<Failure: Error>: ~Copyable {
  private let buffer: UnsafeMutableRawBufferPointer
  private var used = 0
  private var sha = SHA256()
  private let sink: (UnsafeRawBufferPointer) throws(Failure) -> Void

  init(_ sink: @escaping (UnsafeRawBufferPointer) throws(Failure) -> Void) {
    buffer = .allocate(byteCount: SnapshotFormat.chunkBytes, alignment: 8)
    self.sink = sink
  }

  deinit { buffer.deallocate() }

  mutating func begin(_ section: SnapshotFormat.Section, rows: UInt64) throws(Failure) {
    try row { row in
      row.write(section.rawValue)
      row.write(rows)
    }
  }

  /// - Parameter write: at most `rowMaximumBytes`.
  @inline(__always)
  mutating func row(_ write: (inout ByteWriter) -> Void) throws(Failure) {
    if buffer.count - used < SnapshotFormat.rowMaximumBytes { try flush() }
    guard let base = buffer.baseAddress else { return }  // never: the buffer is not empty
    var row = ByteWriter(base + used, capacity: SnapshotFormat.rowMaximumBytes)
    write(&row)
    used += row.count
  }

  mutating func finish() throws(Failure) -> Digest256 {
    try flush()
    return sha.finalize()
  }

  private mutating func flush() throws(Failure) {
    let chunk = UnsafeRawBufferPointer(rebasing: buffer[0..<used])
    sha.update(chunk)
    used = 0
    try sink(chunk)
  }
}

/// Brings bytes that may be anything, a row at a time.
struct SnapshotReader: ~Copyable {
  private let buffer: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0
  private var isAtEnd = false
  /// Of the stream: where `start` is in it.
  private(set) var offset: UInt64 = 0
  private var sha = SHA256()
  private let source: (UnsafeMutableRawBufferPointer) throws -> Int

  init(_ source: @escaping (UnsafeMutableRawBufferPointer) throws -> Int) {
    buffer = .allocate(byteCount: SnapshotFormat.chunkBytes, alignment: 8)
    self.source = source
  }

  deinit { buffer.deallocate() }

  @inline(__always)
  mutating func row<Row>(_ read: (inout ByteReader) throws(CodecError) -> Row) throws -> Row {
    if end - start < SnapshotFormat.rowMaximumBytes && !isAtEnd { try fill() }
    var row = ByteReader(UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
    do throws(CodecError) {
      let value = try read(&row)
      start += row.offset
      offset += UInt64(row.offset)
      return value
    } catch {
      throw SnapshotDefect(.row(error.reason), at: offset + UInt64(error.offset))
    }
  }

  mutating func expectEnd() throws {
    if start == end && !isAtEnd { try fill() }
    guard start == end else { throw SnapshotDefect(.trailingBytes, at: offset) }
  }

  /// Of all bytes up to the end.
  func stateHash() -> Digest256 { sha.finalize() }

  /// Until a row of any length is there, or the source has no more.
  private mutating func fill() throws {
    if start > 0 {
      let rest = UnsafeRawBufferPointer(rebasing: buffer[start..<end])
      buffer.copyMemory(from: rest)
      end -= start
      start = 0
    }
    while end < SnapshotFormat.rowMaximumBytes && !isAtEnd {
      let room = UnsafeMutableRawBufferPointer(rebasing: buffer[end...])
      let count = try source(room)
      guard count >= 0, count <= room.count else { throw SnapshotDefect(.sourceCount(count), at: offset) }
      if count == 0 { isAtEnd = true }
      sha.update(UnsafeRawBufferPointer(rebasing: room[0..<count]))
      end += count
    }
  }
}

/// Why bytes are no snapshot of this ledger. Use the snapshot before it, and the journal from there.
package struct SnapshotDefect: Error, Hashable, Sendable {
  package enum Reason: Hashable, Sendable {
    case notASnapshot
    /// Written by a later version of this program: run that one.
    case unknownVersion(UInt32)
    case shard(expected: UInt8, found: UInt8)
    case section(expected: UInt8, found: UInt8)
    case row(CodecError.Reason)
    /// A row that contradicts the rows before it, or has a number that no record could have led to.
    case contradiction(String)
    case invariant(BrokenInvariant)
    case stateHash(expected: Digest256, found: Digest256)
    case trailingBytes
    /// The source says it brought more bytes than there was room for.
    case sourceCount(Int)
  }
  package var reason: Reason
  /// Bytes from the snapshot's start.
  package var offset: UInt64

  package init(_ reason: Reason, at offset: UInt64) {
    self.reason = reason
    self.offset = offset
  }
}
