import Digests
import LedgerCore
import Testing

@Suite struct RecordCodecTests {
  static let key = RequestKey(namespace: .partner(label("p")), id: label("request-1"), content: fingerprint("c"))
  static let staffKey = RequestKey(namespace: .staff, id: label("d1"), content: fingerprint("d"))
  static let otherKey = RequestKey(namespace: .partner(label("other")), id: label("x"), content: fingerprint("x"))
  static let longest = label(String(repeating: "界", count: 21) + "x")
  static let longestKey = RequestKey(
    namespace: .partner(label(String(repeating: "n", count: 64))), id: longest, content: fingerprint("l"))

  static let staff = RequestKey(
    namespace: .staff, id: longest, content: fingerprint("s"),
    caller: Caller(person: Person(name: longest, role: .compliance), certificate: .max))
  static let p = label("p")
  static let id = WithdrawalID(epoch: 1, shard: 2, ordinal: 3)
  static let payee = PayeeID(epoch: 1, shard: 2, ordinal: 4)
  static let proposal = ProposalID(epoch: 1, shard: 2, ordinal: 5)
  static let moment = Timestamp(microseconds: 1_790_000_000_000_000)

  static let refusals: [Refusal] = [
    .insufficientFunds(available: 5, requested: 6), .notCancelable(state: .paid),
    .amountOutOfBounds(minimum: 1, maximum: .max, requested: .min), .externalReferenceUsed, .agentFrozen,
    .openViolations(count: .max), .agentNotVerified(missing: [.idNumber, .card]), .payeeNotVerified,
    .payeeOfOtherAgent, .payeeErased, .holderDiffers,
    .limitExceeded(.monthAmount, bound: 1, used: 2, requested: 3), .insufficientPoints(available: 1, requested: 2),
    .quoteExpired(at: moment), .unknownTier, .speedUnavailable(.express), .pointsNotTaken(.nextDay),
    .amountBelowFee(fee: 5, requested: 4), .notInReview(state: .approved), .onHold, .digestOutdated,
    .makerMayNotDecide, .personDecidedAlready, .reviewClaimed(until: moment), .noInformationRequested,
    .holdUnchanged(isHeld: true), .proposalClosed(.expired), .proposalExpired(at: moment), .proposalOfOthers,
    .notActionRequired(state: .failed), .payoutBlocked, .attemptsUsedUp(maximum: .max),
    .channelFundsShort(available: .min, requested: .max), .notInDoubt(state: .confirmed),
    .appealNotPossible(state: .returned), .appealOpen, .tooManyAppeals(maximum: .max),
    .disputedTooMuch(maximum: .max, requested: .min), .appealClosed(state: .upheld), .tooMuchEvidence(maximum: 3),
    .appealNotAssigned, .moneyHasLeft(paid: .max), .assigneeNotCaller,
  ]

  /// Everything as large as it can be.
  static let heaviest = Screening(
    rulesVersion: .max,
    terms: Terms(
      speed: .express, feeMinorUnits: .max, points: .max, settlementDay: .min,
      expectedArrival: Timestamp(microseconds: .max)),
    limitDay: LimitDay(day: .min, month: .max),
    risk: RiskResult(
      verdict: .reject, score: .min, reasons: RiskCode.allCases.map { RiskReason(code: $0, points: 5) },
      listAddressUntil: moment),
    checkers: ReviewTerms.checkersMaximum, reviewDue: moment)
  static let digest = SHA256.hash([1, 2, 3])
  static let sealed = SealedData([UInt8](repeating: 0xA5, count: SealedData.maximumBytes))

  static let accounts: [Record] = [
    .agentCreated(AgentCreated(key: key, partner: p, agent: label("a1"))),
    .agentCreated(AgentCreated(key: otherKey, partner: p, agent: label("a1"), parent: longest)),
    .deposited(
      Deposited(key: staffKey, partner: p, agent: label("a1"), amount: fen(.max), externalReference: longest)),
    .agentUpdated(
      AgentUpdated(
        key: staff, partner: longest, agent: longest, tier: .none, parent: longest, isFrozen: true,
        creditGrade: .excellent, openViolations: .max,
        limits: LimitOverride(payoutMaximum: 1, dayAmount: .max, monthAmount: .min, dayCount: 4), reason: longest)),
  ]

