internal import Digests

/// Records as bytes. All numbers little endian; a label is its length (one byte, 1 to 64) and its bytes; a label that may
/// be absent is then one byte 0.
///
///     offset 0  version  u8   2
///     offset 1  kind     u8   of `Kind` below
///            2  partner  label, may be absent
///               key      namespace u8 (0 staff, 1 the partner above, 2 another partner: its label follows, 3 the house
///                        itself: no more of the key), request id label, content 16 bytes, certificate u64,
///                        role u8 (0: no person), then with a role the person's name label
///
/// Version 1, from before callers were recorded, has no certificate, role and name; its partner is never absent.
/// Then, by kind, the fields as each fact's `encode(into:)` writes them:
///
///      1 agentCreated         agent label (records of version 2: parent label, may be absent)
///      2 deposited            agent label, currency u32, amount i64, external reference label
///      3 (version 1 only)     id u64, agent label, payee label, currency u32, amount i64, fee i64, state u8,
///                             rules version u32: a submission from before there was any screening
///      4 withdrawalCancelled  id u64
///      5 (version 1 only)     method u8, refusal u8 and its figures: a refusal from before agents were named in it
///      6 withdrawalSubmitted  id u64, agent label, payee label, currency u32, amount i64, state u8, screening,
///                             device label and address label, may be absent
///      7 requestRefused       agent label, may be absent, method u8, refusal u8 and its figures
///      8 agentUpdated ... 34 doubtResolved, 38 strayReturned, 40 appealCreated, 41 appealActed
///     35 strayPaid, 36 payoutReturned and 37 doubtResolved with figures of their own: those of 28, 29 and 34 do without,
///                             as all did from before fees and awards were minded
///     39 as 26 attemptUpdated, then what the payee confirms with: its length u16, 1 to 512, and its bytes
///
/// Sequence and time of a record are the journal frame's. Numbers are never reused or given another meaning: a change of
/// layout is a new kind, and a change of this frame of fields a new version.
extension Record {
  private static let formatVersion: UInt8 = 2
  private static let firstFormatVersion: UInt8 = 1

  private enum Kind: UInt8 {
    case agentCreated = 1
    case deposited = 2
    case withdrawalUnscreened = 3
    case withdrawalCancelled = 4
    case requestRefusedUnnamed = 5
    case withdrawalSubmitted = 6
    case requestRefused = 7
    case agentUpdated = 8
    case agentVerified = 9
    case payeeCreated = 10
    case payeeVerified = 11
    case payeeErased = 12
    case reviewActed = 13
    case holdChanged = 14
    case withdrawalAmended = 15
    case reviewExpired = 16
    case outcomeReported = 17
    case proposed = 18
    case proposalConfirmed = 19
    case payeeRevealed = 20
    case listChanged = 21
    case rulesActivated = 22
    case channelStateSet = 23
    case channelFunded = 24
    case attemptBegun = 25
    case attemptUpdated = 26
    case payoutHeldBack = 27
    case strayPaid = 28
    case payoutReturned = 29
    case payoutConfirmed = 30
    case withdrawalReworked = 31
    case actionLapsed = 32
    case cancelBegun = 33
    case doubtResolved = 34
    case strayPaidWithFigures = 35
    case payoutReturnedWithFigures = 36
    case doubtResolvedWithFee = 37
    case strayReturned = 38
    case attemptConfirmable = 39
    case appealCreated = 40
    case appealActed = 41
  }

  private static let labelMaximumBytes = 1 + Label.maximumBytes
  private static let frameMaximumBytes =
    2 + labelMaximumBytes + (1 + 2 * labelMaximumBytes + Fingerprint128.byteCount) + (8 + 1 + labelMaximumBytes)
  private static let screeningMaximumBytes =
    4 + (1 + 8 + 8 + 4 + 8) + 8 + 1 + 8 + (1 + 2 + 8 + 1 + 3 * RiskResult.reasonsMaximum)
  /// Room for any record without sealed data: the largest is a withdrawalSubmitted; a label at a record's end is written
  /// as 64 bytes.
  package static let usualMaximumBytes =
    frameMaximumBytes + 8 + 4 * labelMaximumBytes + 4 + 8 + 1 + screeningMaximumBytes + Label.maximumBytes
  /// Room for any record with sealed data.
  package static let maximumBytes = usualMaximumBytes + 2 + SealedData.maximumBytes

