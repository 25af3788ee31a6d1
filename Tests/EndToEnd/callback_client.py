"""Plays a payment channel, and worse callers, against a listener for callbacks; prints what came back as JSON.

    python3 callback_client.py calls|slow|crowd|share|old|refused|peer PORT CA_FILE

Signs by Python's hmac, speaks through Python's ssl and through curl (HTTP/1.1 and HTTP/2): nothing of ours.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import select
import socket
import ssl
import subprocess
import sys
import tempfile
import time

SECRET = b"a secret of channel and platform"
DRIP_SECONDS = 0.02


def signed(ca: str, event: dict, *, secret: bytes = SECRET, age: int = 0) -> tuple[bytes, dict[str, str]]:
    body = json.dumps(event).encode()
    stamp = str(int(time.time()) - age)
    mac = hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return body, {"x-time": stamp, "x-signature": mac}


def curl(version: str, port: int, ca: str, path: str, body: bytes | None, headers: dict[str, str]) -> dict:
    with tempfile.NamedTemporaryFile() as file:
        file.write(body or b"")
        file.flush()
        command = ["curl", "-sS", "--max-time", "30", f"--http{version}", "--cacert", ca]
        command += ["-w", "\n%{http_code} %{http_version}", f"https://localhost:{port}{path}"]
        command += [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
        if body is not None:
            command += ["--data-binary", f"@{file.name}"]
        out = subprocess.run(command, capture_output=True, text=True)
    text, _, last = out.stdout.rpartition("\n")
    status, _, spoken = last.partition(" ")
    return {"status": int(status or 0), "version": spoken, "body": text}


def calls(port: int, ca: str) -> dict:
    results = {}
    for version in ("1.1", "2"):

        def call(name: str, body, headers, path="/notifications/signing", version=version):
            results[f"{name} {version}"] = curl(version, port, ca, path, body, headers)

        event = {"key": sys.argv[4], "id": f"event {version}"}
        body, headers = signed(ca, event)
        call("good", body, headers)
        call("replayed", body, headers)
        call("signed again", *signed(ca, event))
        call("with a query", *signed(ca, event), path="/notifications/signing?a=b")
        call("forged", *signed(ca, event, secret=b"guessed"))
        call("altered", body.replace(b"event", b"evens"), headers)
        call("unsigned", body, {})
        call("stale", *signed(ca, event, age=3600))
        call("from the future", *signed(ca, event, age=-3600))
        call("malformed", *signed(ca, {"id": 1}))
        call("unknown key", *signed(ca, {"key": "X", "id": "1"}))
        call("empty", b"", {})
        call("unknown channel", body, headers, path="/notifications/other")
        call("no channel", body, headers, path="/notifications/")
        call("other path", body, headers, path="/")
        call("long path", body, headers, path="/notifications/" + "x" * 5000)
        call("without callbacks", body, headers, path="/notifications/silent")
        call("read", None, {})
        call("just fits", b" " * (64 << 10), {})
        call("too long", b" " * ((64 << 10) + 1), {})
        call("far too long", b" " * (20 << 20), {})
        call("many headers", body, {f"x-{number}": "v" * 100 for number in range(500)})
    connection = http.client.HTTPSConnection("localhost", port, context=context(ca), timeout=30)
    connection.request("POST", "/notifications/signing", (b" " * 1000 for _ in range(100)), encode_chunked=True)
    results["too long in pieces 1.1"] = {"status": connection.getresponse().status, "version": "1.1", "body": ""}
    return results


def context(ca: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca)


def connect(port: int, ca: str) -> ssl.SSLSocket:
    plain = socket.create_connection(("localhost", port), timeout=30)
    return context(ca).wrap_socket(plain, server_hostname="localhost")


def drip(stream: socket.socket, data: bytes) -> str:
    """Sends one byte after the other until the server says something or hangs up."""
    stream.settimeout(DRIP_SECONDS)
    for byte in data:
        try:
            stream.sendall(bytes([byte]))
            answer = stream.recv(4096)
            return answer.split(b"\r\n")[0].decode() or "closed"
        except TimeoutError:
            continue
        except OSError:
            return "closed"
    return "all taken"


def slow(port: int, ca: str) -> dict:
    head = b"POST /notifications/signing HTTP/1.1\r\nhost: localhost\r\ncontent-length: 60000\r\n\r\n"
    results = {}
    stream = connect(port, ca)
    stream.sendall(head)
    results["body"] = drip(stream, b" " * 60000)
    results["headers"] = drip(connect(port, ca), b"POST / HTTP/1.1\r\nx: " + b"y" * 60000)
    results["hello"] = drip(socket.create_connection(("localhost", port)), b"\x16\x03\x01\x40\x00\x01" + bytes(60000))
    nothing = socket.create_connection(("localhost", port), timeout=30)
    results["nothing"] = "closed" if nothing.recv(1) == b"" else "spoke"
    silent = connect(port, ca)
    results["nothing after the handshake"] = "closed" if silent.recv(1) == b"" else "spoke"
    stream = connect(port, ca)
    stream.sendall(head + b"half of it")
    stream.close()
    event = {"key": sys.argv[4], "id": "after all that"}
    results["good"] = curl("2", port, ca, "/notifications/signing", *signed(ca, event))["status"]
    return results


def crowd(port: int, ca: str) -> dict:
    """More connections than are let in; the last gets its turn when the idle ones are closed."""
    idle = [socket.create_connection(("localhost", port)) for _ in range(20)]
    event = {"key": sys.argv[4], "id": "in the crowd"}
    status = curl("1.1", port, ca, "/notifications/signing", *signed(ca, event))["status"]
    return {"idle": len(idle), "good": status}


def share(port: int, ca: str) -> dict:
    """One address opens more connections than it may; another one is served meanwhile."""
    mine = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(6)]
    readable, closed = mine, 0
    while readable and closed < 2:
        readable = select.select(mine, [], [], 2)[0]
        for stream in readable:
            closed += stream.recv(1) == b""
            mine.remove(stream)
    body, headers = signed(ca, {"key": sys.argv[4], "id": "from elsewhere"})
    other = socket.create_connection(("127.0.0.1", port), timeout=30, source_address=("127.0.0.2", 0))
    with context(ca).wrap_socket(other, server_hostname="localhost") as stream:
        status = ask(stream, "POST", "/notifications/signing", body, headers)
    return {"closed": closed, "elsewhere": status}


def ask(stream: ssl.SSLSocket, method: str, path: str, body: bytes = b"", headers: dict | None = None) -> int:
    """The status of a request on a connection that stays; 0 where it was closed."""
    lines = [f"{method} {path} HTTP/1.1", "host: localhost", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    try:
        stream.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        reply = http.client.HTTPResponse(stream)
        reply.begin()
        reply.read()
        return reply.status
    except (OSError, http.client.HTTPException):
        return 0


def old(port: int, ca: str) -> dict:
    """How long connections are kept on which requests come again and again."""
    body, headers = signed(ca, {"key": sys.argv[4], "id": "again"})
    stream = connect(port, ca)
    count, end = 0, time.monotonic() + 8
    while time.monotonic() < end and ask(stream, "POST", "/notifications/signing", body, headers) == 200:
        count += 1
        # What is measured is time: a request now and then, as a stranger would.
        select.select([stream], [], [], 0.2)
    return {"asked": count, "kept": int(time.monotonic() >= end)}


def refused(port: int, ca: str) -> dict:
    """Whether the connection is closed after what is refused."""
    results = {}
    for name, method, path in (("401", "POST", "/notifications/signing"), ("404", "GET", "/"), ("405", "GET", None)):
        stream = connect(port, ca)
        stream.settimeout(6)
        results[name] = ask(stream, method, path or "/notifications/signing")
        try:
            results[name + " closed"] = int(stream.recv(1) == b"")
        except TimeoutError:
            results[name + " closed"] = 0
    return results


def peer(port: int, ca: str) -> dict:
    """The server's certificate, and what it speaks."""
    insecure = ssl._create_unverified_context()
    versions = {}
    for version in (ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        old = ssl._create_unverified_context()
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version = old.maximum_version = version
        try:
            with socket.create_connection(("localhost", port)) as plain, old.wrap_socket(plain) as stream:
                versions[version.name] = stream.version()
        except ssl.SSLError:
            versions[version.name] = "refused"
    with socket.create_connection(("localhost", port)) as plain, insecure.wrap_socket(plain) as stream:
        certificate = stream.getpeercert(binary_form=True)
    return {"certificate": hashlib.sha256(certificate).hexdigest(), "versions": versions}


if __name__ == "__main__":
    play = {"calls": calls, "slow": slow, "crowd": crowd, "share": share, "old": old, "refused": refused, "peer": peer}[
        sys.argv[1]
    ]
    print(json.dumps(play(int(sys.argv[2]), sys.argv[3])))
