import Foundation
import Ledger
import LedgerCore
import RPC
import SettlementProto
import SwiftProtobuf
import Testing

@testable import Services

/// What people do with a withdrawal that risk singled out, from their requests to what the partner sees.
@Suite struct ReviewFlowTests {
  private func house(checkers: UInt8 = 2) async throws -> House {
    let house = try House { $0.policy = HousePolicy(checkers: checkers) }
    try await house.open("a1")
    return house
  }

  private func claim(_ id: String, _ requestID: String) -> Settlement_V1_ClaimReviewRequest {
    var request = Settlement_V1_ClaimReviewRequest()
    (request.id, request.requestID) = (id, requestID)
    return request
  }

  private func approve(_ id: String, _ requestID: String, _ digest: Data) -> Settlement_V1_ApproveWithdrawalRequest {
    var request = Settlement_V1_ApproveWithdrawalRequest()
    (request.id, request.requestID, request.digest) = (id, requestID, digest)
    return request
  }

  private func reject(_ id: String, _ requestID: String, _ reason: String) -> Settlement_V1_RejectWithdrawalRequest {
    var request = Settlement_V1_RejectWithdrawalRequest()
    (request.id, request.requestID, request.reason) = (id, requestID, reason)
    return request
  }

  private func ask(_ id: String, _ requestID: String, _ note: String) -> Settlement_V1_RequestInformationRequest {
    var request = Settlement_V1_RequestInformationRequest()
    (request.id, request.requestID, request.note) = (id, requestID, note)
    return request
  }

  private func amend(
    _ id: String, _ requestID: String, payee: String, etag: String = ""
  ) -> Settlement_V1_AmendWithdrawalRequest {
    var request = Settlement_V1_AmendWithdrawalRequest()
    (request.id, request.requestID, request.payee, request.etag) = (id, requestID, payee, etag)
    return request
  }

  private func hold(_ id: String, _ requestID: String) -> Settlement_V1_PlaceHoldRequest {
    var request = Settlement_V1_PlaceHoldRequest()
    (request.id, request.requestID, request.reason) = (id, requestID, "COURT_ORDER")
    return request
  }

  private func lift(_ id: String, _ requestID: String) -> Settlement_V1_LiftHoldRequest {
    var request = Settlement_V1_LiftHoldRequest()
    (request.id, request.requestID, request.reason) = (id, requestID, "COURT_LIFTED")
    return request
  }

  private func digest(_ house: House, _ id: String) async throws -> Data {
    try await house.staff(.reader).get(id).review.digest
  }

  @Test func twoPeopleApprove() async throws {
    let house = try await house()
    let demo = house.partner()
    let (wang, li) = (house.staff(.reviewer, "wang"), house.staff(.reviewer, "li"))
    let submitted = try await demo.submit("a1", 20_000, requestID: "r1")
    #expect(submitted.state == .pendingReview && submitted.review.approvalsRequired == 2 && submitted.cancelable)
    #expect(submitted.review.digest.isEmpty && submitted.risk.reasons.map(\.code) == ["LARGE_AMOUNT"])
    let seen = try await wang.get(submitted.id).review.digest
    #expect(seen.count == 32)

    let first: Settlement_V1_Withdrawal = try await wang.call(.approveWithdrawal, approve(submitted.id, "a1", seen))
    #expect(first.state == .pendingReview && first.review.approvals.map(\.person) == ["wang"])
    #expect(first.review.approvals.map(\.role) == ["reviewer"])
    // Repeated, the same answer; sent by another person, another request: nobody's yes is taken for that of another.
    let again: Settlement_V1_Withdrawal = try await wang.call(.approveWithdrawal, approve(submitted.id, "a1", seen))
    #expect(again == first)
    let borrowed = try await li.failure(.approveWithdrawal, approve(submitted.id, "a1", seen))
    #expect(borrowed.code == .alreadyExists && borrowed.reason == "REQUEST_ID_REUSED")

    let second: Settlement_V1_Withdrawal = try await li.call(.approveWithdrawal, approve(submitted.id, "a2", seen))
    #expect(second.state == .approved && second.review.approvals.map(\.person) == ["wang", "li"])
    let forPartner = try await demo.get(submitted.id)
    #expect(forPartner.state == .approved && forPartner.review.approvals.map(\.person) == ["", ""])
    #expect(forPartner.review.approvals.map(\.role) == ["reviewer", "reviewer"])
    let list: Settlement_V1_ListWithdrawalsResponse = try await demo.call(
      .listWithdrawals, Settlement_V1_ListWithdrawalsRequest())
    #expect(list.withdrawals == [forPartner], "a list shows what a get shows")
    await house.close()
  }

