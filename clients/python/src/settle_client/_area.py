"""What the areas of the client share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import grpc
from google.protobuf.message import Message

from . import types
from ._requests import make


class Caller(Protocol):
    """Calls a method until it is answered (Client does)."""

    def __call__(
        self, method: Callable[..., Any], request: Any, timeout: float | None, request_id: str | None = None
    ) -> Any: ...


class Area:
    """Some of the server's calls, over the client's channel and with its patience."""

    def __init__(self, channel: grpc.Channel, call: Caller) -> None:
        self._channel = channel
        self._call = call

    def _change(self, method: Callable[..., Any], request: Any, request_id: str | None, timeout: float | None) -> Any:
        """A mutation: it gets a request_id if it has none, and keeps it over repetitions."""
        request.MergeFrom(make(type(request), request_id=request_id or types.new_request_id()))
        return self._call(method, request, timeout, request.request_id)

    def _pages(self, method: Callable[..., Any], request: Any, field: str, timeout: float | None) -> Iterator[Message]:
        """The items of all pages, read as they are taken."""
        while True:
            reply = self._call(method, request, timeout)
            yield from getattr(reply, field)
            if not reply.next_page_token:
                return
            request.page_token = reply.next_page_token
