package import LedgerCore
package import Rules

/// One line of what a decision went by, for people of two languages.
package struct ExplainedLine: Hashable, Sendable {
  package var english: String
  package var chinese: String
}

extension RulesFile {
  /// Why a withdrawal was decided as it was: from what was recorded then, not computed anew.
  ///
  /// - Parameter document: tells the local clock; its version need not be the one that decided.
  package static func explain(
    _ screening: Screening, amount: Money, _ document: RulesDocument
  ) -> [ExplainedLine] {
    var lines = [rules(screening, document), fee(screening.terms, amount)]
    lines.append(speed(screening.terms, document))
    lines.append(limitDay(screening.limitDay))
    lines.append(verdict(screening.risk))
    lines += screening.risk.reasons.map(reason)
    if screening.checkers > 0 { lines.append(review(screening, document)) }
    return lines
  }

  private static func rules(_ screening: Screening, _ document: RulesDocument) -> ExplainedLine {
    let version = screening.rulesVersion
    var line = ExplainedLine(english: "decided by rules version \(version)", chinese: "依据规则第\(version)版作出决定")
    if version != document.version {
      line.english += "; the document at hand is version \(document.version)"
      line.chinese += "；当前规则文件为第\(document.version)版"
    }
    return line
  }

  private static func fee(_ terms: Terms, _ amount: Money) -> ExplainedLine {
    let currency = amount.currency.description
    let fee = Figures.amountText(terms.feeMinorUnits)
    let net = Figures.amountText(amount.minorUnits.subtractingReportingOverflow(terms.feeMinorUnits).partialValue)
    let gross = Figures.amountText(amount.minorUnits)
    var line = ExplainedLine(
      english: "amount \(gross) \(currency), fee \(fee), net \(net)",
      chinese: "提现金额\(gross) \(currency)，手续费\(fee)，实际到账\(net)")
    if terms.points > 0 {
      line.english += ", and \(terms.points) points"
      line.chinese += "，另扣\(terms.points)积分"
    }
    return line
  }

  private static func speed(_ terms: Terms, _ document: RulesDocument) -> ExplainedLine {
    let day = CivilDate(daysSince1970: terms.settlementDay)
    let arrival = document.clock.text(terms.expectedArrival)
    return ExplainedLine(
      english: "speed \(SpeedRule.name(terms.speed)): sent on \(day), expected by \(arrival) local time",
      chinese: "到账方式：\(chineseName(terms.speed))，\(day)打款，预计\(arrival)前到账")
  }

  private static func chineseName(_ speed: Speed) -> String {
    switch speed {
    case .express: "极速到账"
    case .sameDay: "当日到账（D+0）"
    case .nextDay: "次工作日到账（T+1）"
    }
  }

  private static func limitDay(_ day: LimitDay) -> ExplainedLine {
    let date = CivilDate(daysSince1970: day.day)
    return ExplainedLine(english: "counts against the limits of \(date)", chinese: "计入\(date)的限额")
  }

  private static func verdict(_ risk: RiskResult) -> ExplainedLine {
    let (english, chinese) =
      switch risk.verdict {
      case .approve: ("approved at once", "自动通过")
      case .review: ("a person has to look", "转人工审核")
      case .reject: ("rejected", "拒绝")
      }
    return ExplainedLine(english: "risk score \(risk.score): \(english)", chinese: "风险评分\(risk.score)：\(chinese)")
  }

  private static func reason(_ reason: RiskReason) -> ExplainedLine {
    let text = RiskReasonText.of(reason.code)
    let points = reason.points > 0 ? "+\(reason.points)" : "\(reason.points)"
    return ExplainedLine(
      english: "  \(points) \(text.english)", chinese: "  \(points)分 \(text.chinese)")
  }

  private static func review(_ screening: Screening, _ document: RulesDocument) -> ExplainedLine {
    let due = document.clock.text(screening.reviewDue)
    let people = screening.checkers == 1 ? "1 person" : "\(screening.checkers) different people"
    return ExplainedLine(
      english: "needs approval by \(people) until \(due) local time",
      chinese: "需\(screening.checkers)名不同人员在\(due)前审核通过")
  }
}
