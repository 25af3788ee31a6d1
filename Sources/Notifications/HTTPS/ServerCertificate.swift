internal import Glibc
internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// A certificate chain and its key, read again on demand: whoever connects afterwards gets the new ones.
final class ServerCertificate: Sendable {
  private struct Pair {
    let chain: [NIOSSLCertificateSource]
    let key: NIOSSLPrivateKeySource

    /// TLS 1.2 or newer.
    var configuration: TLSConfiguration {
      var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: key)
      configuration.minimumTLSVersion = .tlsv12
      return configuration
    }
  }

  private let certificateFile: String
  private let keyFile: String
  /// Callers must have a certificate of this authority; nil: anybody may call.
  private let clientAuthorityFile: String?
  private let pair: Mutex<Pair>

  init(
    certificateFile: String, keyFile: String, clientAuthorityFile: String? = nil
  ) throws(HTTPSListenerDefect) {
    self.certificateFile = certificateFile
    self.keyFile = keyFile
    self.clientAuthorityFile = clientAuthorityFile
    try Self.expectAuthority(clientAuthorityFile)
    pair = Mutex(try Self.read(certificateFile, keyFile))
  }

  /// Files that are not right leave the old ones in use.
  func reload() throws(HTTPSListenerDefect) {
    let new = try Self.read(certificateFile, keyFile)
    pair.withLock { $0 = new }
  }

  /// Asks for the pair at each handshake.
  var configuration: TLSConfiguration {
    var configuration = pair.withLock { $0 }.configuration
    if let clientAuthorityFile {
      configuration.trustRoots = .file(clientAuthorityFile)
      // A server's peers have no host names; without a certificate the handshake fails.
      configuration.certificateVerification = .noHostnameVerification
    }
    configuration.sslContextCallback = { [self] _, promise in
      let current = pair.withLock { $0 }
      var chosen = NIOSSLContextConfigurationOverride()
      chosen.certificateChain = current.chain
      chosen.privateKey = current.key
      promise.succeed(chosen)
    }
    return configuration
  }

  private static func read(_ certificateFile: String, _ keyFile: String) throws(HTTPSListenerDefect) -> Pair {
    let certificates: [NIOSSLCertificate]
    do {
      certificates = try NIOSSLCertificate.fromPEMFile(certificateFile)
    } catch {
      throw HTTPSListenerDefect("cannot read certificates from \(certificateFile): \(error); it has to be a PEM file")
    }
    try expectPrivate(keyFile)
    let key: NIOSSLPrivateKey
    do {
      key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
    } catch {
      throw HTTPSListenerDefect("cannot read a private key from \(keyFile): \(error); it has to be a PEM file")
    }
    let pair = Pair(chain: certificates.map { .certificate($0) }, key: .privateKey(key))
    do {
      _ = try NIOSSLContext(configuration: pair.configuration)
    } catch {
      throw HTTPSListenerDefect("\(certificateFile) and \(keyFile) do not belong together: \(error)")
    }
    return pair
  }

  private static func expectAuthority(_ file: String?) throws(HTTPSListenerDefect) {
    guard let file else { return }
    do {
      guard try !NIOSSLCertificate.fromPEMFile(file).isEmpty else {
        throw HTTPSListenerDefect("\(file) has no certificate of an authority")
      }
    } catch let defect as HTTPSListenerDefect {
      throw defect
    } catch {
      throw HTTPSListenerDefect("cannot read an authority from \(file): \(error); it has to be a PEM file")
    }
  }

  /// Everybody who reads the key can pretend to be this server.
  private static func expectPrivate(_ keyFile: String) throws(HTTPSListenerDefect) {
    var status = stat()
    guard stat(keyFile, &status) == 0 else {
      throw HTTPSListenerDefect("cannot read the key \(keyFile): error \(errno); is the path right, and ours to read?")
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw HTTPSListenerDefect("the key \(keyFile) is not a file") }
    guard status.st_mode & 0o077 == 0 else {
      throw HTTPSListenerDefect("others than its owner may use the key \(keyFile); run: chmod 600 \(keyFile)")
    }
  }
}
