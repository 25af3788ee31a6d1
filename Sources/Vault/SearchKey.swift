package import Digests

/// Finds private data without opening it: equal numbers have equal fingerprints under this key, and without the key nobody
/// can try numbers until one fits (there are only 10^8 phone numbers behind a prefix, and 10^9 cards behind a BIN).
///
/// It is independent of the master key and is never rotated: a new one would leave every fingerprint in the journal
/// behind. Who gets hold of it can test guesses, but opens nothing.
package struct SearchKey: Sendable, CustomStringConvertible, CustomReflectable {
  /// What a fingerprint is of. The same digits as a phone number and as an account have different fingerprints.
  package enum Purpose: UInt8, Sendable, CaseIterable {
    case payeeNumber = 1
    case holderName = 2
    case idNumber = 3
  }

  private let secret: SecretKey

  init(_ secret: SecretKey) { self.secret = secret }

  /// - Parameter normalized: as `NumberText`, `PersonName` or `WalletAccount` normalises it; else equal things differ.
  /// - Returns: the first 16 bytes of HMAC-SHA-256 over the purpose's number and the UTF-8 bytes.
  package func fingerprint(_ normalized: String, purpose: Purpose) -> Fingerprint128 {
    HMACSHA256.code(of: [purpose.rawValue] + normalized.utf8, key: secret).prefix
  }

  /// The key that signs quotes: made of this one, for its purpose alone. The name's first byte is no purpose's number, so
  /// that no fingerprint is ever a part of it.
  package var tokenKey: TokenKey { TokenKey(secret.derived(for: "settle token key 1")) }

  /// The key that encrypts the secrets of webhooks: made of this one, for its purpose alone.
  package var webhookKey: WebhookKey { WebhookKey(secret.derived(for: "settle webhook key 1")) }

  /// What the store's head keeps, so that another key, or one with a flipped digit, is noticed.
  var id: Fingerprint128 {
    secret.derived(for: "settle search key id 1").withUnsafeBytes { SHA256.hash($0) }.prefix
  }

  package var description: String { "<search key>" }

  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Signs what we hand out and take back (quotes): nobody else can make one or alter it.
package struct TokenKey: Sendable, CustomStringConvertible, CustomReflectable {
  private let secret: SecretKey

  package init(_ secret: SecretKey) { self.secret = secret }

  /// HMAC-SHA-256 of the message. Different kinds of messages must begin differently.
  package func sign(_ message: [UInt8]) -> Digest256 { HMACSHA256.code(of: message, key: secret) }

  /// Takes as long for a signature that is nearly right as for any other of its length.
  package func verify(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    sign(message).withUnsafeBytes { expected in
      signature.withUnsafeBytes { equalInConstantTime(expected, $0) }
    }
  }

  package var description: String { "<token key>" }

  package var customMirror: Mirror { Mirror(self, children: []) }
}
