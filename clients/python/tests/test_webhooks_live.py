"""Webhooks managed by the client, against the real server and a receiver that verifies."""

import pytest

from serving import Server, make_certificates
from settle_client import (
    DeliveryState,
    InvalidArgument,
    Money,
    NotFound,
    PermissionDenied,
    Refused,
    RequestIdReused,
)
from webhook_receiver import PATIENCE_SECONDS, Receiver

TEN = Money.of("10.00")


@pytest.fixture(scope="module")
def telling(tmp_path_factory):
    """A server whose webhooks may go to this machine, with an agent that has money."""
    home = tmp_path_factory.mktemp("telling")
    certs = make_certificates(home / "certs")
    options = ("--webhooks-allow-private", "--webhooks-ca", certs / "ca.pem")
    server = Server(home / "data", certs, options=options).start()
    with server.client("partner-demo") as partner, server.client("operator-demo") as operator:
        partner.create_agent("a1")
        operator.deposit("a1", Money.of("1000.00"), partner="demo")
    yield server
    assert server.stop() == 0, server.log


@pytest.fixture
def partner(telling):
    with telling.client("partner-demo") as client:
        yield client
        for endpoint in client.webhooks.list():
            client.webhooks.delete(endpoint.id)


@pytest.fixture
def receiver(telling):
    with Receiver(telling.certs) as receiver:
        yield receiver
        assert receiver.violations == []


def delivered(partner, endpoint_id, count):
    """Those that are recorded as delivered, once there are so many."""
    with partner.watch() as watch:
        # Another change of the journal, again and again, instead of a clock.
        for _ in range(200):
            found = list(partner.webhooks.deliveries(endpoint_id, state=DeliveryState.DELIVERED))
            if len(found) >= count:
                return found
            submitted = partner.submit("a1", Money(1), "payee")
            partner.cancel(submitted.id)
            next(watch)
    raise AssertionError(f"{count} deliveries were not recorded within {PATIENCE_SECONDS} s")


def test_created_told_listed_and_deleted(partner, receiver):
    made = partner.webhooks.create(receiver.url, request_id="live-create")
    assert partner.webhooks.create(receiver.url, request_id="live-create") == made
    assert made.secret.startswith("whsec_") and made.secret not in repr(made)
    assert partner.webhooks.list() == (made.endpoint,)
    assert (made.endpoint.partner, made.endpoint.url, made.endpoint.enabled) == ("demo", receiver.url, True)
    receiver.secrets.append(made.secret)
    submitted = partner.submit("a1", TEN, "payee")
    first = receiver.wait(lambda deliveries: len(deliveries) >= 1)[0]
    assert first.event["type"] == "withdrawal.approved"
    data = first.event["data"]
    assert (data["id"], data["agent"], data["request_id"]) == (submitted.id, "a1", submitted.request_id)
    assert data["amount"] == {"currency_code": "CNY", "minor_units": 1000}
    assert data["net"]["minor_units"] == submitted.net.minor_units and data["sequence"] == submitted.receipt.sequence
    recorded = delivered(partner, made.endpoint.id, 1)[-1]
    assert (recorded.id, recorded.withdrawal_id, recorded.sequence) == (first.id, submitted.id, data["sequence"])
    assert (recorded.tries, recorded.last_status, recorded.next_try) == (1, 200, None)
    partner.webhooks.delete(made.endpoint.id, request_id="live-delete")
    partner.webhooks.delete(made.endpoint.id, request_id="live-delete")
    assert partner.webhooks.list() == ()
    with pytest.raises(NotFound):
        partner.webhooks.delete(made.endpoint.id)


def test_rotated_sent_again_and_switched(telling, partner, receiver):
    made = partner.webhooks.create(receiver.url)
    id = made.endpoint.id
    rotated = partner.webhooks.rotate(id, request_id="live-rotate")
    assert rotated.secret != made.secret and partner.webhooks.rotate(id, request_id="live-rotate") == rotated
    # A receiver that has either secret believes what comes.
    receiver.secrets.append(rotated.secret)
    partner.submit("a1", TEN, "payee")
    receiver.wait(lambda deliveries: len(deliveries) >= 1)
    receiver.secrets[:] = [made.secret]
    last = delivered(partner, id, 1)[-1]
    again = partner.webhooks.redeliver(id, last.id)
    assert again.id == last.id and again.state == DeliveryState.WAITING
    receiver.wait(lambda deliveries: sum(delivery.id == last.id for delivery in deliveries) >= 2)
    assert partner.webhooks.disable(id).disabled_reason == "OPERATOR"
    with pytest.raises(Refused) as refused:
        partner.webhooks.redeliver(id, last.id)
    assert refused.value.reason == "WEBHOOK_ENDPOINT_DISABLED"
    assert partner.webhooks.enable(id).enabled
    with telling.client("operator-demo") as operator:
        operator.webhooks.disable(id, request_id="live-off")
        staff = next(iter(operator.webhooks.changes(endpoint_id=id)))
    mine = next(iter(partner.webhooks.changes(endpoint_id=id, page_size=1)))
    assert (staff.kind, staff.request_id, staff.actor.split("/")[:2]) == ("DISABLED", "live-off", ["staff", "operator"])
    assert (mine.kind, mine.actor, mine.certificate, mine.time) == ("DISABLED", "staff", "", staff.time)
    kinds = [change.kind for change in partner.webhooks.changes(endpoint_id=id, page_size=2)]
    assert kinds == ["DISABLED", "ENABLED", "DISABLED", "REDELIVERED", "SECRET_ROTATED", "CREATED"]


def test_what_is_refused(telling, partner, receiver):
    for url in ("http://example.com/", "https://user@example.com/", "no URL", "https://no.such.host.invalid/"):
        with pytest.raises(InvalidArgument) as raised:
            partner.webhooks.create(url)
        assert [violation.field for violation in raised.value.violations] == ["url"], url
    made = [partner.webhooks.create(receiver.url, request_id=f"many-{number}") for number in range(8)]
    with pytest.raises(Refused) as refused:
        partner.webhooks.create(receiver.url)
    assert refused.value.reason == "TOO_MANY_WEBHOOK_ENDPOINTS"
    with pytest.raises(RequestIdReused):
        partner.webhooks.create(receiver.url + "else", request_id="many-0")
    with telling.client("partner-other") as other:
        id = made[0].endpoint.id
        for attempt in (
            lambda: other.webhooks.delete(id),
            lambda: other.webhooks.rotate(id),
            lambda: other.webhooks.disable(id),
            lambda: other.webhooks.enable(id),
            lambda: list(other.webhooks.deliveries(id)),
            lambda: other.webhooks.redeliver(id, "evt_1"),
        ):
            with pytest.raises(NotFound):
                attempt()
        assert other.webhooks.list() == () and list(other.webhooks.changes(endpoint_id=id)) == []
    with telling.client("reader-demo") as reader:
        assert len(reader.webhooks.list(partner="demo")) == 8
        with pytest.raises(PermissionDenied):
            reader.webhooks.delete(made[0].endpoint.id)
