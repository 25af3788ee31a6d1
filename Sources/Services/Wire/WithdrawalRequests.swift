internal import LedgerCore

/// The requests of the hot path, taken apart by hand, straight from the received bytes. Texts stay where they are until
/// `Command`s are made of them; the messages must not outlive the bytes.

/// settlement.v1.SubmitWithdrawalRequest
struct SubmitWithdrawalMessage {
  var requestID = WireText(start: nil, count: 0)
  var agent = WireText(start: nil, count: 0)
  var payee = WireText(start: nil, count: 0)
  var currency = WireText(start: nil, count: 0)
  var minorUnits: Int64 = 0
  /// Numbers of the wire enums, known or not.
  var speed: Int32 = 0
  var acceleration: Int32 = 0
  var quote = WireText(start: nil, count: 0)
  var device = WireText(start: nil, count: 0)
  var address = WireText(start: nil, count: 0)

  /// Nothing is asked for but the payout itself, as most submissions do.
  @inline(__always)
  var isPlain: Bool { speed == 0 && acceleration == 0 && quote.isEmpty && device.isEmpty && address.isEmpty }

  @inline(__always)
  init(_ reader: consuming WireReader) throws(MalformedMessage) {
    while let tag = try reader.nextTag() {
      switch tag {
      case 1 << 3 | 2: try reader.text(into: &requestID)
      case 2 << 3 | 2: try reader.text(into: &agent)
      case 3 << 3 | 2: try readAmount(try reader.message())
      case 4 << 3 | 2: try reader.text(into: &payee)
      case 5 << 3: speed = Int32(truncatingIfNeeded: try reader.varint())
      case 6 << 3: acceleration = Int32(truncatingIfNeeded: try reader.varint())
      case 7 << 3 | 2: try reader.text(into: &quote)
      case 8 << 3 | 2: try reader.text(into: &device)
      case 9 << 3 | 2: try reader.text(into: &address)
      default: try reader.skip(tag)
      }
    }
  }

  /// settlement.v1.Money. A second one is merged into the first, field by field.
  @inline(__always)
  private mutating func readAmount(_ money: consuming WireReader) throws(MalformedMessage) {
    while let tag = try money.nextTag() {
      switch tag {
      case 1 << 3 | 2: try money.text(into: &currency)
      case 2 << 3: minorUnits = Int64(bitPattern: try money.varint())
      default: try money.skip(tag)
      }
    }
  }
}

/// settlement.v1.GetWithdrawalRequest
struct GetWithdrawalMessage {
  var id = WireText(start: nil, count: 0)
  var requestID = WireText(start: nil, count: 0)

  @inline(__always)
  init(_ reader: consuming WireReader) throws(MalformedMessage) {
    while let tag = try reader.nextTag() {
      switch tag {
      case 1 << 3 | 2: try reader.text(into: &id)
      case 2 << 3 | 2: try reader.text(into: &requestID)
      default: try reader.skip(tag)
      }
    }
  }
}

/// settlement.v1.CancelWithdrawalRequest
struct CancelWithdrawalMessage {
  var requestID = WireText(start: nil, count: 0)
  var id = WireText(start: nil, count: 0)
  var etag = WireText(start: nil, count: 0)

  @inline(__always)
  init(_ reader: consuming WireReader) throws(MalformedMessage) {
    while let tag = try reader.nextTag() {
      switch tag {
      case 1 << 3 | 2: try reader.text(into: &requestID)
      case 2 << 3 | 2: try reader.text(into: &id)
      case 3 << 3 | 2: try reader.text(into: &etag)
      default: try reader.skip(tag)
      }
    }
  }
}

/// settlement.v1.BatchSubmitWithdrawalsRequest: a walk over its items, so that no list of them is built first.
struct BatchSubmitWithdrawalsMessage {
  private var reader: WireReader

  init(_ reader: WireReader) { self.reader = reader }

  /// nil after the last.
  @inline(__always)
  mutating func nextItem() throws(MalformedMessage) -> SubmitWithdrawalMessage? {
    while let tag = try reader.nextTag() {
      guard tag == 1 << 3 | 2 else {
        try reader.skip(tag)
        continue
      }
      return try SubmitWithdrawalMessage(try reader.message())
    }
    return nil
  }
}
