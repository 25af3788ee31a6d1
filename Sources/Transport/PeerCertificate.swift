import COpenSSL

/// What an identity is made from: facts of a certificate that TLS has verified.
package struct PeerCertificate: Sendable {
  /// URI subject alternative names, in the certificate's order.
  package let uriNames: [String]
  /// SHA-256 of the certificate (DER).
  package let digest: [UInt8]

  /// More names than this are nobody's honest certificate; the rest is not looked at.
  private static let namesMax = 64

  /// `certificate` is borrowed.
  init(_ certificate: OpaquePointer) {
    digest = Self.digest(of: certificate)
    uriNames = Self.uriNames(of: certificate)
  }

  /// From another TLS library, which verified it. Nil when it is no certificate.
  package init?(der: [UInt8]) {
    let parsed = der.withUnsafeBytes { bytes -> OpaquePointer? in
      var cursor = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
      return d2i_X509(nil, &cursor, bytes.count)
    }
    guard let parsed else {
      OpenSSLErrors.clear()
      return nil
    }
    defer { X509_free(parsed) }
    self.init(parsed)
  }

  private static func digest(of certificate: OpaquePointer) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    guard X509_digest(certificate, EVP_sha256(), &digest, &count) == 1 else { return [] }
    return Array(digest.prefix(Int(count)))
  }

  private static func uriNames(of certificate: OpaquePointer) -> [String] {
    guard let raw = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return [] }
    let names = OpaquePointer(raw)
    defer { GENERAL_NAMES_free(names) }
    var found: [String] = []
    for index in 0..<min(settle_GENERAL_NAMES_count(names), Int32(namesMax)) {
      guard let name = settle_GENERAL_NAMES_at(names, index), let uri = settle_GENERAL_NAME_uri(name),
        let text = text(of: uri)
      else { continue }
      found.append(text)
    }
    return found
  }

  /// Nil unless the name is plain ASCII without control characters: a NUL or a newline inside a name is an attack.
  private static func text(of string: UnsafePointer<ASN1_IA5STRING>) -> String? {
    let count = Int(ASN1_STRING_length(string))
    guard count > 0, let bytes = ASN1_STRING_get0_data(string) else { return nil }
    let buffer = UnsafeBufferPointer(start: bytes, count: count)
    guard buffer.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
    return String(decoding: buffer, as: UTF8.self)
  }
}
