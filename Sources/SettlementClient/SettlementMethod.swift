/// The methods of the services, as they stand on the wire.
package struct SettlementMethod: Hashable, Sendable {
  package enum Effect: Hashable, Sendable { case read, mutation }

  package let service: String
  package let name: String
  package let effect: Effect

  package var path: String { "/\(service)/\(name)" }

  private init(_ service: Service, _ name: String, _ effect: Effect) {
    self.service = "settlement.v1.\(service.rawValue)"
    self.name = name
    self.effect = effect
  }

  private enum Service: String {
    case withdrawals = "WithdrawalService"
    case accounts = "AccountService"
    case reviews = "ReviewService"
    case risk = "RiskService"
    case rules = "RulesService"
    case audit = "AuditService"
    case appeals = "AppealService"
    case channels = "ChannelService"
    case webhooks = "WebhookService"
  }
}

// MARK: Withdrawals

extension SettlementMethod {
  package static let submit = SettlementMethod(.withdrawals, "SubmitWithdrawal", .mutation)
  package static let quote = SettlementMethod(.withdrawals, "QuoteWithdrawal", .read)
  package static let get = SettlementMethod(.withdrawals, "GetWithdrawal", .read)
  package static let cancel = SettlementMethod(.withdrawals, "CancelWithdrawal", .mutation)
  package static let amend = SettlementMethod(.withdrawals, "AmendWithdrawal", .mutation)
  package static let retry = SettlementMethod(.withdrawals, "RetryWithdrawal", .mutation)
  package static let list = SettlementMethod(.withdrawals, "ListWithdrawals", .read)
  package static let watch = SettlementMethod(.withdrawals, "WatchWithdrawals", .read)
  package static let batchSubmit = SettlementMethod(.withdrawals, "BatchSubmitWithdrawals", .mutation)
}

// MARK: Agents

extension SettlementMethod {
  package static let createAgent = SettlementMethod(.accounts, "CreateAgent", .mutation)
  package static let getAgent = SettlementMethod(.accounts, "GetAgent", .read)
  package static let getBalance = SettlementMethod(.accounts, "GetBalance", .read)
  package static let listEntries = SettlementMethod(.accounts, "ListEntries", .read)
  package static let deposit = SettlementMethod(.accounts, "Deposit", .mutation)
  package static let updateAgent = SettlementMethod(.accounts, "UpdateAgent", .mutation)
  package static let verifyAgent = SettlementMethod(.accounts, "VerifyAgent", .mutation)
  package static let getLimits = SettlementMethod(.accounts, "GetLimits", .read)
}

// MARK: Payee accounts

extension SettlementMethod {
  package static let createPayee = SettlementMethod(.accounts, "CreatePayeeAccount", .mutation)
  package static let getPayee = SettlementMethod(.accounts, "GetPayeeAccount", .read)
  package static let listPayees = SettlementMethod(.accounts, "ListPayeeAccounts", .read)
  package static let findPayees = SettlementMethod(.accounts, "FindPayeeAccounts", .read)
  package static let verifyPayee = SettlementMethod(.accounts, "VerifyPayeeAccount", .mutation)
  package static let erasePayee = SettlementMethod(.accounts, "ErasePayeeAccount", .mutation)
  package static let revealPayee = SettlementMethod(.accounts, "RevealPayeeAccount", .mutation)
}

// MARK: Proposals

extension SettlementMethod {
  package static let createProposal = SettlementMethod(.accounts, "CreateProposal", .mutation)
  package static let confirmProposal = SettlementMethod(.accounts, "ConfirmProposal", .mutation)
  package static let getProposal = SettlementMethod(.accounts, "GetProposal", .read)
  package static let listProposals = SettlementMethod(.accounts, "ListProposals", .read)
}

// MARK: Reviews

