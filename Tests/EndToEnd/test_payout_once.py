"""Paid once: `settle bench payout` with channels that misbehave and a server that is killed, and whether its proof can
fail.

The books are read and altered here without any code of the program: each is a file of records of 56 bytes, whose
checksum covers the first 48.
"""

import json
import shutil
import struct
import subprocess

import pytest

from serving import PATIENCE_SECONDS, SETTLE

RECORD_BYTES = 56
CHECKED_BYTES = 48
MOVED = 1


def bench(*options, directory=None):
    """Its exit code, and what it found; run in a directory."""
    command = [SETTLE, "bench", "payout", "--json", *options]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=5 * PATIENCE_SECONDS, cwd=directory)
    assert ended.stdout, ended.stderr
    return ended.returncode, json.loads(ended.stdout)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run with everything that can go wrong: what it found, and where it lies."""
    directory = tmp_path_factory.mktemp("payout") / "run"
    code, found = bench("--payouts", "2000", "--kills", "3", "--data", directory)
    print("seed", found["seed"])
    assert code == 0, found
    return found, directory


@pytest.fixture
def copy(run, tmp_path):
    """The same once more, to meddle with."""
    target = tmp_path / "copy"
    shutil.copytree(run[1], target)
    return target


def records(book):
    data = book.read_bytes()
    assert len(data) % RECORD_BYTES == 0
    return [bytearray(data[start : start + RECORD_BYTES]) for start in range(0, len(data), RECORD_BYTES)]


def kind(record):
    return record[9]


def crc32c(data):
    """Castagnoli, bit by bit."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


def sealed(record):
    """With the checksum that belongs to it."""
    struct.pack_into("<I", record, CHECKED_BYTES, crc32c(record[:CHECKED_BYTES]))
    return record


def book_with_payments(directory):
    book = max((directory / "books").glob("*.book"), key=lambda path: path.stat().st_size)
    entries = records(book)
    places = [place for place, entry in enumerate(entries) if kind(entry) == MOVED]
    return book, entries, places[len(places) // 2]


def refused(directory):
    """What the proof says against it."""
    code, found = bench("--data", directory, "--verify-only")
    assert code == 65, found
    assert found["violation_count"] == len(found["violations"]) > 0
    return " | ".join(violation["what"] for violation in found["violations"])


def test_each_withdrawal_is_paid_at_most_once(run):
    found, _ = run
    assert found["violation_count"] == 0
    assert found["kills"] == 3
    assert found["open"] == []
    states = found["withdrawals"]
    assert sum(states.values()) == 2000
    assert found["paid"] == found["payments_left"] > 1500
    assert set(states) <= {"paid", "failed", "cancelled"}
    assert found["attempts"] > 2000, "nothing was tried twice: the channels did not misbehave"


def test_every_payment_of_the_books_is_another_withdrawal(run):
    """The same by a second reader of the books, who knows nothing of the program."""
    found, directory = run
    paid = [
        struct.unpack_from("<Q", entry, 0)[0]
        for book in (directory / "books").glob("*.book")
        for entry in records(book)
        if kind(entry) == MOVED
    ]
    assert len(paid) == len(set(paid)) == found["paid"]


def test_the_proof_can_be_made_again(run):
    found, directory = run
    code, again = bench("--data", directory, "--verify-only")
    assert code == 0
    assert again["state_hash"] == found["state_hash"]


def test_a_payment_twice_is_found(copy):
    book, entries, place = book_with_payments(copy)
    entries.append(entries[place])
    book.write_bytes(b"".join(entries))
    assert "its money left 2 times" in refused(copy)


def test_another_amount_is_found(copy):
    book, entries, place = book_with_payments(copy)
    amount = struct.unpack_from("<q", entries[place], 16)[0]
    struct.pack_into("<q", entries[place], 16, amount + 1)
    sealed(entries[place])
    book.write_bytes(b"".join(entries))
    found = refused(copy)
    assert f"{amount + 1} CNY left, owed were {amount} CNY" in found
    assert "agents are owed" in found


def test_a_missing_payment_is_found(copy):
    book, entries, place = book_with_payments(copy)
    del entries[place]
    book.write_bytes(b"".join(entries))
    found = refused(copy)
    assert "no book says that money left" in found
    assert "its book says" in found


def test_a_payment_of_nobody_is_found(copy):
    book, entries, place = book_with_payments(copy)
    stranger = bytearray(entries[place])
    struct.pack_into("<Q", stranger, 0, struct.unpack_from("<Q", stranger, 0)[0] + 1_000_000)
    entries.append(sealed(stranger))
    book.write_bytes(b"".join(entries))
    assert "which nobody submitted" in refused(copy)


def test_a_damaged_book_is_not_believed(copy):
    book, entries, place = book_with_payments(copy)
    entries[place][16] ^= 1
    book.write_bytes(b"".join(entries))
    command = [SETTLE, "bench", "payout", "--json", "--data", copy, "--verify-only"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert ended.returncode == 65
    assert "cannot be trusted" in ended.stderr


def test_a_payment_under_a_key_that_never_was_is_found(copy):
    book, entries, place = book_with_payments(copy)
    entries[place][8] += 50  # the number of the attempt
    sealed(entries[place])
    book.write_bytes(b"".join(entries))
    assert "an attempt that the ledger never began" in refused(copy)


def test_a_directory_may_be_named_from_here(tmp_path):
    """Paths in the list of channels count from the list, so a relative one was looked for in the wrong place."""
    code, found = bench("--clean", "--payouts", "50", "--data", "run", directory=tmp_path)
    assert code == 0 and found["withdrawals"] == {"paid": 50}
