internal import Digests

// The fields that several kinds of records share.

extension ByteWriter {
  mutating func write(_ value: Bool) { write(UInt8(value ? 1 : 0)) }

  mutating func write(_ digest: Digest256) {
    digest.withUnsafeBytes { bytes in
      for index in 0..<4 {
        write(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)))
      }
    }
  }

  mutating func write(_ money: Money) {
    write(money.currency.code)
    write(money.minorUnits)
  }

  /// A label, or one byte 0 for none.
  mutating func writeOrNone(_ label: Label) {
    if label.count == 0 { write(UInt8(0)) } else { write(label) }
  }

  mutating func write(_ sealed: SealedData) {
    write(UInt16(truncatingIfNeeded: sealed.bytes.count))  // at most SealedData.maximumBytes
    for byte in sealed.bytes { write(byte) }
  }

  mutating func write(_ limits: LimitOverride) {
    write(limits.payoutMaximum)
    write(limits.dayAmount)
    write(limits.monthAmount)
    write(limits.dayCount)
  }

  mutating func write(_ screening: Screening) {
    write(screening.rulesVersion)
    write(screening.terms.speed.rawValue)
    write(screening.terms.feeMinorUnits)
    write(screening.terms.points)
    write(screening.terms.settlementDay)
    write(screening.terms.expectedArrival.microseconds)
    write(screening.limitDay.day)
    write(screening.limitDay.month)
    write(screening.checkers)
    write(screening.reviewDue.microseconds)
    write(screening.risk)
  }

  mutating func write(_ risk: RiskResult) {
    write(risk.verdict.rawValue)
    write(risk.score)
    write(risk.listAddressUntil.microseconds)
    write(risk.reasonCount)
    for index in 0..<Int(risk.reasonCount) {
      write(risk.reason(index).code.rawValue)
      write(risk.reason(index).points)
    }
  }

  mutating func write(_ action: RecordedAction) {
    write(action.kind.rawValue)
    switch action.kind {
    case .claim, .release: break
    case .approve: write(action.digest)
    case .reject, .requestInformation, .escalate: write(action.note)
    }
  }

  mutating func write(_ subject: ProposalSubject) {
    switch subject {
    case .revealPayee(let payee):
      write(ProposalTag.revealPayee)
      write(payee.rawValue)
    case .adjustment(let partner, let agent, let amount, let reason):
      write(ProposalTag.adjustment)
      write(partner)
      write(agent)
      write(amount)
      write(reason)
    case .resolveDoubt(let resolution):
      write(ProposalTag.resolveDoubt)
      write(resolution.id.rawValue)
      write(resolution.verdict.rawValue)
      write(resolution.paidMinorUnits)
      write(resolution.evidence)
    }
  }

  mutating func write(_ change: ListChange) {
    switch change {
    case .put(let until, let reason):
      write(until == nil ? ListChangeTag.putForGood : ListChangeTag.putUntil)
      if let until { write(until.microseconds) }
      write(reason)
    case .remove(let reason):
      write(ListChangeTag.remove)
      write(reason)
    }
  }
}

private enum ProposalTag {
  static let revealPayee: UInt8 = 1
  static let adjustment: UInt8 = 2
  static let resolveDoubt: UInt8 = 3
}

private enum ListChangeTag {
  static let putForGood: UInt8 = 1
  static let putUntil: UInt8 = 2
  static let remove: UInt8 = 3
}

extension ByteReader {
  mutating func readEnum<Value: RawRepresentable<UInt8>>(_: Value.Type) throws(CodecError) -> Value {
    let start = offset
    let raw = try read(UInt8.self)
    guard let value = Value(rawValue: raw) else { throw CodecError(.value(raw), at: start) }
    return value
  }

  mutating func readBool() throws(CodecError) -> Bool {
    let start = offset
    switch try read(UInt8.self) {
    case 0: return false
    case 1: return true
    case let other: throw CodecError(.value(other), at: start)
    }
  }

  mutating func readDigest() throws(CodecError) -> Digest256 {
    var words = InlineArray<4, UInt64>(repeating: 0)
    for index in 0..<4 { words[index] = try read(UInt64.self).littleEndian }
    var digest = Digest256()
    digest.withUnsafeMutableBytes { bytes in
      for index in 0..<4 { bytes.storeBytes(of: words[index], toByteOffset: 8 * index, as: UInt64.self) }
    }
    return digest
  }

  mutating func readMoney() throws(CodecError) -> Money {
    let currency = try readCurrency()
    return Money(minorUnits: try read(Int64.self), currency: currency)
  }

