internal import HTTPStreams
internal import LedgerCore
internal import RPC

/// Every method there is, and the one place that says who may call it.
package enum Method: CaseIterable, Sendable {
  case submitWithdrawal
  case getWithdrawal
  case cancelWithdrawal
  case listWithdrawals
  case watchWithdrawals
  case batchSubmitWithdrawals
  case createAgent
  case getAgent
  case getBalance
  case listEntries
  case deposit
  case quoteWithdrawal
  case amendWithdrawal
  case updateAgent
  case verifyAgent
  case getLimits
  case createPayeeAccount
  case getPayeeAccount
  case listPayeeAccounts
  case findPayeeAccounts
  case verifyPayeeAccount
  case erasePayeeAccount
  case revealPayeeAccount
  case createProposal
  case confirmProposal
  case getProposal
  case listProposals
  case listReviewQueue
  case claimReview
  case releaseReview
  case approveWithdrawal
  case rejectWithdrawal
  case requestInformation
  case escalateReview
  case placeHold
  case liftHold
  case putListEntry
  case removeListEntry
  case listListEntries
  case importListEntries
  case exportListEntries
  case reportOutcome
  case getRiskProfile
  case exportRiskLog
  case getRules
  case reloadRules
  case listAuditEvents
  case verifyChain
  case retryWithdrawal
  case createAppeal
  case getAppeal
  case addEvidence
  case assignAppeal
  case resolveAppeal
  case listAppeals
  case listChannels
  case setChannelState
  case fundChannel
  case createWebhookEndpoint
  case listWebhookEndpoints
  case deleteWebhookEndpoint
  case rotateWebhookSecret
  case setWebhookEndpointState
  case listWebhookDeliveries
  case redeliverWebhook
  case listWebhookChanges
  case getChannelHealth
  case explainRouting
  case listAttempts
  case resolveInDoubt
  case listAlarms

  package var service: String {
    switch self {
    case .submitWithdrawal, .getWithdrawal, .cancelWithdrawal, .listWithdrawals, .watchWithdrawals,
      .batchSubmitWithdrawals, .quoteWithdrawal, .amendWithdrawal, .retryWithdrawal:
      "settlement.v1.WithdrawalService"
    case .createAgent, .getAgent, .getBalance, .listEntries, .deposit, .updateAgent, .verifyAgent, .getLimits,
      .createPayeeAccount, .getPayeeAccount, .listPayeeAccounts, .findPayeeAccounts, .verifyPayeeAccount,
      .erasePayeeAccount, .revealPayeeAccount, .createProposal, .confirmProposal, .getProposal, .listProposals:
      "settlement.v1.AccountService"
    case .listReviewQueue, .claimReview, .releaseReview, .approveWithdrawal, .rejectWithdrawal, .requestInformation,
      .escalateReview, .placeHold, .liftHold:
      "settlement.v1.ReviewService"
    case .putListEntry, .removeListEntry, .listListEntries, .importListEntries, .exportListEntries, .reportOutcome,
      .getRiskProfile, .exportRiskLog:
      "settlement.v1.RiskService"
    case .getRules, .reloadRules: "settlement.v1.RulesService"
    case .listAuditEvents, .verifyChain: "settlement.v1.AuditService"
    case .createAppeal, .getAppeal, .addEvidence, .assignAppeal, .resolveAppeal, .listAppeals:
      "settlement.v1.AppealService"
    case .createWebhookEndpoint, .listWebhookEndpoints, .deleteWebhookEndpoint, .rotateWebhookSecret,
      .setWebhookEndpointState, .listWebhookDeliveries, .redeliverWebhook, .listWebhookChanges:
      "settlement.v1.WebhookService"
    case .listChannels, .setChannelState, .fundChannel, .getChannelHealth, .explainRouting, .listAttempts,
      .resolveInDoubt, .listAlarms:
      "settlement.v1.ChannelService"
    }
  }

  package var name: String {
    switch self {
    case .submitWithdrawal: "SubmitWithdrawal"
    case .getWithdrawal: "GetWithdrawal"
    case .cancelWithdrawal: "CancelWithdrawal"
    case .listWithdrawals: "ListWithdrawals"
    case .watchWithdrawals: "WatchWithdrawals"
    case .batchSubmitWithdrawals: "BatchSubmitWithdrawals"
    case .createAgent: "CreateAgent"
    case .getAgent: "GetAgent"
    case .getBalance: "GetBalance"
    case .listEntries: "ListEntries"
    case .deposit: "Deposit"
    case .quoteWithdrawal: "QuoteWithdrawal"
    case .amendWithdrawal: "AmendWithdrawal"
    case .updateAgent: "UpdateAgent"
    case .verifyAgent: "VerifyAgent"
    case .getLimits: "GetLimits"
    case .createPayeeAccount: "CreatePayeeAccount"
    case .getPayeeAccount: "GetPayeeAccount"
    case .listPayeeAccounts: "ListPayeeAccounts"
    case .findPayeeAccounts: "FindPayeeAccounts"
    case .verifyPayeeAccount: "VerifyPayeeAccount"
    case .erasePayeeAccount: "ErasePayeeAccount"
    case .revealPayeeAccount: "RevealPayeeAccount"
    case .createProposal: "CreateProposal"
    case .confirmProposal: "ConfirmProposal"
    case .getProposal: "GetProposal"
    case .listProposals: "ListProposals"
    case .listReviewQueue: "ListReviewQueue"
    case .claimReview: "ClaimReview"
    case .releaseReview: "ReleaseReview"
    case .approveWithdrawal: "ApproveWithdrawal"
    case .rejectWithdrawal: "RejectWithdrawal"
    case .requestInformation: "RequestInformation"
    case .escalateReview: "EscalateReview"
    case .placeHold: "PlaceHold"
    case .liftHold: "LiftHold"
    case .putListEntry: "PutListEntry"
    case .removeListEntry: "RemoveListEntry"
    case .listListEntries: "ListListEntries"
    case .importListEntries: "ImportListEntries"
    case .exportListEntries: "ExportListEntries"
    case .reportOutcome: "ReportOutcome"
    case .getRiskProfile: "GetRiskProfile"
    case .exportRiskLog: "ExportRiskLog"
    case .getRules: "GetRules"
    case .reloadRules: "ReloadRules"
    case .listAuditEvents: "ListAuditEvents"
    case .verifyChain: "VerifyChain"
    case .retryWithdrawal: "RetryWithdrawal"
    case .createAppeal: "CreateAppeal"
    case .getAppeal: "GetAppeal"
    case .addEvidence: "AddEvidence"
    case .assignAppeal: "AssignAppeal"
    case .resolveAppeal: "ResolveAppeal"
    case .listAppeals: "ListAppeals"
    case .listChannels: "ListChannels"
    case .setChannelState: "SetChannelState"
    case .fundChannel: "FundChannel"
    case .createWebhookEndpoint: "CreateWebhookEndpoint"
    case .listWebhookEndpoints: "ListWebhookEndpoints"
    case .deleteWebhookEndpoint: "DeleteWebhookEndpoint"
    case .rotateWebhookSecret: "RotateWebhookSecret"
    case .setWebhookEndpointState: "SetWebhookEndpointState"
    case .listWebhookDeliveries: "ListWebhookDeliveries"
    case .redeliverWebhook: "RedeliverWebhook"
    case .listWebhookChanges: "ListWebhookChanges"
    case .getChannelHealth: "GetChannelHealth"
    case .explainRouting: "ExplainRouting"
    case .listAttempts: "ListAttempts"
    case .resolveInDoubt: "ResolveInDoubt"
    case .listAlarms: "ListAlarms"
    }
  }

  /// As on the wire.
  package var path: String { "/\(service)/\(name)" }

  /// All staff read what is not private; what changes something is for those whose work it is. What a partner may see of
  /// it, its `Principal.scope` tells.
  func allows(_ role: Principal.Role) -> Bool {
    switch self {
    case .getWithdrawal, .listWithdrawals, .watchWithdrawals, .quoteWithdrawal, .getAgent, .getBalance, .listEntries,
      .getLimits, .getPayeeAccount, .listPayeeAccounts:
      true
    // Whom the money goes to only the platform says: a member of staff who changed it could approve it under another role.
    case .submitWithdrawal, .batchSubmitWithdrawals, .amendWithdrawal: role == .partner
    case .createAgent, .verifyAgent, .createPayeeAccount, .verifyPayeeAccount, .retryWithdrawal:
      role == .partner || role == .operator
    // Compliance cancels what it holds.
    case .cancelWithdrawal, .erasePayeeAccount: role == .partner || role == .operator || role == .compliance
    case .deposit, .reloadRules, .setChannelState: role == .operator
    case .fundChannel: role == .operator || role == .finance
    case .listWebhookEndpoints, .listWebhookDeliveries, .listWebhookChanges: true
    case .createWebhookEndpoint, .deleteWebhookEndpoint, .rotateWebhookSecret, .setWebhookEndpointState,
      .redeliverWebhook:
      role == .partner || role == .operator
    case .updateAgent: role == .operator || role == .compliance
    case .findPayeeAccounts: role == .compliance || role == .finance
    case .revealPayeeAccount, .createProposal, .confirmProposal, .resolveInDoubt: role == .finance
    case .getProposal, .listProposals: role == .finance || role == .auditor || role == .compliance
    case .claimReview, .releaseReview, .approveWithdrawal, .rejectWithdrawal, .requestInformation, .escalateReview,
      .reportOutcome:
      role == .reviewer || role == .compliance
    case .getAppeal, .listAppeals: true
    case .createAppeal: role == .partner || role == .operator
    case .addEvidence:
      role == .partner || role == .operator || role == .reviewer || role == .finance || role == .compliance
    case .assignAppeal, .resolveAppeal: role == .reviewer || role == .finance || role == .compliance
    case .placeHold, .liftHold, .putListEntry, .removeListEntry, .importListEntries: role == .compliance
    case .listReviewQueue, .listListEntries, .exportListEntries, .getRiskProfile, .exportRiskLog, .getRules,
      .listChannels, .getChannelHealth, .explainRouting, .listAttempts, .listAlarms:
      role != .partner
    case .listAuditEvents, .verifyChain: role == .auditor || role == .compliance
    }
  }
}

/// The door of every method: who is it, and may they.
package struct Access: Sendable {
  /// Trust domain of the URI names in client certificates.
  package let domain: String

  package init(domain: String) { self.domain = domain }

  /// Called for each call. The connection's principal was made when it was accepted; without one the certificate is
  /// looked at again, to tell what is wrong with it.
  func principal(of peer: Peer, calling method: Method) throws(RPCStatus) -> Principal {
    let principal: Principal
    if let known = peer.identity as? Principal {
      principal = known
    } else {
      switch Principal.authenticate(
        uriNames: peer.uriNames, domain: domain, certificateDigest: peer.certificateDigest)
      {
      case .success(let found): principal = found
      case .failure(let defect): throw RPCStatus(unauthenticated: defect)
      }
    }
    guard method.allows(principal.role) else { throw RPCStatus(denied: method, to: principal) }
    return principal
  }
}
