import LedgerCore
import Testing

@Suite struct WithdrawalIDTests {
  static let samples: [WithdrawalID] = [
    WithdrawalID(rawValue: 0), WithdrawalID(epoch: 1, shard: 0, ordinal: 1), WithdrawalID(rawValue: .max),
    WithdrawalID(epoch: 7, shard: 200, ordinal: 0x0000_1234_5678_9ABC), WithdrawalID(rawValue: 0xDEAD_BEEF_0123_4567),
  ]
  static let symbols = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

  @Test func partsAreKept() {
    let id = WithdrawalID(epoch: 3, shard: 9, ordinal: 77)
    #expect(id.epoch == 3 && id.shard == 9 && id.ordinal == 77)
    #expect(WithdrawalID(epoch: 0, shard: 0, ordinal: .max).rawValue == WithdrawalID.maximumOrdinal)
  }

  @Test(arguments: samples) func printsAndReads(_ id: WithdrawalID) {
    #expect(id.description.utf8.count == WithdrawalID.textBytes)
    #expect(WithdrawalID(id.description) == id)
    #expect(WithdrawalID("wd_" + id.description.dropFirst(3).lowercased()) == id)
  }

  @Test func readsWhatPeopleMistake() {
    let text = WithdrawalID(epoch: 1, shard: 0, ordinal: 1).description
    #expect(WithdrawalID(text.replacing("1", with: "I").replacing("0", with: "O")) != nil)
    #expect(WithdrawalID(text.replacing("1", with: "l").replacing("0", with: "o")) != nil)
  }

  @Test(arguments: [
    "", "wd_", "wd_0000000000000", "wd_000000000000000", "WD_00000000000000", "xd_00000000000000",
    "wd_0000000000000U", "wd_Z0000000000000", "wd_0000000 000000",
  ])
  func refusesWhatIsNoID(_ text: String) { #expect(WithdrawalID(text) == nil) }

  /// Every wrong symbol at every place, for many ids: 13 + 1 places x 31 wrong symbols.
  @Test func everySingleWrongSymbolIsDetected() {
    var random = SeededRandom(seed: 20_261_121)
    for id in Self.samples + (0..<300).map({ _ in WithdrawalID(rawValue: random.next()) }) {
      let text = Array(id.description.utf8)
      for place in 3..<WithdrawalID.textBytes {
        for symbol in Self.symbols where symbol != text[place] {
          var wrong = text
          wrong[place] = symbol
          #expect(wrong.withUnsafeBytes { WithdrawalID($0) } == nil, "\(id) place \(place)")
        }
      }
    }
  }

  /// Two symbols swapped, neighbours or not, the check symbol included. Weights modulo 32 once stood here, and let
  /// neighbours pass whose values differed by 16.
  @Test func everySwapIsDetected() {
    var random = SeededRandom(seed: 42)
    for _ in 0..<500 {
      let id = WithdrawalID(rawValue: random.next())
      let text = Array(id.description.utf8)
      for a in 3..<WithdrawalID.textBytes {
        for b in a + 1..<WithdrawalID.textBytes where text[a] != text[b] {
          var wrong = text
          wrong.swapAt(a, b)
          #expect(wrong.withUnsafeBytes { WithdrawalID($0) } == nil, "\(id) places \(a), \(b)")
        }
      }
    }
  }
}
