"""WeChat Pay's merchant transfer, against a server of ours that checks each signature and misbehaves on demand."""

from __future__ import annotations

import base64
import json
import random
import time

import pytest
from cryptography.exceptions import InvalidSignature

from providers.https_server import Reply, Spoil
from providers.keys import Pair
from providers.probe import DidNotStart, Payout, Probe
from providers.wechat_server import BILLS, PACKAGE, WeChatServer, notification, signed_headers

APP = "wxf636efh567hg4356"
MERCHANT = "1900001109"
SERIAL = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
KEY_ID = "PUB_KEY_ID_0119000011092026021700000000000001"
API_V3_KEY = b"0123456789abcdef0123456789ABCDEF"
OPEN_ID = "o-MYE42l80oelYMDE34nYD456Xoy"
CONFIRM_UNTIL = 1_771_291_800_000_000 + 24 * 3_600_000_000

# The documentation's codes and what they prove; the program's tables have to be these, row for row.
TRANSFER_CODES = [
    ("PARAM_ERROR", "tryElsewhere", "requestMalformed"),
    ("NO_AUTH", "tryElsewhere", "channelUnavailable"),
    *((code, "unknown", "") for code in (
        "NOT_ENOUGH", "ALREADY_EXISTS", "INVALID_REQUEST", "SIGN_ERROR", "FREQUENCY_LIMITED", "RATELIMIT_EXCEEDED",
        "SYSTEM_ERROR")),
]  # fmt: skip
QUERY_CODES = [
    ("NOT_FOUND", "notFound", ""),
    *((code, "unknown", "") for code in ("FREQUENCY_LIMITED", "PARAM_ERROR", "SYSTEM_ERROR")),
]
FAIL_REASONS = [
    *((code, "payee", "accountWrong") for code in ("ACCOUNT_NOT_EXIST", "OPENID_INVALID")),
    *((code, "payee", "nameMismatch") for code in ("NAME_NOT_CORRECT", "ID_CARD_NOT_CORRECT")),
    ("ACCOUNT_FROZEN", "payee", "accountBlocked"),
    *((code, "payee", "payeeUnverified") for code in ("REAL_NAME_CHECK_FAIL", "PAYEE_ACCOUNT_ABNORMAL")),
    *((code, "payee", "payeeLimit") for code in (
        "TRANSFER_QUOTA_EXCEED", "DAY_RECEIVED_QUOTA_EXCEED", "MONTH_RECEIVED_QUOTA_EXCEED",
        "DAY_RECEIVED_COUNT_EXCEED", "REALNAME_ACCOUNT_RECEIVED_QUOTA_EXCEED",
        "BLOCK_B2C_USERLIMITAMOUNT_BSRULE_MONTH", "BLOCK_B2C_USERLIMITAMOUNT_MONTH")),
    *((code, "tryElsewhere", "channelUnavailable") for code in (
        "RECEIVE_ACCOUNT_NOT_PERMMIT", "RECEIVE_ACCOUNT_NOT_CONFIGURE", "PRODUCT_AUTH_CHECK_FAIL",
        "PAYER_ACCOUNT_ABNORMAL", "TRANSFER_SCENE_UNAVAILABLE", "TRANSFER_SCENE_INVALID")),
    ("BUDGET_NOT_ENOUGH", "tryElsewhere", "channelFundsShort"),
    ("TRANSFER_REMARK_SET_FAIL", "tryElsewhere", "requestMalformed"),
    ("OTHER_FAIL_REASON_TYPE", "tryElsewhere", "unspecified"),
    ("MERCHANT_NOT_CONFIRM", "tryAgain", "channelUnavailable"),
    ("MERCHANT_REJECT", "refused", "unspecified"),
    ("TRANSFER_RISK", "refused", "regulatory"),
    ("OVERDUE_CLOSE", "lapsed", "notConfirmedInTime"),
    ("MCH_CANCEL", "cancelled", "cancelledByUs"),
]  # fmt: skip


