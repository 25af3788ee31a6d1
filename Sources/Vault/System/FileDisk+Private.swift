internal import Glibc
package import Journal

extension FileDisk: PrivateDisk {
  package func createNew(_ path: String) throws(DiskFailure) -> OpenFile? {
    while true {
      let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, ownerOnly)
      if descriptor >= 0 { return OpenFile(descriptor: descriptor, path: path) }
      switch errno {
      case EINTR: continue
      case EEXIST: return nil
      case ENOENT: throw DiskFailure(operation: .open, path: path, cause: .notFound)
      case ENOSPC, EDQUOT: throw DiskFailure(operation: .open, path: path, cause: .noSpace)
      default: throw DiskFailure(operation: .open, path: path, cause: .system(errno: errno))
      }
    }
  }

  package func ownership(of file: OpenFile) throws(DiskFailure) -> Ownership {
    var status = stat()
    guard fstat(file.descriptor, &status) == 0 else {
      throw DiskFailure(operation: .size, path: file.path, cause: .system(errno: errno))
    }
    let kind: Ownership.Kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .directory
      default: .other
      }
    return Ownership(
      kind: kind, isOurs: status.st_uid == geteuid(), owner: status.st_uid, mode: status.st_mode & permissionBits)
  }
}

private let ownerOnly: mode_t = 0o600
private let permissionBits: mode_t = 0o7777
