import Glibc

/// The directory of a demonstration and what lies in it.
struct DemoPlace: Sendable {
  let directory: String

  var certificates: String { directory + "/certs" }
  var data: String { directory + "/data" }
  var log: String { directory + "/server.log" }
  /// Of the second server, which pays.
  var payoutData: String { directory + "/payouts" }
  var channelsFile: String { directory + "/channels.yaml" }

  /// What a simulated channel did, in its own words.
  func book(_ channel: String) -> String { "\(directory)/\(channel).book" }
  /// While this file is there, the channel is out.
  func outage(_ channel: String) -> String { "\(directory)/\(channel).out" }

  func certificate(_ name: String) -> String { "\(certificates)/\(name).pem" }
  func key(_ name: String) -> String { "\(certificates)/\(name).key" }

  /// A given directory that holds no ledger yet, or a new one among the temporary files.
  static func make(_ given: String?) throws(Failure) -> DemoPlace {
    if let given {
      // Whole, because paths in a list of channels count from that list.
      let place = DemoPlace(directory: try Files.absolute(given))
      guard !Files.exists(place.data) else {
        throw Failure(
          .cannotCreate, "\(place.data) exists already",
          advice: "It begins with an empty ledger: choose another directory.")
      }
      try Files.makeDirectory(given, mode: 0o700)
      return place
    }
    var template = Array("\(Environment.value("TMPDIR") ?? "/tmp")/settle-demo-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw Failure(
        .cannotCreate, "cannot make a temporary directory: \(systemErrorText())", advice: "Name one with --dir.")
    }
    return DemoPlace(directory: String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
  }

  func serveArguments(listen: Endpoint) -> [String] {
    serveArguments(listen: listen, data: data, rules: "standard")
  }

  /// Rules without a night's rest, channels that pay nobody, and webhooks to this machine.
  func payoutArguments() -> [String] {
    serveArguments(listen: Endpoint(host: "127.0.0.1", port: 0), data: payoutData, rules: "open")
      + ["--channels", channelsFile, "--allow-simulated", "--webhooks-allow-private"]
      + ["--webhooks-ca", certificate(DevelopmentPKI.authorityName)]
  }

  private func serveArguments(listen: Endpoint, data: String, rules: String) -> [String] {
    [
      "serve", "--data", data, "--listen", "\(listen)", "--tls-cert", certificate(DevelopmentPKI.serverName),
      "--tls-key", key(DevelopmentPKI.serverName), "--client-ca", certificate(DevelopmentPKI.authorityName),
      "--rules", rules,
    ]
  }

  func settings(_ server: Endpoint, as name: String) -> ConnectionSettings {
    ConnectionSettings(
      server: server, authorityPath: certificate(DevelopmentPKI.authorityName), certificatePath: certificate(name),
      keyPath: key(name), timeoutSeconds: 30)
  }

  /// Removes what the demonstration wrote, of a place that it chose itself.
  func remove() {
    for name in Self.names(in: directory, depth: 0) { Glibc.remove(name) }
    rmdir(directory)
  }

  /// Files before their directories. The tree is ours: certs/, data/ and payouts/ with their archives, a log.
  static func names(in directory: String, depth: Int) -> [String] {
    guard depth < 4, let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var found: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name != ".", name != ".." else { continue }
      let path = "\(directory)/\(name)"
      if entry.pointee.d_type == DT_DIR { found += names(in: path, depth: depth + 1) }
      found.append(path)
    }
    return found
  }
}
