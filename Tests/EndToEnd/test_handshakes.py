"""Who gets in: certificates and TLS settings that must be refused (A01, A05)."""

from __future__ import annotations

import shutil
import signal
import socket
import ssl
import subprocess
from pathlib import Path

import grpc
import pytest

from serving import Server, make_certificates
from wire import WITHDRAWALS, Failure, call

TIMEOUT_SECONDS = 30


def context(certs: Path, cert: Path | None, key: Path | None = None) -> ssl.SSLContext:
    made = ssl.create_default_context(cafile=str(certs / "ca.pem"))
    made.set_alpn_protocols(["h2"])
    if cert is not None:
        made.load_cert_chain(cert, key or cert.with_suffix(".key"))
    return made


def is_let_in(server: Server, tls: ssl.SSLContext) -> bool:
    """Whether the server speaks HTTP/2 with this client: it sends its SETTINGS.

    In TLS 1.3 the client's side of the handshake ends before the server has seen its certificate, so that only what
    comes afterwards tells.
    """
    host, port = server.target.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=TIMEOUT_SECONDS) as plain:
        try:
            with tls.wrap_socket(plain, server_hostname=host) as secure:
                secure.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00")
                frame = secure.recv(9)
                # Frame type 4 is SETTINGS.
                return len(frame) == 9 and frame[3] == 4
        except (ssl.SSLError, ConnectionError):
            return False


def openssl(*words: object, stdin: str = "") -> str:
    ended = subprocess.run(
        ["openssl", *map(str, words)], capture_output=True, text=True, input=stdin, timeout=TIMEOUT_SECONDS, check=False
    )
    return ended.stdout + ended.stderr


def issue(directory: Path, certs: Path, name: str, *, extensions: str, issuer: str | None = "ca") -> Path:
    """A client certificate with these extensions; by the development CA, or signed by itself."""
    cert, key, request = (directory / f"{name}.{end}" for end in ("pem", "key", "csr"))
    config = directory / f"{name}.cnf"
    config.write_text(extensions + "\n")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
            "-keyout", key, "-out", request)  # fmt: skip
    signer = (
        ["-signkey", key] if issuer is None else ["-CA", certs / f"{issuer}.pem", "-CAkey", certs / f"{issuer}.key"]
    )
    printed = openssl("x509", "-req", "-in", request, "-days", "2", *signer, "-set_serial", "4711", "-out", cert,
                      "-extfile", config)  # fmt: skip
    assert cert.exists(), printed
    return cert


CLIENT = "extendedKeyUsage=clientAuth\n"
DEMO = "subjectAltName=URI:spiffe://{domain}/partner/demo"


@pytest.fixture(scope="module")
def domain(certs):
    """The trust domain of the development certificates."""
    printed = openssl("x509", "-in", certs / "partner-demo.pem", "-noout", "-ext", "subjectAltName")
    return printed.split("spiffe://")[1].split("/")[0]


@pytest.fixture
def still_serves(server, demo):
    """After whatever a test does to it."""
    yield
    assert server.is_running
    demo.list_page()


def test_good_certificates(server, certs, still_serves):
    for who in ("partner-demo", "partner-other", "reader-demo", "operator-demo"):
        assert is_let_in(server, context(certs, certs / f"{who}.pem"))


def test_good_certificate_made_by_hand(server, certs, tmp_path, domain):
    """The refusals below would mean nothing if nothing that openssl makes were taken."""
    cert = issue(tmp_path, certs, "by-hand", extensions=CLIENT + DEMO.format(domain=domain))
    assert is_let_in(server, context(certs, cert))


def test_no_certificate(server, certs, still_serves):
    assert not is_let_in(server, context(certs, None))


def test_certificate_of_another_ca(server, certs, tmp_path, still_serves):
    elsewhere = make_certificates(tmp_path / "elsewhere")
    assert not is_let_in(server, context(certs, elsewhere / "partner-demo.pem"))


def test_certificate_signed_by_itself(server, certs, tmp_path, domain, still_serves):
    cert = issue(tmp_path, certs, "selfish", extensions=CLIENT + DEMO.format(domain=domain), issuer=None)
    assert not is_let_in(server, context(certs, cert))


def test_certificate_signed_by_a_partner(server, certs, tmp_path, domain, still_serves):
    """A partner's certificate is no authority."""
    cert = issue(tmp_path, certs, "child", extensions=CLIENT + DEMO.format(domain=domain), issuer="partner-other")
    chain = tmp_path / "chain.pem"
    chain.write_bytes(cert.read_bytes() + (certs / "partner-other.pem").read_bytes())
    assert not is_let_in(server, context(certs, chain, cert.with_suffix(".key")))


def test_server_certificate_as_a_client(server, certs, still_serves):
    assert not is_let_in(server, context(certs, certs / "server.pem"))


@pytest.mark.parametrize(
    ("what", "options"),
    [
        ("expired", ["--not-before", "2020-01-01T00:00:00Z", "--days", "30"]),
        ("not yet valid", ["--not-before", "2099-01-01T00:00:00Z", "--days", "30"]),
    ],
)
def test_certificate_out_of_its_time(what, options, certs, tmp_path):
    wrong = make_certificates(tmp_path / "wrong", *options)
    server = Server(tmp_path / "data", certs, client_ca=wrong / "ca.pem").start()
    try:
        assert not is_let_in(server, context(certs, wrong / "partner-demo.pem"))
        # One of the same authority that is in its time gets in.
        hand = issue(tmp_path, wrong, "in-time", extensions=CLIENT + "subjectAltName=URI:spiffe://x/partner/demo")
        assert is_let_in(server, context(certs, hand))
    finally:
        server.kill()