  /// The most bytes that the record of a submission has, or of its refusal: what many of them fill, without the room that
  /// `encode` wants behind the last one.
  package static func submissionMaximumBytes(_ command: SubmitWithdrawal) -> Int {
    let names = command.key.id.count + command.partner.count + command.agent.count + command.payee.count
    let origin = command.origin.map { $0.device.count + $0.address.count } ?? 0
    let numbers = 2 + 7 + 1 + Fingerprint128.byteCount + 8 + 1 + 8 + 4 + 8 + 1 + screeningMaximumBytes
    // What a partner's own submission has not: another's namespace, and a person's name.
    let isOwn = command.key.namespace == .partner(command.partner)
    let caller = (isOwn ? 0 : labelMaximumBytes) + (command.key.caller.person == nil ? 0 : labelMaximumBytes)
    return numbers + names + origin + caller
  }

  /// Room that this one fits in.
  package var maximumBytes: Int {
    switch self {
    case .agentVerified, .payeeCreated: Self.maximumBytes
    case .attemptBegun: Self.usualMaximumBytes + AttemptBegun.extraBytes
    case .attemptUpdated(let fact) where fact.result.confirmation != nil:
      Self.usualMaximumBytes + AttemptUpdated.confirmationBytes
    case .agentCreated, .deposited, .withdrawalSubmitted, .withdrawalCancelled, .requestRefused, .agentUpdated,
      .payeeVerified, .payeeErased, .reviewActed, .holdChanged, .withdrawalAmended, .reviewExpired, .outcomeReported,
      .proposed, .proposalConfirmed, .payeeRevealed, .listChanged, .rulesActivated, .channelStateSet, .channelFunded,
      .attemptUpdated, .payoutHeldBack, .strayPaid, .payoutReturned, .payoutConfirmed, .withdrawalReworked,
      .actionLapsed, .cancelBegun, .doubtResolved, .strayReturned, .appealCreated, .appealActed:
      Self.usualMaximumBytes
    }
  }

