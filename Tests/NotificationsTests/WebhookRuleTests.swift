import Digests
import Testing

@testable import Notifications

/// What is decided without a network.
@Suite struct WebhookRuleTests {
  @Test(arguments: [
    ("127.0.0.1", "loopback"), ("127.255.255.254", "loopback"), ("0.0.0.0", "unspecified"), ("0.1.2.3", "unspecified"),
    ("10.0.0.1", "private"), ("172.16.0.1", "private"), ("172.31.255.255", "private"), ("192.168.1.1", "private"),
    ("100.64.0.1", "provider"), ("100.127.255.255", "provider"), ("169.254.169.254", "link-local"),
    ("224.0.0.1", "multicast"), ("239.255.255.255", "multicast"), ("240.0.0.1", "reserved"),
    ("255.255.255.255", "reserved"), ("192.0.2.1", "reserved for"), ("198.18.0.1", "reserved for"),
    ("192.0.0.1", "reserved"), ("::", "unspecified"), ("::1", "loopback"), ("fc00::1", "private"),
    ("fd12:3456::1", "private"), ("fe80::1", "link-local"), ("ff02::1", "multicast"), ("::ffff:127.0.0.1", "loopback"),
    ("::ffff:169.254.169.254", "link-local"), ("::ffff:10.0.0.1", "private"), ("64:ff9b::a00:1", "private"),
    ("64:ff9b::7f00:1", "loopback"), ("64:ff9b:1::1", "reserved"), ("2002:7f00:1::", "reserved"),
    ("2001:0:1::1", "reserved"), ("2001:db8::1", "reserved for"), ("::127.0.0.1", "reserved"), ("4000::1", "reserved"),
  ])
  func placesThatAreNotPublic(_ text: String, _ why: String) throws {
    let address = try #require(InternetAddress(text))
    #expect(address.defect?.rawValue.contains(why) == true, "\(text): \(String(describing: address.defect))")
  }

  @Test(arguments: [
    "8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0", "169.253.1.1", "223.5.5.5",
    "2606:4700::1111", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
  ])
  func publicPlaces(_ text: String) throws {
    let address = try #require(InternetAddress(text))
    #expect(address.defect == nil)
    #expect(InternetAddress("\(address)") == address)
  }

  @Test(arguments: [
    ("https://example.com", "https://example.com/"), ("HTTPS://Example.COM/a?b=c", "https://example.com/a?b=c"),
    ("https://example.com:443/", "https://example.com/"), ("https://example.com:8443?x", "https://example.com:8443/?x"),
    ("https://[2606:4700::1]/", "https://[2606:4700::1]/"), ("https://8.8.8.8/", "https://8.8.8.8/"),
  ])
  func urls(_ text: String, _ canonical: String) throws {
    #expect(try WebhookURL(text, anyPort: false).text == canonical)
  }

  @Test(arguments: [
    "http://example.com/", "https://", "https:///x", "https://user@example.com/", "https://a:b@example.com/",
    "https://example.com:22/", "https://example.com:0/", "https://example.com:99999/", "https://example.com:/",
    "https://example.com:+443/", "https://exa mple.com/", "https://example.com/a b", "https://example.com/#x",
    "https://example.com\\@evil.com/", "https://例え.jp/", "https://-a.com/", "https://a..b/", "https://a./",
    "https://[::1", "https://[::1]x/", "https://[127.0.0.1]/", "https://[fe80::1%25eth0]/", "ftp://example.com/",
    "https://example.com/\u{0}", "https://example.com/\r\nhost: x", "https://" + String(repeating: "a", count: 3_000),
  ])
  func urlsThatAreRefused(_ text: String) {
    #expect(throws: WebhookURL.Defect.self) { try WebhookURL(text, anyPort: false) }
  }

  @Test func scheduleOfStandardWebhooks() throws {
    let waits = (0..<10).map { WebhookSchedule.waitMicroseconds(afterFailures: $0, random: 0) }
    #expect(
      waits.map { ($0 ?? -1) / 1_000_000 } == [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400])
    #expect(WebhookSchedule.waitMicroseconds(afterFailures: 10, random: 0) == nil)
    for random in [0, 1, 12_345, UInt64.max] {
      let wait = try #require(WebhookSchedule.waitMicroseconds(afterFailures: 2, random: random))
      #expect((300_000_000...330_000_000).contains(wait))
    }
  }

  @Test func signatureAsOpenSSLMakesIt() {
    let secret = WebhookSecret(bytes: Array("0123456789abcdef0123456789abcdef".utf8))
    // openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef, of "evt_1.1700000000.{}"
    #expect(
      secret.signature(id: "evt_1", timestampSeconds: 1_700_000_000, body: Array("{}".utf8))
        == "v1,92tdonml60wZWeipEITTwvedjc9j20cnxAc7NEkh+JA=")
    #expect(secret.text == "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
    #expect("\(secret)" == "<webhook secret>" && "\(String(reflecting: secret))".contains("0123") == false)
  }
}
