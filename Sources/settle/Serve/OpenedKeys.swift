import Journal
import Logging
import Vault

/// Where the keys of private data are.
struct KeyPlace: Sendable {
  var dataDirectory: String
  /// Directory of the key store.
  var directory: String
  var masterKeyPath: String
  /// The program chose the path itself, so it may make the key.
  var isOwnMasterKey: Bool

  /// - Parameters:
  ///   - directory: nil: beside the ledger.
  ///   - masterKeyPath: nil: beside the ledger, where it is made when it is missing.
  init(dataDirectory: String, directory: String?, masterKeyPath: String?) {
    self.dataDirectory = dataDirectory
    self.directory = directory ?? "\(dataDirectory)/keys"
    self.masterKeyPath = masterKeyPath ?? "\(dataDirectory)/master.key"
    isOwnMasterKey = masterKeyPath == nil
  }
}

/// Opens the key store and tells how that goes.
enum OpenedKeys {
  static func open(_ place: KeyPlace, logger: Logger) throws(Failure) -> KeyStore {
    let store = try openStore(place, logger: logger)
    do throws(Failure) {
      try KeyStoreBinding(dataDirectory: place.dataDirectory).hold(store, at: place.directory)
    } catch {
      store.close()
      throw error
    }
    return store
  }

  private static func openStore(_ place: KeyPlace, logger: Logger) throws(Failure) -> KeyStore {
    do throws(VaultError) {
      let master = try masterKey(place, logger: logger)
      let store = try KeyStore(directory: place.directory, masterKeys: [master])
      if case .underWay(let from, let to) = store.rotation {
        logger.warning(
          "the master key is being changed and not all keys are wrapped with the new one",
          metadata: ["from": "\(from)", "to": "\(to)", "advice": "Stop the server and run `settle keys rotate` again."])
      }
      return store
    } catch {
      throw Failure(
        .dataDirectoryUnusable, "cannot open the key store in \(place.directory): \(error)",
        advice: "--keys names its directory, --master-key the file of the key that it was made with.")
    }
  }

  private static func masterKey(_ place: KeyPlace, logger: Logger) throws(VaultError) -> MasterKey {
    do throws(VaultError) {
      return try MasterKey.read(at: place.masterKeyPath)
    } catch {
      // A store that is there needs the key that it was made with: a new one would open nothing.
      guard place.isOwnMasterKey, case .keyFile(_, .missing) = error, !Files.exists("\(place.directory)/head") else {
        throw error
      }
    }
    let key = try MasterKey.create(at: place.masterKeyPath)
    logger.warning(
      "made a master key beside the data: whoever copies the directory has both",
      metadata: [
        "path": "\(place.masterKeyPath)",
        "advice": "Keep it elsewhere, name it with --master-key, and back it up apart.",
      ])
    return key
  }
}