  /// Returns the number of bytes written.
  /// - Parameter buffer: at least this record's `maximumBytes`.
  package func encode(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    // A caller's constant, not anybody's input.
    guard let base = buffer.baseAddress, buffer.count >= maximumBytes else {
      preconditionFailure("a record needs a buffer of its maximumBytes")
    }
    var out = ByteWriter(base, capacity: buffer.count)
    out.write(Self.formatVersion)
    switch self {
    case .agentCreated(let fact):
      out.write(Kind.agentCreated.rawValue)
      out.write(partner: fact.partner, key: fact.key)
      out.write(fact.agent)
      out.writeOrNone(fact.parent)
    case .deposited(let fact):
      out.write(Kind.deposited.rawValue)
      out.write(partner: fact.partner, key: fact.key)
      out.write(fact.agent)
      out.write(fact.amount)
      out.write(fact.externalReference)
    case .withdrawalSubmitted(let fact):
      out.write(Kind.withdrawalSubmitted.rawValue)
      out.write(partner: fact.partner, key: fact.key)
      out.write(fact.id.rawValue)
      out.write(fact.agent)
      out.write(fact.payee)
      out.write(fact.amount)
      out.write(fact.state.rawValue)
      out.write(fact.screening)
      out.writeOrNone(fact.origin?.device ?? .none)
      out.writeOrNone(fact.origin?.address ?? .none)
    case .withdrawalCancelled(let fact):
      out.write(Kind.withdrawalCancelled.rawValue)
      out.write(partner: fact.partner, key: fact.key)
      out.write(fact.id.rawValue)
    case .requestRefused(let fact):
      out.write(Kind.requestRefused.rawValue)
      out.write(partner: fact.partner, key: fact.key)
      out.writeOrNone(fact.agent)
      out.write(fact.method.rawValue)
      out.write(fact.refusal)
    case .agentUpdated(let fact):
      out.write(Kind.agentUpdated.rawValue)
      out.write(partner: fact.partner, key: fact.key)
      fact.encode(into: &out)
    case .agentVerified(let fact):
      out.write(Kind.agentVerified.rawValue)
      out.write(partner: fact.partner, key: fact.key)
      fact.encode(into: &out)
    case .payeeCreated(let fact):
      out.write(Kind.payeeCreated.rawValue)
      out.write(partner: fact.partner, key: fact.key)
      fact.encode(into: &out)
    case .payeeVerified(let fact):
      out.write(Kind.payeeVerified.rawValue)
      out.write(partner: fact.partner, key: fact.key)
      fact.encode(into: &out)
    case .payeeErased(let fact):
      out.write(Kind.payeeErased.rawValue)
      out.write(partner: fact.partner, key: fact.key)
      fact.encode(into: &out)
    case .reviewActed(let fact):
      out.write(Kind.reviewActed.rawValue)
      out.write(partner: fact.partner, key: fact.key)
      fact.encode(into: &out)
    case .holdChanged(let fact):
      out.write(Kind.holdChanged.rawValue)
      out.write(partner: fact.partner, key: fact.key)
      fact.encode(into: &out)
    case .withdrawalAmended(let fact):
      out.write(Kind.withdrawalAmended.rawValue)
      out.write(partner: fact.partner, key: fact.key)
      fact.encode(into: &out)
    case .reviewExpired(let fact):
      out.write(Kind.reviewExpired.rawValue)
      out.write(partner: fact.partner, key: nil)
      fact.encode(into: &out)
    case .outcomeReported(let fact):
      out.write(Kind.outcomeReported.rawValue)
      out.write(partner: fact.partner, key: fact.key)
      fact.encode(into: &out)
    case .proposed(let fact):
      out.write(Kind.proposed.rawValue)
      out.write(partner: fact.partner, key: fact.key)
      fact.encode(into: &out)
    case .proposalConfirmed(let fact):
      out.write(Kind.proposalConfirmed.rawValue)
      out.write(partner: fact.partner, key: fact.key)
      fact.encode(into: &out)
    case .payeeRevealed(let fact):
      out.write(Kind.payeeRevealed.rawValue)
      out.write(partner: fact.partner, key: fact.key)
      fact.encode(into: &out)
    case .listChanged(let fact):
      out.write(Kind.listChanged.rawValue)
      out.write(partner: fact.partner, key: fact.key)
      fact.encode(into: &out)
    case .rulesActivated(let fact):
      out.write(Kind.rulesActivated.rawValue)
      out.write(partner: .none, key: fact.key)
      fact.encode(into: &out)
    case .channelStateSet(let fact):
      out.write(Kind.channelStateSet.rawValue)
      out.write(partner: .none, key: fact.key)
      fact.encode(into: &out)
    case .channelFunded(let fact):
      out.write(Kind.channelFunded.rawValue)
      out.write(partner: .none, key: fact.key)
      fact.encode(into: &out)
    case .attemptBegun(let fact):
      out.write(Kind.attemptBegun.rawValue)
      out.write(partner: fact.partner, key: nil)
      fact.encode(into: &out)
    case .attemptUpdated(let fact):
      out.write((fact.result.confirmation == nil ? Kind.attemptUpdated : .attemptConfirmable).rawValue)
      out.write(partner: fact.partner, key: nil)
      fact.encode(into: &out)
    case .payoutHeldBack(let fact):
      out.write(Kind.payoutHeldBack.rawValue)
      out.write(partner: fact.partner, key: nil)
      fact.encode(into: &out)
    case .strayPaid(let fact):
      out.write((fact.booked == nil ? Kind.strayPaid : .strayPaidWithFigures).rawValue)
      out.write(partner: fact.partner, key: nil)
      fact.encode(into: &out)
    case .payoutReturned(let fact):
      out.write((fact.figures == nil ? Kind.payoutReturned : .payoutReturnedWithFigures).rawValue)
      out.write(partner: fact.partner, key: nil)
      fact.encode(into: &out)
    case .strayReturned(let fact):
      out.write(Kind.strayReturned.rawValue)
      out.write(partner: fact.partner, key: nil)
      fact.encode(into: &out)
    case .payoutConfirmed(let fact):
      out.write(Kind.payoutConfirmed.rawValue)
      out.write(partner: fact.partner, key: nil)
      fact.encode(into: &out)
    case .withdrawalReworked(let fact):
      out.write(Kind.withdrawalReworked.rawValue)
      out.write(partner: fact.partner, key: fact.key)
      fact.encode(into: &out)
    case .actionLapsed(let fact):
      out.write(Kind.actionLapsed.rawValue)
      out.write(partner: fact.partner, key: nil)
      fact.encode(into: &out)
    case .cancelBegun(let fact):
      out.write(Kind.cancelBegun.rawValue)
      out.write(partner: fact.partner, key: fact.key)
      fact.encode(into: &out)
    case .doubtResolved(let fact):
      out.write((fact.channelFeeMinorUnits == nil ? Kind.doubtResolved : .doubtResolvedWithFee).rawValue)
      out.write(partner: fact.partner, key: fact.key)
      fact.encode(into: &out)
    case .appealCreated(let fact):
      out.write(Kind.appealCreated.rawValue)
      out.write(partner: fact.partner, key: fact.key)
      fact.encode(into: &out)
    case .appealActed(let fact):
      out.write(Kind.appealActed.rawValue)
      out.write(partner: fact.partner, key: fact.key)
      fact.encode(into: &out)
    }
    return out.count
  }

