/// The secret that places keys in hash tables. It decides nothing but speed: no answer, record or snapshot depends on it.
package struct HashSeed: Sendable {
  package var first: UInt64
  package var second: UInt64
  package init(first: UInt64, second: UInt64) {
    self.first = first
    self.second = second
  }
}

/// SipHash-1-3 (Aumasson and Bernstein) of an ordinal and a label. Labels are the partners' choice; without the seed
/// nobody can choose many that fall on the same place.
struct KeyedHash {
  private let seed: HashSeed

  init(seed: HashSeed) { self.seed = seed }

  /// SipHash-1-3 of the ordinal's eight bytes (little endian) followed by the label's.
  @inline(__always)
  func callAsFunction(_ ordinal: UInt64, _ label: Label) -> UInt64 {
    var v0 = seed.first ^ 0x736f_6d65_7073_6575
    var v1 = seed.second ^ 0x646f_7261_6e64_6f6d
    var v2 = seed.first ^ 0x6c79_6765_6e65_7261
    var v3 = seed.second ^ 0x7465_6462_7974_6573

    @inline(__always) func round() {
      v0 &+= v1
      v1 = v1 << 13 | v1 >> 51
      v1 ^= v0
      v0 = v0 << 32 | v0 >> 32
      v2 &+= v3
      v3 = v3 << 16 | v3 >> 48
      v3 ^= v2
      v0 &+= v3
      v3 = v3 << 21 | v3 >> 43
      v3 ^= v0
      v2 &+= v1
      v1 = v1 << 17 | v1 >> 47
      v1 ^= v2
      v2 = v2 << 32 | v2 >> 32
    }
    @inline(__always) func absorb(_ word: UInt64) {
      v3 ^= word
      round()
      v0 ^= word
    }

    absorb(ordinal)
    let count = label.count
    let wholeWords = count / 8
    for i in 0..<wholeWords { absorb(label.word(i)) }
    // The last block carries what is left and the length; a label is zero behind its end.
    let rest = count % 8 == 0 ? 0 : label.word(wholeWords)
    absorb(rest | UInt64(count + 8) << 56)
    v2 ^= 0xFF
    round()
    round()
    round()
    return v0 ^ v1 ^ v2 ^ v3
  }
}
