"""What needs a person is told three times: in the log, by `settle channel alarms`, and in the metrics. And it ends."""

from __future__ import annotations

import itertools
import json
import os
import subprocess

import pytest

from channels_file import write_channels
from scrape import METRICS, metrics
from serving import SETTLE, Server
from settle_client import ChannelState, Client, Money, Speed, State
from waiting import PATIENCE_SECONDS, until

TEN = Money.of("10.00")
# In the order of their fees: routing takes the cheapest that works.
CHANNELS = (
    ("steady", {}),
    ("wrong-card", {"payee_failure_permille": 1000}),
    ("down", {"technical_failure_permille": 1000}),
    ("short-pay", {"wrong_amount_permille": 1000}),
)

_serials = itertools.count(1)


@pytest.fixture(scope="module")
def watched(tmp_path_factory, certs, late):
    """A server whose alarms come early where they wait for time: doubt counts from a second on. (`late`: its minute
    begins now, and is over when test_promises.py looks.)"""
    place = tmp_path_factory.mktemp("alarms")
    outage = place / "outage"
    channels = write_channels(place, *CHANNELS, ("silent", {"outage_file": str(outage)}))
    channels.write_text("alarms: {in_doubt_seconds: 1}\n" + channels.read_text())
    server = Server(place / "data", certs, options=("--channels", channels, "--allow-simulated", *METRICS)).start()
    with server.client("partner-demo") as partner, server.client("operator-demo") as operator:
        partner.create_agent("bank")
        operator.deposit("bank", Money.of("1000000.00"), partner="demo")
        for name in ("wrong-card", "down", "short-pay", "silent"):
            operator.channels.fund(name, Money.of("1000.00"), f"transfer-{name}")
    # While it is there, the silent channel is.
    server.outage = outage
    yield server
    assert server.stop() == 0, server.log


@pytest.fixture
def partner(watched):
    with watched.client("partner-demo") as client:
        yield client


@pytest.fixture
def operator(watched):
    with watched.client("operator-demo") as client:
        yield client


@pytest.fixture
def only(operator):
    """Lets one channel work and no other."""

    def enable(*names: str) -> None:
        for channel in operator.channels.list():
            state = ChannelState.ENABLED if channel.id in names else ChannelState.DISABLED
            if channel.state != state:
                operator.channels.set_state(channel.id, state, "test")

    return enable


@pytest.fixture
def agent(partner, operator):
    """A fresh agent with 200,000.00 CNY."""
    name = f"agent-{next(_serials)}"
    partner.create_agent(name)
    operator.deposit(name, Money.of("200000.00"), partner="demo")
    return name


def submit(partner: Client, agent: str, amount: Money = TEN) -> str:
    return partner.submit(agent, amount, "payee", speed=Speed.EXPRESS).id


def commanded(server: Server, *words: str) -> dict:
    """What a command says, as JSON."""
    command = [str(SETTLE), *words, "--json", "--server", server.target, "--ca", str(server.certs / "ca.pem")]
    command += ["--cert", str(server.certs / "reader-demo.pem"), "--key", str(server.certs / "reader-demo.key")]
    variables = {name: value for name, value in os.environ.items() if not name.startswith("SETTLE_")}
    ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, env=variables)
    assert ended.returncode == 0, f"{command}: {ended.returncode}\n{ended.stdout}{ended.stderr}"
    return json.loads(ended.stdout)


def listed(server: Server) -> dict[tuple[str, str], str]:
    """Messages of all alarms, by code and subject."""
    found = commanded(server, "channel", "alarms")["alarms"]
    return {(alarm["code"], alarm["subject"]): alarm["message"] for alarm in found}


def raised(server: Server, code: str, subject: str) -> str:
    """The alarm's message, once it is logged; it is then listed and counted, too."""
    server.wait_for_log(f"alarm={code} subject={subject}")
    alarms = listed(server)
    assert metrics(server)[f'settle_alarms{{code="{code}"}}'] == sum(known == code for known, _ in alarms)
    return alarms[code, subject]


def over(server: Server, code: str, subject: str) -> None:
    """Returns when it is logged that it is over; it is then listed no more."""
    server.wait_for_log(f"alarm over alarm={code} subject={subject}")
    assert (code, subject) not in listed(server)


def test_a_float_that_is_low_until_it_is_funded(watched, partner, operator, only, agent):
    only("steady")
    id = submit(partner, agent)
    assert "1001 are needed" in raised(watched, "FLOAT_LOW", "steady")
    operator.channels.fund("steady", Money.of("200000.00"), "at last")
    until(partner, id, State.PAID, State.CONFIRMED)
    over(watched, "FLOAT_LOW", "steady")


def test_a_single_payout_above_50_000_yuan(watched, partner, only, agent):
    only("steady")
    until(partner, submit(partner, agent, Money.of("50000.00")), State.PAID, State.CONFIRMED)
    above = submit(partner, agent, Money.of("50000.01"))
    until(partner, above, State.PAID, State.CONFIRMED)
    assert "5000001 minor units CNY" in raised(watched, "LARGE_PAYOUT", above)
    assert [subject for code, subject in listed(watched) if code == "LARGE_PAYOUT"] == [above]


def test_three_payouts_of_an_agent_in_a_row(watched, partner, operator, only, agent):
    only("wrong-card")
    for _ in range(3):
        until(partner, submit(partner, agent), State.ACTION_REQUIRED)
    assert "3 payouts did not arrive" in raised(watched, "PAYOUTS_NOT_ARRIVED", f"demo/{agent}")
    raised(watched, "PAYOUTS_NOT_ARRIVED", "wrong-card")
    # One that arrives ends it for the agent; the channel has still paid nobody.
    only("steady")
    until(partner, submit(partner, agent), State.PAID, State.CONFIRMED)
    over(watched, "PAYOUTS_NOT_ARRIVED", f"demo/{agent}")
    raised(watched, "PAYOUTS_NOT_ARRIVED", "wrong-card")


def test_a_breaker_that_opens(watched, partner, only, agent):
    only("down")
    for _ in range(4):
        submit(partner, agent)
    raised(watched, "BREAKER_OPEN", "down")
    assert metrics(watched)['settle_channel_breaker{channel="down"}'] in (1, 2)
    # Somebody takes what waits.
    only("steady")


def test_a_doubt_that_lasts(watched, partner, only, agent):
    only("silent")
    watched.outage.touch()
    id = submit(partner, agent)
    until(partner, id, State.IN_DOUBT)
    assert "in doubt" in raised(watched, "IN_DOUBT_AGE", id)
    assert metrics(watched)['settle_channel_in_doubt{channel="silent"}'] == 1
    watched.outage.unlink()
    until(partner, id, State.PAID, State.CONFIRMED)
    over(watched, "IN_DOUBT_AGE", id)


def test_another_amount_than_was_asked_for(watched, partner, only, agent):
    only("short-pay")
    id = submit(partner, agent)
    until(partner, id, State.IN_DOUBT)
    assert "999 minor units" in raised(watched, "MISMATCH", id)
    figures = metrics(watched)
    assert figures['settle_channel_payouts_total{channel="short-pay",outcome="sent"}'] == 1
