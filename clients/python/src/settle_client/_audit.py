"""Who did what, when, from which certificate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from . import types
from ._area import Area, Caller
from ._proto import audit_pb2, audit_pb2_grpc
from ._requests import make


@dataclass(frozen=True)
class AuditEvent:
    """One record of the journal. Its receipt names the frame that seals it."""

    sequence: int
    time: datetime
    kind: str
    partner: str
    actor: str
    certificate: str
    request_id: str
    withdrawal_id: str
    agent: str
    payee_id: str
    proposal_id: str
    details: str
    receipt: types.Receipt


@dataclass(frozen=True)
class ChainReport:
    """A part of the chain whose every seal was checked again."""

    from_sequence: int
    to_sequence: int
    frames: int
    records: int
    seal: bytes


def audit_event(message: audit_pb2.AuditEvent) -> AuditEvent:
    """The value of an AuditEvent message."""
    return AuditEvent(
        sequence=message.sequence,
        time=types.time_of(message.time),
        kind=message.kind,
        partner=message.partner,
        actor=message.actor,
        certificate=message.certificate,
        request_id=message.request_id,
        withdrawal_id=message.withdrawal_id,
        agent=message.agent,
        payee_id=message.payee_id,
        proposal_id=message.proposal_id,
        details=message.details,
        receipt=types.receipt_of(message.receipt),
    )


class Audit(Area):
    """The audit: ``client.audit``. Auditors and compliance."""

    def __init__(self, channel: object, call: Caller) -> None:
        super().__init__(channel, call)
        self._stub = audit_pb2_grpc.AuditServiceStub(channel)

    def events(
        self,
        *,
        from_sequence: int = 0,
        partner: str = "",
        actor: str = "",
        kind: str = "",
        withdrawal_id: str = "",
        agent: str = "",
        from_time: datetime | None = None,
        to_time: datetime | None = None,
        page_size: int = 0,
        timeout: float | None = None,
    ) -> Iterator[AuditEvent]:
        """Everything that was recorded, in order, read page by page as it is taken."""
        request = make(
            audit_pb2.ListAuditEventsRequest,
            from_sequence=from_sequence,
            partner=partner,
            actor=actor,
            kind=kind,
            withdrawal_id=withdrawal_id,
            agent=agent,
            from_time=from_time,
            to_time=to_time,
            page_size=page_size,
        )
        while True:
            reply = self._call(self._stub.ListAuditEvents, request, timeout)
            yield from map(audit_event, reply.events)
            if not reply.next_sequence:
                return
            request.from_sequence = reply.next_sequence

    def verify_chain(
        self, *, from_sequence: int = 0, to_sequence: int = 0, timeout: float | None = None
    ) -> ChainReport:
        """Has the server read its journal again and check every seal against the chain, part by part."""
        request = make(audit_pb2.VerifyChainRequest, from_sequence=from_sequence, to_sequence=to_sequence)
        first, frames, records = 0, 0, 0
        while True:
            reply = self._call(self._stub.VerifyChain, request, timeout)
            first = first or reply.from_sequence
            frames += reply.frames
            records += reply.records
            if not reply.next_sequence:
                return ChainReport(first, reply.to_sequence, frames, records, reply.seal)
            request.from_sequence = reply.next_sequence
