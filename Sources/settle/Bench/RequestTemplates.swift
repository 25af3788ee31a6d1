import HTTPStreams
import SettlementProto
import SwiftProtobuf

/// Requests encoded before the load starts, in one block. Only the holes in them (request id, withdrawal id) are
/// filled anew for each call, so that sending costs no encoding and no allocation.
struct RequestTemplates: Sendable {
  struct Template: Sendable {
    /// In `bytes`, gRPC prefix included.
    let range: Range<Int>
    /// Which of `requestIDHoles` are its own.
    let requestIDHoles: Range<Int>
    /// Start of the withdrawal id, where the request names one.
    let withdrawalIDHole: Int?
  }

  private(set) var bytes: [UInt8] = []
  private var requestIDHoles: [Int] = []
  private var templates: [[Template]] = Call.allCases.map { _ in [] }
  private var next: [Int] = Call.allCases.map { _ in 0 }

  /// Neither occurs in an encoded request by itself: names with control characters are refused by the command.
  private static let requestIDMark = [UInt8](repeating: 0x01, count: SerialNumber.byteCount)
  private static let withdrawalIDMark = [UInt8](repeating: 0x02, count: KnownWithdrawals.idByteCount)
  static var requestIDPlaceholder: String { String(decoding: requestIDMark, as: UTF8.self) }
  static var withdrawalIDPlaceholder: String { String(decoding: withdrawalIDMark, as: UTF8.self) }

  func hasTemplate(for call: Call) -> Bool { !templates[call.rawValue].isEmpty }

  /// Adds one more template of `call`; several are used in turn.
  mutating func add(_ call: Call, _ message: some Message) throws {
    let encoded: [UInt8] = try message.serializedBytes()
    let start = bytes.count
    let length = UInt32(encoded.count)
    bytes.append(0)
    for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
    bytes.append(contentsOf: encoded)

    let firstHole = requestIDHoles.count
    var withdrawalIDHole: Int?
    var position = start
    while position < bytes.count {
      if bytes[position] == Self.requestIDMark[0], bytes[position...].starts(with: Self.requestIDMark) {
        requestIDHoles.append(position)
        position += Self.requestIDMark.count
      } else if bytes[position] == Self.withdrawalIDMark[0], bytes[position...].starts(with: Self.withdrawalIDMark) {
        withdrawalIDHole = position
        position += Self.withdrawalIDMark.count
      } else {
        position += 1
      }
    }
    templates[call.rawValue].append(
      Template(
        range: start..<bytes.count, requestIDHoles: firstHole..<requestIDHoles.count,
        withdrawalIDHole: withdrawalIDHole))
  }

  /// Adds a request of `byteCount` bytes that mean nothing.
  mutating func addRaw(byteCount: Int) {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(UInt8(ascii: "x"), count: byteCount))
    templates[Call.raw.rawValue].append(
      Template(range: start..<bytes.count, requestIDHoles: 0..<0, withdrawalIDHole: nil))
  }

  /// Fills the holes of the next template of `call` and returns where it stands in `bytes`.
  mutating func fill(
    _ call: Call, serial: inout SerialNumber, withdrawalID: Range<Int>?, of known: KnownWithdrawals
  ) -> Range<Int> {
    let index = next[call.rawValue]
    let template = templates[call.rawValue][index]
    next[call.rawValue] = index + 1 == templates[call.rawValue].count ? 0 : index + 1
    for hole in template.requestIDHoles {
      let start = requestIDHoles[hole]
      for offset in 0..<SerialNumber.byteCount { bytes[start + offset] = serial.bytes[offset] }
      serial.advance()
    }
    if let start = template.withdrawalIDHole, let id = withdrawalID {
      for offset in 0..<id.count { bytes[start + offset] = known.bytes[id.lowerBound + offset] }
    }
    return template.range
  }
}

extension RequestTemplates {
  /// Appends the bytes in `range` to the body of a request.
  func write(_ range: Range<Int>, to connection: any StreamConnection, on stream: StreamID) {
    connection.write(bytes.span.bytes.extracting(range), on: stream)
  }
}

/// The requests of the settlement API that a load consists of.
extension RequestTemplates {
  /// What `SubmitWithdrawal` and the items of a batch ask for.
  struct Submission: Sendable {
    var agents: [String]
    var minorUnits: Int64
    var currencyCode: String
    var speed = Settlement_V1_Speed.unspecified
  }

  /// The yardstick's request body, and ours where the names leave room for it.
  static let yardstickByteCount = 120
  /// A payee has 1 to 64 bytes.
  private static let payeeByteCountMax = 64

  mutating func addSubmits(_ submission: Submission) throws {
    for agent in submission.agents {
      try add(.submit, Self.submitRequest(submission, agent: agent))
    }
  }

  mutating func addBatch(_ submission: Submission, itemCount: Int) throws {
    var batch = Settlement_V1_BatchSubmitWithdrawalsRequest()
    for item in 0..<itemCount {
      batch.items.append(Self.submitRequest(submission, agent: submission.agents[item % submission.agents.count]))
    }
    try add(.batch, batch)
  }

  mutating func addQuery() throws {
    var request = Settlement_V1_GetWithdrawalRequest()
    request.id = Self.withdrawalIDPlaceholder
    try add(.query, request)
  }

  mutating func addCancel() throws {
    var request = Settlement_V1_CancelWithdrawalRequest()
    request.requestID = Self.requestIDPlaceholder
    request.id = Self.withdrawalIDPlaceholder
    try add(.cancel, request)
  }

  mutating func addCreateAgents(_ agents: [String], partner: String) throws {
    for agent in agents {
      var request = Settlement_V1_CreateAgentRequest()
      request.requestID = Self.requestIDPlaceholder
      request.partner = partner
      request.agent = agent
      try add(.createAgent, request)
    }
  }

  mutating func addDeposits(_ agents: [String], partner: String, minorUnits: Int64, currencyCode: String) throws {
    for agent in agents {
      var request = Settlement_V1_DepositRequest()
      request.requestID = Self.requestIDPlaceholder
      request.partner = partner
      request.agent = agent
      request.amount = Self.money(minorUnits, currencyCode)
      try add(.deposit, request)
    }
  }

  /// Its payee is as long as it takes to make the request as long as the yardstick's.
  private static func submitRequest(_ submission: Submission, agent: String) -> Settlement_V1_SubmitWithdrawalRequest {
    var request = Settlement_V1_SubmitWithdrawalRequest()
    request.requestID = requestIDPlaceholder
    request.agent = agent
    request.amount = money(submission.minorUnits, submission.currencyCode)
    request.speed = submission.speed
    let payeeTagAndLength = 2
    let framePrefix = 5
    let encoded: [UInt8]? = try? request.serializedBytes()
    let room = yardstickByteCount - framePrefix - payeeTagAndLength - (encoded?.count ?? 0)
    request.payee = String(repeating: "p", count: min(max(room, 1), payeeByteCountMax))
    return request
  }

  private static func money(_ minorUnits: Int64, _ currencyCode: String) -> Settlement_V1_Money {
    var money = Settlement_V1_Money()
    money.minorUnits = minorUnits
    money.currencyCode = currencyCode
    return money
  }
}
