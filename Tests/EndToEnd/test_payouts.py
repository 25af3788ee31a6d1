"""Payouts by the whole program over simulated channels, whose troubles are certain (1,000 per mille) so that every test
knows what will happen: paid, a wrong card, a failing channel, no money there, a doubt that two people end."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import time

import pytest

from channels_file import write_channels
from serving import SETTLE, Server
from settle_client import (
    AttemptState,
    ChannelState,
    Client,
    Doubt,
    DoubtVerdict,
    FundsShort,
    Money,
    NextAction,
    NotFound,
    PermissionDenied,
    RouteVerdict,
    SamePerson,
    Speed,
    State,
    evidence_digest,
)
from waiting import PATIENCE_SECONDS, until

TEN = Money.of("10.00")
# In the order of their fees: routing takes the cheapest that works.
CHANNELS = (
    ("steady", {}),
    ("wrong-card", {"payee_failure_permille": 1000}),
    ("refuses", {"refusal_permille": 1000}),
    ("short-pay", {"wrong_amount_permille": 1000}),
    ("confirms", {"unconfirmed_permille": 1000}),
)

_serials = itertools.count(1)


@pytest.fixture(scope="module")
def paying(tmp_path_factory, certs):
    """A server that pays, with money at all its channels; each test enables the one that it is about."""
    place = tmp_path_factory.mktemp("paying")
    server = Server(
        place / "data", certs, options=("--channels", write_channels(place, *CHANNELS), "--allow-simulated")
    ).start()
    with server.client("operator-demo") as operator, server.client("partner-demo") as partner:
        partner.create_agent("bank")
        operator.deposit("bank", Money.of("100000.00"), partner="demo")
        for name, _ in CHANNELS:
            operator.channels.fund(name, Money.of("1000.00"), f"transfer-{name}")
    yield server
    assert server.stop() == 0, server.log


@pytest.fixture
def staff(paying):
    """Clients by certificate name, opened as they are asked for."""
    clients: dict[str, Client] = {}

    def client(name: str) -> Client:
        if name not in clients:
            clients[name] = paying.client(name)
        return clients[name]

    yield client
    for opened in clients.values():
        opened.close()


@pytest.fixture
def only(staff):
    """Lets one channel work and no other."""

    def enable(*names: str) -> None:
        operator = staff("operator-demo")
        for channel in operator.channels.list():
            state = ChannelState.ENABLED if channel.id in names else ChannelState.DISABLED
            if channel.state != state:
                operator.channels.set_state(channel.id, state, "test")

    return enable


@pytest.fixture
def agent(staff):
    """A fresh agent with 100.00 CNY."""
    name = f"agent-{next(_serials)}"
    staff("partner-demo").create_agent(name)
    staff("operator-demo").deposit(name, Money.of("100.00"), partner="demo")
    return name


def submit(partner: Client, agent: str, payee: str = "payee"):
    return partner.submit(agent, TEN, payee, speed=Speed.EXPRESS)


def test_paid_in_seconds(staff, only, agent):
    only("steady")
    partner = staff("partner-demo")
    began = time.monotonic()
    submitted = submit(partner, agent)
    paid = until(partner, submitted.id, State.PAID, State.CONFIRMED)
    assert time.monotonic() - began < PATIENCE_SECONDS
    assert [attempt.state for attempt in paid.attempts] == [AttemptState.PAID]
    attempt = paid.attempts[0]
    assert (attempt.number, attempt.channel, attempt.failure, attempt.channel_fee) == (1, "steady", None, None)
    assert attempt.key == submitted.id[3:] + "01" and attempt.channel_reference
    assert partner.balance(agent).available == Money.of("90.00")
    # Staff read what the channel took, and why it was chosen, out of the journal.
    explained = staff("reader-demo").channels.attempts(paid.id)
    assert [found.attempt.channel_fee for found in explained] == [Money(1)]
    assert explained[0].receipt.sequence > 0 and len(explained[0].receipt.seal) == 32
    verdicts = {candidate.channel: candidate.verdict for candidate in explained[0].candidates}
    assert verdicts["steady"] == RouteVerdict.CHOSEN and verdicts["refuses"] == RouteVerdict.NOT_ENABLED
    assert staff("reader-demo").channels.explain(paid.id).chosen == "steady"


def test_a_wrong_card_is_amended_and_paid(staff, only, agent):
    only("wrong-card")
    partner = staff("partner-demo")
    failed = until(partner, submit(partner, agent).id, State.ACTION_REQUIRED)
    assert failed.retryable and failed.cancelable and failed.deadline is not None
    assert failed.failure == failed.attempts[-1].failure and failed.failure.iso_reason
    assert failed.failure.next_action in (NextAction.AMEND_PAYEE, NextAction.RETRY)
    assert any("\u4e00" <= symbol <= "\u9fff" for symbol in failed.failure.message_zh)
    assert partner.balance(agent).available == Money.of("90.00")
    only("steady")
    amended = partner.amend(failed.id, "payee-2", etag=failed.etag)
    assert amended.payee == "payee-2" and amended.fee == failed.fee
    paid = until(partner, failed.id, State.PAID, State.CONFIRMED)
    assert [attempt.channel for attempt in paid.attempts] == ["wrong-card", "steady"]
    assert paid.failure is None and paid.attempts[0].failure is not None
    assert partner.balance(agent).available == Money.of("90.00")


def test_a_retry_goes_on_as_it_is(staff, only, agent):
    only("wrong-card")
    partner = staff("partner-demo")
    failed = until(partner, submit(partner, agent).id, State.ACTION_REQUIRED)
    with pytest.raises(NotFound):
        staff("partner-other").retry(failed.id)
    only("steady")
    retried = staff("operator-demo").retry(failed.id)
    assert retried.payee == failed.payee
    assert until(partner, failed.id, State.PAID, State.CONFIRMED).attempts[-1].channel == "steady"


def test_a_refusal_gives_the_money_back(staff, only, agent):
    only("refuses")
    partner = staff("partner-demo")
    failed = until(partner, submit(partner, agent).id, State.FAILED)
    assert failed.final and not failed.retryable and failed.failure.next_action == NextAction.CONTACT_SUPPORT
    assert partner.balance(agent).available == Money.of("100.00")


def test_a_payout_waits_for_money_at_the_channel(staff, only, agent):
    only("steady")
    partner, finance = staff("partner-demo"), staff("finance-carol")
    free = next(channel for channel in finance.channels.list() if channel.id == "steady").floats[0].available
    finance.channels.fund("steady", Money(-free.minor_units), "moved back")
    with pytest.raises(FundsShort):
        finance.channels.fund("steady", Money(-1), "moved back again")
    waiting = submit(partner, agent)
    explained = staff("reader-demo").channels.explain(waiting.id)
    verdicts = {candidate.channel: candidate.verdict for candidate in explained.candidates}
    assert explained.chosen == "" and verdicts["steady"] == RouteVerdict.FLOAT_LOW
    assert partner.get(waiting.id).state == State.APPROVED
    funded = finance.channels.fund("steady", free, "back again")
    assert funded.floats[0].available.minor_units <= free.minor_units
    assert until(partner, waiting.id, State.PAID, State.CONFIRMED).attempts[0].channel == "steady"


def test_a_disabled_channel_gets_nothing(staff, only, agent):
    only()
    partner, operator = staff("partner-demo"), staff("operator-demo")
    asked = operator.channels.explain_question(TEN, Speed.EXPRESS)
    assert asked.chosen == "" and {found.verdict for found in asked.candidates} == {RouteVerdict.NOT_ENABLED}
    waiting = submit(partner, agent)
    with pytest.raises(PermissionDenied):
        staff("finance-carol").channels.set_state("steady", ChannelState.ENABLED, "test")
    enabled = operator.channels.set_state("steady", ChannelState.ENABLED, "works again")
    assert (enabled.state, enabled.reason, enabled.simulated) == (ChannelState.ENABLED, "works again", True)
    assert until(partner, waiting.id, State.PAID, State.CONFIRMED).attempts[0].channel == "steady"
    health = operator.channels.health("steady")
    assert health.in_doubt == 0 and health.in_flight <= health.in_flight_maximum
    with pytest.raises(NotFound) as unknown:
        operator.channels.health("card-x")
    assert "steady" in unknown.value.metadata["known"]


def test_two_people_of_finance_end_a_doubt(staff, only, agent, tmp_path):
    only("short-pay")
    partner = staff("partner-demo")
    doubtful = until(partner, submit(partner, agent).id, State.IN_DOUBT)
    assert doubtful.attempts[-1].state == AttemptState.MISMATCH and not doubtful.cancelable
    assert doubtful.id in {alarm.subject for alarm in staff("reader-demo").channels.alarms()}
    evidence = tmp_path / "statement.csv"
    evidence.write_text(f"{doubtful.attempts[-1].key};9.99\n")
    paid = Doubt(doubtful.id, DoubtVerdict.PAID, evidence_digest(evidence), Money.of("9.99"))
    carol, dave = staff("finance-carol"), staff("finance-dave")
    proposal = carol.channels.resolve_in_doubt(paid)
    assert proposal.subject == paid and proposal.proposer == "carol"
    with pytest.raises(SamePerson):
        carol.proposals.confirm(proposal)
    dave.proposals.confirm(proposal)
    assert partner.get(doubtful.id).state == State.PAID


def test_the_commands(paying, staff, only, agent, tmp_path):
    def settle(who: str, *words: str, expect: int = 0) -> dict:
        command = [str(SETTLE), *words, "--json", "--server", paying.target, "--ca", str(paying.certs / "ca.pem")]
        command += ["--cert", str(paying.certs / f"{who}.pem"), "--key", str(paying.certs / f"{who}.key")]
        variables = {name: value for name, value in os.environ.items() if not name.startswith("SETTLE_")}
        ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, env=variables)
        assert ended.returncode == expect, f"{command}: {ended.returncode}\n{ended.stdout}{ended.stderr}"
        text = ended.stdout if expect == 0 else ended.stderr
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")][-1]

    only()
    listed = settle("reader-demo", "channel", "list")["channels"]
    assert [channel["id"] for channel in listed] == [name for name, _ in CHANNELS]
    assert {channel["state"] for channel in listed} == {"DISABLED"}
    enabled = settle("operator-demo", "channel", "set", "short-pay", "--state", "enabled", "--reason", "test")
    assert enabled["state"] == "ENABLED"
    more = ("channel", "fund", "short-pay", "--amount", "5.00", "--reference", "t9", "--request-id", "fund-9")
    first = settle("finance-carol", *more)
    assert settle("finance-carol", *more)["floats"] == first["floats"]
    error = settle("finance-carol", "channel", "fund", "card-x", "--amount", "1.00", "--reference", "t", expect=2)
    assert error["error"]["reason"] == "CHANNEL_NOT_FOUND" and error["error"]["message_zh"]
    partner = staff("partner-demo")
    doubtful = until(partner, submit(partner, agent).id, State.IN_DOUBT)
    shown = settle("partner-demo", "get", doubtful.id)
    assert shown["attempts"][0]["state"] == "MISMATCH" and shown["failure"] is None and not shown["retryable"]
    route = settle("reader-demo", "route", "explain", doubtful.id)
    assert route["chosen"] == "short-pay"
    assert settle("reader-demo", "channel", "attempts", doubtful.id)["attempts"][0]["candidates"] == route["candidates"]
    assert settle("reader-demo", "channel", "health", "short-pay")["channel"] == "short-pay"
    codes = {alarm["code"] for alarm in settle("reader-demo", "channel", "alarms")["alarms"]}
    assert "MISMATCH" in codes
    asked = settle("reader-demo", "route", "explain", "--amount", "10.00", "--speed", "express")
    assert asked["chosen"] == "short-pay"
    evidence = tmp_path / "statement.pdf"
    evidence.write_bytes(b"left: 9.99")
    doubt = ("proposal", "doubt", doubtful.id, "--verdict", "strayed", "--paid", "9.99", "--evidence", str(evidence))
    proposal = settle("finance-carol", *doubt)
    assert proposal["subject"]["evidence"] == evidence_digest(evidence).hex()
    confirmed = settle("finance-dave", "proposal", "confirm", proposal["id"], "--digest", proposal["digest"])
    assert confirmed["state"] == "CONFIRMED"
    assert partner.get(doubtful.id).state == State.FAILED
    refused = settle("partner-demo", "retry", doubtful.id, expect=1)
    assert refused["error"]["reason"] == "NOT_ACTION_REQUIRED"


def test_what_was_paid_outlives_a_kill(tmp_path, certs):
    """The attempts, and why their channels were chosen, are read from the journal after a crash as before."""
    server = Server(
        tmp_path / "data", certs, options=("--channels", write_channels(tmp_path, CHANNELS[0]), "--allow-simulated")
    ).start()
    try:
        with server.client("partner-demo") as partner, server.client("operator-demo") as operator:
            partner.create_agent("a1")
            operator.deposit("a1", Money.of("100.00"), partner="demo")
            operator.channels.fund("steady", Money.of("50.00"), "t1")
            before = until(partner, submit(partner, "a1").id, State.PAID, State.CONFIRMED)
            attempts = operator.channels.attempts(before.id)
        server.kill()
        server.start()
        with server.client("partner-demo") as partner, server.client("operator-demo") as operator:
            assert partner.get(before.id).attempts == before.attempts
            assert operator.channels.attempts(before.id) == attempts
            assert partner.balance("a1").available == Money.of("90.00")
    finally:
        server.kill()