  package static func decode(_ bytes: UnsafeRawBufferPointer) throws(CodecError) -> Record {
    var input = ByteReader(bytes)
    let version = try input.read(UInt8.self)
    guard (firstFormatVersion...formatVersion).contains(version) else {
      throw CodecError(.unknownVersion(version), at: 0)
    }
    let raw = try input.read(UInt8.self)
    guard let kind = Kind(rawValue: raw) else { throw CodecError(.unknownKind(raw), at: 1) }
    let partner = try version == firstFormatVersion ? input.readLabel() : input.readLabelOrNone()
    let start = input.offset
    let key = try input.readKey(partner: partner, hasCaller: version > firstFormatVersion)
    let record = try decode(kind, key, partner, version, &input, keyAt: start)
    guard input.remaining == 0 else { throw CodecError(.trailingBytes(input.remaining), at: input.offset) }
    return record
  }

  private static func decode(
    _ kind: Kind, _ key: RequestKey?, _ partner: Label, _ version: UInt8, _ input: inout ByteReader, keyAt start: Int
  ) throws(CodecError) -> Record {
    switch kind {
    case .reviewExpired: return .reviewExpired(try ReviewExpired(from: &input, partner: partner))
    case .rulesActivated: return .rulesActivated(try RulesActivated(from: &input, key: key))
    case .attemptBegun: return .attemptBegun(try AttemptBegun(from: &input, partner: partner))
    case .attemptUpdated, .attemptConfirmable:
      let hasConfirmation = kind == .attemptConfirmable
      return .attemptUpdated(try AttemptUpdated(from: &input, partner: partner, hasConfirmation: hasConfirmation))
    case .payoutHeldBack: return .payoutHeldBack(try PayoutHeldBack(from: &input, partner: partner))
    case .strayPaid, .strayPaidWithFigures:
      return .strayPaid(
        try StrayPaid(from: &input, partner: partner, hasFigures: kind == .strayPaidWithFigures))
    case .payoutReturned, .payoutReturnedWithFigures:
      return .payoutReturned(
        try PayoutReturned(from: &input, partner: partner, hasFigures: kind == .payoutReturnedWithFigures))
    case .strayReturned: return .strayReturned(try StrayReturned(from: &input, partner: partner))
    case .payoutConfirmed: return .payoutConfirmed(try PayoutConfirmed(from: &input, partner: partner))
    case .actionLapsed: return .actionLapsed(try ActionLapsed(from: &input, partner: partner))
    case .agentCreated, .deposited, .withdrawalUnscreened, .withdrawalCancelled, .requestRefusedUnnamed,
      .withdrawalSubmitted, .requestRefused, .agentUpdated, .agentVerified, .payeeCreated, .payeeVerified,
      .payeeErased, .reviewActed, .holdChanged, .withdrawalAmended, .outcomeReported, .proposed, .proposalConfirmed,
      .payeeRevealed, .listChanged, .channelStateSet, .channelFunded, .withdrawalReworked, .cancelBegun, .doubtResolved,
      .doubtResolvedWithFee, .appealCreated, .appealActed:
      break
    }
    guard let key else { throw CodecError(.namespace(NamespaceTag.house), at: start) }
    switch kind {
    case .agentCreated:
      let agent = try input.readLabel()
      let parent = try version == firstFormatVersion ? .none : input.readLabelOrNone()
      return .agentCreated(AgentCreated(key: key, partner: partner, agent: agent, parent: parent))
    case .deposited:
      return .deposited(
        Deposited(
          key: key, partner: partner, agent: try input.readLabel(), amount: try input.readMoney(),
          externalReference: try input.readLabel()))
    case .withdrawalUnscreened: return try decodeUnscreened(key, partner, &input)
    case .withdrawalSubmitted:
      return .withdrawalSubmitted(
        WithdrawalSubmitted(
          key: key, id: WithdrawalID(rawValue: try input.read(UInt64.self)), partner: partner,
          agent: try input.readLabel(), payee: try input.readLabel(), amount: try input.readMoney(),
          state: try input.readState(), screening: try input.readScreening(), origin: try input.readOrigin()))
    case .withdrawalCancelled:
      let id = WithdrawalID(rawValue: try input.read(UInt64.self))
      return .withdrawalCancelled(WithdrawalCancelled(key: key, id: id, partner: partner))
    case .requestRefusedUnnamed:
      return .requestRefused(
        RequestRefused(
          key: key, partner: partner, method: try input.readMethod(), refusal: try input.readRefusal()))
    case .requestRefused:
      return .requestRefused(
        RequestRefused(
          key: key, partner: partner, agent: try input.readLabelOrNone(), method: try input.readMethod(),
          refusal: try input.readRefusal()))
    case .agentUpdated: return .agentUpdated(try AgentUpdated(from: &input, key: key, partner: partner))
    case .agentVerified: return .agentVerified(try AgentVerified(from: &input, key: key, partner: partner))
    case .payeeCreated: return .payeeCreated(try PayeeCreated(from: &input, key: key, partner: partner))
    case .payeeVerified: return .payeeVerified(try PayeeVerified(from: &input, key: key, partner: partner))
    case .payeeErased: return .payeeErased(try PayeeErased(from: &input, key: key, partner: partner))
    case .reviewActed: return .reviewActed(try ReviewActed(from: &input, key: key, partner: partner))
    case .holdChanged: return .holdChanged(try HoldChanged(from: &input, key: key, partner: partner))
    case .withdrawalAmended: return .withdrawalAmended(try WithdrawalAmended(from: &input, key: key, partner: partner))
    case .outcomeReported: return .outcomeReported(try OutcomeReported(from: &input, key: key, partner: partner))
    case .proposed: return .proposed(try Proposed(from: &input, key: key, partner: partner))
    case .proposalConfirmed: return .proposalConfirmed(try ProposalConfirmed(from: &input, key: key, partner: partner))
    case .payeeRevealed: return .payeeRevealed(try PayeeRevealed(from: &input, key: key, partner: partner))
    case .listChanged: return .listChanged(try ListChanged(from: &input, key: key, partner: partner))
    case .channelStateSet: return .channelStateSet(try ChannelStateSet(from: &input, key: key))
    case .channelFunded: return .channelFunded(try ChannelFunded(from: &input, key: key))
    case .withdrawalReworked:
      return .withdrawalReworked(try WithdrawalReworked(from: &input, key: key, partner: partner))
    case .cancelBegun: return .cancelBegun(try CancelBegun(from: &input, key: key, partner: partner))
    case .appealCreated: return .appealCreated(try AppealCreated(from: &input, key: key, partner: partner))
    case .appealActed: return .appealActed(try AppealActed(from: &input, key: key, partner: partner))
    case .doubtResolved, .doubtResolvedWithFee:
      return .doubtResolved(
        try DoubtResolved(from: &input, key: key, partner: partner, hasFee: kind == .doubtResolvedWithFee))
    case .reviewExpired, .rulesActivated, .attemptBegun, .attemptUpdated, .attemptConfirmable, .payoutHeldBack,
      .strayPaid,
      .strayPaidWithFigures, .payoutReturned, .payoutReturnedWithFigures, .strayReturned, .payoutConfirmed,
      .actionLapsed:
      throw CodecError(.unknownKind(kind.rawValue), at: 1)  // decoded above
    }
  }

