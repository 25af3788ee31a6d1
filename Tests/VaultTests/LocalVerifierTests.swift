import LedgerCore
import Testing

@testable import Vault

/// The ID numbers are invented; their check digits are right. 11010519491231002X is the example of GB 11643-1999.
@Suite struct LocalVerifierTests {
  static let today = CivilDate(year: 2026, month: 11, day: 21)

  @Test(
    arguments: [
      ("11010519491231002X", nil),
      ("11010519491231002x", nil),
      (" 110105 19491231-002X ", nil),
      ("440524188001010014", .noSuchDateOfBirth),  // right check digit, 146 years old
      ("", .missing),
      ("  ", .missing),
      ("1101051949123100", .wrongLength(characters: 16, allowed: 18...18)),
      ("110105491231002", .wrongLength(characters: 15, allowed: 18...18)),
      ("11010519491231002XX", .wrongLength(characters: 19, allowed: 18...18)),
      ("1101051949123100X2", .notDigits),
      ("11010519491231002Y", .notDigits),
      ("1101051949123100२X", .wrongLength(characters: 20, allowed: 18...18)),
      ("110105194912310021", .wrongCheckDigit),
      ("110105194912310020", .wrongCheckDigit),
      ("11010519491231012X", .wrongCheckDigit),
      ("11010519941231002X", .wrongCheckDigit),
      ("10010519491231002X", .unknownProvince),
      ("00010519491231002X", .unknownProvince),
      ("99010519491231002X", .unknownProvince),
      ("11010519490229002X", .noSuchDateOfBirth),
      ("11010519491301002X", .noSuchDateOfBirth),
      ("11010519490001002X", .noSuchDateOfBirth),
      ("11010519490431002X", .noSuchDateOfBirth),
      ("11010500001231002X", .noSuchDateOfBirth),
    ] as [(String, ElementDefect.Reason?)])
  func idNumbers(number: String, reason: ElementDefect.Reason?) throws {
    #expect(ResidentIDNumber.defect(number, today: try #require(Self.today)) == reason)
  }

  /// Each single wrong digit and each exchange of neighbours is noticed: what MOD 11-2 is for.
  @Test func everySlipOfThePenIsNoticed() throws {
    let today = try #require(Self.today)
    let number = Array("11010519491231002X")
    for index in 0..<17 {
      for digit in "0123456789" where digit != number[index] {
        var wrong = number
        wrong[index] = digit
        #expect(ResidentIDNumber.defect(String(wrong), today: today) != nil)
      }
      var exchanged = number
      exchanged.swapAt(index, index + 1)
      if exchanged != number { #expect(ResidentIDNumber.defect(String(exchanged), today: today) != nil) }
    }
  }

  @Test func birthIsTodayAtTheLatest() throws {
    let number = try withCheckDigit("11010520261121001")
    #expect(ResidentIDNumber.defect(number, today: try #require(Self.today)) == nil)
    let yesterday = try #require(CivilDate(year: 2026, month: 11, day: 20))
    #expect(ResidentIDNumber.defect(number, today: yesterday) == .bornInTheFuture)
    let leapDay = try withCheckDigit("11010520000229001")
    #expect(ResidentIDNumber.defect(leapDay, today: try #require(Self.today)) == nil)
  }

  /// One of the eleven characters is right.
  private func withCheckDigit(_ first17: String) throws -> String {
    let far = try #require(CivilDate(year: 9999, month: 12, day: 31))
    let right = "0123456789X".map { first17 + String($0) }.filter { ResidentIDNumber.defect($0, today: far) == nil }
    #expect(right.count == 1)
    return try #require(right.first)
  }

  @Test(
    arguments: [
      ("6222021234567894", nil),
      ("6222 0212 3456 7894", nil),
      ("6222-0212-3456-7894", nil),
      ("4111111111111111", .unknownBankPrefix),
      ("5105105105105100", .unknownBankPrefix),
      ("6222021234567890", .wrongCheckDigit),
      ("6222021234567849", .wrongCheckDigit),
      ("", .missing),
      ("62220212345678", .wrongLength(characters: 14, allowed: 15...19)),
      ("62220212345678940000", .wrongLength(characters: 20, allowed: 15...19)),
      ("622202123456789X", .notDigits),
      ("6222021234567８94", nil),
    ] as [(String, ElementDefect.Reason?)])
  func cardNumbers(number: String, reason: ElementDefect.Reason?) {
    #expect(CardNumber.defect(number) == reason)
  }

  @Test(
    arguments: [
      ("6222021234567894", .icbc), ("9558801234567890", .icbc), ("6228481234567890", .agriculturalBank),
      ("6217001234567890", .constructionBank), ("6216611234567890", .bankOfChina),
      ("6222621234567890", .bankOfCommunications), ("6221881234567890", .postalSavingsBank),
      ("6225881234567890", .merchantsBank), ("6226901234567890", .citic), ("6226601234567890", .everbright),
      ("6226301234567890", .huaxia), ("6226221234567890", .minsheng), ("6225681234567890", .guangfa),
      ("6221551234567890", .pingAn), ("6229081234567890", .industrialBank),
      ("6225211234567890", .pudongDevelopmentBank), ("6299991234567890", .otherUnionPay), ("4111111111111111", nil),
      ("", nil), ("6", nil),
    ] as [(String, BankPrefixes.Bank?)])
  func banks(number: String, bank: BankPrefixes.Bank?) {
    #expect(BankPrefixes.bank(ofCardNumber: number) == bank)
  }

  @Test func everyListedPrefixIsOneBanksAlone() {
    let prefixes = BankPrefixes.listed.map(\.prefix)
    #expect(Set(prefixes).count == prefixes.count)
    #expect(
      prefixes.allSatisfy { (2...6).contains($0.utf8.count) && $0.utf8.allSatisfy { CardNumber.digit($0) != nil } })
    #expect(Set(BankPrefixes.listed.map(\.bank)) == Set(BankPrefixes.Bank.allCases))
  }