extension SettlementMethod {
  package static let listReviewQueue = SettlementMethod(.reviews, "ListReviewQueue", .read)
  package static let claimReview = SettlementMethod(.reviews, "ClaimReview", .mutation)
  package static let releaseReview = SettlementMethod(.reviews, "ReleaseReview", .mutation)
  package static let approve = SettlementMethod(.reviews, "ApproveWithdrawal", .mutation)
  package static let reject = SettlementMethod(.reviews, "RejectWithdrawal", .mutation)
  package static let requestInformation = SettlementMethod(.reviews, "RequestInformation", .mutation)
  package static let escalate = SettlementMethod(.reviews, "EscalateReview", .mutation)
  package static let placeHold = SettlementMethod(.reviews, "PlaceHold", .mutation)
  package static let liftHold = SettlementMethod(.reviews, "LiftHold", .mutation)
}

// MARK: Risk

extension SettlementMethod {
  package static let putListEntry = SettlementMethod(.risk, "PutListEntry", .mutation)
  package static let removeListEntry = SettlementMethod(.risk, "RemoveListEntry", .mutation)
  package static let listListEntries = SettlementMethod(.risk, "ListListEntries", .read)
  package static let importListEntries = SettlementMethod(.risk, "ImportListEntries", .mutation)
  package static let exportListEntries = SettlementMethod(.risk, "ExportListEntries", .read)
  package static let reportOutcome = SettlementMethod(.risk, "ReportOutcome", .mutation)
  package static let getRiskProfile = SettlementMethod(.risk, "GetRiskProfile", .read)
  package static let exportRiskLog = SettlementMethod(.risk, "ExportRiskLog", .read)
}

// MARK: Channels

extension SettlementMethod {
  package static let listChannels = SettlementMethod(.channels, "ListChannels", .read)
  package static let setChannelState = SettlementMethod(.channels, "SetChannelState", .mutation)
  package static let fundChannel = SettlementMethod(.channels, "FundChannel", .mutation)
  package static let getChannelHealth = SettlementMethod(.channels, "GetChannelHealth", .read)
  package static let explainRouting = SettlementMethod(.channels, "ExplainRouting", .read)
  package static let listAttempts = SettlementMethod(.channels, "ListAttempts", .read)
  package static let resolveInDoubt = SettlementMethod(.channels, "ResolveInDoubt", .mutation)
  package static let listAlarms = SettlementMethod(.channels, "ListAlarms", .read)
}

// MARK: Rules and audit

extension SettlementMethod {
  package static let getRules = SettlementMethod(.rules, "GetRules", .read)
  package static let reloadRules = SettlementMethod(.rules, "ReloadRules", .mutation)
  package static let listAuditEvents = SettlementMethod(.audit, "ListAuditEvents", .read)
  package static let verifyChain = SettlementMethod(.audit, "VerifyChain", .read)
}

// MARK: Appeals

extension SettlementMethod {
  package static let createAppeal = SettlementMethod(.appeals, "CreateAppeal", .mutation)
  package static let getAppeal = SettlementMethod(.appeals, "GetAppeal", .read)
  package static let addEvidence = SettlementMethod(.appeals, "AddEvidence", .mutation)
  package static let assignAppeal = SettlementMethod(.appeals, "AssignAppeal", .mutation)
  package static let resolveAppeal = SettlementMethod(.appeals, "ResolveAppeal", .mutation)
  package static let listAppeals = SettlementMethod(.appeals, "ListAppeals", .read)
}

// MARK: Webhooks

extension SettlementMethod {
  package static let createWebhookEndpoint = SettlementMethod(.webhooks, "CreateWebhookEndpoint", .mutation)
  package static let listWebhookEndpoints = SettlementMethod(.webhooks, "ListWebhookEndpoints", .read)
  package static let deleteWebhookEndpoint = SettlementMethod(.webhooks, "DeleteWebhookEndpoint", .mutation)
  package static let rotateWebhookSecret = SettlementMethod(.webhooks, "RotateWebhookSecret", .mutation)
  package static let setWebhookEndpointState = SettlementMethod(.webhooks, "SetWebhookEndpointState", .mutation)
  package static let listWebhookDeliveries = SettlementMethod(.webhooks, "ListWebhookDeliveries", .read)
  package static let redeliverWebhook = SettlementMethod(.webhooks, "RedeliverWebhook", .mutation)
  package static let listWebhookChanges = SettlementMethod(.webhooks, "ListWebhookChanges", .read)
}
