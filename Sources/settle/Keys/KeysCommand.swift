import ArgumentParser
import Glibc
import Vault

struct KeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "Look after the keys of private data.",
    subcommands: [KeysStatusCommand.self, KeysRotateCommand.self])
}

struct KeyPlaceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Directory of the ledger.", valueName: "dir"))
  var data: String

  @Option(help: ArgumentHelp("Directory of the key store; DATA/keys by default.", valueName: "dir"))
  var keys: String?

  @Option(help: ArgumentHelp("File of the master key; DATA/master.key by default.", valueName: "file"))
  var masterKey: String?

  var place: KeyPlace { KeyPlace(dataDirectory: data, directory: keys, masterKeyPath: masterKey) }
}

struct KeysStatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Tell which master key the store needs, and how many keys it holds.",
    discussion: "The server must be stopped: the store has one user at a time.")

  @OptionGroup var options: KeyPlaceOptions

  @Flag(help: "Print the result as JSON, one object.")
  var json = false

  func run() async throws {
    try await Console.reportingFailures(json: json) {
      let place = options.place
      do throws(VaultError) {
        let store = try KeyStore(directory: place.directory, masterKeys: [try MasterKey.read(at: place.masterKeyPath)])
        defer { store.close() }
        Console.line(KeysReport(store).line(json: json))
      } catch {
        throw Failure(.badData, "\(error)")
      }
    }
  }
}

struct KeysRotateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate", abstract: "Wrap all keys with a new master key.",
    discussion: """
      The server must be stopped. The new key is made when its file is missing. Sealed data stays as it is. A rotation \
      that was interrupted does no harm: run it again with the same two files. When it is done, the old key opens \
      nothing any more: destroy it to make erasures final in old copies of the store too.
      """)

  @OptionGroup var options: KeyPlaceOptions

  @Option(help: ArgumentHelp("File of the new master key.", valueName: "file"))
  var newMasterKey: String

  @Flag(help: "Print the result as JSON, one object.")
  var json = false

  func run() async throws {
    try await Console.reportingFailures(json: json) {
      let place = options.place
      do throws(VaultError) {
        let old = try MasterKey.read(at: place.masterKeyPath)
        // Locked first: a store that is in use leaves no new key behind.
        try KeyStore(directory: place.directory, masterKeys: [old] + knownNewKey()).close()
        let new = try newKey()
        let store = try KeyStore(directory: place.directory, masterKeys: [old, new])
        defer { store.close() }
        try await store.rotate(to: new) { done, all in
          guard Console.isTerminal else { return }
          Console.write("\r\u{1B}[Kwrapping keys: \(done) of \(all) parts\(done == all ? "\n" : "")", to: STDERR_FILENO)
        }
        Console.line(KeysReport(store).line(json: json))
        if !json {
          Console.line(
            "From now on start with --master-key \(newMasterKey); destroy \(place.masterKeyPath) and its copies.")
        }
      } catch {
        if case .inUse = error { throw Failure(.dataDirectoryUnusable, "\(error)", advice: "Stop the server first.") }
        throw Failure(.badData, "\(error)", advice: "Keep both key files and run the same command again.")
      }
    }
  }

  /// Of a rotation that was interrupted; none before the first run.
  private func knownNewKey() -> [MasterKey] {
    do throws(VaultError) { return [try MasterKey.read(at: newMasterKey)] } catch { return [] }
  }

  private func newKey() throws(VaultError) -> MasterKey {
    do throws(VaultError) {
      return try MasterKey.read(at: newMasterKey)
    } catch {
      guard case .keyFile(_, .missing) = error else { throw error }
    }
    return try MasterKey.create(at: newMasterKey)
  }
}

/// What there is to say of a key store: nothing secret.
struct KeysReport {
  private let keyCount: Int
  private let masterKey: String
  private let isUnderWay: Bool

  init(_ store: KeyStore) {
    keyCount = store.keyIDs.count
    switch store.rotation {
    case .atRest(let id):
      masterKey = "\(id)"
      isUnderWay = false
    case .underWay(_, let to):
      masterKey = "\(to)"
      isUnderWay = true
    }
  }

  func line(json: Bool) -> String {
    guard json else {
      let state = isUnderWay ? "being wrapped with" : "wrapped with"
      return "\(keyCount) keys, \(state) master key \(masterKey)"
    }
    let members: KeyValuePairs<String, JSON> = [
      "keys": .integer(Int64(keyCount)), "master_key": .text(masterKey), "rotation_under_way": .bool(isUnderWay),
    ]
    return JSON.object(members).line
  }
}
