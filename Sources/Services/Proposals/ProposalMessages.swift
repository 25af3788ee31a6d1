internal import Digests
internal import Ledger
internal import LedgerCore
internal import RPC
internal import SettlementProto
internal import SwiftProtobuf

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension Settlement_V1_Proposal {
  init(_ proposal: Proposal, _ receipt: Receipt) {
    self.init()
    id = proposal.id.description
    state = Settlement_V1_ProposalState(proposal.state)
    switch proposal.subject {
    case .revealPayee(let payee): reveal.payeeID = payee.description
    case .adjustment(let partner, let agent, let amount, let reason):
      adjustment.partner = partner.description
      adjustment.agent = agent.description
      adjustment.amount = Settlement_V1_Money(amount)
      adjustment.reason = reason.description
    case .resolveDoubt(let resolution): doubt = Settlement_V1_DoubtSubject(resolution)
    }
    proposer = proposal.proposer.description
    confirmations = proposal.confirmations.map { approval in
      var message = Settlement_V1_Approval()
      message.person = approval.person.description
      message.role = approval.role.wireName
      message.time = Google_Protobuf_Timestamp(approval.time)
      return message
    }
    createTime = Google_Protobuf_Timestamp(proposal.createTime)
    validUntil = Google_Protobuf_Timestamp(proposal.validUntil)
    digest = proposal.digest.withUnsafeBytes { Data($0) }
    self.receipt = Settlement_V1_Receipt(receipt)
  }
}

extension Settlement_V1_DoubtSubject {
  init(_ resolution: DoubtResolution) {
    self.init()
    withdrawalID = resolution.id.description
    // The raw values are the same by contract; a test walks them all.
    verdict = Settlement_V1_DoubtVerdict(rawValue: Int(resolution.verdict.rawValue)) ?? .unspecified
    if resolution.paidMinorUnits > 0 {
      paid = Settlement_V1_Money(Money(minorUnits: resolution.paidMinorUnits, currency: .cny))
    }
    var bytes = Data(count: Digest256.byteCount)
    // The ledger takes nothing but 64 digits.
    if bytes.withUnsafeMutableBytes({ Hexadecimal.decode(resolution.evidence.description, into: $0) }) {
      evidence = bytes
    }
  }
}

extension Settlement_V1_ProposalState {
  /// The raw values are the same by contract; a test walks them all.
  init(_ state: ProposalState) {
    self = Settlement_V1_ProposalState(rawValue: Int(state.rawValue)) ?? .unspecified
  }
}

extension FieldViolations {
  mutating func proposalID(_ field: String, _ text: String) -> ProposalID {
    if let id = ProposalID(text) { return id }
    addMalformedID(field, text, "a proposal", "pr_")
    return ProposalID(rawValue: 0)
  }

  mutating func digest(_ field: String, _ bytes: Data) -> Digest256 {
    if bytes.count == Digest256.byteCount, let digest = bytes.withUnsafeBytes({ Digest256(bytes: $0) }) {
      return digest
    }
    add(
      field, bytes.isEmpty ? "FIELD_MISSING" : "DIGEST_MALFORMED",
      "has \(bytes.count) bytes; must be the \(Digest256.byteCount) bytes that were shown to you")
    return Digest256()
  }
}
