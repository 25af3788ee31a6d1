import Foundation
import Testing

@testable import settle

@Suite("Private data")
struct PrivateInputTests {
  /// Calls `body` with a descriptor from which `text` is read.
  static func reading<R>(_ text: String, _ body: (PrivateInput) throws -> R) throws -> R {
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    try pipe.fileHandleForWriting.close()
    return try body(PrivateInput(descriptor: pipe.fileHandleForReading.fileDescriptor))
  }

  @Test("values come line by line, in the order in which they are asked for")
  func lines() throws {
    let values = try Self.reading("张三\r\n110101199003070037\n6222") { input in
      try [PrivateArgument.standardInput, .standardInput, .standardInput].map { try input.value($0, "value") }
    }
    #expect(values == ["张三", "110101199003070037", "6222"])
  }

  @Test("a value may stand on the command line, or in a file of one line")
  func others() throws {
    try Shell.withDirectory { directory in
      try Data("6222\n".utf8).write(to: URL(fileURLWithPath: "\(directory)/number"))
      try Data("6222\n6223\n".utf8).write(to: URL(fileURLWithPath: "\(directory)/numbers"))
      try Self.reading("") { (input: PrivateInput) throws -> Void in
        #expect(try input.value(.given("a"), "number") == "a")
        #expect(try input.value(.file("\(directory)/number"), "number") == "6222")
        let two = #expect(throws: Failure.self) { try input.value(.file("\(directory)/numbers"), "number") }
        #expect(two?.reason == .unreadableInput)
        let none = #expect(throws: Failure.self) { try input.value(.file("\(directory)/none"), "number") }
        #expect(none?.reason == .unreadableInput)
      }
    }
  }

  /// Logs keep what errors say.
  @Test("an error never says what was read", arguments: ["\u{fffd}", String(repeating: "6", count: 2000), ""])
  func secret(text: String) throws {
    let bytes = text == "\u{fffd}" ? [UInt8](arrayLiteral: 0xff, 0x36, 0x0a) : Array("\(text)\n".utf8)
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data(bytes))
    try pipe.fileHandleForWriting.close()
    let input = PrivateInput(descriptor: pipe.fileHandleForReading.fileDescriptor)
    let failure = #expect(throws: Failure.self) { try input.value(.standardInput, "card number") }
    #expect(failure?.message.contains("6") == false)
    #expect(failure?.message.contains("card number") == true)
  }

  @Test(
    "forms of the argument",
    arguments: [
      ("-", .standardInput), ("@f", .file("f")), ("6222", .given("6222")), ("a@b.example", .given("a@b.example")),
      ("", nil),
    ] as [(String, PrivateArgument?)])
  func forms(text: String, expected: PrivateArgument?) {
    #expect(PrivateArgument(argument: text) == expected)
  }
}
