internal import LedgerCore

/// Labelled traffic as text: one event a line, fields parted by one tab, `-` for none, in order of time. Lines that start
/// with `#` and empty lines say nothing.
///
///     time     microseconds since 1970-01-01T00:00:00Z
///     kind     agent, deposit, submit, failure, outcome, measure
///     agent    `-` for measure
///     amount   minor units of CNY, of deposits and submissions
///     payee    of submissions; of outcomes: black-listed with it
///     device   as the payee; optional
///     address  as the payee; optional
///     label    of submissions: a habit of honest agents, such as daily_small, or a kind of abuse, such as stolen_card;
///              of outcomes: cleared, fraud, stolen_card, laundering
package enum TrafficText {
  private static let tab = UInt8(ascii: "\t")
  private static let newline = UInt8(ascii: "\n")
  static let fieldCount = 8

  package static let heading = "# time\tkind\tagent\tamount\tpayee\tdevice\taddress\tlabel\n"

  /// One line, with its end.
  package static func line(_ event: TrafficEvent) -> String {
    let label =
      switch event.truth {
      case .honest(let habit): habit.rawValue
      case .abuse(let kind): kind.rawValue
      case nil: event.outcome.map(name) ?? "-"
      }
    let fields = [
      "\(event.time.microseconds)", event.kind.rawValue, text(event.agent), event.amount > 0 ? "\(event.amount)" : "-",
      text(event.payee), text(event.device), text(event.address), label,
    ]
    return fields.joined(separator: "\t") + "\n"
  }

  /// - Throws: `TrafficDefect`, naming the first line that is wrong.
  package static func parse(_ text: String) throws(TrafficDefect) -> [TrafficEvent] {
    var events: [TrafficEvent] = []
    var newest = Timestamp(microseconds: 0)
    for (index, line) in text.utf8.split(separator: newline, omittingEmptySubsequences: false).enumerated() {
      guard let first = line.first, first != UInt8(ascii: "#") else { continue }
      let fields = line.split(separator: tab, omittingEmptySubsequences: false).map(String.init)
      var reader = LineReader(line: index + 1, fields: fields.map { $0 ?? "" })
      let event = try reader.event()
      guard event.time >= newest else { throw reader.defect(.time, "earlier than the line before it") }
      newest = event.time
      events.append(event)
    }
    return events
  }

  private static func text(_ label: Label) -> String { label.isNone ? "-" : label.description }

  static func name(_ outcome: ReviewOutcome) -> String {
    switch outcome {
    case .cleared: "cleared"
    case .fraud: "fraud"
    case .stolenCard: "stolen_card"
    case .laundering: "laundering"
    }
  }
}

/// What is wrong with a line of traffic.
package struct TrafficDefect: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Field: String, Hashable, Sendable {
    case line
    case time
    case kind
    case agent
    case amount
    case payee
    case device
    case address
    case label
  }
  /// From 1.
  package var line: Int
  package var field: Field
  package var reason: String

  package var description: String { "line \(line), \(field.rawValue): \(reason)" }
}

private struct LineReader {
  let line: Int
  let fields: [String]

  mutating func event() throws(TrafficDefect) -> TrafficEvent {
    guard fields.count == TrafficText.fieldCount else {
      throw defect(.line, "has \(fields.count) fields parted by tabs; give \(TrafficText.fieldCount), '-' for none")
    }
    // Record times of the ledger are not before 1970, and rules add spans of weeks to them.
    guard let time = Int64(fields[0]), time >= 0, time < Int64.max / 2 else {
      throw defect(.time, "'\(fields[0])' is not a number of microseconds since 1970")
    }
    guard let kind = TrafficEvent.Kind(rawValue: fields[1]) else {
      let known = TrafficEvent.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw defect(.kind, "'\(fields[1])' is none of \(known)")
    }
    let agent = try name(2, .agent)
    var event = TrafficEvent(kind, agent, at: Timestamp(microseconds: time))
    switch kind {
    case .measure: return event
    case .agent, .failure: break
    case .deposit: event.amount = try amount()
    case .submit:
      event.amount = try amount()
      try readParts(&event)
      guard !event.payee.isNone else { throw defect(.payee, "a submission needs one") }
      event.truth = try truth()
    case .outcome:
      try readParts(&event)
      event.outcome = try outcome()
    }
    guard !agent.isNone else { throw defect(.agent, "only 'measure' is of no agent") }
    return event
  }

  private func readParts(_ event: inout TrafficEvent) throws(TrafficDefect) {
    event.payee = try name(4, .payee)
    event.device = try name(5, .device)
    event.address = try name(6, .address)
  }

  private func name(_ place: Int, _ field: TrafficDefect.Field) throws(TrafficDefect) -> Label {
    if fields[place] == "-" { return .none }
    do throws(Label.Defect) { return try Label(fields[place]) } catch {
      throw defect(field, "not a name of 1 to \(Label.maximumBytes) bytes without control characters")
    }
  }

  private func amount() throws(TrafficDefect) -> Int64 {
    guard let amount = Int64(fields[3]), amount > 0 else {
      throw defect(.amount, "'\(fields[3])' is not a number of minor units above 0")
    }
    return amount
  }

  private func truth() throws(TrafficDefect) -> TrafficTruth {
    if let habit = HonestHabit(rawValue: fields[7]) { return .honest(habit) }
    if let kind = AbuseKind(rawValue: fields[7]) { return .abuse(kind) }
    let known = HonestHabit.allCases.map(\.rawValue) + AbuseKind.allCases.map(\.rawValue)
    throw defect(.label, "'\(fields[7])' is none of \(known.joined(separator: ", "))")
  }

  private func outcome() throws(TrafficDefect) -> ReviewOutcome {
    for outcome in ReviewOutcome.allCases where TrafficText.name(outcome) == fields[7] { return outcome }
    let known = ReviewOutcome.allCases.map(TrafficText.name).joined(separator: ", ")
    throw defect(.label, "'\(fields[7])' is none of \(known)")
  }

  func defect(_ field: TrafficDefect.Field, _ reason: String) -> TrafficDefect {
    TrafficDefect(line: line, field: field, reason: reason)
  }
}