  static let withdrawals: [Record] = [
    .withdrawalSubmitted(
      WithdrawalSubmitted(
        key: key, id: id, partner: p, agent: label("a1"), payee: label("payee"), amount: fen(100, usd),
        state: .approved, screening: screening(fee: 7, rulesVersion: 9))),
    .withdrawalSubmitted(
      WithdrawalSubmitted(
        key: longestKey, id: WithdrawalID(rawValue: .max), partner: longest, agent: longest, payee: longest,
        amount: fen(.min), state: .failed, screening: heaviest, origin: Origin(device: longest, address: longest))),
    .withdrawalSubmitted(
      WithdrawalSubmitted(
        key: staff, id: id, partner: p, agent: label("a1"), payee: label("y"), amount: fen(1), state: .pendingReview,
        screening: heaviest, origin: Origin(device: .none, address: label("10.0.0.1")))),
    .withdrawalCancelled(WithdrawalCancelled(key: key, id: WithdrawalID(rawValue: 77), partner: p)),
    .reviewActed(
      ReviewActed(
        key: staff, partner: p, id: id, action: RecordedAction(kind: .approve, digest: digest), state: .approved)),
    .reviewActed(
      ReviewActed(
        key: staff, partner: p, id: id, action: RecordedAction(kind: .requestInformation, note: longest), state: nil)),
    .holdChanged(HoldChanged(key: staff, partner: p, id: id, isHeld: true, reason: longest)),
    .withdrawalAmended(
      WithdrawalAmended(key: key, partner: p, id: id, payee: longest, screening: heaviest, state: .rejected)),
    .reviewExpired(ReviewExpired(partner: p, id: id)),
    .outcomeReported(
      OutcomeReported(
        key: staff, partner: p, id: id, outcome: .laundering, listed: ListSubjects([.agent, .address]), note: longest)),
  ]

  static let others: [Record] = [
    .proposed(Proposed(key: staff, partner: p, id: proposal, subject: .revealPayee(payee))),
    .proposed(
      Proposed(
        key: staff, partner: p, id: proposal,
        subject: .adjustment(partner: longest, agent: longest, amount: fen(-5), reason: longest))),
    .proposalConfirmed(ProposalConfirmed(key: staff, partner: p, id: proposal, digest: digest)),
    .payeeRevealed(PayeeRevealed(key: staff, partner: p, id: proposal)),
    .listChanged(
      ListChanged(
        key: staff, partner: .none, subject: .device, colour: .black, name: longest,
        change: .put(until: moment, reason: longest))),
    .listChanged(
      ListChanged(
        key: staff, partner: p, subject: .agent, colour: .white, name: longest,
        change: .put(until: nil, reason: longest))),
    .listChanged(
      ListChanged(
        key: staff, partner: .none, subject: .payee, colour: .black, name: longest, change: .remove(reason: longest))),
    .rulesActivated(RulesActivated(key: nil, version: 7, digest: digest)),
    .rulesActivated(RulesActivated(key: staff, version: .max, digest: digest)),
    .payeeVerified(PayeeVerified(key: key, partner: p, id: payee, isVerified: true)),
    .payeeErased(PayeeErased(key: staff, partner: p, id: payee, reason: longest)),
  ]

  static let sealedOnes: [Record] =
    sealed.map { sealed in
      [
        .agentVerified(
          AgentVerified(
            key: staff, partner: longest, agent: longest, elements: .all, nameHash: fingerprint("n"),
            idHash: fingerprint("i"), maskedName: longest, sealed: sealed)),
        .payeeCreated(
          PayeeCreated(
            key: staff, partner: longest, id: payee, agent: longest, rail: .weChat, numberHash: fingerprint("n"),
            nameHash: fingerprint("i"), maskedNumber: longest, maskedName: longest, bank: longest, isVerified: true,
            sealed: sealed)),
      ]
    } ?? []

  static let refused: [Record] = refusals.enumerated().map { place, refusal in
    .requestRefused(
      RequestRefused(
        key: key, partner: p, agent: place % 2 == 0 ? longest : .none,
        method: RequestRefused.Method.allCases[place % RequestRefused.Method.allCases.count], refusal: refusal))
  }

