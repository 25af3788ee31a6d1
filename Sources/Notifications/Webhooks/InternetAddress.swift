internal import Glibc

/// An address of the internet protocol, as the 4 or 16 bytes that it is.
package enum InternetAddress: Hashable, Sendable {
  case four(UInt32)
  case six(high: UInt64, low: UInt64)

  /// nil: not the usual written form of an address.
  package init?(_ text: String) {
    var four = in_addr()
    var six = in6_addr()
    if inet_pton(AF_INET, text, &four) == 1 {
      self = .four(UInt32(bigEndian: four.s_addr))
    } else if inet_pton(AF_INET6, text, &six) == 1 {
      self.init(six)
    } else {
      return nil
    }
  }

  init(_ address: in6_addr) {
    self = withUnsafeBytes(of: address) {
      .six(
        high: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
        low: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
  }

  /// Why no request of ours may go there.
  package enum Defect: String, Error, Hashable, Sendable {
    case unspecified
    case loopback
    case privateNetwork = "in a private network"
    /// 100.64.0.0/10, between a provider and its customers.
    case providerNetwork = "in a network inside of a provider"
    /// 169.254.0.0/16 with the metadata service of clouds, and fe80::/10.
    case linkLocal = "link-local"
    case multicast
    case documentation = "reserved for documentation or measurements"
    case reserved
  }

  /// nil: an address of the public internet. What only wraps an IPv4 address (mapped, NAT64) is judged by that one.
  package var defect: Defect? {
    switch self {
    case .four(let address): Self.defect(ofFour: address)
    case .six(let high, let low): Self.defect(ofSix: high, low)
    }
  }

  private static func defect(ofFour address: UInt32) -> Defect? {
    func isIn(_ network: UInt32, _ bits: UInt32) -> Bool { address >> (32 - bits) == network >> (32 - bits) }
    if isIn(0, 8) { return .unspecified }
    if isIn(0x7F00_0000, 8) { return .loopback }
    if isIn(0x0A00_0000, 8) || isIn(0xAC10_0000, 12) || isIn(0xC0A8_0000, 16) { return .privateNetwork }
    if isIn(0x6440_0000, 10) { return .providerNetwork }
    if isIn(0xA9FE_0000, 16) { return .linkLocal }
    if isIn(0xE000_0000, 4) { return .multicast }
    // 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, 198.18.0.0/15
    if isIn(0xC000_0200, 24) || isIn(0xC633_6400, 24) || isIn(0xCB00_7100, 24) || isIn(0xC612_0000, 15) {
      return .documentation
    }
    // 192.0.0.0/24, 192.88.99.0/24, 240.0.0.0/4 with the broadcast address
    if isIn(0xC000_0000, 24) || isIn(0xC058_6300, 24) || isIn(0xF000_0000, 4) { return .reserved }
    return nil
  }

  private static func defect(ofSix high: UInt64, _ low: UInt64) -> Defect? {
    func isIn(_ network: UInt64, _ bits: UInt64) -> Bool { high >> (64 - bits) == network >> (64 - bits) }
    if high == 0, low == 0 { return .unspecified }
    if high == 0, low == 1 { return .loopback }
    // ::ffff:0:0/96 and 64:ff9b::/96
    if high == 0, low >> 32 == 0xFFFF { return defect(ofFour: UInt32(truncatingIfNeeded: low)) }
    if high == 0x0064_FF9B_0000_0000, low >> 32 == 0 { return defect(ofFour: UInt32(truncatingIfNeeded: low)) }
    if isIn(0xFC00 << 48, 7) { return .privateNetwork }
    if isIn(0xFE80 << 48, 10) { return .linkLocal }
    if isIn(0xFEC0 << 48, 10) { return .privateNetwork }
    if isIn(0xFF00 << 48, 8) { return .multicast }
    if isIn(0x2001_0DB8 << 32, 32) || isIn(0x3FFF << 48, 20) { return .documentation }
    // Only 2000::/3 is given out. In it: 2001::/23 (Teredo and other protocols), and 6to4, which leads to any IPv4 address.
    if !isIn(0x2000 << 48, 3) || isIn(0x2001 << 48, 23) || isIn(0x2002 << 48, 16) { return .reserved }
    return nil
  }
}

extension InternetAddress: CustomStringConvertible {
  package var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    switch self {
    case .four(let value):
      var address = in_addr(s_addr: value.bigEndian)
      inet_ntop(AF_INET, &address, &text, socklen_t(text.count))
    case .six(let high, let low):
      var address = in6_addr()
      withUnsafeMutableBytes(of: &address) {
        $0.storeBytes(of: high.bigEndian, as: UInt64.self)
        $0.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
      }
      inet_ntop(AF_INET6, &address, &text, socklen_t(text.count))
    }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