@pytest.mark.parametrize(
    "names",
    [
        "subjectAltName=DNS:localhost",
        "subjectAltName=URI:spiffe://{domain}/partner/demo,URI:spiffe://{domain}/partner/other",
        "subjectAltName=URI:spiffe://elsewhere.example/partner/demo",
        "subjectAltName=URI:spiffe://{domain}/partner/",
        "subjectAltName=URI:spiffe://{domain}/staff/root/me",
        "subjectAltName=URI:spiffe://{domain}/partner/demo/more",
        "subjectAltName=URI:https://{domain}/partner/demo",
    ],
)
def test_certificate_that_names_nobody(names, server, certs, tmp_path, domain, still_serves):
    """Signed by the right authority, but not for a principal: no call runs."""
    cert = issue(tmp_path, certs, "nobody", extensions=CLIENT + names.format(domain=domain))
    credentials = grpc.ssl_channel_credentials(
        (certs / "ca.pem").read_bytes(), cert.with_suffix(".key").read_bytes(), cert.read_bytes()
    )
    with grpc.secure_channel(server.target, credentials) as channel:
        result = call(channel, WITHDRAWALS + "ListWithdrawals", b"")
    assert isinstance(result, Failure)
    assert result.code in (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.UNAVAILABLE)


def test_old_tls(server, certs, still_serves):
    arguments = ["-connect", server.target, "-CAfile", certs / "ca.pem", "-cert", certs / "partner-demo.pem"]
    arguments += ["-key", certs / "partner-demo.key", "-alpn", "h2", "-cipher", "DEFAULT@SECLEVEL=0"]
    for version in ("-tls1", "-tls1_1"):
        printed = openssl("s_client", version, *arguments)
        assert "Cipher is (NONE)" in printed or "Cipher    : 0000" in printed, printed
    # The same command with a version that is taken, so that a wrong flag cannot pass for a refusal.
    assert "Cipher is (NONE)" not in openssl("s_client", "-tls1_2", *arguments)


def test_tls_1_2_and_1_3(server, certs):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        tls = context(certs, certs / "partner-demo.pem")
        tls.minimum_version = tls.maximum_version = version
        assert is_let_in(server, tls)


@pytest.mark.parametrize("protocols", [[], ["http/1.1"], ["h2c"], ["h3"]])
def test_without_h2(protocols, server, certs, still_serves):
    tls = ssl.create_default_context(cafile=str(certs / "ca.pem"))
    tls.load_cert_chain(certs / "partner-demo.pem", certs / "partner-demo.key")
    if protocols:
        tls.set_alpn_protocols(protocols)
    assert not is_let_in(server, tls)


def test_renegotiation(server, certs, still_serves):
    """A client of TLS 1.2 that asks for a second handshake gets none."""
    arguments = ["-tls1_2", "-connect", server.target, "-CAfile", certs / "ca.pem", "-alpn", "h2"]
    arguments += ["-cert", certs / "partner-demo.pem", "-key", certs / "partner-demo.key"]
    printed = openssl("s_client", *arguments, stdin="R\n")
    assert "RENEGOTIATING" in printed
    assert "no renegotiation" in printed or "handshake failure" in printed or "closed" in printed or "error" in printed


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_another_partners_session_ticket(version, server, certs, tmp_path, still_serves):
    """A session is never taken up under another certificate: identity comes from the handshake of this connection."""
    session = tmp_path / "session"
    common = [version, "-connect", server.target, "-CAfile", certs / "ca.pem", "-alpn", "h2"]

    def connect(who: str, *more: object) -> str:
        certificate = ["-cert", certs / f"{who}.pem", "-key", certs / f"{who}.key"]
        return openssl("s_client", *common, *certificate, *more)

    first = connect("partner-demo", "-sess_out", session)
    assert "\nNew, TLSv1" in first
    if not session.exists():
        return  # the server hands out nothing that could be taken up
    assert "\nReused, " not in connect("partner-other", "-sess_in", session)


def test_plain_text(server, still_serves):
    host, port = server.target.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=TIMEOUT_SECONDS) as plain:
        plain.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00" * 64)
        try:
            while plain.recv(4096):
                pass
        except ConnectionError:
            pass


def test_certificates_are_replaced_while_it_serves(certs, tmp_path):
    """A03: SIGHUP reads them again; a file that is no certificate keeps the old ones in use."""
    own = tmp_path / "certs"
    shutil.copytree(certs, own)
    server = Server(tmp_path / "data", own).start()

    def serial() -> str:
        printed = openssl("s_client", "-connect", server.target, "-alpn", "h2")
        return openssl("x509", "-noout", "-serial", stdin=printed)

    try:
        with server.client() as demo:
            demo.list_page()
            old = serial()
            assert "serial=" in old
            fresh = issue(tmp_path, certs, "fresh", extensions="subjectAltName=DNS:localhost,IP:127.0.0.1")
            for name, content in (("server.pem", fresh), ("server.key", fresh.with_suffix(".key"))):
                shutil.copyfile(content, own / name)
            server.signal(signal.SIGHUP)
            server.wait_for_log("certificates read again")
            assert serial() != old
            current = serial()
            (own / "server.pem").write_text("not a certificate")
            server.signal(signal.SIGHUP)
            server.wait_for_log("certificates not changed")
            assert serial() == current
            # The connection that was open all the while goes on.
            demo.list_page()
    finally:
        server.kill()
