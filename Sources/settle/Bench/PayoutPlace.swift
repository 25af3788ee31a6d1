import Glibc

/// The directory of a run and what lies in it.
struct PayoutPlace: Sendable {
  private let place: DemoPlace

  var directory: String { place.directory }
  var ledger: String { place.data }
  var books: String { directory + "/books" }
  var channelsFile: String { directory + "/channels.yaml" }
  var log: String { place.log }
  var certificates: String { place.certificates }

  func book(_ channel: String) -> String { "\(books)/\(channel)\(PayoutBooks.suffix)" }
  /// While it is there, the channel is out.
  func outage(_ channel: String) -> String { "\(directory)/\(channel).out" }

  private init(_ place: DemoPlace) { self.place = place }

  /// Of a run that is over.
  init(existing directory: String) { self.init(DemoPlace(directory: directory)) }

  /// A given directory that holds no ledger yet, or a new one among the temporary files.
  static func make(_ given: String?) throws(Failure) -> PayoutPlace {
    let place = PayoutPlace(try DemoPlace.make(given))
    try Files.makeDirectory(place.books, mode: 0o700)
    return place
  }

  func serveArguments(listen: Endpoint) -> [String] {
    let certificate = place.certificate(DevelopmentPKI.serverName)
    return [
      "serve", "--data", ledger, "--listen", "\(listen)", "--tls-cert", certificate, "--tls-key",
      place.key(DevelopmentPKI.serverName), "--client-ca", place.certificate(DevelopmentPKI.authorityName), "--rules",
      "open", "--channels", channelsFile, "--allow-simulated",
    ]
  }

  /// - Parameter timeoutSeconds: for a call with its retries; a killed server is back long before.
  func settings(_ server: Endpoint, as name: String, timeoutSeconds: Int = 60) -> ConnectionSettings {
    let demo = place.settings(server, as: name)
    return ConnectionSettings(
      server: server, authorityPath: demo.authorityPath, certificatePath: demo.certificatePath,
      keyPath: demo.keyPath, timeoutSeconds: timeoutSeconds)
  }

  func target(_ server: Endpoint, as name: String) throws(Failure) -> LoadTarget {
    try LoadTarget(
      server: server, authorityFile: place.certificate(DevelopmentPKI.authorityName),
      credentials: .init(chainFile: place.certificate(name), keyFile: place.key(name)))
  }

  func remove() {
    for name in DemoPlace.names(in: directory, depth: 0) { Glibc.remove(name) }
    rmdir(directory)
  }
}