  private static func decodeUnscreened(
    _ key: RequestKey, _ partner: Label, _ input: inout ByteReader
  ) throws(CodecError) -> Record {
    let id = WithdrawalID(rawValue: try input.read(UInt64.self))
    let agent = try input.readLabel()
    let payee = try input.readLabel()
    let amount = try input.readMoney()
    let fee = try input.read(Int64.self)
    let state = try input.readState()
    let screening = Screening.none(rulesVersion: try input.read(UInt32.self), feeMinorUnits: fee)
    return .withdrawalSubmitted(
      WithdrawalSubmitted(
        key: key, id: id, partner: partner, agent: agent, payee: payee, amount: amount, state: state,
        screening: screening))
  }
}

private enum NamespaceTag {
  static let staff: UInt8 = 0
  static let samePartner: UInt8 = 1
  static let otherPartner: UInt8 = 2
  static let house: UInt8 = 3
}

private enum RefusalTag {
  static let insufficientFunds: UInt8 = 1
  static let notCancelable: UInt8 = 2
  static let amountOutOfBounds: UInt8 = 3
  static let externalReferenceUsed: UInt8 = 4
  static let agentFrozen: UInt8 = 5
  static let openViolations: UInt8 = 6
  static let agentNotVerified: UInt8 = 7
  static let payeeNotVerified: UInt8 = 8
  static let payeeOfOtherAgent: UInt8 = 9
  static let payeeErased: UInt8 = 10
  static let holderDiffers: UInt8 = 11
  static let limitExceeded: UInt8 = 12
  static let insufficientPoints: UInt8 = 13
  static let quoteExpired: UInt8 = 14
  static let unknownTier: UInt8 = 15
  static let speedUnavailable: UInt8 = 16
  static let pointsNotTaken: UInt8 = 17
  static let amountBelowFee: UInt8 = 18
  static let notInReview: UInt8 = 19
  static let onHold: UInt8 = 20
  static let digestOutdated: UInt8 = 21
  static let makerMayNotDecide: UInt8 = 22
  static let personDecidedAlready: UInt8 = 23
  static let reviewClaimed: UInt8 = 24
  static let noInformationRequested: UInt8 = 25
  static let holdUnchanged: UInt8 = 26
  static let proposalClosed: UInt8 = 27
  static let proposalExpired: UInt8 = 28
  static let proposalOfOthers: UInt8 = 29
  static let notActionRequired: UInt8 = 30
  static let payoutBlocked: UInt8 = 31
  static let attemptsUsedUp: UInt8 = 32
  static let channelFundsShort: UInt8 = 33
  static let notInDoubt: UInt8 = 34
  static let appealNotPossible: UInt8 = 35
  static let appealOpen: UInt8 = 36
  static let tooManyAppeals: UInt8 = 37
  static let disputedTooMuch: UInt8 = 38
  static let appealClosed: UInt8 = 39
  static let tooMuchEvidence: UInt8 = 40
  static let appealNotAssigned: UInt8 = 41
  static let moneyHasLeft: UInt8 = 42
  static let assigneeNotCaller: UInt8 = 43
}

