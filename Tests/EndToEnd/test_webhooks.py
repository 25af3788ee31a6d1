"""Webhooks by the whole program, to receivers of real TLS: nothing is missed whatever is killed (F04, H03), a receiver
that fails harms nobody else (H01), and what people do to endpoints, over the command line."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time
from collections import Counter, defaultdict
from datetime import datetime
from itertools import count

import pytest

from channels_file import write_channels
from scrape import METRICS, metrics
from serving import PATIENCE_SECONDS, SETTLE, Server
from settle_client import DeliveryState, InvalidArgument, Money, RetryPolicy, SettleError, Speed, State
from waiting import until_so
from webhook_receiver import SILENCE, Receiver

DONE, NOT_FOUND, NOT_PERMITTED = 0, 2, 77
TEN = Money.of("10.00")
# What nothing more happens to by itself.
AT_REST = {State.PAID, State.ACTION_REQUIRED, State.FAILED}
# Payouts end in all of these ways; a channel's seed decides which.
CHANNELS = (("mixed", {"payee_failure_permille": 150, "refusal_permille": 150}),)


@pytest.fixture
def seed():
    """Repeat a failed run with SETTLE_SEED. The thread scheduler has its own mind all the same."""
    seed = int(os.environ.get("SETTLE_SEED") or random.SystemRandom().randrange(2**32))
    print(f"SETTLE_SEED={seed}")
    return seed


def options(certs):
    return ("--webhooks-allow-private", "--webhooks-ca", certs / "ca.pem")


@pytest.fixture
def telling(tmp_path, certs):
    """A server of this test alone that pays and tells, not started yet."""
    channels = ("--channels", write_channels(tmp_path, *CHANNELS), "--allow-simulated")
    server = Server(tmp_path / "data", certs, options=(*options(certs), *channels))
    yield server
    server.kill()


@pytest.fixture(scope="module")
def shared(tmp_path_factory, certs):
    """A server for tests that leave it as it was. Nothing is paid: each withdrawal has one change, and a second when it
    is cancelled."""
    server = Server(
        tmp_path_factory.mktemp("webhooks") / "data",
        certs,
        options=(*options(certs), *METRICS),
    ).start()
    for partner in ("demo", "other"):
        with server.client(f"partner-{partner}") as client, server.client("operator-demo") as operator:
            client.create_agent("a1")
            operator.deposit("a1", Money.of("10000.00"), partner=partner)
    yield server
    assert server.stop() == 0, server.log


@pytest.fixture
def receiver(certs):
    with Receiver(certs) as receiver:
        yield receiver
        assert receiver.violations == []


def open_agent(server):
    with server.client("operator-demo") as operator, server.client("partner-demo") as partner:
        partner.create_agent("a1")
        operator.deposit("a1", Money.of("100000.00"), partner="demo")
        for name, _ in CHANNELS:
            operator.channels.fund(name, Money.of("20000.00"), f"transfer-{name}")
        return partner.list_page().cursor


def endpoint(server, receiver, who="partner-demo"):
    """A new endpoint, whose secret the receiver knows."""
    with server.client(who) as partner:
        made = partner.webhooks.create(receiver.url)
    receiver.secrets.append(made.secret)
    return made.endpoint


class Watcher(threading.Thread):
    """Follows all changes over as many servers as come, each from where it was with the one before."""

    def __init__(self, cursor):
        super().__init__(daemon=True)
        self.changes = []
        self.failure = None
        self._cursor = cursor
        self._server = None
        self._came = threading.Condition()

    def follow(self, server):
        """The server as it runs now; until the next call, or the end of the connection."""
        with self._came:
            self._server = (server, server.target)
            self._came.notify_all()

    def run(self):
        followed = None
        while True:
            with self._came:
                self._came.wait_for(lambda seen=followed: self._server != seen)
                followed = self._server
            if followed is None:
                return
            server, _ = followed
            # A server that is gone does not come back under its address.
            with server.client(retry_policy=RetryPolicy(deadline=1)) as client:
                watch = client.watch(cursor=self._cursor)
                try:
                    for change in watch:
                        self.changes.append(told(change))
                        self._cursor = change.cursor
                        with self._came:
                            self._came.notify_all()
                except SettleError:
                    pass
                finally:
                    watch.close()

    def wait(self, change):
        with self._came:
            assert self._came.wait_for(lambda: change in self.changes, PATIENCE_SECONDS), self.changes[-3:]


def told(change):
    return change.withdrawal.id, change.state.name, change.time


def told_by(delivery):
    data = delivery.event["data"]
    assert delivery.event["type"] == f"withdrawal.{data['state'].lower()}"
    return data["id"], data["state"], datetime.fromisoformat(data["time"].replace("Z", "+00:00"))


class Load:
    """Threads that submit until the server is gone; each request is repeated until its answer is known."""

    def __init__(self, server, name, threads=4):
        self.ids = set()
        self.unknown = []
        self._answered = threading.Event()
        self._serials = count()
        self._name = name
        self._threads = [threading.Thread(target=self._run, args=(server,), daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def _run(self, server):
        with server.client(retry_policy=RetryPolicy(deadline=0.2, attempt_timeout=10)) as client:
            while True:
                id = f"{self._name}-{next(self._serials)}"
                try:
                    self.ids.add(submit(client, id).id)
                except SettleError:
                    self.unknown.append(id)
                    return
                self._answered.set()

    def wait_for_an_answer(self):
        assert self._answered.wait(PATIENCE_SECONDS), "no withdrawal was answered"

    def join(self):
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)
            assert not thread.is_alive()


def submit(client, request_id):
    return client.submit("a1", TEN, "payee", speed=Speed.EXPRESS, request_id=request_id)


def test_nothing_is_missed_over_kills_under_load(telling, receiver, seed):
    """F04, H03: the server is killed again and again while withdrawals are paid. In the end the receiver knows every
    change, those that it was told twice under one id, and a watch that went on from its cursor has each once, in order.
    """
    rng = random.Random(seed)
    telling.start()
    beginning = open_agent(telling)
    endpoint(telling, receiver)
    watcher = Watcher(beginning)
    watcher.start()
    ids = set()
    for number in range(4):
        watcher.follow(telling)
        load = Load(telling, f"round-{number}")
        load.wait_for_an_answer()
        # The fault itself: the moment of the kill.
        threading.Event().wait(rng.uniform(0.1, 0.6))
        telling.kill()
        load.join()
        telling.start()
        with telling.client() as partner:
            ids |= load.ids | {submit(partner, id).id for id in load.unknown}
    watcher.follow(telling)
    with telling.client() as partner:
        until_so(lambda: all(withdrawal.state in AT_REST for withdrawal in partner.list(page_size=1000)))
        assert {withdrawal.id for withdrawal in partner.list(page_size=1000)} == ids
        # One change more, behind all others: whoever has it has all.
        last = partner.cancel(partner.submit("a1", TEN, "payee", speed=Speed.NEXT_DAY).id)
        with partner.watch(cursor=beginning) as watch:
            history = []
            while not history or history[-1][:2] != (last.id, "CANCELLED"):
                history.append(told(next(watch)))
    watcher.wait(history[-1])
    assert watcher.changes == history
    assert len({change[:2] for change in history if change[1] == "APPROVED"}) == len(ids) + 1

    receiver.wait(lambda deliveries: len({delivery.id for delivery in deliveries}) >= len(history))
    changes, bodies = defaultdict(set), defaultdict(set)
    for delivery in receiver.deliveries:
        changes[delivery.id].add(told_by(delivery))
        bodies[delivery.id].add(delivery.body)
    assert all(len(told) == 1 for told in changes.values()) and all(len(same) == 1 for same in bodies.values())
    assert Counter(change for told in changes.values() for change in told) == Counter(history)
    repeated = len(receiver.deliveries) - len(changes)
    states = Counter(state for _, state, _ in history)
    print(f"{len(ids)} withdrawals, {len(history)} changes {dict(states)}, {repeated} told again")
    assert {"APPROVED", "PROCESSING", "PAID", "ACTION_REQUIRED", "FAILED"} <= set(states)


def test_answered_but_not_recorded_is_told_again_under_its_id(telling, receiver):
    """H03: the server stands still from before the answer until it is killed."""
    telling.start()
    open_agent(telling)
    made = endpoint(telling, receiver)
    answered = threading.Event()

    def stop_and_answer(_):
        telling.signal(signal.SIGSTOP)
        answered.set()
        return 200

    receiver.answer = stop_and_answer
    with telling.client() as partner:
        submitted = partner.submit("a1", TEN, "payee", speed=Speed.NEXT_DAY)
        assert answered.wait(PATIENCE_SECONDS)
    telling.kill()
    receiver.answer = lambda _: 200
    telling.start()
    first, again = receiver.wait(lambda deliveries: len(deliveries) >= 2)[:2]
    assert first.id == again.id and first.body == again.body
    assert told_by(first)[:2] == (submitted.id, "APPROVED")
    with telling.client() as partner:
        until_so(lambda: not partner.webhooks.list()[0].waiting)
        delivered = list(partner.webhooks.deliveries(made.id))
    # The try before the crash is not known of: that is the point.
    assert [(each.id, each.state, each.tries) for each in delivered] == [(first.id, DeliveryState.DELIVERED, 1)]


def test_what_was_not_sent_before_a_crash_is_sent_after_it(telling, certs):
    """F04: answered to the partner, killed before a byte of the webhook went out."""
    telling.start()
    open_agent(telling)
    with Receiver(certs, asleep=True) as receiver:
        endpoint(telling, receiver)
        with telling.client() as partner:
            submitted = partner.submit("a1", TEN, "payee", speed=Speed.NEXT_DAY)
        telling.kill()
        receiver.wake()
        telling.start()
        delivery = receiver.wait(lambda deliveries: len(deliveries) >= 1)[0]
        assert told_by(delivery)[:2] == (submitted.id, "APPROVED")
        assert receiver.violations == []


def test_receivers_that_fail_harm_nobody_else(shared, certs):
    """H01: of the same partner and of another one."""
    with Receiver(certs) as failing, Receiver(certs) as hanging, Receiver(certs) as good, Receiver(certs) as others:
        failing.answer = lambda _: 503
        hanging.answer = lambda _: SILENCE
        bad = [endpoint(shared, failing), endpoint(shared, hanging)]
        mine = endpoint(shared, good)
        theirs = endpoint(shared, others, "partner-other")
        with shared.client("partner-demo") as demo, shared.client("partner-other") as other:
            hanging_since = time.monotonic()
            ids = [demo.submit("a1", TEN, "payee").id for _ in range(30)]
            other_ids = [other.submit("a1", TEN, "payee").id for _ in range(30)]
            told = good.wait(lambda deliveries: len(deliveries) >= 30)
            told_others = others.wait(lambda deliveries: len(deliveries) >= 30)
            assert {told_by(delivery)[0] for delivery in told} == set(ids)
            assert {told_by(delivery)[0] for delivery in told_others} == set(other_ids)
            # Nobody waited for the one that hangs: its first try is still under way.
            assert time.monotonic() - hanging_since < 15 and len(hanging.deliveries) == 1
            failing.wait(lambda deliveries: len(deliveries) >= 2)
            until_so(lambda: state(demo, mine).waiting == 0)
            assert [state(demo, each).waiting for each in bad] == [30, 30]
            waiting = list(demo.webhooks.deliveries(bad[0].id, state=DeliveryState.WAITING, page_size=7))
            assert len(waiting) == 30 and {each.last_status for each in waiting} == {0, 503}
            # It is mended: what waits comes, in spite of the pause before it.
            failing.answer = lambda _: 200
            failing.wait(lambda deliveries: len({delivery.id for delivery in deliveries}) >= 30)
            for each in (*bad, mine):
                demo.webhooks.delete(each.id)
            other.webhooks.delete(theirs.id)
        assert not any(each.violations for each in (failing, hanging, good, others))


def state(partner, endpoint):
    return next(each for each in partner.webhooks.list() if each.id == endpoint.id)


@pytest.fixture
def run(shared):
    """Runs `settle webhook ...` as somebody; its JSON, or standard error where it is to fail."""

    def run(who, *words, expect=DONE):
        certs = shared.certs
        command = [SETTLE, "webhook", *words, "--json", "--server", shared.target, "--ca", certs / "ca.pem"]
        command += ["--cert", certs / f"{who}.pem", "--key", certs / f"{who}.key"]
        variables = {name: value for name, value in os.environ.items() if not name.startswith("SETTLE_")}
        ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, env=variables)
        assert ended.returncode == expect, f"{words}: {ended.returncode}\n{ended.stdout}{ended.stderr}"
        return json.loads(ended.stdout) if expect == DONE else ended.stdout + ended.stderr

    return run


def test_the_commands(shared, receiver, run):
    demo, other, operator = "partner-demo", "partner-other", "operator-demo"
    made = run(demo, "create", receiver.url, "--request-id", "cli-1")
    id = made["endpoint"]["id"]
    assert made["secret"].startswith("whsec_") and made["endpoint"]["enabled"]
    assert run(demo, "create", receiver.url, "--request-id", "cli-1") == made
    receiver.secrets.append(made["secret"])
    assert [each["id"] for each in run(demo, "list")["endpoints"]] == [id]
    assert run(operator, "list", "--partner", "demo") == run(demo, "list")

    with shared.client() as partner:
        withdrawal = partner.submit("a1", TEN, "payee")
        first = receiver.wait(lambda deliveries: len(deliveries) >= 1)[0]
        until_so(lambda: partner.webhooks.list()[0].waiting == 0)
        delivered = run(demo, "deliveries", id)["deliveries"]
        assert [(each["id"], each["state"], each["withdrawal_id"]) for each in delivered] == [
            (first.id, "DELIVERED", withdrawal.id)
        ]
        run(demo, "redeliver", id, first.id, "--request-id", "cli-2")
        assert receiver.wait(lambda deliveries: len(deliveries) >= 2)[1].id == first.id
        assert run(demo, "deliveries", id, "--state", "dead")["deliveries"] == []

        # Both secrets sign, so that the receiver may be given the new one at any time of the day.
        rotated = run(operator, "rotate", id, "--request-id", "cli-3")
        assert rotated["secret"] not in ("", made["secret"])
        receiver.secrets[:] = [rotated["secret"]]
        partner.cancel(withdrawal.id)
        third = receiver.wait(lambda deliveries: len(deliveries) >= 3)[2]
        assert told_by(third)[:2] == (withdrawal.id, "CANCELLED")
        assert len(third.headers["webhook-signature"].split(" ")) == 2

        off = run(demo, "disable", id, "--request-id", "cli-4")
        assert (off["enabled"], off["disabled_reason"]) == (False, "OPERATOR")
        missed = partner.submit("a1", TEN, "payee")
        assert run(demo, "enable", id, "--request-id", "cli-5")["enabled"]
        fourth = receiver.wait(lambda deliveries: len(deliveries) >= 4)[3]
        assert told_by(fourth)[:2] == (missed.id, "APPROVED")

    # What is another's is what does not exist.
    for words in (["delete", id], ["disable", id], ["deliveries", id], ["rotate", id], ["redeliver", id, first.id]):
        assert "WEBHOOK_ENDPOINT_NOT_FOUND" in run(other, *words, expect=NOT_FOUND)
    run("reader-demo", "disable", id, expect=NOT_PERMITTED)
    assert run(demo, "delete", id, "--request-id", "cli-6") == run(demo, "delete", id, "--request-id", "cli-6")
    run(demo, "delete", id, expect=NOT_FOUND)

    # By whom, and when: each once, whatever was repeated.
    log = run("auditor-frank", "log", "--endpoint", id)["changes"]
    expected = [
        ("DELETED", "partner/demo", "cli-6", receiver.url),
        ("ENABLED", "partner/demo", "cli-5", ""),
        ("DISABLED", "partner/demo", "cli-4", ""),
        ("SECRET_ROTATED", "staff/operator/operator-demo", "cli-3", ""),
        ("REDELIVERED", "partner/demo", "cli-2", first.id),
        ("CREATED", "partner/demo", "cli-1", receiver.url),
    ]
    assert [(each["kind"], each["actor"], each["request_id"], each["details"]) for each in log] == expected
    assert all(len(each["certificate"]) == 16 for each in log)
    theirs = run(demo, "log", "--endpoint", id)["changes"]
    assert [each["actor"] for each in theirs if each["kind"] == "SECRET_ROTATED"] == ["staff"]
    assert run(other, "log", "--endpoint", id)["changes"] == []


def test_private_places_are_refused(server, certs):
    """H04, by a server that is started as it should be."""
    with server.client("partner-demo") as demo:
        for url in (
            "https://127.0.0.1/",
            "https://10.1.2.3:8443/",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/",
            "https://localhost/",
        ):
            with pytest.raises(InvalidArgument) as raised:
                demo.webhooks.create(url)
            assert [(violation.field, violation.description) for violation in raised.value.violations] == [
                ("url", "names a host that is not in the public internet")
            ], url
        assert demo.webhooks.list() == ()


def test_a_receiver_that_is_gone_is_seen_by_people(shared, receiver):
    """410: metrics, an alarm, a line in the log of endpoints; all of it over when somebody switches it on."""
    before = metrics(shared)
    receiver.answer = lambda _: 410
    made = endpoint(shared, receiver)
    with shared.client() as demo, shared.client("operator-demo") as operator:
        demo.submit("a1", TEN, "payee")
        until_so(lambda: not state(demo, made).enabled)
        assert state(demo, made).disabled_reason == "GONE"
        after = metrics(shared)
        failed = 'settle_webhook_deliveries_total{outcome="failed"}'
        assert after[failed] == before.get(failed, 0) + 1
        assert after['settle_webhook_endpoints{state="gone"}'] == 1
        assert after['settle_webhook_backlog{state="gone"}'] == 1
        assert after["settle_webhook_oldest_seconds"] == 0 and after["settle_webhook_dead_letters"] == 0
        assert [alarm.subject for alarm in operator.channels.alarms() if alarm.code == "WEBHOOK_OFF"] == [made.id]
        change = next(demo.webhooks.changes(endpoint_id=made.id))
        assert (change.kind, change.actor) == ("GONE", "house")
        receiver.answer = lambda _: 200
        demo.webhooks.enable(made.id)
        receiver.wait(lambda deliveries: len(deliveries) >= 2)
        until_so(lambda: state(demo, made).waiting == 0)
        delivered = 'settle_webhook_deliveries_total{outcome="delivered"}'
        assert metrics(shared)[delivered] >= before.get(delivered, 0) + 1
        assert not [alarm for alarm in operator.channels.alarms() if alarm.code == "WEBHOOK_OFF"]
        demo.webhooks.delete(made.id)


def test_what_happened_is_not_altered_and_older_databases_are_taken_on(tmp_path, certs):
    """The log of endpoints is only added to, by the database itself; a database of before it gets one."""
    server = Server(tmp_path / "data", certs, options=options(certs)).start()
    with Receiver(certs) as receiver:
        made = endpoint(server, receiver)
        assert server.stop() == 0, server.log
        database = sqlite3.connect(tmp_path / "data/webhooks.sqlite")
        for statement in ("DELETE FROM change", "UPDATE change SET actor = 'house'"):
            with pytest.raises(sqlite3.DatabaseError, match="what happened"):
                database.execute(statement)
        # As the version before wrote it.
        database.executescript("DROP TABLE change; PRAGMA user_version = 1;")
        database.close()
        server.start()
        with server.client() as partner:
            assert partner.webhooks.list()[0].id == made.id
            assert list(partner.webhooks.changes()) == []
            partner.webhooks.disable(made.id)
            assert [change.kind for change in partner.webhooks.changes()] == ["DISABLED"]
    assert server.stop() == 0, server.log
    database = sqlite3.connect(tmp_path / "data/webhooks.sqlite")
    assert database.execute("PRAGMA user_version").fetchone() == (2,)
    database.close()
