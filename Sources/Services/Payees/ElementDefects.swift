internal import SettlementProto
internal import Vault

/// What failed, in words: an element and a code for programs, a sentence for people. Nothing of the element's content.
extension ElementDefect {
  /// As on the wire.
  var elementName: String {
    switch element {
    case .name: "name"
    case .idNumber: "id_number"
    case .cardNumber: "card_number"
    case .holderName: "holder"
    }
  }

  private var chineseElement: String {
    switch element {
    case .name: "姓名"
    case .idNumber: "身份证号"
    case .cardNumber: "银行卡号"
    case .holderName: "户名"
    }
  }

  /// UPPER_SNAKE, for programs.
  var code: String {
    switch reason {
    case .missing: "FIELD_MISSING"
    case .tooLong: "TOO_LONG"
    case .notAName: "NOT_A_NAME"
    case .wrongLength: "WRONG_LENGTH"
    case .notDigits: "NOT_DIGITS"
    case .unknownProvince: "UNKNOWN_PROVINCE"
    case .noSuchDateOfBirth: "BIRTH_DATE"
    case .bornInTheFuture: "BORN_IN_THE_FUTURE"
    case .wrongCheckDigit:
      switch element {
      case .cardNumber: "LUHN"
      case .name, .idNumber, .holderName: "CHECK_DIGIT"
      }
    case .unknownBankPrefix: "UNKNOWN_BANK"
    case .namesDiffer: "NAME_DIFFERS"
    case .notConfirmed: "NOT_CONFIRMED"
    }
  }

  var english: String {
    switch reason {
    case .missing: "must be set"
    case .tooLong(let characters, let maximum): "has \(characters) characters; at most \(maximum) are taken"
    case .notAName: "has digits, symbols or control characters, which a name has not"
    case .wrongLength(let characters, let allowed):
      "has \(characters) characters; it must have \(Self.range(allowed))"
    case .notDigits: "must have nothing but digits (the last of an ID number may be X)"
    case .unknownProvince: "begins with the code of no province: compare it with the card"
    case .noSuchDateOfBirth: "holds a date of birth that no calendar has: compare it with the card"
    case .bornInTheFuture: "holds a date of birth that is still to come: compare it with the card"
    case .wrongCheckDigit: "does not fit its check digit: compare it with the card, a digit is wrong"
    case .unknownBankPrefix: "begins like no bank's cards: compare it with the card, or use another one"
    case .namesDiffer: "is not the name that is verified: an account must be the person's own"
    case .notConfirmed: "was not confirmed by who keeps it: compare name, ID number and account"
    }
  }

  var chinese: String {
    switch reason {
    case .missing: "请填写\(chineseElement)"
    case .tooLong(let characters, let maximum): "\(chineseElement)有 \(characters) 个字符，最多 \(maximum) 个"
    case .notAName: "\(chineseElement)含有数字或特殊符号，请核对"
    case .wrongLength(let characters, let allowed):
      "\(chineseElement)有 \(characters) 位，应为 \(Self.range(allowed)) 位，请核对"
    case .notDigits: "\(chineseElement)应全部为数字（身份证号末位可为 X）"
    case .unknownProvince: "\(chineseElement)的地区代码有误，请核对"
    case .noSuchDateOfBirth, .bornInTheFuture: "\(chineseElement)中的出生日期有误，请核对"
    case .wrongCheckDigit: "\(chineseElement)校验不通过，请核对是否输错"
    case .unknownBankPrefix: "无法识别该银行卡的发卡行，请核对卡号或更换银行卡"
    case .namesDiffer: "\(chineseElement)与实名认证的姓名不一致，只能使用本人账户"
    case .notConfirmed: "\(chineseElement)未通过核验，请核对姓名、证件号与账号"
    }
  }

  private static func range(_ allowed: ClosedRange<Int>) -> String {
    allowed.lowerBound == allowed.upperBound
      ? "\(allowed.lowerBound)" : "\(allowed.lowerBound) - \(allowed.upperBound)"
  }
}

extension Settlement_V1_ElementDefect {
  init(_ defect: ElementDefect) {
    self.init()
    element = defect.elementName
    reason = defect.code
    message = "\(defect.elementName) \(defect.english)"
    messageZh = defect.chinese
  }
}
