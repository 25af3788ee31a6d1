internal import Journal
internal import Routing

/// The last file that was given out, told to the ledger's own directory: whoever puts an older copy of the bank's directory back
/// does not put this back with it. A file of one line, the message id.
struct BankMark {
  let settings: BankFileSettings
  let disk: any Disk
  let tag: String

  private static let bytesMaximum = 64
  private var name: String { "bank-\(settings.manifest.id).last" }
  private var path: String { settings.dataDirectory + "/" + name }

  func write(_ id: MessageID) throws(DiskFailure) {
    try disk.replaceFile(name, in: settings.dataDirectory, Array("\(id)\n".utf8))
  }

  /// nil: no file was given out since there are marks. Throws for what is no mark of this ledger and channel.
  func read() throws -> MessageID? {
    let bytes: [UInt8]?
    do throws(DiskFailure) {
      bytes = try disk.contents(of: path, atMost: Self.bytesMaximum)
    } catch {
      guard error.cause == .notFound else { throw error }
      return nil
    }
    let text = String(decoding: bytes ?? [], as: UTF8.self)
    guard text.hasSuffix("\n"), let id = MessageID(String(text.dropLast()), tag: tag) else { throw damaged }
    return id
  }

  private var damaged: BankFileDefect {
    BankFileDefect(
      "channel \(settings.manifest.id): \(path) is damaged or another ledger's; put it back, or remove it when the newest "
        + "file in \(settings.directory)/keys is certainly the last that was given out")
  }
}
