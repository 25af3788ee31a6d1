internal import Digests
internal import Foundation

/// An answer of the gateway whose signature was verified (open platform, "Verify a signature yourself", synchronous
/// answers): RSA2 over the bytes of the `..._response` node exactly as they came.
struct AlipayAnswer {
  let node: JSONText

  enum Defect: Error {
    case malformed
    case signature
  }

  /// - Parameter method: `alipay.fund.trans.uni.transfer`; its node has the name with underscores.
  init(_ body: [UInt8], to method: String, key: RSAPublicKey) throws(Defect) {
    guard let answer = try? JSONText(reading: body) else { throw .malformed }
    let name = method.split(separator: ".").joined(separator: "_") + "_response"
    guard let member = answer.member(name), case .object = member.value else { throw .malformed }
    guard let text = answer["sign"]?.string, let signature = Data(base64Encoded: text),
      key.verifies(Array(signature), of: Array(body[member.bytes]))
    else { throw .signature }
    node = member.value
  }

  private func text(_ name: String) -> String { node[name]?.string ?? "" }

  /// An amount, which some gateways write as a number: its digits as they stand.
  private func figure(_ name: String) -> String {
    switch node[name] {
    case .text(let digits), .number(let digits): digits
    case .object, .array, .bool, .null, nil: ""
    }
  }

  /// `10000` for success; 40004 for a refusal whose reason is `sub_code`.
  var code: String { text("code") }
  var subCode: String { text("sub_code") }
  var message: String { subCode.isEmpty ? text("msg") : text("sub_msg") }
  /// Our number, as the gateway repeats it.
  var key: String { text("out_biz_no") }
  var status: String { text("status") }
  var order: String { text("order_id") }
  /// The funds' serial number, which bank statements carry; else the order's.
  var reference: String { text("pay_fund_order_id").isEmpty ? order : text("pay_fund_order_id") }
  var amount: String { figure("trans_amount") }
  var fee: String { figure("order_fee") }
  var errorCode: String { text("error_code") }
  var failReason: String { text("fail_reason") }
}
