internal import Digests

/// Records as bytes. All numbers little endian; a label is its length (one byte, 1 to 64) and its bytes.
///
///     offset 0  version  u8   1
///     offset 1  kind     u8   1 agentCreated, 2 deposited, 3 withdrawalSubmitted, 4 withdrawalCancelled, 5 requestRefused
///            2  partner  label
///               key      namespace u8 (0 staff, 1 the partner above, 2 another partner: its label follows),
///                        request id label, content 16 bytes
///
///     then, by kind:
///     1 agentCreated         agent label
///     2 deposited            agent label, currency u32, amount i64, external reference label
///     3 withdrawalSubmitted  id u64, agent label, payee label, currency u32, amount i64, fee i64, state u8,
///                            rules version u32
///     4 withdrawalCancelled  id u64
///     5 requestRefused       method u8, refusal u8, then by refusal:
///                            1 insufficientFunds     available i64, requested i64
///                            2 notCancelable         state u8
///                            3 amountOutOfBounds     minimum i64, maximum i64, requested i64
///                            4 externalReferenceUsed nothing
///
/// Sequence and time of a record are the journal frame's. Numbers are never reused or given another meaning: a change of
/// layout is a new kind, and a change of this frame of fields a new version.
extension Record {
  private static let formatVersion: UInt8 = 1

  private enum Kind {
    static let agentCreated: UInt8 = 1
    static let deposited: UInt8 = 2
    static let withdrawalSubmitted: UInt8 = 3
    static let withdrawalCancelled: UInt8 = 4
    static let requestRefused: UInt8 = 5
  }

  private static let labelMaximumBytes = 1 + Label.maximumBytes
  private static let keyMaximumBytes = 1 + 2 * labelMaximumBytes + Fingerprint128.byteCount
  /// Room that any record fits in: the largest is a withdrawalSubmitted; a label at a record's end is written as 64 bytes.
  package static let maximumBytes =
    2 + labelMaximumBytes + keyMaximumBytes + 8 + 2 * labelMaximumBytes + 4 + 8 + 8 + 1 + 4 + Label.maximumBytes

  /// Returns the number of bytes written.
  /// - Parameter buffer: at least `maximumBytes`.
  package func encode(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    // A caller's constant, not anybody's input.
    guard let base = buffer.baseAddress, buffer.count >= Self.maximumBytes else {
      preconditionFailure("a record needs a buffer of Record.maximumBytes")
    }
    var out = ByteWriter(base, capacity: buffer.count)
    out.write(Self.formatVersion)
    switch self {
    case .agentCreated(let fact):
      out.write(Kind.agentCreated)
      out.write(partner: fact.partner, key: fact.key)
      out.write(fact.agent)
    case .deposited(let fact):
      out.write(Kind.deposited)
      out.write(partner: fact.partner, key: fact.key)
      out.write(fact.agent)
      out.write(fact.amount.currency.code)
      out.write(fact.amount.minorUnits)
      out.write(fact.externalReference)
    case .withdrawalSubmitted(let fact):
      out.write(Kind.withdrawalSubmitted)
      out.write(partner: fact.partner, key: fact.key)
      out.write(fact.id.rawValue)
      out.write(fact.agent)
      out.write(fact.payee)
      out.write(fact.amount.currency.code)
      out.write(fact.amount.minorUnits)
      out.write(fact.feeMinorUnits)
      out.write(fact.state.rawValue)
      out.write(fact.rulesVersion)
    case .withdrawalCancelled(let fact):
      out.write(Kind.withdrawalCancelled)
      out.write(partner: fact.partner, key: fact.key)
      out.write(fact.id.rawValue)
    case .requestRefused(let fact):
      out.write(Kind.requestRefused)
      out.write(partner: fact.partner, key: fact.key)
      out.write(fact.method.rawValue)
      out.write(fact.refusal)
    }
    return out.count
  }

