"""What the server answers, as plain values."""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone

from google.protobuf.timestamp_pb2 import Timestamp

from ._proto import accounts_pb2, money_pb2, withdrawals_pb2
from .money import Money


def new_request_id() -> str:
    """An id that no other request has."""
    return uuid.uuid4().hex


class _OpenEnum(enum.IntEnum):
    """A value that a newer server invented is UNSPECIFIED, instead of an error."""

    @classmethod
    def _missing_(cls, value: object) -> _OpenEnum | None:
        return cls(0) if value != 0 else None


class State(_OpenEnum):
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


class EntryKind(_OpenEnum):
    """What moved an agent's available account."""

    UNSPECIFIED = 0
    DEPOSIT = 1
    WITHDRAWAL_HELD = 2
    WITHDRAWAL_RELEASED = 3


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
class Withdrawal:
    """A withdrawal as it stood when it was read."""

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


@dataclass(frozen=True)
class Agent:
    """An agent of a partner."""

    partner: str
    agent: str
    create_time: datetime
    receipt: Receipt


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


def _time(timestamp: Timestamp) -> datetime:
    return timestamp.ToDatetime(tzinfo=timezone.utc)


def _money(message: money_pb2.Money) -> Money:
    # XXX is ISO 4217's code for no currency: an amount that was left out.
    return Money(message.minor_units, message.currency_code or "XXX")


def _receipt(message: money_pb2.Receipt) -> Receipt:
    return Receipt(message.sequence, message.seal)


def withdrawal(message: withdrawals_pb2.Withdrawal) -> Withdrawal:
    """The value of a Withdrawal message."""
    return Withdrawal(
        id=message.id,
        partner=message.partner,
        agent=message.agent,
        state=State(message.state),
        final=message.final,
        cancelable=message.cancelable,
        amount=_money(message.amount),
        fee=_money(message.fee),
        net=_money(message.net),
        payee=message.payee,
        request_id=message.request_id,
        create_time=_time(message.create_time),
        update_time=_time(message.update_time),
        etag=message.etag,
        timeline=tuple(TimelineEntry(State(entry.state), _time(entry.time)) for entry in message.timeline),
        receipt=_receipt(message.receipt),
    )


def change(message: withdrawals_pb2.WatchWithdrawalsResponse) -> Change:
    """The value of a watch reply that carries a change."""
    return Change(
        cursor=message.cursor,
        state=State(message.change.state),
        time=_time(message.change.time),
        withdrawal=withdrawal(message.change.withdrawal),
    )


def agent(message: accounts_pb2.Agent) -> Agent:
    """The value of an Agent message."""
    return Agent(message.partner, message.agent, _time(message.create_time), _receipt(message.receipt))


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
        receipt=_receipt(message.receipt),
    )


def entry(message: accounts_pb2.Entry) -> Entry:
    """The value of an Entry message."""
    return Entry(
        sequence=message.sequence,
        time=_time(message.time),
        kind=EntryKind(message.kind),
        amount=_money(message.amount),
        withdrawal_id=message.withdrawal_id,
        external_reference=message.external_reference,
    )


def deposit_receipt(message: accounts_pb2.DepositReceipt) -> DepositReceipt:
    """The value of a DepositReceipt message."""
    return DepositReceipt(
        partner=message.partner,
        agent=message.agent,
        amount=_money(message.amount),
        external_reference=message.external_reference,
        time=_time(message.time),
        balance=balance(message.balance),
        receipt=_receipt(message.receipt),
    )
