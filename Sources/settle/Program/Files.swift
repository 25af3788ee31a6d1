import Glibc

/// Whole small files: read with a limit, or replaced in one step.
enum Files {
  /// Certificates, keys and rules are a few kilobytes; a device or a log given by mistake must not fill the memory.
  static let maximumBytes = 1 << 20

  static func exists(_ path: String) -> Bool {
    access(path, F_OK) == 0
  }

  static func read(_ path: String, maximumBytes: Int = Self.maximumBytes) throws(Failure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Failure(.unreadableInput, "cannot open \(path): \(systemErrorText())")
    }
    defer { close(descriptor) }
    return try read(descriptor, path, maximumBytes)
  }

  static func readStandardInput(maximumBytes: Int) throws(Failure) -> [UInt8] {
    try read(STDIN_FILENO, "standard input", maximumBytes)
  }

  private static func read(_ descriptor: Int32, _ path: String, _ maximumBytes: Int) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw Failure(.unreadableInput, "cannot read \(path): \(systemErrorText())")
      }
      bytes += chunk[..<count]
      guard bytes.count <= maximumBytes else {
        throw Failure(
          .unreadableInput, "\(path) is larger than \(maximumBytes) bytes: no certificate, key or rules document is")
      }
    }
  }

  enum Existing { case replace, refuse }

  /// Writes to a new file beside `path`, syncs it and renames it over: whoever reads sees the old bytes or the new ones.
  static func write(_ bytes: [UInt8], to path: String, mode: mode_t, existing: Existing) throws(Failure) {
    let temporary = "\(path).\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
    guard descriptor >= 0 else {
      throw Failure(.cannotCreate, "cannot create \(temporary): \(systemErrorText())")
    }
    // Nothing is left to remove once it was renamed.
    defer {
      close(descriptor)
      unlink(temporary)
    }
    try writeAll(bytes, descriptor, temporary)
    guard fsync(descriptor) == 0 else {
      throw Failure(.cannotCreate, "cannot sync \(temporary): \(systemErrorText())")
    }
    let placed =
      switch existing {
      case .replace: rename(temporary, path)
      // A link is refused when the name is taken, where a rename would replace it.
      case .refuse: link(temporary, path)
      }
    guard placed == 0 else {
      throw Failure(.cannotCreate, "cannot put \(path) in place: \(systemErrorText())")
    }
  }

  private static func writeAll(_ bytes: [UInt8], _ descriptor: Int32, _ path: String) throws(Failure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw Failure(.cannotCreate, "cannot write \(path): \(systemErrorText())")
      }
      rest = rest.dropFirst(count)
    }
  }

  /// The same path from the root on, whether it is there or not.
  static func absolute(_ path: String) throws(Failure) -> String {
    guard !path.hasPrefix("/") else { return path }
    guard let here = getcwd(nil, 0) else {
      throw Failure(.systemError, "the working directory is not known: \(systemErrorText())")
    }
    defer { free(here) }
    return "\(String(cString: here))/\(path)"
  }

  /// Makes a directory and what leads to it.
  static func makeDirectory(_ path: String, mode: mode_t) throws(Failure) {
    var partial = path.hasPrefix("/") ? "/" : ""
    for component in path.split(separator: "/") {
      partial += (partial.isEmpty || partial.hasSuffix("/") ? "" : "/") + component
      if mkdir(partial, mode) != 0 && errno != EEXIST {
        throw Failure(.cannotCreate, "cannot make directory \(partial): \(systemErrorText())")
      }
    }
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw Failure(.cannotCreate, "\(path) is not a directory")
    }
  }

  static func syncDirectory(_ path: String) throws(Failure) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(.cannotCreate, "cannot open directory \(path): \(systemErrorText())") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw Failure(.cannotCreate, "cannot sync directory \(path): \(systemErrorText())")
    }
  }
}
