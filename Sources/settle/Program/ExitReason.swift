import ArgumentParser

/// How the program ends, for scripts. The numbers from 64 on are those of sysexits.h; they are never renumbered.
enum ExitReason: Int32, CaseIterable, Sendable {
  case done = 0
  /// The server decided against it for a business reason: nothing changed, and the same request id gets the same answer.
  case refused = 1
  case notFound = 2
  /// No answer came: it may or may not have taken effect. Repeating it with the same request id gives the final word.
  case outcomeUnknown = 3
  case badUsage = 64
  /// The server, or a check of a journal or of a document, found the data wrong.
  case badData = 65
  case unreadableInput = 66
  case unreachable = 69
  case internalError = 70
  case systemError = 71
  case cannotCreate = 73
  case journalFailed = 74
  case tryLater = 75
  case notPermitted = 77
  case dataDirectoryUnusable = 78
  /// What a shell says of a process that was interrupted.
  case forced = 130

  var meaning: String {
    switch self {
    case .done: "done"
    case .refused: "refused by the server for a business reason; nothing changed"
    case .notFound: "no such agent, withdrawal, account, proposal or request"
    case .outcomeUnknown: "no answer: it may have taken effect; repeat with the same request id"
    case .badUsage: "bad flags or arguments"
    case .badData: "a field the server does not accept, a broken journal, or a document with defects"
    case .unreadableInput: "an input file cannot be read"
    case .unreachable: "the server cannot be reached; nothing happened"
    case .internalError: "an error inside the server or this program"
    case .systemError: "the operating system refused something (a port, a process)"
    case .cannotCreate: "an output file cannot be written"
    case .journalFailed: "serve: the journal's disk failed; restart after repair"
    case .tryLater: "the server is overloaded or at a limit; nothing happened, try later"
    case .notPermitted: "the certificate is not accepted or not allowed to do this"
    case .forced: "serve: ended by a second signal before calls under way had ended"
    case .dataDirectoryUnusable: "serve: the data directory is in use, broken, or of another ledger"
    }
  }

  /// The table that `--help` prints.
  static var table: String {
    let rows = allCases.map { reason in
      let number = String(reason.rawValue)
      return "  " + String(repeating: " ", count: max(0, 3 - number.count)) + number + "  " + reason.meaning
    }
    return "EXIT CODES:\n" + rows.joined(separator: "\n")
  }
}

/// Why a command ends without having done its work: what was wrong and where, and what to do about it.
struct Failure: Error, Hashable, Sendable {
  let reason: ExitReason
  let message: String
  let advice: String?
  /// More for `--json`: the code, reason and figures of a server's answer.
  let facts: [JSON.Member]

  init(_ reason: ExitReason, _ message: String, advice: String? = nil, facts: [JSON.Member] = []) {
    self.reason = reason
    self.message = message
    self.advice = advice
    self.facts = facts
  }
}

extension Failure: CustomStringConvertible {
  var description: String {
    guard let advice else { return message }
    return message + "\n  " + advice
  }
}

extension Failure {
  var json: JSON {
    var members = [
      JSON.Member("exit_code", .integer(Int64(reason.rawValue))),
      JSON.Member("message", .text(message)),
    ]
    if let advice { members.append(JSON.Member("advice", .text(advice))) }
    members += facts
    return .object([JSON.Member("error", .object(members))])
  }
}
