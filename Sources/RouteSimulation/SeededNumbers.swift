/// Sebastiano Vigna's splitmix64: small, and the same everywhere for one seed.
struct SeededNumbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// A stream of its own for one thing, whatever else was drawn before.
  init(seed: UInt64, of parts: UInt64...) {
    state = seed
    for part in parts { state = next() ^ part &* 0xD6E8_FEB8_6659_FD93 }
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func pick(_ range: ClosedRange<Int64>) -> Int64 {
    range.lowerBound + Int64(next() % UInt64(range.upperBound - range.lowerBound + 1))
  }

  /// True in `numerator` of `denominator` cases.
  mutating func chance(_ numerator: Int64, of denominator: Int64) -> Bool { pick(1...denominator) <= numerator }
}
