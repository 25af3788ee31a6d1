internal import Digests
internal import HTTPStreams
internal import Ledger
internal import LedgerCore
internal import RPC
internal import SettlementProto
internal import SwiftProtobuf

/// Adding to the lists and taking off them, one entry or many.
extension RiskService {
  /// Entries of one import. Each is a record of its own, some 200 bytes; a thousand are a few frames of the journal.
  static let importMaximum = 1_000
  /// Bytes of one import: `importMaximum` entries of the longest names.
  static let importMessageBytes = 1 << 20
  /// Of an import, so many wait for the ledger at once.
  private static let importedAtOnce = 64

  func put(
    _ request: Settlement_V1_PutListEntryRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_ListEntry {
    let principal = try access.principal(of: context.peer, calling: .putListEntry)
    return try await entry(try putCommand(request, principal, context))
  }

  func remove(
    _ request: Settlement_V1_RemoveListEntryRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_ListEntry {
    let principal = try access.principal(of: context.peer, calling: .removeListEntry)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    let place = violations.listPlace(
      request.subject, request.colour, partner: request.partner, name: request.name, payeeNumber: request.payeeNumber,
      privateData)
    let reason = violations.label("reason", request.reason)
    try violations.throwIfAny()
    guard let place else { throw .strangeAnswer }
    let change = ListChange.remove(reason: reason)
    return try await entry(
      ChangeList(
        key: principal.key(requestID, ContentFingerprint.changeList(place, change)), place,
        change))
  }

  /// Every entry has its own result; what is wrong with one keeps no other out.
  func importEntries(
    _ request: Settlement_V1_ImportListEntriesRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_ImportListEntriesResponse {
    let principal = try access.principal(of: context.peer, calling: .importListEntries)
    guard request.entries.count <= Self.importMaximum else {
      var violations = FieldViolations()
      violations.add(
        "entries", "TOO_MANY",
        "has \(request.entries.count) entries; at most \(Self.importMaximum) are taken at once: send the rest after it")
      throw RPCStatus(violations)
    }
    var response = Settlement_V1_ImportListEntriesResponse()
    var seen: [ListPlace: Int] = [:]
    var start = 0
    while start < request.entries.count {
      let end = min(start + Self.importedAtOnce, request.entries.count)
      var commands: [Result<ChangeList, RPCStatus>] = []
      for index in start..<end {
        commands.append(importCommand(request.entries[index], at: index, &seen, principal, context))
      }
      response.results += await results(of: commands)
      start = end
    }
    return response
  }

  /// Entries are decided side by side, so of two about the same thing nobody could say which is the last one.
  private func importCommand(
    _ request: Settlement_V1_PutListEntryRequest, at index: Int, _ seen: inout [ListPlace: Int],
    _ principal: Principal, _ context: ServerContext
  ) -> Result<ChangeList, RPCStatus> {
    do throws(RPCStatus) {
      let command = try putCommand(request, principal, context)
      let place = ListPlace(command)
      if let first = seen.updateValue(index, forKey: place) {
        var violations = FieldViolations()
        violations.add("name", "LISTED_TWICE", "is in entry \(first) of this import already: send one of them")
        throw RPCStatus(violations)
      }
      return .success(command)
    } catch {
      return .failure(error)
    }
  }

  private func results(of commands: [Result<ChangeList, RPCStatus>]) async -> [Settlement_V1_ImportListEntriesResult] {
    await withTaskGroup(of: (Int, Settlement_V1_ImportListEntriesResult).self) { group in
      for (index, command) in commands.enumerated() {
        group.addTask { (index, await result(of: command)) }
      }
      var results = [Settlement_V1_ImportListEntriesResult](repeating: .init(), count: commands.count)
      for await (index, result) in group { results[index] = result }
      return results
    }
  }

  private func result(of command: Result<ChangeList, RPCStatus>) async -> Settlement_V1_ImportListEntriesResult {
    var result = Settlement_V1_ImportListEntriesResult()
    do throws(RPCStatus) {
      result.entry = try await entry(try command.get())
    } catch {
      result.error.code = Int32(error.code.rawValue)
      result.error.reason = error.reason ?? ""
      result.error.message = error.message
    }
    return result
  }

  private func putCommand(
    _ request: Settlement_V1_PutListEntryRequest, _ principal: Principal, _ context: ServerContext
  ) throws(RPCStatus) -> ChangeList {
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    let place = violations.listPlace(
      request.subject, request.colour, partner: request.partner, name: request.name, payeeNumber: request.payeeNumber,
      privateData)
    let until = violations.expireTime("expire_time", request.hasExpireTime, request.expireTime)
    let reason = violations.label("reason", request.reason)
    try violations.throwIfAny()
    guard let place else { throw .strangeAnswer }
    let change = ListChange.put(until: until, reason: reason)
    return ChangeList(
      key: principal.key(requestID, ContentFingerprint.changeList(place, change)), place,
      change)
  }

  private func entry(_ command: ChangeList) async throws(RPCStatus) -> Settlement_V1_ListEntry {
    let reply = try await ledger.ask(.command(.changeList(command)))
    guard case .listEntry(let entry) = reply.answer else { throw .strangeAnswer }
    return Settlement_V1_ListEntry(entry, reply.receipt)
  }
}

extension ChangeList {
  fileprivate init(key: RequestKey, _ place: ListPlace, _ change: ListChange) {
    self.init(
      key: key, subject: place.subject, colour: place.colour, partner: place.partner, name: place.name, change: change)
  }
}

extension ListPlace {
  fileprivate init(_ command: ChangeList) {
    self.init(subject: command.subject, colour: command.colour, partner: command.partner, name: command.name)
  }
}

extension ContentFingerprint {
  static func changeList(_ place: ListPlace, _ change: ListChange) -> Fingerprint128 {
    var fields: ContentFields
    switch change {
    case .put: fields = ContentFields(.putListEntry)
    case .remove: fields = ContentFields(.removeListEntry)
    }
    fields.add(2, UInt64(place.subject.rawValue))
    fields.add(3, UInt64(place.colour.rawValue))
    fields.add(4, place.partner)
    fields.add(5, place.name)
    switch change {
    case .put(let until, let reason):
      if let until { fields.addPresent(6, UInt64(bitPattern: until.microseconds)) }
      fields.add(7, reason)
    case .remove(let reason): fields.add(6, reason)
    }
    return fields.fingerprint
  }
}
