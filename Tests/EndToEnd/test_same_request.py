"""Requests that come more than once, from one place or from a hundred (faults N01, N02, N05)."""

import threading

import grpc
import pytest

from settle_client import Money, SettleError, State
from settle_client._proto import withdrawals_pb2
from wire import WITHDRAWALS, call, money, open_channel, text

TEN = Money.of("10.00")


def at_once(count, work):
    """Runs ``work(i)`` in as many threads, released together; their results in order."""
    barrier = threading.Barrier(count)
    results = [None] * count

    def run(i):
        barrier.wait()
        results[i] = work(i)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_the_same_submit_from_100_connections_at_once(server, demo, agent):
    request = text(1, agent[-40:].encode()) + text(2, agent.encode()) + text(3, money(1000)) + text(4, b"payee")
    # A pool of its own gives each channel a connection of its own.
    channels = [open_channel(server, **{"grpc.use_local_subchannel_pool": 1}) for _ in range(100)]
    at_once(100, lambda i: grpc.channel_ready_future(channels[i]).result(timeout=30))
    replies = at_once(100, lambda i: call(channels[i], WITHDRAWALS + "SubmitWithdrawal", request))
    for channel in channels:
        channel.close()
    assert all(isinstance(reply, bytes) for reply in replies), next(r for r in replies if not isinstance(r, bytes))
    assert len(set(replies)) == 1
    assert demo.balance(agent).available == Money.of("990.00")
    assert [w.id for w in demo.list(agent=agent)] == [withdrawals_pb2.Withdrawal.FromString(replies[0]).id]


def test_the_same_cancel_at_once(demo, agent):
    withdrawal = demo.submit(agent, TEN, "payee")
    cancelled = at_once(20, lambda _: demo.cancel(withdrawal.id, request_id=f"{agent[-40:]}-c"))
    assert len(set(cancelled)) == 1 and cancelled[0].state == State.CANCELLED
    assert demo.balance(agent).available == Money.of("1000.00")


def test_different_cancels_at_once(demo, agent):
    """One of them cancels; the others learn that it is too late."""
    withdrawal = demo.submit(agent, TEN, "payee")

    def cancel(i):
        try:
            return demo.cancel(withdrawal.id, request_id=f"{agent[-40:]}-c{i}").state.name
        except SettleError as error:
            return error.reason

    assert sorted(at_once(20, cancel)) == ["CANCELLED"] + ["NOT_CANCELABLE"] * 19
    assert demo.balance(agent).available == Money.of("1000.00")


def test_more_than_there_is_at_once(demo, agent):
    """P06: exactly the money there is, never below the floor."""

    def submit(i):
        try:
            return demo.submit(agent, Money.of("30.00"), "payee", request_id=f"{agent[-40:]}-{i}").state.name
        except SettleError as error:
            return error.reason

    assert sorted(at_once(50, submit)) == ["APPROVED"] * 33 + ["INSUFFICIENT_FUNDS"] * 17
    assert demo.balance(agent).available == TEN


@pytest.mark.parametrize("microseconds", [1, 200, 1000, 5000])
def test_a_deadline_leaves_zero_or_one_effect(microseconds, server, demo, agent):
    """N05: whatever a deadline cuts off, repeating the request gives the one answer."""
    channel = open_channel(server)
    submit = channel.unary_unary(WITHDRAWALS + "SubmitWithdrawal", None, None)
    late = 0
    for i in range(20):
        request_id = f"{agent[-40:]}-{i}"
        request = text(1, request_id.encode()) + text(2, agent.encode()) + text(3, money(1)) + text(4, b"payee")
        try:
            submit(request, timeout=microseconds / 1e6)
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED
            late += 1
        final = demo.submit(agent, Money(1), "payee", request_id=request_id)
        assert demo.get_by_request_id(request_id) == final
    print(f"{late} of 20 were late")
    assert len(list(demo.list(agent=agent))) == 20
    assert demo.balance(agent).debits_pending == Money(20)
    channel.close()


def test_a_connection_that_is_cut_after_the_request(server, demo, agent):
    """N01: the client goes away without waiting for the answer; the retry gets it, once."""
    for i in range(20):
        request_id = f"{agent[-40:]}-{i}"
        request = text(1, request_id.encode()) + text(2, agent.encode()) + text(3, money(100)) + text(4, b"payee")
        channel = open_channel(server, **{"grpc.use_local_subchannel_pool": 1})
        grpc.channel_ready_future(channel).result(timeout=30)
        method = channel.unary_unary(WITHDRAWALS + "SubmitWithdrawal", None, None)
        method.future(request)
        channel.close()
        demo.submit(agent, Money(100), "payee", request_id=request_id)
    assert demo.balance(agent).debits_pending == Money(2000)
