"""Alipay's transfer to a wallet, against a gateway of ours that checks each signature and misbehaves on demand."""

from __future__ import annotations

import json
import random
import time
import urllib.parse

import pytest

from providers.alipay_server import QUERY, TRANSFER, AlipayServer
from providers.https_server import Reply, Spoil
from providers.probe import DidNotStart, Payout, Probe

APP = "2021000000000001"

# The documentation's codes and what they prove; the program's table has to be this one, row for row.
TRANSFER_CODES = [
    *((code, "payee", "accountWrong") for code in (
        "PAYEE_NOT_EXIST", "PAYEE_ACCOUNT_NOT_EXSIT", "PAYEE_ACC_OCUPIED", "PAYER_PAYEE_CANNOT_SAME")),
    ("PAYEE_USER_INFO_ERROR", "payee", "nameMismatch"),
    *((code, "payee", "accountBlocked") for code in (
        "PAYEE_ACCOUNT_STATUS_ERROR", "PAYEE_USERINFO_STATUS_ERROR", "NO_ACCOUNT_RECEIVE_PERMISSION")),
    *((code, "payee", "payeeUnverified") for code in (
        "PERMIT_NON_BANK_LIMIT_PAYEE", "PERM_AML_NOT_REALNAME_REV", "EXCEED_LIMIT_UNRN_DM_AMOUNT")),
    *((code, "payee", "payeeLimit") for code in (
        "EXCEED_LIMIT_DC_RECEIVED", "PAYEE_TRUSTEESHIP_ACC_OVER_LIMIT", "TRUSTEESHIP_RECIEVE_QUOTA_LIMIT")),
    *((code, "tryElsewhere", "amountNotTaken") for code in (
        "EXCEED_LIMIT_SM_AMOUNT", "EXCEED_LIMIT_SM_MIN_AMOUNT", "EXCEED_LIMIT_PERSONAL_SM_AMOUNT",
        "EXCEED_LIMIT_ENT_SM_AMOUNT")),
    *((code, "tryElsewhere", "channelUnavailable") for code in (
        "PAYCARD_UNABLE_PAYMENT", "PAYER_STATUS_ERROR", "PAYER_CERTIFY_CHECK_FAIL", "PAYER_USER_INFO_ERROR",
        "PAYER_PERMLIMIT_CHECK_FAILURE", "PAYER_NOT_EXIST", "PAYER_DATA_INCOMPLETE", "PAYER_CERT_EXPIRED",
        "PERMIT_CHECK_PERM_LIMITED", "PERMIT_CHECK_PERM_IDENTITY_THEFT", "PERMIT_PAYER_LOWEST_FORBIDDEN",
        "PERMIT_PAYER_FORBIDDEN", "CERT_MISS_TRANS_LIMIT", "CERT_MISS_ACC_LIMIT", "NO_ACCOUNT_PAYMENT_PERMISSION",
        "NO_PERMISSION_ACCOUNT", "INVALID_PAYER_ACCOUNT", "PRODUCT_NOT_SIGN")),
    *((code, "tryElsewhere", "requestMalformed") for code in (
        "INVALID_PARAMETER", "MEMO_REQUIRED_IN_TRANSFER_ERROR", "REMARK_HAS_SENSITIVE_WORD")),
]  # fmt: skip
# What proves something only of a bill that failed: refused for it, the same request may still be taken a moment later.
BILL_CODES = [
    *((code, "tryElsewhere", "channelFundsShort") for code in (
        "PAYER_BALANCE_NOT_ENOUGH", "BALANCE_IS_NOT_ENOUGH", "PAYMENT_MONEY_NOT_ENOUGH")),
    *((code, "tryElsewhere", "channelLimit") for code in (
        "EXCEED_LIMIT_DM_AMOUNT", "EXCEED_LIMIT_DM_MAX_AMOUNT", "EXCEED_LIMIT_MM_AMOUNT")),
    ("INST_PAY_UNABLE", "tryElsewhere", "channelUnavailable"),
    ("PAYMENT_TIME_EXPIRE", "tryAgain", "channelUnavailable"),
    ("SECURITY_CHECK_FAILED", "refused", "regulatory"),
    *((code, "unknown", "") for code in (
        "PAYMENT_INFO_INCONSISTENCY", "SYSTEM_ERROR", "RESOURCE_LIMIT_EXCEED")),
]  # fmt: skip
QUERY_CODES = [
    ("ORDER_NOT_EXIST", "notFound", ""),
    ("SYSTEM_ERROR", "unknown", ""),
    ("INVALID_PARAMETER", "unknown", ""),
    ("NO_PERMISSION_ACCOUNT", "unknown", ""),
]


