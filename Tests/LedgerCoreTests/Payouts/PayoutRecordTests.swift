import Digests
import LedgerCore
import Testing

/// Keys, requests and records of payouts as bytes, and records that make no sense. That all records come back, are refused
/// when they are cut, and never trap is seen in `RecordCodecTests`.
@Suite struct PayoutRecordTests {
  /// The layout in the journal: a change here is a change of format.
  @Test func layoutsAreFixed() {
    let key = PayoutKey(WithdrawalID(rawValue: 0x0807_0605_0403_0201), attempt: 2)
    let id: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
    let result = AttemptResult(
      .paid, source: .query, reason: .none, channelReference: label("r"), code: .none, paidMinorUnits: 258,
      channelFeeMinorUnits: 3, confirmUntil: Timestamp(microseconds: 4))
    let told: [UInt8] = [6, 2, 0, 1, 0x72, 0, 2, 1, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]
    #expect(
      encode(
        .attemptUpdated(
          AttemptUpdated(
            partner: label("p"), payoutKey: key, result: result, state: .paid, feeRefundMinorUnits: 5,
            deadline: Timestamp(microseconds: 6))))
        == [2, 26, 1, 0x70, 3] + id + [2] + told + [12, 5, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0])
    #expect(
      encode(.strayPaid(StrayPaid(partner: label("p"), payoutKey: key, result: result)))
        == [2, 28, 1, 0x70, 3] + id + [2] + told)
    #expect(
      encode(
        .strayPaid(
          StrayPaid(
            partner: label("p"), payoutKey: key, result: result, booked: StrayFigures(paid: 257, channelFee: 2))))
        == [2, 35, 1, 0x70, 3] + id + [2] + told + [1, 1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0])
    #expect(
      encode(
        .payoutReturned(
          PayoutReturned(
            partner: label("p"), payoutKey: key, channelReference: .none, code: .none, reason: .returnedByBank,
            feeRefundMinorUnits: 0, figures: ReturnFigures(cameBack: 5, toAgent: 4))))
        == [2, 36, 1, 0x70, 3] + id + [2, 0, 0, 16] + [0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 4]
        + [0, 0, 0, 0, 0, 0, 0])
    #expect(
      encode(
        .strayReturned(
          StrayReturned(
            partner: label("p"), payoutKey: key, channelReference: .none, code: .none, reason: .returnedByBank,
            minorUnits: 5))) == [2, 38, 1, 0x70, 3] + id + [2, 0, 0, 16, 5, 0, 0, 0, 0, 0, 0, 0])
    #expect(
      encode(.actionLapsed(ActionLapsed(partner: label("p"), id: key.withdrawal))) == [2, 32, 1, 0x70, 3] + id)
    #expect(
      encode(
        .payoutConfirmed(PayoutConfirmed(partner: label("p"), payoutKey: key, channelReference: .none)))
        == [2, 30, 1, 0x70, 3] + id + [2, 0])
  }

  @Test func theLargestAttemptFitsIntoItsRoom() throws {
    let record = try #require(PayoutRecords.begun.last)
    let bytes = encode(record)
    #expect(bytes.count > StoredRequest.maximumBytes && bytes.count <= record.maximumBytes)
    #expect(StoredRequest([UInt8](repeating: 0, count: StoredRequest.maximumBytes + 1), isSealed: true) == nil)
  }

  /// What routing tells beyond the room for it is not kept; the record of a live ledger is the one that is read back.
  @Test func onlySoManyCandidatesAreKept() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.submitPayout()
    let request = try #require(StoredRequest([1], isSealed: false))
    let many = PayoutRecords.mostCandidates + PayoutRecords.mostCandidates
    let command = BeginAttempt(
      payoutKey: PayoutKey(id, attempt: 1), channel: label("alpha"), payee: label("payee"), request: request,
      channelFeeMinorUnits: 1, candidates: many)
    guard case .record(let record) = ledger.state.decide(.beginAttempt(command), policy: ledger.policy, now: ledger.now)
    else { throw Unexpected(.done) }
    #expect(try decode(encode(record)) == record)
    guard case .attemptBegun(let fact) = record else { throw Unexpected(.done) }
    #expect(fact.candidates.count == RouteCandidate.countMaximum && fact.request == request)
  }

  @Test func keysAreTexts() throws {
    for ordinal in [1, 77, 1 << 47] as [UInt64] {
      for attempt in [1, 9, 10, PayoutKey.attemptMaximum] as [UInt8] {
        let key = PayoutKey(WithdrawalID(epoch: 3, shard: 1, ordinal: ordinal), attempt: attempt)
        #expect(key.text.utf8.count == PayoutKey.textBytes && key.text.utf8.count <= 32)
        #expect(key.text.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x41 && $0 <= 0x5A) })
        #expect(PayoutKey(key.text) == key)
      }
    }
    let text = PayoutKey(WithdrawalID(epoch: 1, shard: 0, ordinal: 5), attempt: 1).text
    for wrong in [
      "", "wd_" + text, text + "1", String(text.dropLast()), String(text.dropLast(2)) + "00",
      String(text.dropLast(2)) + "+1", text.lowercased() + " ",
    ] {
      #expect(PayoutKey(wrong) == nil, "\(wrong)")
    }
  }

  /// Each attempt has a key that no other has, also over withdrawals.
  @Test func keysAreNeverShared() {
    var keys: Set<String> = []
    for ordinal in 1...200 as ClosedRange<UInt64> {
      for attempt in 1...20 as ClosedRange<UInt8> {
        keys.insert(PayoutKey(WithdrawalID(epoch: 1, shard: 0, ordinal: ordinal), attempt: attempt).text)
      }
    }
    #expect(keys.count == 4_000)
  }

  struct Wrong: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let from: WithdrawalState
    let record: @Sendable (Ledger, WithdrawalID) throws -> Record

    init(
      _ name: String, from: WithdrawalState, _ record: @escaping @Sendable (Ledger, WithdrawalID) throws -> Record
    ) {
      testDescription = name
      self.from = from
      self.record = record
    }
  }

  private static let p = label("p")

  private static func begun(
    _ id: WithdrawalID, attempt: UInt8 = 1, channel: String = "alpha", fee: Int64 = 0
  ) throws -> Record {
    .attemptBegun(
      AttemptBegun(
        partner: p, payoutKey: PayoutKey(id, attempt: attempt), channel: label(channel), channelFeeMinorUnits: fee,
        request: try #require(StoredRequest([], isSealed: false)), candidates: []))
  }

  private static func updated(
    _ id: WithdrawalID, _ state: AttemptState, _ entered: WithdrawalState?, attempt: UInt8 = 1, paid: Int64 = 0,
    fee: Int64 = 0, refund: Int64 = 0, partner: String = "p"
  ) -> Record {
    .attemptUpdated(
      AttemptUpdated(
        partner: label(partner), payoutKey: PayoutKey(id, attempt: attempt),
        result: AttemptResult(state, source: .query, paidMinorUnits: paid, channelFeeMinorUnits: fee), state: entered,
        feeRefundMinorUnits: refund, deadline: Timestamp(microseconds: 0)))
  }

  private static func reworked(_ ledger: Ledger, _ id: WithdrawalID, _ state: WithdrawalState, fee: Int64 = payoutFee)
    throws -> Record
  {
    var screening = try #require(ledger.withdrawal(id)).screening
    screening.terms.feeMinorUnits = fee
    return .withdrawalReworked(
      WithdrawalReworked(
        key: ledger.key("wrong", "p", "wrong"), partner: p, id: id, payee: label("payee"), screening: screening,
        state: state))
  }

  private static func returned(_ id: WithdrawalID, refund: Int64 = 0, _ figures: ReturnFigures? = nil) -> Record {
    .payoutReturned(
      PayoutReturned(
        partner: p, payoutKey: PayoutKey(id, attempt: 1), channelReference: .none, code: .none, reason: .none,
        feeRefundMinorUnits: refund, figures: figures))
  }

  private static func strayBack(_ id: WithdrawalID, _ amount: Int64) -> Record {
    .strayReturned(
      StrayReturned(
        partner: p, payoutKey: PayoutKey(id, attempt: 1), channelReference: .none, code: .none, reason: .none,
        minorUnits: amount))
  }

  static let wrong: [Wrong] = [
    Wrong("begin of what is under way", from: .processing) { try begun($1, attempt: 2) },
    Wrong("begin with another number", from: .approved) { try begun($1, attempt: 2) },
    Wrong("begin over a channel without a float", from: .approved) { try begun($1, channel: "unknown") },
    Wrong("begin beyond the float", from: .approved) { try begun($1, fee: 500_000) },
    Wrong("begin beyond numbers", from: .approved) { try begun($1, fee: .max) },
    Wrong("begin below zero", from: .approved) { try begun($1, fee: -1) },
    Wrong("begin of nothing", from: .approved) { _, _ in try begun(PayoutGuardTests.nobody) },
    Wrong("result that leads elsewhere", from: .processing) { updated($1, .paid, .confirmed, paid: payoutNet) },
    Wrong("result that leads nowhere", from: .processing) { updated($1, .paid, nil, paid: payoutNet) },
    Wrong("paid with another amount", from: .processing) { updated($1, .paid, .paid, paid: payoutNet + 1) },
    Wrong("paid with a fee beyond numbers", from: .processing) {
      updated($1, .paid, .paid, paid: payoutNet, fee: .max)
    },
    Wrong("more given back than the fee", from: .processing) {
      updated($1, .paid, .paid, paid: payoutNet, refund: payoutFee + 1)
    },
    Wrong("a fee given back for a failure", from: .processing) { updated($1, .refused, .failed, refund: 1) },
    Wrong("sent", from: .processing) { updated($1, .sent, nil) },
    Wrong("another attempt's result", from: .processing) { updated($1, .refused, .failed, attempt: 2) },
    Wrong("another partner's result", from: .processing) { updated($1, .refused, .failed, partner: "q") },
    Wrong("paid twice", from: .paid) { updated($1, .paid, .paid, paid: payoutNet) },
    Wrong("failure after paid", from: .paid) { updated($1, .refused, .failed) },
    Wrong("stray of what is paid", from: .paid) {
      .strayPaid(
        StrayPaid(
          partner: p, payoutKey: PayoutKey($1, attempt: 1),
          result: AttemptResult(.paid, source: .query, paidMinorUnits: 1)))
    },
    Wrong("stray of what is open", from: .inDoubt) {
      .strayPaid(
        StrayPaid(
          partner: p, payoutKey: PayoutKey($1, attempt: 1),
          result: AttemptResult(.paid, source: .query, paidMinorUnits: 1)))
    },
    Wrong("stray twice", from: .failed) { ledger, id in
      try ledger.tell(id, .paid)
      return .strayPaid(
        StrayPaid(
          partner: p, payoutKey: PayoutKey(id, attempt: 1),
          result: AttemptResult(.paid, source: .query, paidMinorUnits: 1)))
    },
    Wrong("stray below zero", from: .failed) {
      .strayPaid(
        StrayPaid(
          partner: p, payoutKey: PayoutKey($1, attempt: 1),
          result: AttemptResult(.paid, source: .query, paidMinorUnits: -1)))
    },
    Wrong("stray with a fee below zero", from: .failed) {
      .strayPaid(
        StrayPaid(
          partner: p, payoutKey: PayoutKey($1, attempt: 1),
          result: AttemptResult(.paid, source: .query, paidMinorUnits: 1),
          booked: StrayFigures(paid: 1, channelFee: -1)))
    },
    Wrong("stray beyond numbers", from: .failed) {
      .strayPaid(
        StrayPaid(
          partner: p, payoutKey: PayoutKey($1, attempt: 1),
          result: AttemptResult(.paid, source: .query, paidMinorUnits: 1),
          booked: StrayFigures(paid: 1, channelFee: .max)))
    },
    Wrong("what did not stray comes back", from: .failed) { strayBack($1, 1) },
    Wrong("what was paid comes back as stray", from: .paid) { strayBack($1, payoutNet) },
    Wrong("more than strayed comes back", from: .failed) { ledger, id in
      try ledger.tell(id, .paid)
      return strayBack(id, payoutNet + 1)
    },
    Wrong("a stray payment comes back twice", from: .failed) { ledger, id in
      try ledger.tell(id, .paid)
      try ledger.giveBack(id)
      return strayBack(id, payoutNet)
    },
    Wrong("cancelled without being asked", from: .inDoubt) { updated($1, .refused, .cancelled) },
    Wrong("return of another amount than was paid", from: .paid) {
      returned($1, ReturnFigures(cameBack: payoutNet + 1, toAgent: payoutNet))
    },
    Wrong("return of more to the agent than was owed", from: .paid) {
      returned($1, ReturnFigures(cameBack: payoutNet, toAgent: payoutNet + 1))
    },
    Wrong("return of less than nothing to the agent", from: .paid) {
      returned($1, ReturnFigures(cameBack: payoutNet, toAgent: -1))
    },
    Wrong("a channel's fee for what did not leave", from: .inDoubt) { ledger, id in
      let proposal = try #require(try ledger.doubt(id, .failed).proposal)
      return .doubtResolved(
        DoubtResolved(
          key: ledger.staffKey("wrong", cai, "w"), partner: p, id: proposal.id, digest: proposal.digest, withdrawal: id,
          state: .failed, feeRefundMinorUnits: 0, deadline: Timestamp(microseconds: 0), channelFeeMinorUnits: 1))
    },
    Wrong("return of what is not paid", from: .inDoubt) { returned($1) },
    Wrong("return twice", from: .returned) { returned($1) },
    Wrong("return with more than the fee", from: .paid) { returned($1, refund: payoutFee + 1) },
    Wrong("arrival twice", from: .confirmed) {
      .payoutConfirmed(PayoutConfirmed(partner: p, payoutKey: PayoutKey($1, attempt: 1), channelReference: .none))
    },
    Wrong("held back under way", from: .processing) {
      .payoutHeldBack(PayoutHeldBack(partner: p, id: $1, reason: label("r"), checkers: 1, due: $0.now))
    },
    Wrong("held back for nobody", from: .approved) {
      .payoutHeldBack(PayoutHeldBack(partner: p, id: $1, reason: label("r"), checkers: 0, due: $0.now))
    },
    Wrong("held back while it is held", from: .approved) { ledger, id in
      try ledger.hold(id, true, by: cai)
      return .payoutHeldBack(PayoutHeldBack(partner: p, id: id, reason: label("r"), checkers: 1, due: ledger.now))
    },
    Wrong("rework of what is due", from: .approved) { try reworked($0, $1, .approved) },
    Wrong("rework to paid", from: .actionRequired) { try reworked($0, $1, .paid) },
    Wrong("rework with another fee", from: .actionRequired) { try reworked($0, $1, .approved, fee: payoutFee - 1) },
    Wrong("rework of what is held", from: .actionRequired) { ledger, id in
      try ledger.hold(id, true, by: cai)
      return try reworked(ledger, id, .approved)
    },
    Wrong("lapse before its time", from: .actionRequired) { .actionLapsed(ActionLapsed(partner: p, id: $1)) },
    Wrong("lapse of what is due", from: .approved) { .actionLapsed(ActionLapsed(partner: p, id: $1)) },
    Wrong("cancel at the channel of what is not there", from: .processing) {
      .cancelBegun(CancelBegun(key: $0.key("wrong", "p", "w"), partner: p, id: $1))
    },
    Wrong("cancel of what is under way", from: .awaitingPayee) {
      .withdrawalCancelled(WithdrawalCancelled(key: $0.key("wrong", "p", "w"), id: $1, partner: p))
    },
    Wrong("cancel of what is being cancelled", from: .cancelling) {
      .withdrawalCancelled(WithdrawalCancelled(key: $0.key("wrong", "p", "w"), id: $1, partner: p))
    },
    Wrong("funding beyond custody", from: .approved) { ledger, _ in
      .channelFunded(
        ChannelFunded(
          key: ledger.staffKey("wrong", eve, "w"), channel: label("alpha"), amount: fen(.max), reference: label("r")))
    },
    Wrong("funding by nobody", from: .approved) { ledger, _ in
      .channelFunded(
        ChannelFunded(
          key: ledger.staffKey("wrong", nil, "w"), channel: label("alpha"), amount: fen(1), reference: label("r")))
    },
    Wrong("confirmation by the proposer", from: .inDoubt) { ledger, id in
      let proposal = try #require(try ledger.doubt(id, .failed).proposal)
      return .doubtResolved(
        DoubtResolved(
          key: ledger.staffKey("wrong", eve, "w"), partner: p, id: proposal.id, digest: proposal.digest, withdrawal: id,
          state: .failed, feeRefundMinorUnits: 0, deadline: Timestamp(microseconds: 0)))
    },
    Wrong("confirmation with another end", from: .inDoubt) { ledger, id in
      let proposal = try #require(try ledger.doubt(id, .failed).proposal)
      return .doubtResolved(
        DoubtResolved(
          key: ledger.staffKey("wrong", cai, "w"), partner: p, id: proposal.id, digest: proposal.digest, withdrawal: id,
          state: .paid, feeRefundMinorUnits: 0, deadline: Timestamp(microseconds: 0)))
    },
    Wrong("confirmation of a doubt as of an adjustment", from: .inDoubt) { ledger, id in
      let proposal = try #require(try ledger.doubt(id, .failed).proposal)
      return .proposalConfirmed(
        ProposalConfirmed(key: ledger.staffKey("wrong", cai, "w"), partner: p, id: proposal.id, digest: proposal.digest)
      )
    },
    Wrong("verdict on another attempt", from: .inDoubt) { ledger, id in
      let proposal = try #require(try ledger.doubt(id, .failed).proposal)
      try ledger.tell(id, .tryAgain)
      try ledger.begin(id)
      try ledger.tell(id, .unknown)
      return .doubtResolved(
        DoubtResolved(
          key: ledger.staffKey("wrong", cai, "w"), partner: p, id: proposal.id, digest: proposal.digest, withdrawal: id,
          state: .failed, feeRefundMinorUnits: 0, deadline: Timestamp(microseconds: 0)))
    },
  ]

  /// From a disk, not from `decide`: an error, and nothing has changed.
  @Test(arguments: wrong) func aWrongRecordChangesNothing(_ wrong: Wrong) throws {
    let ledger = try Ledger.paying()
    try ledger.createAgent("c", partner: "q")
    let id = try ledger.payout(in: wrong.from)
    let record = try wrong.record(ledger, id)
    let hash = ledger.state.stateHash()
    let (sequence, time) = (ledger.state.lastSequence + 1, ledger.now)
    #expect(throws: CorruptRecord.self) { try ledger.state.evolve(record, sequence: sequence, time: time) }
    #expect(ledger.state.stateHash() == hash)
    try ledger.requireSound(wrong.testDescription)
    try ledger.requireWhole(wrong.testDescription)
  }
}
