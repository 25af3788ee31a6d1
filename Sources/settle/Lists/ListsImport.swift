import ArgumentParser
import SettlementClient
import SettlementProto

/// `settle lists import`
struct ListsImport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Put all entries of a file: lines of JSON, as export prints them. For compliance.",
    discussion: """
      Members are subject, colour, name, partner, reason, expire_time, and payee_number in place of a payee's name. A \
      line that is wrong in form stops the import before anything is sent. One that the server does not take stops no \
      other; each is told with its line number. The same file may be imported again with the same --request-id.
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions

  @Argument(help: ArgumentHelp("The file; - for standard input.", valueName: "file"))
  var file: String

  /// As many as one call takes.
  private static let entriesPerCall = 1000
  /// A mistake is seldom alone, but nobody reads more of them.
  private static let defectsShown = 20

  func run() async throws {
    try await connection.withClient { client, output in
      let bytes =
        try file == "-"
        ? Files.readStandardInput(maximumBytes: ListFile.bytesMaximum)
        : Files.read(file, maximumBytes: ListFile.bytesMaximum)
      let (lines, defects) = ListFile.read(bytes, requestID: request.id(output))
      guard defects.isEmpty else {
        throw Self.failure("\(file) is not what import reads; nothing was sent", defects)
      }
      var report = ImportReport()
      var rest = lines[...]
      while !rest.isEmpty {
        let part = rest.prefix(Self.entriesPerCall)
        rest = rest.dropFirst(Self.entriesPerCall)
        var message = Settlement_V1_ImportListEntriesRequest()
        message.entries = part.map(\.entry)
        let results = try await client.importListEntries(message).results
        for (line, result) in zip(part, results) { report.add(line.number, result) }
      }
      try output.print(report)
      guard report.failures.isEmpty else {
        throw Failure(
          .badData, "\(report.failures.count) of \(lines.count) entries were not taken; the others were")
      }
    }
  }

  static func failure(_ what: String, _ defects: [ListFile.Defect]) -> Failure {
    var message = what
    for defect in defects.prefix(defectsShown) { message += "\n  line \(defect.line): \(shown(defect.what))" }
    if defects.count > defectsShown { message += "\n  and \(defects.count - defectsShown) more lines" }
    let facts: [JSON] = defects.map { .object(["line": .integer(Int64($0.line)), "message": .text($0.what)]) }
    return Failure(.badData, message, facts: [JSON.Member("lines", .array(facts))])
  }
}

/// What became of the lines of an import.
struct ImportReport: Printable {
  private(set) var imported = 0
  private(set) var failures: [(line: Int, error: Settlement_V1_ImportError)] = []

  mutating func add(_ line: Int, _ result: Settlement_V1_ImportListEntriesResult) {
    switch result.result {
    case .entry: imported += 1
    case .error(let error): failures.append((line, error))
    // A server that answers neither has not said that it took the entry.
    case nil:
      var error = Settlement_V1_ImportError()
      error.reason = "NO_RESULT"
      error.message = "the server did not say what became of it"
      failures.append((line, error))
    }
  }

  var json: JSON {
    .object([
      "imported": .integer(Int64(imported)),
      "failed": .array(
        failures.map { line, error in
          .object([
            "line": .integer(Int64(line)), "reason": .text(error.reason), "message": .text(error.message),
          ])
        }),
    ])
  }

  var lines: [String] {
    ["\(imported) entries imported"]
      + failures.map { "line \($0.line): \(shown($0.error.reason)): \(shown($0.error.message))" }
  }
}
