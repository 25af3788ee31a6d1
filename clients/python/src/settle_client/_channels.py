"""The ways on which money goes out, and what was done to pay one withdrawal."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from os import PathLike
from pathlib import Path

from . import types
from ._area import Area, Caller
from ._payees import Rail
from ._proposals import Doubt, Proposal, doubt_message, proposal
from ._proto import channels_pb2, channels_pb2_grpc
from ._requests import expect, make
from .money import Money

# What is hashed at once.
_CHUNK_BYTES = 1 << 20


class ChannelState(types.OpenEnum):
    """What an operator lets a channel do. DRAINING and DISABLED get no new payouts; what is under way goes on."""

    UNSPECIFIED = 0
    ENABLED = 1
    DRAINING = 2
    DISABLED = 3


class BreakerState(types.OpenEnum):
    """OPEN: nothing is sent until the next probe. HALF_OPEN: a few small payouts show whether it works again."""

    UNSPECIFIED = 0
    CLOSED = 1
    OPEN = 2
    HALF_OPEN = 3


class RouteVerdict(types.OpenEnum):
    """Why a channel was chosen, or was not."""

    UNSPECIFIED = 0
    CHOSEN = 1
    ELIGIBLE = 2
    WRONG_RAIL = 3
    WRONG_CURRENCY = 4
    AMOUNT_OUT_OF_RANGE = 5
    WRONG_SPEED = 6
    OUT_OF_HOURS = 7
    NOT_ENABLED = 8
    FLOAT_LOW = 9
    BREAKER_OPEN = 10
    TRIED_BEFORE = 11
    DAILY_LIMIT = 12


@dataclass(frozen=True)
class ChannelFloat:
    """Our money at a channel: free, reserved for payouts under way, and what the channel has taken so far."""

    available: Money
    pending: Money
    fees: Money


@dataclass(frozen=True)
class Channel:
    """A channel as it stands. One that left the server's configuration has floats only."""

    id: str
    state: ChannelState
    reason: str
    rails: tuple[str, ...]
    floats: tuple[ChannelFloat, ...]
    minimum: Money | None
    maximum: Money | None
    daily_maximum: Money | None
    capabilities: tuple[str, ...]
    opens: str
    closes: str
    speeds: tuple[types.Speed, ...]
    simulated: bool


@dataclass(frozen=True)
class ChannelHealth:
    """How a channel has been doing lately. Success is counted without payees' mistakes."""

    channel: str
    breaker: BreakerState
    breaker_since: datetime | None
    next_probe: datetime | None
    window_attempts: int
    window_failures: int
    success_permille: int
    arrival_p95_ms: int
    in_flight: int
    in_flight_maximum: int
    in_doubt: int
    last_error: str
    last_error_time: datetime | None


@dataclass(frozen=True)
class RouteCandidate:
    """What routing found about one channel. A higher score is better."""

    channel: str
    verdict: RouteVerdict
    fee: Money
    arrival_p95_ms: int
    success_permille: int
    score: int


@dataclass(frozen=True)
class RoutingExplanation:
    """Which channel was chosen, or would be; empty when none can take it."""

    chosen: str
    candidates: tuple[RouteCandidate, ...]
    time: datetime


@dataclass(frozen=True)
class ExplainedAttempt:
    """An attempt, with why its channel was chosen and the record that says so."""

    attempt: types.PayoutAttempt
    candidates: tuple[RouteCandidate, ...]
    receipt: types.Receipt


@dataclass(frozen=True)
class Alarm:
    """Something that needs somebody's attention for as long as it is listed."""

    code: str
    subject: str
    message: str
    since: datetime


def evidence_digest(evidence: bytes | str | PathLike[str]) -> bytes:
    """SHA-256 of the evidence behind a Doubt: its bytes, or the file of that name. Only this leaves the machine."""
    if isinstance(evidence, bytes):
        return _not_empty(hashlib.sha256(evidence), len(evidence), "the evidence")
    digest = hashlib.sha256()
    total = 0
    with Path(evidence).open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            total += len(chunk)
    return _not_empty(digest, total, str(evidence))


def _not_empty(digest: hashlib._Hash, total: int, what: str) -> bytes:
    if total == 0:
        raise ValueError(f"{what} is empty")
    return digest.digest()


def channel(message: channels_pb2.Channel) -> Channel:
    """The value of a Channel message."""

    def money(name: str) -> Money | None:
        return types.money_of(getattr(message, name)) if message.HasField(name) else None

    return Channel(
        id=message.id,
        state=ChannelState(message.state),
        reason=message.reason,
        rails=tuple(message.rails),
        floats=tuple(
            ChannelFloat(types.money_of(held.available), types.money_of(held.pending), types.money_of(held.fees))
            for held in message.floats
        ),
        minimum=money("minimum"),
        maximum=money("maximum"),
        daily_maximum=money("daily_maximum"),
        capabilities=tuple(message.capabilities),
        opens=message.opens,
        closes=message.closes,
        speeds=tuple(types.Speed(speed) for speed in message.speeds),
        simulated=message.simulated,
    )


