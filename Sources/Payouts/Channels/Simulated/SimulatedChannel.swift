internal import Digests
internal import Glibc
package import LedgerCore
package import Routing
internal import Synchronization

/// A payment channel inside the program, for demonstrations and tests: it behaves as badly as it is told to, always the same
/// way for the same seed and key, and keeps a book of its own.
package final class SimulatedChannel: PayoutChannel {
  package let manifest: ChannelManifest
  private let options: SimulatedOptions
  private let clock: any PayoutClock
  private let state: Mutex<State>
  private let notify: Mutex<(@Sendable (PayoutKey) -> Void)?>

  /// How a key stands here.
  private enum Standing {
    case paid(amount: Money, fee: Int64, number: Int)
    case returned(amount: Money, number: Int)
    case failed(SimulatedBook.Kind)
    case accepted(dueMicroseconds: Int64)
    case awaiting(dueMicroseconds: Int64, isConfirmed: Bool)
    case lost
  }

  private struct Row {
    var standing: Standing
    /// Of the last entry.
    var amount: Money
    var body: UInt32
  }

  private struct State {
    let book: SimulatedBook
    var rows: [PayoutKey: Row] = [:]
    /// Of all keys, in the order in which money moved; a payment's number is its place, from 1.
    var moved: [(key: PayoutKey, time: Timestamp)] = []
    var returned: [(key: PayoutKey, time: Timestamp)] = []
    var isOut = false
    var sends = 0
  }

  /// - Parameter bookPath: continued where it is there.
  package init(
    manifest: ChannelManifest, options: SimulatedOptions, bookPath: String, clock: any PayoutClock = SystemPayoutClock()
  ) throws(SimulatedBook.Defect) {
    self.manifest = manifest
    self.options = options
    self.clock = clock
    let (book, entries) = try SimulatedBook.open(bookPath)
    var state = State(book: book)
    state.rows.reserveCapacity(entries.count)
    for entry in entries { Self.apply(entry, to: &state, options) }
    self.state = Mutex(state)
    notify = Mutex(nil)
  }

  /// What a manifest of a simulated channel says unless somebody says otherwise: everything, for a small fee.
  package static func manifest(id: Label) -> ChannelManifest {
    ChannelManifest(
      id: id, rails: [.bankCard, .alipay, .weChat], paysReferences: true,
      fee: ChannelFee(perMillion: 1_000, minimum: 10, maximum: 2_500),
      capabilities: [.query, .cancel, .payeeConfirmation, .statement, .notifications], inFlightMaximum: 64,
      isSimulated: true)
  }

  /// From now on nothing gets through and nothing is answered, until it is over.
  package func setOutage(_ isOut: Bool) { state.withLock { $0.isOut = isOut } }

  /// Called, from any task, for each payment that is made later than it was asked for, and after lost answers: a notification,
  /// late or told twice as the options say.
  package func onNotification(_ handler: @escaping @Sendable (PayoutKey) -> Void) { notify.withLock { $0 = handler } }

  /// Calls of `send` so far.
  package var sends: Int { state.withLock { $0.sends } }

  // MARK: - PayoutChannel

  package func prepare(_ order: PayoutOrder) throws(PrepareDefect) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(64 + order.number.utf8.count + order.holderName.utf8.count)
    body.append(contentsOf: "simulated/1\n".utf8)
    body.append(contentsOf: order.key.text.utf8)
    body.append(0x0A)
    body.append(contentsOf: String(order.amount.minorUnits).utf8)
    body.append(0x20)
    body.append(contentsOf: order.amount.currency.description.utf8)
    body.append(0x0A)
    body.append(order.rail.map { 0x30 + $0.rawValue } ?? 0x30)
    body.append(0x0A)
    body.append(contentsOf: order.number.utf8)
    body.append(0x0A)
    body.append(contentsOf: order.holderName.utf8)
    return body
  }

  package func send(_ request: SentRequest) async -> ChannelAnswer {
    await pass(request.key)
    let (answer, isTold) = state.withLock { state in
      state.sends += 1
      return take(request, &state)
    }
    if isTold { tell(request.key) }
    return answer
  }

  package func query(_ request: SentRequest) async -> ChannelAnswer {
    await pass(request.key)
    return state.withLock { state in
      if isOut(state) { return Self.silence }
      guard let row = state.rows[request.key] else { return .notFound }
      if case .lost = row.standing { return .notFound }
      return answer(request.key, &state)
    }
  }

  package func cancel(_ request: SentRequest) async -> ChannelAnswer {
    await pass(request.key)
    return state.withLock { state in
      if isOut(state) { return Self.silence }
      guard let row = state.rows[request.key] else { return .notFound }
      advance(request.key, &state)
      if case .awaiting = state.rows[request.key]?.standing {
        guard put(.cancelled, request.key, row.amount, fee: 0, row.body, &state) else { return Self.silence }
      }
      return answer(request.key, &state)
    }
  }

  /// Notifications come as calls, not as messages: see `onNotification`.
  package func parseNotification(_ notification: RawNotification) throws(NotificationDefect) -> ChannelNotification {
    throw .notSupported
  }

  package func statement(day: CivilDate) async throws(StatementFailure) -> [StatementLine] {
    let lines: [StatementLine]? = state.withLock { state in
      guard !isOut(state) else { return nil }
      return self.lines(of: day, &state)
    }
    guard let lines else { throw .unavailable("the channel does not answer") }
    return lines
  }

  // MARK: - What happens to a key

  private func isOut(_ state: borrowing State) -> Bool {
    guard !state.isOut, let path = options.outagePath else { return state.isOut }
    return access(path, F_OK) == 0
  }

  private static let silence = ChannelAnswer.unknown(code: "NO_ANSWER", message: "")

  private static func checksum(_ request: SentRequest) -> UInt32 {
    var sum = CRC32C()
    request.body.withUnsafeBytes { sum.update($0) }
    withUnsafeBytes(of: request.amount.minorUnits.littleEndian) { sum.update($0) }
    withUnsafeBytes(of: request.amount.currency.code.littleEndian) { sum.update($0) }
    return sum.value
  }

  private func pass(_ key: PayoutKey) async {
    let latency = options.latencyMilliseconds(of: key)
    if latency > 0 { await clock.sleep(untilMilliseconds: clock.monotonicMilliseconds() + latency) }
  }

  /// The answer to a send, and whether a notification follows.
  private func take(_ request: SentRequest, _ state: inout State) -> (ChannelAnswer, isTold: Bool) {
    if isOut(state) { return (Self.silence, false) }
    let key = request.key
    let body = Self.checksum(request)
    let known = state.rows[key]
    var wasLost = false
    if let known {
      guard known.body == body else {
        // What it knows of the key is not what it is told: nobody may take that for a failure.
        return (.unknown(code: "DUPLICATE_OTHER_CONTENT", message: "the key was used for another request"), false)
      }
      guard case .lost = known.standing else { return (answer(key, &state), false) }
      wasLost = true
    }
    let fate = options.fate(of: key, wasLost: wasLost)
    func book(_ kind: SimulatedBook.Kind, _ amount: Money, fee: Int64 = 0) -> Bool {
      put(kind, key, amount, fee: fee, body, &state)
    }
    func pay(_ amount: Money) -> Bool { book(.moved, amount, fee: manifest.fee.of(amount.minorUnits) ?? 0) }
    let isBooked =
      switch fate {
      case .paid, .paidThenReturned, .lostAnswer: pay(request.amount)
      case .wrongAmount:
        pay(Money(minorUnits: max(request.amount.minorUnits - 1, 0), currency: request.amount.currency))
      case .technicalFailure: book(.technicalFailure, request.amount)
      case .payeeFailure: book(.payeeFailure, request.amount)
      case .refusal: book(.refused, request.amount)
      case .acceptedThenPaid: book(.accepted, request.amount)
      case .confirmedLater, .neverConfirmed: book(.awaiting, request.amount)
      case .lostRequest: book(.lost, request.amount)
      }
    guard isBooked else { return (Self.silence, false) }
    switch fate {
    case .lostRequest: return (Self.silence, false)
    case .lostAnswer: return (Self.silence, true)
    case .paid, .wrongAmount, .paidThenReturned, .technicalFailure, .payeeFailure, .refusal, .acceptedThenPaid,
      .confirmedLater, .neverConfirmed:
      if options.happens(options.unknownCodePermille, .unknownCode, key) {
        return (.unknown(code: "E_SIMULATED", message: "a code that nobody knows"), true)
      }
      return (answer(key, &state), fate == .acceptedThenPaid || fate == .confirmedLater)
    }
  }

  /// As the key stands now. A row must be there.
  private func answer(_ key: PayoutKey, _ state: inout State) -> ChannelAnswer {
    advance(key, &state)
    switch state.rows[key]?.standing {
    case nil, .lost: return .notFound
    case .paid(let amount, let fee, let number):
      return .paid(ChannelAnswer.Proof(amount: amount, reference: "S\(number)", feeMinorUnits: fee))
    case .returned(let amount, let number):
      return .paid(ChannelAnswer.Proof(amount: amount, reference: "S\(number)", feeMinorUnits: 0))
    case .accepted: return .accepted(reference: "")
    case .awaiting(let due, let isConfirmed):
      let until = isConfirmed ? due - options.laterMilliseconds * 1_000 + options.confirmMilliseconds * 1_000 : due
      return .waiting(reference: "", until: Timestamp(microseconds: until))
    case .failed(let kind): return .failed(failure(kind, key))
    }
  }

  private func failure(_ kind: SimulatedBook.Kind, _ key: PayoutKey) -> ChannelAnswer.Failure {
    switch kind {
    case .technicalFailure:
      options.draw(.failure, key) % 2 == 0
        ? ChannelAnswer.Failure(.tryAgain, .channelUnavailable, code: "SYSTEM_BUSY")
        : ChannelAnswer.Failure(.tryElsewhere, .channelUnavailable, code: "CHANNEL_MAINTENANCE")
    case .payeeFailure: ChannelAnswer.Failure(.payee, .accountWrong, code: "ACCOUNT_WRONG")
    case .refused: ChannelAnswer.Failure(.refused, .regulatory, code: "NOT_ALLOWED")
    case .lapsed: ChannelAnswer.Failure(.lapsed, .notConfirmedInTime, code: "LAPSED")
    case .cancelled, .moved, .returned, .accepted, .awaiting, .lost:
      ChannelAnswer.Failure(.cancelled, .cancelledByUs, code: "CANCELLED")
    }
  }

  /// What time has done to it meanwhile.
  private func advance(_ key: PayoutKey, _ state: inout State) {
    guard let row = state.rows[key] else { return }
    let now = clock.now().microseconds
    switch row.standing {
    case .accepted(let due) where due <= now, .awaiting(let due, isConfirmed: true) where due <= now:
      _ = put(.moved, key, row.amount, fee: manifest.fee.of(row.amount.minorUnits) ?? 0, row.body, &state)
    case .awaiting(let due, isConfirmed: false) where due <= now:
      _ = put(.lapsed, key, row.amount, fee: 0, row.body, &state)
    case .accepted, .awaiting, .paid, .returned, .failed, .lost: break
    }
  }

  /// Books, then takes it as done. False: the book cannot be written, and nobody may be told anything.
  private func put(
    _ kind: SimulatedBook.Kind, _ key: PayoutKey, _ amount: Money, fee: Int64, _ body: UInt32, _ state: inout State
  ) -> Bool {
    let entry = SimulatedBook.Entry(key: key, kind: kind, amount: amount, fee: fee, time: clock.now(), body: body)
    do throws(SimulatedBook.Defect) { try state.book.append(entry) } catch { return false }
    Self.apply(entry, to: &state, options)
    return true
  }

  private static func apply(_ entry: SimulatedBook.Entry, to state: inout State, _ options: SimulatedOptions) {
    let standing: Standing
    switch entry.kind {
    case .moved:
      state.moved.append((entry.key, entry.time))
      standing = .paid(amount: entry.amount, fee: entry.fee, number: state.moved.count)
    case .returned:
      state.returned.append((entry.key, entry.time))
      guard case .paid(let amount, _, let number) = state.rows[entry.key]?.standing else { return }
      standing = .returned(amount: amount, number: number)
    case .technicalFailure, .payeeFailure, .refused, .lapsed, .cancelled: standing = .failed(entry.kind)
    case .accepted: standing = .accepted(dueMicroseconds: entry.time.microseconds + options.laterMilliseconds * 1_000)
    case .awaiting:
      let isConfirmed =
        options.fate(of: entry.key, wasLost: false) == .confirmedLater
        || options.fate(of: entry.key, wasLost: true) == .confirmedLater
          && options.fate(of: entry.key, wasLost: false) == .lostRequest
      let wait = isConfirmed ? options.laterMilliseconds : options.confirmMilliseconds
      standing = .awaiting(dueMicroseconds: entry.time.microseconds + wait * 1_000, isConfirmed: isConfirmed)
    case .lost: standing = .lost
    }
    state.rows[entry.key] = Row(standing: standing, amount: entry.amount, body: entry.body)
  }

  // MARK: - Statements and notifications

  /// China's local days, eight hours before UTC's: what statements go by.
  private static let offsetMicroseconds: Int64 = 8 * 3_600 * 1_000_000
  private static let dayMicroseconds: Int64 = 86_400 * 1_000_000

  private func lines(of day: CivilDate, _ state: inout State) -> [StatementLine] {
    let begin = Int64(day.daysSince1970) * Self.dayMicroseconds - Self.offsetMicroseconds
    let range = begin..<begin + Self.dayMicroseconds
    // What comes back is booked when the day of its payment is looked at first.
    for (key, time) in state.moved where range.contains(time.microseconds) {
      guard options.fate(of: key, wasLost: false) == .paidThenReturned,
        case .paid(let amount, _, _) = state.rows[key]?.standing,
        let body = state.rows[key]?.body
      else { continue }
      _ = put(.returned, key, amount, fee: 0, body, &state)
    }
    var lines: [StatementLine] = []
    for (key, time) in state.moved where range.contains(time.microseconds) {
      let amount: Money
      let number: Int
      switch state.rows[key]?.standing {
      case .paid(let paid, _, let place): (amount, number) = (paid, place)
      case .returned(let paid, let place): (amount, number) = (paid, place)
      case .failed, .accepted, .awaiting, .lost, nil: continue
      }
      lines.append(StatementLine(key: key, kind: .paid, amount: amount, reference: "S\(number)"))
    }
    for (key, _) in state.returned {
      guard case .returned(let amount, let number) = state.rows[key]?.standing,
        range.contains(state.moved[number - 1].time.microseconds)
      else { continue }
      lines.append(
        StatementLine(key: key, kind: .returned(code: "ACCOUNT_CLOSED"), amount: amount, reference: "S\(number)"))
    }
    return lines
  }

  private func tell(_ key: PayoutKey) {
    guard let handler = notify.withLock({ $0 }) else { return }
    let isLate = options.happens(options.lateNotificationPermille, .late, key)
    let isTwice = options.happens(options.duplicateNotificationPermille, .duplicate, key)
    let time = clock.monotonicMilliseconds() + options.laterMilliseconds * (isLate ? 2 : 1)
    Task { [clock] in
      await clock.sleep(untilMilliseconds: time)
      handler(key)
      if isTwice { handler(key) }
    }
  }
}
