"""A server in this process that does what a test tells it to, one step per call."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from typing import Any

import grpc
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from settle_client._proto import withdrawals_pb2, withdrawals_pb2_grpc

Step = Callable[[Any, grpc.ServicerContext], Any]


def status(code: grpc.StatusCode, message: str, *details: Any) -> status_pb2.Status:
    """A google.rpc.Status with packed details."""
    packed = []
    for detail in details:
        container = any_pb2.Any()
        container.Pack(detail)
        packed.append(container)
    return status_pb2.Status(code=code.value[0], message=message, details=packed)


def fail(code: grpc.StatusCode, message: str = "on demand", *details: Any) -> Step:
    """A step that ends the call with an error."""

    def step(request: Any, context: grpc.ServicerContext) -> Any:
        context.abort_with_status(rpc_status.to_status(status(code, message, *details)))

    return step


def info(reason: str, **metadata: str) -> error_details_pb2.ErrorInfo:
    return error_details_pb2.ErrorInfo(reason=reason, domain="settlement", metadata=metadata)


def retry_info(seconds: float) -> error_details_pb2.RetryInfo:
    detail = error_details_pb2.RetryInfo()
    detail.retry_delay.FromNanoseconds(int(seconds * 1e9))
    return detail


def silence(request: Any, context: grpc.ServicerContext) -> Any:
    """A step that never answers; it ends when the client gives up."""
    over = threading.Event()
    if context.add_callback(over.set):
        over.wait()
    return withdrawals_pb2.Withdrawal()


def answer(id: str = "wd_1") -> Step:
    """A step that answers a withdrawal with the request's request_id."""

    def step(request: Any, context: grpc.ServicerContext) -> Any:
        return withdrawals_pb2.Withdrawal(
            id=id, request_id=request.request_id, amount=request.amount if hasattr(request, "amount") else None
        )

    return step


class Misbehaving(withdrawals_pb2_grpc.WithdrawalServiceServicer):
    """Takes a step from ``steps`` for each call and remembers the requests."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.requests: list[Any] = []
        self._lock = threading.Lock()
        self._server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
        withdrawals_pb2_grpc.add_WithdrawalServiceServicer_to_server(self, self._server)
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def stop(self) -> None:
        self._server.stop(grace=None).wait()

    def _take(self, request: Any) -> Step:
        with self._lock:
            self.requests.append(request)
            return self.steps.pop(0) if self.steps else fail(grpc.StatusCode.INTERNAL, "the test has no more steps")

    def SubmitWithdrawal(self, request: Any, context: grpc.ServicerContext) -> Any:
        return self._take(request)(request, context)

    def GetWithdrawal(self, request: Any, context: grpc.ServicerContext) -> Any:
        return self._take(request)(request, context)

    def CancelWithdrawal(self, request: Any, context: grpc.ServicerContext) -> Any:
        return self._take(request)(request, context)

    def RetryWithdrawal(self, request: Any, context: grpc.ServicerContext) -> Any:
        return self._take(request)(request, context)

    def BatchSubmitWithdrawals(self, request: Any, context: grpc.ServicerContext) -> Any:
        return self._take(request)(request, context)

    def ListWithdrawals(self, request: Any, context: grpc.ServicerContext) -> Any:
        return self._take(request)(request, context)

    def WatchWithdrawals(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        copy = type(request)()
        copy.CopyFrom(request)
        yield from self._take(copy)(request, context)