@pytest.fixture(scope="session")
def api_v3_key(directory):
    file = directory / "apiv3.key"
    file.touch(mode=0o600)
    file.write_bytes(API_V3_KEY + b"\n")
    return file


@pytest.fixture
def options(server, merchant, provider, tls, api_v3_key):
    return {
        "app_id": APP,
        "private_key": str(merchant.private_file),
        "merchant_id": MERCHANT,
        "merchant_serial": SERIAL,
        "api_v3_key": str(api_v3_key),
        "platform_keys": [[KEY_ID, str(provider.public_file)]],
        "notify_url": "https://settle.example/callbacks/wechat",
        "origin": server.origin,
        "authority": str(tls.certificate),
        "timeout_ms": 60_000,
    }


@pytest.fixture
def server(tls, merchant, provider):
    server = WeChatServer(
        tls.certificate,
        tls.key,
        merchant_id=MERCHANT,
        serial=SERIAL,
        merchant=merchant,
        platform=provider,
        key_id=KEY_ID,
    )
    yield server
    server.close()
    assert server.violations == []
    assert all(count == 1 for count in server.money_out.values())
    assert all(count == 1 for count in server.nonces.values()), "a nonce was used twice"


@pytest.fixture
def probe(options, directory):
    probe = Probe("wechat", options, directory)
    yield probe
    assert probe.close() == ""


@pytest.fixture
def payout(probe):
    return Payout(probe, amount=100_00, number=OPEN_ID, name="张三")


def test_a_transfer_waits_for_its_payee_and_is_paid(server, payout):
    waiting = {"is": "waiting", "reference": f"133{payout.key}", "until": CONFIRM_UNTIL, "confirmation": PACKAGE}
    assert 190 < len(PACKAGE) <= 512
    assert payout.send() == waiting
    assert payout.send() == waiting
    # A query does not repeat what the payee needs.
    assert payout.query() == waiting | {"confirmation": ""}
    server.bills[payout.key]["state"] = "SUCCESS"
    assert payout.query() == {
        "is": "paid",
        "amount": 100_00,
        "reference": f"133{payout.key}",
        "fee": 0,
        "payee_differs": False,
    }
    sent = json.loads(server.requests[0].body)
    assert sent["transfer_scene_report_infos"] == [
        {"info_type": "岗位类型", "info_content": "代理"},
        {"info_type": "报酬说明", "info_content": "佣金"},
    ]
    assert (sent["appid"], sent["transfer_amount"], sent["transfer_remark"]) == (APP, 100_00, "提现")
    assert sent["notify_url"] == "https://settle.example/callbacks/wechat"


@pytest.mark.parametrize("package", ["", "p", "包" * 64, "p" * 513])
def test_a_package_arrives_unchanged_and_is_no_reference(server, payout, package):
    """What is longer than anybody is shown is told by the dispatcher, and not dropped here."""
    server.package_info = package
    answer = payout.send()
    assert (answer["confirmation"], answer["reference"]) == (package, f"133{payout.key}")


@pytest.mark.parametrize("amount, is_named", [(10, False), (1_999_99, False), (2_000_00, True), (50_000_00, True)])
def test_names_go_out_encrypted_from_2000_yuan_and_not_below(server, probe, amount, is_named):
    payout = Payout(probe, amount=amount, number=OPEN_ID, name="欧阳·娜娜")
    payout.send()
    payout.send()
    assert server.names[payout.key] == ("欧阳·娜娜" if is_named else None)
    assert ("欧阳·娜娜" in payout.body) == is_named
    first, second = (json.loads(request.body) for request in server.requests)
    if is_named:
        assert first.pop("user_name") != second.pop("user_name"), "encrypted afresh"
    assert first == second
    assert "欧阳".encode() not in server.requests[0].body
    assert payout.prepare()["body"] == payout.body


