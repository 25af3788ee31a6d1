import ArgumentParser
import Journal
import LedgerCore

struct JournalDumpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dump", abstract: "Print every record as a line of JSON, oldest first.")

  @OptionGroup var directory: DataDirectory

  @Option(help: ArgumentHelp("Begin with the record of this sequence.", valueName: "sequence"))
  var from: UInt64 = 1

  func validate() throws {
    if from == 0 { throw ValidationError("--from is 0; the first record is 1.") }
  }

  func run() throws {
    try Console.reportingFailures(json: directory.json) {
      var lines = BufferedLines()
      do throws(JournalError) {
        let reader = try Journal.reader(disk: FileDisk(), directory: directory.path, from: from)
        while try reader.readFrame({ sequence, time, bytes in
          let record = try Record.decode(bytes)
          try lines.append(record.json(sequence: sequence, timeMicroseconds: time).line)
        }) != nil {}
      } catch {
        // What was read before the break is printed before the break is told; a failure of the output comes first.
        try lines.flush()
        throw Failure(journal: error)
      }
      try lines.flush()
    }
  }
}
