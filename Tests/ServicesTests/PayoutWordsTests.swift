import LedgerCore
import Routing
import SettlementProto
import SwiftProtobuf
import Testing

@testable import Services

/// What is said of a payout that did not arrive, for every reason in every state.
@Suite struct PayoutWordsTests {
  private func attempt(_ state: AttemptState, _ reason: PayoutReason) -> Attempt {
    Attempt(
      number: 1, channel: Channels.cheap, state: state, reason: reason, channelReference: .none, code: .none,
      paidMinorUnits: 0, channelFeeMinorUnits: 0, beginTime: Timestamp(microseconds: 1),
      updateTime: Timestamp(microseconds: 2), beginSequence: 1, isStray: false)
  }

  private func withdrawal(
    _ state: WithdrawalState, _ attempts: [Attempt], isBlocked: Bool = false, isHeld: Bool = false
  ) throws -> Withdrawal {
    var random = SeededRandom("payout words")
    var withdrawal = random.withdrawal()
    withdrawal.state = state
    var facts = PayoutStanding.Facts()
    (facts.attempts, facts.isBlocked) = (attempts, isBlocked)
    withdrawal.payout = PayoutStanding(facts)
    var review = ReviewStanding.Facts()
    review.holdReason = isHeld ? try Label("COURT") : .none
    withdrawal.review = ReviewStanding(review)
    return withdrawal
  }

