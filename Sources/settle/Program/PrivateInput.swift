import ArgumentParser
import Glibc

/// Where a number or a name comes from that must not be read by others: a command line is shown to every user of the
/// machine by `ps`, and stays in the shell's history.
enum PrivateArgument: ExpressibleByArgument, Hashable, Sendable {
  /// As it stands on the command line, for data that is nobody's secret.
  case given(String)
  /// A line of standard input; asked for where that is a terminal.
  case standardInput
  /// The one line of a file.
  case file(String)

  init?(argument: String) {
    if argument.isEmpty { return nil }
    if argument == "-" {
      self = .standardInput
    } else if argument.hasPrefix("@") {
      self = .file(String(argument.dropFirst()))
    } else {
      self = .given(argument)
    }
  }

  var defaultValueDescription: String { "-" }

  /// Said by every command that takes private data.
  /// - Parameter order: of the lines on standard input.
  static func help(order: String) -> String {
    """
    Private data on a command line is seen by every user of this machine and stays in the shell's history. Leave the \
    option out, or write -, to be asked for it, or to have it read from a line of standard input (\(order)); or write \
    @FILE to have it read from a file.
    """
  }
}

/// Reads private data, each value once and in the order in which it is asked for.
struct PrivateInput {
  /// Longer than any name or number there is.
  static let lineBytesMaximum = 1024

  private let descriptor: Int32

  init(descriptor: Int32 = STDIN_FILENO) { self.descriptor = descriptor }

  /// - Parameter what: "card number", for the prompt and for errors. The value itself is in neither.
  func value(_ argument: PrivateArgument, _ what: String) throws(Failure) -> String {
    let text: String
    switch argument {
    case .given(let given): text = given
    case .standardInput: text = isatty(descriptor) == 1 ? try ask(what) : try readLine(what)
    case .file(let path):
      let bytes = try Files.read(path)
      guard bytes.count <= Self.lineBytesMaximum else {
        throw Failure(.unreadableInput, "\(path) is too long for a \(what): it must hold nothing else, on one line")
      }
      text = try Self.line(bytes, what)
    }
    guard !text.isEmpty else {
      throw Failure(.badUsage, "the \(what) is empty", advice: "Write it on a line of its own.")
    }
    return text
  }

  /// What is typed is not shown.
  private func ask(_ what: String) throws(Failure) -> String {
    Console.write("\(what): ", to: STDERR_FILENO)
    var before = termios()
    guard tcgetattr(descriptor, &before) == 0 else { return try readLine(what) }
    var hidden = before
    hidden.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(descriptor, TCSAFLUSH, &hidden)
    defer {
      tcsetattr(descriptor, TCSAFLUSH, &before)
      Console.write("\n", to: STDERR_FILENO)
    }
    return try readLine(what)
  }

  /// Byte by byte: what follows the line is the next value's, or another program's.
  private func readLine(_ what: String) throws(Failure) -> String {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while true {
      let count = Glibc.read(descriptor, &byte, 1)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw Failure(.unreadableInput, "cannot read the \(what) from standard input: \(systemErrorText())")
      }
      if count == 0 || byte == 0x0a { break }
      bytes.append(byte)
      guard bytes.count <= Self.lineBytesMaximum else {
        throw Failure(.unreadableInput, "the line with the \(what) is too long")
      }
    }
    return try Self.line(bytes, what)
  }

  /// Without its end, which editors and other systems add.
  private static func line(_ bytes: [UInt8], _ what: String) throws(Failure) -> String {
    var bytes = bytes[...]
    if bytes.last == 0x0a { bytes.removeLast() }
    if bytes.last == 0x0d { bytes.removeLast() }
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0x0a) else {
      throw Failure(.unreadableInput, "the \(what) is not one line of UTF-8")
    }
    return text
  }
}
