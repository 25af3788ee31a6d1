"""Every call against the real server."""

import re
import runpy
import shlex
import sys
import uuid
from pathlib import Path

import pytest

from settle_client import (
    AlreadyExists,
    EntryKind,
    EtagMismatch,
    InsufficientFunds,
    InvalidArgument,
    Money,
    NewWithdrawal,
    NotCancelable,
    NotFound,
    OutOfRange,
    PermissionDenied,
    RequestIdReused,
    State,
)

TEN = Money.of("10.00")
CLIENT = Path(__file__).resolve().parent.parent
README = (CLIENT / "README.md").read_text()


def test_submit_get_cancel(demo, agent):
    submitted = demo.submit(agent, TEN, "payee", request_id=f"{agent}-1")
    assert submitted.state == State.APPROVED and submitted.cancelable and not submitted.final
    assert (submitted.agent, submitted.amount, submitted.payee) == (agent, TEN, "payee")
    assert submitted.net == Money(submitted.amount.minor_units - submitted.fee.minor_units)
    assert submitted.receipt.sequence > 0 and len(submitted.receipt.seal) == 32
    assert demo.get(submitted.id) == demo.get_by_request_id(f"{agent}-1") == submitted

    held = demo.balance(agent)
    assert (held.debits_pending, held.available) == (TEN, Money.of("990.00"))

    cancelled = demo.cancel(submitted.id)
    assert cancelled.state == State.CANCELLED and cancelled.final and not cancelled.cancelable
    assert cancelled.etag != submitted.etag
    assert demo.balance(agent).available == Money.of("1000.00")
    assert [entry.kind for entry in demo.entries(agent)] == [
        EntryKind.WITHDRAWAL_RELEASED,
        EntryKind.WITHDRAWAL_HELD,
        EntryKind.DEPOSIT,
    ]


def test_the_same_request_again(demo, agent):
    first = demo.submit(agent, TEN, "payee", request_id=f"{agent}-1")
    assert demo.submit(agent, TEN, "payee", request_id=f"{agent}-1").id == first.id
    assert demo.balance(agent).available == Money.of("990.00")
    with pytest.raises(RequestIdReused):
        demo.submit(agent, Money.of("11.00"), "payee", request_id=f"{agent}-1")
    assert demo.balance(agent).available == Money.of("990.00")


def test_a_refusal_is_kept(demo, operator, agent):
    for _ in range(2):
        with pytest.raises(InsufficientFunds):
            demo.submit(agent, Money.of("1000.01"), "payee", request_id=f"{agent}-1")
    operator.deposit(agent, TEN, partner="demo")
    with pytest.raises(InsufficientFunds):
        demo.submit(agent, Money.of("1000.01"), "payee", request_id=f"{agent}-1")
    with pytest.raises(InsufficientFunds):
        demo.get_by_request_id(f"{agent}-1")
    assert demo.submit(agent, Money.of("1000.01"), "payee").state == State.APPROVED


def test_cancel_with_an_etag(demo, agent):
    submitted = demo.submit(agent, TEN, "payee")
    with pytest.raises((EtagMismatch, InvalidArgument)):
        demo.cancel(submitted.id, etag=submitted.etag[:-1] + ("1" if submitted.etag[-1] != "1" else "2"))
    assert demo.get(submitted.id) == submitted
    demo.cancel(submitted.id, etag=submitted.etag)
    with pytest.raises(NotCancelable):
        demo.cancel(submitted.id)


def test_list_and_entries_over_pages(demo, agent):
    ids = [demo.submit(agent, Money(1), "payee").id for _ in range(7)]
    assert [withdrawal.id for withdrawal in demo.list(agent=agent, page_size=3)] == ids[::-1]
    demo.cancel(ids[2])
    assert [withdrawal.id for withdrawal in demo.list(agent=agent, state=State.CANCELLED)] == [ids[2]]
    assert len(list(demo.entries(agent, page_size=2))) == 9


def test_watch_from_now_and_from_a_cursor(demo, agent):
    page = demo.list_page(agent=agent)
    with demo.watch() as watch:
        submitted = demo.submit(agent, TEN, "payee")
        demo.cancel(submitted.id)
        seen = [next(watch), next(watch)]
    assert [(change.withdrawal.id, change.state) for change in seen] == [
        (submitted.id, State.APPROVED),
        (submitted.id, State.CANCELLED),
    ]
    with demo.watch(cursor=seen[0].cursor) as watch:
        assert next(watch).state == State.CANCELLED
    with demo.watch(cursor=page.cursor, id=submitted.id) as watch:
        assert [next(watch).cursor, next(watch).cursor] == [change.cursor for change in seen]


