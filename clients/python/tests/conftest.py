"""Fixtures: a server that misbehaves on demand, and the real one.

The real one is the binary named by SETTLE_BIN, or that of the debug build.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import grpc
import pytest
from misbehaving import Misbehaving
from settle_client import Client, Money, RetryPolicy

SETTLE = Path(os.environ.get("SETTLE_BIN") or Path(__file__).resolve().parents[3] / ".build/debug/settle")


class Time:
    """A clock that only pauses move, and the pauses that were asked for."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def clock(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def policy(self, **changes) -> RetryPolicy:
        """A policy on this clock, whose random pauses are always the longest allowed."""
        return RetryPolicy(pause=self.pause, clock=self.clock, uniform=lambda low, high: high, **changes)


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def server():
    server = Misbehaving()
    yield server
    server.stop()


@pytest.fixture
def connect(server):
    """Makes clients of the misbehaving server."""
    clients = []

    def make(policy: RetryPolicy) -> Client:
        clients.append(Client.over(grpc.insecure_channel(f"127.0.0.1:{server.port}"), retry_policy=policy))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


class Live:
    """A running settle server with development certificates."""

    def __init__(self, target: str, certs: Path) -> None:
        self.target = target
        self.certs = certs

    def client(self, who: str, **options) -> Client:
        return Client(
            self.target,
            ca=self.certs / "ca.pem",
            cert=self.certs / f"{who}.pem",
            key=self.certs / f"{who}.key",
            **options,
        )


@pytest.fixture(scope="session")
def live(tmp_path_factory):
    if not SETTLE.exists():
        pytest.fail(f"{SETTLE} is not built; run swift build, or name the binary in SETTLE_BIN")
    home = tmp_path_factory.mktemp("live")
    certs = home / "certs"
    subprocess.run([SETTLE, "certs", "--out", certs], check=True, stdout=subprocess.DEVNULL)
    arguments = [SETTLE, "serve", "--data", home / "data", "--listen", "127.0.0.1:0"]
    arguments += ["--tls-cert", certs / "server.pem", "--tls-key", certs / "server.key"]
    arguments += ["--client-ca", certs / "ca.pem"]
    with open(home / "log", "wb") as log:
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=log, text=True)
    prefix = "listening on "
    line = next((line for line in process.stdout if line.startswith(prefix)), None)
    if line is None:
        pytest.fail(f"the server did not start: {(home / 'log').read_text()}")
    yield Live(line[len(prefix) :].strip(), certs)
    process.terminate()
    assert process.wait(timeout=30) == 0, (home / "log").read_text()


@pytest.fixture
def demo(live):
    with live.client("partner-demo") as client:
        yield client


@pytest.fixture
def operator(live):
    with live.client("operator-demo") as client:
        yield client


@pytest.fixture
def agent(request, demo, operator):
    """A fresh agent of partner demo with 1,000.00 CNY."""
    name = request.node.name[:60]
    demo.create_agent(name)
    operator.deposit(name, Money.of("1000.00"), partner="demo")
    return name
