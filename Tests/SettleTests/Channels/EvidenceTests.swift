import Digests
import Foundation
import Testing

@testable import settle

@Suite("Evidence")
struct EvidenceTests {
  private func place() throws -> URL {
    let place = FileManager.default.temporaryDirectory.appending(path: "evidence-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    return place
  }

  @Test("a file of any size is hashed whole")
  func digests() throws {
    let place = try place()
    defer { try? FileManager.default.removeItem(at: place) }
    for size in [1, 65_535, 65_536, 65_537, 300_000] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let file = place.appending(path: "\(size)")
      try Data(bytes).write(to: file)
      #expect(try Evidence.digest(ofFile: file.path) == SHA256.hash(bytes), "\(size)")
    }
    // Known from elsewhere: sha256sum of "abc".
    let file = place.appending(path: "abc")
    try Data("abc".utf8).write(to: file)
    let digest = try Evidence.digest(ofFile: file.path)
    #expect("\(digest)" == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test("what is no evidence is named")
  func refusals() throws {
    let place = try place()
    defer { try? FileManager.default.removeItem(at: place) }
    let empty = place.appending(path: "empty")
    try Data().write(to: empty)
    let large = place.appending(path: "large")
    try Data(repeating: 7, count: 100).write(to: large)
    let table: [(String, Int, String)] = [
      (empty.path, 1, "is empty"), (large.path, 99, "larger than 99 bytes"),
      (place.appending(path: "none").path, 1, "cannot open"), (place.path, 1, "cannot read"),
    ]
    for (path, maximum, words) in table {
      let failure = #expect(throws: Failure.self) { try Evidence.digest(ofFile: path, bytesMaximum: maximum) }
      #expect(failure?.message.contains(words) == true, "\(path): \(failure?.message ?? "")")
    }
  }
}
