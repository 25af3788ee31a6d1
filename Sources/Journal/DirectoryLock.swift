internal import Synchronization

/// Held for as long as somebody works in the directory; given back when that ends, or with the process.
final class DirectoryLock: Sendable {
  private let disk: any Disk
  private let file: Mutex<OpenFile?>

  init(_ disk: any Disk, _ names: Names) throws(JournalError) {
    self.disk = disk
    do throws(DiskFailure) {
      file = Mutex(try disk.lock(names.lock))
    } catch {
      if case .heldByAnother(let process) = error.cause {
        throw .inUse(directory: names.directory, process: process)
      }
      throw .disk(error)
    }
  }

  deinit { release() }

  /// Gives the directory back before the end of this object. The first call does it.
  func release() {
    if let file = file.withLock({ $0.take() }) { disk.close(file) }
  }
}
