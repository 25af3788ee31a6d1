package import Digests

/// `key` is a member of staff's. A channel is known from its first such record on.
package struct ChannelStateSet: Sendable, Hashable {
  package var key: RequestKey
  package var channel: Label
  package var state: ChannelState
  package var reason: Label

  package init(key: RequestKey, channel: Label, state: ChannelState, reason: Label) {
    self.key = key
    self.channel = channel
    self.state = state
    self.reason = reason
  }

  func encode(into out: inout ByteWriter) {
    out.write(channel)
    out.write(state.rawValue)
    out.write(reason)
  }

  init(from input: inout ByteReader, key: RequestKey) throws(CodecError) {
    self.key = key
    channel = try input.readLabel()
    state = try input.readEnum(ChannelState.self)
    reason = try input.readLabel()
  }
}

/// Posted: Dr channel:float / Cr custody:bank, the other way round where the amount is negative.
package struct ChannelFunded: Sendable, Hashable {
  package var key: RequestKey
  package var channel: Label
  package var amount: Money
  package var reference: Label

  package init(key: RequestKey, channel: Label, amount: Money, reference: Label) {
    self.key = key
    self.channel = channel
    self.amount = amount
    self.reference = reference
  }

  func encode(into out: inout ByteWriter) {
    out.write(channel)
    out.write(amount)
    out.write(reference)
  }

  init(from input: inout ByteReader, key: RequestKey) throws(CodecError) {
    self.key = key
    channel = try input.readLabel()
    amount = try input.readMoney()
    reference = try input.readLabel()
  }
}

/// F1: pending Dr payout:clearing / Cr channel:float (net). F2: pending Dr expense:channel_fee / Cr channel:float (fee).
/// Enters PROCESSING. Once it is durable the request may be sent.
package struct AttemptBegun: Sendable, Hashable {
  package var partner: Label
  package var payoutKey: PayoutKey
  package var channel: Label
  /// Minor units.
  package var channelFeeMinorUnits: Int64
  package var request: StoredRequest
  package var candidates: [RouteCandidate]

  package init(
    partner: Label, payoutKey: PayoutKey, channel: Label, channelFeeMinorUnits: Int64, request: StoredRequest,
    candidates: [RouteCandidate]
  ) {
    self.partner = partner
    self.payoutKey = payoutKey
    self.channel = channel
    self.channelFeeMinorUnits = channelFeeMinorUnits
    self.request = request
    self.candidates = candidates
  }

  /// Room beyond that of any record.
  static let extraBytes =
    2 + StoredRequest.maximumBytes + RouteCandidate.countMaximum * (1 + Label.maximumBytes + 1 + 8 + 4 + 2 + 4)

  func encode(into out: inout ByteWriter) {
    out.write(payoutKey)
    out.write(channel)
    out.write(channelFeeMinorUnits)
    out.write(request)
    let shown = candidates.prefix(RouteCandidate.countMaximum)
    out.write(UInt8(truncatingIfNeeded: shown.count))  // at most countMaximum
    for candidate in shown { out.write(candidate) }
  }

  init(from input: inout ByteReader, partner: Label) throws(CodecError) {
    self.partner = partner
    payoutKey = try input.readPayoutKey()
    channel = try input.readLabel()
    channelFeeMinorUnits = try input.read(Int64.self)
    request = try input.readRequest()
    let start = input.offset
    let count = try input.read(UInt8.self)
    guard count <= RouteCandidate.countMaximum else { throw CodecError(.value(count), at: start) }
    candidates = []
    for _ in 0..<count { candidates.append(try input.readCandidate()) }
  }
}

