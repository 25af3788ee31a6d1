import LedgerCore
import RPC
import SettlementProto
import SwiftProtobuf
import Testing

@testable import Services

/// Our reader accepts what SwiftProtobuf accepts and sees the same values, byte soup included.
@Suite struct WireReaderTests {
  /// The texts of a message, nil where it is not accepted.
  private func ours(submit bytes: [UInt8]) -> [String]? {
    bytes.withUnsafeBytes { raw in
      guard let message = try? SubmitWithdrawalMessage(WireReader(raw)) else { return nil }
      return texts(message)
    }
  }

  private func texts(_ message: SubmitWithdrawalMessage) -> [String]? {
    let found = strings([
      message.requestID, message.agent, message.currency, message.payee, message.quote, message.device,
      message.address,
    ])
    return found.map { $0 + ["\(message.minorUnits)", "\(message.speed)", "\(message.acceleration)"] }
  }

  /// A text that is not UTF-8 is refused where it is used, which is always.
  private func strings(_ texts: [WireText]) -> [String]? {
    let valid = texts.compactMap { String(validating: $0, as: UTF8.self) }
    return valid.count == texts.count ? valid : nil
  }

  private func theirs(submit bytes: [UInt8]) -> [String]? {
    (try? Settlement_V1_SubmitWithdrawalRequest(serializedBytes: bytes)).map(texts)
  }

  private func texts(_ message: Settlement_V1_SubmitWithdrawalRequest) -> [String] {
    [
      message.requestID, message.agent, message.amount.currencyCode, message.payee, message.quote, message.device,
      message.address, "\(message.amount.minorUnits)", "\(message.speed.rawValue)",
      "\(message.acceleration.rawValue)",
    ]
  }

  private func ours(batch bytes: [UInt8]) -> [[String]]? {
    bytes.withUnsafeBytes { raw in
      var batch = BatchSubmitWithdrawalsMessage(WireReader(raw))
      var items: [[String]] = []
      do {
        while let item = try batch.nextItem() {
          guard let texts = texts(item) else { return nil }
          items.append(texts)
        }
      } catch { return nil }
      return items
    }
  }

  private func theirs(batch bytes: [UInt8]) -> [[String]]? {
    (try? Settlement_V1_BatchSubmitWithdrawalsRequest(serializedBytes: bytes)).map { $0.items.map(texts) }
  }

  private func expectEqual(submit bytes: [UInt8]) {
    #expect(ours(submit: bytes) == theirs(submit: bytes), "\(bytes)")
  }

  @Test func validMessages() throws {
    var random = SeededRandom("valid messages")
    for _ in 0..<2_000 { expectEqual(submit: try random.submit().serializedBytes()) }
  }

  @Test func mutatedMessages() throws {
    var random = SeededRandom("mutated messages")
    var refused = 0
    for _ in 0..<4_000 {
      let bytes = random.mutated(try random.submit().serializedBytes())
      expectEqual(submit: bytes)
      if ours(submit: bytes) == nil { refused += 1 }
    }
    #expect(refused > 250 && refused < 3_750)
  }

  @Test func byteSoup() {
    var random = SeededRandom("byte soup")
    for _ in 0..<10_000 { expectEqual(submit: random.bytes(Int.random(in: 0...24, using: &random))) }
  }

  @Test func everyTruncation() throws {
    var random = SeededRandom("truncations")
    for _ in 0..<50 {
      let bytes: [UInt8] = try random.submit().serializedBytes()
      for count in 0..<bytes.count { expectEqual(submit: Array(bytes[..<count])) }
    }
  }

  @Test func laterFieldsWinAndAmountsMerge() throws {
    var random = SeededRandom("merging")
    for _ in 0..<2_000 {
      let first: [UInt8] = try random.submit().serializedBytes()
      let second: [UInt8] = try random.submit().serializedBytes()
      expectEqual(submit: first + second)
      expectEqual(submit: random.mutated(first + second))
    }
  }

  @Test func batches() throws {
    var random = SeededRandom("batches")
    for round in 0..<3_000 {
      var batch = Settlement_V1_BatchSubmitWithdrawalsRequest()
      batch.items = (0..<Int.random(in: 0...4, using: &random)).map { _ in random.submit() }
      var bytes: [UInt8] = try batch.serializedBytes()
      if round.isMultiple(of: 2) { bytes = random.mutated(bytes) }
      #expect(ours(batch: bytes) == theirs(batch: bytes), "\(bytes)")
    }
  }

