/// Collects the facts on which `TailDecision` decides.
struct TailInspection {
  let disk: any Disk
  let file: OpenFile
  let segment: FoundSegment
  let hasNext: Bool
  /// 0 without a snapshot.
  let snapshotSequence: UInt64

  /// A piece of this size is looked at at once.
  private static let pieceBytes = 1 << 20

  func facts(_ finding: FrameFinding, _ scanner: SegmentScanner) throws(JournalError) -> TailFacts {
    let search = try searchRest(from: scanner.offset, to: scanner.framesEnd, nextSequence: scanner.nextSequence)
    let isWhole = try opening { () throws(DiskFailure) in try disk.byteCount(file) } >= Int(segment.header.segmentBytes)
    let isFollowed = hasNext ? true : try hasTrailer()
    let mark: TailFacts.Mark =
      if isFollowed {
        .nextSegment
      } else if search.laterFrame {
        .laterFrame
      } else if scanner.nextSequence <= snapshotSequence {
        .snapshot
      } else {
        .none
      }
    return TailFacts(finding: finding, rest: !isWhole ? .cutShort : search.zeros ? .zeros : .remnants, mark: mark)
  }

  /// Looks at every block from the place where the chain stopped. A frame header behind it counts as a mark when it could
  /// only have been written after the frame that is missing: this ledger's, with a sequence that is due here or later. A
  /// recycled block has an earlier one.
  private func searchRest(
    from start: Int, to end: Int, nextSequence: UInt64
  ) throws(JournalError) -> (zeros: Bool, laterFrame: Bool) {
    let piece = AlignedBytes(count: Self.pieceBytes)
    var zeros = true
    var laterFrame = false
    var offset = start
    while offset < end {
      let wanted = UnsafeMutableRawBufferPointer(rebasing: piece.writable[..<min(piece.count, end - offset)])
      let count = try opening { () throws(DiskFailure) in try disk.readFully(file, into: wanted, at: offset) }
      let bytes = piece.readable.slice(0, count)
      if !bytes.isZero {
        zeros = false
        for position in stride(from: 0, through: count - blockBytes, by: blockBytes) where offset + position > start {
          if case .header(let header) = FrameHeader.examine(bytes.slice(position, blockBytes)),
            header.ledgerID == segment.header.ledgerID, header.firstSequence >= nextSequence
          {
            laterFrame = true
          }
        }
      }
      if count < wanted.count { break }
      offset += count
    }
    return (zeros, laterFrame)
  }

  private func hasTrailer() throws(JournalError) -> Bool {
    let block = AlignedBytes(count: SegmentLayout.trailerBytes)
    let offset = Int(segment.header.segmentBytes) - SegmentLayout.trailerBytes
    let count = try opening { () throws(DiskFailure) in try disk.readFully(file, into: block.writable, at: offset) }
    switch SegmentTrailer.examine(block.readable.slice(0, count)) {
    case .blank, .unreadable: return false
    case .otherVersion(let version): throw .otherVersion(path: segment.path, found: version)
    case .header(let trailer):
      return trailer.ledgerID == segment.header.ledgerID && trailer.ordinal == segment.header.ordinal
    }
  }
}