/// What was found out about the open attempt. Paid: posts H1, H2, F1 and F2. Failed: voids F1 and F2, and with FAILED and
/// CANCELLED also H1 and H2.
package struct AttemptUpdated: Sendable, Hashable {
  package var partner: Label
  package var payoutKey: PayoutKey
  package var result: AttemptResult
  /// Entered by it; nil for none.
  package var state: WithdrawalState?
  /// Minor units of the fee given back because its promise was not kept: Dr income:withdrawal_fee / Cr available.
  package var feeRefundMinorUnits: Int64
  /// Of ACTION_REQUIRED: when it fails; else 1970.
  package var deadline: Timestamp

  package init(
    partner: Label, payoutKey: PayoutKey, result: AttemptResult, state: WithdrawalState?, feeRefundMinorUnits: Int64,
    deadline: Timestamp
  ) {
    self.partner = partner
    self.payoutKey = payoutKey
    self.result = result
    self.state = state
    self.feeRefundMinorUnits = feeRefundMinorUnits
    self.deadline = deadline
  }

  func encode(into out: inout ByteWriter) {
    out.write(payoutKey)
    out.write(result)
    out.write(state?.rawValue ?? 0)
    out.write(feeRefundMinorUnits)
    out.write(deadline.microseconds)
    if let confirmation = result.confirmation { out.write(confirmation) }
  }

  /// - Parameter hasConfirmation: the record's kind says that one stands at its end.
  init(from input: inout ByteReader, partner: Label, hasConfirmation: Bool) throws(CodecError) {
    self.partner = partner
    payoutKey = try input.readPayoutKey()
    result = try input.readResult()
    state = try input.readStateOrNone()
    feeRefundMinorUnits = try input.read(Int64.self)
    deadline = Timestamp(microseconds: try input.read(Int64.self))
    if hasConfirmation { result.confirmation = try input.readConfirmation() }
  }

  /// Room beyond that of any record, where it has a confirmation.
  static let confirmationBytes = 2 + PayeeConfirmation.maximumBytes
}

/// Something came up between approval and dispatch: people look at it again. No postings.
package struct PayoutHeldBack: Sendable, Hashable {
  package var partner: Label
  package var id: WithdrawalID
  /// What came up, for those who look.
  package var reason: Label
  package var checkers: UInt8
  package var due: Timestamp

  package init(partner: Label, id: WithdrawalID, reason: Label, checkers: UInt8, due: Timestamp) {
    self.partner = partner
    self.id = id
    self.reason = reason
    self.checkers = checkers
    self.due = due
  }

  func encode(into out: inout ByteWriter) {
    out.write(id.rawValue)
    out.write(reason)
    out.write(checkers)
    out.write(due.microseconds)
  }

  init(from input: inout ByteReader, partner: Label) throws(CodecError) {
    self.partner = partner
    id = WithdrawalID(rawValue: try input.read(UInt64.self))
    reason = try input.readLabel()
    checkers = try input.read(UInt8.self)
    due = Timestamp(microseconds: try input.read(Int64.self))
  }
}

/// What is booked of money that strayed, minor units: less than was told where no book can hold that.
package struct StrayFigures: Sendable, Hashable {
  package var paid: Int64
  package var channelFee: Int64

  package init(paid: Int64, channelFee: Int64) {
    self.paid = paid
    self.channelFee = channelFee
  }
}

/// Proof of success for an attempt that counts as failed: Dr suspense (what left), Dr expense:channel_fee / Cr
/// channel:float. The withdrawal stays what it is, and nothing more is paid for it before people have looked.
package struct StrayPaid: Sendable, Hashable {
  package var partner: Label
  package var payoutKey: PayoutKey
  package var result: AttemptResult
  /// nil, from before fees were booked with it: the amount that the result tells, and no fee.
  package var booked: StrayFigures?

  package init(partner: Label, payoutKey: PayoutKey, result: AttemptResult, booked: StrayFigures? = nil) {
    self.partner = partner
    self.payoutKey = payoutKey
    self.result = result
    self.booked = booked
  }

  func encode(into out: inout ByteWriter) {
    out.write(payoutKey)
    out.write(result)
    guard let booked else { return }
    out.write(booked.paid)
    out.write(booked.channelFee)
  }

  init(from input: inout ByteReader, partner: Label, hasFigures: Bool) throws(CodecError) {
    self.partner = partner
    payoutKey = try input.readPayoutKey()
    result = try input.readResult()
    guard hasFigures else { return }
    booked = StrayFigures(paid: try input.read(Int64.self), channelFee: try input.read(Int64.self))
  }
}

