import LedgerCore
import Testing

@testable import Payouts

/// What the payee confirms with, from a channel's answer to what the ledger is told.
struct ConfirmationTests {
  private static let amount = Money(minorUnits: 1_000, currency: .cny)

  private func result(_ text: String?) throws -> (AttemptResult, error: String?) {
    let answer = ChannelAnswer.waiting(reference: "1330000", until: Timestamp(microseconds: 7), confirmation: text)
    return (try #require(answer.result(asked: Self.amount, source: .answer)), answer.errorCode)
  }

  @Test(arguments: ["p", String(repeating: "aZ09+/Qx", count: 25), String(repeating: "p", count: 512)])
  func isToldAsItIs(text: String) throws {
    let (result, error) = try result(text)
    #expect(result.confirmation?.text == text && result.code == .none && error == nil)
    #expect(result.state == .awaitingPayee && result.channelReference.description == "1330000")
    #expect(result.confirmUntil == Timestamp(microseconds: 7))
  }

  @Test func nothingIsNothing() throws {
    let (result, error) = try result(nil)
    #expect(result.confirmation == nil && result.code == .none && error == nil)
  }

  /// Texts longer than 64 bytes were dropped, and nobody could see why each payout lapsed.
  @Test(arguments: ["", String(repeating: "p", count: 513), "p\n", "p\u{85}"])
  func whatCannotBeShownIsToldByACodeAndThePayoutGoesOn(text: String) throws {
    let (result, error) = try result(text)
    #expect(result.confirmation == nil && result.state == .awaitingPayee)
    #expect(result.code.description == "CONFIRMATION_UNUSABLE" && error == "CONFIRMATION_UNUSABLE")
    #expect(result.channelReference.description == "1330000")
  }
}
