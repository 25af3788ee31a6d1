import LedgerCore
import Rules
import RulesFile
import SettlementClient
import SettlementProto
import SwiftProtobuf

/// A decision in words, in two languages that say the same line by line.
struct Explanation: Printable {
  private let withdrawal: Settlement_V1_Withdrawal
  private(set) var english: [String] = []
  private(set) var chinese: [String] = []

  /// - Parameter document: tells times by its local clock, and whether its version is the one that decided.
  init(of withdrawal: Settlement_V1_Withdrawal, by document: RulesDocument? = nil) {
    self.withdrawal = withdrawal
    if let document, let screening = Screening(of: withdrawal, by: document), let amount = Money(withdrawal.amount) {
      for line in RulesFile.explain(screening, amount: amount, document) { say(line.english, line.chinese) }
    } else {
      tellApplication()
      if withdrawal.hasRisk { tellRisk(withdrawal.risk) }
    }
    if withdrawal.hasReview { tellReview(withdrawal.review) }
    tellState()
  }

  private mutating func say(_ english: String, _ chinese: String) {
    self.english.append(english)
    self.chinese.append(chinese)
  }

  private mutating func tellApplication() {
    let who = "\(shown(withdrawal.partner))/\(shown(withdrawal.agent))"
    let (amount, fee, net) = (withdrawal.amount.text, withdrawal.fee.decimal, withdrawal.net.decimal)
    say(
      "\(who) asked for \(amount): the fee is \(fee), the payee gets \(net), by rules version \(withdrawal.rulesVersion).",
      "代理商 \(who) 申请提现 \(amount)：手续费 \(fee)，到账 \(net)，适用规则版本 \(withdrawal.rulesVersion)。")
    if withdrawal.points > 0 {
      say("\(withdrawal.points) points were taken for the speed.", "加速使用了 \(withdrawal.points) 积分。")
    }
    guard withdrawal.hasExpectedArrival else { return }
    let (day, arrival) = (shown(withdrawal.settlementDate), withdrawal.expectedArrival.text)
    say(
      "The speed is \(withdrawal.speed.shortName): it is sent on \(day) (local date) and expected by \(arrival).",
      "到账方式为\(withdrawal.speed.chinese)：\(day) 打款，预计 \(arrival) 前到账。")
  }

  private mutating func tellRisk(_ risk: Settlement_V1_RiskDecision) {
    let reasons = risk.reasons.isEmpty
    switch risk.verdict {
    case .approve:
      say(
        "The risk rules gave \(risk.score) points and let it pass at once\(reasons ? "." : ":")",
        "风控评分 \(risk.score) 分，自动通过\(reasons ? "。" : "：")")
    case .review:
      say(
        "The risk rules gave \(risk.score) points, so that people have to look at it\(reasons ? "." : ":")",
        "风控评分 \(risk.score) 分，需人工审核\(reasons ? "。" : "：")")
    case .reject:
      say(
        "The risk rules gave \(risk.score) points and rejected it\(reasons ? "." : ":")",
        "风控评分 \(risk.score) 分，已拒绝\(reasons ? "。" : "：")")
    case .UNRECOGNIZED(let number):
      say("The risk rules gave \(risk.score) points, verdict \(number).", "风控评分 \(risk.score) 分，结论 \(number)。")
    }
    for reason in risk.reasons {
      let code = shown(reason.code)
      let points = reason.points > 0 ? "+\(reason.points)" : "\(reason.points)"
      let words = RiskCode(name: reason.code).map(RiskReasonText.of)
      say(
        "  \(code) (\(points)): \(words?.english ?? "a rule that this program does not know")",
        "  \(code)（\(points)）：\(words?.chinese ?? "本程序未知的规则")")
    }
  }

  private mutating func tellReview(_ review: Settlement_V1_ReviewStanding) {
    if review.approvalsRequired > 0 {
      let required = review.approvalsRequired
      let people = required == 1 ? "1 person" : "\(required) different people"
      let compliance = review.escalated
      say(
        "\(people) must approve it\(compliance ? ", compliance among them" : ""); \(review.approvals.count) did.",
        "需 \(required) 名\(required == 1 ? "" : "不同")人员审核通过\(compliance ? "（须含合规人员）" : "")，"
          + "已通过 \(review.approvals.count) 名。")
      for approval in review.approvals { say("  \(approval.text)", "  \(approval.text)") }
    }
    if !review.informationNote.isEmpty {
      let note = shown(review.informationNote)
      say("A reviewer asked: \(note)", "审核人员要求补充资料：\(note)")
    }
    if review.onHold {
      let reason = shown(review.holdReason)
      say("Compliance holds it: \(reason)", "合规部门已冻结该笔提现：\(reason)")
    }
    if !review.rejectionReason.isEmpty {
      let reason = shown(review.rejectionReason)
      say("A reviewer rejected it: \(reason)", "审核人员已拒绝：\(reason)")
    }
    if withdrawal.state == .pendingReview, review.hasDueTime {
      say(
        "Undecided by \(review.dueTime.text), it expires and its money is available again.",
        "如在 \(review.dueTime.text) 前未审核完成，申请将过期，资金自动退回可用余额。")
    }
    if review.outcome != .unspecified {
      say("It was found out later: \(review.outcome.shortName).", "事后核查结果：\(review.outcome.chinese)。")
    }
  }

