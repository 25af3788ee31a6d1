import Digests
import LedgerCore

/// Records of the journal for people who look for something in it. Private data is not in it: what is sealed stays out.
extension Record {
  func json(sequence: UInt64, timeMicroseconds: Int64) -> JSON {
    let (kind, partner, facts) = parts
    let members = [
      JSON.Member("sequence", .integer(Int64(clamping: sequence))),
      JSON.Member("time", .text(Timestamp(microseconds: timeMicroseconds).text)),
      JSON.Member("kind", .text(kind)),
      JSON.Member("partner", partner.json),
    ]
    return .object(members + facts + [JSON.Member("request", key?.json ?? .null)])
  }

  private var parts: (kind: String, partner: Label, facts: [JSON.Member]) {
    switch self {
    case .agentCreated(let fact): ("AGENT_CREATED", fact.partner, fact.members)
    case .deposited(let fact): ("DEPOSITED", fact.partner, fact.members)
    case .withdrawalSubmitted(let fact): ("WITHDRAWAL_SUBMITTED", fact.partner, fact.members)
    case .withdrawalCancelled(let fact):
      ("WITHDRAWAL_CANCELLED", fact.partner, [JSON.Member("withdrawal", fact.id.json)])
    case .requestRefused(let fact): ("REQUEST_REFUSED", fact.partner, fact.members)
    case .agentUpdated(let fact): ("AGENT_UPDATED", fact.partner, fact.members)
    case .agentVerified(let fact): ("AGENT_VERIFIED", fact.partner, fact.members)
    case .payeeCreated(let fact): ("PAYEE_CREATED", fact.partner, fact.members)
    case .payeeVerified(let fact):
      (
        "PAYEE_VERIFIED", fact.partner,
        [JSON.Member("payee", fact.id.json), JSON.Member("verified", .bool(fact.isVerified))]
      )
    case .payeeErased(let fact):
      ("PAYEE_ERASED", fact.partner, [JSON.Member("payee", fact.id.json), JSON.Member("reason", fact.reason.json)])
    case .reviewActed(let fact): ("REVIEW_ACTED", fact.partner, fact.members)
    case .holdChanged(let fact):
      (
        "HOLD_CHANGED", fact.partner,
        [
          JSON.Member("withdrawal", fact.id.json), JSON.Member("held", .bool(fact.isHeld)),
          JSON.Member("reason", fact.reason.json),
        ]
      )
    case .withdrawalAmended(let fact): ("WITHDRAWAL_AMENDED", fact.partner, fact.members)
    case .reviewExpired(let fact): ("REVIEW_EXPIRED", fact.partner, [JSON.Member("withdrawal", fact.id.json)])
    case .outcomeReported(let fact): ("OUTCOME_REPORTED", fact.partner, fact.members)
    case .proposed(let fact): ("PROPOSED", fact.partner, fact.members)
    case .proposalConfirmed(let fact):
      (
        "PROPOSAL_CONFIRMED", fact.partner,
        [JSON.Member("proposal", fact.id.json), JSON.Member("digest", .text(fact.digest.hexadecimal))]
      )
    case .payeeRevealed(let fact): ("PAYEE_REVEALED", fact.partner, [JSON.Member("proposal", fact.id.json)])
    case .listChanged(let fact): ("LIST_CHANGED", fact.partner, fact.members)
    case .rulesActivated(let fact):
      (
        "RULES_ACTIVATED", .none,
        [JSON.Member("version", .integer(Int64(fact.version))), JSON.Member("digest", .text(fact.digest.hexadecimal))]
      )
    case .channelStateSet(let fact): ("CHANNEL_STATE_SET", .none, fact.members)
    case .channelFunded(let fact): ("CHANNEL_FUNDED", .none, fact.members)
    case .attemptBegun(let fact): ("ATTEMPT_BEGUN", fact.partner, fact.members)
    case .attemptUpdated(let fact): ("ATTEMPT_UPDATED", fact.partner, fact.members)
    case .payoutHeldBack(let fact): ("PAYOUT_HELD_BACK", fact.partner, fact.members)
    case .strayPaid(let fact): ("STRAY_PAID", fact.partner, fact.members)
    case .payoutReturned(let fact): ("PAYOUT_RETURNED", fact.partner, fact.members)
    case .strayReturned(let fact): ("STRAY_RETURNED", fact.partner, fact.members)
    case .payoutConfirmed(let fact): ("PAYOUT_CONFIRMED", fact.partner, fact.members)
    case .withdrawalReworked(let fact): ("WITHDRAWAL_REWORKED", fact.partner, fact.members)
    case .actionLapsed(let fact): ("ACTION_LAPSED", fact.partner, [JSON.Member("withdrawal", fact.id.json)])
    case .cancelBegun(let fact): ("CANCEL_BEGUN", fact.partner, [JSON.Member("withdrawal", fact.id.json)])
    case .appealCreated(let fact): ("APPEAL_CREATED", fact.partner, fact.members)
    case .appealActed(let fact): ("APPEAL_ACTED", fact.partner, fact.members)
    case .doubtResolved(let fact): ("DOUBT_RESOLVED", fact.partner, fact.members)
    }
  }
}

extension RequestKey {
  fileprivate var json: JSON {
    let owner =
      switch namespace {
      case .partner(let partner): "partner/\(partner)"
      case .staff: "staff"
      }
    let certificate = String(caller.certificate, radix: 16)
    return .object([
      "namespace": .text(owner), "id": id.json, "content": .text(content.hexadecimal),
      "person": caller.person?.name.json ?? .null, "role": (caller.person?.role.shortName).map { .text($0) } ?? .null,
      "certificate": caller.certificate == 0
        ? .null : .text(String(repeating: "0", count: 16 - certificate.count) + certificate),
    ])
  }
}

