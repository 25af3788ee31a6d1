"""What the server answers, as plain values."""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timezone

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from . import errors
from ._proto import accounts_pb2, money_pb2, withdrawals_pb2
from .money import Money


def new_request_id() -> str:
    """An id that no other request has."""
    return uuid.uuid4().hex


class OpenEnum(enum.IntEnum):
    """A value that a newer server invented is UNSPECIFIED, instead of an error."""

    @classmethod
    def _missing_(cls, value: object) -> OpenEnum | None:
        return cls(0) if value != 0 else None


class State(OpenEnum):
    """The states of a withdrawal; ISO 20022 status in brackets."""

    UNSPECIFIED = 0
    SUBMITTED = 1  # RCVD
    PENDING_REVIEW = 2  # PATC
    APPROVED = 3  # ACCP
    REJECTED = 4  # RJCT
    EXPIRED = 5
    CANCELLED = 6
    PROCESSING = 7  # ACSP
    AWAITING_PAYEE = 8
    IN_DOUBT = 9  # PDNG
    ACTION_REQUIRED = 10
    CANCELLING = 11
    PAID = 12  # ACSC
    CONFIRMED = 13  # ACCC
    RETURNED = 14
    FAILED = 15


class Speed(OpenEnum):
    """How soon a payout should arrive. UNSPECIFIED: the rules choose."""

    UNSPECIFIED = 0
    EXPRESS = 1  # within a minute
    SAME_DAY = 2  # D+0
    NEXT_DAY = 3  # T+1


class Acceleration(OpenEnum):
    """What buys a faster speed."""

    FEE = 0
    POINTS = 1


class RiskVerdict(OpenEnum):
    """What risk made of a submission."""

    APPROVE = 0
    REVIEW = 1
    REJECT = 2


class ReviewOutcome(OpenEnum):
    """What was found out about a withdrawal later."""

    UNSPECIFIED = 0
    CLEARED = 1
    FRAUD = 2
    STOLEN_CARD = 3
    LAUNDERING = 4


class CreditGrade(OpenEnum):
    """Of an agent, as the platform sees it."""

    UNSPECIFIED = 0
    POOR = 1
    NORMAL = 2
    GOOD = 3
    EXCELLENT = 4


class EntryKind(OpenEnum):
    """What moved an agent's available account."""

    UNSPECIFIED = 0
    DEPOSIT = 1
    WITHDRAWAL_HELD = 2
    WITHDRAWAL_RELEASED = 3
    ADJUSTMENT = 4
    FEE_REFUNDED = 5
    WITHDRAWAL_RETURNED = 6


@dataclass(frozen=True)
class Receipt:
    """Where an answer stands in the server's journal: ``settle journal verify`` walks the same seals."""

    sequence: int
    seal: bytes


@dataclass(frozen=True)
class TimelineEntry:
    """When a state was entered."""

    state: State
    time: datetime


@dataclass(frozen=True)
class RiskReason:
    """Why points were given; negative points speak for the agent."""

    code: str
    points: int


@dataclass(frozen=True)
class RiskDecision:
    """The sum of all points, what follows from it, and the heaviest reasons."""

    verdict: RiskVerdict
    score: int
    reasons: tuple[RiskReason, ...]


@dataclass(frozen=True)
class Approval:
    """A person's yes. Partners are not told who."""

    person: str
    role: str
    time: datetime


@dataclass(frozen=True)
class Review:
    """How a withdrawal's review stands, or ended. ``digest`` is for staff: an approval is bound to it."""

    approvals_required: int
    approvals: tuple[Approval, ...]
    due_time: datetime | None
    claimed_by: str
    claim_end_time: datetime | None
    escalated: bool
    information_note: str
    on_hold: bool
    hold_reason: str
    rejection_reason: str
    digest: bytes
    outcome: ReviewOutcome


