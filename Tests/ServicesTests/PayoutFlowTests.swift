import Foundation
import GRPCProto
import Ledger
import LedgerCore
import RPC
import SettlementProto
import SwiftProtobuf
import Testing

@testable import Services

/// What callers see of a payout, and what they may do when it does not arrive.
@Suite struct PayoutFlowTests {
  private func house() async throws -> House {
    let house = try House(desk: ScriptedDesk(Channels.manifests))
    try await house.openChannel()
    return house
  }

  private func wrongCard() throws -> AttemptResult {
    AttemptResult(
      .payeeFailure, source: .answer, reason: .accountWrong, channelReference: try Label("no-7"),
      code: try Label("PAYEE_NOT_EXIST"))
  }

  @Test func aPaymentAsThePlatformAndStaffSeeIt() async throws {
    let house = try await house()
    let result = AttemptResult(
      .paid, source: .answer, channelReference: try Label("no-1"), paidMinorUnits: 1_000, channelFeeMinorUnits: 55)
    let paid = try await house.attempted(result)
    #expect(paid.state == .paid && !paid.final && !paid.cancelable && !paid.retryable && !paid.blocked)
    #expect(!paid.hasFailure && !paid.hasDeadline && !paid.hasFeeRefunded)
    let attempt = try #require(paid.attempts.first)
    #expect((attempt.number, attempt.channel, attempt.state) == (1, "card-a", .paid))
    #expect(attempt.key == String(paid.id.dropFirst(3)) + "01" && attempt.channelReference == "no-1")
    #expect(attempt.hasBeginTime && attempt.hasUpdateTime && !attempt.hasFailure && !attempt.stray)
    // What the channel takes is the house's affair.
    #expect(!attempt.hasChannelFee)
    let seen = try await house.staff(.reader).get(paid.id).attempts
    #expect(seen.map(\.channelFee.minorUnits) == [55])
    await house.close()
  }

  @Test func aWrongCardIsAmendedAndPaid() async throws {
    let house = try await house()
    let demo = house.partner()
    let failed = try await house.attempted(try wrongCard())
    #expect(failed.state == .actionRequired && failed.retryable && failed.cancelable && !failed.final)
    #expect(failed.failure == failed.attempts.last?.failure)
    let failure = failed.failure
    #expect((failure.isoReason, failure.code, failure.channelCode) == ("AC01", "ACCOUNT_WRONG", "PAYEE_NOT_EXIST"))
    #expect(failure.nextAction == .amendPayee && failure.messageZh.contains("卡号错误"), "\(failure.messageZh)")
    #expect(failed.deadline.seconds == failed.updateTime.seconds + 72 * 3_600)

    let amended: Settlement_V1_Withdrawal = try await demo.call(
      .amendWithdrawal, Channels.amend(failed.id, payee: "payee-2"))
    #expect(amended.state == .approved && amended.payee == "payee-2" && amended.fee == failed.fee)
    #expect(!amended.retryable && !amended.hasDeadline && amended.failure.nextAction == .wait)
    let again: Settlement_V1_Withdrawal = try await demo.call(
      .amendWithdrawal, Channels.amend(failed.id, payee: "payee-2"))
    #expect(again == amended)

    try await house.begin(failed.id, attempt: 2, payee: "payee-2")
    let under = try await demo.get(failed.id)
    #expect(under.state == .processing && !under.hasFailure && under.attempts.map(\.state) == [.payeeFailure, .sent])
    #expect(under.attempts[0].failure.nextAction == .unspecified)
    try await house.tell(failed.id, attempt: 2, AttemptResult(.paid, source: .query, paidMinorUnits: 1_000))
    let paid = try await demo.get(failed.id)
    #expect(paid.state == .paid && paid.attempts.map(\.number) == [1, 2] && !paid.hasFailure)
    await house.close()
  }

