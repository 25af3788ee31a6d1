internal import Digests
internal import Ledger
internal import LedgerCore
internal import RPC
package import Vault

/// Everything that touches private data passes here: it is sealed before it is written, opened only to be shown or checked
/// again, and destroyed when it is erased. Nothing of it enters a status, a log or a record in the clear.
///
/// A key is durable before the record that names it, so a crash between the two leaves a key that nothing refers to, never
/// a record that cannot be opened; `PrivateDataReconciliation` removes such keys.
package struct PrivateData: Sendable {
  package let keys: KeyStore
  package let verifier: any ElementsVerifier
  package let payeeVerifier: any PayeeVerifier

  package init(
    keys: KeyStore, verifier: any ElementsVerifier, payeeVerifier: any PayeeVerifier = FormOfPayees()
  ) {
    self.keys = keys
    self.verifier = verifier
    self.payeeVerifier = payeeVerifier
  }

  /// What was sealed, as the record takes it, and the name of its key.
  struct Fresh {
    let data: SealedData
    let keyID: KeyID
  }

  func fingerprint(_ normalized: String, _ purpose: SearchKey.Purpose) -> Fingerprint128 {
    keys.searchKey.fingerprint(normalized, purpose: purpose)
  }

  func seal(_ pair: PrivatePair, in place: PrivatePlace, of ledger: LedgerIdentity) async throws(RPCStatus) -> Fresh {
    var plaintext = pair.encoded
    defer { wipe(&plaintext) }
    let sealed: Sealed
    do throws(VaultError) {
      sealed = try await keys.seal(plaintext, binding: place.binding(of: ledger.id))
    } catch {
      throw RPCStatus(error)
    }
    guard let data = SealedData(sealed.bytes) else {
      // Out of reach: the bounds of a pair's texts leave room.
      await discard(sealed.keyID)
      throw .strangeAnswer
    }
    return Fresh(data: data, keyID: sealed.keyID)
  }

  func open(_ sealed: SealedData, in place: PrivatePlace, of ledger: LedgerIdentity) throws(RPCStatus) -> PrivatePair {
    var plaintext: [UInt8]
    do throws(VaultError) {
      plaintext = try keys.open(sealed.bytes, binding: place.binding(of: ledger.id))
    } catch {
      throw RPCStatus(error)
    }
    defer { wipe(&plaintext) }
    guard let pair = PrivatePair(encoded: plaintext) else { throw RPCStatus(VaultError.unreadable(.notAuthentic)) }
    return pair
  }

  /// Sends the command that carries what was sealed. The key stays only if the record may be there: a request that is
  /// refused, or was known before, needs no second one.
  ///
  /// - Parameter carries: whether the answer is about the data that was sealed here, and not about that of an earlier
  ///   request.
  func record(
    _ command: Command, _ fresh: Fresh, in ledger: Ledger, carries: (LedgerAnswer) -> Bool
  ) async throws(RPCStatus) -> LedgerAnswer {
    let answer: LedgerAnswer
    do throws(RPCStatus) {
      answer = try await ledger.ask(.command(command))
    } catch {
      if error != .outcomeUnknown { await discard(fresh.keyID) }
      throw error
    }
    if !carries(answer) { await discard(fresh.keyID) }
    return answer
  }

  /// A key that nothing refers to. It does no harm where it stays, and the next reconciliation removes it, so a failure
  /// here is nothing that a caller has to know.
  private func discard(_ key: KeyID) async {
    do throws(VaultError) { try await keys.destroy(key) } catch {}
  }

  /// What erasing is: afterwards nobody can open the data. Repeating it changes nothing.
  func destroy(_ sealed: SealedData) async throws(RPCStatus) {
    do throws(VaultError) {
      try await keys.destroy(try Sealed(sealed.bytes).keyID)
    } catch {
      throw RPCStatus(error)
    }
  }
}
