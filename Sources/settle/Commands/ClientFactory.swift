import SettlementClient
import Transport

extension ConnectionSettings {
  /// - Parameter connectAttempts: in a row, before the server counts as unreachable; nil for the usual few.
  func makeClient(connectAttempts: Int? = nil) throws(Failure) -> SettlementClient {
    let tls: TLSContext
    do throws(TLSConfigurationError) {
      tls = try TLSContext.client(
        authorityFile: authorityPath,
        credentials: .certificate(chainFile: certificatePath, keyFile: keyPath))
    } catch {
      throw Failure(
        .unreadableInput, "\(error)", advice: "`settle certs --out DIR` writes a set of certificates and keys that fit."
      )
    }
    var options = SettlementClient.Options()
    options.callTimeoutNanoseconds = Int64(timeoutSeconds) * 1_000_000_000
    if let connectAttempts { options.retries.connectAttempts = connectAttempts }
    // The process ends with the command, and the loop's thread with it.
    let loops = Loops(count: 1)
    let channels = NetworkChannels(host: server.host, port: Int(server.port), tls: tls, loop: loops.all[0])
    return SettlementClient(source: channels, options: options)
  }
}
