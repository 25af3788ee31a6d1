import Digests
import LedgerCore
import Testing

@testable import Services

/// These values stand in journals for ever. A test that fails here says that every repeated request of the past would
/// be taken for another one: change the code back, never the values.
@Suite struct ContentFingerprintTests {
  private let agent = try? Label("a1")
  private let partner = try? Label("demo")
  private let payee = try? Label("银行卡-1")
  private let amount = Money(minorUnits: 5_000, currency: .cny)

  private func sha256(_ bytes: [UInt8]) -> String { String(SHA256.hash(bytes).hexadecimal.prefix(32)) }

  @Test func submit() throws {
    let fingerprint = ContentFingerprint.submitWithdrawal(
      agent: try #require(agent), amount: amount, payee: try #require(payee))
    // Version 1, method 1, agent = 2, amount = 3 {CNY, 5000}, payee = 4.
    let bytes: [UInt8] =
      [1, 1, 0x12, 2] + Array("a1".utf8) + [0x1a, 8, 0x0a, 3] + Array("CNY".utf8) + [0x10, 0x88, 0x27, 0x22, 11]
      + Array("银行卡-1".utf8)
    #expect(fingerprint.hexadecimal == sha256(bytes))
    #expect(fingerprint.hexadecimal == "357dff7165dfc068921b408ce7b90c8d")
  }

  /// A submission that asks for nothing more is what it was before there was more to ask for; whatever is asked for counts.
  @Test func everyFieldOfASubmissionCounts() throws {
    let plain = SubmitWithdrawal(
      key: RequestKey(namespace: .staff, id: try #require(agent), content: Fingerprint128()),
      partner: try #require(partner), agent: try #require(agent), amount: amount, payee: try #require(payee))
    func fingerprint(_ quote: String = "", _ change: (inout SubmitWithdrawal) -> Void = { _ in }) -> String {
      var command = plain
      change(&command)
      return Array(quote.utf8).withUnsafeBytes { ContentFingerprint.submitWithdrawal(command, quote: $0).hexadecimal }
    }
    let label = try #require(payee)
    #expect(fingerprint() == "357dff7165dfc068921b408ce7b90c8d")
    #expect(fingerprint { $0.origin = Origin(device: .none, address: .none) } == fingerprint())
    let all = [
      fingerprint(), fingerprint("q"), fingerprint { $0.speed = .express }, fingerprint { $0.speed = .sameDay },
      fingerprint { $0.acceleration = .points }, fingerprint { $0.origin = Origin(device: label, address: .none) },
      fingerprint { $0.origin = Origin(device: .none, address: label) },
    ]
    #expect(Set(all).count == all.count)
    let bytes: [UInt8] =
      [1, 1, 0x12, 2] + Array("a1".utf8) + [0x1a, 8, 0x0a, 3] + Array("CNY".utf8) + [0x10, 0x88, 0x27, 0x22, 11]
      + Array("银行卡-1".utf8) + [0x28, 1, 0x30, 1, 0x3a, 1, 0x71, 0x42, 2] + Array("a1".utf8) + [0x4a, 4]
      + Array("demo".utf8)
    let everything = fingerprint("q") {
      ($0.speed, $0.acceleration) = (.express, .points)
      $0.origin = Origin(device: $0.agent, address: $0.partner)
    }
    #expect(everything == sha256(bytes))
  }

  @Test func reviewsAreOfAPerson() throws {
    let id = WithdrawalID(epoch: 0, shard: 0, ordinal: 1)
    let (lin, wang) = (try Label("lin"), try Label("wang"))
    let digest = SHA256.hash([1])
    let approval = ContentFingerprint.review(.approveWithdrawal, by: lin, id: id, digest: digest)
    let bytes: [UInt8] = [1, 8, 0x0a, 3] + Array("lin".utf8) + [0x12, 17] + Array(id.description.utf8)
    #expect(approval.hexadecimal == sha256(bytes + [0x1a, 32] + digest.withUnsafeBytes { Array($0) }))
    let all = [
      approval, ContentFingerprint.review(.approveWithdrawal, by: wang, id: id, digest: digest),
      ContentFingerprint.review(.approveWithdrawal, by: lin, id: id, digest: SHA256.hash([2])),
      ContentFingerprint.review(.rejectWithdrawal, by: lin, id: id, word: wang),
      ContentFingerprint.review(.escalateReview, by: lin, id: id, word: wang),
      ContentFingerprint.review(.placeHold, by: lin, id: id, word: wang),
      ContentFingerprint.review(.liftHold, by: lin, id: id, word: wang),
      ContentFingerprint.review(.claimReview, by: lin, id: id),
      ContentFingerprint.review(.releaseReview, by: lin, id: id),
      ContentFingerprint.amendWithdrawal(id: id, payee: lin, etag: nil),
      ContentFingerprint.amendWithdrawal(id: id, payee: lin, etag: ETag(sequence: 1)),
    ]
    #expect(Set(all).count == all.count)
  }

  @Test func cancel() throws {
    let id = WithdrawalID(epoch: 0, shard: 0, ordinal: 1)
    let bytes: [UInt8] = [1, 2, 0x12, 17] + Array(id.description.utf8)
    #expect(ContentFingerprint.cancelWithdrawal(id: id, etag: nil).hexadecimal == sha256(bytes))
    #expect(ContentFingerprint.cancelWithdrawal(id: id, etag: nil).hexadecimal == "2dce485c5a758c5e42afa0ad000e79a4")
    let withETag = bytes + [0x1a, 16] + Array("000000000000001f".utf8)
    #expect(
      ContentFingerprint.cancelWithdrawal(id: id, etag: ETag(sequence: 0x1f)).hexadecimal == sha256(withETag))
  }

  @Test func channelsAndRetries() throws {
    let id = WithdrawalID(epoch: 0, shard: 0, ordinal: 1)
    let (channel, why) = (try Label("card-a"), try Label("why"))
    let name: [UInt8] = [0x12, 6] + Array("card-a".utf8)
    let retry: [UInt8] = [1, 26, 0x12, 17] + Array(id.description.utf8)
    #expect(ContentFingerprint.retryWithdrawal(id: id, etag: nil).hexadecimal == sha256(retry))
    #expect(
      ContentFingerprint.retryWithdrawal(id: id, etag: ETag(sequence: 0x1f)).hexadecimal
        == sha256(retry + [0x1a, 16] + Array("000000000000001f".utf8)))
    #expect(
      ContentFingerprint.setChannelState(channel, .draining, reason: why).hexadecimal
        == sha256([1, 27] + name + [0x18, 2, 0x22, 3] + Array("why".utf8)))
    #expect(
      ContentFingerprint.fundChannel(channel, amount, reference: why).hexadecimal
        == sha256(
          [1, 28] + name + [0x1a, 8, 0x0a, 3] + Array("CNY".utf8) + [0x10, 0x88, 0x27, 0x22, 3] + Array("why".utf8)))
    let long = try Label(String(repeating: "x", count: Label.maximumBytes))
    // The writer traps in debug builds where its room is too small.
    let widest = ContentFingerprint.fundChannel(long, Money(minorUnits: -1, currency: .cny), reference: long)
    #expect(widest != ContentFingerprint.setChannelState(long, .disabled, reason: long))
  }

  @Test func createAgent() throws {
    let fingerprint = ContentFingerprint.createAgent(partner: try #require(partner), agent: try #require(agent))
    #expect(fingerprint.hexadecimal == sha256([1, 3, 0x12, 4] + Array("demo".utf8) + [0x1a, 2] + Array("a1".utf8)))
    #expect(fingerprint.hexadecimal == "0101e1f7638f5e251ae7ffd48e0d29e8")
  }

  @Test func deposit() throws {
    let bytes: [UInt8] =
      [1, 4, 0x12, 4] + Array("demo".utf8) + [0x1a, 2] + Array("a1".utf8) + [0x22, 8, 0x0a, 3] + Array("CNY".utf8)
      + [0x10, 0x88, 0x27]
    let plain = ContentFingerprint.deposit(
      partner: try #require(partner), agent: try #require(agent), amount: amount, externalReference: nil)
    #expect(plain.hexadecimal == sha256(bytes))
    #expect(plain.hexadecimal == "d67ebf77b147f55de0d51d2ec5a2ddef")
    let referenced = ContentFingerprint.deposit(
      partner: try #require(partner), agent: try #require(agent), amount: amount, externalReference: payee)
    #expect(referenced.hexadecimal == sha256(bytes + [0x2a, 11] + Array("银行卡-1".utf8)))
  }

  @Test func theWidestRequestFits() throws {
    let long = try Label(String(repeating: "x", count: Label.maximumBytes))
    let money = Money(minorUnits: .max, currency: .cny)
    // The writer traps in debug builds where its room is too small.
    let one = ContentFingerprint.deposit(partner: long, agent: long, amount: money, externalReference: long)
    let other = ContentFingerprint.deposit(partner: long, agent: long, amount: money, externalReference: nil)
    #expect(one != other)
  }
}