extension ByteWriter {
  fileprivate mutating func write(partner: Label, key: RequestKey?) {
    writeOrNone(partner)
    guard let key else { return write(NamespaceTag.house) }
    switch key.namespace {
    case .staff: write(NamespaceTag.staff)
    case .partner(let other) where other == partner: write(NamespaceTag.samePartner)
    case .partner(let other):
      write(NamespaceTag.otherPartner)
      write(other)
    }
    write(key.id)
    write(key.content)
    write(key.caller.certificate)
    guard let person = key.caller.person else { return write(UInt8(0)) }
    write(person.role.rawValue)
    write(person.name)
  }

  /// In memory order, as the fingerprint itself stands.
  mutating func write(_ content: Fingerprint128) {
    write(UInt64(littleEndian: content.first))
    write(UInt64(littleEndian: content.second))
  }

  mutating func write(_ refusal: Refusal) {
    switch refusal {
    case .insufficientFunds(let available, let requested):
      write(RefusalTag.insufficientFunds)
      write(available)
      write(requested)
    case .notCancelable(let state):
      write(RefusalTag.notCancelable)
      write(state.rawValue)
    case .amountOutOfBounds(let minimum, let maximum, let requested):
      write(RefusalTag.amountOutOfBounds)
      write(minimum)
      write(maximum)
      write(requested)
    case .externalReferenceUsed: write(RefusalTag.externalReferenceUsed)
    case .agentFrozen: write(RefusalTag.agentFrozen)
    case .openViolations(let count):
      write(RefusalTag.openViolations)
      write(count)
    case .agentNotVerified(let missing):
      write(RefusalTag.agentNotVerified)
      write(missing.rawValue)
    case .payeeNotVerified: write(RefusalTag.payeeNotVerified)
    case .payeeOfOtherAgent: write(RefusalTag.payeeOfOtherAgent)
    case .payeeErased: write(RefusalTag.payeeErased)
    case .holderDiffers: write(RefusalTag.holderDiffers)
    case .limitExceeded(let value, let bound, let used, let requested):
      write(RefusalTag.limitExceeded)
      write(value.rawValue)
      write(bound)
      write(used)
      write(requested)
    case .insufficientPoints(let available, let requested):
      write(RefusalTag.insufficientPoints)
      write(available)
      write(requested)
    case .quoteExpired(let at):
      write(RefusalTag.quoteExpired)
      write(at.microseconds)
    case .unknownTier: write(RefusalTag.unknownTier)
    case .speedUnavailable(let value):
      write(RefusalTag.speedUnavailable)
      write(value.rawValue)
    case .pointsNotTaken(let value):
      write(RefusalTag.pointsNotTaken)
      write(value.rawValue)
    case .amountBelowFee(let fee, let requested):
      write(RefusalTag.amountBelowFee)
      write(fee)
      write(requested)
    case .notInReview(let state):
      write(RefusalTag.notInReview)
      write(state.rawValue)
    case .onHold: write(RefusalTag.onHold)
    case .digestOutdated: write(RefusalTag.digestOutdated)
    case .makerMayNotDecide: write(RefusalTag.makerMayNotDecide)
    case .personDecidedAlready: write(RefusalTag.personDecidedAlready)
    case .reviewClaimed(let until):
      write(RefusalTag.reviewClaimed)
      write(until.microseconds)
    case .noInformationRequested: write(RefusalTag.noInformationRequested)
    case .holdUnchanged(let isHeld):
      write(RefusalTag.holdUnchanged)
      write(isHeld)
    case .proposalClosed(let value):
      write(RefusalTag.proposalClosed)
      write(value.rawValue)
    case .proposalExpired(let at):
      write(RefusalTag.proposalExpired)
      write(at.microseconds)
    case .proposalOfOthers: write(RefusalTag.proposalOfOthers)
    case .notActionRequired(let state):
      write(RefusalTag.notActionRequired)
      write(state.rawValue)
    case .payoutBlocked: write(RefusalTag.payoutBlocked)
    case .attemptsUsedUp(let maximum):
      write(RefusalTag.attemptsUsedUp)
      write(maximum)
    case .channelFundsShort(let available, let requested):
      write(RefusalTag.channelFundsShort)
      write(available)
      write(requested)
    case .notInDoubt(let state):
      write(RefusalTag.notInDoubt)
      write(state.rawValue)
    case .appealNotPossible(let state):
      write(RefusalTag.appealNotPossible)
      write(state.rawValue)
    case .appealOpen: write(RefusalTag.appealOpen)
    case .tooManyAppeals(let maximum):
      write(RefusalTag.tooManyAppeals)
      write(maximum)
    case .disputedTooMuch(let maximum, let requested):
      write(RefusalTag.disputedTooMuch)
      write(maximum)
      write(requested)
    case .appealClosed(let state):
      write(RefusalTag.appealClosed)
      write(state.rawValue)
    case .tooMuchEvidence(let maximum):
      write(RefusalTag.tooMuchEvidence)
      write(maximum)
    case .appealNotAssigned: write(RefusalTag.appealNotAssigned)
    case .moneyHasLeft(let paid):
      write(RefusalTag.moneyHasLeft)
      write(paid)
    case .assigneeNotCaller: write(RefusalTag.assigneeNotCaller)
    }
  }
}

