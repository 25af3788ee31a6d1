import Glibc
import LedgerCore
import Payouts

/// What the channels say that they did, by their own books.
struct PayoutBooks {
  struct Movement {
    let channel: Label
    let key: PayoutKey
    let amount: Money
    /// Minor units that the channel kept.
    let fee: Int64
  }

  private(set) var channels: [Label] = []
  /// Money that left.
  private(set) var moved: [Movement] = []
  /// Money that came back.
  private(set) var returned: [Movement] = []
  /// Steps that moved nothing.
  private(set) var others = 0

  static let suffix = ".book"

  /// Every `<channel>.book` of a directory, in the order of their names.
  static func read(_ directory: String) throws(Failure) -> PayoutBooks {
    var books = PayoutBooks()
    for name in try names(directory) {
      let channel: Label
      do throws(Label.Defect) { channel = try Label(String(name.dropLast(suffix.count))) } catch {
        throw Failure(.badData, "\(directory)/\(name) is named after no channel: \(error)")
      }
      books.channels.append(channel)
      do throws(SimulatedBook.Defect) {
        for entry in try SimulatedBook.read("\(directory)/\(name)") { books.add(entry, channel) }
      } catch {
        throw Failure(.badData, "the book \(directory)/\(name) cannot be trusted: \(error)")
      }
    }
    guard !books.channels.isEmpty else {
      throw Failure(.unreadableInput, "there is no channel's book (*\(suffix)) in \(directory)")
    }
    return books
  }

  private mutating func add(_ entry: SimulatedBook.Entry, _ channel: Label) {
    let movement = Movement(channel: channel, key: entry.key, amount: entry.amount, fee: entry.fee)
    switch entry.kind {
    case .moved: moved.append(movement)
    case .returned: returned.append(movement)
    case .technicalFailure, .payeeFailure, .refused, .accepted, .awaiting, .lapsed, .cancelled, .lost: others += 1
    }
  }

  private static func names(_ directory: String) throws(Failure) -> [String] {
    guard let stream = opendir(directory) else {
      throw Failure(.unreadableInput, "cannot read the channels' books in \(directory): \(systemErrorText())")
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasSuffix(suffix) { names.append(name) }
    }
    return names.sorted()
  }
}
