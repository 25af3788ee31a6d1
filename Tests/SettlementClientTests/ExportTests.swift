import RPC
import SettlementClient
import SettlementProto
import Testing

@Suite("Exports")
struct ExportTests {
  static func entry(_ name: String) -> ScriptedServer.StreamStep {
    var entry = Settlement_V1_ListEntry()
    entry.name = name
    return .entry(entry)
  }

  /// Names up to the end of the stream, and the error that ended it.
  static func export(_ server: ScriptedServer, clock: TestClock = TestClock()) async -> ([String], SettlementError?) {
    let client = SettlementClient(source: server, clock: clock)
    var seen: [String] = []
    do throws(SettlementError) {
      for try await entry in client.exportListEntries(Settlement_V1_ExportListEntriesRequest()) {
        seen.append(entry.name)
      }
      return (seen, nil)
    } catch {
      return (seen, error)
    }
  }

  @Test("bring every message up to the end of the stream")
  func whole() async {
    let server = ScriptedServer(streams: [[Self.entry("1"), Self.entry("2"), .ends]])
    let (seen, error) = await Self.export(server)
    #expect(seen == ["1", "2"])
    #expect(error == nil)
    #expect(server.streamPaths == ["/settlement.v1.RiskService/ExportListEntries"])
  }

  @Test("begin again while nothing has come")
  func beginsAgain() async {
    let server = ScriptedServer(streams: [
      [.fails(.lost("cut"))], [.fails(.answered(RPCStatus(.unavailable, "stopping")))], [Self.entry("1"), .ends],
    ])
    let clock = TestClock()
    let (seen, error) = await Self.export(server, clock: clock)
    #expect(seen == ["1"])
    #expect(error == nil)
    #expect(clock.sleeps.count == 2)
  }

  /// A second stream would tell the first entries twice, and a file of them would look whole.
  @Test("end with an error when the connection is lost in the middle")
  func lost() async {
    let server = ScriptedServer(streams: [[Self.entry("1"), .fails(.lost("cut"))], [Self.entry("1"), .ends]])
    let (seen, error) = await Self.export(server)
    #expect(seen == ["1"])
    #expect(error?.kind == .unreachable)
    #expect(server.streamPaths.count == 1)
  }

  @Test("give up on an answer that another try does not change, and on a server that never answers")
  func givesUp() async {
    let refused = ScriptedServer(streams: [[.fails(.answered(RPCStatus(.permissionDenied, "no")))]])
    let (_, error) = await Self.export(refused)
    #expect(error?.kind == .notPermitted)
    let silent = ScriptedServer(streams: Array(repeating: [.fails(.lost("cut"))], count: 100))
    let (_, end) = await Self.export(silent)
    #expect(end?.kind == .unreachable)
    #expect(silent.streamPaths.count == 10)
  }
}
