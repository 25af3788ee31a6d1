import ArgumentParser
import Rules
import RulesFile
import Services

/// Which rules: one of the documents that come with the program, or a file.
enum RulesChoice: ExpressibleByArgument, Sendable, Hashable {
  case shipped(ShippedRules)
  case file(String)

  static let open = RulesChoice.shipped(.open)
  static let standard = RulesChoice.shipped(.standard)

  init(argument: String) {
    self = ShippedRules(rawValue: argument).map { .shipped($0) } ?? .file(argument)
  }

  /// As it is named in messages.
  var name: String {
    switch self {
    case .shipped(let rules): rules.rawValue
    case .file(let path): path
    }
  }

  var defaultValueDescription: String { name }

  /// Reads the document now: a file may have changed since the last time.
  func tryRead() -> Result<ReadRules, RulesReloadFailure> {
    let bytes: [UInt8]
    do throws(Failure) {
      switch self {
      case .shipped(let rules): bytes = Array(rules.text.utf8)
      case .file(let path): bytes = try Files.read(path)
      }
    } catch {
      return .failure(.unreadable(error.message))
    }
    return RulesFile.parse(bytes)
      .map { ReadRules(document: $0, text: String(decoding: bytes, as: UTF8.self)) }
      .mapError { .defects($0, file: name) }
  }

  func read() throws(Failure) -> ReadRules {
    switch tryRead() {
    case .success(let rules): return rules
    case .failure(let failure): throw failure.asFailure
    }
  }
}

/// A document and the text that it was read from.
struct ReadRules: Sendable {
  let document: RulesDocument
  let text: String
}

extension RulesReloadFailure {
  /// As the command line and the log say it.
  var asFailure: Failure {
    switch self {
    case .unreadable(let message): Failure(.unreadableInput, message)
    case .defects(let defects, let file):
      Failure(
        .badData, defects.lines(file: file).joined(separator: "\n"),
        advice: "`settle rules print standard` prints a whole document, with every key explained.")
    case .versionTaken(let version, let active):
      Failure(
        .badData, "version \(version) of the rules is not above version \(active), which is in force",
        advice: "Raise `version` in the document.")
    case .ledger(let outcome): Failure(.tryLater, "the ledger did not take the rules: \(outcome)")
    }
  }
}
