import Digests
import Foundation
import Ledger
import LedgerCore
import RPC
import SettlementProto
import SwiftProtobuf
import Testing
import Vault

@testable import Services

/// Who may see what is private, and what is left of it.
@Suite struct RevealTests {
  private struct Scene {
    let house: House
    let lin: Caller
    let wang: Caller
    let payee: Settlement_V1_PayeeAccount

    init() async throws {
      house = try House()
      try await house.open("a1", minorUnits: 1_000)
      lin = house.staff(.finance, "lin")
      wang = house.staff(.finance, "wang")
      payee = try await house.partner().createPayee(Payees.create())
    }
  }

  private func expect(_ refusal: Refusal, _ status: RPCStatus) {
    #expect(status.code == .failedPrecondition && status.reason == RPCStatus(refusal).reason, "\(status)")
  }

  @Test func twoPeopleOfFinanceAndFiveMinutes() async throws {
    let scene = try await Scene()
    let proposal = try await scene.lin.propose(Proposals.reveal(scene.payee.id))
    #expect(proposal.state == .open && proposal.proposer == "lin" && proposal.digest.count == 32)
    #expect(proposal.id.hasPrefix("pr_") && proposal.reveal.payeeID == scene.payee.id && proposal.confirmations.isEmpty)

    // Not before it is confirmed; not by the proposer alone, whatever the role or certificate.
    expect(.proposalClosed(.open), try await scene.lin.failure(.revealPayeeAccount, Proposals.look(proposal)))
    expect(
      .makerMayNotDecide,
      try await scene.lin.failure(.confirmProposal, Proposals.confirm(proposal, requestID: "own")))
    var old = Proposals.confirm(proposal, requestID: "old")
    old.digest = Data(repeating: 1, count: 32)
    expect(.digestOutdated, try await scene.wang.failure(.confirmProposal, old))

    let confirmed = try await scene.wang.confirm(Proposals.confirm(proposal))
    #expect(confirmed.state == .confirmed && confirmed.confirmations.map(\.person) == ["wang"])
    #expect(confirmed.confirmations.first?.role == "finance")
    expect(
      .proposalOfOthers,
      try await scene.house.staff(.finance, "zhao").failure(
        .revealPayeeAccount, Proposals.look(proposal, requestID: "zhao")))

    for (person, name) in [(scene.lin, "lin"), (scene.wang, "wang")] {
      let before = scene.house.ledger.feed.lastSequence
      let seen = try await person.look(Proposals.look(proposal, requestID: "look-\(name)"))
      #expect(seen.number == Someone.card && seen.holderName == Someone.name && seen.id == scene.payee.id)
      #expect(seen.validUntil == confirmed.validUntil && seen.receipt.sequence == before + 1)
    }
    // Staff share their request ids: who repeats another's request sees nothing of it.
    let stolen = try await scene.wang.failure(.revealPayeeAccount, Proposals.look(proposal, requestID: "look-lin"))
    #expect(stolen.code == .alreadyExists && stolen.reason == "REQUEST_ID_REUSED")
    #expect(Someone.leaks(in: try scene.payee.serializedBytes()).isEmpty)

    scene.house.clock.advance(seconds: 5 * 60 + 1)
    for (person, requestID) in [(scene.lin, "look-lin"), (scene.wang, "look-new")] {
      let status = try await person.failure(.revealPayeeAccount, Proposals.look(proposal, requestID: requestID))
      #expect(status.code == .failedPrecondition, "\(requestID): \(status)")
      #expect(status.reason == RPCStatus(Refusal.proposalExpired(at: Timestamp(microseconds: 0))).reason, "\(status)")
    }
    await scene.house.close()
  }

  @Test func aProposalWaitsADay() async throws {
    let scene = try await Scene()
    let proposal = try await scene.lin.propose(Proposals.reveal(scene.payee.id))
    scene.house.clock.advance(seconds: 24 * 3_600 + 1)
    let status = try await scene.wang.failure(.confirmProposal, Proposals.confirm(proposal))
    #expect(status.reason == RPCStatus(Refusal.proposalExpired(at: Timestamp(microseconds: 0))).reason, "\(status)")
    var get = Settlement_V1_GetProposalRequest()
    get.id = proposal.id
    let gotten: Settlement_V1_Proposal = try await scene.wang.call(.getProposal, get)
    #expect(gotten.state == .expired)
    await scene.house.close()
  }

  @Test func whatIsErasedIsNotRevealed() async throws {
    let scene = try await Scene()
    let proposal = try await scene.lin.propose(Proposals.reveal(scene.payee.id))
    _ = try await scene.wang.confirm(Proposals.confirm(proposal))
    _ = try await scene.lin.look(Proposals.look(proposal))
    let _: Settlement_V1_PayeeAccount = try await scene.house.partner().call(
      .erasePayeeAccount, Payees.erase(scene.payee.id))
    for requestID in ["re1", "re2"] {
      expect(
        .payeeErased,
        try await scene.lin.failure(.revealPayeeAccount, Proposals.look(proposal, requestID: requestID)))
    }
    expect(
      .payeeErased,
      try await scene.lin.failure(.createProposal, Proposals.reveal(scene.payee.id, requestID: "pr2")))
    await scene.house.close()
  }

