internal import Synchronization

/// All that can be measured, and its text in the Prometheus exposition format 0.0.4.
package final class Registry: Sendable {
  package struct Labels: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    package let pairs: [(name: String, value: String)]

    package init() { pairs = [] }

    package init(dictionaryLiteral pairs: (String, String)...) { self.pairs = pairs.map { (name: $0.0, value: $0.1) } }

    package static func == (a: Labels, b: Labels) -> Bool {
      a.pairs.elementsEqual(b.pairs) { $0.name == $1.name && $0.value == $1.value }
    }

    package func hash(into hasher: inout Hasher) {
      for pair in pairs {
        hasher.combine(pair.name)
        hasher.combine(pair.value)
      }
    }
  }

  package struct Sample: Sendable {
    package let labels: Labels
    package let value: Double

    package init(_ value: Double, _ labels: Labels = Labels()) {
      self.labels = labels
      self.value = value
    }
  }

  package enum Kind: String, Sendable { case counter, gauge, histogram }

  private enum Source: Sendable {
    case counter(Counter)
    case histogram(Histogram)
  }

  private struct Family: Sendable {
    let help: String
    let kind: Kind
    /// In the order in which they came.
    var members: [(labels: Labels, source: Source)] = []
    var reading: Reading?
  }

  /// Asked at each scrape, once for all families that have it.
  private struct Reading: Sendable {
    let number: Int
    /// Samples by their family.
    let read: @Sendable () async -> [String: [Sample]]
  }

  private struct State {
    var families: [String: Family] = [:]
    var order: [String] = []
    var readings = 0
  }

  private let state = Mutex(State())

  package init() {}

  /// The counter of these labels; made when it is not there yet.
  package func counter(_ name: String, _ help: String, _ labels: Labels = Labels()) -> Counter {
    member(name, help, .counter, labels) {
      .counter(Counter())
    } read: { source in
      if case .counter(let counter) = source { counter } else { nil }
    } ?? Counter()
  }

  /// The histogram of these labels; made when it is not there yet.
  package func histogram(
    _ name: String, _ help: String, _ labels: Labels = Labels(), make: () -> Histogram = Histogram.seconds
  ) -> Histogram {
    let made = make()
    return member(name, help, .histogram, labels) {
      .histogram(made)
    } read: { source in
      if case .histogram(let histogram) = source { histogram } else { nil }
    } ?? made
  }

  /// Numbers that are read when they are asked for.
  package func reading(
    _ name: String, _ help: String, _ kind: Kind = .gauge, _ read: @escaping @Sendable () async -> [Sample]
  ) {
    readings([(name, help)], kind) { [name: await read()] }
  }

  /// Families of one look: what is costly to find out is found out once a scrape.
  ///
  /// - Parameter read: samples by the families' names; one that is not there has none.
  package func readings(
    _ families: [(name: String, help: String)], _ kind: Kind = .gauge,
    _ read: @escaping @Sendable () async -> [String: [Sample]]
  ) {
    state.withLock { state in
      state.readings += 1
      for (name, help) in families {
        if state.families[name] == nil { state.order.append(name) }
        state.families[name] = Family(help: help, kind: kind, reading: Reading(number: state.readings, read: read))
      }
    }
  }

  private func member<Instrument>(
    _ name: String, _ help: String, _ kind: Kind, _ labels: Labels, _ make: () -> Source,
    read: (Source) -> Instrument?
  ) -> Instrument? {
    let source = state.withLock { state in
      if state.families[name] == nil {
        state.families[name] = Family(help: help, kind: kind)
        state.order.append(name)
      }
      if let known = state.families[name]?.members.first(where: { $0.labels == labels }) { return known.source }
      let source = make()
      state.families[name]?.members.append((labels, source))
      return source
    }
    return read(source)
  }

  /// Families in the order in which they came.
  package func text() async -> String {
    let (families, order) = state.withLock { ($0.families, $0.order) }
    var out = ""
    var answers: [Int: [String: [Sample]]] = [:]
    for name in order {
      guard let family = families[name] else { continue }
      out += "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.kind.rawValue)\n"
      for (labels, source) in family.members {
        switch source {
        case .counter(let counter): out += "\(name)\(labels.text()) \(counter.value)\n"
        case .histogram(let histogram): histogram.write(to: &out, name, labels)
        }
      }
      guard let reading = family.reading else { continue }
      if answers[reading.number] == nil { answers[reading.number] = await reading.read() }
      for sample in answers[reading.number]?[name] ?? [] {
        out += "\(name)\(sample.labels.text()) \(Self.number(sample.value))\n"
      }
    }
    return out
  }

  fileprivate static func number(_ value: Double) -> String {
    // Whole numbers without a fraction, as people read them.
    value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }
}

extension Registry.Labels {
  /// - Parameter bound: of a histogram's range.
  fileprivate func text(bound: String? = nil) -> String {
    var all = pairs.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
    if let bound { all.append("le=\"\(bound)\"") }
    return all.isEmpty ? "" : "{\(all.joined(separator: ","))}"
  }

  private static func escaped(_ text: String) -> String {
    var out = ""
    for character in text {
      switch character {
      case "\\": out += "\\\\"
      case "\"": out += "\\\""
      case "\n": out += "\\n"
      default: out.append(character)
      }
    }
    return out
  }
}

extension Histogram {
  fileprivate func write(to out: inout String, _ name: String, _ labels: Registry.Labels) {
    let (counts, sum) = snapshot
    var total: UInt64 = 0
    for (index, count) in counts.enumerated() {
      total += count
      let bound = index < bounds.count ? Registry.number(Double(bounds[index]) / scale) : "+Inf"
      out += "\(name)_bucket\(labels.text(bound: bound)) \(total)\n"
    }
    out += "\(name)_sum\(labels.text()) \(Registry.number(Double(sum) / scale))\n"
    out += "\(name)_count\(labels.text()) \(total)\n"
  }
}