  @Test func aRetryGoesOnAsItIs() async throws {
    let house = try await house()
    let (demo, other) = (house.partner(), house.partner("other"))
    let result = AttemptResult(.payeeFailure, source: .answer, reason: .payeeUnverified)
    let failed = try await house.attempted(result)
    #expect(failed.failure.nextAction == .retry && failed.failure.messageZh.contains("实名认证"))
    let before = house.ledger.feed.lastSequence

    // Another's looks exactly like what does not exist; staff that is not at it, and an old version, change nothing.
    let theirs = try await other.failure(.retryWithdrawal, Channels.retry(failed.id))
    #expect(theirs == (try await other.failure(.retryWithdrawal, Channels.retry(BadInputTests.noID))))
    #expect(theirs.code == .notFound && theirs.reason == "WITHDRAWAL_NOT_FOUND")
    #expect(
      try await other.failure(.amendWithdrawal, Channels.amend(failed.id, payee: "p"))
        == (try await other.failure(.amendWithdrawal, Channels.amend(BadInputTests.noID, payee: "p"))))
    let old = try await demo.failure(
      .retryWithdrawal, Channels.retry(failed.id, etag: ETag(sequence: 1).string))
    #expect(old.code == .aborted && old.reason == "ETAG_MISMATCH")
    #expect(house.ledger.feed.lastSequence == before)

    let retried: Settlement_V1_Withdrawal = try await demo.call(
      .retryWithdrawal, Channels.retry(failed.id, etag: failed.etag))
    #expect(retried.state == .approved && retried.payee == failed.payee && !retried.retryable)
    let again: Settlement_V1_Withdrawal = try await demo.call(
      .retryWithdrawal, Channels.retry(failed.id, etag: failed.etag))
    #expect(again == retried && house.ledger.feed.lastSequence == before + 1)
    #expect(try await demo.failure(.retryWithdrawal, Channels.retry(failed.id)).reason == "REQUEST_ID_REUSED")
    // It waits for nobody now: a refusal, recorded.
    let refused = try await demo.failure(.retryWithdrawal, Channels.retry(failed.id, requestID: "t2"))
    #expect(refused.reason == "NOT_ACTION_REQUIRED" && refused.metadata["state"] == "APPROVED")
    let repeated = try await demo.failure(.retryWithdrawal, Channels.retry(failed.id, requestID: "t2"))
    #expect(repeated.reason == refused.reason && repeated.message == refused.message)

