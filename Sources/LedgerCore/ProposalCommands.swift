package import Digests

/// What dual control is asked for.
package enum ProposalSubject: Hashable, Sendable {
  /// Once confirmed, the proposer or a confirmer may see number and name of the account for some minutes.
  case revealPayee(PayeeID)
  /// Posted against suspense when confirmed: positive credits the agent, negative debits it.
  case adjustment(partner: Label, agent: Label, amount: Money, reason: Label)
}

package struct Propose: Sendable {
  package var key: RequestKey
  package var subject: ProposalSubject
  package init(key: RequestKey, subject: ProposalSubject) {
    self.key = key
    self.subject = subject
  }
}

/// By another person than the proposer. It takes effect in the same record.
package struct ConfirmProposal: Sendable {
  package var key: RequestKey
  package var proposal: ProposalID
  /// Of what the person saw.
  package var digest: Digest256
  package init(key: RequestKey, proposal: ProposalID, digest: Digest256) {
    self.key = key
    self.proposal = proposal
    self.digest = digest
  }
}

/// Must be durable before anything is shown.
package struct RecordReveal: Sendable {
  package var key: RequestKey
  package var proposal: ProposalID
  package init(key: RequestKey, proposal: ProposalID) {
    self.key = key
    self.proposal = proposal
  }
}
