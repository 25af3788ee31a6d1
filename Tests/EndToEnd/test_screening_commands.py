"""The commands of screening, with their exit codes and their JSON: quote, payee, review, lists, rules, audit."""

import json
import os
import subprocess

import pytest

from people import person
from serving import SETTLE, Server

DONE, REFUSED, BAD_USAGE, BAD_DATA, NOT_PERMITTED = 0, 1, 64, 65, 77


def settle(*words, who=None, server=None, expect=DONE, typed=""):
    """Runs a command as a certificate's owner; its standard output, or standard error where it fails."""
    command = [str(word) for word in words]
    if who is not None:
        certs = server.certs
        command += ["--server", server.target, "--ca", str(certs / "ca.pem")]
        command += ["--cert", str(certs / f"{who}.pem"), "--key", str(certs / f"{who}.key")]
    variables = {name: value for name, value in os.environ.items() if not name.startswith("SETTLE_")}
    ended = subprocess.run([SETTLE, *command], capture_output=True, text=True, timeout=60, env=variables, input=typed)
    assert ended.returncode == expect, f"{command}: exit code {ended.returncode}\n{ended.stdout}{ended.stderr}"
    return ended.stdout if expect == DONE else ended.stderr


@pytest.fixture(scope="module")
def house(tmp_path_factory, certs):
    """A server under the standard rules, with a function that runs commands on it and reads their JSON."""
    server = Server(tmp_path_factory.mktemp("commands") / "data", certs, rules="standard").start()

    def run(who, words, **options):
        words = words.split() if isinstance(words, str) else words
        out = settle(*words, "--json", who=who, server=server, **options)
        return [json.loads(line) for line in out.splitlines() if line.startswith("{")]

    yield run
    assert server.stop() == 0, server.log


@pytest.fixture(scope="module")
def paid(house):
    """An agent with papers, a payee account and money, and the account's id."""
    someone = person(500)
    house("partner-demo", "agent create --agent c1")
    papers = f"{someone.name}\n{someone.id_number}\n{someone.card_number}\n"
    verified = house("partner-demo", "agent verify --agent c1", typed=papers)[0]
    assert verified["defects"] == [] and verified["agent"]["card_verified"]
    account = house(
        "partner-demo", "payee add --agent c1 --rail bank_card", typed=f"{someone.card_number}\n{someone.name}\n"
    )[0]
    assert account["state"] == "VERIFIED" and account["masked_number"].endswith(someone.card_number[-4:])
    house("operator-demo", "deposit --partner demo --agent c1 --amount 3000.00")
    return account["id"]


def house_error(house, who, words, expect, **options):
    """The problem that a command ends with; its lines of JSON are what `house` reads."""
    return json.dumps(house(who, words, expect=expect, **options))


def test_wrong_papers_end_with_a_refusal(house):
    house("partner-demo", "agent create --agent c2")
    someone = person(501)
    papers = f"{someone.name}\n{someone.id_number}\n6222020000000000001\n"
    message = house_error(house, "partner-demo", "agent verify --agent c2", REFUSED, typed=papers)
    assert "6222020000000000001" not in message and someone.id_number not in message


def test_a_quote_and_its_submission(house, paid):
    quote = house("partner-demo", f"quote --agent c1 --amount 100.00 --payee {paid} --speed same_day")[0]
    assert quote["obstacle"] is None and quote["speed"] == "SAME_DAY" and len(quote["offers"]) == 3
    submit = f"submit --agent c1 --amount 100.00 --payee {paid} --speed same_day --quote {quote['quote']}"
    withdrawal = house("partner-demo", submit)[0]
    assert withdrawal["fee"] == quote["fee"] and withdrawal["rules_version"] == quote["rules_version"]
    above = house("partner-demo", f"quote --agent c1 --amount 5000.01 --payee {paid}")[0]
    assert above["obstacle"]["reason"] == "AMOUNT_OUT_OF_BOUNDS" and above["obstacle"]["message_zh"]