  @Test func anotherPersonsConfirmationIsNotTakenForOnesOwn() async throws {
    let scene = try await Scene()
    let proposal = try await scene.lin.propose(Proposals.reveal(scene.payee.id))
    let confirmed = try await scene.wang.confirm(Proposals.confirm(proposal))
    #expect(try await scene.wang.confirm(Proposals.confirm(proposal)) == confirmed)
    let other = try await scene.house.staff(.finance, "zhao").failure(.confirmProposal, Proposals.confirm(proposal))
    #expect(other.code == .alreadyExists && other.reason == "REQUEST_ID_REUSED")
    expect(
      .proposalClosed(.confirmed),
      try await scene.house.staff(.finance, "zhao").failure(
        .confirmProposal, Proposals.confirm(proposal, requestID: "co2")))
    await scene.house.close()
  }

  @Test func anAdjustmentIsPostedByTheSecondPerson() async throws {
    let scene = try await Scene()
    let proposal = try await scene.lin.propose(Proposals.adjust(-400))
    #expect(proposal.adjustment.amount.minorUnits == -400 && proposal.adjustment.reason == "booked twice")
    #expect(try await scene.lin.available("a1", of: "demo") == 1_000)
    let confirmed = try await scene.wang.confirm(Proposals.confirm(proposal))
    #expect(confirmed.state == .confirmed)
    #expect(try await scene.lin.available("a1", of: "demo") == 600)
    var list = Settlement_V1_ListEntriesRequest()
    list.agent = "a1"
    let entries: Settlement_V1_ListEntriesResponse = try await scene.house.partner().call(.listEntries, list)
    #expect(entries.entries.first?.kind == .adjustment && entries.entries.first?.proposalID == proposal.id)
    #expect(entries.entries.first?.amount.minorUnits == -400)

    let tooMuch = try await scene.lin.propose(Proposals.adjust(-601, requestID: "pr2"))
    let status = try await scene.wang.failure(.confirmProposal, Proposals.confirm(tooMuch, requestID: "co2"))
    #expect(status.reason == "INSUFFICIENT_FUNDS" && status.metadata["available"] == "600")
    // An adjustment shows nothing.
    expect(
      .proposalClosed(.confirmed), try await scene.lin.failure(.revealPayeeAccount, Proposals.look(proposal)))
    await scene.house.close()
  }

  @Test func proposalsAreListedNewestFirst() async throws {
    let scene = try await Scene()
    var all: [Settlement_V1_Proposal] = []
    for number in 0..<5 {
      all.append(try await scene.lin.propose(Proposals.adjust(Int64(number) + 1, requestID: "pr\(number)")))
    }
    all[1] = try await scene.wang.confirm(Proposals.confirm(all[1]))
    for openOnly in [false, true] {
      var request = Settlement_V1_ListProposalsRequest()
      (request.openOnly, request.pageSize) = (openOnly, 2)
      var listed: [Settlement_V1_Proposal] = []
      repeat {
        let page: Settlement_V1_ListProposalsResponse = try await scene.wang.call(.listProposals, request)
        listed += page.proposals
        request.pageToken = page.nextPageToken
      } while !request.pageToken.isEmpty && listed.count < 10
      #expect(listed == all.reversed().filter { !openOnly || $0.state == .open })
    }
    await scene.house.close()
  }

  private struct Bad: CustomTestStringConvertible {
    let what: String
    let method: Services.Method
    let request: any Message & Sendable
    let fields: [String]
    var testDescription: String { what }
  }

  private static let bad = [
    Bad(
      what: "nothing", method: .createProposal, request: Settlement_V1_CreateProposalRequest(),
      fields: ["request_id", "subject"]),
    Bad(what: "no payee", method: .createProposal, request: Proposals.reveal("pa_0"), fields: ["reveal.payee_id"]),
    Bad(
      what: "nothing to adjust", method: .createProposal, request: Proposals.adjust(0, agent: "", reason: ""),
      fields: ["adjustment.agent", "adjustment.amount.minor_units", "adjustment.reason"]),
    Bad(
      what: "not negatable", method: .createProposal, request: Proposals.adjust(.min),
      fields: ["adjustment.amount.minor_units"]),
    Bad(
      what: "nothing to confirm", method: .confirmProposal, request: Settlement_V1_ConfirmProposalRequest(),
      fields: ["digest", "id", "request_id"]),
    Bad(
      what: "nothing to see", method: .revealPayeeAccount, request: Settlement_V1_RevealPayeeAccountRequest(),
      fields: ["proposal_id", "request_id"]),
    Bad(what: "no id", method: .getProposal, request: Settlement_V1_GetProposalRequest(), fields: ["id"]),
  ]

  @Test(arguments: bad) private func whatIsWrongIsNamed(_ bad: Bad) async throws {
    let house = try House()
    let status = try await house.staff(.finance).failure(bad.method, bad.request)
    #expect(status.code == .invalidArgument && status.badFields.sorted() == bad.fields, "\(status)")
    await house.close()
  }

  @Test func whatIsNotThere() async throws {
    let house = try House()
    let finance = house.staff(.finance)
    let payee = try await finance.failure(
      .createProposal, Proposals.reveal(PayeeID(epoch: 0, shard: 0, ordinal: 9).description))
    #expect(payee.code == .notFound, "\(payee)")
    let agent = try await finance.failure(.createProposal, Proposals.adjust(5))
    #expect(agent.code == .notFound && agent.reason == "AGENT_NOT_FOUND")
    var proposal = Settlement_V1_Proposal()
    proposal.id = ProposalID(epoch: 0, shard: 0, ordinal: 9).description
    proposal.digest = Data(repeating: 0, count: 32)
    for (method, request) in [
      (.confirmProposal, Proposals.confirm(proposal)), (.revealPayeeAccount, Proposals.look(proposal)),
    ] as [(Services.Method, any Message)] {
      let status = try await finance.failure(method, request)
      #expect(status.code == .notFound, "\(method.name): \(status)")
    }
    await house.close()
  }
}