def options(server, merchant, provider, tls, **more):
    return {
        "app_id": APP,
        "private_key": str(merchant.private_file),
        "alipay_public_key": str(provider.public_file),
        "origin": server.origin,
        "authority": str(tls.certificate),
        "timeout_ms": 60_000,
    } | more


@pytest.fixture
def server(tls, merchant, provider):
    server = AlipayServer(tls.certificate, tls.key, APP, merchant, provider)
    yield server
    server.close()
    assert server.violations == []
    assert all(count == 1 for count in server.money_out.values())


@pytest.fixture
def probe(server, merchant, provider, tls, directory):
    probe = Probe("alipay", options(server, merchant, provider, tls), directory)
    yield probe
    assert probe.close() == ""


@pytest.fixture
def payout(probe):
    return Payout(probe, amount=123_45, number="agent@example.com", name="张三")


def test_a_transfer_is_paid_and_signed_afresh_each_time(server, payout):
    paid = {"is": "paid", "amount": 123_45, "reference": f"F{payout.key}", "fee": 0, "payee_differs": False}
    assert payout.send() == paid
    # Sent again, as after a crash: the same bill.
    assert payout.send() == paid
    assert payout.query() == paid
    assert payout.cancel() == paid
    content = server.bills[payout.key]["content"]
    assert content["trans_amount"] == "123.45"
    assert content["payee_info"] == {
        "identity": "agent@example.com",
        "identity_type": "ALIPAY_LOGON_ID",
        "name": "张三",
    }
    assert content["product_code"] == "TRANS_ACCOUNT_NO_PWD"
    assert content["biz_scene"] == "DIRECT_TRANSFER"
    assert content["order_title"] == content["remark"] == "提现"


def test_what_is_stored_is_the_same_each_time_and_is_what_is_sent(server, payout):
    assert payout.prepare()["body"] == payout.body
    assert all(word not in payout.body for word in ("sign", "timestamp"))
    payout.send()
    form = dict(urllib.parse.parse_qsl(server.requests[0].body.decode()))
    assert form == {"biz_content": payout.body}


@pytest.mark.parametrize("status, expected", [("DEALING", "accepted"), ("WAIT_PAY", "unknown"), ("", "unknown")])
def test_states(server, payout, status, expected):
    server.next_status = status
    assert payout.send()["is"] == expected
    assert payout.query()["is"] == expected


def test_money_that_came_back_is_out_no_more(server, payout):
    payout.send()
    server.bills[payout.key]["status"] = "REFUND"
    back = {"is": "returned", "amount": 123_45, "reference": f"F{payout.key}", "code": "REFUND"}
    assert payout.query() == back
    assert payout.send() == back
    # What came back in another amount is told as it is; without an amount it is nothing to go by.
    server.bills[payout.key]["amount"] = "100.00"
    assert payout.query() == back | {"amount": 100_00}
    server.bills[payout.key]["amount"] = "all of it"
    assert payout.query()["is"] == "unknown"


