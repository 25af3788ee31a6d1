import Digests
import GRPCProto
import Ledger
import LedgerCore
import RPC
import SettlementProto
import SwiftProtobuf
import Testing
import Vault

@testable import Services

extension QuoteTokens {
  static func ofTests(_ key: UInt8 = 1, ledger: UInt64 = 2) throws -> QuoteTokens {
    let secret = [UInt8](repeating: key, count: 32).withUnsafeBytes { SecretKey(copying: $0) }
    return QuoteTokens(
      key: TokenKey(try #require(secret)),
      ledger: LedgerIdentity(id: Fingerprint128(first: 1, second: ledger), epoch: 0, shard: 0))
  }

  func promise(_ text: String) -> Promise? { Array(text.utf8).withUnsafeBytes { promise($0) } }
}

@Suite struct QuoteTokenTests {
  private func promise(payee: String? = "payee") throws -> Promise {
    Promise(
      partner: try Label("demo"), agent: try Label("代理-1"), amount: Money(minorUnits: 5_000, currency: .cny),
      payee: try payee.map { try Label($0) } ?? .none, speed: .express, acceleration: .points,
      terms: QuotedTerms(feeMinorUnits: 3, points: 80, validUntil: Timestamp(microseconds: 1_790_000_000_000_000)),
      rulesVersion: 9)
  }

  @Test func comesBackAsItWas() throws {
    let tokens = try QuoteTokens.ofTests()
    let long = try Label(String(repeating: "x", count: Label.maximumBytes))
    var widest = try promise()
    (widest.partner, widest.agent, widest.payee) = (long, long, long)
    widest.amount.minorUnits = .max
    widest.terms = QuotedTerms(feeMinorUnits: .min, points: -1, validUntil: Timestamp(microseconds: -1))
    for promise in [try promise(), try promise(payee: nil), widest] {
      let text = tokens.text(promise)
      #expect(text.utf8.count <= QuoteTokens.maximumTextBytes)
      #expect(tokens.promise(text) == promise)
      #expect(text.utf8.allSatisfy { $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "=") })
    }
    #expect(tokens.text(widest).utf8.count == QuoteTokens.maximumTextBytes)
  }

  /// Every bit of the text, every length, and every other symbol at every place.
  @Test func anyAlterationIsSeen() throws {
    let tokens = try QuoteTokens.ofTests()
    for payee in ["p", "pa", "pay"] {  // texts that end with 0, 2 and 4 bits that stand for nothing
      let text = Array(tokens.text(try promise(payee: payee)).utf8)
      for index in text.indices {
        for bit in 0..<8 {
          var altered = text
          altered[index] ^= 1 << UInt8(bit)
          #expect(altered.withUnsafeBytes { tokens.promise($0) } == nil, "byte \(index), bit \(bit)")
        }
        #expect(Array(text[..<index]).withUnsafeBytes { tokens.promise($0) } == nil)
      }
      for more in [UInt8(ascii: "A"), UInt8(ascii: "="), UInt8(ascii: "\n")] {
        #expect((text + [more]).withUnsafeBytes { tokens.promise($0) } == nil)
      }
    }
  }

  @Test func isOfOneKeyAndOneLedger() throws {
    let text = try QuoteTokens.ofTests().text(try promise())
    #expect(try QuoteTokens.ofTests(2).promise(text) == nil)
    #expect(try QuoteTokens.ofTests(1, ledger: 3).promise(text) == nil)
    for strange in ["", "A", "====", "AQID", String(repeating: "A", count: 10_000), "提现"] {
      #expect(try QuoteTokens.ofTests().promise(strange) == nil)
    }
  }
}

@Suite struct QuoteFlowTests {
  private func house(_ policy: HousePolicy = HousePolicy()) async throws -> House {
    let house = try House { $0.policy = policy }
    try await house.open("a1", "a2")
    return house
  }

  private func question(
    _ minorUnits: Int64 = 5_000, agent: String = "a1", speed: Settlement_V1_Speed = .express, payee: String = ""
  ) -> Settlement_V1_QuoteWithdrawalRequest {
    var request = Settlement_V1_QuoteWithdrawalRequest()
    (request.agent, request.amount, request.speed) = (agent, Requests.money(minorUnits, "CNY"), speed)
    request.payee = payee
    return request
  }

  private func submit(
    _ requestID: String, _ quote: String, _ change: (inout Settlement_V1_SubmitWithdrawalRequest) -> Void = { _ in }
  ) -> Settlement_V1_SubmitWithdrawalRequest {
    var request = Requests.submit("a1", 5_000, requestID: requestID)
    (request.quote, request.speed) = (quote, .express)
    change(&request)
    return request
  }

  @Test func aQuoteTellsWhatASubmissionGets() async throws {
    let house = try await house()
    let demo = house.partner()
    let before = house.ledger.feed.lastSequence
    let quote: Settlement_V1_WithdrawalQuote = try await demo.call(.quoteWithdrawal, question())
    #expect(
      quote.fee.minorUnits == HousePolicy.fee && quote.net.minorUnits == 4_990 && quote.amount.minorUnits == 5_000)
    #expect(quote.speed == .express && quote.rulesVersion == 7 && !quote.quote.isEmpty)
    #expect(quote.validUntil.seconds > 1_790_000_000 && !quote.hasObstacle && !quote.reviewLikely)
    #expect(quote.settlementDate.count == 10 && quote.hasExpectedArrival && quote.limits.currencyCode == "CNY")
    #expect(quote.offers.map(\.speed) == [.express, .sameDay, .nextDay])
    #expect(house.ledger.feed.lastSequence == before, "a quote is no record")

