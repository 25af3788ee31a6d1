"""What can go wrong, as types. Every error tells whether the call may have taken effect."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf import any_pb2
from google.protobuf.message import DecodeError
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status


@dataclass(frozen=True)
class FieldViolation:
    """One bad field of a request."""

    field: str
    description: str


class SettleError(Exception):
    """A call that did not succeed.

    Attributes:
        code: the gRPC status code.
        message: what the server said, in English.
        reason: the machine-readable reason, such as ``INSUFFICIENT_FUNDS``; empty where there is none.
        metadata: facts that belong to the reason.
        localized_message: what an agent may read (zh-CN); empty where there is none.
        retry_after: seconds after which the server wants to be asked again, or None.
        request_id: of the mutation that failed; repeat it with this id. None for queries.
        may_have_happened: True where the server's last word is missing: the mutation may or may not have taken effect,
            and only repeating it with the same request_id (or a query) tells.
    """

    def __init__(
        self,
        code: grpc.StatusCode,
        message: str,
        *,
        reason: str = "",
        metadata: dict[str, str] | None = None,
        localized_message: str = "",
        retry_after: float | None = None,
        violations: tuple[FieldViolation, ...] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.reason = reason
        self.metadata = metadata or {}
        self.localized_message = localized_message
        self.retry_after = retry_after
        self.violations = violations
        self.request_id: str | None = None
        self.may_have_happened = False

    def __str__(self) -> str:
        text = f"{self.code.name}{f' {self.reason}' if self.reason else ''}: {self.message}"
        for violation in self.violations:
            # The server's message is made of its violations in these words.
            if f"{violation.field} {violation.description}" not in self.message:
                text += f"; {violation.field}: {violation.description}"
        if self.may_have_happened:
            text += f" (it may have taken effect: repeat it with request_id {self.request_id!r})"
        return text


class InvalidArgument(SettleError):
    """The request is malformed; ``violations`` names each bad field."""


class OutOfRange(SettleError):
    """A cursor beyond the end of the server's journal, or an amount with which a balance would leave 64 bits."""


class NotFound(SettleError):
    """There is no such thing, or it is another partner's."""


class AlreadyExists(SettleError):
    """The agent exists, or the request_id was used."""


class RequestIdReused(AlreadyExists):
    """The request_id belongs to an earlier request with other content. Nothing happened."""


class PermissionDenied(SettleError):
    """This certificate may not do that."""


class Unauthenticated(SettleError):
    """The server does not know this certificate."""


class Refused(SettleError):
    """Refused for a business reason. The refusal is kept: a new try takes a new request_id."""


class InsufficientFunds(Refused):
    """The amount is above what is available."""


class NotCancelable(Refused):
    """The withdrawal's state allows no cancel."""


class NotRetryable(Refused):
    """The withdrawal does not wait for a retry, or nothing more may be paid for it before people have looked at it."""


class NotInDoubt(Refused):
    """People decide only about payouts whose channel does not say what became of them."""


class FundsShort(Refused):
    """The account that the money would come from has not so much; ``metadata`` has what is available, minor units."""


class LimitExceeded(Refused):
    """A limit of the agent would be exceeded; ``metadata`` has the limit, what is used of it, and its bound."""


class NotVerified(Refused):
    """The agent's real-name check, or the payee account's, has not passed yet."""


class QuoteExpired(Refused):
    """The quote is over: ask for a new one."""


class QuoteMismatch(Refused):
    """The quote was made for something else. Unlike other refusals it is not kept: the request_id is still free."""


class DigestOutdated(Refused):
    """What was approved is not what is there now: read it again, decide again."""


class SamePerson(Refused):
    """Who made it, or has decided already, may not decide on it."""


class EtagMismatch(SettleError):
    """The withdrawal has changed since the etag was read."""


class Overloaded(SettleError):
    """The server has no room just now; nothing happened. ``retry_after`` says when to come back."""


class DeadlineExceeded(SettleError):
    """No answer in time."""


class Unavailable(SettleError):
    """The server could not be reached, or the connection broke."""


class OutcomeUnknown(Unavailable):
    """The server's disk failed while this was being written."""


class ServerFault(SettleError):
    """The server failed, or does not know the call."""


