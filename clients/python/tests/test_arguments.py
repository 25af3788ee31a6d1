"""What is wrong with an argument is said at once, and by its name."""

import shutil
import subprocess
from datetime import datetime

import grpc
import pytest

from misbehaving import answer
from serving import make_certificates
from settle_client import (
    AppealKind,
    Client,
    Doubt,
    ListSubject,
    Money,
    NewListEntry,
    NewWithdrawal,
    RetryPolicy,
    ReviewOutcome,
    Speed,
)

TEN = Money.of("10.00")


@pytest.fixture(scope="module")
def certs(tmp_path_factory):
    directory = make_certificates(tmp_path_factory.mktemp("arguments") / "certs")
    (directory / "garbage.pem").write_text("-----BEGIN CERTIFICATE-----\nno base64\n-----END CERTIFICATE-----\n")
    (directory / "empty.pem").write_text("")
    return directory


def connect_to(certs, target="127.0.0.1:7443", ca="ca.pem", cert="partner-demo.pem", key="partner-demo.key"):
    return Client(target, ca=certs / ca, cert=certs / cert, key=certs / key)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"ca": "garbage.pem"}, "ca '{}/garbage.pem' has no certificate"),
        ({"ca": "empty.pem"}, "ca '{}/empty.pem' has no certificate"),
        ({"cert": "garbage.pem"}, "cert '{}/garbage.pem' has no certificate"),
        ({"cert": "partner-demo.key"}, "cert '{}/partner-demo.key' has no certificate"),
        ({"key": "garbage.pem"}, "key '{}/garbage.pem' has no private key"),
        ({"key": "server.key"}, "key '{0}/server.key' does not belong to certificate '{0}/partner-demo.pem'"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(certs, files, words):
    with pytest.raises(ValueError) as raised:
        connect_to(certs, **files)
    assert words.format(certs) in str(raised.value)


@pytest.mark.parametrize("argument", ["ca", "cert", "key"])
def test_a_file_that_is_missing_is_named(certs, argument):
    with pytest.raises(FileNotFoundError) as raised:
        connect_to(certs, **{argument: "nowhere.pem"})
    assert str(certs / "nowhere.pem") in str(raised.value)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes these keys")
def test_keys_that_openssl_made(certs):
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=certs, check=True, capture_output=True)

    openssl("pkcs8", "-topk8", "-in", "partner-demo.key", "-passout", "pass:1234", "-out", "encrypted.key")
    with pytest.raises(ValueError, match=r"key '.*encrypted\.key' is encrypted"):
        connect_to(certs, key="encrypted.key")
    # Weak, which is for the server to refuse, and after words that are not ASCII.
    openssl(
        "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-subj", "/CN=weak", "-keyout", "weak.key", "-out", "weak.pem"
    )
    (certs / "weak.pem").write_text("某人的证书\n" + (certs / "weak.pem").read_text())
    connect_to(certs, ca="weak.pem", cert="weak.pem", key="weak.key").close()
    with pytest.raises(ValueError, match=r"key '.*weak\.key' does not belong to certificate '.*partner-demo\.pem'"):
        connect_to(certs, key="weak.key")


@pytest.mark.parametrize(
    "target",
    "127.0.0.1 settle.example 127.0.0.1: :7443 127.0.0.1:https ::1 [::1] 127.0.0.1:7443/ "
    "https://127.0.0.1:7443 http://127.0.0.1:7443 https:127.0.0.1:7443".split(),
)
def test_a_target_is_a_host_and_a_port(certs, target):
    with pytest.raises(ValueError) as raised:
        connect_to(certs, target)
    assert str(raised.value).startswith("target must be") and repr(target) in str(raised.value)


@pytest.mark.parametrize("target", ["settle.example:443", "[::1]:7443", "dns:///a.example:7443", "unix:/run/settle"])
def test_targets_that_grpc_knows(certs, target):
    connect_to(certs, target).close()


def test_a_target_is_text(certs):
    with pytest.raises(TypeError, match="target must be a str, not 7444"):
        connect_to(certs, 7444)


@pytest.fixture
def client():
    """Of a server that nobody needs: what is asked of it never gets there."""
    with Client.over(grpc.insecure_channel("127.0.0.1:1"), retry_policy=RetryPolicy(deadline=0)) as client:
        yield client


