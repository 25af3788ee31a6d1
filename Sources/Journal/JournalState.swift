extension Journal {
  /// What the owner and the writer share, under one lock that is held for a few instructions: whose turn each buffer is.
  struct State {
    enum Phase {
      case running
      /// Draining; the mark of a clean stop comes last.
      case stopping
      case stopped
      case poisoned(JournalError)

      var isRunning: Bool {
        switch self {
        case .running: true
        case .stopping, .stopped, .poisoned: false
        }
      }
    }

    enum Holder {
      case nobody, owner
    }

    enum WriterTask {
      case write(FrameBuffer, Placement, AfterWrite)
      /// Until the bell rings.
      case wait
      case end
    }

    enum AfterWrite {
      case goOn, end
    }

    var phase = Phase.running
    var spareFailure: DiskFailure?
    private var collecting = FrameBuffer()
    /// The other buffer; `nil` while it is being written.
    private var idle: FrameBuffer? = FrameBuffer()
    private var holder = Holder.nobody
    private var writerWaits = false
    private var nextSequence: UInt64
    private var lastTimeMicroseconds: Int64
    private var space: Space
    private var nextSpareNumber: UInt64 = 1
    private let frameBodyBytes: Int

    init(_ end: RecoveredEnd) {
      nextSequence = end.lastSequence + 1
      lastTimeMicroseconds = end.lastTimeMicroseconds
      space = Space(offset: end.offset, segmentBytes: end.segmentBytes)
      frameBodyBytes = end.options.frameBodyBytes
    }

    var hasEnded: Bool {
      switch phase {
      case .running, .stopping: false
      case .stopped, .poisoned: true
      }
    }

    var wantsSpare: Bool { phase.isRunning && space.spare == nil }

    var hasRoomForAnyFrame: Bool { space.bodyBytesMaximum >= frameBodyBytes }

    /// `nil` when no spare is wanted.
    mutating func takeSpareNumber() -> UInt64? {
      guard wantsSpare else { return nil }
      defer { nextSpareNumber += 1 }
      return nextSpareNumber
    }

    mutating func addSpare(_ spare: SpareSegment) {
      space.add(spare)
      spareFailure = nil
    }

    mutating func takeSpare() -> SpareSegment? { space.removeSpare() }

    var standing: Standing {
      switch phase {
      case .running: spareFailure.map { .shortOfSpace($0) } ?? .open
      case .stopping, .stopped: .stopped
      case .poisoned(let error): .poisoned(error)
      }
    }

    mutating func beginBatch(nowMicroseconds: Int64) -> Batch {
      // Two owners at once would write over each other's records: a mistake in this program, out of reach of its input.
      precondition(holder == .nobody, "withBatch was called from within a batch or from two threads at once")
      holder = .owner
      if collecting.isEmpty {
        lastTimeMicroseconds = max(nowMicroseconds, lastTimeMicroseconds)
        collecting.reset(firstSequence: nextSequence, timeMicroseconds: lastTimeMicroseconds)
      }
      let refusal: JournalError? =
        switch phase {
        case .running: nil
        case .stopping, .stopped: .stopped
        case .poisoned(let error): error
        }
      let room = min(frameBodyBytes, space.bodyBytesMaximum) - collecting.bodyBytes
      return Batch(
        frame: collecting, nextSequence: nextSequence, room: refusal == nil ? max(0, room) : 0,
        refusal: refusal ?? .noCredit)
    }

    /// Returns whether the writer waits for a ring.
    mutating func endBatch(nextSequence: UInt64) -> Bool {
      holder = .nobody
      self.nextSequence = nextSequence
      if collecting.isEmpty && phase.isRunning { return false }
      defer { writerWaits = false }
      return writerWaits
    }

    mutating func stop() {
      switch phase {
      case .running: phase = .stopping
      case .stopping, .stopped, .poisoned: break
      }
    }

    mutating func takeFrame() -> WriterTask {
      if hasEnded { return .end }
      guard holder == .nobody, let next = idle else {
        writerWaits = true
        return .wait
      }
      if collecting.isEmpty {
        switch phase {
        case .running:
          writerWaits = true
          return .wait
        case .stopping:
          idle = nil
          next.reset(firstSequence: nextSequence, timeMicroseconds: lastTimeMicroseconds)
          return .write(next, .here(offset: space.stopFrameOffset), .end)
        case .stopped, .poisoned:
          return .end
        }
      }
      let frame = collecting
      guard let placement = space.take(paddedBytes: frame.paddedBytes) else {
        // `Batch.credit` never grants more than one of the two places holds.
        preconditionFailure("a frame of \(frame.paddedBytes) bytes was collected without room for it")
      }
      collecting = next
      idle = nil
      next.reset(firstSequence: nextSequence, timeMicroseconds: lastTimeMicroseconds)
      return .write(frame, placement, .goOn)
    }

    mutating func finishWrite(_ frame: FrameBuffer, _ after: AfterWrite) {
      idle = frame
      switch after {
      case .goOn: break
      case .end: phase = .stopped
      }
    }
  }
}