@pytest.mark.parametrize(
    "state, expected",
    [
        ("ACCEPTED", "accepted"),
        ("PROCESSING", "accepted"),
        ("TRANSFERING", "accepted"),
        ("CANCELING", "accepted"),
        ("WAIT_USER_CONFIRM", "waiting"),
        ("SUCCESS", "paid"),
        ("REFUND", "unknown"),
        ("success", "unknown"),
        ("", "unknown"),
    ],
)
def test_states(server, payout, state, expected):
    server.next_state = state
    assert payout.send()["is"] == expected
    assert payout.query()["is"] == expected


def test_the_tables_are_those_of_the_documentation(probe):
    tables = probe.ask(do="tables")
    assert tables["wechat_transfer"] == [list(row) for row in TRANSFER_CODES]
    assert tables["wechat_query"] == [list(row) for row in QUERY_CODES]
    assert tables["wechat_fail_reason"] == [list(row) for row in FAIL_REASONS]


def test_each_refusal_means_what_the_table_says(server, probe):
    for code, kind, reason in [*TRANSFER_CODES, ("NOBODY_KNOWS_THIS", "unknown", ""), ("", "unknown", "")]:
        payout = Payout(probe, amount=100, number=OPEN_ID, name="")
        server.refusal = (403, code)
        answer = payout.send()
        if kind == "unknown":
            assert answer["is"] == "unknown", code
        else:
            assert (answer["is"], answer["kind"], answer["reason"], answer["code"]) == ("failed", kind, reason, code)


def test_each_failed_bill_means_what_the_table_says(server, probe):
    server.next_state = "FAIL"
    for code, kind, reason in [*FAIL_REASONS, ("", "payee", "unspecified"), ("NOBODY_KNOWS_THIS", "unknown", "")]:
        payout = Payout(probe, amount=100, number=OPEN_ID, name="")
        payout.send()
        server.bills[payout.key]["fail_reason"] = code
        answer = payout.query()
        if kind == "unknown":
            assert (answer["is"], answer["code"]) == ("unknown", code)
        else:
            assert (answer["is"], answer["kind"], answer["reason"]) == ("failed", kind, reason)


def test_each_refusal_of_a_query_means_what_the_table_says(server, payout):
    payout.send()
    for code, kind, _ in [*QUERY_CODES, ("NOBODY_KNOWS_THIS", "unknown", "")]:
        server.meddler = lambda request, reply, code=code: server.refused(404, code)
        assert payout.query()["is"] == kind


def test_a_refusal_after_a_lost_success_is_no_failure(server, payout):
    server.next_state = "SUCCESS"
    server.meddler = lambda request, reply: Spoil.RESET
    assert payout.send()["is"] == "unknown"
    server.meddler = lambda request, reply: server.refused(403, "NO_AUTH") if request.path == BILLS else reply
    assert payout.send(repeated=True)["is"] == "paid"


def test_a_refusal_is_no_failure_while_an_earlier_request_may_be_on_its_way(server, payout):
    """The first request is late, nobody finds its bill yet, the second is refused: then the first arrives and is paid.

    A failure in between would have paid the same money elsewhere."""
    held = []

    def hold(request, reply):
        held.append(json.loads(request.body))
        server.bills.clear()
        server.money_out.clear()
        return Spoil.RESET

    server.next_state = "SUCCESS"
    server.meddler = hold
    assert payout.send()["is"] == "unknown"
    server.meddler = None
    assert payout.query() == {"is": "notFound"}
    for status, code in ((403, "NOT_ENOUGH"), (403, "NO_AUTH"), (400, "PARAM_ERROR")):
        server.refusal = (status, code)
        answer = payout.send(repeated=True)
        assert (answer["is"], answer["code"]) == ("unknown", code)
    server.refusal = None
    server._transfer(held[0])
    assert payout.query()["is"] == "paid"


