import Digests
import Glibc
package import Journal
package import JournalTesting
import Synchronization
import Testing

@testable package import Vault

/// Random bytes that repeat with their seed.
final class SeededRandom: RandomSource {
  private let generator: Mutex<SeededGenerator>

  init(seed: UInt64) { generator = Mutex(SeededGenerator(seed: seed)) }

  func fill(_ bytes: UnsafeMutableRawBufferPointer) throws(RandomFailure) {
    generator.withLock { generator in
      for index in bytes.indices { bytes[index] = UInt8.random(in: 0...255, using: &generator) }
    }
  }
}

/// The same byte for ever, or none at all.
struct BrokenRandom: RandomSource {
  var byte: UInt8?

  func fill(_ bytes: UnsafeMutableRawBufferPointer) throws(RandomFailure) {
    guard let byte else { throw RandomFailure() }
    for index in bytes.indices { bytes[index] = byte }
  }
}

/// All its files are ours and private.
extension SimulatedDisk: PrivateDisk {
  package func createNew(_ path: String) throws(DiskFailure) -> OpenFile? {
    contents(path) == nil ? try open(path, .create) : nil
  }

  package func ownership(of file: OpenFile) throws(DiskFailure) -> Ownership {
    Ownership(
      kind: contents(file.path) == nil ? .directory : .file, isOurs: true, owner: 0,
      mode: contents(file.path) == nil ? 0o700 : 0o600)
  }
}

func masterKey(_ seed: UInt8) throws -> MasterKey {
  MasterKey(try #require([UInt8](repeating: seed, count: 32).withUnsafeBytes { SecretKey(copying: $0) }))
}

func bytes(_ key: SecretKey) -> [UInt8] { key.withUnsafeBytes { Array($0) } }

func utf8(_ text: String) -> [UInt8] { Array(text.utf8) }

func vaultError(_ work: () throws(VaultError) -> Void) -> VaultError? {
  do throws(VaultError) {
    try work()
    return nil
  } catch {
    return error
  }
}

/// A directory of the real disk that is gone after the test.
final class TemporaryDirectory {
  let path: String

  init() throws {
    var template = Array("/tmp/settle-vault-XXXXXX".utf8CString)
    path = String(cString: try #require(mkdtemp(&template)))
  }

  deinit { remove(path) }

  private func remove(_ path: String) {
    if let names = try? FileDisk().list(path) {
      for name in names { remove(path + "/" + name) }
      rmdir(path)
    } else {
      unlink(path)
    }
  }

  func write(_ name: String, _ content: String, mode: mode_t = 0o600) throws -> String {
    let file = path + "/" + name
    let disk = FileDisk()
    let opened = try disk.open(file, .create)
    try disk.writeAll(opened, utf8(content))
    disk.close(opened)
    #expect(chmod(file, mode) == 0)
    return file
  }

  func mode(_ name: String) throws -> UInt32 {
    var status = stat()
    try #require(stat(path + "/" + name, &status) == 0)
    return status.st_mode & 0o7777
  }
}
