/// A whole request, as it came.
package struct HTTPSRequest: Sendable {
  package var method: String
  /// Without the query.
  package var path: String
  /// Lower-case names, in the order in which they came.
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]
  /// What the caller showed and TLS verified, as DER; nil where no certificate is asked for.
  package var certificate: [UInt8]?

  package init(
    method: String, path: String, headers: [(name: String, value: String)], body: [UInt8], certificate: [UInt8]? = nil
  ) {
    self.method = method
    self.path = path
    self.headers = headers
    self.body = body
    self.certificate = certificate
  }
}

package struct HTTPSReply: Sendable, Hashable {
  package var status: Int
  package var contentType: String
  package var body: [UInt8]
  /// Beyond the content's type and length.
  package var headers: [Header]

  package struct Header: Sendable, Hashable {
    package var name: String
    package var value: String
    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  package init(status: Int, contentType: String, body: [UInt8], headers: [Header] = []) {
    self.status = status
    self.contentType = contentType
    self.body = body
    self.headers = headers
  }

  /// A line for people.
  package init(_ status: Int, _ text: String, headers: [Header] = []) {
    self.init(status: status, contentType: "text/plain; charset=utf-8", body: Array("\(text)\n".utf8), headers: headers)
  }
}

/// How much of this process others may take.
package struct HTTPSLimits: Sendable, Hashable {
  package var bodyBytesMaximum = 64 << 10
  package var headerBytesMaximum = 16 << 10
  package var headerCountMaximum = 100
  /// More wait in the kernel's queue until one closes.
  package var connectionsMaximum = 256
  /// Of one address (of IPv6: of one /64, which a single customer has): a fourth, so that nobody can take all. A channel's
  /// callbacks come one by one, also through a proxy.
  package var connectionsOfAddressMaximum = 64
  /// A connection is closed then, and its peer connects again: nobody keeps a place for ever.
  package var age = Duration.seconds(300)
  /// Requests at once, over all connections; more are told to come again.
  package var requestsMaximum = 256
  /// From the connection to the end of its first request's headers: handshake, preface, headers.
  package var firstRequest = Duration.seconds(10)
  package var body = Duration.seconds(10)
  /// Without a request beginning or ending.
  package var idle = Duration.seconds(60)
  /// For requests under way when the listener stops.
  package var stop = Duration.seconds(3)

  package init() {}
}

/// Why nobody listens: what was wrong, where, and what to do.
package struct HTTPSListenerDefect: Error, Hashable, Sendable, CustomStringConvertible {
  package var description: String
  init(_ description: String) { self.description = description }
}
