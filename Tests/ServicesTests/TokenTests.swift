import Digests
import Ledger
import LedgerCore
import Testing

@testable import Services

@Suite struct TokenTests {
  private let ledger = LedgerIdentity(id: Fingerprint128(first: 1, second: 2), epoch: 3, shard: 0)
  private func binding(_ names: String...) throws -> OpaqueToken.Binding {
    var binding = OpaqueToken.Binding()
    for name in names { binding.add(try Label(name)) }
    return binding
  }

  @Test func comesBackAsItWas() throws {
    for token in [OpaqueToken(position: 0), OpaqueToken(position: .max, since: 7)] {
      let text = token.text(.watch, try binding("demo"), of: ledger)
      #expect(try OpaqueToken(text, .watch, try binding("demo"), of: ledger) == token)
    }
  }

  @Test func isBoundToEverythingItWasMadeFor() throws {
    let text = OpaqueToken(position: 9).text(.watch, try binding("ab", "c"), of: ledger)
    let other = LedgerIdentity(id: Fingerprint128(first: 1, second: 3), epoch: 3, shard: 0)
    #expect(throws: OpaqueToken.Defect.foreign) { try OpaqueToken(text, .watch, binding("a", "bc"), of: ledger) }
    #expect(throws: OpaqueToken.Defect.foreign) { try OpaqueToken(text, .watch, binding("ab"), of: ledger) }
    #expect(throws: OpaqueToken.Defect.foreign) { try OpaqueToken(text, .entriesPage, binding("ab", "c"), of: ledger) }
    #expect(throws: OpaqueToken.Defect.foreign) { try OpaqueToken(text, .watch, binding("ab", "c"), of: other) }
    let restored = LedgerIdentity(id: ledger.id, epoch: 4, shard: 0)
    #expect(throws: OpaqueToken.Defect.otherEpoch) { try OpaqueToken(text, .watch, binding("ab", "c"), of: restored) }
  }

  @Test func anyAlterationIsSeen() throws {
    let text = Array(OpaqueToken(position: 9).text(.watch, try binding("demo"), of: ledger))
    for index in text.indices {
      var altered = text
      altered[index] = text[index] == "0" ? "1" : "0"
      #expect(throws: OpaqueToken.Defect.foreign) {
        try OpaqueToken(String(altered), .watch, binding("demo"), of: ledger)
      }
      #expect(throws: OpaqueToken.Defect.foreign) {
        try OpaqueToken(String(text[..<index]), .watch, binding("demo"), of: ledger)
      }
    }
  }

  @Test func etags() {
    for sequence in [0, 1, 0xabcdef, UInt64.max] {
      let etag = ETag(sequence: sequence)
      var text = etag.string
      #expect(text.utf8.count == 16)
      #expect(text.withUTF8 { ETag(UnsafeRawBufferPointer($0)) } == etag)
    }
    for wrong in ["", "1", "000000000000000A", "00000000000000001", "000000000000000g", "00000000000000 1"] {
      var wrong = wrong
      #expect(wrong.withUTF8 { ETag(UnsafeRawBufferPointer($0)) } == nil)
    }
    #expect(ETag(sequence: 0x1f).string == "000000000000001f")
  }
}
