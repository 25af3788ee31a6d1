"""A watch over connections that break."""

import grpc
import pytest

from misbehaving import fail
from settle_client import OutOfRange, Unavailable
from settle_client._proto import withdrawals_pb2


def heartbeat(cursor):
    return withdrawals_pb2.WatchWithdrawalsResponse(cursor=cursor, heartbeat=withdrawals_pb2.Heartbeat())


def change(cursor, id):
    return withdrawals_pb2.WatchWithdrawalsResponse(
        cursor=cursor,
        change=withdrawals_pb2.WithdrawalChange(withdrawal=withdrawals_pb2.Withdrawal(id=id)),
    )


def say(*messages, then=None):
    """A step that streams messages, and then ends in good order or as ``then`` does."""

    def step(request, context):
        yield from messages
        if then is not None:
            then(request, context)

    return step


BREAK = fail(grpc.StatusCode.UNAVAILABLE)


def test_goes_on_behind_the_last_change(server, connect, time):
    server.steps = [
        say(heartbeat("c0"), change("c1", "wd_1"), then=BREAK),
        say(then=BREAK),
        say(heartbeat("c1"), change("c2", "wd_2")),  # ends in good order, as before a stop
        say(change("c3", "wd_3"), then=fail(grpc.StatusCode.RESOURCE_EXHAUSTED, "too slow")),
        say(change("c4", "wd_4"), then=BREAK),
    ]
    with connect(time.policy()).watch(id="wd_x") as watch:
        assert [next(watch).withdrawal.id for _ in range(4)] == ["wd_1", "wd_2", "wd_3", "wd_4"]
        assert watch.cursor == "c4"
    assert [request.cursor for request in server.requests] == ["", "c1", "c1", "c2", "c3"]
    assert {request.id for request in server.requests} == {"wd_x"}


def test_a_heartbeat_moves_the_cursor(server, connect, time):
    server.steps = [say(heartbeat("c0"), heartbeat("c7"), then=BREAK), say(change("c8", "wd_8"))]
    with connect(time.policy()).watch() as watch:
        assert next(watch).withdrawal.id == "wd_8"
    assert server.requests[1].cursor == "c7"


def test_starts_with_knowing_where_now_is(server, connect, time):
    server.steps = [say(then=BREAK), say(heartbeat("c5"), then=BREAK)]
    with connect(time.policy()).watch() as watch:
        assert watch.cursor == "c5"


def test_from_a_cursor(server, connect, time):
    server.steps = [say(change("c10", "wd_10"))]
    with connect(time.policy()).watch(cursor="c9") as watch:
        assert next(watch).cursor == "c10"
    assert server.requests[0].cursor == "c9"


def test_a_cursor_beyond_the_end_is_not_asked_again(server, connect, time):
    server.steps = [say(then=fail(grpc.StatusCode.OUT_OF_RANGE))]
    with connect(time.policy()).watch(cursor="c9") as watch, pytest.raises(OutOfRange):
        next(watch)
    assert len(server.requests) == 1


def test_gives_up_after_the_deadline_without_a_word(server, connect, time):
    server.steps = [say(heartbeat("c0"))] + [say(then=BREAK)] * 100
    with connect(time.policy(deadline=10)).watch() as watch, pytest.raises(Unavailable):
        next(watch)
    assert sum(time.pauses) < 10


def test_closing_ends_the_iteration(server, connect, time):
    server.steps = [say(heartbeat("c0"), change("c1", "wd_1"), then=BREAK)]
    watch = connect(time.policy()).watch()
    next(watch)
    watch.close()
    assert list(watch) == []
