internal import Digests
internal import Ledger
internal import LedgerCore
internal import RPC
internal import SettlementProto
internal import SwiftProtobuf

extension Settlement_V1_ListEntry {
  init(_ entry: ListEntry, _ receipt: Receipt) {
    self.init()
    subject = Settlement_V1_ListSubject(entry.subject)
    colour = Settlement_V1_ListColour(entry.colour)
    partner = entry.partner.description
    name = entry.name.description
    if let until = entry.until { expireTime = Google_Protobuf_Timestamp(until) }
    reason = entry.reason.description
    automatic = entry.isAutomatic
    time = Google_Protobuf_Timestamp(entry.time)
    self.receipt = Settlement_V1_Receipt(receipt)
  }
}

extension Settlement_V1_ListSubject {
  /// The raw values are the same by contract; a test walks them all.
  init(_ subject: ListSubject) { self = Settlement_V1_ListSubject(rawValue: Int(subject.rawValue)) ?? .unspecified }
}

extension Settlement_V1_ListColour {
  /// The raw values are the same by contract; a test walks them all.
  init(_ colour: ListColour) { self = Settlement_V1_ListColour(rawValue: Int(colour.rawValue)) ?? .unspecified }
}

/// Which entry of the lists a request is about.
struct ListPlace: Hashable, Sendable {
  let subject: ListSubject
  let colour: ListColour
  /// Of an agent's entry; `Label.none` for the other subjects.
  let partner: Label
  let name: Label
}

extension FieldViolations {
  /// nil after noting what is wrong.
  mutating func listPlace(
    _ wireSubject: Settlement_V1_ListSubject, _ wireColour: Settlement_V1_ListColour, partner: String, name: String,
    payeeNumber: String, _ privateData: PrivateData
  ) -> ListPlace? {
    let before = list.count
    let subject = listSubject("subject", wireSubject)
    if wireSubject == .unspecified {
      add("subject", "FIELD_MISSING", "must be set: 1 (agent), 2 (payee), 3 (device) or 4 (address)")
    }
    let colour = UInt8(exactly: wireColour.rawValue).flatMap(ListColour.init(rawValue:))
    if colour == nil {
      add("colour", "COLOUR_UNKNOWN", "is \(wireColour.rawValue); must be 1 (black) or 2 (white)")
    }
    let partnerLabel = labelOrNone("partner", partner)
    if let subject, (subject == .agent) == partner.isEmpty {
      let rule = subject == .agent ? "must be set for an agent's entry" : "is for agents' entries only: leave it empty"
      add("partner", subject == .agent ? "FIELD_MISSING" : "NOT_FOR_THIS_SUBJECT", rule)
    }
    let nameLabel = listName(subject, name, payeeNumber: payeeNumber, privateData)
    guard list.count == before, let subject, let colour else { return nil }
    return ListPlace(subject: subject, colour: colour, partner: partnerLabel, name: nameLabel)
  }

  /// nil where it is not set, or after noting that there is none such.
  mutating func listSubject(_ field: String, _ wire: Settlement_V1_ListSubject) -> ListSubject? {
    if wire == .unspecified { return nil }
    if let subject = UInt8(exactly: wire.rawValue).flatMap(ListSubject.init(rawValue:)) { return subject }
    add(field, "SUBJECT_UNKNOWN", "is \(wire.rawValue); must be 1 (agent), 2 (payee), 3 (device) or 4 (address)")
    return nil
  }

  /// A payee's number is hashed at once. One that stands where names stand is refused: a journal keeps what it was told.
  private mutating func listName(
    _ subject: ListSubject?, _ name: String, payeeNumber: String, _ privateData: PrivateData
  ) -> Label {
    guard !payeeNumber.isEmpty else {
      if PayeeNumber.looksPrivate(name) {
        add("name", "PLAIN_NUMBER", "looks like an account's number: pass it as payee_number, which is hashed")
      }
      if subject == .payee, PayeeID(name) != nil {
        add(
          "name", "PAYEE_ID",
          "is an account's id, by which no list goes: pass payee_number, or its hash as an export has it")
      }
      return label("name", name)
    }
    if subject != .payee { add("payee_number", "NOT_FOR_THIS_SUBJECT", "is for payees' entries only: leave it empty") }
    if !name.isEmpty { add("name", "EXACTLY_ONE_OF", "or payee_number must be set, exactly one: both are set") }
    return label("payee_number", numberHash("payee_number", payeeNumber, privateData).hexadecimal)
  }

  /// nil: for good.
  mutating func expireTime(_ field: String, _ isSet: Bool, _ wire: Google_Protobuf_Timestamp) -> Timestamp? {
    isSet ? time(field, wire) : nil
  }

  /// An instant of the years 1970 to 9999, to the microsecond.
  mutating func time(_ field: String, _ wire: Google_Protobuf_Timestamp) -> Timestamp? {
    guard (0...Self.lastSecond).contains(wire.seconds), (0..<1_000_000_000).contains(wire.nanos) else {
      add(field, "TIME_OUT_OF_RANGE", "must be a time of the years 1970 to 9999")
      return nil
    }
    return Timestamp(microseconds: wire.seconds * 1_000_000 + Int64(wire.nanos) / 1_000)
  }

  /// 9999-12-31T23:59:59Z, the last second that google.protobuf.Timestamp can hold.
  private static let lastSecond: Int64 = 253_402_300_799
}