def test_the_tables_are_those_of_the_documentation(probe):
    tables = probe.ask(do="tables")
    assert tables["alipay_transfer"] == [list(row) for row in TRANSFER_CODES]
    assert tables["alipay_failed_bill"] == [list(row) for row in TRANSFER_CODES + BILL_CODES]
    assert tables["alipay_query"] == [list(row) for row in QUERY_CODES]


def test_each_refusal_means_what_the_table_says(server, probe):
    for code, kind, reason in [*TRANSFER_CODES, *((code, "unknown", "") for code, _, _ in BILL_CODES)]:
        payout = Payout(probe, amount=10, number="a", name="b")
        server.refusal = code
        # Sent again it proves nothing, whatever the code: the earlier request may still be on its way.
        answer = payout.send(repeated=True)
        assert (answer["is"], answer["code"]) == ("unknown", code)
        answer = payout.send()
        if kind == "unknown":
            assert (answer["is"], answer["code"]) == ("unknown", code)
        else:
            assert (answer["is"], answer["kind"], answer["reason"], answer["code"]) == ("failed", kind, reason, code)
        assert payout.query() == {"is": "notFound"}


def test_each_failed_bill_means_what_the_table_says(server, probe):
    server.next_status = "FAIL"
    rows = [*TRANSFER_CODES, *BILL_CODES, ("", "payee", "unspecified"), ("NOBODY_KNOWS_THIS", "unknown", "")]
    for code, kind, reason in rows:
        payout = Payout(probe, amount=10, number="a", name="b")
        payout.send()
        server.bills[payout.key]["more"] = {"error_code": code, "fail_reason": "说明"} if code else {}
        answer = payout.query()
        if kind == "unknown":
            assert answer["is"] == "unknown", code
        else:
            assert (answer["is"], answer["kind"], answer["reason"]) == ("failed", kind, reason)


def test_each_refusal_of_a_query_means_what_the_table_says(server, payout):
    payout.send()
    for code, kind, _ in [*QUERY_CODES, ("NOBODY_KNOWS_THIS", "unknown", "")]:
        server.meddler = lambda request, reply, code=code: server.signed(QUERY, server.refused(code, "说明"))
        assert payout.query()["is"] == kind


@pytest.mark.parametrize("code", ["NOBODY_KNOWS_THIS", "payee_not_exist", "ACQ.SYSTEM_ERROR", "PAYEE_NOT_EXIST ", ""])
def test_an_unknown_code_is_unknown(server, payout, code):
    server.refusal = code or "X"
    if not code:
        server.meddler = lambda request, reply: server.signed(TRANSFER, {"code": "40004", "msg": "Business Failed"})
    assert payout.send()["is"] == "unknown"


@pytest.mark.parametrize("code", ["20000", "20001", "40001", "40002", "40006", "10003", ""])
def test_what_the_gateway_says_is_no_word_on_the_bill(server, payout, code):
    """Even with a sub_code of the table."""
    refusal = server.refused("PAYEE_NOT_EXIST", "说明", code)
    server.meddler = lambda request, reply: server.signed(TRANSFER, refusal)
    assert payout.send()["is"] == "unknown"


def test_a_refusal_after_a_lost_success_is_no_failure(server, payout):
    """The first answer was lost; then a gateway refuses what it had paid. The bill itself knows better."""
    server.meddler = lambda request, reply: Spoil.RESET
    assert payout.send()["is"] == "unknown"
    refusal = server.refused("PRODUCT_NOT_SIGN", "说明")

    def refuse_transfers(request, reply):
        return server.signed(TRANSFER, refusal) if TRANSFER in request.path else reply

    server.meddler = refuse_transfers
    assert payout.send(repeated=True)["is"] == "paid"


