import LedgerCore
import RouteSimulation
import Testing

@Suite("Recorded traffic as a table")
struct TrafficTableTests {
  @Test("what is written is read again")
  func roundTrip() throws {
    let traffic = TrafficSettings(seed: 3, payouts: 500, perSecond: 50).generate()
    let text = TrafficTable.heading + "\n" + traffic.map(TrafficTable.line).joined()
    #expect(try TrafficTable.parse(text) == traffic)
  }

  @Test("heading, remarks, empty lines and either end of line")
  func tolerated() throws {
    let text = "\(TrafficTable.heading)\r\n# a remark\r\n\r\n0,100,BANK_CARD,EXPRESS\r\n5,1,WECHAT,NEXT_DAY"
    let expected = [
      SimulatedPayout(milliseconds: 0, amount: 100, rail: .bankCard, speed: .express),
      SimulatedPayout(milliseconds: 5, amount: 1, rail: .weChat, speed: .nextDay),
    ]
    #expect(try TrafficTable.parse(text) == expected)
  }

  @Test(
    "defects name the line",
    arguments: [
      ("", 1), ("# nothing\n", 2), ("1,2,ALIPAY\n", 1), ("1,2,ALIPAY,EXPRESS,\n", 1), ("\n-1,2,ALIPAY,EXPRESS", 2),
      ("x,2,ALIPAY,EXPRESS", 1), ("1,0,ALIPAY,EXPRESS", 1), ("1,10000000001,ALIPAY,EXPRESS", 1),
      ("1,1.5,ALIPAY,EXPRESS", 1), ("1,2,alipay,EXPRESS", 1), ("1,2,ALIPAY,SOON", 1),
      ("5,2,ALIPAY,EXPRESS\n4,2,ALIPAY,EXPRESS", 2), ("99999999999999,2,ALIPAY,EXPRESS", 1),
    ])
  func defects(_ text: String, _ line: Int) {
    let defect = #expect(throws: TrafficTable.Defect.self) { try TrafficTable.parse(text) }
    #expect(defect?.line == line)
  }
}