  private mutating func tellState() {
    let since = withdrawal.timeline.last.map { $0.time.text } ?? withdrawal.updateTime.text
    say(
      "It is \(withdrawal.state.shortName) since \(since)\(withdrawal.final ? ", for good" : "").",
      "当前状态：\(withdrawal.state.chinese)（自 \(since)\(withdrawal.final ? "，已终结" : "")）。")
  }

  var json: JSON {
    .object([
      "withdrawal": withdrawal.json, "english": .array(english.map { .text($0) }),
      "chinese": .array(chinese.map { .text($0) }),
    ])
  }

  var lines: [String] { [shown(withdrawal.id)] + english + [""] + chinese }
}

extension Screening {
  /// What was recorded, as far as the wire tells it; the day of the limits follows from the time of the submission. nil of
  /// a withdrawal that was not screened, or of one with figures that this program does not know.
  init?(of withdrawal: Settlement_V1_Withdrawal, by document: RulesDocument) {
    guard withdrawal.hasRisk, withdrawal.hasExpectedArrival,
      let speed = Speed(rawValue: UInt8(clamping: withdrawal.speed.rawValue)),
      let verdict = RiskVerdict(rawValue: UInt8(clamping: withdrawal.risk.verdict.rawValue)),
      let sent = Instant(argument: withdrawal.settlementDate)
    else { return nil }
    var reasons: [RiskReason] = []
    for reason in withdrawal.risk.reasons {
      guard let code = RiskCode(name: reason.code) else { return nil }
      reasons.append(RiskReason(code: code, points: Int16(clamping: reason.points)))
    }
    let terms = Terms(
      speed: speed, feeMinorUnits: withdrawal.fee.minorUnits, points: withdrawal.points,
      settlementDay: Int32(clamping: sent.seconds / 86_400), expectedArrival: Timestamp(withdrawal.expectedArrival))
    self.init(
      rulesVersion: withdrawal.rulesVersion, terms: terms, limitDay: document.day(at: Timestamp(withdrawal.createTime)),
      risk: RiskResult(verdict: verdict, score: Int16(clamping: withdrawal.risk.score), reasons: reasons),
      checkers: UInt8(clamping: withdrawal.review.approvalsRequired), reviewDue: Timestamp(withdrawal.review.dueTime))
  }
}

extension Money {
  fileprivate init?(_ money: Settlement_V1_Money) {
    guard let currency = Currency(money.currencyCode) else { return nil }
    self.init(minorUnits: money.minorUnits, currency: currency)
  }
}

extension Timestamp {
  /// Saturated: a server's time beyond the range is none that we could tell.
  fileprivate init(_ time: Google_Protobuf_Timestamp) {
    let (whole, isBeyond) = time.seconds.multipliedReportingOverflow(by: 1_000_000)
    let (sum, isBeyondToo) = whole.addingReportingOverflow(Int64(time.nanos / 1000))
    self.init(microseconds: isBeyond || isBeyondToo ? 0 : sum)
  }
}

extension Settlement_V1_Speed {
  fileprivate var chinese: String {
    switch self {
    case .unspecified: "规则默认"
    case .express: "极速到账"
    case .sameDay: "当日到账"
    case .nextDay: "次工作日到账"
    case .UNRECOGNIZED(let number): "方式 \(number)"
    }
  }
}

extension Settlement_V1_ReviewOutcome {
  fileprivate var chinese: String {
    switch self {
    case .unspecified: "无"
    case .cleared: "正常"
    case .fraud: "欺诈"
    case .stolenCard: "盗刷"
    case .laundering: "洗钱"
    case .UNRECOGNIZED(let number): "结果 \(number)"
    }
  }
}

extension Settlement_V1_WithdrawalState {
  /// As the server's messages to agents say it.
  fileprivate var chinese: String {
    switch self {
    case .unspecified: "未知"
    case .submitted: "已提交"
    case .pendingReview: "审核中"
    case .approved: "已通过"
    case .rejected: "已拒绝"
    case .expired: "已过期"
    case .cancelled: "已撤销"
    case .processing: "打款中"
    case .awaitingPayee: "待收款人确认"
    case .inDoubt: "结果确认中"
    case .actionRequired: "待修改"
    case .cancelling: "撤销中"
    case .paid: "已打款"
    case .confirmed: "已到账"
    case .returned: "已退回"
    case .failed: "打款失败"
    case .UNRECOGNIZED(let number): "状态 \(number)"
    }
  }
}