/// Money that had strayed came back: Dr channel:float / Cr suspense. The withdrawal stays what it is.
package struct StrayReturned: Sendable, Hashable {
  package var partner: Label
  package var payoutKey: PayoutKey
  package var channelReference: Label
  package var code: Label
  package var reason: PayoutReason
  /// What had strayed.
  package var minorUnits: Int64

  package init(
    partner: Label, payoutKey: PayoutKey, channelReference: Label, code: Label, reason: PayoutReason,
    minorUnits: Int64
  ) {
    self.partner = partner
    self.payoutKey = payoutKey
    self.channelReference = channelReference
    self.code = code
    self.reason = reason
    self.minorUnits = minorUnits
  }

  func encode(into out: inout ByteWriter) {
    out.write(payoutKey)
    out.writeOrNone(channelReference)
    out.writeOrNone(code)
    out.write(reason.rawValue)
    out.write(minorUnits)
  }

  init(from input: inout ByteReader, partner: Label) throws(CodecError) {
    self.partner = partner
    payoutKey = try input.readPayoutKey()
    channelReference = try input.readLabelOrNone()
    code = try input.readLabelOrNone()
    reason = try input.readEnum(PayoutReason.self)
    minorUnits = try input.read(Int64.self)
  }
}

/// Minor units of a return. Suspense bears the difference: what appeals gave out of it before, and what people accepted as
/// paid more or less than was owed.
package struct ReturnFigures: Sendable, Hashable {
  /// What the attempt had paid.
  package var cameBack: Int64
  /// What is still owed to the agent: the net amount less what was awarded.
  package var toAgent: Int64

  package init(cameBack: Int64, toAgent: Int64) {
    self.cameBack = cameBack
    self.toAgent = toAgent
  }
}

/// Money that had been paid came back: Dr channel:float (what came) / Cr available (what is owed), the difference against
/// suspense, and what of the fee is given back.
package struct PayoutReturned: Sendable, Hashable {
  package var partner: Label
  package var payoutKey: PayoutKey
  package var channelReference: Label
  package var code: Label
  package var reason: PayoutReason
  package var feeRefundMinorUnits: Int64
  /// nil: the net amount came back, and all of it is the agent's.
  package var figures: ReturnFigures?

  package init(
    partner: Label, payoutKey: PayoutKey, channelReference: Label, code: Label, reason: PayoutReason,
    feeRefundMinorUnits: Int64, figures: ReturnFigures? = nil
  ) {
    self.partner = partner
    self.payoutKey = payoutKey
    self.channelReference = channelReference
    self.code = code
    self.reason = reason
    self.feeRefundMinorUnits = feeRefundMinorUnits
    self.figures = figures
  }

  func encode(into out: inout ByteWriter) {
    out.write(payoutKey)
    out.writeOrNone(channelReference)
    out.writeOrNone(code)
    out.write(reason.rawValue)
    out.write(feeRefundMinorUnits)
    guard let figures else { return }
    out.write(figures.cameBack)
    out.write(figures.toAgent)
  }

  init(from input: inout ByteReader, partner: Label, hasFigures: Bool) throws(CodecError) {
    self.partner = partner
    payoutKey = try input.readPayoutKey()
    channelReference = try input.readLabelOrNone()
    code = try input.readLabelOrNone()
    reason = try input.readEnum(PayoutReason.self)
    feeRefundMinorUnits = try input.read(Int64.self)
    guard hasFigures else { return }
    figures = ReturnFigures(cameBack: try input.read(Int64.self), toAgent: try input.read(Int64.self))
  }
}

/// A statement shows the money in the payee's account. No postings.
package struct PayoutConfirmed: Sendable, Hashable {
  package var partner: Label
  package var payoutKey: PayoutKey
  package var channelReference: Label

  package init(partner: Label, payoutKey: PayoutKey, channelReference: Label) {
    self.partner = partner
    self.payoutKey = payoutKey
    self.channelReference = channelReference
  }

  func encode(into out: inout ByteWriter) {
    out.write(payoutKey)
    out.writeOrNone(channelReference)
  }

  init(from input: inout ByteReader, partner: Label) throws(CodecError) {
    self.partner = partner
    payoutKey = try input.readPayoutKey()
    channelReference = try input.readLabelOrNone()
  }
}

