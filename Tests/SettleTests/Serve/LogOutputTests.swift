import Glibc
import Logging
import Testing

@testable import settle

@Suite("Logs")
struct LogOutputTests {
  @Test("a line as text, with strangers' characters shown and not obeyed")
  func text() {
    let line = LineLogHandler.line(
      .text, time: "2026-07-01T00:00:00Z", level: .warning, message: "a\nb",
      metadata: [(key: "peer", value: "1\u{1b}[2J")])
    #expect(line == "2026-07-01T00:00:00Z warning a\\u{a}b peer=1\\u{1b}[2J")
  }

  @Test("a line as JSON")
  func json() {
    let line = LineLogHandler.line(
      .json, time: "2026-07-01T00:00:00Z", level: .error, message: "a \"b\"", metadata: [(key: "n", value: "1")])
    #expect(line == #"{"time":"2026-07-01T00:00:00Z","level":"error","message":"a \"b\"","n":"1"}"#)
  }

  /// A pipe that nobody reads is full after 64 KiB: a logger that waited for it would hold the server up for ever.
  @Test("nobody reads, nobody waits")
  func stuckReader() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let output = LogOutput(descriptor: ends[1])
    let line = String(repeating: "x", count: 1023)
    for _ in 0..<4096 { output.write(line) }
    output.flush(timeoutMilliseconds: 1)
    // Lets the writer go: what waits then fails with EPIPE, which is dropped.
    signal(SIGPIPE, SIG_IGN)
    close(ends[0])
    output.flush(timeoutMilliseconds: 60_000)
    close(ends[1])
  }

  @Test("a closed descriptor loses lines and nothing else")
  func closed() {
    let output = LogOutput(descriptor: -1)
    output.write("into the void")
    output.flush(timeoutMilliseconds: 60_000)
  }
}
