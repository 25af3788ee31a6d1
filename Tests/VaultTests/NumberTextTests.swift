import Testing
import Vault

@Suite struct NumberTextTests {
  @Test(arguments: [
    ("6222021234567890", "6222021234567890"),
    (" 6222 0212-3456\u{3000}7890 ", "6222021234567890"),
    ("６２２２０２１２３４５６７８９０", "6222021234567890"),
    ("11010519491231002x", "11010519491231002X"),
    ("138\u{2013}0000\u{A0}0000", "13800000000"),
    ("12a;4", "12A;4"),
    ("", ""),
  ])
  func waysOfWriting(text: String, number: String) {
    #expect(NumberText.normalized(text) == number)
  }
}
