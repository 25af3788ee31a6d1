import COpenSSL

/// OpenSSL's per-thread error queue: cleared before each operation, drained after a failed one.
enum OpenSSLErrors {
  static func clear() { ERR_clear_error() }

  /// Empties the queue and gives the first entry, which names the cause.
  static func drain() -> (code: UInt, text: String)? {
    let first = ERR_get_error()
    guard first != 0 else { return nil }
    var text = [CChar](repeating: 0, count: 256)
    ERR_error_string_n(first, &text, text.count)
    while ERR_get_error() != 0 {}
    let reason = ERR_reason_error_string(first).map { String(cString: $0) }
    return (first, reason ?? text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" })
  }

  static func drainText() -> String { drain()?.text ?? "no further information" }
}
