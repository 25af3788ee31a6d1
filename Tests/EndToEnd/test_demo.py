"""`make run` is `settle demo`: what it shows, and whether the commands that it prints do what it says."""

import re
import signal
import subprocess

from serving import PATIENCE_SECONDS, SETTLE


def test_once(tmp_path):
    command = [SETTLE, "demo", "--once", "--dir", tmp_path / "demo"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    for words in (
        "APPROVED",
        "CANCELLED",
        "INSUFFICIENT_FUNDS",
        "REQUEST_ID_REUSED",
        "PENDING_REVIEW",
        "PERSON_DECIDED_ALREADY",
        "DEVICE_BLACKLISTED",
        "LIMIT_EXCEEDED",
        "everything that was acknowledged",
        "and then: APPROVED, PROCESSING, PAID",
        "all 12 are PAID, each once",
        "IN_DOUBT",
        "its book has one payment",
        "ACTION_REQUIRED: ACCOUNT_WRONG (AC01)",
        "amended:",
        "withdrawal.paid, evt_",
        "one bit changed is answered with 400",
    ):
        assert words in ended.stdout


def test_the_commands_that_it_prints(tmp_path):
    demo = subprocess.Popen([SETTLE, "demo", "--dir", tmp_path / "demo"], stdout=subprocess.PIPE, text=True)
    try:
        printed = []
        for line in demo.stdout:
            printed.append(line)
            if "Control-C" in line:
                break
        script = [line for line in printed if re.match(r"\s+(export |\S*settle (?!watch))", line)]
        assert len(script) >= 8, printed
        pasted = subprocess.run(
            ["bash", "-e"], input="".join(script), capture_output=True, text=True, timeout=PATIENCE_SECONDS
        )
        assert pasted.returncode == 0, pasted.stdout + pasted.stderr
        assert "try-1" in pasted.stdout
        demo.send_signal(signal.SIGINT)
        assert demo.wait(PATIENCE_SECONDS) in (0, 130)
    finally:
        demo.terminate()
        demo.wait()