extension ByteReader {
  /// nil: the house itself.
  fileprivate mutating func readKey(partner: Label, hasCaller: Bool) throws(CodecError) -> RequestKey? {
    let start = offset
    let tag = try read(UInt8.self)
    let namespace: Namespace
    switch tag {
    case NamespaceTag.staff: namespace = .staff
    case NamespaceTag.samePartner where partner.count > 0: namespace = .partner(partner)
    case NamespaceTag.otherPartner: namespace = .partner(try readLabel())
    case NamespaceTag.house where hasCaller: return nil
    default: throw CodecError(.namespace(tag), at: start)
    }
    let id = try readLabel()
    let content = try readFingerprint()
    let caller = try hasCaller ? readCaller() : .unknown
    return RequestKey(namespace: namespace, id: id, content: content, caller: caller)
  }

  private mutating func readCaller() throws(CodecError) -> Caller {
    let certificate = try read(UInt64.self)
    guard peek() != 0 else {
      _ = try read(UInt8.self)
      return Caller(person: nil, certificate: certificate)
    }
    let role = try readEnum(StaffRole.self)
    return Caller(person: Person(name: try readLabel(), role: role), certificate: certificate)
  }

  fileprivate mutating func readOrigin() throws(CodecError) -> Origin? {
    let device = try readLabelOrNone()
    let address = try readLabelOrNone()
    return device.count == 0 && address.count == 0 ? nil : Origin(device: device, address: address)
  }

  fileprivate mutating func readMethod() throws(CodecError) -> RequestRefused.Method {
    let start = offset
    let raw = try read(UInt8.self)
    guard let method = RequestRefused.Method(rawValue: raw) else { throw CodecError(.method(raw), at: start) }
    return method
  }

