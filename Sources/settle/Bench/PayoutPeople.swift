import SettlementClient
import SettlementProto

/// Everybody who has a part in a run, over connections that outlive the server.
struct PayoutPeople: Sendable {
  let partner: SettlementClient
  let watcher: SettlementClient
  let operations: SettlementClient
  let finance: SettlementClient

  static let agentCount = 8
  static var agents: [String] { (1...agentCount).map { "payee-agent-\($0)" } }
  static let partnerName = "demo"
  static let currencyCode = "CNY"

  init(_ place: PayoutPlace, _ endpoint: Endpoint) throws(Failure) {
    func client(_ name: String) throws(Failure) -> SettlementClient {
      // A start replays the journal: connecting is tried for as long as a call may take.
      try place.settings(endpoint, as: name).makeClient(connectAttempts: 1_000)
    }
    partner = try client(DevelopmentPKI.partnerName)
    watcher = try client(DevelopmentPKI.partnerName)
    operations = try client(DevelopmentPKI.operatorName)
    finance = try client(DevelopmentPKI.carol.fileName)
  }

  func close() async {
    for client in [partner, watcher, operations, finance] { await client.close() }
  }

  /// Agents with money for all withdrawals, channels with more than that: any of them can pay everything.
  func prepare(channels: [String], minorUnits: Int64) async throws(SettlementError) {
    for agent in Self.agents {
      var create = Settlement_V1_CreateAgentRequest()
      create.requestID = "create-\(agent)"
      create.agent = agent
      _ = try await partner.createAgent(create)
      var deposit = Settlement_V1_DepositRequest()
      deposit.requestID = "deposit-\(agent)"
      deposit.partner = Self.partnerName
      deposit.agent = agent
      deposit.amount = Settlement_V1_Money(currency: Self.currencyCode, minorUnits)
      _ = try await operations.deposit(deposit)
    }
    for channel in channels {
      var fund = Settlement_V1_FundChannelRequest()
      fund.requestID = "fund-\(channel)"
      fund.channel = channel
      fund.amount = Settlement_V1_Money(currency: Self.currencyCode, minorUnits * 2)
      fund.reference = "bank-transfer-\(channel)"
      _ = try await finance.fundChannel(fund)
    }
  }

  /// Posted and pending debits of all agents.
  func debits() async throws(SettlementError) -> (posted: Int64, pending: Int64) {
    var sums: (posted: Int64, pending: Int64) = (0, 0)
    for agent in Self.agents {
      var ask = Settlement_V1_GetBalanceRequest()
      ask.agent = agent
      let balance = try await watcher.getBalance(ask)
      sums.posted += balance.debitsPosted
      sums.pending += balance.debitsPending
    }
    return sums
  }
}
