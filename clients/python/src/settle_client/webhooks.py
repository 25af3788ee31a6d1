"""Verifies webhooks as Standard Webhooks 1.0.0 says; needs nothing but the standard library.

>>> from settle_client import webhooks
>>> event = webhooks.verify(body, headers, secret)
>>> event["type"]
'withdrawal.paid'
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

# Seconds that a webhook's timestamp may be away from the clock: older ones may be replayed.
TOLERANCE = 300
_PREFIX = "whsec_"
_SECRET_BYTES = range(24, 65)


class VerificationError(Exception):
    """The request is not a webhook of this server for this endpoint: answer 400 and do nothing."""


def verify(
    body: bytes | str,
    headers: Mapping[str, str],
    secret: str | Iterable[str],
    *,
    tolerance: float = TOLERANCE,
    now: float | None = None,
) -> dict[str, Any]:
    """The event of a request whose signature is right and fresh.

    A delivery may arrive more than once: remember the ``webhook-id`` header of what you have acted on.

    Args:
        body: exactly as it was received.
        headers: of the request; their names in any case.
        secret: as ``client.webhooks.create`` returned it, or several while you rotate.
        tolerance: seconds that the timestamp may be away from ``now``.
        now: seconds since 1970; the clock by default.

    Raises:
        VerificationError: for everything else; the text says why.
        ValueError: the secret is none.
    """
    raw = _bytes(body, "the body") if isinstance(body, str) else bytes(body)
    keys = [_key(text) for text in ([secret] if isinstance(secret, str) else secret)]
    if not keys:
        raise ValueError("no secret was given")
    names = {name.lower(): value for name, value in headers.items()}
    webhook_id = _header(names, "webhook-id")
    timestamp = _timestamp(_header(names, "webhook-timestamp"))
    if abs((time.time() if now is None else now) - timestamp) > tolerance:
        raise VerificationError(f"webhook-timestamp {timestamp} is more than {tolerance:g} s away from now")
    message = _bytes(f"{webhook_id}.{timestamp}.", "webhook-id") + raw
    expected = [hmac.new(key, message, hashlib.sha256).digest() for key in keys]
    if not any(_matches(given, expected) for given in _header(names, "webhook-signature").split(" ")):
        raise VerificationError("no signature is right: the body or a header was altered, or the secret is another one")
    try:
        event = json.loads(raw)
    except ValueError as error:
        raise VerificationError(f"the body is no JSON: {error}") from error
    if not isinstance(event, dict):
        raise VerificationError("the body is no JSON object")
    return event


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if len(key) not in _SECRET_BYTES:
        raise ValueError("a webhook secret is whsec_ and base64 of 24 to 64 bytes")
    return key


def _bytes(text: str, what: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        # Surrogates: somebody decoded bytes that are no text, which is not what was signed.
        raise VerificationError(f"{what} is no UTF-8") from error


def _header(names: Mapping[str, str], name: str) -> str:
    value = names.get(name)
    if not value:
        raise VerificationError(f"the header {name} is missing")
    return value


def _timestamp(text: str) -> int:
    # Only plain digits: what int() takes besides is another text under the same signature.
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and (text == "0" or text[0] != "0")):
        raise VerificationError("webhook-timestamp is not a number of seconds")
    return int(text)


def _matches(given: str, expected: Iterable[bytes]) -> bool:
    version, _, text = given.partition(",")
    if version != "v1":
        return False
    try:
        signature = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    # All of them, so that the time tells nothing.
    return any([hmac.compare_digest(signature, each) for each in expected])
