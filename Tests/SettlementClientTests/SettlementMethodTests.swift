import Foundation
import SettlementClient
import SettlementProto
import SwiftProtobuf
import Testing

/// The client's methods against the contract in proto/.
@Suite("Methods of the services")
struct SettlementMethodTests {
  static let all: [SettlementMethod] = [
    .submit, .quote, .get, .cancel, .amend, .list, .watch, .batchSubmit, .createAgent, .getAgent, .getBalance,
    .listEntries, .deposit, .updateAgent, .verifyAgent, .getLimits, .createPayee, .getPayee, .listPayees, .findPayees,
    .verifyPayee, .erasePayee, .revealPayee, .createProposal, .confirmProposal, .getProposal, .listProposals,
    .listReviewQueue, .claimReview, .releaseReview, .approve, .reject, .requestInformation, .escalate, .placeHold,
    .liftHold, .putListEntry, .removeListEntry, .listListEntries, .importListEntries, .exportListEntries,
    .reportOutcome, .getRiskProfile, .exportRiskLog, .getRules, .reloadRules, .listAuditEvents, .verifyChain,
    .retry, .listChannels, .setChannelState, .fundChannel, .getChannelHealth, .explainRouting, .listAttempts,
    .resolveInDoubt, .listAlarms, .createAppeal, .getAppeal, .addEvidence, .assignAppeal, .resolveAppeal,
    .listAppeals, .createWebhookEndpoint, .listWebhookEndpoints, .deleteWebhookEndpoint, .rotateWebhookSecret,
    .setWebhookEndpointState, .listWebhookDeliveries, .redeliverWebhook, .listWebhookChanges,
  ]

  static func contract() throws -> [Google_Protobuf_FileDescriptorProto] {
    let bytes = try #require(Data(base64Encoded: "\(SettlementDescriptors.fileDescriptorSet)"))
    let set = try Google_Protobuf_FileDescriptorSet(serializedBytes: bytes)
    return set.file.filter { $0.package == "settlement.v1" }
  }

  @Test("are all that the contract has, spelled as it does")
  func paths() throws {
    let contract = try Self.contract().flatMap { file in
      file.service.flatMap { service in service.method.map { "/settlement.v1.\(service.name)/\($0.name)" } }
    }
    #expect(contract.count > 40)
    #expect(Set(Self.all.map(\.path)) == Set(contract))
    #expect(Self.all.count == contract.count)
  }

  /// Whoever forgets a request_id in a new mutation, or takes one for a read, finds it here.
  @Test("are mutations exactly where the request, or each of its items, has a request_id of its own")
  func effects() throws {
    let files = try Self.contract()
    let messages = Dictionary(
      uniqueKeysWithValues: files.flatMap(\.messageType).map { (".settlement.v1.\($0.name)", $0) })
    for method in files.flatMap(\.service).flatMap(\.method) {
      let request = try #require(messages[method.inputType])
      let items = request.field.filter { $0.label == .repeated }.compactMap { messages[$0.typeName] }
      let named = ([request] + items).contains { message in
        message.field.contains { $0.name == "request_id" && $0.number == 1 }
      }
      let known = try #require(Self.all.first { $0.name == method.name })
      #expect(known.effect == (named ? .mutation : .read), "\(method.name)")
    }
  }
}
