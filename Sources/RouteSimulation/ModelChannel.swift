package import LedgerCore
package import Routing

/// How a channel of the simulation really behaves. Routing sees its manifest and what comes back, never this.
package struct ModelChannel: Sendable, Hashable {
  package var manifest: ChannelManifest
  /// Until it answers a call, usually.
  package var answerMilliseconds: Int64
  /// Until the money is there, usually; some are half of it faster, one of 25 takes three times as long.
  package var arrivalMilliseconds: Int64
  /// Attempts that fail for technical reasons on a good day.
  package var failurePermille: Int64

  package init(
    manifest: ChannelManifest, answerMilliseconds: Int64, arrivalMilliseconds: Int64, failurePermille: Int64
  ) {
    self.manifest = manifest
    self.answerMilliseconds = answerMilliseconds
    self.arrivalMilliseconds = arrivalMilliseconds
    self.failurePermille = failurePermille
  }

  /// Four that a platform in China typically has: two wallets' transfers, an institution that pays to everything for more,
  /// a bank that takes a fixed fee. Round figures of public price lists, nobody's contract.
  package static let typical: [ModelChannel] = [
    // 0.1 %, at least 0.10 yuan; to its wallet and to cards, up to 50,000.
    ModelChannel(
      manifest: manifest(
        "alipay", [.alipay, .bankCard], maximum: 5_000_000, ChannelFee(perMillion: 1_000, minimum: 10), expected: 3_000),
      answerMilliseconds: 300, arrivalMilliseconds: 2_000, failurePermille: 3),
    // 0.1 %, at least 0.10 yuan; up to 20,000.
    ModelChannel(
      manifest: manifest(
        "wechat", [.weChat, .bankCard], maximum: 2_000_000, ChannelFee(perMillion: 1_000, minimum: 10), expected: 6_000),
      answerMilliseconds: 400, arrivalMilliseconds: 4_000, failurePermille: 5),
    // 0.15 % and 0.20 yuan; to cards and both wallets, up to 100,000.
    ModelChannel(
      manifest: manifest(
        "institution", [.bankCard, .alipay, .weChat], maximum: 10_000_000, ChannelFee(perMillion: 1_500, fixed: 20),
        expected: 20_000),
      answerMilliseconds: 600, arrivalMilliseconds: 12_000, failurePermille: 7),
    // 2 yuan whatever the amount; to cards only, up to 5,000,000.
    ModelChannel(
      manifest: manifest("bank", [.bankCard], maximum: 500_000_000, ChannelFee(fixed: 200), expected: 45_000),
      answerMilliseconds: 800, arrivalMilliseconds: 30_000, failurePermille: 4),
  ]

  private static func manifest(
    _ id: StaticString, _ rails: Set<Rail>, maximum: Int64, _ fee: ChannelFee, expected: UInt32
  ) -> ChannelManifest {
    ChannelManifest(
      // Names of this file, all of them labels.
      id: (try? Label("\(id)")) ?? .none, rails: rails, maximum: maximum, fee: fee,
      expectedArrivalMilliseconds: expected)
  }
}

/// Something that is wrong with a channel for a while.
package struct Disturbance: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    /// Every attempt fails, and the channel says so.
    case outage
    /// Attempts are taken and nothing is answered; what was taken is paid when it is over.
    case silence
    /// Money takes so many times as long.
    case slow(factor: Int64)
  }
  package var channel: Label
  package var kind: Kind
  /// Since the traffic's first payout.
  package var milliseconds: Range<Int64>

  package init(channel: Label, kind: Kind, milliseconds: Range<Int64>) {
    self.channel = channel
    self.kind = kind
    self.milliseconds = milliseconds
  }

  /// Whether the channel fails, rather than being worse than usual.
  package var isFailure: Bool {
    switch kind {
    case .outage, .silence: true
    case .slow: false
    }
  }

  /// One of each kind, one after the other, each at some channel by chance.
  package static func typical(
    seed: UInt64, among channels: [ModelChannel], span: Int64
  ) -> [Disturbance] {
    guard !channels.isEmpty else { return [] }
    var numbers = SeededNumbers(seed: seed, of: 2)
    func share(_ percent: Int64) -> Int64 { span / 100 * percent }
    var somebody: Label { channels[Int(numbers.pick(0...Int64(channels.count - 1)))].manifest.id }
    return [
      Disturbance(channel: somebody, kind: .outage, milliseconds: share(15)..<share(30)),
      Disturbance(channel: somebody, kind: .silence, milliseconds: share(45)..<share(55)),
      Disturbance(channel: somebody, kind: .slow(factor: 10), milliseconds: share(70)..<share(85)),
    ]
  }
}
