"""F29 and F30: killed and stopped under load, over and over, against oracle O with an outside client's own book."""

import os
import random
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from book import Book, Connections, Operation, Refused
from journal_tool import verify
from serving import Server

ROUNDS = int(os.environ.get("SETTLE_CRASH_ROUNDS", "20"))
THREADS = 12
SLOWEST_RECOVERY_SECONDS = 20


@pytest.fixture
def seed():
    """Repeat a failed run with SETTLE_SEED. The thread scheduler has its own mind all the same."""
    seed = int(os.environ.get("SETTLE_SEED") or random.SystemRandom().randrange(2**32))
    print(f"SETTLE_SEED={seed}")
    return seed


def test_sigkill_under_load(own_server: Server, seed: int):
    rng = random.Random(seed)
    book = Book(seed)
    own_server.start()
    book.open(own_server)
    cut_off = 0
    for number in range(ROUNDS):
        under_way = book.answered_event(1)
        load = book.load(own_server, f"round-{number}", THREADS)
        assert under_way.wait(60), "no operation was answered"
        delay = rng.uniform(0.010, 0.500)
        # The fault itself: the moment of the kill.
        threading.Event().wait(delay)
        own_server.kill()
        load.join()
        asked = len(book.operations)
        last = number == ROUNDS - 1
        assert_two_replays_agree(own_server)
        own_server.start()
        unknown = book.settle_unknown(own_server)
        book.check(own_server, entries=last or number % 5 == 0)
        book.check_repetitions(own_server, 40, rng)
        cut_off += unknown
        print(
            f"round {number}: killed after {delay * 1000:.0f} ms, {asked} asked so far, {unknown} cut off, "
            f"recovered in {own_server.recovery_seconds:.2f} s"
        )
        assert own_server.recovery_seconds < SLOWEST_RECOVERY_SECONDS
    # A run in which nothing was cut off would have tested nothing.
    assert cut_off > 0
    assert own_server.stop() == 0, own_server.log
    assert_two_replays_agree(own_server)
    own_server.start()
    book.check(own_server, entries=True)


def assert_two_replays_agree(server: Server) -> None:
    """Point 5: the chain is whole, and replaying the bytes that the crash left, twice, gives the same state."""
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(verify, [server.data] * 2)
    assert first == second and "state hash" in first


def test_the_oracle_notices(own_server: Server):
    """A book that differs from the server in one thing does not pass; else the tests around this one prove little."""
    book = Book(0)
    own_server.start()
    book.open(own_server)
    connections = Connections(own_server)
    for number in range(3):
        operation = Operation("submit", f"r{number}", book.agents[0], 100 + number)
        book.operations.append(operation)
        operation.outcome = connections.perform(operation)
    connections.close()
    book.check(own_server, entries=True)
    withdrawal = book.operations[-1].outcome

    def differs(index: int, outcome: object) -> None:
        before, book.operations[index].outcome = book.operations[index].outcome, outcome
        with pytest.raises(AssertionError):
            book.check(own_server, entries=False)
        book.operations[index].outcome = before

    differs(-1, Refused("INSUFFICIENT_FUNDS"))  # refused, but there
    differs(-1, replace(withdrawal, id=withdrawal.id[:-1] + "?"))  # acknowledged, but not there
    differs(-1, replace(withdrawal, payee="else"))  # there, but different
    differs(1, None)  # more money than was deposited
    book.check(own_server, entries=True)


def test_sigterm_under_load(own_server: Server, seed: int):
    """Every call is answered or cut off in a way that may be repeated; the server ends with 0; nothing is lost."""
    book = Book(seed)
    own_server.start()
    book.open(own_server)
    for number in range(3):
        enough = book.answered_event(200)
        load = book.load(own_server, f"round-{number}", THREADS)
        assert enough.wait(60), "200 operations were not answered"
        assert own_server.stop() == 0, own_server.log
        load.join()
        own_server.start()
        unknown = book.settle_unknown(own_server)
        book.check(own_server, entries=True)
        print(f"round {number}: {len(book.operations)} asked so far, {unknown} cut off")


def test_a_second_sigterm_forces(own_server: Server):
    """A watcher that never leaves does not hold the server up."""
    own_server.start()
    with own_server.client() as demo, demo.watch():
        own_server.signal(signal.SIGTERM)
        own_server.signal(signal.SIGTERM)
        own_server.wait()
    own_server.start()
    assert own_server.stop() == 0, own_server.log
