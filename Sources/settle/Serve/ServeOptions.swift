import Notifications
import Transport

/// Where a server finds what it needs.
struct ServeOptions: Sendable {
  var dataDirectory: String
  var listen: Endpoint
  var certificatePath: String
  var keyPath: String
  var clientAuthorityPath: String
  var domain: TrustDomain
  var loopCount: Int
  var drainSeconds: Int
  var rules: RulesChoice
  var keys: KeyPlace
  var channels = ChannelsChoice()
  var side = SideListeners.Choice()
  var webhooks: WebhookOptions

  /// Reads the files now, so that a later change of them is a new context.
  func makeTLS() throws(Failure) -> TLSContext {
    do throws(TLSConfigurationError) {
      return try TLSContext.server(
        chainFile: certificatePath, keyFile: keyPath, clients: .required(authorityFile: clientAuthorityPath))
    } catch {
      throw Failure(
        .unreadableInput, "\(error)", advice: "`settle certs --out DIR` writes a set of certificates and keys that fit."
      )
    }
  }
}
