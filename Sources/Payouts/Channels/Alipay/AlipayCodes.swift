internal import LedgerCore

/// What Alipay's codes prove. Only `sub_code` (of a refused call) and `error_code` (of a failed bill) count; messages are
/// for people and change without notice (open platform, "Common error codes").
package enum AlipayCodes {
  private typealias Row = (code: String, verdict: CodeTable.Verdict)

  /// Payee, permission and parameters: refused before there is a bill.
  private static let beforeABill: [Row] = [
    // The payee's account.
    ("PAYEE_NOT_EXIST", .failed(.payee, .accountWrong)),
    ("PAYEE_ACCOUNT_NOT_EXSIT", .failed(.payee, .accountWrong)),
    ("PAYEE_ACC_OCUPIED", .failed(.payee, .accountWrong)),
    ("PAYER_PAYEE_CANNOT_SAME", .failed(.payee, .accountWrong)),
    ("PAYEE_USER_INFO_ERROR", .failed(.payee, .nameMismatch)),
    ("PAYEE_ACCOUNT_STATUS_ERROR", .failed(.payee, .accountBlocked)),
    ("PAYEE_USERINFO_STATUS_ERROR", .failed(.payee, .accountBlocked)),
    ("NO_ACCOUNT_RECEIVE_PERMISSION", .failed(.payee, .accountBlocked)),
    ("PERMIT_NON_BANK_LIMIT_PAYEE", .failed(.payee, .payeeUnverified)),
    ("PERM_AML_NOT_REALNAME_REV", .failed(.payee, .payeeUnverified)),
    ("EXCEED_LIMIT_UNRN_DM_AMOUNT", .failed(.payee, .payeeUnverified)),
    ("EXCEED_LIMIT_DC_RECEIVED", .failed(.payee, .payeeLimit)),
    ("PAYEE_TRUSTEESHIP_ACC_OVER_LIMIT", .failed(.payee, .payeeLimit)),
    ("TRUSTEESHIP_RECIEVE_QUOTA_LIMIT", .failed(.payee, .payeeLimit)),
    // Our account and contract: another channel may pay.
    ("EXCEED_LIMIT_SM_AMOUNT", .failed(.tryElsewhere, .amountNotTaken)),
    ("EXCEED_LIMIT_SM_MIN_AMOUNT", .failed(.tryElsewhere, .amountNotTaken)),
    ("EXCEED_LIMIT_PERSONAL_SM_AMOUNT", .failed(.tryElsewhere, .amountNotTaken)),
    ("EXCEED_LIMIT_ENT_SM_AMOUNT", .failed(.tryElsewhere, .amountNotTaken)),
    ("PAYCARD_UNABLE_PAYMENT", .failed(.tryElsewhere, .channelUnavailable)),
    ("PAYER_STATUS_ERROR", .failed(.tryElsewhere, .channelUnavailable)),
    ("PAYER_CERTIFY_CHECK_FAIL", .failed(.tryElsewhere, .channelUnavailable)),
    ("PAYER_USER_INFO_ERROR", .failed(.tryElsewhere, .channelUnavailable)),
    ("PAYER_PERMLIMIT_CHECK_FAILURE", .failed(.tryElsewhere, .channelUnavailable)),
    ("PAYER_NOT_EXIST", .failed(.tryElsewhere, .channelUnavailable)),
    ("PAYER_DATA_INCOMPLETE", .failed(.tryElsewhere, .channelUnavailable)),
    ("PAYER_CERT_EXPIRED", .failed(.tryElsewhere, .channelUnavailable)),
    ("PERMIT_CHECK_PERM_LIMITED", .failed(.tryElsewhere, .channelUnavailable)),
    ("PERMIT_CHECK_PERM_IDENTITY_THEFT", .failed(.tryElsewhere, .channelUnavailable)),
    ("PERMIT_PAYER_LOWEST_FORBIDDEN", .failed(.tryElsewhere, .channelUnavailable)),
    ("PERMIT_PAYER_FORBIDDEN", .failed(.tryElsewhere, .channelUnavailable)),
    ("CERT_MISS_TRANS_LIMIT", .failed(.tryElsewhere, .channelUnavailable)),
    ("CERT_MISS_ACC_LIMIT", .failed(.tryElsewhere, .channelUnavailable)),
    ("NO_ACCOUNT_PAYMENT_PERMISSION", .failed(.tryElsewhere, .channelUnavailable)),
    ("NO_PERMISSION_ACCOUNT", .failed(.tryElsewhere, .channelUnavailable)),
    ("INVALID_PAYER_ACCOUNT", .failed(.tryElsewhere, .channelUnavailable)),
    ("PRODUCT_NOT_SIGN", .failed(.tryElsewhere, .channelUnavailable)),
    ("INVALID_PARAMETER", .failed(.tryElsewhere, .requestMalformed)),
    ("MEMO_REQUIRED_IN_TRANSFER_ERROR", .failed(.tryElsewhere, .requestMalformed)),
    ("REMARK_HAS_SENSITIVE_WORD", .failed(.tryElsewhere, .requestMalformed)),
  ]

  /// What proves something only of a bill that failed. A call that is refused for it may be taken a moment later, under the
  /// same number: after money has come, after midnight, after a look of theirs.
  private static let ofABill: [Row] = [
    ("PAYER_BALANCE_NOT_ENOUGH", .failed(.tryElsewhere, .channelFundsShort)),
    ("BALANCE_IS_NOT_ENOUGH", .failed(.tryElsewhere, .channelFundsShort)),
    ("PAYMENT_MONEY_NOT_ENOUGH", .failed(.tryElsewhere, .channelFundsShort)),
    ("EXCEED_LIMIT_DM_AMOUNT", .failed(.tryElsewhere, .channelLimit)),
    ("EXCEED_LIMIT_DM_MAX_AMOUNT", .failed(.tryElsewhere, .channelLimit)),
    ("EXCEED_LIMIT_MM_AMOUNT", .failed(.tryElsewhere, .channelLimit)),
    ("INST_PAY_UNABLE", .failed(.tryElsewhere, .channelUnavailable)),
    // "Start a new one": the next attempt has a new number.
    ("PAYMENT_TIME_EXPIRE", .failed(.tryAgain, .channelUnavailable)),
    ("SECURITY_CHECK_FAILED", .failed(.refused, .regulatory)),
    // The same number with other content: something is there, and nobody knows what.
    ("PAYMENT_INFO_INCONSISTENCY", .unknown),
    // "Query, then send the same again".
    ("SYSTEM_ERROR", .unknown),
    // Turned away before the bill was looked at.
    ("RESOURCE_LIMIT_EXCEED", .unknown),
  ]

  /// `sub_code` of a refused alipay.fund.trans.uni.transfer ("Business error codes").
  package static let transfer = CodeTable(beforeABill)

  /// `error_code` of a bill whose status is FAIL: those of the transfer.
  package static let failedBill = CodeTable(beforeABill + ofABill)

  /// alipay.fund.trans.common.query, "Business error codes".
  package static let query = CodeTable([
    ("ORDER_NOT_EXIST", .notFound),
    ("SYSTEM_ERROR", .unknown),
    ("INVALID_PARAMETER", .unknown),
    ("NO_PERMISSION_ACCOUNT", .unknown),
  ])

  /// A bill that failed without a code needs somebody to look at it.
  package static func ofFailedBill(_ code: String, message: String) -> ChannelAnswer {
    guard !code.isEmpty else {
      return .failed(ChannelAnswer.Failure(.payee, .unspecified, code: "FAIL", message: OwnCode.short(message)))
    }
    return failedBill.answer(code, message: message)
  }
}
