import Digests
import Glibc
import Journal
import JournalTesting
import Testing

@testable import Vault

@Suite struct MasterKeyTests {
  static let digits = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"

  @Test func aMadeKeyIsReadBack() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/master.key"
    let made = try MasterKey.create(at: path)
    #expect(try directory.mode("master.key") == 0o600)
    let read = try MasterKey.read(at: path)
    #expect(read.id == made.id)
    #expect(bytes(read.secret) == bytes(made.secret))
    #expect(try MasterKey.create(at: directory.path + "/other.key").id != made.id)
  }

  @Test func aKeyIsNeverOverwritten() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("master.key", "something")
    #expect(
      vaultError { () throws(VaultError) in _ = try MasterKey.create(at: path) } == .keyFile(path: path, .alreadyThere))
    #expect(try String(decoding: contents(path), as: UTF8.self) == "something")
  }

  @Test(arguments: [0o600, 0o400] as [mode_t])
  func ownersAloneMayHaveIt(mode: mode_t) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("master.key", Self.digits + "\n", mode: mode)
    #expect(try bytes(MasterKey.read(at: path).secret).prefix(3) == [0, 0x11, 0x22])
  }

  @Test(arguments: [0o644, 0o640, 0o660, 0o604, 0o700, 0o500, 0o1600, 0o4600, 0o000, 0o200] as [mode_t])
  func anyOtherModeIsRefused(mode: mode_t) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("master.key", Self.digits + "\n", mode: mode)
    let error = vaultError { () throws(VaultError) in _ = try MasterKey.read(at: path) }
    // Who is not root cannot even open a file of mode 0 or 0200.
    if geteuid() != 0 && mode & 0o400 == 0 {
      guard case .disk = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    } else {
      #expect(error == .keyFile(path: path, .openToOthers(mode: mode)))
    }
  }

  @Test(
    arguments: [
      ("", .wrongLength(bytes: 0)),
      (digits, .wrongLength(bytes: 64)),
      (digits + "\n\n", .wrongLength(bytes: 66)),
      (digits + digits + "\n", .wrongLength(bytes: 129)),
      (String(digits.dropLast()) + "\n", .wrongLength(bytes: 64)),
      (digits + "0", .noNewline),
      (digits + "\r", .noNewline),
      (String(digits.dropLast()) + "g\n", .notHexadecimal),
      (" " + String(digits.dropLast()) + "\n", .notHexadecimal),
      (String(repeating: "0", count: 64) + "\n", .allZeros),
    ] as [(String, KeyFileDefect)])
  func anyOtherContentIsRefused(content: String, defect: KeyFileDefect) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("master.key", content)
    let error = vaultError { () throws(VaultError) in _ = try MasterKey.read(at: path) }
    #expect(error == .keyFile(path: path, defect))
    let message = try #require(error).description
    #expect(message.contains(path))
    #expect(!message.contains("aabbcc") && !message.contains("0011"))
  }

  @Test func whatIsNoFileIsRefused() throws {
    let directory = try TemporaryDirectory()
    let missing = directory.path + "/none"
    #expect(
      vaultError { () throws(VaultError) in _ = try MasterKey.read(at: missing) } == .keyFile(path: missing, .missing))
    #expect(
      vaultError { () throws(VaultError) in _ = try MasterKey.read(at: directory.path) }
        == .keyFile(path: directory.path, .notAFile))
  }

  @Test func anothersFileIsRefused() throws {
    // Only root can give a file away.
    guard geteuid() == 0 else { return }
    let directory = try TemporaryDirectory()
    let path = try directory.write("master.key", Self.digits + "\n")
    #expect(chown(path, 4711, 4711) == 0)
    #expect(
      vaultError { () throws(VaultError) in _ = try MasterKey.read(at: path) }
        == .keyFile(path: path, .foreignOwner(4711)))
  }

  /// What `create` has returned is durable, and what it has not returned is no other key.
  @Test func aPowerCutAtAnyStepLeavesTheKeyOrNone() throws {
    for number in 1...8 {
      for survival in SimulatedDisk.Survival.allCases {
        let disk = SimulatedDisk()
        disk.fail(operation: number, with: .powerCut)
        let made = try? MasterKey.create(at: "keys/master.key", disk: disk, random: SeededRandom(seed: 1))
        let after = disk.losePower(survival, seed: UInt64(number))
        let read = try? MasterKey.read(at: "keys/master.key", disk: after)
        if let made { #expect(read?.id == made.id, "cut at \(number), \(survival)") }
        #expect(number > 5 || made == nil)
      }
    }
  }

  @Test func aFailureGivesTheNameBack() throws {
    for number in 1...5 {
      let disk = SimulatedDisk()
      disk.fail(operation: number, with: .failure(.noSpace))
      #expect(throws: VaultError.self) { try MasterKey.create(at: "keys/master.key", disk: disk) }
      _ = try MasterKey.create(at: "keys/master.key", disk: disk)
    }
  }

  @Test func withoutRandomnessThereIsNoKey() throws {
    let disk = SimulatedDisk()
    #expect(throws: VaultError.random(RandomFailure())) {
      try MasterKey.create(at: "keys/master.key", disk: disk, random: BrokenRandom())
    }
    #expect(disk.paths.isEmpty)
  }

  private func contents(_ path: String) throws -> [UInt8] {
    try #require(try StoreFiles(directory: "", disk: FileDisk()).read(path, atMost: 1 << 20))
  }
}
