/// Makes a file of zeros, every byte of it written and synced: from then on no write into it needs room, and none but the
/// written blocks need syncing. Its temporary name is enough: rotation renames it.
func prepareSpare(_ disk: any Disk, path: String, bytes: Int) throws(DiskFailure) -> SpareSegment {
  let file = try disk.open(path, .create)
  do throws(DiskFailure) {
    try disk.writeZeros(file, from: 0, to: bytes)
    return SpareSegment(file: file, bytes: bytes)
  } catch {
    disk.close(file)
    // It gives back the room that it took. Nothing depends on its success: the next start removes it too.
    do throws(DiskFailure) { try disk.remove(path) } catch {}
    throw error
  }
}
