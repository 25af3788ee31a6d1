import RPC
import SettlementClient
import SettlementProto
import Testing

@Suite("Watching")
struct WithdrawalEventsTests {
  static func event(_ cursor: String) -> ScriptedServer.StreamStep {
    var event = Settlement_V1_WatchWithdrawalsResponse()
    event.cursor = cursor
    event.heartbeat = Settlement_V1_Heartbeat()
    return .event(event)
  }

  /// Cursors up to the end of the stream, and the error that ended it.
  static func watch(_ server: ScriptedServer, clock: TestClock = TestClock()) async -> ([String], SettlementError?) {
    let client = SettlementClient(source: server, clock: clock)
    var request = Settlement_V1_WatchWithdrawalsRequest()
    request.cursor = "begin"
    request.id = "wd_1"
    var seen: [String] = []
    do throws(SettlementError) {
      for try await event in client.watchWithdrawals(request) { seen.append(event.cursor) }
      return (seen, nil)
    } catch {
      return (seen, error)
    }
  }

  @Test("goes on from the last cursor after every loss, and keeps its filter")
  func resumes() async {
    let server = ScriptedServer(streams: [
      [Self.event("1"), Self.event("2"), .fails(.lost("cut"))],
      [.fails(.answered(RPCStatus(.unavailable, "stopping")))],
      [Self.event("3"), .ends],
      [.fails(.answered(RPCStatus(.permissionDenied, "no more")))],
    ])
    let (seen, error) = await Self.watch(server)
    #expect(seen == ["1", "2", "3"])
    #expect(server.watches.map(\.cursor) == ["begin", "2", "2", "3"])
    #expect(server.watches.allSatisfy { $0.id == "wd_1" })
    #expect(error?.kind == .notPermitted)
  }

  @Test("a cursor that the server does not take ends it at once")
  func badCursor() async {
    let server = ScriptedServer(streams: [[.fails(.answered(RPCStatus(.outOfRange, "beyond the end")))]])
    let (seen, error) = await Self.watch(server)
    #expect(seen.isEmpty)
    #expect(error?.kind == .invalid)
    #expect(server.watches.count == 1)
  }

  @Test("a server that ends every stream is not asked for ever")
  func barren() async {
    let server = ScriptedServer(streams: Array(repeating: [.ends], count: 100))
    let (seen, error) = await Self.watch(server)
    #expect(seen.isEmpty)
    #expect(error?.kind == .unreachable)
    #expect(server.watches.count == 11)
  }
}