def test_a_review_is_bound_to_what_was_seen(house, paid):
    # Nearly all of the money, minutes after it came, to somebody new.
    withdrawal = house("partner-demo", f"submit --agent c1 --amount 2800.00 --payee {paid}")[0]
    id = withdrawal["id"]
    assert withdrawal["state"] == "PENDING_REVIEW" and withdrawal["review"]["digest"] == ""
    assert id in json.dumps(house("reviewer-alice", "review list"))
    seen = house("reviewer-alice", f"review show {id}")[0]["review"]["digest"]
    house("reviewer-alice", f"review claim {id}")
    assert "DIGEST_OUTDATED" in house_error(
        house, "reviewer-alice", f"review approve {id} --digest {'0' * 64}", REFUSED
    )
    house_error(house, "reader-demo", f"review approve {id} --digest {seen}", NOT_PERMITTED)
    approved = house("reviewer-bob", f"review approve {id} --digest {seen}", expect=REFUSED)
    assert approved[-1]["error"]["reason"] == "REVIEW_CLAIMED"
    assert house("reviewer-alice", f"review approve {id}")[-1]["state"] == "APPROVED"
    explained = house("reader-demo", f"rules explain {id} --rules standard")[0]
    assert len(explained["english"]) == len(explained["chinese"]) > 5
    kinds = [event["kind"] for event in house("auditor-frank", f"audit list --withdrawal {id}")]
    assert kinds[0] == "WITHDRAWAL_SUBMITTED" and kinds.count("REVIEW_ACTED") == 2


def test_two_people_of_finance_see_a_number(house, paid):
    proposal = house("finance-carol", f"proposal reveal {paid}")[0]
    message = house_error(house, "finance-carol", f"proposal confirm {proposal['id']}", REFUSED)
    assert "MAKER_MAY_NOT_DECIDE" in message
    confirmed = house("finance-dave", f"proposal confirm {proposal['id']} --digest {proposal['digest']}")[0]
    assert confirmed["state"] == "CONFIRMED"
    assert house("finance-carol", f"payee reveal {proposal['id']}")[0]["number"] == person(500).card_number
    revealed = house("auditor-frank", "audit list --kind payee_revealed")
    assert [event["actor"] for event in revealed] == ["staff/finance/carol"]


def test_lists_go_out_and_come_in(house, tmp_path):
    house("compliance-erin", "lists put --subject device --colour black --name x1 --until 2099-01-31 --reason FARM")
    house(
        "compliance-erin",
        "lists put --subject payee --colour black --payee-number - --reason FRAUD",
        typed=f"{person(502).card_number}\n",
    )
    exported = house("reader-demo", "lists export")
    assert {entry["subject"] for entry in exported} == {"DEVICE", "PAYEE"}
    assert person(502).card_number not in json.dumps(exported)
    file = tmp_path / "entries"
    file.write_text("".join(json.dumps(entry) + "\n" for entry in exported))
    again = ["lists", "import", str(file), "--request-id", "import-1"]
    assert house("compliance-erin", again)[0] == {"imported": len(exported), "failed": []}
    # The same file under the same name is the same requests.
    assert house("compliance-erin", again)[0]["imported"] == len(exported)
    file.write_text('{"subject":"DEVICE","colour":"BLACK","name":"x2","reason":"R"}\n{"subject":"DEVICE"}\nno\n')
    wrong = house("compliance-erin", ["lists", "import", str(file)], expect=BAD_DATA)[-1]["error"]
    assert [line["line"] for line in wrong["lines"]] == [2, 3]
    assert "x2" not in json.dumps(house("reader-demo", "lists export"))


def test_the_chain_is_whole(house):
    verified = house("auditor-frank", "audit verify")[0]
    assert verified["from_sequence"] == 1 and verified["records"] == verified["to_sequence"]


def test_rules_documents(tmp_path):
    assert json.loads(settle("rules", "check", "standard", "--json"))["tiers"][0]["payout_maximum"] == 500_000
    document = tmp_path / "rules.yaml"
    document.write_text(settle("rules", "print", "standard").replace("default_tier: bronze", "default_tier: brass"))
    told = settle("rules", "check", document, expect=BAD_DATA)
    line = document.read_text().splitlines().index("default_tier: brass") + 1
    assert f"{document}:{line}: default_tier: " in told
    defects = json.loads(settle("rules", "check", document, "--json", expect=BAD_DATA))["error"]["defects"]
    assert [(defect["line"], defect["path"]) for defect in defects] == [(line, "default_tier")]
    settle("rules", "print", "strict", expect=BAD_USAGE)


def test_labelled_traffic(tmp_path):
    traffic = tmp_path / "traffic"
    settle("risk", "generate", "--seed", 12, "--out", traffic, "--agents", 20, "--weeks", 4)
    report = json.loads(settle("risk", "evaluate", traffic, "--json"))
    assert report["all_honest"]["approved"] > 50 and report["all_abuse"]
    traffic.write_text("1\tnonsense\n")
    assert "line 1" in settle("risk", "evaluate", traffic, expect=BAD_DATA)
