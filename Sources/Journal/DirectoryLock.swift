/// Held for as long as somebody works in the directory; given back with its last owner, or by the end of the process.
final class DirectoryLock: Sendable {
  private let disk: any Disk
  private let file: OpenFile

  init(_ disk: any Disk, _ names: Names) throws(JournalError) {
    self.disk = disk
    do throws(DiskFailure) {
      file = try disk.lock(names.lock)
    } catch {
      if case .heldByAnother(let process) = error.cause {
        throw .inUse(directory: names.directory, process: process)
      }
      throw .disk(error)
    }
  }

  deinit { disk.close(file) }
}
