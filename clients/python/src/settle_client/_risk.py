"""Black and white lists, profiles, and what was learnt afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import grpc

from . import errors, types
from ._area import Area, Caller
from ._proto import risk_pb2, risk_pb2_grpc
from ._requests import expect, make

# The server takes this many entries in one import.
MAXIMUM_IMPORT_ENTRIES = 1000
# Seconds for a whole export.
EXPORT_TIMEOUT = 300.0


class ListSubject(types.OpenEnum):
    """What is listed."""

    UNSPECIFIED = 0
    AGENT = 1
    PAYEE = 2
    DEVICE = 3
    ADDRESS = 4


class ListColour(types.OpenEnum):
    """Black stops, white speaks for; black wins."""

    UNSPECIFIED = 0
    BLACK = 1
    WHITE = 2


@dataclass(frozen=True)
class ListEntry:
    """One line of a list. ``name`` of a payee is the keyed hash of its number."""

    subject: ListSubject
    colour: ListColour
    partner: str
    name: str
    expire_time: datetime | None
    reason: str
    automatic: bool
    time: datetime | None
    receipt: types.Receipt


@dataclass(frozen=True)
class NewListEntry:
    """An entry to put on a list; without ``expire_time`` for good. A ``payee_number`` is hashed and kept nowhere."""

    subject: ListSubject
    colour: ListColour
    name: str = ""
    reason: str = ""
    partner: str = ""
    expire_time: datetime | None = None
    payee_number: str = ""


@dataclass(frozen=True)
class RiskProfile:
    """What is remembered of an agent's habits; amounts in minor units."""

    partner: str
    agent: str
    submissions: int
    median_amount: int
    amount_spread: int
    submissions_last_day: int
    failures_last_day: int
    abnormal_outcomes: int
    last_submission: datetime | None


def list_entry(message: risk_pb2.ListEntry) -> ListEntry:
    """The value of a ListEntry message."""
    return ListEntry(
        subject=ListSubject(message.subject),
        colour=ListColour(message.colour),
        partner=message.partner,
        name=message.name,
        expire_time=types.optional_time(message, "expire_time"),
        reason=message.reason,
        automatic=message.automatic,
        time=types.optional_time(message, "time"),
        receipt=types.receipt_of(message.receipt),
    )


def _put_request(argument: str, entry: NewListEntry) -> risk_pb2.PutListEntryRequest:
    expect(argument, entry, NewListEntry)
    return make(
        risk_pb2.PutListEntryRequest,
        subject=entry.subject,
        colour=entry.colour,
        partner=entry.partner,
        name=entry.name,
        reason=entry.reason,
        payee_number=entry.payee_number,
        expire_time=entry.expire_time,
    )


class Risk(Area):
    """Lists and profiles: ``client.risk``. Compliance changes, all staff read."""

    def __init__(self, channel: object, call: Caller) -> None:
        super().__init__(channel, call)
        self._stub = risk_pb2_grpc.RiskServiceStub(channel)

    def put(self, entry: NewListEntry, *, request_id: str | None = None, timeout: float | None = None) -> ListEntry:
        """Adds an entry, or replaces it."""
        return list_entry(self._change(self._stub.PutListEntry, _put_request("entry", entry), request_id, timeout))

    def remove(
        self,
        subject: ListSubject,
        colour: ListColour,
        name: str,
        reason: str,
        *,
        partner: str = "",
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> ListEntry:
        """Takes an entry off its list."""
        request = make(
            risk_pb2.RemoveListEntryRequest,
            subject=subject,
            colour=colour,
            partner=partner,
            name=name,
            reason=reason,
        )
        return list_entry(self._change(self._stub.RemoveListEntry, request, request_id, timeout))

    def entries(
        self,
        subject: ListSubject = ListSubject.UNSPECIFIED,
        *,
        page_size: int = 0,
        timeout: float | None = None,
    ) -> Iterator[ListEntry]:
        """The entries of the lists, read page by page."""
        request = make(risk_pb2.ListListEntriesRequest, subject=subject, page_size=page_size)
        return map(list_entry, self._pages(self._stub.ListListEntries, request, "entries", timeout))

    def import_entries(
        self, entries: Iterable[NewListEntry], *, timeout: float | None = None
    ) -> tuple[ListEntry | errors.SettleError, ...]:
        """Puts up to 1,000 entries; one result per entry, in order. One that is refused stops no other."""
        request = make(
            risk_pb2.ImportListEntriesRequest,
            entries=[_put_request(f"entries[{index}]", entry) for index, entry in enumerate(entries)],
        )
        if not 1 <= len(request.entries) <= MAXIMUM_IMPORT_ENTRIES:
            raise ValueError(f"an import has 1 to {MAXIMUM_IMPORT_ENTRIES} entries, not {len(request.entries)}")
        for message in request.entries:
            message.request_id = types.new_request_id()
        reply = self._call(self._stub.ImportListEntries, request, timeout, request.entries[0].request_id)
        results: list[ListEntry | errors.SettleError] = []
        for result in reply.results:
            if result.HasField("entry"):
                results.append(list_entry(result.entry))
            else:
                results.append(errors.of_reason(result.error.code, result.error.reason, result.error.message))
        return tuple(results)

    def export_entries(self, subject: ListSubject = ListSubject.UNSPECIFIED) -> Iterator[ListEntry]:
        """All entries in force, for another platform to import."""
        request = make(risk_pb2.ExportListEntriesRequest, subject=subject)
        try:
            yield from map(list_entry, self._stub.ExportListEntries(request, timeout=EXPORT_TIMEOUT))
        except grpc.RpcError as error:
            raise errors.from_rpc_error(error) from error

    def report_outcome(
        self,
        id: str,
        outcome: types.ReviewOutcome,
        note: str,
        *,
        blacklist: Iterable[ListSubject] = (),
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> types.Withdrawal:
        """Says what was found out about a withdrawal, and what of it enters the black list for good."""
        request = make(
            risk_pb2.ReportOutcomeRequest,
            id=id,
            outcome=outcome,
            blacklist=list(blacklist),
            note=note,
        )
        return types.withdrawal(self._change(self._stub.ReportOutcome, request, request_id, timeout))

    def profile(self, agent: str, *, partner: str, timeout: float | None = None) -> RiskProfile:
        """What is remembered of an agent's habits."""
        request = make(risk_pb2.GetRiskProfileRequest, partner=partner, agent=agent)
        message = self._call(self._stub.GetRiskProfile, request, timeout)
        return RiskProfile(
            partner=message.partner,
            agent=message.agent,
            submissions=message.submissions,
            median_amount=message.median_amount,
            amount_spread=message.amount_spread,
            submissions_last_day=message.submissions_last_day,
            failures_last_day=message.failures_last_day,
            abnormal_outcomes=message.abnormal_outcomes,
            last_submission=types.optional_time(message, "last_submission"),
        )

    def log(self, *, from_time: datetime | None = None) -> Iterator[types.Withdrawal]:
        """Every withdrawal that risk did not approve at once, or that was reported later, oldest first."""
        request = make(risk_pb2.ExportRiskLogRequest, from_time=from_time)
        try:
            yield from map(types.withdrawal, self._stub.ExportRiskLog(request, timeout=EXPORT_TIMEOUT))
        except grpc.RpcError as error:
            raise errors.from_rpc_error(error) from error
