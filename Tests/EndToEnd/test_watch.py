"""Watching: from now, from a cursor, across a restart, only one's own."""

import pytest

from settle_client import InvalidArgument, Money, NotFound, OutOfRange, RetryPolicy, State

TEN = Money.of("10.00")


def test_every_change_once_and_in_order(demo, agent):
    page = demo.list_page(agent=agent)
    withdrawals = [demo.submit(agent, Money(i + 1), "payee") for i in range(20)]
    for withdrawal in withdrawals[::2]:
        demo.cancel(withdrawal.id)
    expected = [(withdrawal.id, State.APPROVED) for withdrawal in withdrawals]
    expected += [(withdrawal.id, State.CANCELLED) for withdrawal in withdrawals[::2]]
    with demo.watch(cursor=page.cursor) as watch:
        seen = [next(watch) for _ in expected]
    assert [(change.withdrawal.id, change.state) for change in seen] == expected
    # From each event on comes exactly what followed it.
    for position in (0, 7, 28):
        with demo.watch(cursor=seen[position].cursor) as watch:
            rest = [next(watch) for _ in seen[position + 1 :]]
        assert [change.cursor for change in rest] == [change.cursor for change in seen[position + 1 :]]


def test_only_one_withdrawal(demo, agent):
    page = demo.list_page()
    first, second = demo.submit(agent, TEN, "payee"), demo.submit(agent, TEN, "payee")
    demo.cancel(first.id)
    demo.cancel(second.id)
    with demo.watch(cursor=page.cursor, id=second.id) as watch:
        assert [next(watch).state, next(watch).state] == [State.APPROVED, State.CANCELLED]


def test_only_ones_own(demo, other, operator, agent):
    other.create_agent(agent)
    operator.deposit(agent, TEN, partner="other")
    with other.watch() as theirs, operator.watch(partner="demo") as staff:
        mine = demo.submit(agent, TEN, "payee")
        withdrawal = other.submit(agent, TEN, "payee")
        assert next(theirs).withdrawal.id == withdrawal.id
        assert next(staff).withdrawal.id == mine.id


def test_a_cursor_is_the_partners_own(demo, other, agent):
    demo.submit(agent, TEN, "payee")
    with other.watch(cursor=demo.list_page().cursor) as watch, pytest.raises((InvalidArgument, OutOfRange, NotFound)):
        next(watch)


def test_across_a_restart_with_sigkill(own_server):
    """A watch that was open goes on; a cursor that was kept is good in the next life."""
    own_server.start()
    with own_server.client("partner-demo") as demo, own_server.client("operator-demo") as operator:
        demo.create_agent("a1")
        operator.deposit("a1", Money.of("1000.00"), partner="demo")
        cursor = demo.list_page().cursor
        first = demo.submit("a1", TEN, "payee")
        with demo.watch(cursor=cursor) as watch:
            assert next(watch).withdrawal.id == first.id
            kept = watch.cursor
    own_server.kill()
    own_server.start()
    with own_server.client("partner-demo") as demo:
        second = demo.submit("a1", TEN, "payee")
        with demo.watch(cursor=kept) as watch:
            assert next(watch).withdrawal.id == second.id
        with demo.watch(cursor=cursor) as watch:
            assert [next(watch).withdrawal.id for _ in range(2)] == [first.id, second.id]


def test_a_cursor_beyond_the_end(own_server, server, demo, agent):
    """Of another ledger: nothing that it names can be found here."""
    demo.submit(agent, TEN, "payee")
    foreign = demo.list_page().cursor
    own_server.start()
    impatient = RetryPolicy(deadline=5)
    with (
        own_server.client("partner-demo", retry_policy=impatient) as elsewhere,
        elsewhere.watch(cursor=foreign) as watch,
        pytest.raises((OutOfRange, InvalidArgument)),
    ):
        next(watch)