# What is called, the error, and how its words begin.
WRONG = [
    (lambda c: c.submit("a1", TEN, "p", speed="FAST"), TypeError, "speed must be a Speed (UNSPECIFIED, EXPRESS, "),
    (lambda c: c.submit("a1", TEN, "p", speed=9), ValueError, "speed must be a Speed (UNSPECIFIED, EXPRESS, "),
    (lambda c: c.quote("a1", TEN, acceleration=1.0), TypeError, "acceleration must be an Acceleration (FEE, "),
    (lambda c: c.submit("a1", 10.0, "p"), TypeError, "amount must be a Money such as Money.of('50.00'), not 10.0"),
    (lambda c: c.submit("a1", None, "p"), TypeError, "amount must be a Money such as Money.of('50.00'), not None"),
    (lambda c: c.submit("a1", TEN, "p", request_id=5), TypeError, "request_id must be a str, not 5"),
    (lambda c: c.submit("a\udc80", TEN, "p"), ValueError, "agent must be a str, not 'a\\udc80'"),
    (lambda c: c.get(5), TypeError, "id must be a str, not 5"),
    (lambda c: c.get_by_request_id(5), TypeError, "request_id must be a str, not 5"),
    (lambda c: c.cancel("wd_1", request_id=5), TypeError, "request_id must be a str, not 5"),
    (lambda c: c.watch(cursor=5), TypeError, "cursor must be a str, not 5"),
    (lambda c: c.list_page(state="PAID"), TypeError, "state must be a State (UNSPECIFIED, SUBMITTED, "),
    (lambda c: c.list_page(page_size="3"), TypeError, "page_size must be an int of 32 bits, not '3'"),
    (lambda c: c.list_page(page_size=2**40), ValueError, f"page_size must be an int of 32 bits, not {2**40}"),
    (
        lambda c: c.update_agent("a1", partner="p", reason="r", frozen="no"),
        TypeError,
        "frozen must be a bool, not 'no'",
    ),
    (
        lambda c: c.update_agent("a1", partner="p", reason="r", limits=5),
        TypeError,
        "limits must be a LimitOverride, not 5",
    ),
    (lambda c: c.balance("a1", currency=5), TypeError, "currency must be a str, not 5"),
    (lambda c: c.batch_submit([1]), TypeError, "items[0] must be a NewWithdrawal, not 1"),
    (lambda c: c.batch_submit([NewWithdrawal("a1", TEN, 5)]), TypeError, "payee must be a str, not 5"),
    (
        lambda c: c.appeals.create("wd_1", "x", "late"),
        TypeError,
        "kind must be an AppealKind (UNSPECIFIED, NOT_ARRIVED, ",
    ),
    (
        lambda c: c.appeals.create("wd_1", AppealKind.LATE, "late", disputed="50.00"),
        TypeError,
        "disputed must be a Money such as Money.of('50.00'), not '50.00'",
    ),
    (lambda c: c.reviews.claim("wd_1", request_id=5), TypeError, "request_id must be a str, not 5"),
    (lambda c: c.channels.fund(5, TEN, "r"), TypeError, "channel_id must be a str, not 5"),
    (
        lambda c: c.channels.explain_question(TEN, Speed.EXPRESS, rail="CARD"),
        TypeError,
        "rail must be a Rail, not 'CARD'",
    ),
    (
        lambda c: c.channels.resolve_in_doubt(Doubt("wd_1", "PAID", b"x")),
        TypeError,
        "verdict must be a DoubtVerdict (UNSPECIFIED, ",
    ),
    (lambda c: c.risk.put(NewListEntry("AGENT", 1)), TypeError, "subject must be a ListSubject (UNSPECIFIED, AGENT, "),
    (lambda c: c.risk.import_entries([1]), TypeError, "entries[0] must be a NewListEntry, not 1"),
    (
        lambda c: c.risk.report_outcome("wd_1", ReviewOutcome.FRAUD, "n", blacklist=[ListSubject.AGENT, "PAYEE"]),
        TypeError,
        "blacklist must be a list of ListSubject (UNSPECIFIED, AGENT, ",
    ),
    (
        lambda c: c.risk.put(NewListEntry(1, 1, expire_time=datetime(2030, 1, 1))),
        ValueError,
        "expire_time must have a time zone, as datetime.now(timezone.utc) has, not datetime.datetime(2030, ",
    ),
    (lambda c: next(c.audit.events(from_time="today")), TypeError, "from_time must be a datetime, not 'today'"),
    (lambda c: c.get("wd_1", timeout="3"), TypeError, "timeout must be seconds, 0 or more, not '3'"),
    (lambda c: c.get("wd_1", timeout=-1), ValueError, "timeout must be seconds, 0 or more, not -1"),
    (lambda c: c.get("wd_1", timeout=float("nan")), ValueError, "timeout must be seconds, 0 or more, not nan"),
]


@pytest.mark.parametrize(("call", "kind", "words"), WRONG)
def test_an_argument_that_cannot_be_is_named(client, call, kind, words):
    with pytest.raises(kind) as raised:
        call(client)
    assert str(raised.value).startswith(words)


@pytest.mark.parametrize(
    "wrong", [{"name": 5}, {"id_number": 110101199003070000}, {"card_number": 6222020200000000000}]
)
def test_what_is_private_is_not_repeated(client, wrong):
    papers = {"name": "张三", "id_number": "110101199003070000", "card_number": "6222020200000000000"} | wrong
    with pytest.raises(TypeError) as raised:
        client.verify_agent("a1", **papers)
    assert str(raised.value) == f"{next(iter(wrong))} must be a str, not int"


def test_a_policy_is_of_seconds():
    with pytest.raises(TypeError, match="deadline must be seconds, 0 or more, not '60'"):
        RetryPolicy(deadline="60")
    with pytest.raises(ValueError, match="maximum_backoff must be seconds, 0 or more, not -1"):
        RetryPolicy(maximum_backoff=-1)


def test_what_could_be_said_before_still_can(server, connect, time):
    server.steps = [answer()]
    connect(time.policy()).submit("a1", TEN, "p", speed=1, device=None, timeout=float("inf"))
    assert server.requests[0].speed == Speed.EXPRESS and server.requests[0].device == ""