def test_a_send_that_finds_a_failed_bill_asks_for_its_reason(server, payout):
    """Without a code the failure would be laid to the payee, who would have to give another account."""
    server.next_status = "FAIL"

    def reason(request, reply):
        if TRANSFER in request.path:
            server.bills[payout.key]["more"] = {"error_code": "PAYER_STATUS_ERROR", "fail_reason": "说明"}
        return reply

    server.meddler = reason
    answer = payout.send()
    assert (answer["is"], answer["kind"], answer["code"]) == ("failed", "tryElsewhere", "PAYER_STATUS_ERROR")
    server.meddler = lambda request, reply: reply if TRANSFER in request.path else Reply(502)
    other = Payout(payout.probe, amount=10, number="a", name="b")
    assert other.send()["is"] == "unknown"


def test_the_same_number_with_other_content_is_unknown(server, probe, payout):
    payout.send()
    other = probe.ask(do="prepare", key=payout.key, amount=999, number="x", name="y")["body"]
    answer = probe.ask(do="send", key=payout.key, amount=999, body=other)
    assert (answer["is"], answer["code"]) == ("unknown", "PAYMENT_INFO_INCONSISTENCY")


def test_another_amount_is_told_as_it_is(server, payout):
    payout.send()
    server.bills[payout.key]["amount"] = "123.44"
    assert payout.query()["amount"] == 123_44
    # As a number of JSON: as it is written, never by way of a floating point.
    for number, minor_units in ((123.44, 123_44), (123, 123_00), (90071992547409.94, 9007199254740994)):
        server.bills[payout.key]["amount"] = number
        assert payout.query()["amount"] == minor_units
    for wrong in ("", "12.345", "1e3", "-1.00", "123,45", "99999999999999999999.00", 12.345, 1e30, -1, True, None):
        server.bills[payout.key]["amount"] = wrong
        assert payout.query()["is"] == "unknown"


def test_an_answer_about_another_bill_is_unknown(server, payout):
    server.meddler = lambda request, reply: Reply(
        body=server.signed(TRANSFER, {"code": "10000", "out_biz_no": "OTHER", "status": "SUCCESS"}).body
    )
    assert payout.send() == {"is": "unknown", "code": "ANSWER_NOT_OURS", "message": ""}


@pytest.mark.parametrize("how", [Spoil.RESET, Spoil.CUT])
def test_a_lost_answer_is_unknown_and_the_query_finds_it(server, payout, how):
    server.meddler = lambda request, reply: how
    answer = payout.send()
    assert (answer["is"], answer["code"]) == ("unknown", "NO_ANSWER")
    server.meddler = None
    assert payout.query()["is"] == "paid"
    assert server.money_out[payout.key] == 1


@pytest.mark.parametrize("how", [Spoil.SILENCE, Spoil.DRIP])
def test_a_time_out_after_the_money_moved_is_unknown(server, merchant, provider, tls, directory, how):
    probe = Probe("alipay", options(server, merchant, provider, tls, timeout_ms=4_000), directory)
    payout = Payout(probe, amount=10, number="a", name="b")
    server.meddler = lambda request, reply: how
    answer = payout.send()
    assert (answer["is"], answer["code"]) == ("unknown", "NO_ANSWER")
    assert server.money_out[payout.key] == 1
    probe.close()


@pytest.mark.parametrize(
    "reply, code",
    [
        (Reply(502, {}, b"<html>Bad Gateway</html>"), "HTTP_502"),
        (Reply(500), "HTTP_500"),
        (Reply(429), "HTTP_429"),
        (Reply(302, {"location": "https://localhost:1/"}), "HTTP_302"),
        (Reply(307, {"location": "/gateway.do"}), "HTTP_307"),
        (Reply(200), "MALFORMED_ANSWER"),
        (Reply(200, {}, b"\xff\xfe{}"), "MALFORMED_ANSWER"),
        (Reply(200, {}, b"[" * 60_000), "MALFORMED_ANSWER"),
        (Reply(200, {}, b'{"error_response":{"code":"40002"}}'), "MALFORMED_ANSWER"),
        (Reply(200, {}, b'{"alipay_fund_trans_uni_transfer_response":"x","sign":"x"}'), "MALFORMED_ANSWER"),
        (Reply(200, {}, b" " * 70_000), "NO_ANSWER"),
    ],
)
def test_garbage_is_unknown(server, payout, reply, code):
    server.meddler = lambda request, honest: reply
    answer = payout.send()
    assert (answer["is"], answer["code"]) == ("unknown", code)
    assert len(server.requests) == 1, "no redirect is followed, nothing is repeated"


