"""Calls with bytes instead of messages, so that a request can be what no library would send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import grpc
from google.rpc import error_details_pb2, status_pb2

from serving import Server

WITHDRAWALS = "/settlement.v1.WithdrawalService/"
ACCOUNTS = "/settlement.v1.AccountService/"


def open_channel(server: Server, who: str = "partner-demo", **options) -> grpc.Channel:
    """A channel with one of the development certificates, for messages or bytes."""
    credentials = grpc.ssl_channel_credentials(
        (server.certs / "ca.pem").read_bytes(),
        (server.certs / f"{who}.key").read_bytes(),
        (server.certs / f"{who}.pem").read_bytes(),
    )
    return grpc.secure_channel(server.target, credentials, options=list(options.items()))


def varint(value: int) -> bytes:
    """Any non-negative number, also one of more than 64 bits."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def text(field: int, content: bytes) -> bytes:
    """A field of bytes, a string or a message."""
    return varint(field << 3 | 2) + varint(len(content)) + content


def number(field: int, value: int) -> bytes:
    """A varint field; negative numbers as int64 has them."""
    return varint(field << 3) + varint(value if value >= 0 else value + 2**64)


def money(minor_units: int, currency: bytes = b"CNY") -> bytes:
    return text(1, currency) + number(2, minor_units)


@dataclass
class Failure:
    """How a call failed."""

    code: grpc.StatusCode
    message: str
    reason: str
    domain: str
    fields: set[str]
    details: list[str]
    retry_after: float | None


def failure(error: grpc.RpcError) -> Failure:
    """Reads the status and its details, which have to agree with each other."""
    packed = dict(error.trailing_metadata()).get("grpc-status-details-bin", b"")
    status = status_pb2.Status.FromString(packed)
    if packed:
        assert status.code == error.code().value[0]
        assert status.message == error.details()
    result = Failure(error.code(), error.details() or "", "", "", set(), [], None)
    for detail in status.details:
        info = error_details_pb2.ErrorInfo()
        bad = error_details_pb2.BadRequest()
        retry = error_details_pb2.RetryInfo()
        result.details.append(detail.type_url.rsplit(".", 1)[-1])
        if detail.Unpack(info):
            result.reason, result.domain = info.reason, info.domain
        elif detail.Unpack(bad):
            result.fields = {violation.field for violation in bad.field_violations}
            assert all(violation.description for violation in bad.field_violations)
        elif detail.Unpack(retry):
            result.retry_after = retry.retry_delay.ToNanoseconds() / 1e9
    return result


def call(channel: grpc.Channel, path: str, request: bytes) -> bytes | Failure:
    """A unary call with bytes in and bytes out."""
    method = channel.unary_unary(path, request_serializer=None, response_deserializer=None)
    try:
        return method(request, timeout=30)
    except grpc.RpcError as error:
        return failure(error)


def stream(channel: grpc.Channel, path: str, request: bytes) -> Iterator[bytes]:
    """A server-streaming call with bytes in and bytes out."""
    return channel.unary_stream(path, request_serializer=None, response_deserializer=None)(request, timeout=30)