class AttemptState(OpenEnum):
    """How an attempt at a payout stands. UNKNOWN: no answer, and only proof ends it; MISMATCH: people decide."""

    UNSPECIFIED = 0
    SENT = 1
    ACCEPTED = 2
    AWAITING_PAYEE = 3
    UNKNOWN = 4
    MISMATCH = 5
    PAID = 6
    PAYEE_FAILURE = 7
    TRY_AGAIN = 8
    TRY_ELSEWHERE = 9
    REFUSED = 10
    CANCELLED = 11
    LAPSED = 12


class NextAction(OpenEnum):
    """Who has to do something about a payout that did not arrive."""

    UNSPECIFIED = 0
    WAIT = 1  # nothing: another attempt is made
    AMEND_PAYEE = 2
    RETRY = 3
    CONTACT_SUPPORT = 4


@dataclass(frozen=True)
class PayoutFailure:
    """Why money did not arrive. ``message_zh`` is for the agent's screen; ``channel_code`` is the channel's own."""

    iso_reason: str
    code: str
    channel_code: str
    message_zh: str
    next_action: NextAction


@dataclass(frozen=True)
class PayoutAttempt:
    """One try to pay over one channel. ``channel_fee`` is for staff; ``stray``: money left though it failed.

    ``payee_confirmation`` is what the payee's application needs while the payee has to confirm (WeChat Pay: the
    ``package`` of ``wx.requestMerchantTransfer``), else empty. It is for the payee alone, so ``repr`` leaves it out.
    """

    number: int
    key: str
    channel: str
    state: AttemptState
    channel_reference: str
    begin_time: datetime
    update_time: datetime
    channel_fee: Money | None
    failure: PayoutFailure | None
    stray: bool
    payee_confirmation: str = field(default="", repr=False)


@dataclass(frozen=True)
class Withdrawal:
    """A withdrawal as it stood when it was read.

    ``failure`` says why the last attempt did not arrive. In ACTION_REQUIRED it waits until ``deadline`` for ``amend``,
    ``retry`` or ``cancel``; ``retryable`` says that it would go on now.
    """

    id: str
    partner: str
    agent: str
    state: State
    final: bool
    cancelable: bool
    amount: Money
    fee: Money
    net: Money
    payee: str
    request_id: str
    create_time: datetime
    update_time: datetime
    etag: str
    timeline: tuple[TimelineEntry, ...]
    receipt: Receipt
    speed: Speed = Speed.UNSPECIFIED
    points: int = 0
    settlement_date: date | None = None
    expected_arrival: datetime | None = None
    rules_version: int = 0
    risk: RiskDecision | None = None
    review: Review | None = None
    attempts: tuple[PayoutAttempt, ...] = ()
    failure: PayoutFailure | None = None
    fee_refunded: Money | None = None
    deadline: datetime | None = None
    retryable: bool = False
    blocked: bool = False


@dataclass(frozen=True)
class WithdrawalPage:
    """One page of a list. ``cursor`` watches from here on, missing nothing."""

    withdrawals: tuple[Withdrawal, ...]
    next_page_token: str
    cursor: str


@dataclass(frozen=True)
class Change:
    """A committed change of a withdrawal. ``withdrawal`` is as it stands now, which may be later than the change."""

    cursor: str
    state: State
    time: datetime
    withdrawal: Withdrawal


@dataclass(frozen=True)
class NewWithdrawal:
    """An item of a batch."""

    agent: str
    amount: Money
    payee: str
    request_id: str = field(default_factory=new_request_id)
    speed: Speed = Speed.UNSPECIFIED
    acceleration: Acceleration = Acceleration.FEE
    quote: str = ""
    device: str = ""
    address: str = ""


@dataclass(frozen=True)
class LimitStanding:
    """Limits of an agent and what is left of them."""

    payout_minimum: Money
    payout_maximum: Money
    day_amount: Money
    day_amount_left: Money
    month_amount: Money
    month_amount_left: Money
    day_count: int
    day_count_left: int


@dataclass(frozen=True)
class SpeedOffer:
    """A speed with its price, or with the reason why it is not offered."""

    speed: Speed
    offered: bool
    fee: Money
    points: int
    expected_arrival: datetime | None
    reason: str


