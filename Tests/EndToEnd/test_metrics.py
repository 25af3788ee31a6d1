"""Metrics over HTTPS: for staff, by their certificates, in the text that Prometheus reads."""

import http.client
import ssl
import subprocess

import pytest

from serving import Server
from settle_client import Money


@pytest.fixture(scope="module")
def server(tmp_path_factory, certs):
    """A server that tells its figures."""
    running = Server(
        tmp_path_factory.mktemp("metrics") / "data", certs, options=("--metrics-listen", "127.0.0.1:0")
    ).start()
    yield running
    assert running.stop() == 0, running.log


def get(server, path, who="operator-demo"):
    """Status and text of a GET."""
    context = ssl.create_default_context(cafile=str(server.certs / "ca.pem"))
    if who:
        context.load_cert_chain(server.certs / f"{who}.pem", server.certs / f"{who}.key")
    place = next(door for door in server.doors if door.startswith("metrics on ")).rsplit(":", 1)
    connection = http.client.HTTPSConnection("127.0.0.1", int(place[1]), context=context, timeout=10)
    connection.request("GET", path)
    reply = connection.getresponse()
    return reply.status, reply.read().decode()


def test_figures_follow_the_calls(server):
    with server.client("operator-demo") as operator, server.client("partner-demo") as partner:
        partner.create_agent("a1")
        operator.deposit("a1", Money.of("10.00"), partner="demo")
        partner.submit("a1", Money.of("1.00"), "payee")
    status, text = get(server, "/metrics")
    assert status == 200
    lines = text.splitlines()
    method = 'grpc_service="settlement.v1.WithdrawalService",grpc_method="SubmitWithdrawal"'
    assert f'grpc_server_handled_total{{{method},grpc_code="ok"}} 1' in lines, text
    assert f"grpc_server_handling_seconds_count{{{method}}} 1" in lines
    assert 'settle_withdrawals{state="APPROVED"} 1' in lines
    assert any(line.startswith("settle_journal_sync_seconds_count ") for line in lines)
    assert "settle_ledger_queue 0" in lines
    assert 'settle_alarms{code="BREAKER_OPEN"} 0' in lines
    assert any(line.startswith("process_resident_memory_bytes ") for line in lines)


def test_partners_get_no_figures(server):
    """Partners' certificates are of the same authority, and any of them read the house's float and withdrawals."""
    for path in ("/metrics", "/"):
        status, text = get(server, path, who="partner-demo")
        assert status == 403 and "settle_" not in text, path
    assert get(server, "/metrics", who="reader-demo")[0] == 200


@pytest.mark.parametrize(("who", "expected"), [("reader-demo", 200), ("partner-demo", 403)])
@pytest.mark.parametrize("version", ["1.1", "2"])
def test_certificates_are_seen_over_both_versions(server, version, who, expected):
    """The certificate is the connection's: over HTTP/1.1 it was looked for at the listener, and all were cut off."""
    place = next(door for door in server.doors if door.startswith("metrics on ")).rsplit(":", 1)
    command = ["curl", "-sS", "--max-time", "20", f"--http{version}", "--cacert", server.certs / "ca.pem"]
    command += ["--cert", server.certs / f"{who}.pem", "--key", server.certs / f"{who}.key", "-o", "/dev/null"]
    command += ["-w", "%{http_code} %{http_version}", f"https://127.0.0.1:{place[1]}/metrics"]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert out == f"{expected} {version}"


def test_strangers_and_other_paths_get_nothing(server):
    assert get(server, "/")[0] == 404
    with pytest.raises((ssl.SSLError, ConnectionError, http.client.HTTPException)):
        get(server, "/metrics", who=None)