/// ACTION_REQUIRED goes on, with another payee or the same one, screened again. REJECTED voids H1 and H2.
package struct WithdrawalReworked: Sendable, Hashable {
  package var key: RequestKey
  package var partner: Label
  package var id: WithdrawalID
  package var payee: Label
  package var screening: Screening
  /// Entered by it: APPROVED, PENDING_REVIEW or REJECTED.
  package var state: WithdrawalState

  package init(
    key: RequestKey, partner: Label, id: WithdrawalID, payee: Label, screening: Screening, state: WithdrawalState
  ) {
    self.key = key
    self.partner = partner
    self.id = id
    self.payee = payee
    self.screening = screening
    self.state = state
  }

  func encode(into out: inout ByteWriter) {
    out.write(id.rawValue)
    out.write(payee)
    out.write(screening)
    out.write(state.rawValue)
  }

  init(from input: inout ByteReader, key: RequestKey, partner: Label) throws(CodecError) {
    self.key = key
    self.partner = partner
    id = WithdrawalID(rawValue: try input.read(UInt64.self))
    payee = try input.readLabel()
    screening = try input.readScreening()
    state = try input.readState()
  }
}

/// Nobody mended it in time: FAILED. Voids H1 and H2.
package struct ActionLapsed: Sendable, Hashable {
  package var partner: Label
  package var id: WithdrawalID

  package init(partner: Label, id: WithdrawalID) {
    self.partner = partner
    self.id = id
  }

  func encode(into out: inout ByteWriter) {
    out.write(id.rawValue)
  }

  init(from input: inout ByteReader, partner: Label) throws(CodecError) {
    self.partner = partner
    id = WithdrawalID(rawValue: try input.read(UInt64.self))
  }
}

/// Enters CANCELLING: the channel is asked to take a payment back that its payee has not confirmed. No postings.
package struct CancelBegun: Sendable, Hashable {
  package var key: RequestKey
  package var partner: Label
  package var id: WithdrawalID

  package init(key: RequestKey, partner: Label, id: WithdrawalID) {
    self.key = key
    self.partner = partner
    self.id = id
  }

  func encode(into out: inout ByteWriter) {
    out.write(id.rawValue)
  }

  init(from input: inout ByteReader, key: RequestKey, partner: Label) throws(CodecError) {
    self.key = key
    self.partner = partner
    id = WithdrawalID(rawValue: try input.read(UInt64.self))
  }
}

/// Another person agrees on what became of a payout. Paid: posts H and F, the difference against suspense. Not paid: voids F.
/// Failed: voids F and H. Strayed: the same, and Dr suspense, Dr expense:channel_fee / Cr channel:float. Where a cancel was
/// asked for, not paid and failed both void F and H.
package struct DoubtResolved: Sendable, Hashable {
  package var key: RequestKey
  package var partner: Label
  /// The proposal that it confirms.
  package var id: ProposalID
  /// Of what was confirmed.
  package var digest: Digest256
  package var withdrawal: WithdrawalID
  /// Entered by it; where the payout was closed already, the state that it stays in.
  package var state: WithdrawalState
  package var feeRefundMinorUnits: Int64
  /// Of ACTION_REQUIRED: when it fails; else 1970.
  package var deadline: Timestamp
  /// What the channel took for what left; nil for nothing.
  package var channelFeeMinorUnits: Int64?

  package init(
    key: RequestKey, partner: Label, id: ProposalID, digest: Digest256, withdrawal: WithdrawalID,
    state: WithdrawalState, feeRefundMinorUnits: Int64, deadline: Timestamp, channelFeeMinorUnits: Int64? = nil
  ) {
    self.key = key
    self.partner = partner
    self.id = id
    self.digest = digest
    self.withdrawal = withdrawal
    self.state = state
    self.feeRefundMinorUnits = feeRefundMinorUnits
    self.deadline = deadline
    self.channelFeeMinorUnits = channelFeeMinorUnits
  }

  func encode(into out: inout ByteWriter) {
    out.write(id.rawValue)
    out.write(digest)
    out.write(withdrawal.rawValue)
    out.write(state.rawValue)
    out.write(feeRefundMinorUnits)
    out.write(deadline.microseconds)
    if let channelFeeMinorUnits { out.write(channelFeeMinorUnits) }
  }

  init(from input: inout ByteReader, key: RequestKey, partner: Label, hasFee: Bool) throws(CodecError) {
    self.key = key
    self.partner = partner
    id = ProposalID(rawValue: try input.read(UInt64.self))
    digest = try input.readDigest()
    withdrawal = WithdrawalID(rawValue: try input.read(UInt64.self))
    state = try input.readState()
    feeRefundMinorUnits = try input.read(Int64.self)
    deadline = Timestamp(microseconds: try input.read(Int64.self))
    if hasFee { channelFeeMinorUnits = try input.read(Int64.self) }
  }
}

