/// Facts of an application at the Alipay open platform, in key mode: its own private key and Alipay's public key.
/// Certificate mode (`app_cert_sn`, `alipay_root_cert_sn`) is not there.
package struct AlipayOptions: Sendable, Hashable {
  /// `app_id`
  package var appID: String
  /// PEM, 0600 or 0400: signs requests.
  package var privateKeyFile: String
  /// PEM key or certificate of Alipay (not the application's own): verifies answers and notifications.
  package var alipayPublicKeyFile: String
  /// The production gateway is `https://openapi.alipay.com`.
  package var origin: String
  package var gatewayPath: String
  /// What the payee reads in the bill: `order_title`, and `remark`, which is compulsory from 50,000 CNY.
  package var title: String
  /// PEM file of authorities instead of those of the system.
  package var authorityFile: String?
  package var timeoutMilliseconds: Int64

  package init(
    appID: String, privateKeyFile: String, alipayPublicKeyFile: String, origin: String = "https://openapi.alipay.com",
    gatewayPath: String = "/gateway.do", title: String = "提现", authorityFile: String? = nil,
    timeoutMilliseconds: Int64 = 10_000
  ) {
    self.appID = appID
    self.privateKeyFile = privateKeyFile
    self.alipayPublicKeyFile = alipayPublicKeyFile
    self.origin = origin
    self.gatewayPath = gatewayPath
    self.title = title
    self.authorityFile = authorityFile
    self.timeoutMilliseconds = timeoutMilliseconds
  }
}
