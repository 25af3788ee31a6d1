"""The whole program over real TLS. One server for the tests that leave it as it was; those that kill or stop one, or
meddle with its data, start their own."""

from __future__ import annotations

import contextlib

import pytest

from serving import Server, make_certificates
from settle_client import Money


@pytest.fixture(scope="session")
def certs(tmp_path_factory):
    return make_certificates(tmp_path_factory.mktemp("pki") / "certs")


@pytest.fixture(scope="session")
def server(tmp_path_factory, certs):
    server = Server(tmp_path_factory.mktemp("shared") / "data", certs).start()
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
