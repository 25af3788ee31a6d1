import GRPCProto
import LedgerCore
import RPC
import Testing

@testable import Services

/// Everything that the ledger refuses says which check, the figure, the bound, and what to do, in English and in Chinese.
@Suite struct RefusalStatusTests {
  private static let end = Timestamp(microseconds: 1_790_000_000_000_000)

  /// One of each; `number` makes sure that none is forgotten.
  private static let refusals: [Refusal] = [
    .insufficientFunds(available: 11, requested: 22), .notCancelable(state: .paid),
    .amountOutOfBounds(minimum: 11, maximum: 22, requested: 33), .externalReferenceUsed, .agentFrozen,
    .openViolations(count: 77), .agentNotVerified(missing: [.idNumber, .card]), .payeeNotVerified, .payeeOfOtherAgent,
    .payeeErased, .holderDiffers, .limitExceeded(.dayAmount, bound: 2_000_000, used: 1_900_000, requested: 150_000),
    .insufficientPoints(available: 11, requested: 22), .quoteExpired(at: end), .unknownTier,
    .speedUnavailable(.express), .pointsNotTaken(.nextDay), .amountBelowFee(fee: 22, requested: 11),
    .notInReview(state: .approved), .onHold, .digestOutdated, .makerMayNotDecide, .personDecidedAlready,
    .reviewClaimed(until: end), .noInformationRequested, .holdUnchanged(isHeld: true), .proposalClosed(.expired),
    .proposalExpired(at: end), .proposalOfOthers, .notActionRequired(state: .paid), .payoutBlocked,
    .attemptsUsedUp(maximum: 99), .channelFundsShort(available: 11, requested: 22), .notInDoubt(state: .processing),
    .appealNotPossible(state: .approved), .appealOpen, .tooManyAppeals(maximum: 8),
    .disputedTooMuch(maximum: 11, requested: 22), .appealClosed(state: .upheld), .tooMuchEvidence(maximum: 32),
    .appealNotAssigned, .moneyHasLeft(paid: 11), .assigneeNotCaller,
  ]

  /// A new case does not compile without a number here, and a number without a line in the table fails the test.
  private static func number(_ refusal: Refusal) -> Int {
    switch refusal {
    case .insufficientFunds: 0
    case .notCancelable: 1
    case .amountOutOfBounds: 2
    case .externalReferenceUsed: 3
    case .agentFrozen: 4
    case .openViolations: 5
    case .agentNotVerified: 6
    case .payeeNotVerified: 7
    case .payeeOfOtherAgent: 8
    case .payeeErased: 9
    case .holderDiffers: 10
    case .limitExceeded: 11
    case .insufficientPoints: 12
    case .quoteExpired: 13
    case .unknownTier: 14
    case .speedUnavailable: 15
    case .pointsNotTaken: 16
    case .amountBelowFee: 17
    case .notInReview: 18
    case .onHold: 19
    case .digestOutdated: 20
    case .makerMayNotDecide: 21
    case .personDecidedAlready: 22
    case .reviewClaimed: 23
    case .noInformationRequested: 24
    case .holdUnchanged: 25
    case .proposalClosed: 26
    case .proposalExpired: 27
    case .proposalOfOthers: 28
    case .notActionRequired: 29
    case .payoutBlocked: 30
    case .attemptsUsedUp: 31
    case .channelFundsShort: 32
    case .notInDoubt: 33
    case .appealNotPossible: 34
    case .appealOpen: 35
    case .tooManyAppeals: 36
    case .disputedTooMuch: 37
    case .appealClosed: 38
    case .tooMuchEvidence: 39
    case .appealNotAssigned: 40
    case .moneyHasLeft: 41
    case .assigneeNotCaller: 42
    }
  }

  @Test func everyRefusalIsExplained() {
    #expect(Self.refusals.map(Self.number) == Array(0...42))
    var reasons: Set<String> = []
    for refusal in Self.refusals {
      let status = RPCStatus(refusal)
      let expected: RPCStatus.Code = refusal == .externalReferenceUsed ? .alreadyExists : .failedPrecondition
      #expect(status.code == expected, "\(refusal)")
      let reason = status.reason ?? ""
      #expect(!reason.isEmpty && reason == reason.uppercased() && reasons.insert(reason).inserted, "\(refusal)")
      // What was found, what bounds it or is required (a time is its own bound), and words for people.
      #expect(!status.metadata.isEmpty && status.metadata.values.allSatisfy { !$0.isEmpty }, "\(refusal)")
      let bounds = ["available", "maximum", "bound", "fee", "required", "valid_until", "claim_end_time"]
      #expect(bounds.contains { status.metadata[$0] != nil }, "\(refusal)")
      #expect(status.message.count > 20 && status.message.allSatisfy(\.isASCII), "\(refusal)")
      let chinese = status.detail(Google_Rpc_LocalizedMessage.self)
      #expect(chinese?.locale == "zh-CN", "\(refusal)")
      #expect(chinese?.message.contains { $0 >= "\u{4E00}" && $0 <= "\u{9FFF}" } == true, "\(refusal)")
      let precondition = status.detail(Google_Rpc_PreconditionFailure.self)?.violations ?? []
      #expect(precondition.map(\.type) == [reason], "\(refusal)")
      #expect(precondition.allSatisfy { !$0.subject.isEmpty && !$0.description_p.isEmpty }, "\(refusal)")
    }
  }