def test_short_of_money_the_same_number_is_sent_again(server, payout):
    """Documented as such: it may not become another number."""
    server.refusal = (403, "NOT_ENOUGH")
    answer = payout.send()
    assert (answer["is"], answer["code"]) == ("unknown", "NOT_ENOUGH")
    server.refusal = None
    assert payout.send(repeated=True)["is"] == "waiting"


def test_a_send_that_finds_a_failed_bill_asks_for_its_reason(server, payout):
    """The answer to a transfer has no reason, and a failure without one is laid to the payee."""
    server.next_state = "FAIL"

    def reason(request, reply):
        for bill in server.bills.values():
            bill["fail_reason"] = "BUDGET_NOT_ENOUGH"
        return reply

    server.meddler = reason
    answer = payout.send()
    assert (answer["is"], answer["kind"], answer["code"]) == ("failed", "tryElsewhere", "BUDGET_NOT_ENOUGH")


def test_the_same_number_with_another_amount_is_unknown(server, probe, payout):
    payout.send()
    other = probe.ask(do="prepare", key=payout.key, amount=999, number=OPEN_ID, name="")["body"]
    answer = probe.ask(do="send", key=payout.key, amount=999, body=other)
    assert (answer["is"], answer["code"]) == ("unknown", "ALREADY_EXISTS")


def test_another_amount_or_payee_is_told_as_it_is(server, payout):
    server.next_state = "SUCCESS"
    payout.send()
    bill = server.bills[payout.key]
    bill["transfer_amount"] = 99_99
    assert payout.query()["amount"] == 99_99
    for wrong in (None, "10000", 100.5, 1e30, True):
        bill["transfer_amount"] = wrong
        assert payout.query()["is"] == "unknown"
    bill["transfer_amount"] = 100_00
    bill["openid"] = "o-somebody-else"
    assert payout.query()["payee_differs"] is True
    # Who has no request cannot compare: a paid payout that is asked about once more is no mismatch.
    bill["openid"] = OPEN_ID
    assert payout.query_without_body()["payee_differs"] is False


@pytest.mark.parametrize("change", [{"out_bill_no": "OTHER"}, {"mch_id": "1900009999"}])
def test_an_answer_about_another_bill_is_unknown(server, payout, change):
    server.next_state = "SUCCESS"
    payout.send()
    server.bills[payout.key] |= change
    assert payout.query() == {"is": "unknown", "code": "ANSWER_NOT_OURS", "message": ""}


def test_cancel(server, probe, payout):
    payout.send()
    answer = payout.cancel()
    assert (answer["is"], answer["kind"], answer["reason"]) == ("failed", "cancelled", "cancelledByUs")
    # Too late: it says how the bill stands.
    server.next_state = "SUCCESS"
    paid = Payout(probe, amount=100, number=OPEN_ID, name="")
    paid.send()
    assert paid.cancel()["is"] == "paid"
    # The answer to the cancel is lost: the query after it knows.
    server.next_state = "WAIT_USER_CONFIRM"
    lost = Payout(probe, amount=100, number=OPEN_ID, name="")
    lost.send()
    server.meddler = lambda request, reply: Spoil.RESET if request.path.endswith("/cancel") else reply
    assert lost.cancel()["kind"] == "cancelled"


@pytest.mark.parametrize("how", [Spoil.RESET, Spoil.CUT])
def test_a_lost_answer_is_unknown_and_the_query_finds_it(server, payout, how):
    server.next_state = "SUCCESS"
    server.meddler = lambda request, reply: how
    answer = payout.send()
    assert (answer["is"], answer["code"]) == ("unknown", "NO_ANSWER")
    server.meddler = None
    assert payout.query()["is"] == "paid"
    assert server.money_out[payout.key] == 1


