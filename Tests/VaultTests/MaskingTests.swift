import JournalTesting
import Testing
import Vault

@Suite struct MaskingTests {
  @Test(arguments: [
    ("6222021234567894", "**** **** **** 7894"), ("6222 0212 3456 7894", "**** **** **** 7894"),
    ("6222021234567890123", "**** **** **** 0123"), ("1234567", "**** **** **** ****"), ("", "**** **** **** ****"),
    ("not a number", "**** **** **** ****"),
  ])
  func cards(number: String, mask: String) { #expect(Masking.cardNumber(number) == mask) }

  @Test(arguments: [
    ("张三", "张*"), ("张三丰", "张**"), ("张", "*"), ("", "*"), ("买买提·吐尔逊", "买*****"), ("Zhang San", "Z*******"),
    ("😀三", "*"), ("1张", "*"), (String(repeating: "张", count: 500), "张********"),
  ])
  func names(name: String, mask: String) { #expect(Masking.name(name) == mask) }

  @Test(arguments: [
    ("someone@example.com", "s***@example.com"), ("1a@163.com", "****@163.com"), ("a@12306.cn", "a***@***"),
    ("nonsense", "***"), ("a@" + String(repeating: "b", count: 70) + ".com", "a***@***"),
  ])
  func emails(address: String, mask: String) { #expect(Masking.email(address) == mask) }

  @Test func others() {
    #expect(Masking.phone("138 0013 8000") == "*******8000")
    #expect(Masking.idNumber("11010519491231002x") == "**************002X")
    #expect(Masking.alipayAccount("13800138000") == "*******8000")
    #expect(Masking.alipayAccount("someone@example.com") == "s***@example.com")
    #expect(Masking.weChatOpenID("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o") == "***eS6o")
    #expect(Masking.weChatOpenID("oUpF8u") == "***")
  }

  /// Whatever is put in: short, and at most four digits of it.
  @Test func noMaskShowsMuch() {
    let masks: [(String) -> String] = [
      Masking.cardNumber, Masking.idNumber, Masking.phone, Masking.name, Masking.email, Masking.alipayAccount,
      Masking.weChatOpenID,
    ]
    let seed: UInt64 = 7
    var random = SeededGenerator(seed: seed)
    let symbols = Array("0123456789012345678901234567890123456789aZ@.-_ 张·😀é\u{301}X".unicodeScalars)
    for round in 0..<20_000 {
      var scalars = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 0...80, using: &random) {
        scalars.append(symbols[Int.random(in: 0..<symbols.count, using: &random)])
      }
      // Random text is rarely an address.
      let text = round % 2 == 0 ? String(scalars) : "\(round)@\(round % 1000)\(scalars.count).cn"
      for (number, mask) in masks.enumerated() {
        let shown = mask(text)
        #expect(shown.utf8.count <= Masking.bytesMaximum, "mask \(number), seed \(seed), round \(round)")
        let digits = shown.unicodeScalars.count { ("0"..."9").contains($0) }
        #expect(digits <= 4, "mask \(number), seed \(seed), round \(round)")
      }
    }
  }
}
