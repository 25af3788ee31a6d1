"""Appeals: a payout that was late, wrong or never came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from . import types
from ._area import Area, Caller
from ._proto import appeals_pb2, appeals_pb2_grpc
from ._requests import make
from .money import Money


class AppealKind(types.OpenEnum):
    """What is wrong."""

    UNSPECIFIED = 0
    NOT_ARRIVED = 1
    WRONG_AMOUNT = 2
    LATE = 3
    FEE = 4
    OTHER = 5


class AppealState(types.OpenEnum):
    """ASSIGNED: a person is at it."""

    UNSPECIFIED = 0
    OPEN = 1
    ASSIGNED = 2
    UPHELD = 3
    REJECTED = 4


@dataclass(frozen=True)
class Evidence:
    """What shows how it was. ``person`` is empty for the partner; ``sha256`` for no document."""

    person: str
    time: datetime
    note: str
    sha256: bytes


@dataclass(frozen=True)
class Appeal:
    """An appeal as it stands. ``disputed`` is frozen until it is resolved."""

    id: str
    partner: str
    agent: str
    withdrawal_id: str
    kind: AppealKind
    state: AppealState
    disputed: Money
    awarded: Money | None
    text: str
    evidence: tuple[Evidence, ...]
    assignee: str
    create_time: datetime
    first_answer_due: datetime
    due_time: datetime
    first_answer_time: datetime | None
    resolve_time: datetime | None
    escalated: bool
    answer: str
    receipt: types.Receipt


def appeal(message: appeals_pb2.Appeal) -> Appeal:
    """The value of an Appeal message."""
    return Appeal(
        id=message.id,
        partner=message.partner,
        agent=message.agent,
        withdrawal_id=message.withdrawal_id,
        kind=AppealKind(message.kind),
        state=AppealState(message.state),
        disputed=types.money_of(message.disputed),
        awarded=types.money_of(message.awarded) if message.HasField("awarded") else None,
        text=message.text,
        evidence=tuple(
            Evidence(piece.person, types.time_of(piece.time), piece.note, piece.sha256) for piece in message.evidence
        ),
        assignee=message.assignee,
        create_time=types.time_of(message.create_time),
        first_answer_due=types.time_of(message.first_answer_due),
        due_time=types.time_of(message.due_time),
        first_answer_time=(types.time_of(message.first_answer_time) if message.HasField("first_answer_time") else None),
        resolve_time=types.time_of(message.resolve_time) if message.HasField("resolve_time") else None,
        escalated=message.escalated,
        answer=message.answer,
        receipt=types.receipt_of(message.receipt),
    )


class Appeals(Area):
    """Appeals: ``client.appeals``."""

    def __init__(self, channel: object, call: Caller) -> None:
        super().__init__(channel, call)
        self._stub = appeals_pb2_grpc.AppealServiceStub(channel)

    def create(
        self,
        withdrawal_id: str,
        kind: AppealKind,
        text: str,
        *,
        disputed: Money | None = None,
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> Appeal:
        """Appeals about a withdrawal. Without ``disputed`` no money is asked for."""
        request = make(
            appeals_pb2.CreateAppealRequest, withdrawal_id=withdrawal_id, kind=kind, text=text, disputed=disputed
        )
        return appeal(self._change(self._stub.CreateAppeal, request, request_id, timeout))

    def get(self, id: str, *, timeout: float | None = None) -> Appeal:
        """Reads an appeal."""
        return appeal(self._call(self._stub.GetAppeal, make(appeals_pb2.GetAppealRequest, id=id), timeout))

    def add_evidence(
        self,
        id: str,
        note: str,
        *,
        sha256: bytes = b"",
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> Appeal:
        """Adds a note, and the hash of a document that stays with you."""
        request = make(appeals_pb2.AddEvidenceRequest, id=id, note=note, sha256=sha256)
        return appeal(self._change(self._stub.AddEvidence, request, request_id, timeout))

    def assign(
        self, id: str, *, assignee: str = "", request_id: str | None = None, timeout: float | None = None
    ) -> Appeal:
        """Takes an appeal; the assignee, if it is told, is the caller. Staff."""
        request = make(appeals_pb2.AssignAppealRequest, id=id, assignee=assignee)
        return appeal(self._change(self._stub.AssignAppeal, request, request_id, timeout))

    def resolve(
        self,
        id: str,
        answer: str,
        *,
        upheld: bool,
        awarded: Money | None = None,
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> Appeal:
        """Decides an appeal. Money is awarded by another person than the assignee. Staff."""
        request = make(appeals_pb2.ResolveAppealRequest, id=id, upheld=upheld, answer=answer, awarded=awarded)
        return appeal(self._change(self._stub.ResolveAppeal, request, request_id, timeout))

    def list(
        self,
        *,
        partner: str = "",
        open_only: bool = False,
        escalated_only: bool = False,
        page_size: int = 0,
        timeout: float | None = None,
    ) -> Iterator[Appeal]:
        """Appeals, open ones first."""
        request = make(
            appeals_pb2.ListAppealsRequest,
            partner=partner,
            open_only=open_only,
            escalated_only=escalated_only,
            page_size=page_size,
        )
        return map(appeal, self._pages(self._stub.ListAppeals, request, "appeals", timeout))
