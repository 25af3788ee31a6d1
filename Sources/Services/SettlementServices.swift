package import HTTPStreams
package import Ledger
package import Notifications
package import Payouts
package import RPC
internal import SettlementProto
package import Telemetry
package import Vault

/// Everything that callers of the services share, over all loops. Make one for the program and register it on each
/// loop's routes.
package final class SettlementServices: Sendable {
  package let ledger: Ledger
  private let access: Access
  private let accounts: AccountService
  private let lists: ListWithdrawals
  private let watches: WatchWithdrawals
  private let quoteTokens: QuoteTokens
  private let quotes: QuoteWithdrawal
  private let amendments: AmendWithdrawalMethod
  private let retries: RetryWithdrawalMethod
  private let reviews: ReviewService
  private let verifyAgent: VerifyAgent
  private let payees: PayeeService
  private let proposals: ProposalService
  private let risk: RiskService
  private let rules: RulesService
  private let audit: AuditService
  private let appeals: AppealService
  private let channels: ChannelService
  private let webhooks: WebhookService

  /// - Parameters:
  ///   - domain: trust domain of the URI names in client certificates, as in "spiffe://<domain>/partner/<id>".
  ///   - quoteKey: signs quotes.
  ///   - desk: sends payouts; nil where no channel is configured.
  ///   - alarms: what `ListAlarms` shows.
  ///   - webhooks: nil: this server tells nobody.
  package init(
    ledger: Ledger, domain: String, rules: any RulesSource, privateData: PrivateData, quoteKey: TokenKey,
    watchTiming: WatchTiming = WatchTiming(), desk: (any PayoutDesk)? = nil, alarms: AlarmBoard = AlarmBoard(),
    webhooks: WebhookEndpoints? = nil
  ) {
    self.ledger = ledger
    access = Access(domain: domain)
    accounts = AccountService(ledger: ledger, access: access)
    lists = ListWithdrawals(ledger: ledger, access: access)
    watches = WatchWithdrawals(ledger: ledger, access: access, timing: watchTiming, watchers: WatcherQuota())
    quoteTokens = QuoteTokens(key: quoteKey, ledger: ledger.identity)
    quotes = QuoteWithdrawal(ledger: ledger, access: access, rules: rules, tokens: quoteTokens)
    amendments = AmendWithdrawalMethod(ledger: ledger, access: access)
    retries = RetryWithdrawalMethod(ledger: ledger, access: access)
    reviews = ReviewService(ledger: ledger, access: access)
    verifyAgent = VerifyAgent(ledger: ledger, access: access, privateData: privateData)
    payees = PayeeService(ledger: ledger, access: access, privateData: privateData)
    proposals = ProposalService(ledger: ledger, access: access)
    risk = RiskService(ledger: ledger, access: access, privateData: privateData, timing: watchTiming)
    self.rules = RulesService(ledger: ledger, access: access, source: rules)
    audit = AuditService(ledger: ledger, access: access)
    appeals = AppealService(ledger: ledger, access: access)
    channels = ChannelService(ledger: ledger, access: access, desk: desk, alarms: alarms)
    self.webhooks = WebhookService(ledger: ledger, access: access, webhooks: webhooks)
  }

  /// Adds all methods to the routes of `loop`'s server.
  package func register(on routes: inout Routes, loop: any StreamLoop) {
    let gateway = LedgerGateway(loop: loop, ledger: ledger)
    registerHotMethods(on: &routes, gateway: gateway)
    registerTypedMethods(on: &routes)
    registerReviewMethods(on: &routes)
    registerAgentMethods(on: &routes)
    registerPayeeMethods(on: &routes)
    registerProposalMethods(on: &routes)
    registerRiskMethods(on: &routes)
    registerHouseMethods(on: &routes)
    registerAppealMethods(on: &routes)
    registerChannelMethods(on: &routes)
    registerWebhookMethods(on: &routes)
  }

  private func registerHotMethods(on routes: inout Routes, gateway: LedgerGateway) {
    func handler<Request: WithdrawalRequest>(_ request: Request.Type) -> WithdrawalHandler<Request> {
      WithdrawalHandler(request, access: access, gateway: gateway, quotes: quoteTokens)
    }
    routes.unary(Method.submitWithdrawal.path, handler: handler(SubmitWithdrawalRequest.self))
    routes.unary(Method.getWithdrawal.path, handler: handler(GetWithdrawalRequest.self))
    routes.unary(Method.cancelWithdrawal.path, handler: handler(CancelWithdrawalRequest.self))
    routes.unary(
      Method.batchSubmitWithdrawals.path,
      handler: BatchSubmitWithdrawalsHandler(access: access, gateway: gateway, quotes: quoteTokens))
  }

  private func registerTypedMethods(on routes: inout Routes) {
    let limit = RPCLimits.smallMessageBytes
    routes.unary(Method.listWithdrawals.path, messageLimit: limit) { [lists] in try await lists.list($0, $1) }
    routes.serverStreaming(Method.watchWithdrawals.path, messageLimit: limit) { [watches] in
      try await watches.watch($0, $1, $2)
    }
    routes.unary(Method.createAgent.path, messageLimit: limit) { [accounts] in try await accounts.createAgent($0, $1) }
    routes.unary(Method.getAgent.path, messageLimit: limit) { [accounts] in try await accounts.getAgent($0, $1) }
    routes.unary(Method.getBalance.path, messageLimit: limit) { [accounts] in try await accounts.getBalance($0, $1) }
    routes.unary(Method.listEntries.path, messageLimit: limit) { [accounts] in try await accounts.listEntries($0, $1) }
    routes.unary(Method.deposit.path, messageLimit: limit) { [accounts] in try await accounts.deposit($0, $1) }
  }

  private func registerReviewMethods(on routes: inout Routes) {
    let limit = RPCLimits.smallMessageBytes
    routes.unary(Method.quoteWithdrawal.path, messageLimit: limit) { [quotes] in try await quotes.quote($0, $1) }
    routes.unary(Method.amendWithdrawal.path, messageLimit: limit) { [amendments] in
      try await amendments.amend($0, $1)
    }
    routes.unary(Method.retryWithdrawal.path, messageLimit: limit) { [retries] in try await retries.retry($0, $1) }
    routes.unary(Method.listReviewQueue.path, messageLimit: limit) { [reviews] in try await reviews.list($0, $1) }
    routes.unary(Method.claimReview.path, messageLimit: limit) { [reviews] in try await reviews.claim($0, $1) }
    routes.unary(Method.releaseReview.path, messageLimit: limit) { [reviews] in try await reviews.release($0, $1) }
    routes.unary(Method.approveWithdrawal.path, messageLimit: limit) { [reviews] in try await reviews.approve($0, $1) }
    routes.unary(Method.rejectWithdrawal.path, messageLimit: limit) { [reviews] in try await reviews.reject($0, $1) }
    routes.unary(Method.requestInformation.path, messageLimit: limit) { [reviews] in
      try await reviews.requestInformation($0, $1)
    }
    routes.unary(Method.escalateReview.path, messageLimit: limit) { [reviews] in try await reviews.escalate($0, $1) }
    routes.unary(Method.placeHold.path, messageLimit: limit) { [reviews] in try await reviews.placeHold($0, $1) }
    routes.unary(Method.liftHold.path, messageLimit: limit) { [reviews] in try await reviews.liftHold($0, $1) }
  }

  private func registerAgentMethods(on routes: inout Routes) {
    let limit = RPCLimits.smallMessageBytes
    routes.unary(Method.updateAgent.path, messageLimit: limit) { [accounts] in try await accounts.updateAgent($0, $1) }
    routes.unary(Method.getLimits.path, messageLimit: limit) { [accounts] in try await accounts.getLimits($0, $1) }
    routes.unary(Method.verifyAgent.path, messageLimit: limit) { [verifyAgent] in try await verifyAgent.verify($0, $1) }
  }

  private func registerPayeeMethods(on routes: inout Routes) {
    let limit = RPCLimits.smallMessageBytes
    routes.unary(Method.createPayeeAccount.path, messageLimit: limit) { [payees] in try await payees.create($0, $1) }
    routes.unary(Method.getPayeeAccount.path, messageLimit: limit) { [payees] in try await payees.get($0, $1) }
    routes.unary(Method.listPayeeAccounts.path, messageLimit: limit) { [payees] in try await payees.list($0, $1) }
    routes.unary(Method.findPayeeAccounts.path, messageLimit: limit) { [payees] in try await payees.find($0, $1) }
    routes.unary(Method.verifyPayeeAccount.path, messageLimit: limit) { [payees] in try await payees.verify($0, $1) }
    routes.unary(Method.erasePayeeAccount.path, messageLimit: limit) { [payees] in try await payees.erase($0, $1) }
    routes.unary(Method.revealPayeeAccount.path, messageLimit: limit) { [payees] in try await payees.reveal($0, $1) }
  }

  private func registerProposalMethods(on routes: inout Routes) {
    let limit = RPCLimits.smallMessageBytes
    routes.unary(Method.createProposal.path, messageLimit: limit) { [proposals] in try await proposals.create($0, $1) }
    routes.unary(Method.confirmProposal.path, messageLimit: limit) { [proposals] in
      try await proposals.confirm($0, $1)
    }
    routes.unary(Method.getProposal.path, messageLimit: limit) { [proposals] in try await proposals.get($0, $1) }
    routes.unary(Method.listProposals.path, messageLimit: limit) { [proposals] in try await proposals.list($0, $1) }
  }

  private func registerRiskMethods(on routes: inout Routes) {
    let limit = RPCLimits.smallMessageBytes
    routes.unary(Method.putListEntry.path, messageLimit: limit) { [risk] in try await risk.put($0, $1) }
    routes.unary(Method.removeListEntry.path, messageLimit: limit) { [risk] in try await risk.remove($0, $1) }
    routes.unary(Method.listListEntries.path, messageLimit: limit) { [risk] in try await risk.listEntries($0, $1) }
    routes.unary(Method.importListEntries.path, messageLimit: RiskService.importMessageBytes) { [risk] in
      try await risk.importEntries($0, $1)
    }
    routes.serverStreaming(Method.exportListEntries.path, messageLimit: limit) { [risk] in
      try await risk.exportEntries($0, $1, $2)
    }
    routes.unary(Method.reportOutcome.path, messageLimit: limit) { [risk] in try await risk.reportOutcome($0, $1) }
    routes.unary(Method.getRiskProfile.path, messageLimit: limit) { [risk] in try await risk.profile($0, $1) }
    routes.serverStreaming(Method.exportRiskLog.path, messageLimit: limit) { [risk] in
      try await risk.exportRiskLog($0, $1, $2)
    }
  }

  private func registerHouseMethods(on routes: inout Routes) {
    let limit = RPCLimits.smallMessageBytes
    routes.unary(Method.getRules.path, messageLimit: limit) { [rules] in try await rules.get($0, $1) }
    routes.unary(Method.reloadRules.path, messageLimit: limit) { [rules] in try await rules.reload($0, $1) }
    routes.unary(Method.listAuditEvents.path, messageLimit: limit) { [audit] in try await audit.listEvents($0, $1) }
    routes.unary(Method.verifyChain.path, messageLimit: limit) { [audit] in try await audit.verifyChain($0, $1) }
  }

  private func registerWebhookMethods(on routes: inout Routes) {
    let limit = RPCLimits.smallMessageBytes
    routes.unary(Method.createWebhookEndpoint.path, messageLimit: limit) { [webhooks] in
      try await webhooks.create($0, $1)
    }
    routes.unary(Method.listWebhookEndpoints.path, messageLimit: limit) { [webhooks] in try await webhooks.list($0, $1)
    }
    routes.unary(Method.deleteWebhookEndpoint.path, messageLimit: limit) { [webhooks] in
      try await webhooks.delete($0, $1)
    }
    routes.unary(Method.rotateWebhookSecret.path, messageLimit: limit) { [webhooks] in
      try await webhooks.rotate($0, $1)
    }
    routes.unary(Method.setWebhookEndpointState.path, messageLimit: limit) { [webhooks] in
      try await webhooks.setState($0, $1)
    }
    routes.unary(Method.listWebhookDeliveries.path, messageLimit: limit) { [webhooks] in
      try await webhooks.deliveries($0, $1)
    }
    routes.unary(Method.redeliverWebhook.path, messageLimit: limit) { [webhooks] in
      try await webhooks.redeliver($0, $1)
    }
    routes.unary(Method.listWebhookChanges.path, messageLimit: limit) { [webhooks] in
      try await webhooks.changes($0, $1)
    }
  }

  private func registerChannelMethods(on routes: inout Routes) {
    let limit = RPCLimits.smallMessageBytes
    routes.unary(Method.listChannels.path, messageLimit: limit) { [channels] in try await channels.list($0, $1) }
    routes.unary(Method.setChannelState.path, messageLimit: limit) { [channels] in
      try await channels.setState($0, $1)
    }
    routes.unary(Method.fundChannel.path, messageLimit: limit) { [channels] in try await channels.fund($0, $1) }
    routes.unary(Method.getChannelHealth.path, messageLimit: limit) { [channels] in try await channels.health($0, $1) }
    routes.unary(Method.explainRouting.path, messageLimit: limit) { [channels] in try await channels.explain($0, $1) }
    routes.unary(Method.listAttempts.path, messageLimit: limit) { [channels] in
      try await channels.listAttempts($0, $1)
    }
    routes.unary(Method.resolveInDoubt.path, messageLimit: limit) { [proposals] in
      try await proposals.resolveInDoubt($0, $1)
    }
    routes.unary(Method.listAlarms.path, messageLimit: limit) { [channels] in try await channels.listAlarms($0, $1) }
  }

  private func registerAppealMethods(on routes: inout Routes) {
    let limit = RPCLimits.smallMessageBytes
    routes.unary(Method.createAppeal.path, messageLimit: limit) { [appeals] in try await appeals.create($0, $1) }
    routes.unary(Method.getAppeal.path, messageLimit: limit) { [appeals] in try await appeals.get($0, $1) }
    routes.unary(Method.addEvidence.path, messageLimit: limit) { [appeals] in try await appeals.addEvidence($0, $1) }
    routes.unary(Method.assignAppeal.path, messageLimit: limit) { [appeals] in try await appeals.assign($0, $1) }
    routes.unary(Method.resolveAppeal.path, messageLimit: limit) { [appeals] in try await appeals.resolve($0, $1) }
    routes.unary(Method.listAppeals.path, messageLimit: limit) { [appeals] in try await appeals.list($0, $1) }
  }
}