  mutating func readFingerprint() throws(CodecError) -> Fingerprint128 {
    let first = try read(UInt64.self).littleEndian
    return Fingerprint128(first: first, second: try read(UInt64.self).littleEndian)
  }

  mutating func readRefusal() throws(CodecError) -> Refusal {
    let start = offset
    let tag = try read(UInt8.self)
    switch tag {
    case RefusalTag.insufficientFunds:
      return .insufficientFunds(
        available: try read(Int64.self), requested: try read(Int64.self))
    case RefusalTag.notCancelable: return .notCancelable(state: try readState())
    case RefusalTag.amountOutOfBounds:
      return .amountOutOfBounds(
        minimum: try read(Int64.self), maximum: try read(Int64.self), requested: try read(Int64.self))
    case RefusalTag.externalReferenceUsed: return .externalReferenceUsed
    case RefusalTag.agentFrozen: return .agentFrozen
    case RefusalTag.openViolations: return .openViolations(count: try read(UInt16.self))
    case RefusalTag.agentNotVerified: return .agentNotVerified(missing: try readElements())
    case RefusalTag.payeeNotVerified: return .payeeNotVerified
    case RefusalTag.payeeOfOtherAgent: return .payeeOfOtherAgent
    case RefusalTag.payeeErased: return .payeeErased
    case RefusalTag.holderDiffers: return .holderDiffers
    case RefusalTag.limitExceeded:
      return .limitExceeded(
        try readEnum(LimitKind.self), bound: try read(Int64.self), used: try read(Int64.self),
        requested: try read(Int64.self))
    case RefusalTag.insufficientPoints:
      return .insufficientPoints(
        available: try read(Int64.self), requested: try read(Int64.self))
    case RefusalTag.quoteExpired: return .quoteExpired(at: Timestamp(microseconds: try read(Int64.self)))
    case RefusalTag.unknownTier: return .unknownTier
    case RefusalTag.speedUnavailable: return .speedUnavailable(try readEnum(Speed.self))
    case RefusalTag.pointsNotTaken: return .pointsNotTaken(try readEnum(Speed.self))
    case RefusalTag.amountBelowFee: return .amountBelowFee(fee: try read(Int64.self), requested: try read(Int64.self))
    case RefusalTag.notInReview: return .notInReview(state: try readState())
    case RefusalTag.onHold: return .onHold
    case RefusalTag.digestOutdated: return .digestOutdated
    case RefusalTag.makerMayNotDecide: return .makerMayNotDecide
    case RefusalTag.personDecidedAlready: return .personDecidedAlready
    case RefusalTag.reviewClaimed: return .reviewClaimed(until: Timestamp(microseconds: try read(Int64.self)))
    case RefusalTag.noInformationRequested: return .noInformationRequested
    case RefusalTag.holdUnchanged: return .holdUnchanged(isHeld: try readBool())
    case RefusalTag.proposalClosed: return .proposalClosed(try readEnum(ProposalState.self))
    case RefusalTag.proposalExpired: return .proposalExpired(at: Timestamp(microseconds: try read(Int64.self)))
    case RefusalTag.proposalOfOthers: return .proposalOfOthers
    case RefusalTag.notActionRequired: return .notActionRequired(state: try readState())
    case RefusalTag.payoutBlocked: return .payoutBlocked
    case RefusalTag.attemptsUsedUp: return .attemptsUsedUp(maximum: try read(UInt8.self))
    case RefusalTag.channelFundsShort:
      return .channelFundsShort(available: try read(Int64.self), requested: try read(Int64.self))
    case RefusalTag.notInDoubt: return .notInDoubt(state: try readState())
    case RefusalTag.appealNotPossible: return .appealNotPossible(state: try readState())
    case RefusalTag.appealOpen: return .appealOpen
    case RefusalTag.tooManyAppeals: return .tooManyAppeals(maximum: try read(UInt16.self))
    case RefusalTag.disputedTooMuch:
      return .disputedTooMuch(maximum: try read(Int64.self), requested: try read(Int64.self))
    case RefusalTag.appealClosed: return .appealClosed(state: try readEnum(AppealState.self))
    case RefusalTag.tooMuchEvidence: return .tooMuchEvidence(maximum: try read(UInt16.self))
    case RefusalTag.appealNotAssigned: return .appealNotAssigned
    case RefusalTag.moneyHasLeft: return .moneyHasLeft(paid: try read(Int64.self))
    case RefusalTag.assigneeNotCaller: return .assigneeNotCaller
    default: throw CodecError(.refusal(tag), at: start)
    }
  }
}
