import SettlementClient
import SettlementProto

/// Agents of the demonstration and their papers: of nobody, with check digits that are right.
struct DemoPerson: Sendable {
  let agent: String
  let name: String
  let idNumber: String
  let cardNumber: String
  /// Minor units of CNY.
  let deposit: Int64

  static let first = DemoPerson(
    agent: "a1", name: "王芳", idNumber: "110101199003070011", cardNumber: "6222020000000000018", deposit: 1_000_00)
  static let second = DemoPerson(
    agent: "a2", name: "王伟", idNumber: "11010119900307002X", cardNumber: "6222020000000000026", deposit: 500_00)
  /// Of the large withdrawal.
  static let third = DemoPerson(
    agent: "a3", name: "王静", idNumber: "110101199003070038", cardNumber: "6222020000000000034", deposit: 200_000_00)
}

/// Everybody's connection to the server.
struct DemoStaff: Sendable {
  let operations: SettlementClient
  let partner: SettlementClient
  let compliance: SettlementClient
  let alice: SettlementClient
  let bob: SettlementClient

  init(_ place: DemoPlace, _ endpoint: Endpoint) throws(Failure) {
    func client(_ name: String) throws(Failure) -> SettlementClient {
      try place.settings(endpoint, as: name).makeClient()
    }
    operations = try client(DevelopmentPKI.operatorName)
    partner = try client(DevelopmentPKI.partnerName)
    compliance = try client(DevelopmentPKI.erin.fileName)
    alice = try client(DevelopmentPKI.alice.fileName)
    bob = try client(DevelopmentPKI.bob.fileName)
  }

  func close() async {
    for client in [operations, partner, compliance, alice, bob] { await client.close() }
  }
}

/// How an agent comes to be paid: registered, verified, with an account, and with money.
struct DemoRegistration {
  let staff: DemoStaff

  static let partnerName = "demo"

  /// The agent's payee account.
  func register(_ person: DemoPerson) async throws -> Settlement_V1_PayeeAccount {
    var create = Settlement_V1_CreateAgentRequest()
    create.requestID = "create-\(person.agent)"
    create.agent = person.agent
    _ = try await staff.partner.createAgent(create)

    var verify = Settlement_V1_VerifyAgentRequest()
    verify.requestID = "verify-\(person.agent)"
    verify.agent = person.agent
    verify.name = person.name
    verify.idNumber = person.idNumber
    verify.cardNumber = person.cardNumber
    let verified = try await staff.partner.verifyAgent(verify)
    guard verified.defects.isEmpty else {
      throw Failure(.internalError, "the demonstration went wrong: papers did not pass: \(verified.lines)")
    }

    var account = Settlement_V1_CreatePayeeAccountRequest()
    account.requestID = "payee-\(person.agent)"
    account.agent = person.agent
    account.rail = .bankCard
    account.number = person.cardNumber
    account.holderName = person.name
    let payee = try await staff.partner.createPayeeAccount(account)

    var deposit = Settlement_V1_DepositRequest()
    deposit.requestID = "deposit-\(person.agent)"
    deposit.partner = Self.partnerName
    deposit.agent = person.agent
    deposit.amount = Settlement_V1_Money(currency: "CNY", person.deposit)
    let receipt = try await staff.operations.deposit(deposit)
    Console.line(
      "  agent \(person.agent): \(verified.agent.maskedName) is verified, paid to \(payee.bank) \(payee.maskedNumber), "
        + "deposited \(receipt.amount.text)")
    return payee
  }

  /// New agents with first payouts are looked at by people; whom the house knows it need not look at.
  func trust(_ person: DemoPerson) async throws {
    var entry = Settlement_V1_PutListEntryRequest()
    entry.requestID = "trust-\(person.agent)"
    entry.subject = .agent
    entry.colour = .white
    entry.partner = Self.partnerName
    entry.name = person.agent
    entry.reason = "KNOWN_FOR_YEARS"
    _ = try await staff.compliance.putListEntry(entry)
  }
}
