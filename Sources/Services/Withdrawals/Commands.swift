internal import LedgerCore
internal import RPC

/// From what came over the wire to what the ledger understands: here everything is checked that can be checked without
/// the ledger, and whatever is wrong is named in one answer.

extension SubmitWithdrawalMessage {
  static func decode(_ reader: consuming WireReader) throws(RPCStatus) -> SubmitWithdrawalMessage {
    do throws(MalformedMessage) { return try SubmitWithdrawalMessage(reader) } catch { throw RPCStatus(error) }
  }

  @inline(__always)
  func command(of principal: Principal) throws(RPCStatus) -> SubmitWithdrawal {
    guard minorUnits > 0, let currency = Currency(currency) else { throw violations() }
    do throws(Label.Defect) {
      let requestID = try Label(requestID)
      let agent = try Label(agent)
      let payee = try Label(payee)
      let amount = Money(minorUnits: minorUnits, currency: currency)
      let content = ContentFingerprint.submitWithdrawal(agent: agent, amount: amount, payee: payee)
      return SubmitWithdrawal(
        key: principal.key(requestID, content), partner: principal.name,
        agent: agent, amount: amount, payee: payee)
    } catch {
      throw violations()
    }
  }

  /// Looks again, at everything.
  private func violations() -> RPCStatus {
    var violations = FieldViolations()
    _ = violations.label("request_id", requestID)
    _ = violations.label("agent", agent)
    _ = violations.currency("amount.currency_code", currency)
    violations.positive("amount.minor_units", minorUnits)
    _ = violations.label("payee", payee)
    return RPCStatus(violations)
  }
}

extension GetWithdrawalMessage {
  static func decode(_ reader: consuming WireReader) throws(RPCStatus) -> GetWithdrawalMessage {
    do throws(MalformedMessage) { return try GetWithdrawalMessage(reader) } catch { throw RPCStatus(error) }
  }

  @inline(__always)
  func query(of principal: Principal) throws(RPCStatus) -> Query {
    if requestID.isEmpty, let id = WithdrawalID(id) { return .withdrawal(id, principal.scope) }
    return try otherQuery(of: principal)
  }

  private func otherQuery(of principal: Principal) throws(RPCStatus) -> Query {
    var violations = FieldViolations()
    if id.isEmpty == requestID.isEmpty {
      let what = id.isEmpty ? "neither is set" : "both are set"
      violations.add("id", "EXACTLY_ONE_OF", "or request_id must be set, exactly one: \(what)")
      violations.add("request_id", "EXACTLY_ONE_OF", "or id must be set, exactly one: \(what)")
      throw RPCStatus(violations)
    }
    let query: Query
    if requestID.isEmpty {
      query = .withdrawal(violations.withdrawalID("id", id), principal.scope)
    } else {
      query = .request(principal.namespace, violations.label("request_id", requestID), principal.scope)
    }
    guard violations.list.isEmpty else { throw RPCStatus(violations) }
    return query
  }
}

extension CancelWithdrawalMessage {
  static func decode(_ reader: consuming WireReader) throws(RPCStatus) -> CancelWithdrawalMessage {
    do throws(MalformedMessage) { return try CancelWithdrawalMessage(reader) } catch { throw RPCStatus(error) }
  }

  func command(of principal: Principal) throws(RPCStatus) -> CancelWithdrawal {
    var violations = FieldViolations()
    let requestID = violations.label("request_id", requestID)
    let id = violations.withdrawalID("id", id)
    let etag = ETag(etag)
    if etag == nil, !self.etag.isEmpty {
      violations.add(
        "etag", "ETAG_MALFORMED", "is not an etag of this server: pass the withdrawal's etag as it was given, or none")
    }
    guard violations.list.isEmpty else { throw RPCStatus(violations) }
    let content = ContentFingerprint.cancelWithdrawal(id: id, etag: etag)
    return CancelWithdrawal(
      key: principal.key(requestID, content), scope: principal.scope, id: id,
      expectedSequence: etag?.sequence)
  }
}