def test_watch_with_a_cursor_of_nowhere(demo):
    with demo.watch(cursor="nonsense") as watch, pytest.raises((InvalidArgument, OutOfRange)):
        next(watch)


def test_batch(demo, agent):
    items = [NewWithdrawal(agent, TEN, "payee") for _ in range(99)]
    items += [NewWithdrawal(agent, Money.of("1000.00"), "payee"), NewWithdrawal(uuid.uuid4().hex, TEN, "payee")]
    results = demo.batch_submit(items)
    assert [result.request_id for result in results] == [item.request_id for item in items]
    assert {result.state for result in results[:99]} == {State.APPROVED}
    assert isinstance(results[99], InsufficientFunds) and isinstance(results[100], NotFound)
    assert demo.batch_submit(items[:99]) == results[:99]
    assert demo.balance(agent).available == TEN


def test_agents(demo, operator):
    name = uuid.uuid4().hex
    created = demo.create_agent(name, request_id=name)
    assert (created.partner, created.agent) == ("demo", name)
    assert demo.get_agent(name) == operator.get_agent(name, partner="demo") == created
    assert demo.create_agent(name, request_id=name) == created
    with pytest.raises(AlreadyExists) as raised:
        demo.create_agent(name)
    assert not isinstance(raised.value, RequestIdReused)
    assert demo.balance(name).available == Money(0)


def test_deposits_are_the_operators(demo, operator, agent):
    receipt = operator.deposit(agent, TEN, partner="demo", external_reference=f"voucher {agent}")
    assert receipt.amount == TEN and receipt.balance.available == Money.of("1010.00")
    with pytest.raises(PermissionDenied):
        demo.deposit(agent, TEN, partner="demo")
    assert demo.balance(agent).available == Money.of("1010.00")


def test_errors_name_what_is_wrong(demo, agent):
    with pytest.raises(NotFound):
        demo.get_by_request_id("never used")
    with pytest.raises(InvalidArgument) as raised:
        demo.submit("", TEN, "x" * 65)
    assert {violation.field for violation in raised.value.violations} == {"agent", "payee"}


def test_the_other_partner_sees_nothing(live, demo, agent):
    submitted = demo.submit(agent, TEN, "payee")
    with live.client("partner-other") as other:
        for attempt in (lambda: other.get(submitted.id), lambda: other.cancel(submitted.id)):
            with pytest.raises(NotFound):
                attempt()
        assert list(other.list()) == []
    assert demo.get(submitted.id) == submitted


def test_the_example(live, monkeypatch, capsys):
    """As the README calls it, with the kind of server that the example asks for."""
    command = re.search(r"^python clients/python/(examples/\S+) (.*)$", README, re.MULTILINE)
    assert command, "the README calls no example"
    example = CLIENT / command[1]
    agent = uuid.uuid4().hex
    arguments = shlex.split(command[2].replace("127.0.0.1:7443", live.target))
    monkeypatch.setattr(sys, "argv", [str(example), *arguments, "--agent", agent])
    monkeypatch.chdir(live.certs.parent)
    documentation = runpy.run_path(str(example), run_name="__main__")["__doc__"]
    printed = capsys.readouterr().out
    for words in ("submitted wd_", "refused: ", "cancelled: CANCELLED, 1000.00 CNY available", "watched: wd_"):
        assert words in printed
    for text in (README, documentation):
        assert f"--rules {live.rules}" in text and "--client-ca certs/ca.pem" in text


def test_the_snippet_of_the_readme(live, demo, operator, monkeypatch, capsys):
    """Beside the withdrawal of the main README, and as often as you like."""
    demo.create_agent("a1")
    operator.deposit("a1", Money.of("1000.00"), partner="demo")
    demo.submit("a1", Money.of("50.00"), payee="demo", request_id="order-17")
    snippet = re.search(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)[1]
    monkeypatch.chdir(live.certs.parent)
    for state in ("APPROVED", "CANCELLED"):
        exec(snippet.replace("127.0.0.1:7443", live.target), {})
        assert state in capsys.readouterr().out
    assert [withdrawal.state for withdrawal in demo.list(agent="a1")] == [State.CANCELLED, State.APPROVED]


def test_the_readme_fits_a_screen():
    assert [line for line in README.splitlines() if len(line) > 130] == []
