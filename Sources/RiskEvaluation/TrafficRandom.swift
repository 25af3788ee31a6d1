/// Sebastiano Vigna's splitmix64: small, and the same everywhere for one seed.
struct TrafficRandom {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func pick(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.upperBound - range.lowerBound + 1))
  }

  /// Smaller numbers more often: amounts of money lie closer at the low end.
  mutating func pickLow(_ range: ClosedRange<Int>) -> Int {
    let width = range.upperBound - range.lowerBound
    return range.lowerBound + min(pick(0...width), max(pick(0...width), pick(0...width)))
  }

  /// True in `numerator` of `denominator` cases.
  mutating func chance(_ numerator: Int, of denominator: Int = 100) -> Bool {
    next() % UInt64(denominator) < UInt64(numerator)
  }
}