  static let records = accounts + withdrawals + others + sealedOnes + refused + PayoutRecords.all

  @Test(arguments: records) func comesBackAsItWas(_ record: Record) throws {
    let bytes = encode(record)
    #expect(bytes.count <= record.maximumBytes)
    #expect(try decode(bytes) == record)
  }

  /// The layout in the journal: a change here is a change of format.
  @Test func layoutIsFixed() {
    let content = Fingerprint128(first: 0x0807_0605_0403_0201, second: 0x100F_0E0D_0C0B_0A09)
    let record = Record.withdrawalSubmitted(
      WithdrawalSubmitted(
        key: RequestKey(
          namespace: .partner(label("p")), id: label("r1"), content: content,
          caller: Caller(person: nil, certificate: 9)),
        id: WithdrawalID(epoch: 1, shard: 2, ordinal: 3), partner: label("p"), agent: label("a"), payee: label("y"),
        amount: fen(258), state: .approved,
        screening: Screening(
          rulesVersion: 4,
          terms: Terms(
            speed: .sameDay, feeMinorUnits: 1, points: 2, settlementDay: 5,
            expectedArrival: Timestamp(microseconds: 6)),
          limitDay: LimitDay(day: 7, month: 8),
          risk: RiskResult(verdict: .review, score: 300, reasons: [RiskReason(code: .newDevice, points: -2)]),
          checkers: 1, reviewDue: Timestamp(microseconds: 10)),
        origin: Origin(device: label("d"), address: .none)))
    let head: [UInt8] = [2, 6, 1, 0x70, 1, 2, 0x72, 0x31] + Array(1...16) + [9, 0, 0, 0, 0, 0, 0, 0, 0]
    let fact: [UInt8] =
      [3, 0, 0, 0, 0, 0, 2, 1, 1, 0x61, 1, 0x79] + [0x59, 0x4E, 0x43, 0, 2, 1, 0, 0, 0, 0, 0, 0, 3]
    let terms: [UInt8] =
      [4, 0, 0, 0, 2] + [1, 0, 0, 0, 0, 0, 0, 0] + [2, 0, 0, 0, 0, 0, 0, 0] + [5, 0, 0, 0] + [6, 0, 0, 0, 0, 0, 0, 0]
    let judged: [UInt8] =
      [7, 0, 0, 0, 8, 0, 0, 0, 1] + [10, 0, 0, 0, 0, 0, 0, 0] + [1, 44, 1] + [0, 0, 0, 0, 0, 0, 0, 0]
      + [1, 24, 0xFE, 0xFF]
    #expect(encode(record) == head + fact + terms + judged + [1, 0x64, 0])
  }

  /// What journals of before screening hold.
  static let fromVersion1: [([UInt8], Record)] = {
    let content = Fingerprint128(first: 0x0807_0605_0403_0201, second: 0x100F_0E0D_0C0B_0A09)
    let key = RequestKey(namespace: .partner(p), id: label("r1"), content: content)
    let head: [UInt8] = [1, 0x70, 1, 2, 0x72, 0x31] + Array(1...16)
    let id: [UInt8] = [3, 0, 0, 0, 0, 0, 2, 1]
    return [
      ([1, 1] + head + [1, 0x61], .agentCreated(AgentCreated(key: key, partner: p, agent: label("a")))),
      (
        [1, 2] + head + [1, 0x61, 0x59, 0x4E, 0x43, 0, 2, 1, 0, 0, 0, 0, 0, 0, 1, 0x65],
        .deposited(
          Deposited(key: key, partner: p, agent: label("a"), amount: fen(258), externalReference: label("e")))
      ),
      (
        [1, 3] + head + id + [1, 0x61, 1, 0x79, 0x59, 0x4E, 0x43, 0, 2, 1, 0, 0, 0, 0, 0, 0]
          + [1, 0, 0, 0, 0, 0, 0, 0, 3, 4, 0, 0, 0],
        .withdrawalSubmitted(
          WithdrawalSubmitted(
            key: key, id: WithdrawalID(epoch: 1, shard: 2, ordinal: 3), partner: p, agent: label("a"),
            payee: label("y"), amount: fen(258), state: .approved, screening: screening(fee: 1, rulesVersion: 4)))
      ),
      (
        [1, 4] + head + id,
        .withdrawalCancelled(
          WithdrawalCancelled(key: key, id: WithdrawalID(epoch: 1, shard: 2, ordinal: 3), partner: p))
      ),
      (
        [1, 5] + head + [1, 4],
        .requestRefused(RequestRefused(key: key, partner: p, method: .deposit, refusal: .externalReferenceUsed))
      ),
    ]
  }()

