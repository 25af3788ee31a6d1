"""The whole program over real TLS. One server for the tests that leave it as it was; those that kill or stop one, or
meddle with its data, start their own."""

from __future__ import annotations

import contextlib

import pytest

from channels_file import write_channels
from scrape import METRICS
from serving import Server, make_certificates
from settle_client import Money, Speed


@pytest.fixture(scope="session")
def certs(tmp_path_factory):
    return make_certificates(tmp_path_factory.mktemp("pki") / "certs")


@pytest.fixture(scope="session")
def server(tmp_path_factory, certs):
    server = Server(tmp_path_factory.mktemp("shared") / "data", certs).start()
    yield server
    assert server.stop() == 0, server.log


@pytest.fixture(scope="session")
def late(tmp_path_factory, certs):
    """A server with an express payout that nobody can pay, from the time on at which a test asks for it first: the
    minute that was promised passes while other tests run."""
    place = tmp_path_factory.mktemp("late")
    channels = write_channels(place, ("steady", {}))
    server = Server(place / "data", certs, options=("--channels", channels, "--allow-simulated", *METRICS)).start()
    with server.client("partner-demo") as partner, server.client("operator-demo") as operator:
        partner.create_agent("a1")
        operator.deposit("a1", Money.of("100.00"), partner="demo")
        server.late_payout = partner.submit("a1", Money.of("10.00"), "payee", speed=Speed.EXPRESS).id
    yield server
    assert server.stop() == 0, server.log


@pytest.fixture
def own_server(tmp_path, certs):
    """A server of this test alone, not started; killed at the end if it still runs."""
    server = Server(tmp_path / "data", certs)
    yield server
    server.kill()


@pytest.fixture
def demo(server):
    with server.client("partner-demo") as client:
        yield client


@pytest.fixture
def other(server):
    with server.client("partner-other") as client:
        yield client


@pytest.fixture
def operator(server):
    with server.client("operator-demo") as client:
        yield client


@pytest.fixture
def agent(request, demo, operator):
    """A fresh agent of partner demo with 1,000.00 CNY."""
    name = f"{request.node.name[:48]}-{operator.list_page(partner='demo').cursor[-12:]}"
    demo.create_agent(name)
    operator.deposit(name, Money.of("1000.00"), partner="demo")
    return name


@pytest.fixture
def nothing_changes(demo, operator):
    """A context in which not one record is written: the cursor of the journal's end stays where it is."""

    @contextlib.contextmanager
    def watching():
        before = operator.list_page(partner="demo").cursor
        yield
        assert operator.list_page(partner="demo").cursor == before

    return watching
