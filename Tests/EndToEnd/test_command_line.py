"""The program's commands, spelled as they are documented, with their exit codes."""

import json
import os
import subprocess

import pytest

from serving import PATIENCE_SECONDS, SETTLE

DONE, REFUSED, NOT_FOUND, BAD_USAGE, BAD_DATA, UNREADABLE, UNREACHABLE = 0, 1, 2, 64, 65, 66, 69
SYSTEM_ERROR, NOT_PERMITTED, UNUSABLE = 71, 77, 78


def settle(*words, who=None, server=None, expect=DONE, **environment):
    """Runs a command, with the flags of a certificate's owner; its standard output."""
    command = [str(word) for word in words]
    if who is not None:
        certs = server.certs
        command += ["--server", server.target, "--ca", str(certs / "ca.pem")]
        command += ["--cert", str(certs / f"{who}.pem"), "--key", str(certs / f"{who}.key")]
    variables = {name: value for name, value in os.environ.items() if not name.startswith("SETTLE_")} | environment
    ended = subprocess.run([SETTLE, *command], capture_output=True, text=True, timeout=60, env=variables)
    assert ended.returncode == expect, f"{command}: exit code {ended.returncode}\n{ended.stdout}{ended.stderr}"
    if expect != DONE:
        assert ended.stderr.strip(), f"{command} ended with {expect} and said nothing"
    return ended.stdout if expect == DONE else ended.stderr


@pytest.fixture
def partner(server):
    """Runs commands of partner demo."""
    return lambda *words, **options: settle(*words, who="partner-demo", server=server, **options)


@pytest.fixture
def as_json(partner):
    return lambda *words: json.loads(partner(*words, "--json"))


def test_the_main_job(own_server):
    own_server.start()

    def partner(*words, **options):
        return settle(*words, who="partner-demo", server=own_server, **options)

    def operator(*words, **options):
        return settle(*words, who="operator-demo", server=own_server, **options)

    operator(*"agent create --partner demo --agent a1".split())
    operator(*"deposit --partner demo --agent a1 --amount 1000.00 --request-id d1".split())
    submitted = partner(*"submit --agent a1 --amount 50.00 --payee demo --request-id r1".split())
    id = next(word.strip(".,:;()") for word in submitted.split() if word.startswith("wd_"))
    assert "APPROVED" in partner("get", id).upper()
    assert "1000.00" in partner(*"balance --agent a1".split()) or "950.00" in partner(*"balance --agent a1".split())
    assert id in partner("list")
    assert "CANCELLED" in partner("cancel", id, "--request-id", "c1").upper()
    # Again, word for word: the same answers, no other effect.
    assert id in partner(*"submit --agent a1 --amount 50.00 --payee demo --request-id r1".split())
    partner("cancel", id, "--request-id", "c1")
    partner("cancel", id, "--request-id", "c2", expect=REFUSED)
    operator(*"deposit --partner demo --agent a1 --amount 1000.00 --request-id d1".split())
    assert "1000.00" in partner(*"balance --agent a1".split())


def test_json_for_machines(partner, agent, as_json):
    request_id = f"j-{agent[-40:]}"
    submitted = as_json(*f"submit --agent {agent} --amount 12.34 --payee p --request-id {request_id}".split())
    assert submitted["id"].startswith("wd_") and submitted["request_id"] == request_id
    assert as_json("get", submitted["id"]) == submitted
    assert submitted["id"] in partner("list", "--agent", agent, "--json")
    cancelled = as_json("cancel", submitted["id"], "--request-id", f"k-{agent[-40:]}")
    assert "CANCELLED" in json.dumps(cancelled)


def test_a_request_id_that_is_missing_is_made_up_and_printed(partner, agent):
    printed = partner("submit", "--agent", agent, "--amount", "1.00", "--payee", "p")
    assert "request" in printed.lower()