  @Test func everyReasonNamesItsCauseAndWhatToDo() throws {
    var causes: Set<String> = []
    for reason in PayoutReason.allCases {
      if reason != .none { causes.insert(reason.chineseCause) }
      #expect(reason.wireName.utf8.count <= PayoutFailureWords.codeMaximumBytes)
      #expect(reason.isoCode.utf8.count <= PayoutFailureWords.isoMaximumBytes)
      for state in AttemptState.allCases where state.isFailure {
        for stands in WithdrawalState.allCases {
          for (isBlocked, isHeld) in [(false, false), (true, false), (false, true)] {
            let value = try withdrawal(stands, [attempt(state, reason)], isBlocked: isBlocked, isHeld: isHeld)
            let words = try #require(value.payoutFailure)
            let what = "\(reason) \(state) \(stands) \(isBlocked) \(isHeld)"
            let bytes = words.cause.utf8.count + words.advice.utf8.count
            #expect(bytes <= PayoutFailureWords.chineseMaximumBytes, "\(what)")
            #expect(words.cause.hasSuffix("。") && words.advice.hasSuffix("。"), "\(what)")
            #expect(words.reason != .none, "\(what)")
            if isBlocked { #expect(words.action == .contactSupport, "\(what)") }
            if stands == .actionRequired { #expect(words.action != .none && words.action != .wait, "\(what)") }
            if stands == .approved, !isBlocked { #expect(words.action == .wait, "\(what)") }
            if stands == .failed { #expect(words.action == .contactSupport, "\(what)") }
            // What says that one may go on is true.
            if words.action == .retry || words.action == .amendPayee { #expect(value.isRetryable, "\(what)") }
          }
        }
      }
    }
    #expect(causes.count == PayoutReason.allCases.count - 1)
    let table: [(PayoutReason, String, NextAction)] = [
      (.accountWrong, "卡号错误", .amendPayee), (.accountBlocked, "账户冻结", .amendPayee),
      (.nameMismatch, "姓名不符", .amendPayee), (.channelUnavailable, "通道维护", .retry),
      (.payeeUnverified, "实名认证", .retry), (.regulatory, "监管", .contactSupport),
    ]
    for (reason, words, action) in table {
      let value = try #require(try withdrawal(.actionRequired, [attempt(.payeeFailure, reason)]).payoutFailure)
      #expect((value.cause + value.advice).contains(words) && value.action == action, "\(reason)")
    }
  }

  @Test func aReasonThatNobodyGaveIsToldByTheEnd() throws {
    let table: [(AttemptState, PayoutReason)] = [
      (.cancelled, .cancelledByUs), (.lapsed, .notConfirmedInTime), (.payeeFailure, .unspecified),
      (.refused, .unspecified), (.tryAgain, .unspecified),
    ]
    for (state, reason) in table { #expect(attempt(state, .none).toldReason == reason, "\(state)") }
    #expect(
      try withdrawal(.actionRequired, [attempt(.payeeFailure, .none)]).payoutFailure?.action == .amendPayee)
    #expect(try withdrawal(.actionRequired, [attempt(.tryAgain, .none)]).payoutFailure?.action == .retry)
  }

  @Test func whatArrivedOrMayHasNoFailure() throws {
    for state in AttemptState.allCases where !state.isFailure {
      for stands in WithdrawalState.allCases where stands != .returned {
        #expect(try withdrawal(stands, [attempt(state, .none)]).payoutFailure == nil, "\(state) \(stands)")
      }
    }
    #expect(try withdrawal(.returned, [attempt(.paid, .none)]).payoutFailure?.reason == .returnedByBank)
    // Of two attempts only the last one counts.
    let two = try withdrawal(.processing, [attempt(.tryAgain, .channelLimit), attempt(.sent, .none)])
    #expect(two.payoutFailure == nil && two.failure(ofAttempt: 0)?.action == NextAction.none)
    var untried = two
    untried.payout = nil
    #expect(untried.payoutFailure == nil && !untried.isRetryable)
  }

  @Test func onlyWhatMayGoOnIsRetryable() throws {
    for state in WithdrawalState.allCases {
      #expect(
        try withdrawal(state, [attempt(.payeeFailure, .accountWrong)]).isRetryable == (state == .actionRequired),
        "\(state)")
    }
    let one = [attempt(.payeeFailure, .accountWrong)]
    #expect(try !withdrawal(.actionRequired, one, isBlocked: true).isRetryable)
    #expect(try !withdrawal(.actionRequired, one, isHeld: true).isRetryable)
    let many = [Attempt](repeating: one[0], count: Int(PayoutKey.attemptMaximum))
    #expect(try !withdrawal(.actionRequired, many).isRetryable)
    #expect(try withdrawal(.actionRequired, many.dropLast()).isRetryable)
    #expect(try !withdrawal(.actionRequired, one, isBlocked: true).isCancelable)
  }

  @Test func enumsHaveTheNumbersOfTheContract() {
    func same<Ours: CaseIterable & RawRepresentable, Theirs: Enum & CaseIterable & Equatable>(
      _: Ours.Type, _ theirs: Theirs.Type, unknown: Int = 1, _ make: (Ours) -> Theirs
    ) where Ours.RawValue == UInt8, Theirs.RawValue == Int {
      #expect(Ours.allCases.map { make($0).rawValue } == Ours.allCases.map { Int($0.rawValue) }, "\(theirs)")
      #expect(Ours.allCases.count == Theirs.allCases.count - unknown, "\(theirs)")
    }
    same(AttemptState.self, Settlement_V1_AttemptState.self) { Settlement_V1_AttemptState($0) }
    same(ChannelState.self, Settlement_V1_ChannelState.self) { Settlement_V1_ChannelState($0) }
    same(NextAction.self, Settlement_V1_NextAction.self, unknown: 0) { Settlement_V1_NextAction($0) }
    same(DoubtVerdict.self, Settlement_V1_DoubtVerdict.self) {
      Settlement_V1_DoubtVerdict(rawValue: Int($0.rawValue)) ?? .unspecified
    }
    same(RouteCandidate.Verdict.self, Settlement_V1_RouteVerdict.self) {
      Settlement_V1_RouteVerdict(rawValue: Int($0.rawValue)) ?? .unspecified
    }
    for state in AttemptState.allCases {
      let name = "\(Settlement_V1_AttemptState(state))".lowercased()
      #expect(name == state.wireName.replacing("_", with: "").lowercased())
    }
    // The names of rails are those of the wire enum.
    for rail in Rail.allCases {
      let name = "\(Settlement_V1_Rail(rail))".lowercased()
      #expect(rail.wireName == "RAIL_" + rail.wireName.dropFirst(5))
      #expect(rail.wireName.dropFirst(5).replacing("_", with: "").lowercased() == name)
    }
    // Every capability has a name.
    let all = ChannelManifest.Capabilities.named.reduce(into: ChannelManifest.Capabilities()) {
      $0.insert($1.capability)
    }
    #expect(all.rawValue == 63 && ChannelManifest.Capabilities.named.count == 6)
  }
}