    let withdrawal: Settlement_V1_Withdrawal = try await demo.call(.submitWithdrawal, submit("r1", quote.quote))
    #expect(withdrawal.fee == quote.fee && withdrawal.net == quote.net && withdrawal.speed == quote.speed)
    #expect(withdrawal.settlementDate == quote.settlementDate && withdrawal.rulesVersion == 7)
    // Again, and again when the quote is over: the first answer.
    house.clock.advance(seconds: 1_000_000)
    let again: Settlement_V1_Withdrawal = try await demo.call(.submitWithdrawal, submit("r1", quote.quote))
    #expect(again == withdrawal)
    // Without the quote, or with a device, it is another request.
    for change in [{ $0.quote = "" }, { $0.device = "d" }] as [(inout Settlement_V1_SubmitWithdrawalRequest) -> Void] {
      let reused = try await demo.failure(.submitWithdrawal, submit("r1", quote.quote, change))
      #expect(reused.reason == "REQUEST_ID_REUSED")
    }
    await house.close()
  }

  @Test func aSpeedThatIsNotNamedIsThatOfTheQuote() async throws {
    let house = try await house()
    let demo = house.partner()
    let quote: Settlement_V1_WithdrawalQuote = try await demo.call(.quoteWithdrawal, question(speed: .sameDay))
    let withdrawal: Settlement_V1_Withdrawal = try await demo.call(
      .submitWithdrawal, submit("r1", quote.quote) { $0.speed = .unspecified })
    #expect(withdrawal.speed == .sameDay && withdrawal.fee.minorUnits == HousePolicy.fee)
    await house.close()
  }

  @Test func whatDiffersIsNamed() async throws {
    let house = try await house()
    try await house.open("a1", partner: "other")
    let demo = house.partner()
    let quote: Settlement_V1_WithdrawalQuote = try await demo.call(.quoteWithdrawal, question(payee: "payee"))
    let before = house.ledger.feed.lastSequence
    let table: [(String, String, (inout Settlement_V1_SubmitWithdrawalRequest) -> Void)] = [
      ("agent", "a1", { $0.agent = "a2" }), ("amount", "50.00 CNY", { $0.amount.minorUnits = 5_001 }),
      ("payee", "payee", { $0.payee = "another" }), ("speed", "EXPRESS", { $0.speed = .nextDay }),
      ("acceleration", "FEE", { $0.acceleration = .points }), ("quote", "nothing", { $0.quote += "A" }),
      ("quote", "nothing", { $0.quote = String($0.quote.dropLast()) }),
    ]
    for (part, quoted, change) in table {
      let status = try await demo.failure(.submitWithdrawal, submit("r", quote.quote, change))
      #expect(status.code == .failedPrecondition && status.reason == "QUOTE_MISMATCH", "\(part): \(status)")
      #expect(status.metadata["part"] == part && status.metadata["quoted"] == quoted, "\(part)")
      #expect(!status.chinese.isEmpty)
    }
    let foreign = try await house.partner("other").failure(.submitWithdrawal, submit("r", quote.quote))
    #expect(foreign.metadata["part"] == "quote", "another partner learns nothing of it")
    #expect(house.ledger.feed.lastSequence == before)
    // The same as items of a batch, each alone.
    var batch = Settlement_V1_BatchSubmitWithdrawalsRequest()
    batch.items = [submit("b1", quote.quote) { $0.agent = "a2" }, submit("b2", quote.quote)]
    let response: Settlement_V1_BatchSubmitWithdrawalsResponse = try await demo.call(.batchSubmitWithdrawals, batch)
    #expect(response.results[0].error.code == Int32(RPCStatus.Code.failedPrecondition.rawValue))
    #expect(response.results[1].withdrawal.fee.minorUnits == HousePolicy.fee)
    await house.close()
  }

  @Test func anExpiredQuoteIsRefused() async throws {
    let house = try await house()
    let demo = house.partner()
    let quote: Settlement_V1_WithdrawalQuote = try await demo.call(.quoteWithdrawal, question())
    house.clock.advance(seconds: quote.validUntil.seconds - 1_790_000_000 + 1)
    let status = try await demo.failure(.submitWithdrawal, submit("r1", quote.quote))
    #expect(status.code == .failedPrecondition && status.reason == "QUOTE_EXPIRED")
    #expect(try await demo.available("a1") == 100_000)
    await house.close()
  }

  @Test func whatStandsInTheWayIsTold() async throws {
    let house = try await house()
    let demo = house.partner()
    let poor: Settlement_V1_WithdrawalQuote = try await demo.call(.quoteWithdrawal, question(100_001))
    #expect(poor.quote.isEmpty && !poor.hasValidUntil)
    // To the letter what a submission is answered.
    let refused = try await demo.failure(.submitWithdrawal, Requests.submit("a1", 100_001, requestID: "r"))
    #expect(poor.obstacle.message == refused.message && poor.obstacle.details.count == refused.details.count)
    let large: Settlement_V1_WithdrawalQuote = try await demo.call(.quoteWithdrawal, question(20_000))
    #expect(large.reviewLikely && large.risk.reasons.map(\.code) == ["LARGE_AMOUNT"] && !large.quote.isEmpty)
    await house.close()
  }

  @Test func quotesOfOthersLookAbsent() async throws {
    let house = try await house()
    var request = question()
    request.partner = "demo"
    #expect(try await house.partner("other").failure(.quoteWithdrawal, request).reason == "AGENT_NOT_FOUND")
    #expect(try await house.partner("other").failure(.quoteWithdrawal, question()).reason == "AGENT_NOT_FOUND")
    let byStaff: Settlement_V1_WithdrawalQuote = try await house.staff(.reader).call(.quoteWithdrawal, request)
    #expect(byStaff.fee.minorUnits == HousePolicy.fee)
    await house.close()
  }
}