def test_the_environment_instead_of_flags(server, agent):
    certs = server.certs
    variables = {
        "SETTLE_SERVER": server.target,
        "SETTLE_CA": str(certs / "ca.pem"),
        "SETTLE_CERT": str(certs / "partner-demo.pem"),
        "SETTLE_KEY": str(certs / "partner-demo.key"),
    }
    assert "1000.00" in settle("balance", "--agent", agent, **variables)


def test_refusals(partner, agent):
    partner("submit", "--agent", agent, "--amount", "1000.01", "--payee", "p", expect=REFUSED)
    partner("get", "wd_00000000000000", expect=NOT_FOUND)
    partner("submit", "--agent", "nobody", "--amount", "1.00", "--payee", "p", expect=NOT_FOUND)
    partner("deposit", "--partner", "demo", "--agent", agent, "--amount", "1.00", expect=NOT_PERMITTED)


NO_AMOUNTS = ["", "abc", "1.001", "1e3", "-1.00", "0", "1,000.00", "92233720368547758.08", "NaN", "\u0661"]


@pytest.mark.parametrize("amount", NO_AMOUNTS)
def test_amounts_that_are_none(amount, partner, agent):
    message = partner("submit", "--agent", agent, f"--amount={amount}", "--payee", "p", expect=BAD_USAGE)
    assert "amount" in message
    assert "1000.00" in partner("balance", "--agent", agent)


FILES = "--data x --tls-cert x --tls-key x --client-ca x"
BAD_FLAGS = [
    "frobnicate",
    "submit",
    "submit --agent",
    "get",
    "serve",
    "serve --nonsense",
    "certs",
    "journal frobnicate",
]
BAD_FLAGS += [f"serve {FILES} --listen {address}" for address in ("nowhere", "127.0.0.1:65536", "127.0.0.1:x", ":")]


@pytest.mark.parametrize("words", BAD_FLAGS)
def test_bad_flags(words):
    settle(*words.split(), expect=BAD_USAGE)


def test_a_server_that_is_not_there(server):
    certs = server.certs
    flags = ["--ca", certs / "ca.pem", "--cert", certs / "partner-demo.pem", "--key", certs / "partner-demo.key"]
    # Port 1 of the loopback: nobody listens there.
    message = settle("balance", "--agent", "a", "--server", "127.0.0.1:1", *flags, expect=UNREACHABLE)
    assert "127.0.0.1:1" in message


def test_files_that_are_not_there(server, tmp_path):
    certs = server.certs
    flags = ["--server", server.target, "--ca", certs / "ca.pem", "--cert", tmp_path / "none.pem"]
    message = settle("balance", "--agent", "a", *flags, "--key", certs / "partner-demo.key", expect=UNREADABLE)
    assert "none.pem" in message


def test_watch_prints_each_change(server, partner, agent):
    submitted = json.loads(partner("submit", "--agent", agent, "--amount", "1.00", "--payee", "p", "--json"))
    certs = server.certs
    command = [SETTLE, "watch", "--json", "--server", server.target, "--ca", certs / "ca.pem"]
    command += ["--cert", certs / "partner-demo.pem", "--key", certs / "partner-demo.key"]
    watching = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        # Its first line says that it listens; cancelling before that could be missed.
        first = watching.stdout.readline()
        assert first
        partner("cancel", submitted["id"])
        line = first if submitted["id"] in first else next(line for line in watching.stdout if submitted["id"] in line)
        assert "CANCELLED" in line
    finally:
        watching.kill()
        watching.wait()


def test_help_and_version():
    printed = settle("--help")
    for command in ("serve", "certs", "submit", "get", "cancel", "list", "watch", "agent", "deposit", "balance"):
        assert command in printed
    assert settle("--version").strip()


def test_the_example_of_channels_is_printed():
    """The README and every defect of a list of channels name the command."""
    ended = subprocess.run([SETTLE, "channel", "example"], capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert ended.returncode == 0, ended.stderr
    assert "channels:\n" in ended.stdout and "kind: bank_file" in ended.stdout
