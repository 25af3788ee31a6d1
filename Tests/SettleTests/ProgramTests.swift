import Foundation
import Testing

/// The program itself, as a process.
@Suite("The program")
struct ProgramTests {
  /// SwiftPM builds the program beside the tests that depend on it.
  static let binary: String = {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("settle").path
  }()

  @Test("shows its main job and ends with 0", .timeLimit(.minutes(2)))
  func demo() throws {
    try Shell.withDirectory { directory in
      let shown = try Shell.run([Self.binary, "demo", "--once", "--dir", directory])
      #expect(shown.status == 0, "\(shown.output)")
      for step in [
        "is APPROVED", "is CANCELLED", "INSUFFICIENT_FUNDS", "REQUEST_ID_REUSED", "at once, by rules version",
        "is PENDING_REVIEW", "PERSON_DECIDED_ALREADY", "is REJECTED", "DEVICE_BLACKLISTED", "LIMIT_EXCEEDED",
        "killed: signal 9",
        "everything that was acknowledged is there", "All of it worked",
      ] {
        #expect(shown.output.contains(step), "\(step) is missing in:\n\(shown.output)")
      }
      let verified = try Shell.run([Self.binary, "journal", "verify", "\(directory)/data"])
      #expect(verified.status == 0, "\(verified.output)")
      // A ledger that is there is not shown over.
      #expect(try Shell.run([Self.binary, "demo", "--once", "--dir", directory]).status == 73)
    }
  }

  /// A server started with `2>&-` has number 2 free for the next file that it opens, which may be a segment of the
  /// journal: its log lines would go there.
  @Test("log lines never end up in the journal", .timeLimit(.minutes(2)))
  func closedStandardError() throws {
    try Shell.withDirectory { directory in
      let certs = "\(directory)/certs"
      #expect(try Shell.run([Self.binary, "certs", "--out", certs]).status == 0)
      let server = Process()
      server.executableURL = URL(fileURLWithPath: "/bin/sh")
      server.arguments = [
        "-c",
        """
        exec "$0" serve --data "$1/data" --listen 127.0.0.1:0 --tls-cert "$1/certs/server.pem" \
        --tls-key "$1/certs/server.key" --client-ca "$1/certs/ca.pem" --log-level trace 2>&- <&-
        """,
        Self.binary, directory,
      ]
      let output = Pipe()
      server.standardOutput = output
      try server.run()
      let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
      #expect(line.hasPrefix("listening on 127.0.0.1:"))
      server.terminate()
      server.waitUntilExit()
      #expect(server.terminationStatus == 0)
      let verified = try Shell.run([Self.binary, "journal", "verify", "\(directory)/data"])
      #expect(verified.status == 0, "\(verified.output)")
      #expect(verified.output.contains("clean"))
    }
  }
}
