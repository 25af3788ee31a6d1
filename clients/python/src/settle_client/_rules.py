"""The business rules that decisions go by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from . import types
from ._area import Area, Caller
from ._proto import rules_pb2, rules_pb2_grpc


@dataclass(frozen=True)
class RulesStatus:
    """What is in force, and since when. ``document`` is the YAML as it was read."""

    version: int
    name: str
    digest: bytes
    active_since: datetime | None
    document: str
    receipt: types.Receipt


def rules_status(message: rules_pb2.RulesStatus) -> RulesStatus:
    """The value of a RulesStatus message."""
    return RulesStatus(
        version=message.version,
        name=message.name,
        digest=message.digest,
        active_since=types.optional_time(message, "active_since"),
        document=message.document,
        receipt=types.receipt_of(message.receipt),
    )


class Rules(Area):
    """The rules: ``client.rules``. All staff read; operators reload."""

    def __init__(self, channel: object, call: Caller) -> None:
        super().__init__(channel, call)
        self._stub = rules_pb2_grpc.RulesServiceStub(channel)

    def get(self, *, timeout: float | None = None) -> RulesStatus:
        """What is in force."""
        return rules_status(self._call(self._stub.GetRules, rules_pb2.GetRulesRequest(), timeout))

    def reload(self, *, request_id: str | None = None, timeout: float | None = None) -> RulesStatus:
        """Has the server read its rules file again. A bad file changes nothing and is explained by InvalidArgument."""
        return rules_status(self._change(self._stub.ReloadRules, rules_pb2.ReloadRulesRequest(), request_id, timeout))