def test_only_alipays_signature_over_the_raw_bytes_is_believed(server, payout, stranger, provider):
    def refuse(meddle):
        server.meddler = lambda request, reply: Reply(body=meddle(reply.body))
        answer = payout.send()
        assert (answer["is"], answer["code"]) == ("unknown", "BAD_SIGNATURE")

    node = {"code": "10000", "out_biz_no": payout.key, "status": "SUCCESS"}
    raw = json.dumps(node).encode()
    envelope = b'{"alipay_fund_trans_uni_transfer_response":%s,"sign":"%s"}'
    refuse(lambda body: envelope % (raw, stranger.sign(raw).encode()))
    refuse(lambda body: envelope % (raw, provider.sign(raw + b" ").encode()))
    refuse(lambda body: b'{"alipay_fund_trans_uni_transfer_response":%s}' % raw)
    refuse(lambda body: envelope % (raw, b"not base64!"))
    # One byte of the signed node, of no meaning to a parser of JSON.
    refuse(lambda body: body.replace(b" :  ", b" : ", 1))
    # A signature over parsed and rewritten JSON is none.
    server.meddler = lambda request, reply: Reply(body=envelope % (raw, provider.sign(raw).encode()))
    assert payout.send()["is"] == "paid"


def test_a_request_that_never_left_is_told_apart(server, merchant, provider, stranger, tls, directory, payout):
    other = stranger.private_file.with_suffix(".pem")
    stranger.certificate(other, "localhost")
    # Signed by nobody whom we trust: nothing is sent.
    probe = Probe("alipay", options(server, merchant, provider, tls, authority=str(other)), directory)
    answer = Payout(probe, amount=10, number="a", name="b").send()
    assert (answer["is"], answer["kind"], answer["code"]) == ("failed", "tryAgain", "NOT_SENT")
    assert server.requests == []
    probe.close()


def test_nobody_listens(tls, merchant, provider, directory):
    server = AlipayServer(tls.certificate, tls.key, APP, merchant, provider)
    server.close()
    probe = Probe("alipay", options(server, merchant, provider, tls), directory)
    payout = Payout(probe, amount=10, number="a", name="b")
    answer = payout.send()
    assert (answer["is"], answer["kind"], answer["reason"]) == ("failed", "tryAgain", "channelUnavailable")
    # What may have been sent before is not proven unsent by that.
    answer = payout.send(repeated=True)
    assert (answer["is"], answer["code"]) == ("unknown", "NOT_SENT")
    answer = payout.query()
    assert (answer["is"], answer["code"]) == ("unknown", "NOT_SENT")
    probe.close()


def test_orders_that_alipay_does_not_take_are_not_made(probe):
    key = probe.key(1_000)

    def defect(amount, number="a", name="b"):
        return probe.ask(do="prepare", key=key, amount=amount, number=number, name=name)["defect"]

    assert defect(9) == "amountNotTaken"
    assert defect(-1) == "amountNotTaken"
    assert defect(10, number="") == "accountWrong"
    assert defect(10, number="9" * 65) == "accountWrong"
    assert defect(10, name="") == "nameMismatch"


