internal import LedgerCore
internal import Routing
internal import Yams

/// Where channels are set up.
package struct ChannelPlace: Sendable {
  /// Simulated channels keep their books there.
  package var dataDirectory: String
  /// Paths in the list count from there: the directory of the list itself.
  package var baseDirectory: String
  /// Names the ledger towards banks.
  package var ledgerName: String
  package var allowsSimulated: Bool
  package var clock: any PayoutClock
  /// Told of what channels do by themselves; nil where nobody listens.
  package var observer: (any PayoutObserver)?

  package init(
    dataDirectory: String, baseDirectory: String, ledgerName: String, allowsSimulated: Bool,
    clock: any PayoutClock = SystemPayoutClock(), observer: (any PayoutObserver)? = nil
  ) {
    self.dataDirectory = dataDirectory
    self.baseDirectory = baseDirectory
    self.ledgerName = ledgerName
    self.allowsSimulated = allowsSimulated
    self.clock = clock
    self.observer = observer
  }

  func resolve(_ path: String) -> String { path.hasPrefix("/") ? path : "\(baseDirectory)/\(path)" }
}

/// The channels of a configuration: `channels:` with one mapping for each, in the order of preference among equals.
package enum ChannelList {
  /// More than any platform has contracts for one rail, and what is kept with an attempt.
  package static let countMaximum = RouteCandidate.countMaximum

  /// The example that comes with the program, every field explained.
  package static var example: String { String(decoding: PackageResources.channels_yaml, as: UTF8.self) }

  /// Sets up all of them: keys are read, books and folders opened. Nothing is sent.
  package static func read(_ text: String, _ place: ChannelPlace) throws(ChannelListDefect) -> [any PayoutChannel] {
    var root = try ChannelFields(try parse(text))
    _ = try alarms(in: &root)
    guard let list = try root.list("channels") else { throw root.defect("`channels` is missing") }
    try root.end()
    guard list.count <= countMaximum else {
      throw root.defect("there are \(list.count) channels; at most \(countMaximum)")
    }
    var channels: [any PayoutChannel] = []
    for var fields in list {
      let channel = try make(&fields, place)
      guard !channels.contains(where: { $0.manifest.id == channel.manifest.id }) else {
        throw fields.defect("id", "is that of another channel, too")
      }
      try fields.end()
      channels.append(channel)
    }
    return channels
  }

  /// When people are told: the part of the list that is about all channels.
  package static func alarms(_ text: String) throws(ChannelListDefect) -> AlarmLimits {
    var root = try ChannelFields(try parse(text))
    return try alarms(in: &root)
  }

  private static func alarms(in root: inout ChannelFields) throws(ChannelListDefect) -> AlarmLimits {
    var limits = AlarmLimits()
    guard var fields = try root.fields("alarms") else { return limits }
    if let seconds = try fields.integer("in_doubt_seconds", in: 1...86_400) {
      limits.inDoubtMicroseconds = seconds * 1_000_000
    }
    if let row = try fields.integer("not_arrived_in_a_row", in: 1...Int64(limits.withdrawalsLookedAt)) {
      limits.notArrivedInARow = Int(row)
    }
    limits.largeMinorUnits =
      try fields.integer("large_payout_minor_units", in: 1...Int64.max) ?? limits.largeMinorUnits
    try fields.end()
    return limits
  }

  private static func make(
    _ fields: inout ChannelFields, _ place: ChannelPlace
  ) throws(ChannelListDefect) -> any PayoutChannel {
    let id = try id(&fields)
    let kind = try fields.required("kind")
    guard let make = ChannelKinds.all.first(where: { $0.name == kind })?.make else {
      let kinds = ChannelKinds.all.map(\.name).joined(separator: ", ")
      throw fields.defect("kind", "is \"\(kind.prefix(40))\"; there are \(kinds)")
    }
    return try make(id, &fields, place)
  }

  private static func id(_ fields: inout ChannelFields) throws(ChannelListDefect) -> Label {
    let text = try fields.required("id")
    let isPlain = text.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
    }
    guard (1...32).contains(text.utf8.count), isPlain else {
      throw fields.defect("id", "must have 1 to 32 letters, digits and dashes")
    }
    do throws(Label.Defect) { return try Label(text) } catch { throw fields.defect("id", "is no name: \(error)") }
  }

  private static func parse(_ text: String) throws(ChannelListDefect) -> Node {
    let node: Node?
    do {
      // Yams hands libyaml a pointer into the text, which a text of 15 bytes or fewer would not outlive.
      node = try compose(yaml: text + "\n# end of the document\n", .basic, .default, .utf8)
    } catch let error as YamlError {
      switch error {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        throw ChannelListDefect(line: mark.line, "is not YAML here: \(problem)")
      case .duplicatedKeysInMapping(_, let context):
        throw ChannelListDefect(line: context.mark.line, "has a field more than once")
      case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded, .reader:
        throw ChannelListDefect(line: 0, "cannot be read as YAML: \(error)")
      }
    } catch { throw ChannelListDefect(line: 0, "cannot be read as YAML: \(error)") }
    guard let node else { throw ChannelListDefect(line: 0, "is empty") }
    return node
  }
}
