package import LedgerCore

/// Keeps our requests out of places that only we can reach. A host is judged by all of its addresses, and the connection
/// goes to an address that was judged: a name that means another one a moment later gains nothing.
package struct WebhookGuard: Sendable {
  /// For tests and demos: every address and port, still over HTTPS only.
  package let allowsPrivate: Bool
  private let lookups: SharedLookups

  package init(allowsPrivate: Bool, lookups: SharedLookups) {
    self.allowsPrivate = allowsPrivate
    self.lookups = lookups
  }

  package enum Refusal: Error, Hashable, Sendable {
    case url(WebhookURL.Defect)
    case unknownHost(HostLookupFailure)
    case address(InternetAddress, InternetAddress.Defect)
  }

  package func url(_ text: String) throws(Refusal) -> WebhookURL {
    do throws(WebhookURL.Defect) { return try WebhookURL(text, anyPort: allowsPrivate) } catch { throw .url(error) }
  }

  /// All addresses of the host, at least one.
  ///
  /// - Parameter partner: whose share of the look-ups it is.
  package func addresses(of url: WebhookURL, for partner: Label) async throws(Refusal) -> [InternetAddress] {
    let addresses: [InternetAddress]
    if let literal = InternetAddress(url.host) {
      addresses = [literal]
    } else {
      do throws(HostLookupFailure) {
        addresses = try await lookups.addresses(of: url.host, for: partner)
      } catch {
        throw .unknownHost(error)
      }
    }
    guard !addresses.isEmpty else { throw .unknownHost(HostLookupFailure("the host has no address")) }
    if !allowsPrivate {
      for address in addresses {
        if let defect = address.defect { throw .address(address, defect) }
      }
    }
    return addresses
  }
}

extension WebhookGuard.Refusal: CustomStringConvertible {
  package var description: String {
    switch self {
    case .url(let defect): "\(defect)"
    case .unknownHost(let failure): "\(failure)"
    case .address(let address, let defect): "the host's address \(address) is \(defect.rawValue)"
    }
  }
}

extension WebhookURL.Defect: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tooLong(let bytes): "has \(bytes) bytes; must have at most \(WebhookLimits.urlBytesMaximum)"
    case .notHTTPS: "must begin with https://"
    case .hostMalformed: "must name a host by letters, digits, dots and hyphens, or an address, and no user"
    case .portMalformed: "has a port that is not 1 to 65535"
    case .portNotAllowed(let port):
      "has the port \(port); must be one of \(WebhookURL.ports.map { "\($0)" }.joined(separator: ", "))"
    case .targetMalformed: "must be printable ASCII without a fragment; write other characters as %XX"
    }
  }
}
