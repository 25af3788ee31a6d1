package import Digests
package import Journal

/// Why private data could not be kept, shown or erased. None of these carries a secret: at most names of files, ids of keys
/// and fingerprints of master keys, from which nobody comes to the key.
package enum VaultError: Error, Hashable, Sendable {
  case disk(DiskFailure)
  case random(RandomFailure)
  case cipher(AESGCMFailure)
  /// A key file (the master key's or `search.key`) that must not be used as it is.
  case keyFile(path: String, KeyFileDefect)
  /// The key store's directory can be entered or changed by others.
  case directoryNotPrivate(path: String, owner: UInt32, mode: UInt32)
  /// Another process (its id, where it is known) works on the directory.
  case inUse(directory: String, process: Int32?)
  case otherStore(path: String, found: Fingerprint128, expected: Fingerprint128)
  case otherVersion(path: String, found: UInt32)
  /// Bytes that once were durable are not what they were. Nothing has been changed.
  case damaged(path: String, finding: String)
  case missing(path: String, finding: String)
  /// `search.key` is a sound key, but not the one that this store's fingerprints were made with.
  case otherSearchKey(path: String)
  /// The store needs this master key, and it is not among those given.
  case masterKeyMissing(directory: String, needed: MasterKeyID, given: [MasterKeyID])
  /// A new store needs one to begin with.
  case noMasterKey
  /// Rotation to this other key has begun and must be finished first.
  case rotationUnderWay(to: MasterKeyID)
  /// There is no such key (any more): whatever it sealed can never be read again.
  case erased(KeyID)
  case unreadable(SealedDefect)
  /// Longer than `Sealed.plaintextBytesMaximum`.
  case plaintextTooLong(bytes: Int)
  /// A part of the store has as many keys as it may.
  case full(path: String)
  /// An earlier failure (this one) left it open what is durable: nothing is written until the next start.
  case stopped(DiskFailure)
  /// Too many wait for the disk already.
  case overloaded
  case closed
  case noThread(String)
}

package enum KeyFileDefect: Hashable, Sendable {
  case missing
  case alreadyThere
  case notAFile
  case foreignOwner(UInt32)
  case openToOthers(mode: UInt32)
  /// Not 64 digits and a newline.
  case wrongLength(bytes: Int)
  case notHexadecimal
  case noNewline
  /// A placeholder that somebody forgot to replace.
  case allZeros
}

package enum SealedDefect: Hashable, Sendable {
  case tooShort(bytes: Int)
  case unknownVersion(UInt8)
  /// Altered, or sealed for another record.
  case notAuthentic
}

extension VaultError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .disk(let failure): "\(failure)"
    case .random(let failure): "\(failure)"
    case .cipher(let failure): "\(failure)"
    case .keyFile(let path, let defect): "the key file \(path) \(defect)"
    case .directoryNotPrivate(let path, let owner, let mode):
      "the key store's directory \(path) (owner \(owner), mode \(octal(mode))) must belong to the user of this process and "
        + "be closed to others: chown it, and chmod 700 \(path)"
    case .inUse(let directory, let process):
      "the key store \(directory) is in use by \(process.map { "process \($0)" } ?? "another process"); stop it, or use "
        + "another directory"
    case .otherStore(let path, let found, let expected):
      "\(path) belongs to key store \(found), not to \(expected); put the right file in its place"
    case .otherVersion(let path, let found):
      "\(path) has format version \(found), this program knows version \(formatVersion); use the program that wrote it"
    case .damaged(let path, let finding):
      "\(path) is damaged: \(finding); nothing was changed. Keep a copy of the directory and restore it from a backup"
    case .missing(let path, let finding):
      "\(path) is missing: \(finding); nothing was changed. Put it back from a backup"
    case .otherSearchKey(let path):
      "\(path) is not the search key of this key store; put the right one back from a backup"
    case .masterKeyMissing(let directory, let needed, let given):
      "the key store \(directory) needs the master key with the fingerprint \(needed); "
        + (given.isEmpty ? "none was given" : "given were \(given.map(\.description).joined(separator: ", "))")
        + ". While a rotation is under way, give the old key's file and the new one's"
    case .noMasterKey: "a new key store needs a master key; create one and name its file"
    case .rotationUnderWay(let key):
      "a rotation to the master key with the fingerprint \(key) is under way; finish it before the next one begins"
    case .erased(let id):
      "the key \(id) is not in the key store: what it sealed has been erased"
    case .unreadable(let defect): "the sealed record cannot be opened: \(defect)"
    case .plaintextTooLong(let bytes):
      "\(bytes) bytes are too long to be sealed; at most \(Sealed.plaintextBytesMaximum) are kept in one record"
    case .full(let path): "\(path) has as many keys as it may; erase records, or raise the limit in a new version"
    case .stopped(let failure):
      "the key store has stopped writing after a failure: \(failure). See to the disk and start again"
    case .overloaded: "too many records wait to be sealed; try again later"
    case .closed: "the key store has been closed"
    case .noThread(let finding): "the key store has no thread to work on: \(finding)"
    }
  }
}

extension KeyFileDefect: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing: "is missing: put it back from a backup; where nothing was sealed yet, create it"
    case .alreadyThere: "exists already; choose another name: a key is never overwritten"
    case .notAFile: "is not a plain file"
    case .foreignOwner(let owner): "belongs to user \(owner), not to the user of this process; chown it"
    case .openToOthers(let mode): "has mode \(octal(mode)); it must be 0600 or 0400: chmod 600"
    case .wrongLength(let bytes): "has \(bytes) bytes; it must have 64 hexadecimal digits and a newline"
    case .notHexadecimal: "must have nothing but 64 hexadecimal digits and a newline"
    case .noNewline: "must end with a newline behind its 64 hexadecimal digits"
    case .allZeros: "holds only zeros, which is no secret; create a key"
    }
  }
}

extension SealedDefect: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tooShort(let bytes): "\(bytes) bytes are too short for one; restore the record from a replica or backup"
    case .unknownVersion(let version): "it has format version \(version); use the program that wrote it"
    case .notAuthentic: "it was altered, or sealed for another record; restore the record from a replica or backup"
    }
  }
}

private func octal(_ mode: UInt32) -> String {
  let digits = String(mode, radix: 8)
  return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}