// Fields that several of them share.
extension ByteWriter {
  mutating func write(_ key: PayoutKey) {
    write(key.withdrawal.rawValue)
    write(key.attempt)
  }

  mutating func write(_ request: StoredRequest) {
    write(request.isSealed)
    write(UInt16(truncatingIfNeeded: request.bytes.count))  // at most StoredRequest.maximumBytes
    for byte in request.bytes { write(byte) }
  }

  mutating func write(_ confirmation: PayeeConfirmation) {
    write(UInt16(truncatingIfNeeded: confirmation.bytes.count))  // at most PayeeConfirmation.maximumBytes
    for byte in confirmation.bytes { write(byte) }
  }

  mutating func write(_ candidate: RouteCandidate) {
    write(candidate.channel)
    write(candidate.verdict.rawValue)
    write(candidate.feeMinorUnits)
    write(candidate.arrivalP95Milliseconds)
    write(candidate.successPermille)
    write(candidate.score)
  }

  /// But for its confirmation, which is the last field of the one record that may have it.
  mutating func write(_ result: AttemptResult) {
    write(result.state.rawValue)
    write(result.source.rawValue)
    write(result.reason.rawValue)
    writeOrNone(result.channelReference)
    writeOrNone(result.code)
    write(result.paidMinorUnits)
    write(result.channelFeeMinorUnits)
    write(result.confirmUntil.microseconds)
  }
}

extension ByteReader {
  mutating func readPayoutKey() throws(CodecError) -> PayoutKey {
    let id = WithdrawalID(rawValue: try read(UInt64.self))
    let start = offset
    let attempt = try read(UInt8.self)
    guard attempt > 0, attempt <= PayoutKey.attemptMaximum else { throw CodecError(.value(attempt), at: start) }
    return PayoutKey(id, attempt: attempt)
  }

  mutating func readRequest() throws(CodecError) -> StoredRequest {
    let start = offset
    let isSealed = try readBool()
    let count = Int(try read(UInt16.self))
    guard count <= StoredRequest.maximumBytes else { throw CodecError(.tooLong(bytes: count), at: start) }
    guard remaining >= count else { throw CodecError(.cutShort, at: offset) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for _ in 0..<count { bytes.append(try read(UInt8.self)) }
    guard let request = StoredRequest(bytes, isSealed: isSealed) else {
      throw CodecError(.tooLong(bytes: count), at: start)
    }
    return request
  }

  mutating func readConfirmation() throws(CodecError) -> PayeeConfirmation {
    let start = offset
    let count = Int(try read(UInt16.self))
    guard count <= PayeeConfirmation.maximumBytes else { throw CodecError(.tooLong(bytes: count), at: start) }
    guard remaining >= count else { throw CodecError(.cutShort, at: offset) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for _ in 0..<count { bytes.append(try read(UInt8.self)) }
    do throws(Label.Defect) { return try PayeeConfirmation(bytes) } catch {
      throw CodecError(.label(error), at: start)
    }
  }

  mutating func readCandidate() throws(CodecError) -> RouteCandidate {
    RouteCandidate(
      channel: try readLabel(), verdict: try readEnum(RouteCandidate.Verdict.self),
      feeMinorUnits: try read(Int64.self), arrivalP95Milliseconds: try read(UInt32.self),
      successPermille: try read(UInt16.self), score: try read(Int32.self))
  }

  mutating func readResult() throws(CodecError) -> AttemptResult {
    AttemptResult(
      try readEnum(AttemptState.self), source: try readEnum(ResultSource.self),
      reason: try readEnum(PayoutReason.self), channelReference: try readLabelOrNone(), code: try readLabelOrNone(),
      paidMinorUnits: try read(Int64.self), channelFeeMinorUnits: try read(Int64.self),
      confirmUntil: Timestamp(microseconds: try read(Int64.self)))
  }
}
