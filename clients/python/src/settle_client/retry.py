"""Repeating a call until it is answered, without ever doing it twice.

Every mutation carries a request_id, and the server gives the first answer again for the same id. So a call whose answer
was lost is simply repeated.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from numbers import Real
from typing import TypeVar

import grpc

from . import errors

Answer = TypeVar("Answer")


def _expect_seconds(argument: str, value: object) -> None:
    if not isinstance(value, Real):
        raise TypeError(f"{argument} must be seconds, 0 or more, not {value!r}")
    if not value >= 0:  # NaN is not either
        raise ValueError(f"{argument} must be seconds, 0 or more, not {value!r}")


@dataclass(frozen=True)
class RetryPolicy:
    """When to try again.

    Attributes:
        deadline: seconds for a call with all its repetitions.
        attempt_timeout: seconds for one attempt; a silent server is asked again after them.
        initial_backoff: seconds at most before the first repetition; doubled for each further one.
        maximum_backoff: seconds at most before any repetition. Each wait is drawn evenly from zero to its bound.
    """

    deadline: float = 30.0
    attempt_timeout: float = 10.0
    initial_backoff: float = 0.05
    maximum_backoff: float = 2.0
    pause: Callable[[float], None] = field(default=time.sleep, repr=False)
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    uniform: Callable[[float, float], float] = field(default=random.uniform, repr=False)

    def __post_init__(self) -> None:
        for name in ("deadline", "attempt_timeout", "initial_backoff", "maximum_backoff"):
            _expect_seconds(name, getattr(self, name))

    def wait_before(self, repetition: int, error: errors.SettleError) -> float:
        """Seconds to wait before the given repetition (1 is the first). What the server asks for is a floor."""
        # 2**16 times any sensible start is above any sensible maximum; the bound keeps the power finite.
        bound = min(self.maximum_backoff, self.initial_backoff * 2 ** min(repetition - 1, 16))
        return (error.retry_after or 0.0) + self.uniform(0.0, bound)


# After these the server may have done what was asked.
_AMBIGUOUS = (errors.DeadlineExceeded, errors.Unavailable, errors.ServerFault)


def is_retryable(error: errors.SettleError) -> bool:
    """Whether repeating the same request may bring an answer."""
    if isinstance(error, errors.Overloaded):
        # Without RetryInfo it is a limit that the same request will meet again, such as the size of a message.
        return error.retry_after is not None
    return isinstance(error, (errors.Unavailable, errors.DeadlineExceeded))


def call(
    policy: RetryPolicy,
    attempt: Callable[[float], Answer],
    *,
    request_id: str | None = None,
    deadline: float | None = None,
) -> Answer:
    """Runs ``attempt(timeout)`` until it is answered, refused, or the deadline (seconds) is over.

    Raises the last SettleError; its ``may_have_happened`` takes all attempts into account.
    """
    if deadline is not None:
        _expect_seconds("timeout", deadline)
    end = policy.clock() + (policy.deadline if deadline is None else deadline)
    ambiguous = False
    repetition = 0
    while True:
        try:
            # At least a millisecond, so that grpcio takes it for a time-out and not for an error of ours.
            return attempt(max(0.001, min(policy.attempt_timeout, end - policy.clock())))
        except grpc.RpcError as raised:
            error = errors.from_rpc_error(raised)
            error.request_id = request_id
            ambiguous = ambiguous or isinstance(error, _AMBIGUOUS)
            repetition += 1
            wait = policy.wait_before(repetition, error)
            if not is_retryable(error) or policy.clock() + wait >= end:
                unanswered = isinstance(error, (*_AMBIGUOUS, errors.Overloaded))
                error.may_have_happened = request_id is not None and ambiguous and unanswered
                raise error from raised
        policy.pause(wait)
