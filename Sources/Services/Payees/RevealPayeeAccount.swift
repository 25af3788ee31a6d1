internal import Ledger
internal import LedgerCore
internal import RPC
internal import SettlementProto
internal import SwiftProtobuf
internal import Vault

/// RevealPayeeAccount: shows number and name to one of the people of a confirmed proposal. That somebody looks is durable
/// before anything is opened.
extension PayeeService {
  func reveal(
    _ request: Settlement_V1_RevealPayeeAccountRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_RevealedPayeeAccount {
    let principal = try access.principal(of: context.peer, calling: .revealPayeeAccount)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    let id = violations.proposalID("proposal_id", request.proposalID)
    try violations.throwIfAny()
    // The person is part of the content: staff share their request ids, and whoever repeats another's request must not be
    // shown what was shown to that one.
    var content = ContentFields(.revealPayeeAccount)
    content.add(1, principal.name)
    content.add(2, id.description)
    let reply = try await ledger.ask(
      .command(
        .recordReveal(
          RecordReveal(key: principal.key(requestID, content.fingerprint), proposal: id))))
    let proposal = try await proposal(id, of: reply)
    // A repeated request gets its first answer; what may be seen ends all the same.
    guard ledger.clock.now() < proposal.validUntil else { throw RPCStatus(.proposalExpired(at: proposal.validUntil)) }
    guard case .revealPayee(let payeeID) = proposal.subject else { throw .strangeAnswer }
    return try await open(payeeID, until: proposal.validUntil, reply.receipt)
  }

  private func proposal(_ id: ProposalID, of reply: LedgerAnswer) async throws(RPCStatus) -> Proposal {
    if case .proposal(let proposal) = reply.answer { return proposal }
    guard case .proposal(let proposal) = try await ledger.ask(.query(.proposal(id))).answer else {
      throw .strangeAnswer
    }
    return proposal
  }

  private func open(
    _ id: PayeeID, until: Timestamp, _ receipt: Receipt
  ) async throws(RPCStatus) -> Settlement_V1_RevealedPayeeAccount {
    guard case .payee(let payee) = try await ledger.ask(.query(.payee(id, .all))).answer else { throw .strangeAnswer }
    guard payee.state != .erased else { throw RPCStatus(Refusal.payeeErased) }
    let pair = try privateData.open(payee.sealed, in: PrivatePlace(payee), of: ledger.identity)
    var revealed = Settlement_V1_RevealedPayeeAccount()
    revealed.id = id.description
    revealed.number = pair.number
    revealed.holderName = pair.name
    revealed.validUntil = Google_Protobuf_Timestamp(until)
    revealed.receipt = Settlement_V1_Receipt(receipt)
    return revealed
  }
}
