import LedgerCore
import Testing

@testable import Payouts

@Suite struct WeChatPaySigningTests {
  /// APIv3, "Generate a signature": the example's text, whose published signature `RSATests` makes.
  @Test func aRequestsText() {
    let text = WeChatPaySigning.requestText(
      method: "GET", path: "/v3/certificates", timestamp: "1554208460", nonce: "593BEC0C930BF1AFEB40B4A08C8FB242",
      body: [])
    #expect(
      String(decoding: text, as: UTF8.self)
        == "GET\n/v3/certificates\n1554208460\n593BEC0C930BF1AFEB40B4A08C8FB242\n\n")
  }

  /// APIv3, "Verify a signature": the text of an answer.
  @Test func anAnswersText() {
    let text = WeChatPaySigning.answerText(timestamp: "1722850421", nonce: "d824f2e", body: Array(#"{"a":1}"#.utf8))
    #expect(String(decoding: text, as: UTF8.self) == "1722850421\nd824f2e\n{\"a\":1}\n")
  }

  @Test func theHeader() {
    let header = WeChatPaySigning.authorization(
      merchant: "1900007291", serial: "408B07E79B8269FEC3D5D3E6AB8ED163A6A380DB", timestamp: "1554208460",
      nonce: "593BEC0C930BF1AFEB40B4A08C8FB242", signature: "CtcbzwtQjN8rnOXItEBJ5aQFSnIXESeV28Pr2YEmf9wsDQ8Nx25y")
    #expect(
      header
        == #"WECHATPAY2-SHA256-RSA2048 mchid="1900007291",nonce_str="593BEC0C930BF1AFEB40B4A08C8FB242","#
        + #"signature="CtcbzwtQjN8rnOXItEBJ5aQFSnIXESeV28Pr2YEmf9wsDQ8Nx25y",timestamp="1554208460","#
        + #"serial_no="408B07E79B8269FEC3D5D3E6AB8ED163A6A380DB""#)
  }
}
