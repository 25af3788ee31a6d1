import Digests
import Foundation
import GRPCProto
import Ledger
import LedgerCore
import RPC
import SettlementProto
import SwiftProtobuf
import Testing

@testable import Services

/// What we write is byte for byte what SwiftProtobuf writes.
@Suite struct WireWriterTests {
  private func bytes(_ buffer: WireBuffer) -> [UInt8] { buffer.withBytes { $0.withUnsafeBytes { Array($0) } } }

  @Test func withdrawals() throws {
    var random = SeededRandom("withdrawals")
    let buffer = WireBuffer()
    for _ in 0..<2_000 {
      let (withdrawal, receipt) = (random.withdrawal(), random.receipt())
      for audience in [Audience.partner, .staff] {
        buffer.removeAll()
        buffer.write(atMost: WireWriter.withdrawalBound(withdrawal)) {
          $0.withdrawal(withdrawal, receipt, for: audience)
        }
        let theirs: [UInt8] = try Settlement_V1_Withdrawal(withdrawal, receipt, for: audience).serializedBytes()
        #expect(bytes(buffer) == theirs)
      }
    }
  }

  @Test func theWidestWithdrawalFitsItsBound() throws {
    let long = try Label(String(repeating: "x", count: Label.maximumBytes))
    var facts = ReviewStanding.Facts()
    facts.required = .max
    facts.approvals = (0..<300).map { _ in
      Approval(person: long, role: .compliance, time: Timestamp(microseconds: -1))
    }
    (facts.due, facts.claimedUntil) = (Timestamp(microseconds: -1), Timestamp(microseconds: -1))
    (facts.claimedBy, facts.isEscalated, facts.outcome) = (long, true, .laundering)
    (facts.informationNote, facts.holdReason, facts.rejectionReason) = (long, long, long)
    facts.digest = SHA256.hash([2])
    let screening = Screening(
      rulesVersion: .max,
      terms: Terms(
        speed: .express, feeMinorUnits: -1, points: -1, settlementDay: 2_932_896,
        expectedArrival: Timestamp(microseconds: -1)),
      limitDay: LimitDay(day: 0, month: 0),
      risk: RiskResult(
        verdict: .reject, score: -1,
        reasons: (0..<6).map { _ in RiskReason(code: .addressBlacklisted, points: -1) }), checkers: 1,
      reviewDue: Timestamp(microseconds: -1))
    var payout = PayoutStanding.Facts()
    let confirmation = try PayeeConfirmation(String(repeating: "c", count: PayeeConfirmation.maximumBytes))
    // The longest words of all, one after another.
    payout.attempts = (0..<99).flatMap { number in
      [AttemptState.paid, .refused, .payeeFailure, .tryAgain].map { state in
        Attempt(
          number: 99, channel: long, state: state, reason: PayoutReason.allCases[number % PayoutReason.allCases.count],
          channelReference: long, code: long, paidMinorUnits: -1, channelFeeMinorUnits: -1,
          beginTime: Timestamp(microseconds: -1), updateTime: Timestamp(microseconds: -1), beginSequence: .max,
          isStray: true, payeeConfirmation: confirmation)
      }
    }
    (payout.feeRefundedMinorUnits, payout.deadline) = (-1, Timestamp(microseconds: -1))
    payout.isBlocked = true
    for (entries, state) in [(0, .cancelled), (2, .actionRequired), (6, .failed), (200, .returned)]
      as [(Int, WithdrawalState)]
    {
      var timeline = Timeline()
      for _ in 0..<entries { timeline.append(TimelineEntry(state: .failed, time: Timestamp(microseconds: -1))) }
      let withdrawal = Withdrawal(
        id: WithdrawalID(rawValue: .max), partner: long, agent: long, payee: long, requestID: long, state: state,
        amount: Money(minorUnits: -2, currency: .cny), feeMinorUnits: -1, createTime: Timestamp(microseconds: -1),
        updateTime: Timestamp(microseconds: -1), lastSequence: .max, timeline: timeline,
        screening: screening, review: ReviewStanding(facts), payout: PayoutStanding(payout))
      let receipt = Receipt(sequence: .max, seal: SHA256.hash([1]))
      let buffer = WireBuffer()
      // The writer traps in debug builds where the bound is too small.
      buffer.write(atMost: WireWriter.withdrawalBound(withdrawal)) { $0.withdrawal(withdrawal, receipt, for: .staff) }
      let theirs: [UInt8] = try Settlement_V1_Withdrawal(withdrawal, receipt, for: .staff).serializedBytes()
      #expect(bytes(buffer) == theirs)
    }
  }