  /// Every figure of a refusal is told to programs, in English and in Chinese.
  @Test func figuresAndBoundsAreTold() {
    let table: [(Refusal, metadata: [String: String], english: [String], chinese: [String])] = [
      (
        .insufficientFunds(available: 12_345, requested: 67_890),
        ["available": "12345", "requested": "67890", "currency": "CNY", "unit": "minor"], ["123.45", "678.90"],
        ["123.45", "678.90"]
      ),
      (
        .limitExceeded(.dayAmount, bound: 2_000_000, used: 1_900_000, requested: 150_000),
        ["limit": "DAY_AMOUNT", "bound": "2000000", "used": "1900000", "requested": "150000", "left": "100000"],
        ["20000.00", "19000.00", "1500.00", "1000.00"], ["20000.00", "19000.00", "1500.00", "1000.00", "当日"]
      ),
      (
        .limitExceeded(.monthAmount, bound: 100, used: 300, requested: 1),
        ["limit": "MONTH_AMOUNT", "left": "0"], ["a month", "0.00"], ["当月", "0.00"]
      ),
      (
        .limitExceeded(.dayCount, bound: 3, used: 3, requested: 1),
        ["limit": "DAY_COUNT", "bound": "3", "used": "3", "requested": "1"], ["3 times"], ["3 次"]
      ),
      (
        .amountOutOfBounds(minimum: 100, maximum: 500_000, requested: 99),
        ["minimum": "100", "maximum": "500000", "requested": "99"], ["0.99", "1.00", "5000.00"],
        ["0.99", "1.00", "5000.00"]
      ),
      (
        .agentNotVerified(missing: [.idNumber, .card]),
        ["missing": "ID_NUMBER,CARD", "required": "NAME,ID_NUMBER,CARD"], ["ID number", "bank card"],
        ["身份证号", "银行卡"]
      ),
      (
        .quoteExpired(at: Self.end), ["valid_until": "2026-09-21T14:13:20Z"], ["2026-09-21T14:13:20Z"],
        ["北京时间 2026-09-21 22:13:20"]
      ),
      (.openViolations(count: 7), ["open_violations": "7", "maximum": "0"], ["7", "0"], ["7", "0"]),
      (
        .insufficientPoints(available: 5, requested: 80), ["available": "5", "requested": "80", "currency": "PTS"],
        ["5", "80"], ["5", "80"]
      ),
      (
        .amountBelowFee(fee: 200, requested: 150), ["fee": "200", "requested": "150"], ["2.00", "1.50"],
        ["2.00", "1.50"]
      ),
      (.notInReview(state: .paid), ["state": "PAID"], ["PAID"], ["已打款"]),
      (.holdUnchanged(isHeld: false), ["on_hold": "false", "required": "true"], ["not held"], ["未被暂停"]),
      (
        .notActionRequired(state: .failed), ["state": "FAILED", "required": "ACTION_REQUIRED"], ["FAILED"], ["打款失败"]
      ),
      (.attemptsUsedUp(maximum: 99), ["attempts": "99", "maximum": "99"], ["99 times"], ["99 次"]),
      (
        .channelFundsShort(available: 12_345, requested: 67_890),
        ["available": "12345", "requested": "67890", "currency": "CNY"], ["123.45", "678.90"], ["123.45", "678.90"]
      ),
      (.notInDoubt(state: .paid), ["state": "PAID"], ["PAID"], ["已打款"]),
      (.moneyHasLeft(paid: 12_345), ["paid": "12345"], ["12345 minor"], ["12345 个"]),
      (.payoutBlocked, ["blocked": "true"], ["two people of finance"], ["人工核实"]),
      (.notCancelable(state: .processing), ["state": "PROCESSING"], ["PROCESSING"], ["打款中"]),
    ]
    for (refusal, metadata, english, chinese) in table {
      let status = RPCStatus(refusal)
      for (name, value) in metadata { #expect(status.metadata[name] == value, "\(refusal): \(name)") }
      for figure in english { #expect(status.message.contains(figure), "\(refusal): \(status.message)") }
      for figure in chinese { #expect(status.chinese.contains(figure), "\(refusal): \(status.chinese)") }
    }
  }

  /// As for refusals: none is forgotten.
  private static func number(_ rejection: Rejection) -> Int {
    switch rejection {
    case .agentNotFound: 0
    case .withdrawalNotFound: 1
    case .requestNotFound: 2
    case .requestIDReused: 3
    case .agentExists: 4
    case .etagMismatch: 5
    case .currencyNotSupported: 6
    case .amountNotPositive: 7
    case .balanceOverflow: 8
    case .tooManyRefusals: 9
    case .payeeNotFound: 10
    case .proposalNotFound: 11
    case .listEntryNotFound: 12
    case .parentNotFound: 13
    case .parentLoop: 14
    case .tierNotFound: 15
    case .nothingToChange: 16
    case .nothingDue: 17
    case .rulesVersionTaken: 18
    case .tooManyPayees: 19
    case .originNotTold: 20
    case .listFull: 21
    case .payoutNotDue: 22
    case .payoutChanged: 23
    case .channelNotEnabled: 24
    case .channelFloatShort: 25
    case .attemptNotFound: 26
    case .appealNotFound: 27
    case .resultConflicts: 28
    case .returnDiffers: 29
    case .alreadyConfirmed: 30
    }
  }

  /// What the dispatcher alone is told: to a caller it would be a mistake of ours.
  private static let internals: [Rejection] = [
    .payoutNotDue(state: .paid), .payoutChanged, .channelNotEnabled, .attemptNotFound, .resultConflicts,
    .returnDiffers(paid: 5), .alreadyConfirmed,
  ]

  @Test func whatOnlyTheDispatcherIsToldSaysNothingOfTheInside() {
    for rejection in Self.internals { #expect(RPCStatus(rejection) == RPCStatus.strangeAnswer, "\(rejection)") }
  }

  @Test func rejections() throws {
    let table: [(Rejection, RPCStatus.Code, String)] = [
      (.agentNotFound, .notFound, "AGENT_NOT_FOUND"), (.withdrawalNotFound, .notFound, "WITHDRAWAL_NOT_FOUND"),
      (.requestNotFound, .notFound, "REQUEST_NOT_FOUND"), (.requestIDReused, .alreadyExists, "REQUEST_ID_REUSED"),
      (.agentExists, .alreadyExists, "AGENT_EXISTS"), (.etagMismatch(current: 1), .aborted, "ETAG_MISMATCH"),
      (.currencyNotSupported(.points), .invalidArgument, "CURRENCY_NOT_SUPPORTED"),
      (.amountNotPositive, .invalidArgument, "AMOUNT_NOT_POSITIVE"),
      (.balanceOverflow, .outOfRange, "BALANCE_OVERFLOW"),
      (.tooManyRefusals(retryAfterMicroseconds: 1), .resourceExhausted, "TOO_MANY_REFUSALS"),
      (.payeeNotFound, .notFound, "PAYEE_NOT_FOUND"), (.proposalNotFound, .notFound, "PROPOSAL_NOT_FOUND"),
      (.listEntryNotFound, .notFound, "LIST_ENTRY_NOT_FOUND"), (.parentNotFound, .notFound, "PARENT_NOT_FOUND"),
      (.parentLoop, .failedPrecondition, "PARENT_LOOP"),
      (.tierNotFound(try Label("gold")), .notFound, "TIER_NOT_FOUND"),
      (.nothingToChange, .failedPrecondition, "NOTHING_TO_CHANGE"),
      (.nothingDue, .failedPrecondition, "NOTHING_DUE"),
      (.rulesVersionTaken(active: 7), .failedPrecondition, "RULES_VERSION_TAKEN"),
      (.tooManyPayees(limit: 100), .failedPrecondition, "TOO_MANY_PAYEES"),
      (.listFull, .failedPrecondition, "LIST_FULL"),
      (.originNotTold(.device), .failedPrecondition, "ORIGIN_NOT_TOLD"),
      (.channelFloatShort(available: 12_345), .failedPrecondition, "CHANNEL_FUNDS_SHORT"),
      (.appealNotFound, .notFound, "APPEAL_NOT_FOUND"),
    ]
    #expect((table.map(\.0) + Self.internals).map(Self.number).sorted() == Array(0...30))
    for (rejection, code, reason) in table {
      let status = RPCStatus(rejection)
      #expect(status.code == code && status.reason == reason && status.message.count > 10, "\(rejection)")
      #expect(status.chinese.contains { $0 >= "\u{4E00}" && $0 <= "\u{9FFF}" }, "\(rejection)")
    }
  }
}
