internal import Ledger
internal import LedgerCore
internal import RPC

/// Writes settlement.v1.BatchSubmitWithdrawalsResponse.
extension WireBuffer {
  private static let results: UInt8 = 1 << 3 | 2
  private static let resultWithdrawal: UInt8 = 1 << 3 | 2
  private static let resultError: UInt8 = 2 << 3 | 2
  /// Tags and lengths of the messages around a result.
  private static let wrapping = 2 * (1 + WireWriter.longestLength)

  /// Only partners submit batches. The ledger's answers in order, with `refusals` at their places between them.
  func writeBatch(_ answers: [Answer], _ receipts: [Receipt], _ refusals: [LedgerGateway.ItemRefusal]) {
    var refused = refusals.makeIterator()
    var nextRefusal = refused.next()
    var position = 0
    // Many items of a batch tend to fail for one reason.
    var recent = RecentStatus()
    for index in answers.indices {
      while let refusal = nextRefusal, refusal.index == position {
        writeError(StatusBytes.encode(refusal.status))
        nextRefusal = refused.next()
        position += 1
      }
      writeResult(answers[index], receipts[index], &recent)
      position += 1
    }
    while let refusal = nextRefusal {
      writeError(StatusBytes.encode(refusal.status))
      nextRefusal = refused.next()
    }
  }

  private func writeResult(_ answer: borrowing Answer, _ receipt: Receipt, _ recent: inout RecentStatus) {
    switch answer {
    case .withdrawal(let withdrawal):
      write(atMost: WireWriter.withdrawalBound(withdrawal) + Self.wrapping) { writer in
        writer.message(Self.results) { result in
          result.message(Self.resultWithdrawal) { $0.withdrawal(withdrawal, receipt, for: .partner) }
        }
      }
    case .refused(let refusal): writeError(recent.bytes(of: refusal))
    case .rejected(let rejection): writeError(recent.bytes(of: rejection))
    case .agent, .balance, .deposit, .withdrawals, .entries, .quote, .limits, .payee, .payees, .proposal, .proposals,
      .listEntry, .listEntries, .profile, .rules, .payouts, .payout, .channel, .channels, .payoutFigures, .sent,
      .appeal,
      .appeals, .done:
      writeError(StatusBytes.encode(.strangeAnswer))
    }
  }

  private func writeError(_ status: [UInt8]) {
    write(atMost: status.count + Self.wrapping) { writer in
      writer.message(Self.results) { result in
        result.byte(Self.resultError)
        result.varint(UInt64(status.count))
        status.withUnsafeBytes { result.raw($0) }
      }
    }
  }
}

/// The last encoded status, so that equal ones in a row are encoded once.
private struct RecentStatus {
  private enum Cause {
    case none
    case refusal(Refusal)
    case rejection(Rejection)
  }
  private var cause = Cause.none
  private var encoded: [UInt8] = []

  mutating func bytes(of refusal: Refusal) -> [UInt8] {
    if case .refusal(refusal) = cause { return encoded }
    cause = .refusal(refusal)
    encoded = StatusBytes.encode(RPCStatus(refusal))
    return encoded
  }

  mutating func bytes(of rejection: Rejection) -> [UInt8] {
    if case .rejection(rejection) = cause { return encoded }
    cause = .rejection(rejection)
    encoded = StatusBytes.encode(RPCStatus(rejection))
    return encoded
  }
}

/// google.rpc.Status {1: code, 2: message, 3: repeated google.protobuf.Any {1: type_url, 2: value}}.
enum StatusBytes {
  static func encode(_ status: RPCStatus) -> [UInt8] {
    let buffer = WireBuffer()
    let details = status.details.map { ($0, size: anySize($0)) }
    let bound = 2 + 11 + status.message.utf8.count + details.reduce(0) { $0 + $1.size + 11 }
    buffer.write(atMost: bound) { writer in
      writer.field(1 << 3, varint: UInt64(status.code.rawValue))
      text(2 << 3 | 2, status.message, &writer)
      for (detail, size) in details {
        writer.byte(3 << 3 | 2)
        writer.varint(UInt64(size))
        text(1 << 3 | 2, detail.typeURL, &writer)
        detail.value.withUnsafeBytes { writer.field(2 << 3 | 2, bytes: $0) }
      }
    }
    return buffer.withBytes { span in span.withUnsafeBytes { Array($0) } }
  }

  private static func anySize(_ detail: StatusDetail) -> Int {
    fieldSize(detail.typeURL.utf8.count) + fieldSize(detail.value.count)
  }

  private static func fieldSize(_ count: Int) -> Int {
    count == 0 ? 0 : 1 + WireWriter.varintBytes(UInt64(count)) + count
  }

  private static func text(_ tag: UInt8, _ text: String, _ writer: inout WireWriter) {
    var text = text
    text.withUTF8 { writer.field(tag, bytes: UnsafeRawBufferPointer($0)) }
  }
}
