"""What a data directory can be: in use, another ledger's, damaged, full (F08, F11, F15, F20, F32)."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from journal_tool import journal, verify
from serving import SETTLE, DidNotStart, Server
from settle_client import Money, NewWithdrawal, NotFound, Overloaded, RetryPolicy

UNUSABLE, JOURNAL_FAILED = 78, 74
TEN = Money.of("10.00")


def content(data: Path) -> dict[str, str]:
    """A digest of every file but the lock, in which a process writes its id."""
    files = [path for path in data.rglob("*") if path.is_file() and path.name != "LOCK"]
    return {str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def filled(own_server: Server) -> Server:
    """A stopped server with an agent and ten withdrawals."""
    own_server.start()
    with own_server.client("operator-demo") as operator, own_server.client() as demo:
        demo.create_agent("a1")
        operator.deposit("a1", Money.of("1000.00"), partner="demo")
        for _ in range(10):
            demo.submit("a1", TEN, "payee")
    assert own_server.stop() == 0, own_server.log
    return own_server


def segments(data: Path) -> list[Path]:
    """The journal's files, oldest first: the large ones."""
    return sorted(path for path in data.rglob("*") if path.is_file() and path.stat().st_size > 2**20)


def test_in_use(own_server):
    """F32: the second refuses, the first goes on."""
    own_server.start()
    second = Server(own_server.data, own_server.certs)
    with pytest.raises(DidNotStart) as raised:
        second.start()
    assert raised.value.code == UNUSABLE
    assert str(own_server.data) in raised.value.log and "use" in raised.value.log
    with own_server.client() as demo:
        assert demo.create_agent("a1").agent == "a1"


def test_free_again_after_sigkill(own_server):
    own_server.start()
    own_server.kill()
    own_server.start()


def test_of_another_ledger(filled, tmp_path):
    """F15: a segment of one ledger under another's name."""
    other = Server(tmp_path / "other", filled.certs).start()
    assert other.stop() == 0
    mine, theirs = segments(filled.data), segments(other.data)
    shutil.copyfile(theirs[0], mine[0])
    before = content(filled.data)
    with pytest.raises(DidNotStart) as raised:
        filled.start()
    assert raised.value.code == UNUSABLE
    assert mine[0].name in raised.value.log
    assert content(filled.data) == before


def test_damaged_in_the_middle(filled):
    """F08: good frames follow, so it refuses and names the place; verify finds it too."""
    segment = segments(filled.data)[0]
    with open(segment, "r+b") as file:
        # The second frame's block; each write of ours made at least one block.
        file.seek(2 * 4096 + 200)
        byte = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte[0] ^ 1]))
    before = content(filled.data)
    with pytest.raises(DidNotStart) as raised:
        filled.start()
    assert raised.value.code == UNUSABLE
    assert segment.name in raised.value.log and re.search(r"\b(4096|8192|12288)\b", raised.value.log)
    assert content(filled.data) == before
    ended = journal("verify", filled.data)
    assert ended.returncode != 0 and segment.name in ended.stdout + ended.stderr


def test_not_a_directory(own_server):
    own_server.data.write_text("a file")
    with pytest.raises(DidNotStart) as raised:
        own_server.start()
    assert raised.value.code == UNUSABLE and str(own_server.data) in raised.value.log
    assert own_server.data.read_text() == "a file"


def test_verify_says_the_same_twice(filled):
    first = verify(filled.data)
    assert {"sequence", "state hash"} <= first.keys()
    assert verify(filled.data) == first
    ended = journal("dump", filled.data)
    assert ended.returncode == 0 and "a1" in ended.stdout


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 80 MiB: one segment of 64 MiB and a little more, but no second one."""
    mount = tmp_path / "small"
    mount.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=80m", "tmpfs", mount], capture_output=True, text=True)
    if made.returncode != 0:
        pytest.skip(f"cannot mount a small file system here: {made.stderr.strip()}")
    yield mount
    subprocess.run(["umount", "-l", mount], check=True)


def test_a_full_disk(small_disk, certs):
    """F20: no space is RESOURCE_EXHAUSTED before any effect; queries go on; with space it works again."""
    server = Server(small_disk / "data", certs).start()
    try:
        with server.client("operator-demo") as operator, server.client() as demo:
            demo.create_agent("a1")
            operator.deposit("a1", Money.of("1000000.00"), partner="demo")
            taken = fill(server)
            assert demo.balance("a1").debits_pending == Money(taken)
            full(server, taken)
        # A restart needs no more space than there is.
        assert server.stop() == 0, server.log
        server.start()
        full(server, taken)
        server.kill()
        server.start()
        full(server, taken)
        subprocess.run(["mount", "-o", "remount,size=300m", small_disk], check=True)
        with server.client() as demo:
            assert demo.submit("a1", Money(1), "payee", request_id="while full").cancelable
            assert demo.balance("a1").debits_pending == Money(taken + 1)
        assert server.stop() == 0, server.log
        verify(server.data)
    finally:
        server.kill()


def test_no_room_to_begin_with(small_disk, certs):
    """Nothing can be promised on a disk that has no room for the first segment."""
    (small_disk / "ballast").write_bytes(bytes(50 << 20))
    with pytest.raises(DidNotStart) as raised:
        Server(small_disk / "data", certs).start()
    assert raised.value.code in (UNUSABLE, JOURNAL_FAILED)
    assert "space" in raised.value.log
    (small_disk / "ballast").unlink()
    server = Server(small_disk / "data", certs).start()
    assert server.stop() == 0, server.log


def fill(server: Server) -> int:
    """Submits one by one, each in a block of its own, until there is no room; how many were taken."""
    certs = server.certs
    flags = ["--server", server.target, "--ca", certs / "ca.pem", "--cert", certs / "partner-demo.pem"]
    flags += ["--key", certs / "partner-demo.key", "--agent", "a1", "--connections", "1", "--streams", "1"]
    # 64 MiB are 16,384 blocks; some hold headers.
    command = [SETTLE, "bench", *flags, "--work", "submit", "--requests", "16400", "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    result = json.loads(ended.stdout)
    assert result["refused"] == {"RESOURCE_EXHAUSTED": 16400 - result["succeeded"]} and not result["failed"]
    return result["succeeded"]


def full(server: Server, taken: int) -> None:
    """Nothing can be written, and everything can be read."""
    # A first pause beyond any deadline: what is asked is asked once.
    once = RetryPolicy(initial_backoff=1e6, maximum_backoff=1e6, uniform=max)
    with server.client(retry_policy=once) as demo:
        with pytest.raises(Overloaded) as raised:
            demo.submit("a1", Money(1), "payee", request_id="while full")
        assert raised.value.reason == "JOURNAL_FULL" and raised.value.retry_after
        with pytest.raises(Overloaded):
            demo.batch_submit([NewWithdrawal("a1", Money(1), "payee") for _ in range(100)])
        assert demo.balance("a1").debits_pending == Money(taken)
        assert demo.get(next(demo.list(page_size=1)).id).amount == Money(1)
        with pytest.raises(NotFound):
            demo.get_by_request_id("while full")