_BY_REASON: dict[str, type[SettleError]] = {
    "REQUEST_ID_REUSED": RequestIdReused,
    "INSUFFICIENT_FUNDS": InsufficientFunds,
    "NOT_CANCELABLE": NotCancelable,
    "NOT_ACTION_REQUIRED": NotRetryable,
    "PAYOUT_BLOCKED": NotRetryable,
    "ATTEMPTS_USED_UP": NotRetryable,
    "NOT_IN_DOUBT": NotInDoubt,
    "CHANNEL_FUNDS_SHORT": FundsShort,
    "ETAG_MISMATCH": EtagMismatch,
    "LIMIT_EXCEEDED": LimitExceeded,
    "AGENT_NOT_VERIFIED": NotVerified,
    "PAYEE_NOT_VERIFIED": NotVerified,
    "QUOTE_EXPIRED": QuoteExpired,
    "QUOTE_MISMATCH": QuoteMismatch,
    "DIGEST_OUTDATED": DigestOutdated,
    "MAKER_MAY_NOT_DECIDE": SamePerson,
    "PERSON_DECIDED_ALREADY": SamePerson,
    "OUTCOME_UNKNOWN": OutcomeUnknown,
}

_BY_CODE: dict[grpc.StatusCode, type[SettleError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: InvalidArgument,
    grpc.StatusCode.OUT_OF_RANGE: OutOfRange,
    grpc.StatusCode.NOT_FOUND: NotFound,
    grpc.StatusCode.ALREADY_EXISTS: AlreadyExists,
    grpc.StatusCode.PERMISSION_DENIED: PermissionDenied,
    grpc.StatusCode.UNAUTHENTICATED: Unauthenticated,
    grpc.StatusCode.FAILED_PRECONDITION: Refused,
    grpc.StatusCode.RESOURCE_EXHAUSTED: Overloaded,
    grpc.StatusCode.DEADLINE_EXCEEDED: DeadlineExceeded,
    grpc.StatusCode.UNAVAILABLE: Unavailable,
}

_CODES: dict[int, grpc.StatusCode] = {code.value[0]: code for code in grpc.StatusCode}


def from_status(status: status_pb2.Status) -> SettleError:
    """The typed error of a google.rpc.Status, with everything its details say."""
    code = _CODES.get(status.code, grpc.StatusCode.UNKNOWN)
    details: dict[str, Any] = {}
    for packed in status.details:
        with contextlib.suppress(DecodeError):  # one detail that is garbage hides no other
            details |= _detail(packed)
    kind = _BY_REASON.get(details.get("reason", "")) or _BY_CODE.get(code, ServerFault)
    return kind(code, status.message, **details)


def of_reason(code: int, reason: str, message: str) -> SettleError:
    """The typed error of a code and a reason without further details."""
    status = _CODES.get(code, grpc.StatusCode.UNKNOWN)
    kind = _BY_REASON.get(reason) or _BY_CODE.get(status, ServerFault)
    return kind(status, message, reason=reason)


def _detail(packed: any_pb2.Any) -> dict[str, Any]:
    """What one detail says, as arguments of SettleError."""
    info = error_details_pb2.ErrorInfo()
    bad_request = error_details_pb2.BadRequest()
    retry = error_details_pb2.RetryInfo()
    localized = error_details_pb2.LocalizedMessage()
    if packed.Unpack(info):
        return {"reason": info.reason, "metadata": dict(info.metadata)}
    if packed.Unpack(bad_request):
        violations = bad_request.field_violations
        return {"violations": tuple(FieldViolation(violation.field, violation.description) for violation in violations)}
    if packed.Unpack(retry):
        return {"retry_after": retry.retry_delay.seconds + retry.retry_delay.nanos / 1e9}
    if packed.Unpack(localized):
        return {"localized_message": localized.message}
    return {}


def from_rpc_error(error: grpc.RpcError) -> SettleError:
    """The typed error of what grpcio raised."""
    # grpcio's errors are calls as well; RpcError itself has no methods.
    call: Any = error
    code: grpc.StatusCode = call.code()
    try:
        status = rpc_status.from_call(call)
    except (ValueError, DecodeError):  # details that contradict the status, or are no google.rpc.Status
        status = None
    if status is None:
        status = status_pb2.Status(code=code.value[0], message=call.details() or code_pb2.Code.Name(code.value[0]))
    return from_status(status)