def test_a_body_that_is_not_this_payouts_is_not_sent(server, probe, payout):
    for body, amount in [("{}", 123_45), ("", 123_45), (payout.body, 123_44), ("[" * 4_000, 1)]:
        answer = probe.ask(do="send", key=payout.key, amount=amount, body=body)
        assert (answer["is"], answer["code"]) == ("unknown", "MALFORMED_REQUEST")
    assert server.requests == []


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o700])
def test_a_key_that_others_may_read_is_refused(tls, merchant, provider, server, directory, mode):
    loose = directory / f"loose-{mode:o}.key"
    loose.write_bytes(merchant.private_file.read_bytes())
    loose.chmod(mode)
    with pytest.raises(DidNotStart, match=f"chmod 600 {loose}") as refusal:
        Probe("alipay", options(server, merchant, provider, tls, private_key=str(loose)), directory)
    assert "PRIVATE" not in str(refusal.value)


def test_a_key_for_reading_only_is_taken(tls, merchant, provider, server, directory):
    key = directory / "read-only.key"
    key.write_bytes(merchant.private_file.read_bytes())
    key.chmod(0o400)
    Probe("alipay", options(server, merchant, provider, tls, private_key=str(key)), directory).close()


@pytest.mark.parametrize(
    "change, words",
    [
        ({"private_key": "/nowhere.key"}, "cannot be opened"),
        ({"private_key": "/tmp"}, "is not a file"),
        ({"alipay_public_key": "/nowhere.pub"}, "cannot be opened"),
        ({"origin": "http://localhost:1"}, "is not https://"),
        ({"origin": "https://localhost:1/gateway.do"}, "is not https://"),
        ({"authority": "/nowhere.pem"}, "no certificates of authorities"),
        ({"app_id": ""}, "app_id is empty"),
        ({"timeout_ms": 0}, "a time-out of 0 ms"),
    ],
)
def test_a_channel_that_cannot_work_does_not_start(tls, merchant, provider, server, directory, change, words):
    with pytest.raises(DidNotStart, match=words):
        Probe("alipay", options(server, merchant, provider, tls, **change), directory)


