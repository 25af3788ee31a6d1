/// Times to arrival of the last minutes, counted in classes whose bounds rise by at most a quarter.
struct ArrivalWindow: Sendable {
  /// Four classes to each doubling, from 1 ms to 2^32 ms.
  private static let classCount = 4 * 32

  private var slices: TimeSlices<[UInt32]>
  private var total: [UInt32]
  private(set) var count: UInt32 = 0

  init(milliseconds: Int64) {
    total = Array(repeating: 0, count: Self.classCount)
    // A slice that has seen nothing needs no room.
    slices = TimeSlices(milliseconds: milliseconds, empty: [])
  }

  mutating func add(milliseconds: Int64, at now: Int64) {
    forget(at: now)
    let place = Self.place(of: UInt32(clamping: max(1, milliseconds)))
    slices.withCurrent { slice in
      if slice.isEmpty { slice = Array(repeating: 0, count: Self.classCount) }
      slice[place] &+= 1
    }
    total[place] &+= 1
    count &+= 1
  }

  mutating func forget(at now: Int64) {
    slices.advance(to: now) { gone in
      for place in gone.indices where gone[place] > 0 {
        total[place] &-= gone[place]
        count &-= gone[place]
      }
    }
  }

  /// The largest time of the class in which the 95th of a hundred lies; 0 without any.
  var p95Milliseconds: UInt32 {
    // So many may be later.
    var later = count / 20
    for place in stride(from: Self.classCount - 1, through: 0, by: -1) where total[place] > 0 {
      if total[place] > later { return Self.largest(in: place) }
      later -= total[place]
    }
    return 0
  }

  /// The doubling, and the two bits below its leading one.
  private static func place(of milliseconds: UInt32) -> Int {
    let doubling = 31 - milliseconds.leadingZeroBitCount
    let quarter =
      doubling >= 2 ? (milliseconds >> UInt32(doubling - 2)) & 3 : (milliseconds << UInt32(2 - doubling)) & 3
    return 4 * doubling + Int(quarter)
  }

  private static func largest(in place: Int) -> UInt32 {
    let start = UInt64(4 + place % 4) << UInt64(place / 4)
    let end = start + (1 << UInt64(place / 4))
    // In quarters of a millisecond; the last whole one below the end.
    return UInt32(clamping: (end + 3) / 4 - 1)
  }
}
