import Journal

struct CauseError: Error {
  var cause: DiskFailure.Cause
  init(_ cause: DiskFailure.Cause) { self.cause = cause }
}

extension Result where Failure == CauseError {
  static func failure(_ cause: DiskFailure.Cause) -> Self { .failure(CauseError(cause)) }
}

struct FaultPlan {
  var remaining: Int
  var fault: SimulatedDisk.Fault
  var lasting: SimulatedDisk.Lasting
  var kinds: Set<DiskFailure.Operation>?
}

/// The generator SplitMix64: small, and the same everywhere.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

extension SimulatedDisk {
  struct State {
    struct File {
      var durable: [UInt8]
      var current: [UInt8]
      var unsynced: [(offset: Int, bytes: [UInt8])] = []

      init(durable: [UInt8]) {
        self.durable = durable
        current = durable
      }

      mutating func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        Self.apply(bytes, at: offset, to: &current)
        unsynced.append((offset, Array(bytes)))
      }

      mutating func truncate() {
        // Durable at once: the journal never truncates what it still needs.
        self = File(durable: [])
      }

      mutating func sync() {
        for (offset, bytes) in unsynced { bytes.withUnsafeBytes { Self.apply($0, at: offset, to: &durable) } }
        unsynced = []
      }

      /// As Linux does it: the bytes stay in memory, taken for written, and no later sync writes them.
      mutating func failSync() { unsynced = [] }

      mutating func dropCache() {
        current = durable
        for (offset, bytes) in unsynced { bytes.withUnsafeBytes { Self.apply($0, at: offset, to: &current) } }
      }

      static func apply(_ bytes: UnsafeRawBufferPointer, at offset: Int, to target: inout [UInt8]) {
        let end = offset + bytes.count
        if target.count < end { target += [UInt8](repeating: 0, count: end - target.count) }
        target.withUnsafeMutableBytes { UnsafeMutableRawBufferPointer(rebasing: $0[offset...]).copyMemory(from: bytes) }
      }
    }

    enum NameChange {
      case set(String, Int)
      case move(String, String, Int)
      case remove(String)

      func apply(to names: inout [String: Int]) {
        switch self {
        case .set(let path, let file): names[path] = file
        case .move(let path, let newPath, let file):
          names[path] = nil
          names[newPath] = file
        case .remove(let path): names[path] = nil
        }
      }
    }

    var files: [File] = []
    var names: [String: Int] = [:]
    var durableNames: [String: Int] = [:]
    var pendingNames: [NameChange] = []
    var openFiles: [Int32: Int] = [:]
    var nextDescriptor: Int32 = 3
    var locks: [String: Int32] = [:]
    var log: [(operation: DiskFailure.Operation, path: String)] = []
    var plan: FaultPlan?
    var syncsLie = false
    var spaceLimit: Int?
    var isDead = false

    var usedBytes: Int { Set(names.values).reduce(0) { $0 + files[$1].current.count } }

    mutating func open(_ file: Int, _ path: String) -> OpenFile {
      defer { nextDescriptor += 1 }
      openFiles[nextDescriptor] = file
      return OpenFile(descriptor: nextDescriptor, path: path)
    }

    mutating func openDirectory(_ path: String) -> OpenFile {
      defer { nextDescriptor += 1 }
      return OpenFile(descriptor: nextDescriptor, path: path)
    }

    mutating func withFile<Value>(_ file: OpenFile, _ body: (inout File) -> Value) -> Result<Value, CauseError> {
      guard let index = openFiles[file.descriptor] else { return .failure(.system(errno: 9)) }  // EBADF
      return .success(body(&files[index]))
    }

    mutating func failSync(_ path: String) {
      if let file = names[path] { files[file].failSync() }
    }

    mutating func change(_ change: NameChange) {
      change.apply(to: &names)
      pendingNames.append(change)
    }

    mutating func syncNames() {
      durableNames = names
      pendingNames = []
    }

    mutating func takeFault(_ operation: DiskFailure.Operation) -> Fault? {
      guard var due = plan, due.kinds?.contains(operation) ?? true else { return nil }
      due.remaining -= 1
      if due.remaining > 0 {
        plan = due
        return nil
      }
      switch due.lasting {
      case .once: plan = nil
      case .forEver: plan = FaultPlan(remaining: 1, fault: due.fault, lasting: .forEver, kinds: due.kinds)
      }
      return due.fault
    }

    /// Every file that has a name after the power cut, with its bytes.
    func survivors(_ survival: Survival, seed: UInt64) -> [String: [UInt8]] {
      var random = SeededGenerator(seed: seed)
      var surviving = durableNames
      for change in pendingNames {
        let isKept =
          switch survival {
          case .everything: true
          case .nothing: false
          case .somePieces, .somePiecesAndNoise: Bool.random(using: &random)
          }
        if isKept { change.apply(to: &surviving) }
      }

      var result: [String: [UInt8]] = [:]
      for (path, index) in surviving.sorted(by: { $0.key < $1.key }) {
        let file = files[index]
        var bytes = file.durable
        switch survival {
        case .everything: bytes = file.current
        case .nothing: break
        case .somePieces, .somePiecesAndNoise:
          for write in file.unsynced {
            for start in stride(from: 0, to: write.bytes.count, by: pieceBytes) {
              let piece = write.bytes[start..<min(start + pieceBytes, write.bytes.count)]
              guard let kept = keep(piece, survival, &random) else { continue }
              kept.withUnsafeBytes { File.apply($0, at: write.offset + start, to: &bytes) }
            }
          }
        }
        result[path] = bytes
      }
      return result
    }

    private func keep(
      _ piece: ArraySlice<UInt8>, _ survival: Survival, _ random: inout SeededGenerator
    ) -> [UInt8]? {
      switch Int.random(in: 0..<8, using: &random) {
      case 0...3: Array(piece)
      case 4, 5: nil
      case 6 where survival == .somePiecesAndNoise: [UInt8](repeating: 0, count: piece.count)
      case 7 where survival == .somePiecesAndNoise: piece.map { $0 ^ UInt8.random(in: 0...255, using: &random) }
      default: nil
      }
    }

    mutating func restore(_ survivors: [String: [UInt8]]) {
      for (path, bytes) in survivors.sorted(by: { $0.key < $1.key }) {
        files.append(File(durable: bytes))
        names[path] = files.count - 1
      }
      durableNames = names
    }
  }
}

/// The smallest piece that any disk writes at once.
private let pieceBytes = 512
