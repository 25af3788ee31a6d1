internal import LedgerCore

/// What WeChat Pay's codes prove. "At a code that is new to you do not pay under another number" (merchant transfer, notes):
/// so whatever is not here is unknown. `message` is for people.
package enum WeChatPayCodes {
  /// `code` of a refused transfer-bills call (merchant transfer, "Initiate a transfer", error codes; APIv3, basic rules).
  /// Failures are those that are refused before there is a bill.
  package static let transfer = CodeTable([
    ("PARAM_ERROR", .failed(.tryElsewhere, .requestMalformed)),
    ("NO_AUTH", .failed(.tryElsewhere, .channelUnavailable)),
    // "Fund the account, then send again under the same number".
    ("NOT_ENOUGH", .unknown),
    // The same number with other content: something is there.
    ("ALREADY_EXISTS", .unknown),
    // Said before the bill is looked at, or by a system that has lost its way: the query knows.
    ("INVALID_REQUEST", .unknown),
    ("SIGN_ERROR", .unknown),
    ("FREQUENCY_LIMITED", .unknown),
    ("RATELIMIT_EXCEEDED", .unknown),
    ("SYSTEM_ERROR", .unknown),
  ])

  /// `code` of a refused query ("Query a bill by the merchant's number", error codes).
  package static let query = CodeTable([
    ("NOT_FOUND", .notFound),
    ("FREQUENCY_LIMITED", .unknown),
    ("PARAM_ERROR", .unknown),
    ("SYSTEM_ERROR", .unknown),
  ])

  /// `fail_reason` of a bill in state FAIL (merchant transfer, "Reasons of failure").
  package static let failReason = CodeTable([
    ("ACCOUNT_NOT_EXIST", .failed(.payee, .accountWrong)),
    ("OPENID_INVALID", .failed(.payee, .accountWrong)),
    ("NAME_NOT_CORRECT", .failed(.payee, .nameMismatch)),
    ("ID_CARD_NOT_CORRECT", .failed(.payee, .nameMismatch)),
    ("ACCOUNT_FROZEN", .failed(.payee, .accountBlocked)),
    ("REAL_NAME_CHECK_FAIL", .failed(.payee, .payeeUnverified)),
    ("PAYEE_ACCOUNT_ABNORMAL", .failed(.payee, .payeeUnverified)),
    ("TRANSFER_QUOTA_EXCEED", .failed(.payee, .payeeLimit)),
    ("DAY_RECEIVED_QUOTA_EXCEED", .failed(.payee, .payeeLimit)),
    ("MONTH_RECEIVED_QUOTA_EXCEED", .failed(.payee, .payeeLimit)),
    ("DAY_RECEIVED_COUNT_EXCEED", .failed(.payee, .payeeLimit)),
    ("REALNAME_ACCOUNT_RECEIVED_QUOTA_EXCEED", .failed(.payee, .payeeLimit)),
    ("BLOCK_B2C_USERLIMITAMOUNT_BSRULE_MONTH", .failed(.payee, .payeeLimit)),
    ("BLOCK_B2C_USERLIMITAMOUNT_MONTH", .failed(.payee, .payeeLimit)),
    ("RECEIVE_ACCOUNT_NOT_PERMMIT", .failed(.tryElsewhere, .channelUnavailable)),
    ("RECEIVE_ACCOUNT_NOT_CONFIGURE", .failed(.tryElsewhere, .channelUnavailable)),
    ("PRODUCT_AUTH_CHECK_FAIL", .failed(.tryElsewhere, .channelUnavailable)),
    ("PAYER_ACCOUNT_ABNORMAL", .failed(.tryElsewhere, .channelUnavailable)),
    ("TRANSFER_SCENE_UNAVAILABLE", .failed(.tryElsewhere, .channelUnavailable)),
    ("TRANSFER_SCENE_INVALID", .failed(.tryElsewhere, .channelUnavailable)),
    ("BUDGET_NOT_ENOUGH", .failed(.tryElsewhere, .channelFundsShort)),
    ("TRANSFER_REMARK_SET_FAIL", .failed(.tryElsewhere, .requestMalformed)),
    ("OTHER_FAIL_REASON_TYPE", .failed(.tryElsewhere, .unspecified)),
    ("MERCHANT_NOT_CONFIRM", .failed(.tryAgain, .channelUnavailable)),
    // One of our own people said no there.
    ("MERCHANT_REJECT", .failed(.refused, .unspecified)),
    ("TRANSFER_RISK", .failed(.refused, .regulatory)),
    ("OVERDUE_CLOSE", .failed(.lapsed, .notConfirmedInTime)),
    ("MCH_CANCEL", .failed(.cancelled, .cancelledByUs)),
  ])

  /// A bill that failed without a reason needs somebody to look at it.
  package static func ofFailedBill(_ reason: String) -> ChannelAnswer {
    guard !reason.isEmpty else { return .failed(ChannelAnswer.Failure(.payee, .unspecified, code: "FAIL")) }
    return failReason.answer(reason, message: "")
  }
}
