/// Facts of a merchant at WeChat Pay (APIv3, merchant transfer in the mode that the payee confirms).
package struct WeChatPayOptions: Sendable, Hashable {
  /// `appid`, to which the payees' openids belong.
  package var appID: String
  /// `mchid`
  package var merchantID: String
  /// Serial number of the merchant's API certificate.
  package var merchantSerial: String
  /// PEM of that certificate's key, 0600 or 0400: signs requests.
  package var privateKeyFile: String
  /// 32 bytes, 0600 or 0400: opens notifications.
  package var apiV3KeyFile: String
  /// WeChat Pay's own keys; the first one encrypts names, all verify, so that a rotation needs no gap.
  package var platformKeys: [PlatformKey]
  package var transferSceneID: String
  /// `transfer_scene_report_infos`: what the scene was registered with.
  package var sceneReports: [SceneReport]
  /// `user_recv_perception`; empty for the scene's own.
  package var userPerception: String
  /// `transfer_remark`, at most 32 characters: the payee reads it.
  package var remark: String
  /// Where notifications go; empty for none.
  package var notifyURL: String
  /// The production server is `https://api.mch.weixin.qq.com`.
  package var origin: String
  /// PEM file of authorities instead of those of the system.
  package var authorityFile: String?
  package var timeoutMilliseconds: Int64

  package struct PlatformKey: Sendable, Hashable {
    /// `PUB_KEY_ID_...`, or the certificate's serial number; empty to take it from the certificate.
    package var id: String
    /// PEM key or certificate.
    package var file: String
    package init(id: String, file: String) {
      self.id = id
      self.file = file
    }
  }

  package struct SceneReport: Sendable, Hashable {
    /// `info_type`
    package var type: String
    /// `info_content`
    package var content: String
    package init(type: String, content: String) {
      self.type = type
      self.content = content
    }
  }

  package init(
    appID: String, merchantID: String, merchantSerial: String, privateKeyFile: String, apiV3KeyFile: String,
    platformKeys: [PlatformKey], transferSceneID: String, sceneReports: [SceneReport], userPerception: String = "",
    remark: String = "提现", notifyURL: String = "", origin: String = "https://api.mch.weixin.qq.com",
    authorityFile: String? = nil, timeoutMilliseconds: Int64 = 10_000
  ) {
    self.appID = appID
    self.merchantID = merchantID
    self.merchantSerial = merchantSerial
    self.privateKeyFile = privateKeyFile
    self.apiV3KeyFile = apiV3KeyFile
    self.platformKeys = platformKeys
    self.transferSceneID = transferSceneID
    self.sceneReports = sceneReports
    self.userPerception = userPerception
    self.remark = remark
    self.notifyURL = notifyURL
    self.origin = origin
    self.authorityFile = authorityFile
    self.timeoutMilliseconds = timeoutMilliseconds
  }
}
