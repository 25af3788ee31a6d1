internal import LedgerCore
internal import RPC

/// What of a submission is not what its quote was made for.
enum QuoteMismatch: Hashable, Sendable {
  /// The text is no quote of this ledger for this partner.
  case quote
  case agent(quoted: Label)
  case amount(quoted: Money)
  case payee(quoted: Label)
  case speed(quoted: Speed)
  case acceleration(quoted: Acceleration)
}

extension Promise {
  /// nil: the promise was made for this. A speed that is not asked for is the one of the promise.
  func mismatch(_ command: SubmitWithdrawal) -> QuoteMismatch? {
    if partner != command.partner { return .quote }
    if agent != command.agent { return .agent(quoted: agent) }
    if amount != command.amount { return .amount(quoted: amount) }
    if !payee.isNone, payee != command.payee { return .payee(quoted: payee) }
    if let asked = command.speed, asked != speed { return .speed(quoted: speed) }
    if acceleration != command.acceleration { return .acceleration(quoted: acceleration) }
    return nil
  }
}

extension RPCStatus {
  init(_ mismatch: QuoteMismatch) { self.init(RefusalWords(mismatch)) }
}

extension RefusalWords {
  init(_ mismatch: QuoteMismatch) {
    switch mismatch {
    case .quote:
      self.init(
        part: "quote", "the quote is none that this server gave you: pass it as it was given, or ask for a new one",
        "报价无效。请重新获取报价后再提交。")
    case .agent(let quoted): self.init(part: "agent", chinese: "代理", quoted: "\(quoted)")
    case .amount(let quoted):
      self.init(
        part: "amount", chinese: "金额", quoted: "\(DecimalAmount.text(quoted.minorUnits)) \(quoted.currency)")
    case .payee(let quoted): self.init(part: "payee", chinese: "收款账户", quoted: "\(quoted)")
    case .speed(let quoted): self.init(part: "speed", chinese: "到账方式", quoted: quoted.wireName)
    case .acceleration(let quoted):
      self.init(part: "acceleration", chinese: "加速方式", quoted: quoted.wireName)
    }
  }

  private init(part: String, chinese: String, quoted: String) {
    self.init(
      part: part,
      "the quote was made for the \(part) \(quoted): submit what was quoted, or ask for a new quote",
      "\(chinese)与报价不一致（报价为 \(quoted)）。请按报价内容提交，或重新获取报价。", quoted: quoted)
  }

  private init(part: String, _ english: String, _ chinese: String, quoted: String = "nothing") {
    self.init(
      reason: "QUOTE_MISMATCH", subject: part, english: english, chinese: chinese,
      figures: [("part", part), ("quoted", quoted)])
  }
}

extension Acceleration {
  /// The name of the wire enum without its prefix.
  var wireName: String {
    switch self {
    case .fee: "FEE"
    case .points: "POINTS"
    }
  }
}