@pytest.mark.parametrize("how", [Spoil.SILENCE, Spoil.DRIP])
def test_a_time_out_after_the_money_moved_is_unknown(server, options, directory, how):
    probe = Probe("wechat", options | {"timeout_ms": 4_000}, directory)
    payout = Payout(probe, amount=100, number=OPEN_ID, name="")
    server.next_state = "SUCCESS"
    server.meddler = lambda request, reply: how
    answer = payout.send()
    assert (answer["is"], answer["code"]) == ("unknown", "NO_ANSWER")
    assert server.money_out[payout.key] == 1
    probe.close()


@pytest.mark.parametrize(
    "reply, code",
    [
        (Reply(502, {}, b"<html>Bad Gateway</html>"), "HTTP_502"),
        (Reply(400, {}, b'{"code":"PARAM_ERROR"}'), "HTTP_400"),
        (Reply(404, {}, b'{"code":"NOT_FOUND"}'), "HTTP_404"),
        (Reply(302, {"location": "https://localhost:1/"}), "HTTP_302"),
        (Reply(308, {"location": BILLS}), "HTTP_308"),
        (Reply(200, {}, b'{"state":"SUCCESS"}'), "BAD_SIGNATURE"),
        (Reply(200), "BAD_SIGNATURE"),
        (Reply(200, {}, b" " * 70_000), "NO_ANSWER"),
    ],
)
def test_garbage_and_unsigned_answers_are_unknown(server, payout, reply, code):
    server.meddler = lambda request, honest: reply
    for answer in (payout.send(), payout.query()):
        assert (answer["is"], answer["code"]) == ("unknown", code)
    assert len(server.requests) == 2, "no redirect is followed, nothing is repeated"


@pytest.mark.parametrize("body", [b"", b"not json", b"\xff", b"[" * 60_000, b'{"a":1,"a":2}', b"null", b"{}"])
def test_well_signed_nonsense_is_unknown(server, payout, body):
    server.meddler = lambda request, reply: Reply(200, signed_headers(server.platform, KEY_ID, body), body)
    assert payout.send()["is"] == "unknown"
    assert payout.query()["is"] == "unknown"


def test_only_a_fresh_signature_of_wechat_pay_is_believed(server, payout, stranger):
    server.next_state = "SUCCESS"

    def refuse(meddle):
        server.meddler = lambda request, reply: Reply(reply.status, meddle(reply), reply.body)
        answer = payout.send()
        assert (answer["is"], answer["code"]) == ("unknown", "BAD_SIGNATURE")

    now = int(time.time())
    refuse(lambda reply: signed_headers(stranger, KEY_ID, reply.body))
    refuse(lambda reply: signed_headers(server.platform, "PUB_KEY_ID_OTHER", reply.body))
    refuse(lambda reply: signed_headers(server.platform, KEY_ID, reply.body + b" "))
    refuse(lambda reply: signed_headers(server.platform, KEY_ID, reply.body, now - 600))
    refuse(lambda reply: signed_headers(server.platform, KEY_ID, reply.body, now + 600))
    refuse(lambda reply: reply.headers | {"Wechatpay-Nonce": "another"})
    refuse(lambda reply: reply.headers | {"Wechatpay-Signature": "not base64!"})
    for name in ("Timestamp", "Nonce", "Serial", "Signature"):
        refuse(lambda reply, name=name: {k: v for k, v in reply.headers.items() if k != f"Wechatpay-{name}"})
    server.meddler = lambda request, reply: Reply(
        200, signed_headers(server.platform, KEY_ID, reply.body, now - 200), reply.body
    )
    assert payout.send()["is"] == "paid"


def test_a_rotation_of_keys_needs_no_gap(server, options, provider, stranger, directory):
    """The old key encrypts and is asked for; answers under either are believed."""
    keys = [*options["platform_keys"], ["PUB_KEY_ID_NEW", str(stranger.public_file)]]
    probe = Probe("wechat", options | {"platform_keys": keys}, directory)
    payout = Payout(probe, amount=5_000_00, number=OPEN_ID, name="张三")
    server.meddler = lambda request, reply: Reply(
        200, signed_headers(stranger, "PUB_KEY_ID_NEW", reply.body), reply.body
    )
    assert payout.send()["is"] == "waiting"
    assert server.names[payout.key] == "张三"
    probe.close()


