"""Following changes: an iterator that survives lost connections."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import grpc

from . import errors, retry, types
from ._proto import withdrawals_pb2


class Watch(Iterator[types.Change]):
    """Committed changes, each once and in order; blocks until there is one.

    When the connection breaks it goes on behind the last change that it has handed out. Keep ``cursor`` to go on in
    another process. Use it in a ``with`` statement, or close it, to end the call. One thread at a time may iterate;
    any thread may close.
    """

    def __init__(
        self,
        open_stream: Callable[[withdrawals_pb2.WatchWithdrawalsRequest], Any],
        request: withdrawals_pb2.WatchWithdrawalsRequest,
        policy: retry.RetryPolicy,
    ) -> None:
        self._open_stream = open_stream
        self._request = request
        self._policy = policy
        self._stream: Any = None
        self._closed = False
        self._failures = 0
        self._silent_since = policy.clock()
        self._ahead: withdrawals_pb2.WatchWithdrawalsResponse | None = None
        if not request.cursor:
            # The first word of the server says where "now" is: what is committed after this returns will be seen.
            self._ahead = self._receive()

    @property
    def cursor(self) -> str:
        """Where to go on; empty only when the server has not spoken yet."""
        return self._request.cursor

    def __iter__(self) -> Watch:
        return self

    def __next__(self) -> types.Change:
        while True:
            message, self._ahead = self._ahead or self._receive(), None
            if message is None:
                raise StopIteration
            self._request.cursor = message.cursor
            if message.HasField("change"):
                return types.change(message)

    def _receive(self) -> withdrawals_pb2.WatchWithdrawalsResponse | None:
        """The next message, over as many connections as it takes; None once closed."""
        while not self._closed:
            if self._stream is None:
                self._stream = self._open_stream(self._request)
            try:
                message = next(self._stream)
            except StopIteration:
                # The server ended the call in good order, as it does before it stops: ask again.
                error: errors.SettleError = errors.Unavailable(
                    grpc.StatusCode.UNAVAILABLE, "the server ended the watch"
                )
                cause = None
            except grpc.RpcError as raised:
                error, cause = errors.from_rpc_error(raised), raised
            else:
                self._failures = 0
                self._request.cursor = self._request.cursor or message.cursor
                return message
            self._stream = None
            if self._closed:
                break
            if self._failures == 0:
                self._silent_since = self._policy.clock()
            self._failures += 1
            wait = self._policy.wait_before(self._failures, error)
            too_long = self._policy.clock() + wait - self._silent_since >= self._policy.deadline
            # A reader that was too slow is told so without RetryInfo; it goes on from its cursor like any other.
            slow = isinstance(error, errors.Overloaded)
            if too_long or not (slow or retry.is_retryable(error)):
                raise error from cause
            self._policy.pause(wait)
        return None

    def close(self) -> None:
        """Ends the call; the iterator stops."""
        self._closed = True
        stream = self._stream
        if stream is not None:
            stream.cancel()

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
