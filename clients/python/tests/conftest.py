"""Fixtures: a server that misbehaves on demand, and the real one."""

from __future__ import annotations

import grpc
import pytest

from misbehaving import Misbehaving
from serving import Server, make_certificates
from settle_client import Client, Money, RetryPolicy


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


@pytest.fixture(scope="session")
def live(tmp_path_factory):
    """The real server."""
    home = tmp_path_factory.mktemp("live")
    server = Server(home / "data", make_certificates(home / "certs")).start()
    yield server
    assert server.stop() == 0, server.log


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
