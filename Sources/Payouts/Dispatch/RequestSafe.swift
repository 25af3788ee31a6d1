internal import Digests
internal import Ledger
internal import LedgerCore
internal import Vault

/// Opens payees' data to make a request, and seals what was made: in the clear it is only on its way to the channel.
struct RequestSafe: Sendable {
  let keys: KeyStore?
  let ledger: LedgerIdentity

  /// A request as the channel gets it, and as the ledger keeps it.
  struct Made {
    var body: [UInt8]
    var stored: StoredRequest
  }

  /// Why there is no request: nothing can be sent, and somebody has to mend the payee.
  struct Unmade: Error {
    var reason: PayoutReason
    var code: Label
  }

  func make(_ payout: Payout, for channel: any PayoutChannel) throws(Unmade) -> Made {
    guard let account = payout.account else {
      let order = PayoutOrder(
        key: payout.key, amount: payout.net, rail: nil, number: payout.payee.description, holderName: "", bank: "",
        speed: payout.speed)
      let body = try prepare(order, channel)
      guard let stored = StoredRequest(body, isSealed: false) else { throw Self.tooLong }
      return Made(body: body, stored: stored)
    }
    let pair = try open(account, payout)
    let order = PayoutOrder(
      key: payout.key, amount: payout.net, rail: account.rail, number: pair.number, holderName: pair.name,
      bank: account.bank.description, speed: payout.speed)
    let body = try prepare(order, channel)
    guard let keys else { throw Self.unreadable }
    let sealed: Sealed
    do throws(VaultError) {
      sealed = try keys.seal(
        body, binding: Self.place(payout).binding(of: ledger.id), underKeyOf: account.sealed.bytes)
    } catch { throw Self.unreadable }
    guard let stored = StoredRequest(sealed.bytes, isSealed: true) else { throw Self.tooLong }
    return Made(body: body, stored: stored)
  }

  /// What was stored, as the channel gets it; nil when it cannot be opened any more.
  func open(_ stored: StoredRequest, of payout: Payout) -> [UInt8]? {
    guard stored.isSealed else { return stored.bytes }
    guard let keys else { return nil }
    do throws(VaultError) {
      return try keys.open(stored.bytes, binding: Self.place(payout).binding(of: ledger.id))
    } catch { return nil }
  }

  /// Stands for the request of an attempt that cannot be made. It is never sent.
  static var nothing: StoredRequest {
    guard let nothing = StoredRequest([], isSealed: false) else {
      // Of no bytes, whatever the maximum.
      preconditionFailure("an empty request is too long")
    }
    return nothing
  }

  private static let unreadable = Unmade(reason: .accountWrong, code: Label(channelText: "PAYEE_UNREADABLE"))
  private static let tooLong = Unmade(reason: .requestMalformed, code: Label(channelText: "REQUEST_TOO_LONG"))

  private func prepare(_ order: PayoutOrder, _ channel: any PayoutChannel) throws(Unmade) -> [UInt8] {
    let body: [UInt8]
    do throws(PrepareDefect) { body = try channel.prepare(order) } catch {
      throw Unmade(reason: error.reason, code: Label(channelText: "NOT_PREPARED"))
    }
    // No bytes stand for a request that was never made.
    guard !body.isEmpty else { throw Unmade(reason: .requestMalformed, code: Label(channelText: "REQUEST_EMPTY")) }
    return body
  }

  private func open(_ account: PayoutAccount, _ payout: Payout) throws(Unmade) -> PrivatePair {
    guard let keys else { throw Self.unreadable }
    let place = PrivatePlace(
      kind: .payee, partner: payout.partner, agent: payout.agent, requestID: account.requestID)
    var plaintext: [UInt8]
    do throws(VaultError) {
      plaintext = try keys.open(account.sealed.bytes, binding: place.binding(of: ledger.id))
    } catch { throw Self.unreadable }
    defer { wipe(&plaintext) }
    guard let pair = PrivatePair(encoded: plaintext) else { throw Self.unreadable }
    return pair
  }

  private static func place(_ payout: Payout) -> PrivatePlace {
    PrivatePlace(
      kind: .payout, partner: payout.partner, agent: payout.agent,
      requestID: Label(channelText: payout.key.text))
  }
}
