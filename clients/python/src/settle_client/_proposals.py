"""Dual control: one person proposes, another confirms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from . import types
from ._area import Area, Caller
from ._proto import accounts_pb2_grpc, proposals_pb2
from ._requests import make
from .money import Money


class ProposalState(types.OpenEnum):
    """CONFIRMED: a reveal that may be used, an adjustment that is posted."""

    UNSPECIFIED = 0
    OPEN = 1
    CONFIRMED = 2
    EXPIRED = 3


@dataclass(frozen=True)
class Reveal:
    """To see number and name of an account."""

    payee_id: str


@dataclass(frozen=True)
class Adjustment:
    """To credit (positive) or debit (negative) an agent against suspense."""

    partner: str
    agent: str
    amount: Money
    reason: str


class DoubtVerdict(types.OpenEnum):
    """What became of a payout whose channel does not say it.

    PAID: a difference to what was owed goes to suspense. NOT_PAID: another attempt is made; of a blocked withdrawal: it
    may go on. FAILED: the agent has the money back. STRAYED: money left, but not to our payee; it goes to suspense.
    """

    UNSPECIFIED = 0
    PAID = 1
    NOT_PAID = 2
    FAILED = 3
    STRAYED = 4


@dataclass(frozen=True)
class Doubt:
    """To end a payout in doubt. ``evidence`` is from evidence_digest; ``paid`` what left, of PAID and STRAYED."""

    withdrawal_id: str
    verdict: DoubtVerdict
    evidence: bytes
    paid: Money | None = None


@dataclass(frozen=True)
class Proposal:
    """A proposal as it stands. A confirmation is bound to its ``digest``."""

    id: str
    state: ProposalState
    subject: Reveal | Adjustment | Doubt | None
    proposer: str
    confirmations: tuple[types.Approval, ...]
    create_time: datetime
    valid_until: datetime
    digest: bytes
    receipt: types.Receipt


def doubt_message(doubt: Doubt) -> proposals_pb2.DoubtSubject:
    """The message of a doubt."""
    return make(
        proposals_pb2.DoubtSubject,
        withdrawal_id=doubt.withdrawal_id,
        verdict=doubt.verdict,
        evidence=doubt.evidence,
        paid=doubt.paid,
    )


def proposal(message: proposals_pb2.Proposal) -> Proposal:
    """The value of a Proposal message."""
    subject: Reveal | Adjustment | Doubt | None = None
    if message.HasField("reveal"):
        subject = Reveal(message.reveal.payee_id)
    elif message.HasField("adjustment"):
        asked = message.adjustment
        subject = Adjustment(asked.partner, asked.agent, types.money_of(asked.amount), asked.reason)
    elif message.HasField("doubt"):
        told = message.doubt
        paid = types.money_of(told.paid) if told.HasField("paid") else None
        subject = Doubt(told.withdrawal_id, DoubtVerdict(told.verdict), told.evidence, paid)
    return Proposal(
        id=message.id,
        state=ProposalState(message.state),
        subject=subject,
        proposer=message.proposer,
        confirmations=tuple(types.approval(given) for given in message.confirmations),
        create_time=types.time_of(message.create_time),
        valid_until=types.time_of(message.valid_until),
        digest=message.digest,
        receipt=types.receipt_of(message.receipt),
    )


class Proposals(Area):
    """Proposals: ``client.proposals``. Finance."""

    def __init__(self, channel: object, call: Caller) -> None:
        super().__init__(channel, call)
        self._stub = accounts_pb2_grpc.AccountServiceStub(channel)

    def create(
        self, subject: Reveal | Adjustment | Doubt, *, request_id: str | None = None, timeout: float | None = None
    ) -> Proposal:
        """Asks for a second person's yes."""
        request = proposals_pb2.CreateProposalRequest()
        if isinstance(subject, Reveal):
            request.reveal.CopyFrom(make(proposals_pb2.RevealSubject, payee_id=subject.payee_id))
        elif isinstance(subject, Doubt):
            request.doubt.CopyFrom(doubt_message(subject))
        else:
            adjustment = make(
                proposals_pb2.AdjustmentSubject,
                partner=subject.partner,
                agent=subject.agent,
                amount=subject.amount,
                reason=subject.reason,
            )
            request.adjustment.CopyFrom(adjustment)
        return proposal(self._change(self._stub.CreateProposal, request, request_id, timeout))

    def confirm(self, seen: Proposal, *, request_id: str | None = None, timeout: float | None = None) -> Proposal:
        """Agrees to a proposal as it was seen. By another person than the proposer."""
        request = make(proposals_pb2.ConfirmProposalRequest, id=seen.id, digest=seen.digest)
        return proposal(self._change(self._stub.ConfirmProposal, request, request_id, timeout))

    def get(self, id: str, *, timeout: float | None = None) -> Proposal:
        """Reads a proposal."""
        return proposal(self._call(self._stub.GetProposal, make(proposals_pb2.GetProposalRequest, id=id), timeout))

    def list(self, *, open_only: bool = False, page_size: int = 0, timeout: float | None = None) -> Iterator[Proposal]:
        """Proposals, newest first."""
        request = make(proposals_pb2.ListProposalsRequest, open_only=open_only, page_size=page_size)
        return map(proposal, self._pages(self._stub.ListProposals, request, "proposals", timeout))
