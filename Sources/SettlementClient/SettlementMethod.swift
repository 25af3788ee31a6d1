/// The methods of the two services, as they stand on the wire.
package struct SettlementMethod: Hashable, Sendable {
  package enum Effect: Hashable, Sendable { case read, mutation }

  package let service: String
  package let name: String
  package let effect: Effect

  package var path: String { "/\(service)/\(name)" }

  private static let withdrawals = "settlement.v1.WithdrawalService"
  private static let accounts = "settlement.v1.AccountService"

  package static let submit = SettlementMethod(service: withdrawals, name: "SubmitWithdrawal", effect: .mutation)
  package static let get = SettlementMethod(service: withdrawals, name: "GetWithdrawal", effect: .read)
  package static let cancel = SettlementMethod(service: withdrawals, name: "CancelWithdrawal", effect: .mutation)
  package static let list = SettlementMethod(service: withdrawals, name: "ListWithdrawals", effect: .read)
  package static let watch = SettlementMethod(service: withdrawals, name: "WatchWithdrawals", effect: .read)
  package static let batchSubmit = SettlementMethod(
    service: withdrawals, name: "BatchSubmitWithdrawals", effect: .mutation)
  package static let createAgent = SettlementMethod(service: accounts, name: "CreateAgent", effect: .mutation)
  package static let getAgent = SettlementMethod(service: accounts, name: "GetAgent", effect: .read)
  package static let getBalance = SettlementMethod(service: accounts, name: "GetBalance", effect: .read)
  package static let listEntries = SettlementMethod(service: accounts, name: "ListEntries", effect: .read)
  package static let deposit = SettlementMethod(service: accounts, name: "Deposit", effect: .mutation)
}
