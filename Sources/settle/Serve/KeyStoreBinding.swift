import Digests
import Vault

/// Which key store a ledger's private data belongs to, in a file beside the journal: with another store, names and numbers
/// would be hashed under another key, black lists would match nothing, and the keys of somebody else's data would look as
/// if nobody needed them.
struct KeyStoreBinding {
  private let path: String

  init(dataDirectory: String) { path = "\(dataDirectory)/key-store" }

  /// Refuses a store that is not this ledger's. The first start of a ledger takes a new store only.
  func hold(_ store: KeyStore, at directory: String) throws(Failure) {
    let line = "\(store.storeID.hexadecimal)\n"
    guard Files.exists(path) else {
      guard store.keyIDs.isEmpty else {
        throw Failure(
          .dataDirectoryUnusable, "the key store \(directory) holds keys of another ledger: this one has none yet",
          advice: "Give this ledger a --keys directory of its own. If \(path) was lost, put it back: it has the line "
            + store.storeID.hexadecimal)
      }
      return try Files.write(Array(line.utf8), to: path, mode: 0o600, existing: .refuse)
    }
    guard try Files.read(path) == Array(line.utf8) else {
      throw Failure(
        .dataDirectoryUnusable, "the key store \(directory) is not the one that this ledger's private data is kept by",
        advice: "Name the right one with --keys; \(path) has its id. Was its disk not mounted?")
    }
  }
}