// MARK: Agents and payees

extension AgentCreated {
  fileprivate var members: [JSON.Member] { [JSON.Member("agent", agent.json), JSON.Member("parent", parent.json)] }
}

extension Deposited {
  fileprivate var members: [JSON.Member] {
    [
      JSON.Member("agent", agent.json), JSON.Member("amount", amount.json),
      JSON.Member("external_reference", externalReference.json),
    ]
  }
}

extension AgentUpdated {
  fileprivate var members: [JSON.Member] {
    [
      JSON.Member("agent", agent.json), JSON.Member("tier", tier.json), JSON.Member("parent", parent.json),
      JSON.Member("frozen", .bool(isFrozen)), JSON.Member("credit_grade", .text(creditGrade.shortName)),
      JSON.Member("open_violations", .integer(Int64(openViolations))), JSON.Member("limits", limits.json),
      JSON.Member("reason", reason.json),
    ]
  }
}

extension AgentVerified {
  fileprivate var members: [JSON.Member] {
    [
      JSON.Member("agent", agent.json), JSON.Member("elements", elements.json),
      JSON.Member("masked_name", maskedName.json),
    ]
  }
}

extension PayeeCreated {
  fileprivate var members: [JSON.Member] {
    [
      JSON.Member("payee", id.json), JSON.Member("agent", agent.json), JSON.Member("rail", .text(rail.shortName)),
      JSON.Member("masked_number", maskedNumber.json), JSON.Member("masked_name", maskedName.json),
      JSON.Member("bank", bank.json), JSON.Member("verified", .bool(isVerified)),
      JSON.Member("number_hash", .text(numberHash.hexadecimal)),
    ]
  }
}

// MARK: Withdrawals and reviews

extension WithdrawalSubmitted {
  fileprivate var members: [JSON.Member] {
    [
      JSON.Member("withdrawal", id.json), JSON.Member("agent", agent.json), JSON.Member("payee", payee.json),
      JSON.Member("amount", amount.json),
      JSON.Member("fee", Money(minorUnits: feeMinorUnits, currency: amount.currency).json),
      JSON.Member("state", .text(state.shortName)),
      JSON.Member("rules_version", .integer(Int64(screening.rulesVersion))),
      JSON.Member("screening", screening.json), JSON.Member("device", origin?.device.json ?? .text("")),
      JSON.Member("address", origin?.address.json ?? .text("")),
    ]
  }
}

extension RequestRefused {
  fileprivate var members: [JSON.Member] {
    [
      JSON.Member("method", .text(method.name)), JSON.Member("refusal", refusal.json),
      JSON.Member("agent", agent.json),
    ]
  }
}

extension ReviewActed {
  fileprivate var members: [JSON.Member] {
    var members = [JSON.Member("withdrawal", id.json), JSON.Member("action", .text(action.kind.name))]
    switch action.kind {
    case .claim, .release: break
    case .approve: members.append(JSON.Member("digest", .text(action.digest.hexadecimal)))
    case .reject, .requestInformation, .escalate: members.append(JSON.Member("note", action.note.json))
    }
    return members + [JSON.Member("state", state.map { .text($0.shortName) } ?? .null)]
  }
}

extension WithdrawalAmended {
  fileprivate var members: [JSON.Member] {
    [
      JSON.Member("withdrawal", id.json), JSON.Member("payee", payee.json),
      JSON.Member("state", .text(state.shortName)), JSON.Member("screening", screening.json),
    ]
  }
}

extension OutcomeReported {
  fileprivate var members: [JSON.Member] {
    let blacklist = ListSubject.allCases.filter { listed.contains($0) }
    return [
      JSON.Member("withdrawal", id.json), JSON.Member("outcome", .text(outcome.shortName)),
      JSON.Member("blacklist", .array(blacklist.map { .text($0.shortName) })), JSON.Member("note", note.json),
    ]
  }
}

// MARK: Dual control, lists

extension Proposed {
  fileprivate var members: [JSON.Member] {
    [JSON.Member("proposal", id.json)]
      + {
        switch subject {
        case .revealPayee(let payee): [JSON.Member("subject", .text("REVEAL")), JSON.Member("payee", payee.json)]
        case .adjustment(_, let agent, let amount, let reason):
          [
            JSON.Member("subject", .text("ADJUSTMENT")), JSON.Member("agent", agent.json),
            JSON.Member("amount", amount.json), JSON.Member("reason", reason.json),
          ]
        case .resolveDoubt(let resolution):
          [
            JSON.Member("subject", .text("DOUBT")), JSON.Member("withdrawal", resolution.id.json),
            JSON.Member("verdict", .text(resolution.verdict.shortName)),
            JSON.Member("paid", .integer(resolution.paidMinorUnits)), JSON.Member("evidence", resolution.evidence.json),
          ]
        }
      }()
  }
}

extension ListChanged {
  fileprivate var members: [JSON.Member] {
    let entry = [
      JSON.Member("subject", .text(subject.shortName)), JSON.Member("colour", .text(colour.shortName)),
      JSON.Member("name", name.json),
    ]
    switch change {
    case .put(let until, let reason):
      return entry + [
        JSON.Member("change", .text("PUT")), JSON.Member("expire_time", until.map { .text($0.text) } ?? .null),
        JSON.Member("reason", reason.json),
      ]
    case .remove(let reason):
      return entry + [JSON.Member("change", .text("REMOVE")), JSON.Member("reason", reason.json)]
    }
  }
}
