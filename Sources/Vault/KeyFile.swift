internal import Digests
internal import Journal

/// A key in a file of its own: 64 hexadecimal digits and a newline, readable by its owner alone. Text, so that it can be
/// typed off a printout in a safe.
enum KeyFile {
  static let byteCount = 2 * SecretKey.byteCount + 1

  static func read(_ path: String, _ disk: any PrivateDisk) throws(VaultError) -> SecretKey {
    var text = [UInt8](repeating: 0, count: byteCount)
    defer { wipe(&text) }
    try onDisk { () throws(DiskFailure) -> Result<Void, KeyFileDefect> in
      let file: OpenFile
      do throws(DiskFailure) {
        file = try disk.open(path, .read)
      } catch {
        guard error.cause == .notFound else { throw error }
        return .failure(.missing)
      }
      defer { disk.close(file) }
      if let defect = try defect(of: file, disk) { return .failure(defect) }
      let read = text.withUnsafeMutableBytes { buffer in
        Result { () throws(DiskFailure) in try disk.readFully(file, into: buffer, at: 0) }
      }
      let count = try read.get()
      return count == byteCount ? .success(()) : .failure(.wrongLength(bytes: count))
    }.get(orThrow: path)
    return try key(text).get(orThrow: path)
  }

  /// What is wrong with the file before anything of it is read.
  private static func defect(of file: OpenFile, _ disk: any PrivateDisk) throws(DiskFailure) -> KeyFileDefect? {
    let ownership = try disk.ownership(of: file)
    guard ownership.kind == .file else { return .notAFile }
    guard ownership.isOurs else { return .foreignOwner(ownership.owner) }
    guard ownership.mode == 0o600 || ownership.mode == 0o400 else { return .openToOthers(mode: ownership.mode) }
    let bytes = try disk.byteCount(file)
    return bytes == byteCount ? nil : .wrongLength(bytes: bytes)
  }

  private static func key(_ text: [UInt8]) -> Result<SecretKey, KeyFileDefect> {
    guard text.last == UInt8(ascii: "\n") else { return .failure(.noNewline) }
    var bytes = [UInt8](repeating: 0, count: SecretKey.byteCount)
    defer { wipe(&bytes) }
    guard bytes.withUnsafeMutableBytes({ Hexadecimal.decode(ascii: text.dropLast(), into: $0) }),
      let key = bytes.withUnsafeBytes({ SecretKey(copying: $0) })
    else { return .failure(.notHexadecimal) }
    return bytes.contains { $0 != 0 } ? .success(key) : .failure(.allZeros)
  }

  /// To be wiped by the caller.
  static func text(_ key: SecretKey) -> [UInt8] {
    key.withUnsafeBytes { Hexadecimal.encodeASCII($0) } + [UInt8(ascii: "\n")]
  }
}

extension KeyFileDefect: Error {}

extension Result where Failure == KeyFileDefect {
  fileprivate func get(orThrow path: String) throws(VaultError) -> Success {
    switch self {
    case .success(let value): return value
    case .failure(let defect): throw .keyFile(path: path, defect)
    }
  }
}

/// Work on the disk, whose failures become the vault's.
func onDisk<Value: ~Copyable>(_ work: () throws(DiskFailure) -> Value) throws(VaultError) -> Value {
  do throws(DiskFailure) { return try work() } catch { throw .disk(error) }
}

func withRandom<Value: ~Copyable>(_ work: () throws(RandomFailure) -> Value) throws(VaultError) -> Value {
  do throws(RandomFailure) { return try work() } catch { throw .random(error) }
}
