"""clients/load/call.py: one call from the command line, and what it says when it cannot."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CALL = Path(__file__).resolve().parents[2] / "load/call.py"
LIST = "settlement.v1.WithdrawalService/ListWithdrawals"


@pytest.fixture
def environment(live):
    certs = live.certs
    return {
        **os.environ,
        "SETTLE_SERVER": live.target,
        "SETTLE_CA": str(certs / "ca.pem"),
        "SETTLE_CERT": str(certs / "partner-demo.pem"),
        "SETTLE_KEY": str(certs / "partner-demo.key"),
    }


def call(environment, *arguments):
    return subprocess.run([sys.executable, CALL, *arguments], env=environment, capture_output=True, text=True)


def test_it_calls(environment):
    done = call(environment, LIST, '{"page_size": 1}')
    assert (done.returncode, done.stderr) == (0, "") and '"cursor"' in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["settlement.v1.WithdrawalService/Nothing"], ["has no method Nothing", "ListWithdrawals"]),
        (
            ["settlement.v1.NoService/Nothing"],
            ["has no service settlement.v1.NoService", "settlement.v1.WithdrawalService"],
        ),
        ([LIST, "{page_size}"], ["is no ListWithdrawalsRequest", "JSON"]),
        ([LIST, '{"nothing": 1}'], ["is no ListWithdrawalsRequest", "nothing"]),
        ([LIST, '{"page_size": -1}'], ["INVALID_ARGUMENT: page_size"]),
    ],
)
def test_what_is_wrong_is_said(environment, arguments, words):
    said_and_over(call(environment, *arguments), words)


@pytest.mark.parametrize("name", ["SETTLE_SERVER", "SETTLE_CA", "SETTLE_CERT", "SETTLE_KEY"])
def test_a_variable_that_is_missing_is_named(environment, name):
    del environment[name]
    said_and_over(call(environment, LIST), [f"set {name}"])


def test_a_file_that_is_missing_is_named(environment):
    said_and_over(call(environment | {"SETTLE_KEY": "/nowhere.key"}, LIST), ["SETTLE_KEY", "/nowhere.key"])


def test_a_server_that_is_not_there_is_named(environment):
    said_and_over(call(environment | {"SETTLE_SERVER": "127.0.0.1:1"}, LIST), ["UNAVAILABLE", "127.0.0.1:1"])


def said_and_over(done, words):
    assert done.returncode == 1 and done.stdout == "" and "Traceback" not in done.stderr, done.stderr
    for word in words:
        assert word in done.stderr