@dataclass(frozen=True)
class Quote:
    """What a submission would cost and meet. ``token`` promises the fee until ``valid_until``.

    ``obstacle`` is the error that a submission would raise as things are; then there is no token.
    """

    token: str
    valid_until: datetime | None
    speed: Speed
    amount: Money
    fee: Money
    net: Money
    points: int
    settlement_date: date | None
    expected_arrival: datetime | None
    limits: LimitStanding
    review_likely: bool
    risk: RiskDecision
    rules_version: int
    obstacle: errors.SettleError | None
    offers: tuple[SpeedOffer, ...]
    maintenance: tuple[str, str] | None
    calendar_missing: bool


@dataclass(frozen=True)
class LimitOverride:
    """Takes the place of a tier's limits for one agent, in minor units; 0 leaves the tier's."""

    payout_maximum: int = 0
    day_amount: int = 0
    month_amount: int = 0
    day_count: int = 0


@dataclass(frozen=True)
class Agent:
    """An agent of a partner, and what it may do."""

    partner: str
    agent: str
    create_time: datetime
    receipt: Receipt
    parent: str = ""
    tier: str = ""
    frozen: bool = False
    credit_grade: CreditGrade = CreditGrade.UNSPECIFIED
    open_violations: int = 0
    limits: LimitOverride = field(default_factory=LimitOverride)
    name_verified: bool = False
    id_number_verified: bool = False
    card_verified: bool = False
    masked_name: str = ""


@dataclass(frozen=True)
class ElementDefect:
    """One element of a real-name check that did not pass."""

    element: str
    reason: str
    message: str
    message_zh: str


@dataclass(frozen=True)
class Verification:
    """What a real-name check found; no defects means that all passed."""

    agent: Agent
    defects: tuple[ElementDefect, ...]


@dataclass(frozen=True)
class Balance:
    """An agent's available account. ``available`` is what can be withdrawn."""

    partner: str
    agent: str
    debits_pending: Money
    debits_posted: Money
    credits_pending: Money
    credits_posted: Money
    available: Money
    receipt: Receipt


@dataclass(frozen=True)
class Entry:
    """A movement of an agent's available account."""

    sequence: int
    time: datetime
    kind: EntryKind
    amount: Money
    withdrawal_id: str
    external_reference: str
    proposal_id: str = ""


@dataclass(frozen=True)
class DepositReceipt:
    """A booked deposit and the balance after it."""

    partner: str
    agent: str
    amount: Money
    external_reference: str
    time: datetime
    balance: Balance
    receipt: Receipt


# From messages to values.


def money_message(money: Money) -> money_pb2.Money:
    """The message of an amount."""
    if not isinstance(money, Money):
        raise TypeError(f"an amount is a Money such as Money.of('50.00'), not {type(money).__name__}")
    return money_pb2.Money(currency_code=money.currency, minor_units=money.minor_units)


def time_of(timestamp: Timestamp) -> datetime:
    """The value of a Timestamp message."""
    return timestamp.ToDatetime(tzinfo=timezone.utc)


def optional_time(message: Message, field_name: str) -> datetime | None:
    """The value of a Timestamp field, None where it is not set."""
    return time_of(getattr(message, field_name)) if message.HasField(field_name) else None


def timestamp_message(time: datetime) -> Timestamp:
    """The message of a time, which must know its zone."""
    if time.tzinfo is None:
        raise ValueError("a time must have a time zone, as datetime.now(timezone.utc) has")
    timestamp = Timestamp()
    timestamp.FromDatetime(time.astimezone(timezone.utc).replace(tzinfo=None))
    return timestamp


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def money_of(message: money_pb2.Money) -> Money:
    """The value of a Money message."""
    # XXX is ISO 4217's code for no currency: an amount that was left out.
    return Money(message.minor_units, message.currency_code or "XXX")


def receipt_of(message: money_pb2.Receipt) -> Receipt:
    """The value of a Receipt message."""
    return Receipt(message.sequence, message.seal)