  @Test(arguments: [
    ("张三", "张三", true), (" 张 三 ", "张三", true), ("张三", "张山", false), ("张三", "张三丰", false),
    ("买买提·吐尔逊", "买买提•吐尔逊", true), ("买买提．吐尔逊", "买买提・吐尔逊", true), ("买买提吐尔逊", "买买提·吐尔逊", true),
    ("ＺＨＡＮＧ　ＳＡＮ", "Zhang San", true), ("O'Neil", "ONeil", false),
  ])
  func namesOfOnePerson(left: String, right: String, areEqual: Bool) {
    #expect(PersonName.areEqual(left, right) == areEqual)
    #expect((PersonName.normalized(left) == PersonName.normalized(right)) == areEqual)
  }

  @Test(
    arguments: [
      ("张三", nil), ("买买提·吐尔逊", nil), ("O'Neil-Smith", nil), ("𠮷田", nil), ("", .missing), (" · ", .missing),
      ("张3", .notAName), ("张\u{0}三", .notAName), ("张\u{202E}三", .notAName), ("<b>", .notAName), ("张三😀", .notAName),
      (String(repeating: "张", count: 64), nil),
      (String(repeating: "张", count: 65), .tooLong(characters: 65, maximum: 64)),
    ] as [(String, ElementDefect.Reason?)])
  func namesThatAreNone(name: String, reason: ElementDefect.Reason?) {
    #expect(PersonName.defect(name) == reason)
  }

  @Test func everythingThatIsWrongIsSaidAtOnce() async throws {
    let today = try #require(Self.today)
    let verifier: any ElementsVerifier = LocalVerifier { today }
    func outcome(_ name: String, _ idNumber: String, _ card: String?, _ holder: String) async -> VerificationOutcome {
      await verifier.verify(Elements(name: name, idNumber: idNumber, cardNumber: card, holderName: holder))
    }
    let (idNumber, card) = ("11010519491231002X", "6222021234567894")
    #expect(await outcome("张三", idNumber, card, "张 三") == .verified)
    #expect(await outcome("张三", idNumber, nil, "张三") == .verified)
    #expect(await outcome("张三", idNumber, card, "李四") == .refused([ElementDefect(.holderName, .namesDiffer)]))
    #expect(
      await outcome("", "1", "", "李四")
        == .refused([
          ElementDefect(.name, .missing),
          ElementDefect(.idNumber, .wrongLength(characters: 1, allowed: 18...18)),
          ElementDefect(.cardNumber, .missing),
        ]))
    #expect(
      await outcome("张三", "110105194912310021", "6222021234567890", "")
        == .refused([
          ElementDefect(.idNumber, .wrongCheckDigit), ElementDefect(.cardNumber, .wrongCheckDigit),
          ElementDefect(.holderName, .missing),
        ]))
  }

  @Test(
    arguments: [
      ("13800138000", nil), ("138 0013 8000", nil), ("someone@example.com", nil),
      (" Some.One+pay@mail.example.cn ", nil),
      ("", .missing), ("23800138000", .notAnAlipayAccount), ("1380013800", .notAnAlipayAccount),
      ("138001380000", .notAnAlipayAccount), ("someone", .notAnAlipayAccount), ("a@b", .notAnAlipayAccount),
      ("@example.com", .notAnAlipayAccount), ("a@@example.com", .notAnAlipayAccount), ("a@.com", .notAnAlipayAccount),
      ("a@example..com", .notAnAlipayAccount), ("a@-example.com", .notAnAlipayAccount),
      ("张@example.com", .notAnAlipayAccount), ("a@example.com\n", .notAnAlipayAccount),
      (String(repeating: "a", count: 65) + "@example.com", .notAnAlipayAccount),
      ("a@" + String(repeating: "a", count: 250) + ".com", .notAnAlipayAccount),
    ] as [(String, WalletAccount.Defect?)])
  func alipayAccounts(account: String, defect: WalletAccount.Defect?) {
    #expect(WalletAccount.alipayDefect(account) == defect)
  }

  @Test func alipayAccountsOfOnePersonAreOne() {
    #expect(WalletAccount.normalizedAlipay("138-0013 8000") == "13800138000")
    #expect(WalletAccount.normalizedAlipay(" A-B@Example.com ") == "a-b@example.com")
    #expect(WalletAccount.normalizedAlipay("a-b@example.com") != WalletAccount.normalizedAlipay("ab@example.com"))
  }

  @Test(
    arguments: [
      ("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", nil), ("oUpF8uMuAJO-M2pxb1Q9zNjWeS6o", nil), ("", .missing),
      ("oUpF8uMuAJO_M2pxb1Q9zNjWeS6", .notAnOpenID), ("oUpF8uMuAJO_M2pxb1Q9zNjWeS6oo", .notAnOpenID),
      ("oUpF8uMuAJO+M2pxb1Q9zNjWeS6o", .notAnOpenID), ("oUpF8uMuAJO M2pxb1Q9zNjWeS6o", .notAnOpenID),
    ] as [(String, WalletAccount.Defect?)])
  func weChatOpenIDs(openID: String, defect: WalletAccount.Defect?) {
    #expect(WalletAccount.weChatDefect(openID) == defect)
  }
}
