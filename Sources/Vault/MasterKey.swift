package import Digests
internal import Journal

/// The key that wraps all data keys, out of a file that only its owner can read. Whoever has it and the key store has
/// everything; so keep a copy of it in a safe, away from the backups of the key store: without it all private data is lost.
package struct MasterKey: Sendable, CustomStringConvertible, CustomReflectable {
  package let id: MasterKeyID
  let secret: SecretKey

  init(_ secret: SecretKey) {
    self.secret = secret
    id = MasterKeyID(secret.derived(for: "settle master key id 1").withUnsafeBytes { SHA256.hash($0) }.prefix)
  }

  /// Reads a file of 64 hexadecimal digits and a newline; its owner must be this process's user, its mode 0600 or 0400.
  package static func read(at path: String, disk: any PrivateDisk = FileDisk()) throws(VaultError) -> MasterKey {
    MasterKey(try KeyFile.read(path, disk))
  }

  /// Makes a key and its file, with mode 0600; never in the place of another file. When this returns, the key is durable.
  /// What a crash before that leaves is too short to be read as a key.
  package static func create(
    at path: String, disk: any PrivateDisk = FileDisk(), random: any RandomSource = SystemRandom()
  ) throws(VaultError) -> MasterKey {
    let secret = try withRandom { () throws(RandomFailure) in try SecretKey(random: random) }
    var text = KeyFile.text(secret)
    defer { wipe(&text) }
    guard let file = try onDisk({ () throws(DiskFailure) in try disk.createNew(path) }) else {
      throw .keyFile(path: path, .alreadyThere)
    }
    do throws(DiskFailure) {
      defer { disk.close(file) }
      try disk.writeAll(file, text)
      try disk.sync(file)
      try disk.syncDirectory(at: directory(of: path))
    } catch {
      // So that the next try finds the name free. It reports the failure that came first.
      do throws(DiskFailure) { try disk.remove(path) } catch {}
      throw .disk(error)
    }
    return MasterKey(secret)
  }

  package var description: String { "<master key \(id)>" }

  package var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}