    // An operator may, too; it has the staff's own request ids.
    try await house.begin(failed.id, attempt: 2)
    try await house.tell(failed.id, attempt: 2, result)
    let operated: Settlement_V1_Withdrawal = try await house.staff(.operator).call(
      .retryWithdrawal, Channels.retry(failed.id))
    #expect(operated.state == .approved && operated.attempts.count == 2)
    await house.close()
  }

  @Test func whatIsHeldIsNotRetryable() async throws {
    let house = try await house()
    let failed = try await house.attempted(try wrongCard())
    var hold = Settlement_V1_PlaceHoldRequest()
    (hold.id, hold.requestID, hold.reason) = (failed.id, "h1", "COURT_ORDER")
    let held: Settlement_V1_Withdrawal = try await house.staff(.compliance).call(.placeHold, hold)
    #expect(held.state == .actionRequired && !held.retryable && !held.cancelable && held.hasFailure)
    #expect(held.failure.nextAction == .contactSupport)
    let demo = house.partner()
    #expect(try await demo.failure(.retryWithdrawal, Channels.retry(failed.id)).reason == "ON_HOLD")
    #expect(try await demo.failure(.amendWithdrawal, Channels.amend(failed.id, payee: "p")).reason == "ON_HOLD")
    await house.close()
  }

  @Test func aPayeeWhoHasNotConfirmedMayBeCancelled() async throws {
    let house = try await house()
    let demo = house.partner()
    let until = Timestamp(microseconds: house.clock.now().microseconds + 86_400_000_000)
    let waiting = try await house.attempted(AttemptResult(.awaitingPayee, source: .answer, confirmUntil: until))
    #expect(waiting.state == .awaitingPayee && waiting.cancelable && !waiting.retryable && !waiting.hasFailure)
    #expect(waiting.deadline == Google_Protobuf_Timestamp(until))
    let cancelling: Settlement_V1_Withdrawal = try await demo.call(
      .cancelWithdrawal, Requests.cancel(waiting.id, requestID: "c1"))
    #expect(cancelling.state == .cancelling && !cancelling.cancelable && !cancelling.final)
    try await house.tell(waiting.id, AttemptResult(.cancelled, source: .query))
    let cancelled = try await demo.get(waiting.id)
    #expect(cancelled.state == .cancelled && cancelled.final && cancelled.attempts.map(\.state) == [.cancelled])
    #expect(cancelled.failure.code == "CANCELLED_BY_US" && cancelled.failure.nextAction == .unspecified)
    #expect(try await demo.available("a1") == 100_000)
    // Repeated, the cancel answers with how it stands now.
    let again: Settlement_V1_Withdrawal = try await demo.call(
      .cancelWithdrawal, Requests.cancel(waiting.id, requestID: "c1"))
    #expect(again.state == .cancelled)
    await house.close()
  }

  /// The payee's application can ask for the confirmation with nothing else.
  @Test func whatThePayeeConfirmsWithIsShownWhileItIsNeeded() async throws {
    let house = try await house()
    let package = String(repeating: "affffddafdfafddffda==", count: 8)
    let waiting = try await house.attempted(
      AttemptResult(
        .awaitingPayee, source: .answer, channelReference: try Label("no-1"),
        confirmation: try PayeeConfirmation(package)))
    #expect(waiting.attempts.map(\.payeeConfirmation) == [package])
    #expect(waiting.attempts.map(\.channelReference) == ["no-1"])
    let staff = house.staff(.reader)
    #expect(try await staff.get(waiting.id).attempts.map(\.payeeConfirmation) == [package])
    let listed: Settlement_V1_ListAttemptsResponse = try await staff.call(.listAttempts, Channels.attempts(waiting.id))
    #expect(listed.attempts.map(\.attempt.payeeConfirmation) == [package])
    // Another partner learns nothing, and what is done is not shown for ever.
    #expect(try await house.partner("other").failure(.getWithdrawal, Requests.get(id: waiting.id)).code == .notFound)
    try await house.tell(
      waiting.id, AttemptResult(.paid, source: .query, paidMinorUnits: 1_000, channelFeeMinorUnits: 0))
    #expect(try await house.partner().get(waiting.id).attempts.map(\.payeeConfirmation) == [""])
    await house.close()
  }

  @Test func moneyThatLeftAfterAllBlocks() async throws {
    let house = try await house()
    let demo = house.partner()
    let failed = try await house.attempted(try wrongCard())
    try await house.tell(failed.id, AttemptResult(.paid, source: .query, paidMinorUnits: 1_000))
    let blocked = try await demo.get(failed.id)
    #expect(blocked.blocked && blocked.state == .actionRequired && !blocked.retryable && !blocked.cancelable)
    #expect(blocked.attempts.map(\.stray) == [true] && blocked.failure.nextAction == .contactSupport)
    for (method, request) in [
      (.retryWithdrawal, Channels.retry(failed.id)), (.amendWithdrawal, Channels.amend(failed.id, payee: "p")),
      (.cancelWithdrawal, Requests.cancel(failed.id, requestID: "c1")),
    ] as [(Services.Method, any Message)] {
      #expect(try await demo.failure(method, request).reason == "PAYOUT_BLOCKED", "\(method.name)")
    }
    // Two people let it go.
    let proposal: Settlement_V1_Proposal = try await house.staff(.finance, "lin").call(
      .resolveInDoubt, Channels.doubt(failed.id, .notPaid))
    _ = try await house.staff(.finance, "wang").confirm(Proposals.confirm(proposal))
    let free = try await demo.get(failed.id)
    #expect(!free.blocked && free.retryable && free.attempts.map(\.stray) == [true])
    await house.close()
  }

  @Test func twoPeopleOfFinanceEndADoubt() async throws {
    let house = try await house()
    let doubtful = try await house.attempted(AttemptResult(.unknown, source: .timer))
    #expect(doubtful.state == .inDoubt && !doubtful.hasFailure && !doubtful.cancelable && !doubtful.retryable)
    let (lin, wang) = (house.staff(.finance, "lin"), house.staff(.finance, "wang"))
    let before = house.ledger.feed.lastSequence
    let proposal: Settlement_V1_Proposal = try await lin.call(
      .resolveInDoubt, Channels.doubt(doubtful.id, .paid, paid: 1_000))
    #expect(proposal.state == .open && proposal.proposer == "lin" && proposal.digest.count == 32)
    #expect((proposal.doubt.withdrawalID, proposal.doubt.verdict) == (doubtful.id, .paid))
    #expect(proposal.doubt.paid == Requests.money(1_000, "CNY"))
    #expect(proposal.doubt.evidence == Data(repeating: 0xEF, count: 32))
    // The same by the other door, and again: one proposal.
    var create = Settlement_V1_CreateProposalRequest()
    let asked = Channels.doubt(doubtful.id, .paid, paid: 1_000)
    (create.requestID, create.doubt) = (asked.requestID, asked.doubt)
    #expect(try await lin.propose(create) == proposal)
    let again: Settlement_V1_Proposal = try await lin.call(.resolveInDoubt, asked)
    #expect(again == proposal && house.ledger.feed.lastSequence == before + 1)
    // Staff share their request ids: another person's request is another one.
    #expect(try await wang.failure(.resolveInDoubt, asked).reason == "REQUEST_ID_REUSED")

    let own = try await lin.failure(.confirmProposal, Proposals.confirm(proposal, requestID: "own"))
    #expect(own.reason == "MAKER_MAY_NOT_DECIDE")
    let confirmed = try await wang.confirm(Proposals.confirm(proposal))
    #expect(confirmed.state == .confirmed && confirmed.confirmations.map(\.person) == ["wang"])
    let paid = try await house.partner().get(doubtful.id)
    #expect(paid.state == .paid && paid.attempts.map(\.state) == [.paid])

    let late = try await lin.failure(.resolveInDoubt, Channels.doubt(doubtful.id, .failed, requestID: "d2"))
    #expect(late.code == .failedPrecondition && late.reason == "NOT_IN_DOUBT" && late.metadata["state"] == "PAID")
    let absent = try await lin.failure(
      .resolveInDoubt, Channels.doubt(BadInputTests.noID, .failed, requestID: "d3"))
    #expect(absent.code == .notFound && absent.reason == "WITHDRAWAL_NOT_FOUND")
    await house.close()
  }

  /// Verdict -> what becomes of it, and what the agent has.
  @Test(
    arguments: [
      (.notPaid, nil, .approved, 99_000), (.failed, nil, .failed, 100_000), (.strayed, 900, .failed, 100_000),
      (.paid, 900, .paid, 99_000),
    ] as [(Settlement_V1_DoubtVerdict, Int64?, Settlement_V1_WithdrawalState, Int64)])
  func verdicts(
    verdict: Settlement_V1_DoubtVerdict, paid: Int64?, state: Settlement_V1_WithdrawalState, available: Int64
  ) async throws {
    let house = try await house()
    let doubtful = try await house.attempted(AttemptResult(.unknown, source: .timer))
    let proposal: Settlement_V1_Proposal = try await house.staff(.finance, "lin").call(
      .resolveInDoubt, Channels.doubt(doubtful.id, verdict, paid: paid))
    _ = try await house.staff(.finance, "wang").confirm(Proposals.confirm(proposal))
    let after = try await house.partner().get(doubtful.id)
    #expect(after.state == state)
    #expect(try await house.partner().available("a1") == available)
    await house.close()
  }

  @Test func aRefusalEndsIt() async throws {
    let house = try await house()
    let failed = try await house.attempted(AttemptResult(.refused, source: .answer, reason: .regulatory))
    #expect(failed.state == .failed && failed.final && !failed.retryable && !failed.hasDeadline)
    #expect(failed.failure.nextAction == .contactSupport && failed.failure.isoReason == "RR04")
    #expect(failed.failure.messageZh.contains("已退回可提现余额"))
    #expect(try await house.partner().available("a1") == 100_000)
    await house.close()
  }

  @Test func moneyThatCameBackIsAFailureOfTheLastAttempt() async throws {
    let house = try await house()
    let paid = try await house.attempted(AttemptResult(.paid, source: .answer, paidMinorUnits: 1_000))
    let back = RecordReturn(
      payoutKey: PayoutKey(try #require(WithdrawalID(paid.id)), attempt: 1), minorUnits: 1_000,
      channelReference: try Label("back-1"), code: try Label("AC04"), reason: .accountClosed)
    _ = await house.ledger.perform(.command(.recordReturn(back)))
    let returned = try await house.partner().get(paid.id)
    #expect(returned.state == .returned && returned.final && returned.hasFailure)
    #expect(returned.failure.nextAction == .contactSupport && returned.failure.messageZh.contains("款项"))
    await house.close()
  }

  @Test func watchersSeeAttempts() async throws {
    let house = try await house()
    let page: Settlement_V1_ListWithdrawalsResponse = try await house.partner().call(
      .listWithdrawals, Settlement_V1_ListWithdrawalsRequest())
    #expect(page.withdrawals.isEmpty)
    let failed = try await house.attempted(try wrongCard())
    let listed: Settlement_V1_ListWithdrawalsResponse = try await house.partner().call(
      .listWithdrawals, Settlement_V1_ListWithdrawalsRequest())
    #expect(listed.withdrawals == [failed])
    await house.close()
  }
}
