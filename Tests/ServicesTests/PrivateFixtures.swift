import Digests
import Foundation
package import Journal
package import JournalTesting
import RPC
import SettlementProto
import SwiftProtobuf
import Synchronization
import Testing
package import Vault

@testable import Services

/// All its files are ours and private.
extension SimulatedDisk: PrivateDisk {
  package func createNew(_ path: String) throws(DiskFailure) -> OpenFile? {
    contents(path) == nil ? try open(path, .create) : nil
  }

  package func ownership(of file: OpenFile) throws(DiskFailure) -> Ownership {
    let isFile = contents(file.path) != nil
    return Ownership(kind: isFile ? .file : .directory, isOurs: true, owner: 0, mode: isFile ? 0o600 : 0o700)
  }
}

/// People who do not exist, with numbers whose check digits are right.
enum Someone {
  static let name = "张三丰"
  static let idNumber = "11010519491231002X"
  /// Bank of ICBC's prefix.
  static let card = "6222021234567890128"
  static let otherName = "李四光"
  static let otherID = "440306199001011236"
  static let otherCard = "6228481234567890177"
  static let phone = "13812345678"
  static let email = "zhang.sanfeng@example.com"
  static let openID = "oABCDEFGHIJKLMNOPQRSTUVWXYZ0"

  /// What must never be seen outside of a reveal.
  static let secrets = [
    name, idNumber, card, otherName, otherID, otherCard, phone, email, openID, "三丰", "四光", "zhang.sanfeng",
    String(card.dropLast(4)), String(idNumber.dropLast(4)), String(phone.dropLast(4)),
  ]

  /// The secrets that stand in the bytes.
  static func leaks(in bytes: [UInt8]) -> [String] {
    let data = Data(bytes)
    return secrets.filter { data.range(of: Data($0.utf8)) != nil }
  }
}

/// Answers what it was told to; remembers that it was asked.
final class ScriptedVerifier: ElementsVerifier, PayeeVerifier {
  private let state: Mutex<(outcome: VerificationOutcome, asked: Int)>

  init(_ outcome: VerificationOutcome) { state = Mutex((outcome, 0)) }

  var asked: Int { state.withLock { $0.asked } }
  func answer(_ outcome: VerificationOutcome) { state.withLock { $0.outcome = outcome } }

  func verify(_ elements: Elements) async -> VerificationOutcome { next() }
  func verify(_ payee: PayeeDetails) async -> VerificationOutcome { next() }

  private func next() -> VerificationOutcome {
    state.withLock { state in
      state.asked += 1
      return state.outcome
    }
  }
}

enum Payees {
  static func create(
    _ agent: String = "a1", requestID: String = "p1", rail: Settlement_V1_Rail = .bankCard,
    number: String = Someone.card,
    holder: String = Someone.name, partner: String = ""
  ) -> Settlement_V1_CreatePayeeAccountRequest {
    var request = Settlement_V1_CreatePayeeAccountRequest()
    (request.requestID, request.partner, request.agent) = (requestID, partner, agent)
    (request.rail, request.number, request.holderName) = (rail, number, holder)
    return request
  }

  static func get(_ id: String) -> Settlement_V1_GetPayeeAccountRequest {
    var request = Settlement_V1_GetPayeeAccountRequest()
    request.id = id
    return request
  }

  static func list(_ agent: String = "a1", partner: String = "") -> Settlement_V1_ListPayeeAccountsRequest {
    var request = Settlement_V1_ListPayeeAccountsRequest()
    (request.partner, request.agent) = (partner, agent)
    return request
  }

  static func find(_ number: String) -> Settlement_V1_FindPayeeAccountsRequest {
    var request = Settlement_V1_FindPayeeAccountsRequest()
    request.number = number
    return request
  }

  static func verify(_ id: String, requestID: String = "v1") -> Settlement_V1_VerifyPayeeAccountRequest {
    var request = Settlement_V1_VerifyPayeeAccountRequest()
    (request.id, request.requestID) = (id, requestID)
    return request
  }

  static func erase(
    _ id: String, requestID: String = "e1", reason: String = "asked for by its owner"
  ) -> Settlement_V1_ErasePayeeAccountRequest {
    var request = Settlement_V1_ErasePayeeAccountRequest()
    (request.id, request.requestID, request.reason) = (id, requestID, reason)
    return request
  }

  static func verifyAgent(
    _ agent: String = "a1", requestID: String = "k1", name: String = Someone.name, idNumber: String = Someone.idNumber,
    card: String = Someone.card, partner: String = ""
  ) -> Settlement_V1_VerifyAgentRequest {
    var request = Settlement_V1_VerifyAgentRequest()
    (request.requestID, request.partner, request.agent) = (requestID, partner, agent)
    (request.name, request.idNumber, request.cardNumber) = (name, idNumber, card)
    return request
  }
}

enum Proposals {
  static func reveal(_ payee: String, requestID: String = "pr1") -> Settlement_V1_CreateProposalRequest {
    var request = Settlement_V1_CreateProposalRequest()
    request.requestID = requestID
    request.reveal.payeeID = payee
    return request
  }

  static func adjust(
    _ minorUnits: Int64, agent: String = "a1", partner: String = "demo", requestID: String = "pr1",
    reason: String = "booked twice"
  ) -> Settlement_V1_CreateProposalRequest {
    var request = Settlement_V1_CreateProposalRequest()
    request.requestID = requestID
    request.adjustment.partner = partner
    request.adjustment.agent = agent
    request.adjustment.amount = Requests.money(minorUnits, "CNY")
    request.adjustment.reason = reason
    return request
  }

  static func confirm(
    _ proposal: Settlement_V1_Proposal, requestID: String = "co1"
  ) -> Settlement_V1_ConfirmProposalRequest {
    var request = Settlement_V1_ConfirmProposalRequest()
    (request.requestID, request.id, request.digest) = (requestID, proposal.id, proposal.digest)
    return request
  }

  static func look(
    _ proposal: Settlement_V1_Proposal, requestID: String = "re1"
  ) -> Settlement_V1_RevealPayeeAccountRequest {
    var request = Settlement_V1_RevealPayeeAccountRequest()
    (request.requestID, request.proposalID) = (requestID, proposal.id)
    return request
  }
}

extension Caller {
  func createPayee(_ request: Settlement_V1_CreatePayeeAccountRequest) async throws -> Settlement_V1_PayeeAccount {
    try await call(.createPayeeAccount, request)
  }

  func propose(_ request: Settlement_V1_CreateProposalRequest) async throws -> Settlement_V1_Proposal {
    try await call(.createProposal, request)
  }

  func confirm(_ request: Settlement_V1_ConfirmProposalRequest) async throws -> Settlement_V1_Proposal {
    try await call(.confirmProposal, request)
  }

  func look(_ request: Settlement_V1_RevealPayeeAccountRequest) async throws -> Settlement_V1_RevealedPayeeAccount {
    try await call(.revealPayeeAccount, request)
  }
}
