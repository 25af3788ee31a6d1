internal import Glibc

/// The operating system's files.
package struct FileDisk: Disk {
  package init() {}

  package func open(_ path: String, _ mode: OpenMode) throws(DiskFailure) -> OpenFile {
    let flags =
      switch mode {
      case .read: O_RDONLY
      case .readWrite: O_RDWR
      case .create: O_RDWR | O_CREAT | O_TRUNC
      case .directory: O_RDONLY | O_DIRECTORY
      }
    let descriptor = retrying { Glibc.open(path, flags | O_CLOEXEC, ownerOnly) }
    guard descriptor >= 0 else { throw failure(.open, path) }
    return OpenFile(descriptor: descriptor, path: path)
  }

  package func close(_ file: OpenFile) {
    // A failure of close says nothing that sync has not said, and the descriptor is gone either way.
    _ = Glibc.close(file.descriptor)
  }

  package func byteCount(_ file: OpenFile) throws(DiskFailure) -> Int {
    var status = stat()
    guard fstat(file.descriptor, &status) == 0 else { throw failure(.size, file.path) }
    return Int(status.st_size)
  }

  package func read(
    _ file: OpenFile, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(DiskFailure) -> Int {
    let count = pread(file.descriptor, buffer.baseAddress, buffer.count, off_t(offset))
    guard count >= 0 else { throw failure(.read, file.path) }
    return count
  }

  package func write(
    _ file: OpenFile, _ bytes: UnsafeRawBufferPointer, at offset: Int
  ) throws(DiskFailure) -> Int {
    let count = pwrite(file.descriptor, bytes.baseAddress, bytes.count, off_t(offset))
    guard count >= 0 else { throw failure(.write, file.path) }
    // POSIX leaves 0 open for a non-empty write; looping on it could loop for ever.
    guard count > 0 || bytes.isEmpty else {
      throw DiskFailure(operation: .write, path: file.path, cause: .system(errno: EIO))
    }
    return count
  }

  package func sync(_ file: OpenFile) throws(DiskFailure) {
    guard fdatasync(file.descriptor) == 0 else { throw failure(.sync, file.path) }
  }

  package func dropCache(_ file: OpenFile) {
    _ = posix_fadvise(file.descriptor, 0, 0, POSIX_FADV_DONTNEED)
  }

  package func syncDirectory(_ directory: OpenFile) throws(DiskFailure) {
    guard fsync(directory.descriptor) == 0 else { throw failure(.syncDirectory, directory.path) }
  }

  package func list(_ directory: String) throws(DiskFailure) -> [String] {
    guard let stream = opendir(directory) else { throw failure(.list, directory) }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw failure(.list, directory) }
        return names
      }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
  }

  package func makeDirectory(_ path: String) throws(DiskFailure) {
    guard mkdir(path, ownerOnlyDirectory) == 0 || errno == EEXIST else { throw failure(.makeDirectory, path) }
  }

  package func rename(_ path: String, to newPath: String) throws(DiskFailure) {
    guard Glibc.rename(path, newPath) == 0 else { throw failure(.rename, path) }
  }

  package func remove(_ path: String) throws(DiskFailure) {
    guard unlink(path) == 0 else { throw failure(.remove, path) }
  }

  package func lock(_ path: String) throws(DiskFailure) -> OpenFile {
    let descriptor = retrying { Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, ownerOnly) }
    guard descriptor >= 0 else { throw failure(.lock, path) }
    let file = OpenFile(descriptor: descriptor, path: path)
    guard retrying({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 else {
      let cause: DiskFailure.Cause =
        errno == EWOULDBLOCK ? .heldByAnother(process: holder(written: file)) : self.cause(errno)
      close(file)
      throw DiskFailure(operation: .lock, path: path, cause: cause)
    }
    // Who holds it, for the message of whoever comes second. The lock works without it.
    let line = "\(getpid())\n"
    _ = ftruncate(descriptor, 0)
    _ = line.withCString { pwrite(descriptor, $0, line.utf8.count, 0) }
    return file
  }

  private func holder(written file: OpenFile) -> Int32? {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = pread(file.descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    return Int32(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != 0 }, as: UTF8.self))
  }

  private func retrying(_ call: () -> Int32) -> Int32 {
    while true {
      let result = call()
      if result != -1 || errno != EINTR { return result }
    }
  }

  /// To be called at once after the failure, while `errno` still speaks of it.
  private func failure(_ operation: DiskFailure.Operation, _ path: String) -> DiskFailure {
    DiskFailure(operation: operation, path: path, cause: cause(errno))
  }

  private func cause(_ number: Int32) -> DiskFailure.Cause {
    switch number {
    case EINTR, EAGAIN: .interrupted
    case ENOSPC, EDQUOT: .noSpace
    case ENOENT: .notFound
    default: .system(errno: number)
    }
  }
}

/// The journal holds private data: nobody but the owner reads it.
private let ownerOnly: mode_t = 0o600
private let ownerOnlyDirectory: mode_t = 0o700

func errorText(_ number: Int32) -> String {
  var buffer = [CChar](repeating: 0, count: 256)
  guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
  return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
