internal import LedgerCore
internal import RPC
internal import Vault

extension RPCStatus {
  /// What callers are told when private data could not be kept or shown: nothing about keys and files, which is for the
  /// program's own log.
  init(_ error: VaultError) {
    switch error {
    case .erased: self.init(Refusal.payeeErased)
    case .overloaded:
      self.init(overloaded: "KEY_STORE_BUSY", "more private data waits to be sealed than the key store takes")
    case .closed: self = .stopping
    case .unreadable:
      self.init(
        .dataLoss, "the private data is not what was sealed here: tell the operators of this server",
        details: [Self.reason("PRIVATE_DATA_UNREADABLE")])
    case .plaintextTooLong: self = .strangeAnswer
    case .disk, .random, .cipher, .keyFile, .directoryNotPrivate, .inUse, .otherStore, .otherVersion, .damaged,
      .missing,
      .otherSearchKey, .masterKeyMissing, .noMasterKey, .rotationUnderWay, .full, .stopped, .noThread:
      self.init(
        .unavailable,
        "the key store of private data does not work at the moment: send the same request again later, and tell the operators if this goes on",
        details: [Self.reason("KEY_STORE_FAILED")])
    }
  }

  /// The authority or the bank could not be asked.
  static let verifierUnavailable = RPCStatus(
    .unavailable,
    "who verifies names and numbers could not be asked; nothing was done: send the same request again later",
    details: [
      reason("VERIFIER_UNAVAILABLE"),
      .localizedMessage(locale: agentLocale, "实名核验服务暂时不可用，请稍后重试。"),
      .retryInfo(afterNanoseconds: verifierRetryNanoseconds),
    ])

  /// Outside services that fail are seldom back within a second.
  private static let verifierRetryNanoseconds: Int64 = 5_000_000_000
}
