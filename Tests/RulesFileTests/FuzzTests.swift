internal import LedgerCore
import Testing

@testable internal import Rules
@testable internal import RulesFile

@Suite("Rules files that were damaged at random")
struct FuzzTests {
  /// SplitMix64: the same seed gives the same damage everywhere.
  struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  /// Nothing traps or hangs, a refusal always has a reason, and what is accepted answers questions.
  @Test func damagedDocumentsAreRefusedOrSound() {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("fuzz seed \(seed)")
    var generator = Generator(state: seed)
    let lines = ShippedRules.standard.text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("#") }
    let whole = Array(lines.joined(separator: "\n").utf8)
    var accepted = 0
    for round in 0..<400 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...2, using: &generator) { Self.damage(&bytes, &generator) }
      switch RulesFile.parse(bytes) {
      case .success(let document):
        accepted += 1
        Self.ask(document, &generator)
      case .failure(let defects):
        #expect(!defects.defects.isEmpty, "seed \(seed) round \(round)")
        #expect(defects.defects.allSatisfy { !$0.reason.isEmpty }, "seed \(seed) round \(round)")
      }
    }
    print("fuzz accepted \(accepted) of 400")
  }

  private static func damage(_ bytes: inout [UInt8], _ generator: inout Generator) {
    guard !bytes.isEmpty else { return }
    let place = Int.random(in: 0..<bytes.count, using: &generator)
    let symbols = Array("0123456789-:.,[]{}\"'#&*!|>%@? \n\taeinstuUN\u{0}\u{FF}é".utf8)
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: bytes[place] = symbols.randomElement(using: &generator) ?? 0
    case 1: bytes.insert(symbols.randomElement(using: &generator) ?? 0, at: place)
    case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...12, using: &generator)))
    case 3: bytes[place] = UInt8.random(in: 0...255, using: &generator)
    default:
      let end = min(bytes.count, place + Int.random(in: 1...40, using: &generator))
      bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &generator))
    }
  }
}

extension FuzzTests {
  private static func ask(_ document: RulesDocument, _ generator: inout Generator) {
    for _ in 0..<20 {
      let amount = Money(minorUnits: Int64.random(in: .min...(.max), using: &generator), currency: .cny)
      let time = Timestamp(microseconds: Int64.random(in: .min...(.max), using: &generator))
      let application = Application(
        amount: amount, speed: Speed.allCases.randomElement(using: &generator), acceleration: .fee,
        tier: document.defaultTier, creditGrade: .normal, time: time)
      _ = document.explainSpeeds(application)
      _ = document.review(of: amount, at: time)
      _ = document.maintenance(at: time)
      #expect(document.limits(tier: document.defaultTier) != nil)
    }
  }
}