def test_a_platform_certificate_names_itself(server, options, provider, directory):
    file = directory / "platform.pem"
    number = provider.certificate(file, "Tenpay.com Root CA").serial_number
    # As `openssl x509 -serial` writes it: two digits a byte.
    server.key_id = number.to_bytes((number.bit_length() + 7) // 8, "big").hex().upper()
    probe = Probe("wechat", options | {"platform_keys": [["", str(file)]]}, directory)
    payout = Payout(probe, amount=5_000_00, number=OPEN_ID, name="张三")
    assert payout.send()["is"] == "waiting"
    probe.close()
    with pytest.raises(DidNotStart, match=f"serial number is {server.key_id}"):
        Probe("wechat", options | {"platform_keys": [["ABC", str(file)]]}, directory)


def test_orders_that_wechat_does_not_take_are_not_made(probe):
    key = probe.key(1_000)

    def defect(amount, number=OPEN_ID, name="b"):
        return probe.ask(do="prepare", key=key, amount=amount, number=number, name=name)["defect"]

    assert defect(9) == "amountNotTaken"
    assert defect(100, number="") == "accountWrong"
    assert defect(2_000_00, name="") == "nameMismatch"


def test_a_name_that_does_not_fit_the_key_is_not_sent(server, probe):
    payout = Payout(probe, amount=2_000_00, number=OPEN_ID, name="长" * 100)
    assert payout.send()["code"] == "MALFORMED_REQUEST"
    assert server.requests == []


@pytest.mark.parametrize(
    "change, words",
    [
        ({"platform_keys": []}, "platform_keys is empty"),
        ({"merchant_id": 'a"b'}, "merchant_id is empty or no plain text"),
        ({"notify_url": "http://settle.example/"}, "notify_url has to begin with https://"),
        ({"api_v3_key": "/nowhere"}, "cannot be opened"),
    ],
)
def test_a_channel_that_cannot_work_does_not_start(options, directory, change, words):
    with pytest.raises(DidNotStart, match=words):
        Probe("wechat", options | change, directory)


def test_the_api_v3_key_is_the_owners_alone(options, directory):
    loose = directory / "loose-apiv3.key"
    loose.write_bytes(API_V3_KEY)
    loose.chmod(0o644)
    with pytest.raises(DidNotStart, match="chmod 600") as refusal:
        Probe("wechat", options | {"api_v3_key": str(loose)}, directory)
    assert API_V3_KEY.decode() not in str(refusal.value)
    short = directory / "short.key"
    short.touch(mode=0o600)
    short.write_bytes(API_V3_KEY[:-1])
    with pytest.raises(DidNotStart, match="31 bytes instead of 32"):
        Probe("wechat", options | {"api_v3_key": str(short)}, directory)


class TestNotifications:
    """MCHTRANSFER.BILL.FINISHED"""

    NOW = 1_771_291_800

    def bill(self, key, **changes):
        return {"mch_id": MERCHANT, "out_bill_no": key, "state": "SUCCESS", "transfer_amount": 100} | changes

    def parse(self, probe, body: bytes, headers, received_seconds=None):
        return probe.ask(
            do="parse",
            headers={name.lower(): value for name, value in headers.items()},
            body=base64.b64encode(body).decode(),
            received=(self.NOW if received_seconds is None else received_seconds) * 1_000_000,
        )

    def test_is_opened_and_answered(self, probe, provider):
        key = probe.key(7)
        body = notification(self.bill(key), API_V3_KEY)
        answer = self.parse(probe, body, signed_headers(provider, KEY_ID, body, self.NOW))
        assert (answer["key"], answer["id"], answer["status"]) == (key, f"EV-{key}", 200)
        assert json.loads(answer["reply"])["code"] == "SUCCESS"

    def test_the_raw_bytes_are_signed(self, probe, provider, stranger):
        body = notification(self.bill(probe.key(7)), API_V3_KEY)
        headers = signed_headers(provider, KEY_ID, body, self.NOW)
        assert self.parse(probe, body + b" ", headers) == {"defect": "signature"}
        assert self.parse(probe, json.dumps(json.loads(body)).encode(), headers) == {"defect": "signature"}
        assert self.parse(probe, body, signed_headers(stranger, KEY_ID, body, self.NOW)) == {"defect": "signature"}
        assert self.parse(probe, body, {}) == {"defect": "signature"}
        # What WeChat Pay sends to see whether anybody looks.
        probing = headers | {"Wechatpay-Signature": "WECHATPAY/SIGNTEST/" + headers["Wechatpay-Signature"]}
        assert self.parse(probe, body, probing) == {"defect": "signature"}

    def test_five_minutes(self, probe, provider):
        body = notification(self.bill(probe.key(7)), API_V3_KEY)
        headers = signed_headers(provider, KEY_ID, body, self.NOW)
        assert "key" in self.parse(probe, body, headers, self.NOW + 300)
        assert "key" in self.parse(probe, body, headers, self.NOW - 300)
        assert self.parse(probe, body, headers, self.NOW + 301) == {"defect": "stale"}
        assert self.parse(probe, body, headers, self.NOW - 301) == {"defect": "stale"}

    def test_well_signed_nonsense(self, probe, provider):
        key = probe.key(7)
        good = json.loads(notification(self.bill(key), API_V3_KEY))
        nonsense = [
            b"",
            b"{",
            notification(self.bill(key), API_V3_KEY, event="REFUND.SUCCESS"),
            notification(self.bill(key), b"x" * 32),
            notification(self.bill(key, mch_id="1900009999"), API_V3_KEY),
            json.dumps(good | {"id": ""}).encode(),
            json.dumps(good | {"resource": None}).encode(),
            json.dumps(good | {"resource": good["resource"] | {"associated_data": "other"}}).encode(),
            json.dumps(good | {"resource": good["resource"] | {"nonce": "short"}}).encode(),
            json.dumps(good | {"resource": good["resource"] | {"algorithm": "none"}}).encode(),
        ]
        for body in nonsense:
            answer = self.parse(probe, body, signed_headers(provider, KEY_ID, body, self.NOW))
            assert "malformed" in answer["defect"], body

    def test_random_bodies_are_refused_and_nothing_traps(self, probe, provider):
        """Each is well signed, so that the readers behind the signature get it."""
        seed = random.randrange(1 << 32)
        print("seed", seed)
        dice = random.Random(seed)
        good = notification(self.bill(probe.key(7)), API_V3_KEY)
        for _ in range(200):
            body = bytearray(good)
            for _ in range(dice.randrange(1, 8)):
                place = dice.randrange(len(body))
                body[place : place + dice.randrange(3)] = dice.randbytes(dice.randrange(3))
            if dice.random() < 0.1:
                del body[dice.randrange(len(body)) :]
            headers = signed_headers(provider, KEY_ID, bytes(body), self.NOW)
            answer = self.parse(probe, bytes(body), headers)
            assert answer.keys() & {"key", "defect"}

    def test_another_systems_bill(self, probe, provider):
        body = notification(self.bill("plfk2020042013"), API_V3_KEY)
        assert "unknownKey" in self.parse(probe, body, signed_headers(provider, KEY_ID, body, self.NOW))["defect"]


def test_our_pair_is_not_our_own_check(merchant: Pair):
    """The tests' own verification refuses what is not signed."""
    with pytest.raises(InvalidSignature):
        merchant.verify(merchant.sign(b"a"), b"b")
