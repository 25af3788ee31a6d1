import SettlementClient
import Transport

extension ConnectionSettings {
  func makeClient() throws(Failure) -> SettlementClient {
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
    // The process ends with the command, and the loop's thread with it.
    let loops = Loops(count: 1)
    let channels = NetworkChannels(host: server.host, port: Int(server.port), tls: tls, loop: loops.all[0])
    return SettlementClient(source: channels, options: options)
  }
}
