internal import Glibc

/// Finds the addresses of a host: a parameter, so that tests can have names of their own, and names that change.
package protocol HostLookup: Sendable {
  /// May take as long as it likes, and is not cancelled.
  func addresses(of host: String) async throws(HostLookupFailure) -> [InternetAddress]
}

package struct HostLookupFailure: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}

/// The system's: its hosts file and name servers. Each look-up has a thread of its own, since it waits for name servers
/// without an end that we could set; `SharedLookups` bounds how many there are.
package struct SystemLookup: HostLookup {
  package init() {}

  package func addresses(of host: String) async throws(HostLookupFailure) -> [InternetAddress] {
    try await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<[InternetAddress], HostLookupFailure>, Never>) in
      let isStarted = LookupThread.start { continuation.resume(returning: Self.lookUp(host)) }
      if !isStarted { continuation.resume(returning: .failure(HostLookupFailure("there is no thread to ask on"))) }
    }.get()
  }

  private static func lookUp(_ host: String) -> Result<[InternetAddress], HostLookupFailure> {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, nil, &hints, &list)
    guard code == 0 else {
      return .failure(HostLookupFailure("the host is not known: \(String(cString: gai_strerror(code)))"))
    }
    defer { freeaddrinfo(list) }
    var found: [InternetAddress] = []
    var next = list
    while let entry = next {
      next = entry.pointee.ai_next
      guard let address = entry.pointee.ai_addr else { continue }
      switch entry.pointee.ai_family {
      case AF_INET:
        address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
          found.append(.four(UInt32(bigEndian: $0.pointee.sin_addr.s_addr)))
        }
      case AF_INET6:
        address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
          found.append(InternetAddress($0.pointee.sin6_addr))
        }
      default: break
      }
    }
    return found.isEmpty ? .failure(HostLookupFailure("the host has no address")) : .success(found)
  }
}

/// A thread that nobody waits for. Dispatch's pool would add threads only one a second while the others are held.
private final class LookupThread: Sendable {
  private let work: @Sendable () -> Void

  private init(_ work: @escaping @Sendable () -> Void) { self.work = work }

  /// - Returns: whether there is one.
  static func start(_ work: @escaping @Sendable () -> Void) -> Bool {
    // The new thread owns the reference until its work is done.
    let reference = Unmanaged.passRetained(LookupThread(work))
    var handle = pthread_t()
    guard pthread_create(&handle, nil, threadMain, reference.toOpaque()) == 0 else {
      reference.release()
      return false
    }
    pthread_detach(handle)
    return true
  }

  fileprivate func run() { work() }
}

private func threadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<LookupThread>.fromOpaque(context).takeRetainedValue().run()
  return nil
}
