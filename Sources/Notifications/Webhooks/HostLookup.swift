internal import Dispatch
internal import Glibc
internal import Synchronization

/// Finds the addresses of a host: a parameter, so that tests can have names of their own, and names that change.
package protocol HostLookup: Sendable {
  func addresses(of host: String) async throws(HostLookupFailure) -> [InternetAddress]
}

package struct HostLookupFailure: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}

/// The system's: its hosts file and name servers.
package final class SystemLookup: HostLookup {
  private let queue = DispatchQueue(label: "settle.lookups", attributes: .concurrent)
  private let running = Mutex(0)

  package init() {}

  package func addresses(of host: String) async throws(HostLookupFailure) -> [InternetAddress] {
    // A name server that never answers must not hold a thread for each of many callers.
    let isTaken = running.withLock { running in
      guard running < WebhookLimits.lookupsMaximum else { return false }
      running += 1
      return true
    }
    guard isTaken else { throw HostLookupFailure("too many hosts are looked up at once") }
    let answer = Answer()
    queue.async { [self] in
      answer.set(Self.lookUp(host))
      running.withLock { $0 -= 1 }
    }
    // The thread goes on for itself when nobody waits any more.
    return try await withTaskCancellationHandler {
      await answer.value()
    } onCancel: {
      answer.set(.failure(HostLookupFailure("the name servers did not answer in time")))
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

  /// Set once, by whoever comes first.
  private final class Answer: Sendable {
    private enum State {
      case open(CheckedContinuation<Result<[InternetAddress], HostLookupFailure>, Never>?)
      case set(Result<[InternetAddress], HostLookupFailure>)
    }

    private let state = Mutex(State.open(nil))

    func set(_ result: Result<[InternetAddress], HostLookupFailure>) {
      let waiting: CheckedContinuation<Result<[InternetAddress], HostLookupFailure>, Never>? = state.withLock { state in
        guard case .open(let waiting) = state else { return nil }
        state = .set(result)
        return waiting
      }
      waiting?.resume(returning: result)
    }

    func value() async -> Result<[InternetAddress], HostLookupFailure> {
      await withCheckedContinuation { continuation in
        let known: Result<[InternetAddress], HostLookupFailure>? = state.withLock { state in
          if case .set(let result) = state { return result }
          state = .open(continuation)
          return nil
        }
        if let known { continuation.resume(returning: known) }
      }
    }
  }
}