  @Test func batches() throws {
    var random = SeededRandom("batch replies")
    let statuses = [
      RPCStatus(.invalidArgument, "错误 \(String(repeating: "x", count: 20_000))"), RPCStatus(Rejection.agentNotFound),
      RPCStatus(.unknown),
    ]
    for _ in 0..<200 {
      var answers: [Answer] = []
      var receipts: [Receipt] = []
      var refusals: [LedgerGateway.ItemRefusal] = []
      var expected = Settlement_V1_BatchSubmitWithdrawalsResponse()
      for index in 0..<Int.random(in: 1...12, using: &random) {
        var result = Settlement_V1_BatchSubmitWithdrawalsResult()
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
          let status = statuses.randomElement(using: &random) ?? .ok
          refusals.append(LedgerGateway.ItemRefusal(index: index, status: status))
          result.error = Google_Rpc_Status(status)
        case 1:
          answers.append(.refused(.insufficientFunds(available: 5, requested: 7)))
          receipts.append(random.receipt())
          result.error = Google_Rpc_Status(RPCStatus(.insufficientFunds(available: 5, requested: 7)))
        case 2:
          answers.append(.rejected(.requestIDReused))
          receipts.append(.none)
          result.error = Google_Rpc_Status(RPCStatus(.requestIDReused))
        default:
          let (withdrawal, receipt) = (random.withdrawal(), random.receipt())
          answers.append(.withdrawal(withdrawal))
          receipts.append(receipt)
          result.withdrawal = Settlement_V1_Withdrawal(withdrawal, receipt, for: .partner)
        }
        expected.results.append(result)
      }
      let buffer = WireBuffer()
      buffer.writeBatch(answers, receipts, refusals)
      // Maps in details have no order, so the messages are compared, and the length of their bytes.
      let ours = try Settlement_V1_BatchSubmitWithdrawalsResponse(serializedBytes: bytes(buffer))
      #expect(comparable(ours) == comparable(expected))
      #expect(bytes(buffer).count == (try expected.serializedBytes() as [UInt8]).count)
    }
  }

  /// ErrorInfo has a map, whose bytes may come in any order.
  private func comparable(_ response: Settlement_V1_BatchSubmitWithdrawalsResponse) -> [String] {
    response.results.map { result in
      switch result.result {
      case .withdrawal(let withdrawal): return "\(withdrawal)"
      case .error(let error):
        return "\(error.code) \(error.message) "
          + error.details.map { detail in
            let info = try? Google_Rpc_ErrorInfo(unpackingAny: detail)
            let metadata = info?.metadata.sorted { $0.key < $1.key }
            return "\(detail.typeURL) \(info?.reason ?? "\(detail.value.count)") \(metadata ?? [])"
          }.joined()
      case nil: return "nothing"
      }
    }
  }

  @Test func statesHaveTheNumbersOfTheContract() {
    for state in WithdrawalState.allCases {
      let wire = Settlement_V1_WithdrawalState(state)
      #expect(wire.rawValue == Int(state.rawValue))
      #expect(wire != .unspecified)
      #expect("\(wire)".lowercased().contains(state.wireName.replacing("_", with: "").lowercased()))
    }
    #expect(Settlement_V1_WithdrawalState.allCases.count == WithdrawalState.allCases.count + 1)
  }

  @Test func namesFitTheirBounds() {
    for code in RiskCode.allCases {
      #expect(code.name.utf8CodeUnitCount <= RiskCode.longestName, "\(code)")
      #expect("\(code.name)".lowercased().replacing("_", with: "") == "\(code)".lowercased())
    }
    for role in StaffRole.allCases {
      #expect(role.wireName.utf8.count <= WireWriter.longestRoleName)
      #expect(Principal.Role(rawValue: role.wireName)?.staff == role)
    }
    #expect(Principal.Role.allCases.count == StaffRole.allCases.count + 1)
    for speed in Speed.allCases { #expect(Settlement_V1_Speed(speed).rawValue == Int(speed.rawValue)) }
    for outcome in ReviewOutcome.allCases {
      let wire = Settlement_V1_ReviewOutcome(rawValue: Int(outcome.rawValue))
      #expect("\(wire ?? .unspecified)" == "\(outcome)")
    }
  }

  /// What a partner must never read about the people who decide.
  @Test func namesAndDigestsAreForStaff() throws {
    var random = SeededRandom("audiences")
    let withdrawal = random.withdrawal()
    var facts = ReviewStanding.Facts()
    facts.approvals = [
      Approval(person: try Label("wang-checker"), role: .reviewer, time: Timestamp(microseconds: 5_000_000))
    ]
    facts.claimedBy = try Label("zhao-claimer")
    facts.claimedUntil = Timestamp(microseconds: 9_000_000)
    facts.digest = SHA256.hash([7])
    var reviewed = withdrawal
    reviewed.review = ReviewStanding(facts)
    let forPartner = Settlement_V1_Withdrawal(reviewed, .none, for: .partner).review
    #expect(forPartner.approvals.map(\.person) == [""] && forPartner.approvals.map(\.role) == ["reviewer"])
    #expect(forPartner.claimedBy.isEmpty && !forPartner.hasClaimEndTime && forPartner.digest.isEmpty)
    let forStaff = Settlement_V1_Withdrawal(reviewed, .none, for: .staff).review
    #expect(forStaff.approvals.map(\.person) == ["wang-checker"] && forStaff.claimedBy == "zhao-claimer")
    #expect(forStaff.digest.count == 32)
  }

  /// What a channel takes for its work is between it and the house.
  @Test func channelFeesAreForStaff() throws {
    var random = SeededRandom("channel fees")
    var withdrawal = random.withdrawal()
    var facts = PayoutStanding.Facts()
    facts.attempts = [
      Attempt(
        number: 1, channel: try Label("card-a"), state: .paid, reason: .none, channelReference: .none, code: .none,
        paidMinorUnits: 5, channelFeeMinorUnits: 7, beginTime: Timestamp(microseconds: 1),
        updateTime: Timestamp(microseconds: 2), beginSequence: 1, isStray: false)
    ]
    withdrawal.payout = PayoutStanding(facts)
    let buffer = WireBuffer()
    for (audience, isTold) in [(Audience.partner, false), (.staff, true)] {
      buffer.removeAll()
      buffer.write(atMost: WireWriter.withdrawalBound(withdrawal)) {
        $0.withdrawal(withdrawal, .none, for: audience)
      }
      let read = try Settlement_V1_Withdrawal(serializedBytes: bytes(buffer))
      #expect(read.attempts.map(\.hasChannelFee) == [isTold])
    }
    // Nothing tried costs nothing.
    withdrawal.payout = nil
    #expect(WireWriter.payoutBound(withdrawal) == 0)
  }

  @Test func daysOfTheCalendar() {
    let table: [(Int32, String?)] = [
      (0, nil), (-1, nil), (1, "1970-01-02"), (58, "1970-02-28"), (59, "1970-03-01"), (789, "1972-02-29"),
      (10_957, "2000-01-01"), (11_016, "2000-02-29"), (20_513, "2026-03-01"), (20_717, "2026-09-21"),
      (47_540, "2100-02-28"), (47_541, "2100-03-01"), (2_932_896, "9999-12-31"), (2_932_897, nil), (.max, nil),
    ]
    for (day, text) in table { #expect(SettlementDate(daysSince1970: day)?.string == text, "\(day)") }
    #expect(Timestamp(microseconds: -1).utcText == "1969-12-31T23:59:59Z")
    #expect(Timestamp(microseconds: 1_790_000_000_000_000).utcText == "2026-09-21T14:13:20Z")
    #expect(Timestamp(microseconds: 1_790_000_000_000_000).beijingText == "北京时间 2026-09-21 22:13:20")
  }

  @Test func lengthsOfAllSizes() {
    for count in [0, 1, 127, 128, 129, 16_383, 16_384, 16_385, 2_097_152] {
      let buffer = WireBuffer()
      buffer.write(atMost: count + 1 + WireWriter.longestLength) { writer in
        writer.message(0x0a) { inner in for index in 0..<count { inner.byte(UInt8(truncatingIfNeeded: index)) } }
      }
      let read = bytes(buffer).withUnsafeBytes { raw -> [UInt8]? in
        var reader = WireReader(raw)
        guard (try? reader.nextTag()) == 0x0a, let body = try? reader.bytes() else { return nil }
        return Array(body)
      }
      #expect(read == (0..<count).map { UInt8(truncatingIfNeeded: $0) })
      #expect(bytes(buffer).count == count + 1 + WireWriter.varintBytes(UInt64(count)))
    }
  }
}