def _candidates(messages: Iterable[channels_pb2.RouteCandidate]) -> tuple[RouteCandidate, ...]:
    return tuple(
        RouteCandidate(
            channel=message.channel,
            verdict=RouteVerdict(message.verdict),
            fee=types.money_of(message.fee),
            arrival_p95_ms=message.arrival_p95_ms,
            success_permille=message.success_permille,
            score=message.score,
        )
        for message in messages
    )


def _explanation(message: channels_pb2.RoutingExplanation) -> RoutingExplanation:
    return RoutingExplanation(message.chosen, _candidates(message.candidates), types.time_of(message.time))


class Channels(Area):
    """Channels: ``client.channels``. All staff read; who changes something is named at each call."""

    def __init__(self, channel: object, call: Caller) -> None:
        super().__init__(channel, call)
        self._stub = channels_pb2_grpc.ChannelServiceStub(channel)

    def list(self, *, timeout: float | None = None) -> tuple[Channel, ...]:
        """Every channel that the server knows, with our money there."""
        reply = self._call(self._stub.ListChannels, channels_pb2.ListChannelsRequest(), timeout)
        return tuple(channel(message) for message in reply.channels)

    def set_state(
        self,
        channel_id: str,
        state: ChannelState,
        reason: str,
        *,
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> Channel:
        """Lets a channel work, drain or rest. Operators."""
        request = make(channels_pb2.SetChannelStateRequest, channel=channel_id, state=state, reason=reason)
        return channel(self._change(self._stub.SetChannelState, request, request_id, timeout))

    def fund(
        self,
        channel_id: str,
        amount: Money,
        reference: str,
        *,
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> Channel:
        """Tells that money of ours was moved to a channel, or (negative) back from it. Finance and operators."""
        request = make(channels_pb2.FundChannelRequest, channel=channel_id, amount=amount, reference=reference)
        return channel(self._change(self._stub.FundChannel, request, request_id, timeout))

    def health(self, channel_id: str, *, timeout: float | None = None) -> ChannelHealth:
        """How a channel has been doing lately."""
        request = make(channels_pb2.GetChannelHealthRequest, channel=channel_id)
        message = self._call(self._stub.GetChannelHealth, request, timeout)
        return ChannelHealth(
            channel=message.channel,
            breaker=BreakerState(message.breaker),
            breaker_since=types.optional_time(message, "breaker_since"),
            next_probe=types.optional_time(message, "next_probe"),
            window_attempts=message.window_attempts,
            window_failures=message.window_failures,
            success_permille=message.success_permille,
            arrival_p95_ms=message.arrival_p95_ms,
            in_flight=message.in_flight,
            in_flight_maximum=message.in_flight_maximum,
            in_doubt=message.in_doubt,
            last_error=message.last_error,
            last_error_time=types.optional_time(message, "last_error_time"),
        )

    def explain(self, withdrawal_id: str, *, timeout: float | None = None) -> RoutingExplanation:
        """How the last attempt of a withdrawal was routed; of one that waits, how it would be now."""
        request = make(channels_pb2.ExplainRoutingRequest, withdrawal_id=withdrawal_id)
        return _explanation(self._call(self._stub.ExplainRouting, request, timeout))

    def explain_question(
        self, amount: Money, speed: types.Speed, *, rail: Rail = Rail.UNSPECIFIED, timeout: float | None = None
    ) -> RoutingExplanation:
        """How a payout like this would be routed now. Without a rail: one to a platform's own reference."""
        expect("rail", rail, Rail)
        question = make(
            channels_pb2.RouteQuestion,
            amount=amount,
            rail="" if rail == Rail.UNSPECIFIED else f"RAIL_{rail.name}",
            speed=speed,
        )
        request = make(channels_pb2.ExplainRoutingRequest, question=question)
        return _explanation(self._call(self._stub.ExplainRouting, request, timeout))

    def attempts(self, withdrawal_id: str, *, timeout: float | None = None) -> tuple[ExplainedAttempt, ...]:
        """What was done to pay a withdrawal, oldest first, and why each channel was chosen."""
        request = make(channels_pb2.ListAttemptsRequest, withdrawal_id=withdrawal_id)
        reply = self._call(self._stub.ListAttempts, request, timeout)
        return tuple(
            ExplainedAttempt(
                types.payout_attempt(message.attempt),
                _candidates(message.candidates),
                types.receipt_of(message.receipt),
            )
            for message in reply.attempts
        )

    def resolve_in_doubt(
        self, doubt: Doubt, *, request_id: str | None = None, timeout: float | None = None
    ) -> Proposal:
        """Says what became of a payout in doubt; takes effect when another person confirms it. Finance."""
        request = make(channels_pb2.ResolveInDoubtRequest, doubt=doubt_message(doubt))
        return proposal(self._change(self._stub.ResolveInDoubt, request, request_id, timeout))

    def alarms(self, *, timeout: float | None = None) -> tuple[Alarm, ...]:
        """What needs somebody's attention now, oldest first."""
        reply = self._call(self._stub.ListAlarms, channels_pb2.ListAlarmsRequest(), timeout)
        return tuple(
            Alarm(message.code, message.subject, message.message, types.time_of(message.since))
            for message in reply.alarms
        )
