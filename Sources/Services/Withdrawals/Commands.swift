internal import LedgerCore
internal import RPC

/// From what came over the wire to what the ledger understands: here everything is checked that can be checked without
/// the ledger, and whatever is wrong is named in one answer.

extension SubmitWithdrawalMessage {
  static func decode(_ reader: consuming WireReader) throws(RPCStatus) -> SubmitWithdrawalMessage {
    do throws(MalformedMessage) { return try SubmitWithdrawalMessage(reader) } catch { throw RPCStatus(error) }
  }

  @inline(__always)
  func command(of principal: Principal, _ quotes: QuoteTokens) throws(RPCStatus) -> SubmitWithdrawal {
    guard minorUnits > 0, let currency = Currency(currency) else { throw violations() }
    var command: SubmitWithdrawal
    do throws(Label.Defect) {
      let requestID = try Label(requestID)
      let agent = try Label(agent)
      let payee = try Label(payee)
      let amount = Money(minorUnits: minorUnits, currency: currency)
      let content = ContentFingerprint.submitWithdrawal(agent: agent, amount: amount, payee: payee)
      command = SubmitWithdrawal(
        key: principal.key(requestID, content), partner: principal.name, agent: agent, amount: amount, payee: payee)
    } catch {
      throw violations()
    }
    if !isPlain { try choose(&command, quotes) }
    return command
  }

  /// What a submission may ask for besides the payout itself.
  private func choose(_ command: inout SubmitWithdrawal, _ quotes: QuoteTokens) throws(RPCStatus) {
    var violations = FieldViolations()
    command.speed = violations.speed("speed", Int(speed))
    command.acceleration = violations.acceleration("acceleration", Int(acceleration))
    command.origin = violations.origin(device: device, address: address)
    guard violations.list.isEmpty else { throw self.violations() }
    let promise = quote.isEmpty ? nil : quotes.promise(quote)
    if promise == nil, !quote.isEmpty { throw RPCStatus(QuoteMismatch.quote) }
    // Of the submission as it was sent: a promise adds to what is meant, not to what was asked for.
    command.key.content = ContentFingerprint.submitWithdrawal(command, quote: quote)
    guard let promise else { return }
    if let mismatch = promise.mismatch(command) { throw RPCStatus(mismatch) }
    command.quoted = promise.terms
    // The fee is that of one speed, whatever the rules would choose by now.
    command.speed = promise.speed
  }

  /// Looks again, at everything.
  private func violations() -> RPCStatus {
    var violations = FieldViolations()
    _ = violations.label("request_id", requestID)
    _ = violations.label("agent", agent)
    _ = violations.currency("amount.currency_code", currency)
    violations.positive("amount.minor_units", minorUnits)
    _ = violations.label("payee", payee)
    _ = violations.speed("speed", Int(speed))
    _ = violations.acceleration("acceleration", Int(acceleration))
    _ = violations.origin(device: device, address: address)
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
    let etag = violations.etag("etag", etag)
    guard violations.list.isEmpty else { throw RPCStatus(violations) }
    let content = ContentFingerprint.cancelWithdrawal(id: id, etag: etag)
    return CancelWithdrawal(
      key: principal.key(requestID, content), scope: principal.scope, id: id,
      expectedSequence: etag?.sequence)
  }
}

extension FieldViolations {
  /// nil where none is given, or after noting what is wrong with it.
  mutating func etag(_ field: String, _ text: WireText) -> ETag? {
    if let etag = ETag(text) { return etag }
    if !text.isEmpty {
      add(field, "ETAG_MALFORMED", "is not an etag of this server: pass the withdrawal's etag as it was given, or none")
    }
    return nil
  }

  mutating func withdrawalID(_ field: String, _ text: String) -> WithdrawalID {
    var text = text
    return text.withUTF8 { withdrawalID(field, UnsafeRawBufferPointer($0)) }
  }
}
