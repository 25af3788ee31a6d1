package import Digests

/// What dual control is asked for.
package enum ProposalSubject: Hashable, Sendable {
  /// Once confirmed, the proposer or a confirmer may see number and name of the account for some minutes.
  case revealPayee(PayeeID)
  /// Posted against suspense when confirmed: positive credits the agent, negative debits it.
  case adjustment(partner: Label, agent: Label, amount: Money, reason: Label)
  /// Ends a payout that is in doubt, or settles one that is blocked, when confirmed.
  case resolveDoubt(DoubtResolution)
}

package struct DoubtResolution: Hashable, Sendable {
  package var id: WithdrawalID
  package var verdict: DoubtVerdict
  /// Minor units that left our account at the channel; of `paid` and `strayed`, else 0.
  package var paidMinorUnits: Int64
  /// SHA-256 of the evidence that both have seen, 64 hexadecimal digits.
  package var evidence: Label
  package init(id: WithdrawalID, verdict: DoubtVerdict, paidMinorUnits: Int64, evidence: Label) {
    self.id = id
    self.verdict = verdict
    self.paidMinorUnits = paidMinorUnits
    self.evidence = evidence
  }
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