class TestNotifications:
    """alipay.fund.trans.order.changed"""

    NOW = 1_771_291_800_000

    def form(self, provider, key, drop=(), sign=None, **changes):
        fields = {
            "notify_id": "2026021700262093000000001",
            "utc_timestamp": str(self.NOW),
            "msg_method": "alipay.fund.trans.order.changed",
            "app_id": APP,
            "version": "1.1",
            "charset": "UTF-8",
            "biz_content": json.dumps({"out_biz_no": key, "status": "SUCCESS", "memo": "转 账+&="}, ensure_ascii=False),
            "empty": "",
        } | changes
        fields = {name: value for name, value in fields.items() if name not in drop}
        text = "&".join(f"{name}={fields[name]}" for name in sorted(fields))
        return fields | {"sign": (sign or provider).sign(text.encode()), "sign_type": "RSA2"}

    def parse(self, probe, fields, received=None):
        import base64

        body = urllib.parse.urlencode(fields) if isinstance(fields, dict) else fields
        received = self.NOW * 1_000 if received is None else received
        return probe.ask(do="parse", headers={}, body=base64.b64encode(body.encode()).decode(), received=received)

    def test_is_parsed_and_answered(self, probe, provider):
        key = probe.key(7)
        answer = self.parse(probe, self.form(provider, key))
        assert answer == {"key": key, "id": "2026021700262093000000001", "status": 200, "reply": "success"}
        # The same again: the same id, by which the listener knows it.
        assert self.parse(probe, self.form(provider, key)) == answer

    def test_only_alipays_signature_is_believed(self, probe, provider, stranger):
        key = probe.key(7)
        good = self.form(provider, key)
        assert self.parse(probe, self.form(provider, key, sign=stranger)) == {"defect": "signature"}
        assert self.parse(probe, good | {"notify_id": "other"}) == {"defect": "signature"}
        assert self.parse(probe, good | {"more": "x"}) == {"defect": "signature"}
        assert self.parse(probe, good | {"sign": ""}) == {"defect": "signature"}
        assert self.parse(probe, good | {"sign_type": "RSA"}) == {"defect": "signature"}
        assert "malformed" in self.parse(probe, urllib.parse.urlencode(good) + "&app_id=again")["defect"]

    def test_old_and_future_ones_are_stale(self, probe, provider):
        form = self.form(provider, probe.key(7))
        hour = 3_600_000_000
        assert "key" in self.parse(probe, form, self.NOW * 1_000 + 25 * hour)
        assert self.parse(probe, form, self.NOW * 1_000 + 27 * hour) == {"defect": "stale"}
        assert self.parse(probe, form, self.NOW * 1_000 - hour) == {"defect": "stale"}
        # Without the time-stamp of messages, that of older notifications counts, in Chinese time.
        older = {"drop": ("utc_timestamp",), "notify_time": "2026-02-17 09:30:00"}
        assert "key" in self.parse(probe, self.form(provider, probe.key(7), **older))

    @pytest.mark.parametrize(
        "changes",
        [
            {"app_id": "another"},
            {"msg_method": "alipay.trade.order.settle.notify"},
            {"notify_id": ""},
            {"biz_content": "{"},
            {"utc_timestamp": "soon"},
            {"utc_timestamp": "9223372036854775807"},
        ],
    )
    def test_well_signed_nonsense(self, probe, provider, changes):
        assert "malformed" in self.parse(probe, self.form(provider, probe.key(7), **changes))["defect"]

    def test_random_bills_are_refused_and_nothing_traps(self, probe, provider):
        """Each is well signed, so that the readers behind the signature get it."""
        seed = random.randrange(1 << 32)
        print("seed", seed)
        dice = random.Random(seed)
        pieces = [
            "{",
            "}",
            "[",
            '"',
            ":",
            ",",
            "\\u",
            "\\ud800",
            "out_biz_no",
            probe.key(7),
            "1e9",
            "-",
            "null",
            "\x00",
            "名",
        ]
        for _ in range(200):
            bill = "".join(dice.choices(pieces, k=dice.randrange(12)))
            fields = {dice.choice(["biz_content", "utc_timestamp", "notify_id", "app_id"]): bill}
            answer = self.parse(probe, self.form(provider, probe.key(7), **fields))
            assert answer.keys() & {"key", "defect"}
        for _ in range(200):
            answer = self.parse(probe, "".join(dice.choices(["sign=", "&", "=", "%", "%2", "+", "RSA2", "a"], k=20)))
            assert "defect" in answer

    @pytest.mark.parametrize("charset", ["GBK", "gb2312", "GB18030"])
    def test_messages_in_chinese_character_sets(self, probe, provider, stranger, charset):
        """What is signed are the bytes as they were, before anybody takes them for text."""
        key = probe.key(7)
        # The second byte of the memo's last character is a backslash; the one before has four bytes, two of them digits
        bill = json.dumps({"memo": "转账\u3400誠", "out_biz_no": key}, ensure_ascii=False)
        fields = {
            "notify_id": "2026021700262093000000002",
            "utc_timestamp": str(self.NOW),
            "msg_method": "alipay.fund.trans.order.changed",
            "app_id": APP,
            "charset": charset,
            "biz_content": bill,
        }
        fields = {name: value.encode("gb18030") for name, value in fields.items()}
        text = b"&".join(name.encode() + b"=" + fields[name] for name in sorted(fields))

        def parse(pair):
            form = fields | {"sign": pair.sign(text), "sign_type": "RSA2"}
            return self.parse(probe, urllib.parse.urlencode(form))

        assert parse(provider)["key"] == key
        assert parse(stranger) == {"defect": "signature"}

    def test_another_systems_bill(self, probe, provider):
        assert "unknownKey" in self.parse(probe, self.form(provider, "T0000001"))["defect"]


def test_the_clock_in_requests_is_chinas(server, payout):
    payout.send()
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(server.requests[0].path).query))
    told = time.mktime(time.strptime(query["timestamp"], "%Y-%m-%d %H:%M:%S")) - time.timezone
    assert abs(told - 8 * 3_600 - time.time()) < 300