  @Test func getAndCancel() throws {
    var random = SeededRandom("get and cancel")
    for _ in 0..<4_000 {
      var get = Settlement_V1_GetWithdrawalRequest()
      get.id = random.text(upTo: 20)
      get.requestID = random.text(upTo: 20)
      let getBytes = random.mutated(try get.serializedBytes())
      let gotten = try? Settlement_V1_GetWithdrawalRequest(serializedBytes: getBytes)
      let oursGet = getBytes.withUnsafeBytes { raw in
        (try? GetWithdrawalMessage(WireReader(raw))).flatMap { strings([$0.id, $0.requestID]) }
      }
      #expect(oursGet == gotten.map { [$0.id, $0.requestID] }, "\(getBytes)")

      var cancel = Settlement_V1_CancelWithdrawalRequest()
      cancel.requestID = random.text(upTo: 20)
      cancel.id = random.text(upTo: 20)
      cancel.etag = random.text(upTo: 20)
      let cancelBytes = random.mutated(try cancel.serializedBytes())
      let cancelled = try? Settlement_V1_CancelWithdrawalRequest(serializedBytes: cancelBytes)
      let oursCancel = cancelBytes.withUnsafeBytes { raw in
        (try? CancelWithdrawalMessage(WireReader(raw))).flatMap { strings([$0.requestID, $0.id, $0.etag]) }
      }
      #expect(oursCancel == cancelled.map { [$0.requestID, $0.id, $0.etag] }, "\(cancelBytes)")
    }
  }

  /// What fuzzing rarely meets.
  @Test(
    arguments: [
      [0x0b, 0x0c],  // an empty group in place of a string
      [0x0b, 0x14],  // ended by another group's end
      [0x0c],  // a group's end alone
      [0x0b],  // a group without end
      [0x7b, 0x73, 0x74, 0x7c],  // a group in a group
      [0x80, 0x01],  // field number 16, no value
      [0x82, 0x01, 0x00],  // field number 16, an empty string
      [0x00],  // field number 0
      [0x07], [0x06], [0x0e],  // wire types that do not exist
      [0x8a, 0x00, 0x01, 0x61],  // a tag in two bytes where one would do
      [0x8a, 0x80, 0x80, 0x80, 0x00, 0x01, 0x61],  // in five
      [0x8a, 0x80, 0x80, 0x80, 0x80, 0x00, 0x01, 0x61],  // in six: too many
      [0xfa, 0xff, 0xff, 0xff, 0x0f, 0x00],  // the largest field number
      [0xfa, 0xff, 0xff, 0xff, 0x1f, 0x00],  // one bit more
      [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],  // a length of 2^64 - 1
      [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],  // of 2^63 - 1
      [0x0a, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00, 0x61],  // of 1, in ten bytes
      [0x1a, 0x0b, 0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],  // bits beyond the 64th
      [0x1a, 0x0c, 0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],  // eleven bytes
      [0x08, 0x01],  // a number in place of a string: skipped
      [0x0d, 1, 2, 3, 4], [0x0d, 1, 2, 3],  // fixed32, whole and cut
      [0x09, 1, 2, 3, 4, 5, 6, 7, 8], [0x09, 1],  // fixed64
      [0x0a, 0x01, 0xff],  // not UTF-8
      [0x0a, 0x01, 0xff, 0x0a, 0x01, 0x61],  // not UTF-8, then replaced by what is
      [0x3a, 0x01, 0xff],  // not UTF-8 in a quote
      [0x62, 0x01, 0xff],  // not UTF-8 in an unknown field
      [0x28, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],  // a speed of -1
      [0x28, 0x81, 0x80, 0x80, 0x80, 0x10],  // a speed of 2^32 + 1
      [0x2a, 0x02, 0x01, 0x02],  // speeds as a list
    ] as [[UInt8]])
  func corners(_ bytes: [UInt8]) {
    expectEqual(submit: bytes)
    // The same inside of an amount, and as an item.
    expectEqual(submit: [0x1a, UInt8(bytes.count)] + bytes)
    let item = [0x0a, UInt8(bytes.count)] + bytes
    #expect(ours(batch: item) == theirs(batch: item))
  }

  @Test(arguments: [97, 98, 99, 100, 101]) func nestedGroups(_ depth: Int) {
    let bytes = [UInt8](repeating: 0x7b, count: depth) + [UInt8](repeating: 0x7c, count: depth)
    expectEqual(submit: bytes)
    // Lengths of 194 to 202 take two bytes.
    let length = [UInt8(bytes.count & 0x7f) | 0x80, UInt8(bytes.count >> 7)]
    expectEqual(submit: [0x1a] + length + bytes)
    #expect(ours(batch: [0x0a] + length + bytes) == theirs(batch: [0x0a] + length + bytes))
  }
}