  /// Each line: who, as what, with which digest -> refused for which reason; nothing changes.
  @Test func whoMayNotApprove() async throws {
    let house = try await house()
    let submitted = try await house.partner().submit("a1", 20_000, requestID: "r1")
    let seen = try await digest(house, submitted.id)
    let _: Settlement_V1_Withdrawal = try await house.staff(.reviewer, "wang").call(
      .approveWithdrawal, approve(submitted.id, "first", seen))
    var other = seen
    other[0] ^= 1
    let table: [(Principal.Role, String, Data, RPCStatus.Code, String)] = [
      (.reviewer, "wang", seen, .failedPrecondition, "PERSON_DECIDED_ALREADY"),
      (.compliance, "wang", seen, .failedPrecondition, "PERSON_DECIDED_ALREADY"),
      (.reviewer, "demo", seen, .failedPrecondition, "MAKER_MAY_NOT_DECIDE"),
      (.reviewer, "li", other, .failedPrecondition, "DIGEST_OUTDATED"),
      (.reader, "li", seen, .permissionDenied, "ROLE_NOT_ALLOWED"),
      (.finance, "li", seen, .permissionDenied, "ROLE_NOT_ALLOWED"),
      (.operator, "li", seen, .permissionDenied, "ROLE_NOT_ALLOWED"),
      (.auditor, "li", seen, .permissionDenied, "ROLE_NOT_ALLOWED"),
    ]
    let before = try await house.staff(.reader).get(submitted.id)
    for (line, (role, name, digest, code, reason)) in table.enumerated() {
      let status = try await house.staff(role, name).failure(
        .approveWithdrawal, approve(submitted.id, "x\(line)", digest))
      #expect(status.code == code && status.reason == reason, "\(role) \(name): \(status)")
      #expect(try await house.staff(.reader).get(submitted.id) == before, "\(role) \(name)")
    }
    #expect(
      try await house.partner().failure(.approveWithdrawal, approve(submitted.id, "p", seen)).code == .permissionDenied)
    await house.close()
  }

  @Test func aClaimKeepsOthersAway() async throws {
    let house = try await house(checkers: 1)
    let (wang, li) = (house.staff(.reviewer, "wang"), house.staff(.reviewer, "li"))
    let submitted = try await house.partner().submit("a1", 20_000, requestID: "r1")
    let seen = try await digest(house, submitted.id)
    let claimed: Settlement_V1_Withdrawal = try await wang.call(.claimReview, claim(submitted.id, "c1"))
    #expect(claimed.review.claimedBy == "wang" && claimed.review.hasClaimEndTime)
    let status = try await li.failure(.approveWithdrawal, approve(submitted.id, "a1", seen))
    #expect(status.reason == "REVIEW_CLAIMED" && status.metadata["claim_end_time"] == "2026-09-21T14:28:20Z")
    var queue = Settlement_V1_ListReviewQueueRequest()
    queue.claimedBy = "wang"
    let mine: Settlement_V1_ListReviewQueueResponse = try await wang.call(.listReviewQueue, queue)
    #expect(mine.withdrawals.map(\.id) == [submitted.id])
    let released: Settlement_V1_Withdrawal = try await wang.call(.releaseReview, claim(submitted.id, "c2"))
    #expect(released.review.claimedBy.isEmpty)
    let approved: Settlement_V1_Withdrawal = try await li.call(.approveWithdrawal, approve(submitted.id, "a2", seen))
    #expect(approved.state == .approved)
    let late = try await wang.failure(.rejectWithdrawal, reject(submitted.id, "x", "LATE"))
    #expect(late.reason == "NOT_IN_REVIEW" && late.metadata["state"] == "APPROVED")
    await house.close()
  }

  @Test func anAmendmentVoidsApprovals() async throws {
    let house = try await house()
    let demo = house.partner()
    let (wang, li) = (house.staff(.reviewer, "wang"), house.staff(.reviewer, "li"))
    let submitted = try await demo.submit("a1", 20_000, requestID: "r1")
    let early = try await demo.failure(.amendWithdrawal, amend(submitted.id, "m0", payee: "new"))
    #expect(early.code == .failedPrecondition && early.reason == "NO_INFORMATION_REQUESTED")

    let seen = try await digest(house, submitted.id)
    let _: Settlement_V1_Withdrawal = try await wang.call(.approveWithdrawal, approve(submitted.id, "a1", seen))
    let asked: Settlement_V1_Withdrawal = try await li.call(
      .requestInformation, ask(submitted.id, "i1", "WHOSE_CARD"))
    #expect(asked.review.informationNote == "WHOSE_CARD")
    let forPartner = try await demo.get(submitted.id)
    #expect(forPartner.review.informationNote == "WHOSE_CARD")
    let stale = try await demo.failure(
      .amendWithdrawal, amend(submitted.id, "m1", payee: "new", etag: submitted.etag))
    #expect(stale.code == .aborted && stale.reason == "ETAG_MISMATCH")
    let amended: Settlement_V1_Withdrawal = try await demo.call(
      .amendWithdrawal, amend(submitted.id, "m2", payee: "new", etag: forPartner.etag))
    #expect(amended.payee == "new" && amended.fee == submitted.fee && amended.review.approvals.isEmpty)
    #expect(amended.review.informationNote.isEmpty && amended.state == .pendingReview)
    let old = try await li.failure(.approveWithdrawal, approve(submitted.id, "a2", seen))
    #expect(old.reason == "DIGEST_OUTDATED")
    let fresh = try await digest(house, submitted.id)
    #expect(fresh != seen)
    for (index, person) in [wang, li].enumerated() {
      let _: Settlement_V1_Withdrawal = try await person.call(
        .approveWithdrawal, approve(submitted.id, "b\(index)", fresh))
    }
    #expect(try await demo.get(submitted.id).state == .approved)
    await house.close()
  }

  @Test func anEscalatedReviewNeedsCompliance() async throws {
    let house = try await house(checkers: 1)
    let submitted = try await house.partner().submit("a1", 20_000, requestID: "r1")
    var escalate = Settlement_V1_EscalateReviewRequest()
    (escalate.id, escalate.requestID, escalate.reason) = (submitted.id, "e1", "ODD")
    let escalated: Settlement_V1_Withdrawal = try await house.staff(.reviewer, "wang").call(.escalateReview, escalate)
    #expect(escalated.review.escalated)
    var queue = Settlement_V1_ListReviewQueueRequest()
    queue.escalatedOnly = true
    let open: Settlement_V1_ListReviewQueueResponse = try await house.staff(.compliance).call(.listReviewQueue, queue)
    #expect(open.withdrawals.map(\.id) == [submitted.id])
    let seen = try await digest(house, submitted.id)
    let first: Settlement_V1_Withdrawal = try await house.staff(.reviewer, "wang").call(
      .approveWithdrawal, approve(submitted.id, "a1", seen))
    #expect(first.state == .pendingReview)
    let second: Settlement_V1_Withdrawal = try await house.staff(.compliance, "zhao").call(
      .approveWithdrawal, approve(submitted.id, "a2", seen))
    #expect(second.state == .approved)
    await house.close()
  }

  @Test func aRejectionReleasesTheMoney() async throws {
    let house = try await house()
    let demo = house.partner()
    let submitted = try await demo.submit("a1", 20_000, requestID: "r1")
    let rejected: Settlement_V1_Withdrawal = try await house.staff(.reviewer, "wang").call(
      .rejectWithdrawal, reject(submitted.id, "x1", "NOT_YOURS"))
    #expect(rejected.state == .rejected && rejected.final)
    let seen = try await demo.get(submitted.id)
    #expect(seen.review.rejectionReason == "NOT_YOURS" && !seen.cancelable)
    #expect(try await demo.available("a1") == 100_000)
    await house.close()
  }

  /// Only compliance holds, and only compliance goes on with what is held.
  @Test func aHoldStopsEverybodyElse() async throws {
    let house = try await house()
    let demo = house.partner()
    let compliance = house.staff(.compliance, "zhao")
    let submitted = try await demo.submit("a1", 500, requestID: "r1")
    #expect(submitted.state == .approved && submitted.cancelable && !submitted.hasReview)
    let held: Settlement_V1_Withdrawal = try await compliance.call(.placeHold, hold(submitted.id, "h1"))
    #expect(held.review.onHold && held.review.holdReason == "COURT_ORDER")
    #expect(try await demo.get(submitted.id).cancelable == false)
    let refused = try await demo.failure(.cancelWithdrawal, Requests.cancel(submitted.id, requestID: "c1"))
    #expect(refused.code == .failedPrecondition && refused.reason == "ON_HOLD")
    let twice = try await compliance.failure(.placeHold, hold(submitted.id, "h2"))
    #expect(twice.reason == "HOLD_UNCHANGED" && twice.metadata["on_hold"] == "true")
    let lifted: Settlement_V1_Withdrawal = try await compliance.call(.liftHold, lift(submitted.id, "l1"))
    #expect(!lifted.review.onHold && lifted.cancelable)
    // Compliance itself may cancel what it holds.
    let _: Settlement_V1_Withdrawal = try await compliance.call(.placeHold, hold(submitted.id, "h3"))
    let cancelled: Settlement_V1_Withdrawal = try await compliance.call(
      .cancelWithdrawal, Requests.cancel(submitted.id, requestID: "c2"))
    #expect(cancelled.state == .cancelled)
    await house.close()
  }

  @Test func theQueuePageByPage() async throws {
    let house = try await house()
    try await house.open("b1", partner: "other")
    let demo = house.partner()
    var ids: [String] = []
    for index in 0..<3 { ids.append(try await demo.submit("a1", 10_000 + Int64(index), requestID: "r\(index)").id) }
    _ = try await demo.submit("a1", 9_999, requestID: "small")
    let others = try await house.partner("other").submit("b1", 20_000, requestID: "r1").id
    let reader = house.staff(.reader)
    var request = Settlement_V1_ListReviewQueueRequest()
    request.pageSize = 3
    var found: [String] = []
    repeat {
      let page: Settlement_V1_ListReviewQueueResponse = try await reader.call(.listReviewQueue, request)
      found += page.withdrawals.map(\.id)
      #expect(page.withdrawals.allSatisfy { $0.review.digest.count == 32 && $0.receipt.sequence > 0 })
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty
    #expect(found == ids + [others], "oldest first")
    // A token is of one list.
    let first: Settlement_V1_ListReviewQueueResponse = try await reader.call(.listReviewQueue, request)
    var narrower = request
    (narrower.pageToken, narrower.partner) = (first.nextPageToken, "other")
    #expect(try await reader.failure(.listReviewQueue, narrower).badFields == ["page_token"])
    narrower.pageToken = ""
    let ofOther: Settlement_V1_ListReviewQueueResponse = try await reader.call(.listReviewQueue, narrower)
    #expect(ofOther.withdrawals.map(\.id) == [others])
    var large = Settlement_V1_ListReviewQueueRequest()
    large.minimumMinorUnits = 10_002
    let largest: Settlement_V1_ListReviewQueueResponse = try await reader.call(.listReviewQueue, large)
    #expect(largest.withdrawals.map(\.id) == [ids[2], others])
    #expect(try await demo.failure(.listReviewQueue, Settlement_V1_ListReviewQueueRequest()).code == .permissionDenied)
    await house.close()
  }

  /// Another partner's withdrawal is, to the letter, one that does not exist.
  @Test func amendingWhatIsAnothers() async throws {
    let house = try await house()
    try await house.open("b1", partner: "other")
    let submitted = try await house.partner().submit("a1", 20_000, requestID: "r1")
    let _: Settlement_V1_Withdrawal = try await house.staff(.reviewer, "wang").call(
      .requestInformation, ask(submitted.id, "i1", "WHO"))
    let other = house.partner("other")
    let theirs = try await other.failure(.amendWithdrawal, amend(submitted.id, "m", payee: "mine"))
    let absent = try await other.failure(.amendWithdrawal, amend("wd_00000000000000", "m", payee: "mine"))
    #expect(theirs == absent && theirs.code == .notFound)
    #expect(try await house.partner().get(submitted.id).payee == "payee")
    await house.close()
  }
}
