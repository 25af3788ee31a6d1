internal import Digests
internal import Glibc

/// Keys of channels, from files. What is secret must be its owner's alone, because everybody who reads it can pay.
enum KeyFiles {
  static func privateKey(_ path: String) throws(ChannelDefect) -> RSAPrivateKey {
    var pem = try secret(path)
    defer { wipe(&pem) }
    do throws(RSAFailure) {
      return try RSAPrivateKey(pem: pem)
    } catch {
      throw ChannelDefect("\(path): \(error)")
    }
  }

  static func publicKey(_ path: String) throws(ChannelDefect) -> RSAPublicKey {
    let pem = try read(path, isSecret: false)
    do throws(RSAFailure) {
      return try RSAPublicKey(pem: pem)
    } catch {
      throw ChannelDefect("\(path): \(error)")
    }
  }

  /// 32 bytes as they stand, with or without a newline behind.
  static func symmetricKey(_ path: String) throws(ChannelDefect) -> SecretKey {
    var bytes = try secret(path)
    defer { wipe(&bytes) }
    let count = bytes.last == UInt8(ascii: "\n") ? bytes.count - 1 : bytes.count
    let key = bytes.withUnsafeBytes { SecretKey(copying: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    guard let key else { throw ChannelDefect("\(path): the key has \(count) bytes instead of \(SecretKey.byteCount)") }
    return key
  }

  /// To be wiped by the caller.
  private static func secret(_ path: String) throws(ChannelDefect) -> [UInt8] { try read(path, isSecret: true) }

  private static func read(_ path: String, isSecret: Bool) throws(ChannelDefect) -> [UInt8] {
    // Without O_NONBLOCK a named pipe would stop the start for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw ChannelDefect("\(path): cannot be opened: \(reason(errno))") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw ChannelDefect("\(path): \(reason(errno))") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw ChannelDefect("\(path): is not a file") }
    if isSecret {
      guard status.st_uid == geteuid() else {
        throw ChannelDefect("\(path): belongs to user \(status.st_uid); a key has to belong to the user that serves")
      }
      let mode = status.st_mode & permissionBits
      guard mode == 0o600 || mode == 0o400 else {
        throw ChannelDefect(
          "\(path): others may read this key (mode 0\(String(mode, radix: 8))); run: chmod 600 \(path)")
      }
    }
    guard status.st_size > 0, status.st_size <= RSA.pemBytesMaximum else {
      throw ChannelDefect("\(path): has \(status.st_size) bytes; 1 to \(RSA.pemBytesMaximum) are taken")
    }
    return try contents(descriptor, path, byteCount: Int(status.st_size))
  }

  private static func contents(
    _ descriptor: Int32, _ path: String, byteCount: Int
  ) throws(ChannelDefect) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: byteCount)
    var count = 0
    while count < byteCount {
      let got = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).baseAddress, byteCount - count)
      }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else {
        wipe(&bytes)
        throw ChannelDefect("\(path): cannot be read to its end")
      }
      count += got
    }
    return bytes
  }

  private static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }

  private static let permissionBits: mode_t = 0o7777
}
