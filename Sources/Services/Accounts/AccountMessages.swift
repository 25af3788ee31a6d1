internal import Ledger
internal import LedgerCore
internal import SettlementProto
internal import SwiftProtobuf

extension Settlement_V1_Agent {
  init(_ agent: Agent, _ receipt: Receipt) {
    self.init()
    partner = agent.partner.description
    self.agent = agent.agent.description
    createTime = Google_Protobuf_Timestamp(agent.createTime)
    self.receipt = Settlement_V1_Receipt(receipt)
    let standing = agent.standing
    parent = standing.parent.description
    tier = standing.tier.description
    frozen = standing.isFrozen
    creditGrade = Settlement_V1_CreditGrade(standing.creditGrade)
    openViolations = UInt32(standing.openViolations)
    if standing.limits != LimitOverride() { limits = Settlement_V1_LimitOverride(standing.limits) }
    nameVerified = standing.verified.contains(.name)
    idNumberVerified = standing.verified.contains(.idNumber)
    cardVerified = standing.verified.contains(.card)
    maskedName = standing.maskedName.description
  }
}

extension Settlement_V1_CreditGrade {
  /// The raw values are the same by contract; a test walks them all.
  init(_ grade: CreditGrade) {
    self = Settlement_V1_CreditGrade(rawValue: Int(grade.rawValue)) ?? .unspecified
  }
}

extension Settlement_V1_LimitOverride {
  init(_ limits: LimitOverride) {
    self.init()
    payoutMaximum = limits.payoutMaximum
    dayAmount = limits.dayAmount
    monthAmount = limits.monthAmount
    dayCount = limits.dayCount
  }
}

extension Settlement_V1_Balance {
  /// `receipt` is of the answer, which rests on the account's last change, or on the agent's creation where there was
  /// none; then the balance has no receipt.
  init(_ balance: Balance, _ receipt: Receipt) {
    self.init()
    partner = balance.partner.description
    agent = balance.agent.description
    currencyCode = balance.currency.description
    debitsPending = balance.debitsPending
    debitsPosted = balance.debitsPosted
    creditsPending = balance.creditsPending
    creditsPosted = balance.creditsPosted
    available = balance.available
    self.receipt = Settlement_V1_Receipt(balance.lastSequence == receipt.sequence ? receipt : .none)
  }
}

extension Settlement_V1_DepositReceipt {
  /// `receipt` is of the deposit itself, also when the request is repeated; the balance is as it stands now.
  init(_ deposit: DepositReceipt, _ receipt: Receipt, balance balanceReceipt: Receipt) {
    self.init()
    partner = deposit.partner.description
    agent = deposit.agent.description
    amount = Settlement_V1_Money(deposit.amount)
    externalReference = deposit.externalReference.description
    time = Google_Protobuf_Timestamp(deposit.time)
    balance = Settlement_V1_Balance(deposit.balance, balanceReceipt)
    self.receipt = Settlement_V1_Receipt(receipt)
  }
}

extension Settlement_V1_Entry {
  init(_ entry: Entry) {
    self.init()
    sequence = entry.sequence
    time = Google_Protobuf_Timestamp(entry.time)
    amount = Settlement_V1_Money(entry.amount)
    switch entry.kind {
    case .deposit(let reference):
      kind = .deposit
      externalReference = reference.description
    case .withdrawalHeld(let id):
      kind = .withdrawalHeld
      withdrawalID = id.description
    case .withdrawalReleased(let id):
      kind = .withdrawalReleased
      withdrawalID = id.description
    case .adjustment(let id):
      kind = .adjustment
      proposalID = id.description
    case .feeRefunded(let id):
      kind = .feeRefunded
      withdrawalID = id.description
    case .appealAwarded(let id):
      kind = .appealAwarded
      appealID = id.description
    case .withdrawalReturned(let id):
      kind = .withdrawalReturned
      withdrawalID = id.description
    }
  }
}