  @Test(arguments: fromVersion1) func recordsOfVersion1AreStillRead(_ row: ([UInt8], Record)) throws {
    #expect(try decode(row.0) == row.1)
  }

  @Test(arguments: records) func everyCutIsAnError(_ record: Record) {
    let bytes = encode(record)
    for count in 0..<bytes.count {
      #expect(throws: CodecError.self) { try decode(Array(bytes[0..<count])) }
    }
  }

  @Test(arguments: records) func whatFollowsIsAnError(_ record: Record) {
    let bytes = encode(record)
    #expect(throws: CodecError(.trailingBytes(1), at: bytes.count)) { try decode(bytes + [0]) }
  }

  @Test func unknownNumbersAreErrors() {
    var bytes = encode(Self.records[0])
    for version: UInt8 in [0, 3, 255] {
      bytes[0] = version
      #expect(throws: CodecError(.unknownVersion(version), at: 0)) { try decode(bytes) }
    }
    bytes[0] = 2
    for kind: UInt8 in [0, 200, 255] {
      bytes[1] = kind
      #expect(throws: CodecError(.unknownKind(kind), at: 1)) { try decode(bytes) }
    }
    bytes[1] = 1
    for namespace: UInt8 in [3, 4, 255] {
      bytes[4] = namespace
      #expect(throws: CodecError(.namespace(namespace), at: 4)) { try decode(bytes) }
    }
  }

  /// Whatever the disk brings: a record or an error, and a record that is one again.
  @Test func flippedBytesNeverTrap() throws {
    let seed: UInt64 = 0xF11
    var random = SeededRandom(seed: seed)
    for record in Self.records {
      let bytes = encode(record)
      for _ in 0..<2_000 {
        var wrong = bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          wrong[Int.random(in: 0..<wrong.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        if let read = try? decode(wrong) { #expect(try decode(encode(read)) == read, "seed \(seed)") }
      }
    }
  }

  /// A batch counts on it: the room of a frame is taken by what submissions say they need at most.
  @Test(arguments: [1, 20, 64], [false, true])
  func aSubmissionsRecordFitsIntoItsRoom(nameBytes: Int, isOfStaff: Bool) {
    func name(_ letter: String) -> Label { label(String(repeating: letter, count: nameBytes)) }
    let caller = Caller(person: isOfStaff ? Person(name: name("s"), role: .operator) : nil, certificate: .max)
    let namespaces: [Namespace] = [.partner(name("p")), .partner(name("q")), .staff]
    for namespace in namespaces {
      for origin in [nil, Origin(device: name("d"), address: name("i"))] {
        let key = RequestKey(namespace: namespace, id: name("r"), content: Fingerprint128(), caller: caller)
        let amount = Money(minorUnits: .max, currency: .cny)
        let command = SubmitWithdrawal(
          key: key, partner: name("p"), agent: name("a"), amount: amount, payee: name("y"), origin: origin)
        let room = Record.submissionMaximumBytes(command)
        let submitted = Record.withdrawalSubmitted(
          WithdrawalSubmitted(
            key: key, id: WithdrawalID(rawValue: .max), partner: name("p"), agent: name("a"), payee: name("y"),
            amount: amount, state: .pendingReview, screening: Self.heaviest, origin: origin))
        #expect(encode(submitted).count <= room)
        let refusal = Refusal.limitExceeded(.monthAmount, bound: .max, used: .max, requested: .max)
        let refused = Record.requestRefused(
          RequestRefused(
            key: key, partner: name("p"), agent: name("a"), method: .submitWithdrawal, refusal: refusal))
        #expect(encode(refused).count <= room)
      }
    }
  }
}
