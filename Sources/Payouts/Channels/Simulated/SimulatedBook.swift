internal import Digests
internal import Glibc
package import LedgerCore

/// The simulated channel's own book: what it did, one record for each step, written before anybody is told. It is what a
/// proof holds against the ledger.
///
/// A file of records of 56 bytes, little-endian, appended with one write(2) each: whoever kills the process loses none that
/// was answered. (A power cut may: it is a simulation of a channel, and the channel's power is not ours.)
///
///     0 withdrawal u64 | 8 attempt u8, kind u8, zero u16, currency u32 | 16 amount i64 | 24 fee i64 | 32 time i64 µs
///     40 body u32 (CRC32C of the request and its amount) | 44 zero u32 | 48 CRC32C of bytes 0..<48 u32 | 52 zero u32
package final class SimulatedBook: Sendable {
  package struct Entry: Sendable, Hashable {
    package var key: PayoutKey
    package var kind: Kind
    package var amount: Money
    /// Minor units.
    package var fee: Int64
    package var time: Timestamp
    /// Checksum of the request and its amount.
    package var body: UInt32
  }

  package enum Kind: UInt8, Sendable, Hashable, CaseIterable {
    /// Money left.
    case moved = 1
    /// It came back.
    case returned = 2
    case technicalFailure = 3
    case payeeFailure = 4
    case refused = 5
    /// The order is taken; `moved` follows.
    case accepted = 6
    /// The payee has to confirm; `moved`, `lapsed` or `cancelled` follows.
    case awaiting = 7
    case lapsed = 8
    case cancelled = 9
    /// A request that did not arrive: nobody at a real channel would know of it.
    case lost = 10
  }

  package enum Defect: Error, Hashable, Sendable {
    case system(errno: Int32, path: String)
    case damaged(path: String, offset: Int)
  }

  static let entryBytes = 56
  private static let checkedBytes = 48
  private let descriptor: Int32
  private let path: String

  /// Everything that the book says, oldest first. A cut record at the end was never answered.
  package static func read(_ path: String) throws(Defect) -> [Entry] {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(errno: errno, path: path) }
    defer { _ = Glibc.close(descriptor) }
    return try read(descriptor, path)
  }

  /// Opens or begins a book; what stands in it is told.
  static func open(_ path: String) throws(Defect) -> (SimulatedBook, [Entry]) {
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system(errno: errno, path: path) }
    let book = SimulatedBook(descriptor: descriptor, path: path)
    let entries = try read(descriptor, path)
    guard ftruncate(descriptor, off_t(entries.count * entryBytes)) == 0 else { throw .system(errno: errno, path: path) }
    return (book, entries)
  }

  private init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { _ = Glibc.close(descriptor) }

  private static func read(_ descriptor: Int32, _ path: String) throws(Defect) -> [Entry] {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(errno: errno, path: path) }
    let count = Int(status.st_size) / entryBytes
    var bytes = [UInt8](repeating: 0, count: count * entryBytes)
    var done = 0
    while done < bytes.count {
      let got = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done, off_t(done))
      }
      guard got >= 0 || errno == EINTR else { throw .system(errno: errno, path: path) }
      guard got != 0 else { throw .damaged(path: path, offset: done) }
      done += max(got, 0)
    }
    var entries: [Entry] = []
    entries.reserveCapacity(count)
    for index in 0..<count {
      let start = index * entryBytes
      guard
        let entry = bytes.withUnsafeBytes({ Entry(UnsafeRawBufferPointer(rebasing: $0[start..<start + entryBytes])) })
      else { throw .damaged(path: path, offset: start) }
      entries.append(entry)
    }
    return entries
  }

  /// On disk as far as a killed process is concerned when this returns. A book that cannot be written must not be answered
  /// from.
  func append(_ entry: Entry) throws(Defect) {
    let record = entry.encoded
    while true {
      let written = record.span.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if written == Self.entryBytes { return }
      guard written < 0, errno == EINTR else { throw .system(errno: written < 0 ? errno : EIO, path: path) }
    }
  }
}

extension SimulatedBook.Entry {
  fileprivate var encoded: InlineArray<56, UInt8> {
    var record = InlineArray<56, UInt8>(repeating: 0)
    var span = record.mutableSpan
    span.withUnsafeMutableBytes { out in
      out.storeBytes(of: key.withdrawal.rawValue.littleEndian, toByteOffset: 0, as: UInt64.self)
      out[8] = key.attempt
      out[9] = kind.rawValue
      out.storeBytes(of: amount.currency.code.littleEndian, toByteOffset: 12, as: UInt32.self)
      out.storeBytes(of: amount.minorUnits.littleEndian, toByteOffset: 16, as: Int64.self)
      out.storeBytes(of: fee.littleEndian, toByteOffset: 24, as: Int64.self)
      out.storeBytes(of: time.microseconds.littleEndian, toByteOffset: 32, as: Int64.self)
      out.storeBytes(of: body.littleEndian, toByteOffset: 40, as: UInt32.self)
      let sum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: out[0..<48]))
      out.storeBytes(of: sum.littleEndian, toByteOffset: 48, as: UInt32.self)
    }
    return record
  }

  fileprivate init?(_ bytes: UnsafeRawBufferPointer) {
    func load<T: FixedWidthInteger>(_ offset: Int, as: T.Type) -> T {
      T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
    }
    guard CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[0..<48])) == load(48, as: UInt32.self),
      let kind = SimulatedBook.Kind(rawValue: bytes[9])
    else { return nil }
    self.init(
      key: PayoutKey(WithdrawalID(rawValue: load(0, as: UInt64.self)), attempt: bytes[8]), kind: kind,
      amount: Money(minorUnits: load(16, as: Int64.self), currency: Currency(code: load(12, as: UInt32.self))),
      fee: load(24, as: Int64.self), time: Timestamp(microseconds: load(32, as: Int64.self)),
      body: load(40, as: UInt32.self))
  }
}