  mutating func readLabelOrNone() throws(CodecError) -> Label {
    guard peek() == 0 else { return try readLabel() }
    _ = try read(UInt8.self)
    return .none
  }

  mutating func readStateOrNone() throws(CodecError) -> WithdrawalState? {
    guard peek() == 0 else { return try readState() }
    _ = try read(UInt8.self)
    return nil
  }

  mutating func readElements() throws(CodecError) -> VerifiedElements {
    let start = offset
    let elements = VerifiedElements(rawValue: try read(UInt8.self))
    guard elements.isSubset(of: .all) else { throw CodecError(.value(elements.rawValue), at: start) }
    return elements
  }

  mutating func readSealed() throws(CodecError) -> SealedData {
    let start = offset
    let count = Int(try read(UInt16.self))
    guard count <= SealedData.maximumBytes else { throw CodecError(.tooLong(bytes: count), at: start) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for _ in 0..<count { bytes.append(try read(UInt8.self)) }
    guard let sealed = SealedData(bytes) else { throw CodecError(.tooLong(bytes: count), at: start) }
    return sealed
  }

  mutating func readLimitOverride() throws(CodecError) -> LimitOverride {
    LimitOverride(
      payoutMaximum: try read(Int64.self), dayAmount: try read(Int64.self), monthAmount: try read(Int64.self),
      dayCount: try read(Int64.self))
  }

  mutating func readScreening() throws(CodecError) -> Screening {
    let rulesVersion = try read(UInt32.self)
    let terms = Terms(
      speed: try readEnum(Speed.self), feeMinorUnits: try read(Int64.self), points: try read(Int64.self),
      settlementDay: try read(Int32.self), expectedArrival: Timestamp(microseconds: try read(Int64.self)))
    let day = LimitDay(day: try read(Int32.self), month: try read(Int32.self))
    let checkers = try read(UInt8.self)
    let due = Timestamp(microseconds: try read(Int64.self))
    return Screening(
      rulesVersion: rulesVersion, terms: terms, limitDay: day, risk: try readRisk(), checkers: checkers, reviewDue: due)
  }

  mutating func readRisk() throws(CodecError) -> RiskResult {
    let verdict = try readEnum(RiskVerdict.self)
    let score = try read(Int16.self)
    let until = Timestamp(microseconds: try read(Int64.self))
    let start = offset
    let count = try read(UInt8.self)
    guard count <= RiskResult.reasonsMaximum else { throw CodecError(.value(count), at: start) }
    var reasons: [RiskReason] = []
    for _ in 0..<count {
      reasons.append(RiskReason(code: try readEnum(RiskCode.self), points: try read(Int16.self)))
    }
    let risk = RiskResult(verdict: verdict, score: score, reasons: reasons, listAddressUntil: until)
    guard risk.reasons == reasons else { throw CodecError(.value(count), at: start) }
    return risk
  }

  mutating func readAction() throws(CodecError) -> RecordedAction {
    let kind = try readEnum(RecordedAction.Kind.self)
    return switch kind {
    case .claim, .release: RecordedAction(kind: kind)
    case .approve: RecordedAction(kind: kind, digest: try readDigest())
    case .reject, .requestInformation, .escalate: RecordedAction(kind: kind, note: try readLabel())
    }
  }

  mutating func readProposalSubject() throws(CodecError) -> ProposalSubject {
    let start = offset
    switch try read(UInt8.self) {
    case ProposalTag.revealPayee: return .revealPayee(PayeeID(rawValue: try read(UInt64.self)))
    case ProposalTag.adjustment:
      return .adjustment(
        partner: try readLabel(), agent: try readLabel(), amount: try readMoney(), reason: try readLabel())
    case ProposalTag.resolveDoubt:
      return .resolveDoubt(
        DoubtResolution(
          id: WithdrawalID(rawValue: try read(UInt64.self)), verdict: try readEnum(DoubtVerdict.self),
          paidMinorUnits: try read(Int64.self), evidence: try readLabel()))
    case let other: throw CodecError(.value(other), at: start)
    }
  }

  mutating func readListChange() throws(CodecError) -> ListChange {
    let start = offset
    switch try read(UInt8.self) {
    case ListChangeTag.putForGood: return .put(until: nil, reason: try readLabel())
    case ListChangeTag.putUntil:
      return .put(until: Timestamp(microseconds: try read(Int64.self)), reason: try readLabel())
    case ListChangeTag.remove: return .remove(reason: try readLabel())
    case let other: throw CodecError(.value(other), at: start)
    }
  }
}
