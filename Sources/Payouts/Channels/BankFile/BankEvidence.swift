internal import LedgerCore

/// What one line of a bank's file says of a key.
enum BankNotice: Hashable {
  case status(PayoutKey, BankStatus)
  case booking(PayoutKey, BankBooking)
}

/// Of a pain.002.
enum BankStatus: Hashable {
  case accepted(reference: String)
  case settled(Money, reference: String)
  case rejected(code: String)
}

/// Of a camt.054: money moved on our account.
struct BankBooking: Hashable {
  enum Kind: Hashable {
    case debit(feeMinorUnits: Int64?)
    case credit(code: String)
  }
  var kind: Kind
  var amount: Money
  /// The clearing's serial, or else the bank's own number.
  var reference: String
  var day: CivilDate
  /// How many like it stand before it in its message.
  var likeBefore = 0
}

/// All that was read of one key. The order in which files come does not change what it says, nor does a repetition.
struct BankEvidence {
  private var accepted: String?
  private var settled: (amount: Money, reference: String)?
  private var rejected: String?
  private(set) var bookings: [BankBooking] = []

  /// A bank books a transfer once, and a return once; more than this of one key is not looked at singly.
  private static let bookingsMaximum = 32

  mutating func add(_ status: BankStatus) {
    switch status {
    case .accepted(let reference): accepted = max(accepted ?? "", reference)
    case .settled(let amount, let reference):
      if let settled, (settled.amount.minorUnits, settled.reference) <= (amount.minorUnits, reference) { return }
      settled = (amount, reference)
    case .rejected(let code): rejected = min(rejected ?? code, code)
    }
  }

  mutating func add(_ booking: BankBooking) {
    guard !bookings.contains(booking), bookings.count < Self.bookingsMaximum else { return }
    bookings.append(booking)
  }

  /// Money that was booked is proof before all that reports say. Booked twice, it is told as the sum, which is not our
  /// amount, so that people decide.
  func answer(file: MessageID?, fee: (Int64) -> Int64) -> ChannelAnswer {
    if let paid = debits { return .paid(proof(paid, fee)) }
    switch (settled, rejected) {
    case (.some, .some(let code)):
      return .unknown(code: code, message: "the bank reported it settled and rejected")
    case (.some(let settled), nil):
      return .paid(
        ChannelAnswer.Proof(
          amount: settled.amount, reference: settled.reference, feeMinorUnits: fee(settled.amount.minorUnits)))
    case (nil, .some(let code)):
      return StatusReasons.answer(code)
    case (nil, nil):
      let reference = accepted.flatMap { $0.isEmpty ? nil : $0 }
      return .accepted(reference: reference ?? file?.description ?? "")
    }
  }

  private var debits: [(BankBooking, fee: Int64?)]? {
    let debits = bookings.compactMap { booking -> (BankBooking, fee: Int64?)? in
      guard case .debit(let fee) = booking.kind else { return nil }
      return (booking, fee)
    }.sorted { $0.0.reference < $1.0.reference }
    return debits.isEmpty ? nil : debits
  }

  private func proof(_ debits: [(BankBooking, fee: Int64?)], _ fee: (Int64) -> Int64) -> ChannelAnswer.Proof {
    var amount = debits[0].0.amount
    var charged = debits[0].fee
    for (booking, more) in debits.dropFirst() {
      let (sum, overflow) = amount.minorUnits.addingReportingOverflow(booking.amount.minorUnits)
      amount.minorUnits = overflow ? .max : sum
      charged = [charged, more].compactMap(\.self).max()
    }
    return ChannelAnswer.Proof(
      amount: amount, reference: debits[0].0.reference, feeMinorUnits: charged ?? fee(amount.minorUnits))
  }
}
