import Digests
import Glibc

/// What two people have seen before they decide about a payout: a file of any kind, of which only the hash leaves this
/// machine.
enum Evidence {
  /// A statement or a scan; a device given by mistake must end.
  static let bytesMaximum = 1 << 30

  static func digest(ofFile path: String, bytesMaximum: Int = Self.bytesMaximum) throws(Failure) -> Digest256 {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(.unreadableInput, "cannot open \(path): \(systemErrorText())") }
    defer { close(descriptor) }
    var hash = SHA256()
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    var total = 0
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw Failure(.unreadableInput, "cannot read \(path): \(systemErrorText())")
      }
      if count == 0 { break }
      total += count
      guard total <= bytesMaximum else {
        throw Failure(.unreadableInput, "\(path) is larger than \(bytesMaximum) bytes: name the file of the evidence")
      }
      chunk.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
    guard total > 0 else { throw Failure(.unreadableInput, "\(path) is empty: name the file of the evidence") }
    return hash.finalize()
  }
}
