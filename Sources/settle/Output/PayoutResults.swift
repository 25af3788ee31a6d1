import SettlementProto

/// The parts of a withdrawal that tell what was done to pay it.
extension Settlement_V1_PayoutFailure {
  var json: JSON {
    .object([
      "iso_reason": .text(isoReason), "code": .text(code), "channel_code": .text(channelCode),
      "message_zh": .text(messageZh), "next_action": .text(nextAction.shortName),
    ])
  }

  /// "ACCOUNT_WRONG (AC01, channel code PAYEE_NOT_EXIST): 收款卡号错误或账户不存在。…"
  var text: String {
    let told = channelCode.isEmpty ? "" : ", channel code \(shown(channelCode))"
    return "\(shown(code)) (\(shown(isoReason))\(told)): \(shown(messageZh))"
  }
}

extension Settlement_V1_PayoutAttempt {
  var json: JSON {
    .object([
      "number": .integer(Int64(number)), "key": .text(key), "channel": .text(channel),
      "state": .text(state.shortName), "channel_reference": .text(channelReference), "begin_time": beginTime.json,
      "update_time": updateTime.json, "channel_fee": hasChannelFee ? channelFee.json : .null,
      "failure": hasFailure ? failure.json : .null, "stray": .bool(stray),
      "payee_confirmation": .text(payeeConfirmation),
    ])
  }

  /// "2 card-b PAID 2026-07-01T00:00:02Z, fee 0.60 CNY, reference 20260701…"
  var text: String {
    var text = "\(number)  \(shown(channel))  \(state.shortName)  \(updateTime.text)"
    if hasChannelFee { text += ", fee \(channelFee.text)" }
    if !channelReference.isEmpty { text += ", reference \(shown(channelReference))" }
    if hasFailure { text += ", \(shown(failure.code))" }
    return stray ? text + ", but money left" : text
  }

  /// Of one whose payee has to confirm.
  var confirmationRows: [(String, String)] {
    payeeConfirmation.isEmpty ? [] : [("confirmation", shown(payeeConfirmation))]
  }
}

extension Settlement_V1_Withdrawal {
  /// Of what paying adds; nothing where it was never tried.
  var payoutRows: [(String, String)] {
    var rows = attempts.flatMap { [("attempt", $0.text)] + $0.confirmationRows }
    if hasFailure {
      rows.append(("failure", failure.text))
      if failure.nextAction != .unspecified { rows.append(("next action", failure.nextAction.advice)) }
    }
    if hasDeadline { rows.append(("deadline", deadline.text)) }
    if hasFeeRefunded { rows.append(("fee refunded", feeRefunded.text)) }
    if blocked {
      rows.append(("blocked", "money left for an attempt that counts as failed: finance has to settle that"))
    }
    return rows
  }
}

extension Settlement_V1_NextAction: WireNamed {
  var shortName: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .wait: "WAIT"
    case .amendPayee: "AMEND_PAYEE"
    case .retry: "RETRY"
    case .contactSupport: "CONTACT_SUPPORT"
    case .UNRECOGNIZED(let number): "ACTION_\(number)"
    }
  }

  /// With the command for it.
  var advice: String {
    switch self {
    case .wait: "WAIT: another attempt is made"
    case .amendPayee: "AMEND_PAYEE: settle amend, with a payee that is right"
    case .retry: "RETRY: settle retry, when the payee has done what was missing"
    case .contactSupport: "CONTACT_SUPPORT: submit another one, or ask support"
    case .unspecified, .UNRECOGNIZED: shortName
    }
  }
}