def risk_decision(message: withdrawals_pb2.RiskDecision) -> RiskDecision:
    """The value of a RiskDecision message."""
    return RiskDecision(
        RiskVerdict(message.verdict),
        message.score,
        tuple(RiskReason(reason.code, reason.points) for reason in message.reasons),
    )


def approval(message: withdrawals_pb2.Approval) -> Approval:
    """The value of an Approval message."""
    return Approval(message.person, message.role, time_of(message.time))


def review(message: withdrawals_pb2.ReviewStanding) -> Review:
    """The value of a ReviewStanding message."""
    return Review(
        approvals_required=message.approvals_required,
        approvals=tuple(approval(given) for given in message.approvals),
        due_time=optional_time(message, "due_time"),
        claimed_by=message.claimed_by,
        claim_end_time=optional_time(message, "claim_end_time"),
        escalated=message.escalated,
        information_note=message.information_note,
        on_hold=message.on_hold,
        hold_reason=message.hold_reason,
        rejection_reason=message.rejection_reason,
        digest=message.digest,
        outcome=ReviewOutcome(message.outcome),
    )


def payout_failure(message: withdrawals_pb2.PayoutFailure) -> PayoutFailure:
    """The value of a PayoutFailure message."""
    return PayoutFailure(
        iso_reason=message.iso_reason,
        code=message.code,
        channel_code=message.channel_code,
        message_zh=message.message_zh,
        next_action=NextAction(message.next_action),
    )


def payout_attempt(message: withdrawals_pb2.PayoutAttempt) -> PayoutAttempt:
    """The value of a PayoutAttempt message."""
    return PayoutAttempt(
        number=message.number,
        key=message.key,
        channel=message.channel,
        state=AttemptState(message.state),
        channel_reference=message.channel_reference,
        begin_time=time_of(message.begin_time),
        update_time=time_of(message.update_time),
        channel_fee=money_of(message.channel_fee) if message.HasField("channel_fee") else None,
        failure=payout_failure(message.failure) if message.HasField("failure") else None,
        stray=message.stray,
        payee_confirmation=message.payee_confirmation,
    )


def withdrawal(message: withdrawals_pb2.Withdrawal) -> Withdrawal:
    """The value of a Withdrawal message."""
    return Withdrawal(
        id=message.id,
        partner=message.partner,
        agent=message.agent,
        state=State(message.state),
        final=message.final,
        cancelable=message.cancelable,
        amount=money_of(message.amount),
        fee=money_of(message.fee),
        net=money_of(message.net),
        payee=message.payee,
        request_id=message.request_id,
        create_time=time_of(message.create_time),
        update_time=time_of(message.update_time),
        etag=message.etag,
        timeline=tuple(TimelineEntry(State(entry.state), time_of(entry.time)) for entry in message.timeline),
        receipt=receipt_of(message.receipt),
        speed=Speed(message.speed),
        points=message.points,
        settlement_date=_date(message.settlement_date),
        expected_arrival=optional_time(message, "expected_arrival"),
        rules_version=message.rules_version,
        risk=risk_decision(message.risk) if message.HasField("risk") else None,
        review=review(message.review) if message.HasField("review") else None,
        attempts=tuple(payout_attempt(attempt) for attempt in message.attempts),
        failure=payout_failure(message.failure) if message.HasField("failure") else None,
        fee_refunded=money_of(message.fee_refunded) if message.HasField("fee_refunded") else None,
        deadline=optional_time(message, "deadline"),
        retryable=message.retryable,
        blocked=message.blocked,
    )


def limit_standing(message: withdrawals_pb2.LimitStanding) -> LimitStanding:
    """The value of a LimitStanding message."""

    def money(minor_units: int) -> Money:
        return Money(minor_units, message.currency_code or "XXX")

    return LimitStanding(
        payout_minimum=money(message.payout_minimum),
        payout_maximum=money(message.payout_maximum),
        day_amount=money(message.day_amount),
        day_amount_left=money(message.day_amount_left),
        month_amount=money(message.month_amount),
        month_amount_left=money(message.month_amount_left),
        day_count=message.day_count,
        day_count_left=message.day_count_left,
    )


