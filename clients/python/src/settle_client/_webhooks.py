"""Where a partner's own servers are told of changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from . import types
from ._area import Area, Caller
from ._proto import webhooks_pb2, webhooks_pb2_grpc
from ._requests import make


class DeliveryState(types.OpenEnum):
    """What became of a delivery."""

    UNSPECIFIED = 0
    WAITING = 1
    DELIVERED = 2
    DEAD = 3


@dataclass(frozen=True)
class WebhookEndpoint:
    """A receiver. ``disabled_reason`` is empty, OPERATOR, or GONE (it answered 410)."""

    id: str
    partner: str
    url: str
    enabled: bool
    disabled_reason: str
    create_time: datetime | None
    delivered_through: int
    waiting: int
    dead_letters: int


@dataclass(frozen=True)
class EndpointSecret:
    """An endpoint with its secret, which is shown once; empty where a request was repeated too late."""

    endpoint: WebhookEndpoint
    secret: str

    def __repr__(self) -> str:
        return f"EndpointSecret(endpoint={self.endpoint!r}, secret=...)"


@dataclass(frozen=True)
class WebhookDelivery:
    """One change for one endpoint; ``id`` is the webhook-id header of every try."""

    id: str
    endpoint_id: str
    withdrawal_id: str
    sequence: int
    state: DeliveryState
    tries: int
    last_try: datetime | None
    next_try: datetime | None
    last_status: int
    last_error: str


@dataclass(frozen=True)
class WebhookChange:
    """What was done to an endpoint, and by whom: ``partner/<id>``, ``staff/<role>/<name>`` (for partners ``staff``) or
    ``house``."""

    time: datetime
    kind: str
    partner: str
    endpoint_id: str
    actor: str
    certificate: str
    request_id: str
    details: str


def _endpoint(message: webhooks_pb2.WebhookEndpoint) -> WebhookEndpoint:
    return WebhookEndpoint(
        id=message.id,
        partner=message.partner,
        url=message.url,
        enabled=message.enabled,
        disabled_reason=message.disabled_reason,
        create_time=types.optional_time(message, "create_time"),
        delivered_through=message.delivered_through,
        waiting=message.waiting,
        dead_letters=message.dead_letters,
    )


def _delivery(message: webhooks_pb2.WebhookDelivery) -> WebhookDelivery:
    return WebhookDelivery(
        id=message.id,
        endpoint_id=message.endpoint_id,
        withdrawal_id=message.withdrawal_id,
        sequence=message.sequence,
        state=DeliveryState(message.state),
        tries=message.tries,
        last_try=types.optional_time(message, "last_try"),
        next_try=types.optional_time(message, "next_try"),
        last_status=message.last_status,
        last_error=message.last_error,
    )


def _change(message: webhooks_pb2.WebhookChange) -> WebhookChange:
    return WebhookChange(
        time=types.time_of(message.time),
        kind=message.kind,
        partner=message.partner,
        endpoint_id=message.endpoint_id,
        actor=message.actor,
        certificate=message.certificate,
        request_id=message.request_id,
        details=message.details,
    )


class Webhooks(Area):
    """Endpoints and deliveries: ``client.webhooks``. Verify what arrives with ``settle_client.webhooks.verify``."""

    def __init__(self, channel: object, call: Caller) -> None:
        super().__init__(channel, call)
        self._stub = webhooks_pb2_grpc.WebhookServiceStub(channel)

    def create(
        self, url: str, *, partner: str = "", request_id: str | None = None, timeout: float | None = None
    ) -> EndpointSecret:
        """Adds an endpoint; changes from now on are told to it."""
        request = make(webhooks_pb2.CreateWebhookEndpointRequest, partner=partner, url=url)
        reply = self._change(self._stub.CreateWebhookEndpoint, request, request_id, timeout)
        return EndpointSecret(_endpoint(reply.endpoint), reply.secret)

    def list(self, *, partner: str = "", timeout: float | None = None) -> tuple[WebhookEndpoint, ...]:
        """A partner's endpoints, oldest first."""
        request = make(webhooks_pb2.ListWebhookEndpointsRequest, partner=partner)
        return tuple(map(_endpoint, self._call(self._stub.ListWebhookEndpoints, request, timeout).endpoints))

    def delete(self, id: str, *, request_id: str | None = None, timeout: float | None = None) -> None:
        """Removes an endpoint, and what waits for it."""
        request = make(webhooks_pb2.DeleteWebhookEndpointRequest, id=id)
        self._change(self._stub.DeleteWebhookEndpoint, request, request_id, timeout)

    def rotate(self, id: str, *, request_id: str | None = None, timeout: float | None = None) -> EndpointSecret:
        """Makes a new secret; for a day the old one signs too."""
        request = make(webhooks_pb2.RotateWebhookSecretRequest, id=id)
        reply = self._change(self._stub.RotateWebhookSecret, request, request_id, timeout)
        return EndpointSecret(_endpoint(reply.endpoint), reply.secret)

    def enable(self, id: str, *, request_id: str | None = None, timeout: float | None = None) -> WebhookEndpoint:
        """Switches an endpoint on; what it missed is sent."""
        request = make(webhooks_pb2.SetWebhookEndpointStateRequest, id=id, enabled=True)
        return _endpoint(self._change(self._stub.SetWebhookEndpointState, request, request_id, timeout))

    def disable(self, id: str, *, request_id: str | None = None, timeout: float | None = None) -> WebhookEndpoint:
        """Switches an endpoint off; what comes is kept for it."""
        request = make(webhooks_pb2.SetWebhookEndpointStateRequest, id=id, enabled=False)
        return _endpoint(self._change(self._stub.SetWebhookEndpointState, request, request_id, timeout))

    def deliveries(
        self,
        endpoint_id: str,
        *,
        state: DeliveryState = DeliveryState.UNSPECIFIED,
        page_size: int = 0,
        timeout: float | None = None,
    ) -> Iterator[WebhookDelivery]:
        """What was delivered, waits, or was given up, newest first, read page by page."""
        request = make(
            webhooks_pb2.ListWebhookDeliveriesRequest, endpoint_id=endpoint_id, state=state, page_size=page_size
        )
        return map(_delivery, self._pages(self._stub.ListWebhookDeliveries, request, "deliveries", timeout))

    def redeliver(
        self, endpoint_id: str, id: str, *, request_id: str | None = None, timeout: float | None = None
    ) -> WebhookDelivery:
        """Sends one again, under the same webhook-id."""
        request = make(webhooks_pb2.RedeliverWebhookRequest, endpoint_id=endpoint_id, id=id)
        return _delivery(self._change(self._stub.RedeliverWebhook, request, request_id, timeout))

    def changes(
        self, *, partner: str = "", endpoint_id: str = "", page_size: int = 0, timeout: float | None = None
    ) -> Iterator[WebhookChange]:
        """Who changed which endpoint, newest first, read page by page; for staff of all partners without one."""
        request = make(
            webhooks_pb2.ListWebhookChangesRequest, partner=partner, endpoint_id=endpoint_id, page_size=page_size
        )
        return map(_change, self._pages(self._stub.ListWebhookChanges, request, "changes", timeout))
