"""Callbacks of wallets at the door of the whole program, by curl: a right one makes the server ask the provider, and
only what the provider then says moves money. The providers are servers of ours that verify our signatures with the
cryptography package and sign with keys that the program does not have."""

from __future__ import annotations

import itertools
import time
import urllib.parse
from dataclasses import dataclass

import pytest

from callback_client import curl
from providers.alipay_server import QUERY, AlipayServer
from providers.alipay_server import notification as alipay_notification
from providers.https_server import Spoil
from providers.keys import Pair
from providers.wechat_server import PACKAGE, WeChatServer, signed_headers
from providers.wechat_server import notification as wechat_notification
from scrape import METRICS, metrics, port
from serving import Server
from settle_client import Client, Money, Rail, Speed, State
from waiting import PATIENCE_SECONDS, until

APP = "2021000000000001"
MERCHANT, MERCHANT_SERIAL, KEY_ID = "1900000001", "00AA11", "PUB_KEY_ID_01"
API_V3_KEY = b"0123456789abcdef0123456789ABCDEF"
TEN = Money.of("10.00")
# Of a payout that waits for its payee: the first inquiry that no callback asked for.
FIRST_INQUIRY_SECONDS = 30

_serials = itertools.count(1)


@dataclass
class House:
    """A server with two wallets and a bank, and what the providers keep to themselves."""

    server: Server
    partner: Client
    operator: Client
    alipay: AlipayServer
    wechat: WeChatServer
    provider: Pair
    stranger: Pair

    def submit(self, rail: Rail) -> tuple[str, str]:
        """A withdrawal of 10.00 of a fresh agent with 100.00; and the agent."""
        agent = f"agent-{next(_serials)}"
        self.partner.create_agent(agent)
        self.operator.deposit(agent, Money.of("100.00"), partner="demo")
        number = {Rail.ALIPAY: "agent@example.com", Rail.WECHAT: "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}[rail]
        payee = self.partner.payees.create(agent, rail, number, "张三")
        return self.partner.submit(agent, TEN, payee.id, speed=Speed.EXPRESS).id, agent

    def call(self, channel: str, body: bytes, headers: dict[str, str] | None = None, version: str = "2") -> int:
        ca = str(self.server.certs / "ca.pem")
        path = f"/notifications/{channel}"
        return curl(version, port(self.server, "callbacks"), ca, path, body, headers or {})["status"]

    def alipay_call(self, key: str, *, sign: Pair | None = None, notify_id: str = "", **options) -> int:
        notify_id = notify_id or f"notify-{next(_serials)}"
        return self.call("alipay-1", alipay_notification(sign or self.provider, APP, key, notify_id, **options))

    def wechat_call(self, bill: dict, *, sign: Pair | None = None, age_seconds: int = 0, version: str = "2") -> int:
        body = wechat_notification(bill, API_V3_KEY)
        headers = signed_headers(sign or self.provider, KEY_ID, body, int(time.time()) - age_seconds)
        return self.call("wechat-1", body, headers, version)

    def alipay_queries(self, key: str) -> int:
        return sum(
            f"method={QUERY}" in request.path and key in urllib.parse.unquote_plus(request.body.decode())
            for request in self.alipay.requests
        )

    def fence(self) -> None:
        """Returns when everything that was called before is looked at: callbacks are, one after the other."""
        self.alipay.next_status = "DEALING"
        id, _ = self.submit(Rail.ALIPAY)
        key = self.partner.get(until(self.partner, id, State.PROCESSING).id).attempts[-1].key
        while key not in self.alipay.bills:
            assert self.partner.get(id).state == State.PROCESSING
        self.alipay.bills[key]["status"] = "SUCCESS"
        assert self.alipay_call(key) == 200
        until(self.partner, id, State.PAID)


@pytest.fixture(scope="module")
def house(tmp_path_factory, certs):
    place = tmp_path_factory.mktemp("callbacks")
    merchant, provider, stranger, tls = (Pair(place, name) for name in ("merchant", "provider", "stranger", "tls"))
    tls.certificate(place / "tls.pem", "localhost")
    (place / "apiv3.key").touch(mode=0o600)
    (place / "apiv3.key").write_bytes(API_V3_KEY)
    alipay = AlipayServer(place / "tls.pem", tls.private_file, APP, merchant, provider)
    wechat = WeChatServer(
        place / "tls.pem",
        tls.private_file,
        merchant_id=MERCHANT,
        serial=MERCHANT_SERIAL,
        merchant=merchant,
        platform=provider,
        key_id=KEY_ID,
    )
    # A bank sent something that is no file of a bank.
    (place / "bank-1" / "inbox").mkdir(parents=True)
    (place / "bank-1" / "inbox" / "odd.xml").write_text("<Document>\n<Nonsense/></Document>")
    channels = place / "channels.yaml"
    channels.write_text(f"""\
channels:
  - id: alipay-1
    kind: alipay
    app_id: "{APP}"
    private_key_file: merchant.key
    alipay_public_key_file: provider.pub
    origin: {alipay.origin}
    authority_file: tls.pem
  - id: wechat-1
    kind: wechat_pay
    app_id: wx0000000000000000
    merchant_id: "{MERCHANT}"
    merchant_serial: "{MERCHANT_SERIAL}"
    private_key_file: merchant.key
    api_v3_key_file: apiv3.key
    platform_keys: [{{id: {KEY_ID}, file: provider.pub}}]
    transfer_scene_id: "1005"
    scene_reports: [{{type: 岗位类型, content: 分销代理}}]
    notify_url: https://pay.example.com/notifications/wechat-1
    origin: {wechat.origin}
    authority_file: tls.pem
  - id: bank-1
    kind: bank_file
    cut_offs: ["10:00"]
    directory: bank-1
    debtor_name: Example Co Ltd
    debtor_account: "6222000000000000"
    debtor_bank: ICBC
""")
    doors = ("--callbacks-listen", "127.0.0.1:0", *METRICS)
    server = Server(place / "data", certs, options=("--channels", channels, *doors)).start()
    with server.client("partner-demo") as partner, server.client("operator-demo") as operator:
        partner.create_agent("bank")
        operator.deposit("bank", Money.of("10000.00"), partner="demo")
        for channel in ("alipay-1", "wechat-1"):
            operator.channels.fund(channel, Money.of("1000.00"), f"transfer-{channel}")
        yield House(server, partner, operator, alipay, wechat, provider, stranger)
    assert server.stop() == 0, server.log
    alipay.close()
    wechat.close()
    assert alipay.violations == [] and wechat.violations == []
    assert all(count == 1 for count in alipay.money_out.values())


def counted(house: House, outcome: str) -> float:
    return metrics(house.server)[f'settle_callbacks_total{{outcome="{outcome}"}}']


def test_a_callback_makes_a_payout_paid(house):
    """The payee of a WeChat bill confirms; nobody would ask for half a minute."""
    house.wechat.next_state = "WAIT_USER_CONFIRM"
    id, agent = house.submit(Rail.WECHAT)
    waiting = until(house.partner, id, State.AWAITING_PAYEE)
    bill = house.wechat.bills[waiting.attempts[-1].key]
    # What the payee confirms with reached the platform, and the number is still the bill's.
    assert waiting.attempts[-1].payee_confirmation == PACKAGE
    assert waiting.attempts[-1].channel_reference == bill["transfer_bill_no"]
    assert house.operator.channels.attempts(id)[-1].attempt.payee_confirmation == PACKAGE
    bill["state"] = "SUCCESS"
    began = time.monotonic()
    taken = counted(house, "taken")
    assert house.wechat_call(bill, version="1.1") == 200
    paid = until(house.partner, id, State.PAID)
    assert time.monotonic() - began < FIRST_INQUIRY_SECONDS
    assert paid.attempts[-1].channel_reference == bill["transfer_bill_no"]
    assert paid.attempts[-1].payee_confirmation == ""
    assert PACKAGE not in house.server.log
    assert house.partner.balance(agent).available == Money.of("90.00")
    # The same again, as providers do until they have an answer: it is answered, and nobody is asked.
    asked = len(house.wechat.requests)
    for version in ("1.1", "2"):
        assert house.wechat_call(bill, version=version) == 200
    house.fence()
    assert len(house.wechat.requests) == asked
    assert counted(house, "taken") == taken + 2 and counted(house, "replayed") >= 2
    assert house.partner.get(id).state == State.PAID


def test_a_package_whose_answer_was_lost_is_fetched_by_the_same_bill(house):
    """A query does not tell it, so the payee could not confirm."""
    house.wechat.next_state = "WAIT_USER_CONFIRM"

    def lose_one(request, reply):
        house.wechat.meddler = None
        return Spoil.RESET

    house.wechat.meddler = lose_one
    id, _ = house.submit(Rail.WECHAT)
    end = time.monotonic() + PATIENCE_SECONDS
    while not (attempts := house.partner.get(id).attempts) or attempts[-1].payee_confirmation != PACKAGE:
        assert time.monotonic() < end
    assert house.partner.get(id).state == State.AWAITING_PAYEE
    sent = [request for request in house.wechat.requests if attempts[-1].key.encode() in request.body]
    assert len(sent) == 2 and len(attempts) == 1
    house.wechat.bills[attempts[-1].key]["state"] = "SUCCESS"
    assert house.wechat_call(house.wechat.bills[attempts[-1].key]) == 200
    until(house.partner, id, State.PAID)


def test_the_word_of_a_callback_is_not_believed(house):
    """It says SUCCESS, rightly signed; the provider itself says that it still works on it."""
    house.alipay.next_status = "DEALING"
    id, agent = house.submit(Rail.ALIPAY)
    key = until(house.partner, id, State.PROCESSING).attempts[-1].key
    while key not in house.alipay.bills:
        assert house.partner.get(id).state == State.PROCESSING
    before = house.alipay_queries(key)
    assert house.alipay_call(key) == 200
    house.fence()
    assert house.alipay_queries(key) > before
    assert house.partner.get(id).state == State.PROCESSING
    house.alipay.bills[key]["status"] = "SUCCESS"
    assert house.alipay_call(key) == 200
    until(house.partner, id, State.PAID)
    assert house.partner.balance(agent).available == Money.of("90.00")


def test_a_refund_is_noticed_by_its_callback_and_credits_the_agent(house):
    house.alipay.next_status = "SUCCESS"
    id, agent = house.submit(Rail.ALIPAY)
    key = until(house.partner, id, State.PAID).attempts[-1].key
    assert house.partner.balance(agent).available == Money.of("90.00")

    def free() -> int:
        channel = next(channel for channel in house.operator.channels.list() if channel.id == "alipay-1")
        return channel.floats[0].available.minor_units

    house.fence()
    float_before, asked = free(), house.alipay_queries(key)
    house.alipay.bills[key]["status"] = "REFUND"
    # Forged, altered, stale and foreign ones: refused, and nobody is asked.
    good = alipay_notification(house.provider, APP, key, "notify-good", status="REFUND")
    assert house.alipay_call(key, sign=house.stranger) == 401
    assert house.call("alipay-1", good.replace(b"notify-good", b"notify-bad")) == 401
    assert house.call("alipay-1", b"") in (400, 401)
    assert house.alipay_call(key, age_seconds=27 * 3600) == 400
    assert house.alipay_call(key, age_seconds=-3600) == 400
    assert house.call("wechat-1", good) == 401
    assert house.call("none", good) == 404
    house.fence()
    float_before -= TEN.minor_units
    assert house.alipay_queries(key) == asked
    assert house.partner.get(id).state == State.PAID
    # The right one.
    assert house.call("alipay-1", good) == 200
    returned = until(house.partner, id, State.RETURNED)
    assert returned.final
    assert house.partner.balance(agent).available == Money.of("100.00")
    assert free() == float_before + TEN.minor_units
    # Replayed, and told again under another id: once is once.
    assert house.call("alipay-1", good) == 200
    assert house.alipay_call(key, status="REFUND") == 200
    house.fence()
    assert house.partner.balance(agent).available == Money.of("100.00")
    figures = metrics(house.server)
    assert figures['settle_channel_payouts_total{channel="alipay-1",outcome="returned"}'] == 1
    assert figures['settle_callbacks_total{outcome="badSignature"}'] >= 4
    assert figures['settle_callbacks_total{outcome="stale"}'] >= 2


def test_forged_and_stale_callbacks_of_a_bill_that_is_paid_move_nothing(house):
    house.wechat.next_state = "WAIT_USER_CONFIRM"
    id, agent = house.submit(Rail.WECHAT)
    bill = house.wechat.bills[until(house.partner, id, State.AWAITING_PAYEE).attempts[-1].key]
    bill["state"] = "SUCCESS"
    asked = len(house.wechat.requests)
    began = time.monotonic()
    assert house.wechat_call(bill, sign=house.stranger) == 401
    assert house.wechat_call(bill, age_seconds=400) == 400
    assert house.wechat_call(bill, age_seconds=-400) == 400
    assert house.wechat_call(bill | {"mch_id": "1900009999"}) == 400
    house.fence()
    assert len(house.wechat.requests) == asked
    assert house.partner.get(id).state == State.AWAITING_PAYEE
    assert house.partner.balance(agent).available == Money.of("90.00")
    # Later, nobody could tell whether a callback or the clock had asked.
    assert time.monotonic() - began < FIRST_INQUIRY_SECONDS
    assert house.wechat_call(bill) == 200
    until(house.partner, id, State.PAID)


def test_a_payout_that_nobody_sent_is_an_alarm(house):
    house.alipay.next_status = "SUCCESS"
    id, _ = house.submit(Rail.ALIPAY)
    key = until(house.partner, id, State.PAID).attempts[-1].key
    # A second attempt, which was never made.
    stranger = key[:-2] + "02"
    assert house.alipay_call(stranger) == 200
    house.server.wait_for_log(f"alarm=UNKNOWN_PAYOUT subject={stranger}")
    assert ("UNKNOWN_PAYOUT", stranger) in {(alarm.code, alarm.subject) for alarm in house.operator.channels.alarms()}
    assert house.alipay_queries(stranger) == 0
    assert house.partner.get(id).state == State.PAID
    # No key of ours at all.
    assert house.alipay_call("T0000001") == 400


def test_a_file_of_a_bank_that_is_not_believed_is_logged_and_an_alarm(house):
    house.server.wait_for_log("a file of the bank was not believed: ")
    line = next(line for line in house.server.log.splitlines() if "a file of the bank was not believed" in line)
    assert "channel=bank-1" in line and "file=odd.xml" in line
    found = [alarm for alarm in house.operator.channels.alarms() if alarm.code == "FILE_REJECTED"]
    assert [alarm.subject for alarm in found] == ["bank-1/odd.xml"]
    why = found[0].message.partition("not believed: ")[2]
    assert why and why in line
    assert metrics(house.server)['settle_alarms{code="FILE_REJECTED"}'] == 1