  package static func decode(_ bytes: UnsafeRawBufferPointer) throws(CodecError) -> Record {
    var input = ByteReader(bytes)
    let version = try input.read(UInt8.self)
    guard version == formatVersion else { throw CodecError(.unknownVersion(version), at: 0) }
    let kind = try input.read(UInt8.self)
    guard (Kind.agentCreated...Kind.requestRefused).contains(kind) else {
      throw CodecError(.unknownKind(kind), at: 1)
    }
    let partner = try input.readLabel()
    let key = try input.readKey(partner: partner)
    let record: Record
    switch kind {
    case Kind.agentCreated:
      record = .agentCreated(AgentCreated(key: key, partner: partner, agent: try input.readLabel()))
    case Kind.deposited:
      let agent = try input.readLabel()
      let currency = try input.readCurrency()
      let amount = Money(minorUnits: try input.read(Int64.self), currency: currency)
      record = .deposited(
        Deposited(
          key: key, partner: partner, agent: agent, amount: amount, externalReference: try input.readLabel()))
    case Kind.withdrawalSubmitted:
      let id = WithdrawalID(rawValue: try input.read(UInt64.self))
      let agent = try input.readLabel()
      let payee = try input.readLabel()
      let currency = try input.readCurrency()
      let amount = Money(minorUnits: try input.read(Int64.self), currency: currency)
      let fee = try input.read(Int64.self)
      let state = try input.readState()
      record = .withdrawalSubmitted(
        WithdrawalSubmitted(
          key: key, id: id, partner: partner, agent: agent, payee: payee, amount: amount, feeMinorUnits: fee,
          state: state, rulesVersion: try input.read(UInt32.self)))
    case Kind.withdrawalCancelled:
      let id = WithdrawalID(rawValue: try input.read(UInt64.self))
      record = .withdrawalCancelled(WithdrawalCancelled(key: key, id: id, partner: partner))
    case Kind.requestRefused:
      let start = input.offset
      let raw = try input.read(UInt8.self)
      guard let method = RequestRefused.Method(rawValue: raw) else { throw CodecError(.method(raw), at: start) }
      record = .requestRefused(
        RequestRefused(key: key, partner: partner, method: method, refusal: try input.readRefusal()))
    default: throw CodecError(.unknownKind(kind), at: 1)
    }
    guard input.remaining == 0 else { throw CodecError(.trailingBytes(input.remaining), at: input.offset) }
    return record
  }
}

private enum NamespaceTag {
  static let staff: UInt8 = 0
  static let samePartner: UInt8 = 1
  static let otherPartner: UInt8 = 2
}

private enum RefusalTag {
  static let insufficientFunds: UInt8 = 1
  static let notCancelable: UInt8 = 2
  static let amountOutOfBounds: UInt8 = 3
  static let externalReferenceUsed: UInt8 = 4
}

extension ByteWriter {
  fileprivate mutating func write(partner: Label, key: RequestKey) {
    write(partner)
    switch key.namespace {
    case .staff: write(NamespaceTag.staff)
    case .partner(let other) where other == partner: write(NamespaceTag.samePartner)
    case .partner(let other):
      write(NamespaceTag.otherPartner)
      write(other)
    }
    write(key.id)
    write(key.content)
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
    }
  }
}

extension ByteReader {
  fileprivate mutating func readKey(partner: Label) throws(CodecError) -> RequestKey {
    let start = offset
    let tag = try read(UInt8.self)
    let namespace: Namespace
    switch tag {
    case NamespaceTag.staff: namespace = .staff
    case NamespaceTag.samePartner: namespace = .partner(partner)
    case NamespaceTag.otherPartner: namespace = .partner(try readLabel())
    default: throw CodecError(.namespace(tag), at: start)
    }
    return RequestKey(namespace: namespace, id: try readLabel(), content: try readFingerprint())
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
      return .insufficientFunds(available: try read(Int64.self), requested: try read(Int64.self))
    case RefusalTag.notCancelable: return .notCancelable(state: try readState())
    case RefusalTag.amountOutOfBounds:
      return .amountOutOfBounds(
        minimum: try read(Int64.self), maximum: try read(Int64.self), requested: try read(Int64.self))
    case RefusalTag.externalReferenceUsed: return .externalReferenceUsed
    default: throw CodecError(.refusal(tag), at: start)
    }
  }
}
