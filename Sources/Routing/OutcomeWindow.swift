/// How an attempt ended, as far as the channel is to blame.
package enum HealthOutcome: Sendable, Hashable, CaseIterable {
  /// Paid, or taken on.
  case success
  case technicalFailure
  /// The payee's data were wrong, the payee did not confirm, the law forbids it: not the channel's fault.
  case payeeFailure
  /// No answer, or one that says nothing.
  case unknown

  /// Whoever waits for a channel in vain does not care why.
  var isTechnical: Bool { self == .technicalFailure || self == .unknown }
}

/// Outcomes of the last minute in slices, so that counting costs the same at one payout a second and at forty thousand.
struct OutcomeWindow: Sendable {
  struct Counts: Sendable, Hashable {
    var successes: UInt32 = 0
    var technical: UInt32 = 0
    var payee: UInt32 = 0

    var all: UInt32 { successes &+ technical &+ payee }
    /// What says something about the channel.
    var blamable: UInt32 { successes &+ technical }
  }

  private(set) var total = Counts()
  private var slices: TimeSlices<Counts>

  init(milliseconds: Int64) { slices = TimeSlices(milliseconds: milliseconds, empty: Counts()) }

  mutating func add(_ outcome: HealthOutcome, at now: Int64) {
    forget(at: now)
    slices.withCurrent { slice in
      switch outcome {
      case .success: slice.successes &+= 1
      case .technicalFailure, .unknown: slice.technical &+= 1
      case .payeeFailure: slice.payee &+= 1
      }
    }
    switch outcome {
    case .success: total.successes &+= 1
    case .technicalFailure, .unknown: total.technical &+= 1
    case .payeeFailure: total.payee &+= 1
    }
  }

  /// Drops what is older than the window.
  mutating func forget(at now: Int64) {
    slices.advance(to: now) { gone in
      total.successes &-= gone.successes
      total.technical &-= gone.technical
      total.payee &-= gone.payee
    }
  }

  mutating func clear() {
    total = Counts()
    slices.clear()
  }
}

/// A ring of equal slices of time; the oldest gives way to the newest.
struct TimeSlices<Slice: Sendable>: Sendable {
  /// A slice is a thirtieth of the window: what is dropped at once is 3 % of the sample.
  private static var count: Int { 30 }

  private let sliceMilliseconds: Int64
  private let empty: Slice
  private var slices: [Slice]
  /// Number of the slice since time 0; nil before the first.
  private var current: Int64?

  init(milliseconds: Int64, empty: Slice) {
    sliceMilliseconds = max(1, milliseconds / Int64(Self.count))
    self.empty = empty
    slices = Array(repeating: empty, count: Self.count)
  }

  /// Time that goes back (two callers that took it before they took turns) counts as standing still.
  mutating func advance(to now: Int64, _ drop: (Slice) -> Void) {
    let number = now / sliceMilliseconds
    guard let last = current else {
      current = number
      return
    }
    guard number > last else { return }
    for step in 1...min(number - last, Int64(Self.count)) {
      let place = Self.place(last + step)
      drop(slices[place])
      slices[place] = empty
    }
    current = number
  }

  mutating func withCurrent(_ body: (inout Slice) -> Void) { body(&slices[Self.place(current ?? 0)]) }

  mutating func clear() { slices = Array(repeating: empty, count: Self.count) }

  private static func place(_ number: Int64) -> Int {
    let rest = Int(number % Int64(count))
    return rest < 0 ? rest + count : rest
  }
}