def quote(message: withdrawals_pb2.WithdrawalQuote) -> Quote:
    """The value of a WithdrawalQuote message."""
    return Quote(
        token=message.quote,
        valid_until=optional_time(message, "valid_until"),
        speed=Speed(message.speed),
        amount=money_of(message.amount),
        fee=money_of(message.fee),
        net=money_of(message.net),
        points=message.points,
        settlement_date=_date(message.settlement_date),
        expected_arrival=optional_time(message, "expected_arrival"),
        limits=limit_standing(message.limits),
        review_likely=message.review_likely,
        risk=risk_decision(message.risk),
        rules_version=message.rules_version,
        obstacle=errors.from_status(message.obstacle) if message.HasField("obstacle") else None,
        offers=tuple(
            SpeedOffer(
                speed=Speed(offer.speed),
                offered=offer.offered,
                fee=money_of(offer.fee),
                points=offer.points,
                expected_arrival=optional_time(offer, "expected_arrival"),
                reason=offer.reason,
            )
            for offer in message.offers
        ),
        maintenance=(message.maintenance_begin, message.maintenance_end) if message.maintenance_begin else None,
        calendar_missing=message.calendar_missing,
    )


def change(message: withdrawals_pb2.WatchWithdrawalsResponse) -> Change:
    """The value of a watch reply that carries a change."""
    return Change(
        cursor=message.cursor,
        state=State(message.change.state),
        time=time_of(message.change.time),
        withdrawal=withdrawal(message.change.withdrawal),
    )


def agent(message: accounts_pb2.Agent) -> Agent:
    """The value of an Agent message."""
    return Agent(
        partner=message.partner,
        agent=message.agent,
        create_time=time_of(message.create_time),
        receipt=receipt_of(message.receipt),
        parent=message.parent,
        tier=message.tier,
        frozen=message.frozen,
        credit_grade=CreditGrade(message.credit_grade),
        open_violations=message.open_violations,
        limits=LimitOverride(
            message.limits.payout_maximum,
            message.limits.day_amount,
            message.limits.month_amount,
            message.limits.day_count,
        ),
        name_verified=message.name_verified,
        id_number_verified=message.id_number_verified,
        card_verified=message.card_verified,
        masked_name=message.masked_name,
    )


def verification(message: accounts_pb2.VerifyAgentResponse) -> Verification:
    """The value of a VerifyAgentResponse message."""
    return Verification(
        agent(message.agent),
        tuple(
            ElementDefect(defect.element, defect.reason, defect.message, defect.message_zh)
            for defect in message.defects
        ),
    )


def balance(message: accounts_pb2.Balance) -> Balance:
    """The value of a Balance message."""

    def money(minor_units: int) -> Money:
        return Money(minor_units, message.currency_code)

    return Balance(
        partner=message.partner,
        agent=message.agent,
        debits_pending=money(message.debits_pending),
        debits_posted=money(message.debits_posted),
        credits_pending=money(message.credits_pending),
        credits_posted=money(message.credits_posted),
        available=money(message.available),
        receipt=receipt_of(message.receipt),
    )


def entry(message: accounts_pb2.Entry) -> Entry:
    """The value of an Entry message."""
    return Entry(
        sequence=message.sequence,
        time=time_of(message.time),
        kind=EntryKind(message.kind),
        amount=money_of(message.amount),
        withdrawal_id=message.withdrawal_id,
        external_reference=message.external_reference,
        proposal_id=message.proposal_id,
    )


def deposit_receipt(message: accounts_pb2.DepositReceipt) -> DepositReceipt:
    """The value of a DepositReceipt message."""
    return DepositReceipt(
        partner=message.partner,
        agent=message.agent,
        amount=money_of(message.amount),
        external_reference=message.external_reference,
        time=time_of(message.time),
        balance=balance(message.balance),
        receipt=receipt_of(message.receipt),
    )
