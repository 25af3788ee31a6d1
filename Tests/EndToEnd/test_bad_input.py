"""Bad input gets a clear answer and loses nothing: for each line the code, the reason, and that nothing changed."""

import grpc
import pytest

from settle_client import InsufficientFunds, Money, NotCancelable, Refused, RequestIdReused, SettleError, State
from settle_client._proto import accounts_pb2, withdrawals_pb2
from wire import ACCOUNTS, WITHDRAWALS, Failure, call, money, number, open_channel, text, varint

INVALID = grpc.StatusCode.INVALID_ARGUMENT
NOT_FOUND = grpc.StatusCode.NOT_FOUND
TEN = Money.of("10.00")
UNITS, CURRENCY = "amount.minor_units", "amount.currency_code"
WIDE = b"\xe6\xb1\x89" * 22  # 22 characters, 66 bytes


@pytest.fixture(scope="module")
def channels(server):
    """Who -> a channel of bytes."""
    opened = {who: open_channel(server, who) for who in ("partner-demo", "partner-other", "operator-demo")}
    yield opened
    for channel in opened.values():
        channel.close()


def submit(agent=b"AGENT", request_id=b"bad-1", amount=None, payee=b"payee") -> bytes:
    """A submit as bytes; what is None is left out."""
    fields = [(1, request_id), (2, agent), (3, money(1000) if amount is None else amount), (4, payee)]
    return b"".join(text(field, content) for field, content in fields if content is not None)


def deposit(agent=b"AGENT", request_id=b"bad-1", amount=None, partner=b"demo") -> bytes:
    fields = [(1, request_id), (2, partner), (3, agent), (4, money(1000) if amount is None else amount)]
    return b"".join(text(field, content) for field, content in fields if content is not None)


SUBMIT = WITHDRAWALS + "SubmitWithdrawal"
DEPOSIT = ACCOUNTS + "Deposit"
GARBAGE = {
    "cut": submit()[:-3],
    "cut in a length": submit() + b"\x12",
    "length beyond the end": b"\x0a\x7fabc",
    "length of 2**63": b"\x0a" + varint(2**63),
    "field number 0": b"\x02\x01x",
    "wire type 7": b"\x0f\x01x",
    "varint of 11 bytes": submit(amount=text(1, b"CNY") + b"\x10" + b"\xff" * 10 + b"\x01"),
    "end of a group that was not open": b"\x0c" + submit(),
    "noise": bytes(range(255, 0, -1)),
}

# what: (method, request, code, reason, fields); AGENT stands for an agent with 1,000.00 CNY.
REFUSED_WITHOUT_TRACE = {
    "unknown agent": (SUBMIT, submit(agent=b"nobody"), NOT_FOUND, "AGENT_NOT_FOUND", set()),
    "agent of another partner": (DEPOSIT, deposit(partner=b"other"), NOT_FOUND, "AGENT_NOT_FOUND", set()),
    "amount 0": (SUBMIT, submit(amount=money(0)), INVALID, "INVALID_FIELDS", {UNITS}),
    "amount -1": (SUBMIT, submit(amount=money(-1)), INVALID, "INVALID_FIELDS", {UNITS}),
    "smallest amount": (SUBMIT, submit(amount=money(-(2**63))), INVALID, "INVALID_FIELDS", {UNITS}),
    "no amount": (SUBMIT, submit(amount=b""), INVALID, "INVALID_FIELDS", {UNITS, CURRENCY}),
    "deposit of 0": (DEPOSIT, deposit(amount=money(0)), INVALID, "INVALID_FIELDS", {UNITS}),
    "deposit of -1": (DEPOSIT, deposit(amount=money(-1)), INVALID, "INVALID_FIELDS", {UNITS}),
    "sum beyond 64 bits": (
        DEPOSIT, deposit(amount=money(2**63 - 1)), grpc.StatusCode.OUT_OF_RANGE, "BALANCE_OVERFLOW", set(),
    ),
    "dollars": (SUBMIT, submit(amount=money(1, b"USD")), INVALID, "CURRENCY_NOT_SUPPORTED", {CURRENCY}),
    "lower-case currency": (SUBMIT, submit(amount=money(1, b"cny")), INVALID, "INVALID_FIELDS", {CURRENCY}),
    "no currency": (SUBMIT, submit(amount=number(2, 1)), INVALID, "INVALID_FIELDS", {CURRENCY}),
    "currency of four": (SUBMIT, submit(amount=money(1, b"CNYY")), INVALID, "INVALID_FIELDS", {CURRENCY}),
    "no request_id": (SUBMIT, submit(request_id=None), INVALID, "INVALID_FIELDS", {"request_id"}),
    "deposit without request_id": (DEPOSIT, deposit(request_id=None), INVALID, "INVALID_FIELDS", {"request_id"}),
    "no agent": (SUBMIT, submit(agent=None), INVALID, "INVALID_FIELDS", {"agent"}),
    "no payee": (SUBMIT, submit(payee=b""), INVALID, "INVALID_FIELDS", {"payee"}),
    "nothing at all": (
        SUBMIT, b"", INVALID, "INVALID_FIELDS",
        {"request_id", "agent", "payee", UNITS, CURRENCY},
    ),
    "request_id of 65 bytes": (SUBMIT, submit(request_id=b"r" * 65), INVALID, "INVALID_FIELDS", {"request_id"}),
    "agent of 66 bytes": (SUBMIT, submit(agent=WIDE), INVALID, "INVALID_FIELDS", {"agent"}),
    "payee of a million bytes": (SUBMIT, submit(payee=b"p" * 10**6), INVALID, "INVALID_FIELDS", {"payee"}),
    "control character": (SUBMIT, submit(payee=b"a\nb"), INVALID, "INVALID_FIELDS", {"payee"}),
    "neither id nor request_id": (WITHDRAWALS + "GetWithdrawal", b"", INVALID, None, None),
    "both id and request_id": (
        WITHDRAWALS + "GetWithdrawal", text(1, b"wd_00000000000010") + text(2, b"x"), INVALID, None, None,
    ),
    "no id": (WITHDRAWALS + "GetWithdrawal", text(1, b"wd_1"), INVALID, "INVALID_FIELDS", {"id"}),
    "id with a wrong check symbol": (
        WITHDRAWALS + "CancelWithdrawal", text(1, b"c") + text(2, b"wd_0000000000001Z"), INVALID, "INVALID_FIELDS",
        {"id"},
    ),
    "unused request_id": (WITHDRAWALS + "GetWithdrawal", text(2, b"unused"), NOT_FOUND, "REQUEST_NOT_FOUND", set()),
    "page_size -1": (WITHDRAWALS + "ListWithdrawals", number(4, -1), INVALID, "INVALID_FIELDS", {"page_size"}),
    "page_token of nowhere": (WITHDRAWALS + "ListWithdrawals", text(5, b"x"), INVALID, None, None),
    "balance of nobody": (ACCOUNTS + "GetBalance", text(2, b"nobody"), NOT_FOUND, "AGENT_NOT_FOUND", set()),
    "batch of none": (WITHDRAWALS + "BatchSubmitWithdrawals", b"", INVALID, None, None),
    "batch of 8,193": (
        WITHDRAWALS + "BatchSubmitWithdrawals", text(1, submit()) * 8193, INVALID, None, None,
    ),
    "agent that exists": (
        ACCOUNTS + "CreateAgent", text(1, b"bad-1") + text(3, b"AGENT"), grpc.StatusCode.ALREADY_EXISTS,
        "AGENT_EXISTS", set(),
    ),
    "more than 4 MiB": (SUBMIT, submit(payee=b"p" * (4 * 2**20)), grpc.StatusCode.RESOURCE_EXHAUSTED, None, None),
} | {
    f"malformed: {what}": (SUBMIT, request, INVALID, "MALFORMED_MESSAGE", set()) for what, request in GARBAGE.items()
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED_WITHOUT_TRACE)
def test_refused_without_trace(what, channels, demo, agent, nothing_changes):
    method, request, code, reason, fields = REFUSED_WITHOUT_TRACE[what]
    for field in (2, 3):
        request = request.replace(text(field, b"AGENT"), text(field, agent.encode()))
    balance = demo.balance(agent)
    with nothing_changes():
        result = call(channels["operator-demo" if method == DEPOSIT else "partner-demo"], method, request)
    assert isinstance(result, Failure), what
    assert result.code == code and result.message
    if reason is not None:
        assert (result.reason, result.domain) == (reason, "settlement")
        assert result.fields == fields
    assert demo.balance(agent) == balance
    if method == SUBMIT and b"bad-1" in request:
        # The id was not used up: the same one with a good request succeeds, and only then.
        again = call(channels["partner-demo"], WITHDRAWALS + "GetWithdrawal", text(2, b"bad-1"))
        assert isinstance(again, Failure) and again.reason == "REQUEST_NOT_FOUND"


@pytest.mark.parametrize("bad", [b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\xc0\xaf", b"ok\x80"])
@pytest.mark.parametrize("field", ["request_id", "agent", "payee", "currency"])
def test_not_utf8(field, bad, channels, nothing_changes):
    request = submit(amount=money(1000, bad)) if field == "currency" else submit(**{field: bad})
    with nothing_changes():
        result = call(channels["partner-demo"], SUBMIT, request)
    assert isinstance(result, Failure) and result.code == INVALID
    assert result.reason in ("MALFORMED_MESSAGE", "INVALID_FIELDS")


@pytest.mark.parametrize("method", ["CreateAgent", "GetAgent", "GetBalance", "ListEntries", "Deposit"])
def test_not_utf8_for_accounts(method, channels, nothing_changes):
    with nothing_changes():
        result = call(channels["operator-demo"], ACCOUNTS + method, text(2, b"\xff") + text(3, b"\xff"))
    assert isinstance(result, Failure) and result.code == INVALID


def test_longest_names_are_taken(channels, demo, operator):
    longest = "汉" * 21 + "x"
    demo.create_agent(longest)
    operator.deposit(longest, TEN, partner="demo")
    withdrawal = demo.submit(longest, TEN, longest, request_id=longest)
    assert demo.get_by_request_id(longest) == withdrawal and withdrawal.payee == longest


@pytest.mark.parametrize("minor_units", [100_001, 10**15])
def test_above_the_balance(minor_units, demo, agent):
    balance = demo.balance(agent)
    with pytest.raises(InsufficientFunds) as raised:
        demo.submit(agent, Money(minor_units), "payee", request_id=f"{agent[-40:]}-1")
    error = raised.value
    assert error.code == grpc.StatusCode.FAILED_PRECONDITION
    assert (error.metadata["available"], error.metadata["requested"]) == ("100000", str(minor_units))
    assert error.localized_message
    assert demo.balance(agent).available == balance.available
    assert not any(demo.list(agent=agent))
    demo.submit(agent, Money(100_000), "payee")
    with pytest.raises(InsufficientFunds) as raised:
        demo.submit(agent, Money(1), "payee")
    assert raised.value.metadata["available"] == "0"


@pytest.mark.parametrize("minor_units", [10**15 + 1, 2**62, 2**63 - 1])
def test_above_any_amount(minor_units, demo, agent):
    """Larger than a single amount may be, so that no sum of them can leave 64 bits."""
    balance = demo.balance(agent)
    with pytest.raises(Refused) as raised:
        demo.submit(agent, Money(minor_units), "payee")
    assert raised.value.code == grpc.StatusCode.FAILED_PRECONDITION
    assert raised.value.reason == "AMOUNT_OUT_OF_BOUNDS" and raised.value.metadata["requested"] == str(minor_units)
    assert demo.balance(agent) == balance and not any(demo.list(agent=agent))


@pytest.mark.parametrize("changed", ["amount", "payee", "agent"])
def test_request_id_with_other_content(changed, demo, agent, nothing_changes):
    content = {"agent": agent, "amount": TEN, "payee": "payee"}
    first = demo.submit(**content, request_id=f"{agent[-40:]}-1")
    content |= {"amount": {"amount": Money.of("10.01")}, "payee": {"payee": "x"}, "agent": {"agent": "nobody"}}[changed]
    with nothing_changes(), pytest.raises(RequestIdReused) as raised:
        demo.submit(**content, request_id=f"{agent[-40:]}-1")
    assert raised.value.code == grpc.StatusCode.ALREADY_EXISTS
    assert [withdrawal.id for withdrawal in demo.list(agent=agent)] == [first.id]


def test_request_id_of_another_method(demo, operator, agent, nothing_changes):
    first = demo.submit(agent, TEN, "payee")
    with nothing_changes():
        with pytest.raises(RequestIdReused):
            demo.cancel(first.id, request_id=first.request_id)
        with pytest.raises(RequestIdReused):
            demo.create_agent("another", request_id=first.request_id)
    assert demo.get(first.id) == first


def test_request_id_of_a_refusal_with_other_content(demo, agent, nothing_changes):
    request_id = f"{agent[-40:]}-1"
    with pytest.raises(InsufficientFunds):
        demo.submit(agent, Money.of("5000.00"), "payee", request_id=request_id)
    with nothing_changes(), pytest.raises(RequestIdReused):
        demo.submit(agent, TEN, "payee", request_id=request_id)


def test_external_reference_twice(operator, agent):
    first = operator.deposit(agent, TEN, partner="demo", external_reference=f"v-{agent[-40:]}")
    with pytest.raises(SettleError) as raised:
        operator.deposit(agent, TEN, partner="demo", external_reference=f"v-{agent[-40:]}")
    assert raised.value.reason == "EXTERNAL_REFERENCE_USED"
    assert operator.balance(agent, partner="demo").available == first.balance.available


def test_cancel_twice(demo, agent, nothing_changes):
    first = demo.submit(agent, TEN, "payee")
    cancelled = demo.cancel(first.id, request_id=f"{agent[-40:]}-c1")
    with nothing_changes():
        assert demo.cancel(first.id, request_id=f"{agent[-40:]}-c1") == cancelled
    with pytest.raises(NotCancelable) as raised:
        demo.cancel(first.id, request_id=f"{agent[-40:]}-c2")
    assert raised.value.code == grpc.StatusCode.FAILED_PRECONDITION
    assert raised.value.metadata["state"] == "CANCELLED"
    assert demo.get(first.id) == cancelled and cancelled.state == State.CANCELLED
    assert demo.balance(agent).available == Money.of("1000.00")


def test_another_partner_sees_what_does_not_exist(channels, demo, other, agent, nothing_changes):
    """A02: codes, reasons and words are those for what does not exist."""
    mine = demo.submit(agent, TEN, "payee")
    # Ordinal 2**47 of this shard: nobody has it yet.
    nowhere = identifier(2**47)
    demo_channel, other_channel = channels["partner-demo"], channels["partner-other"]
    with nothing_changes():
        for method, request in [
            ("GetWithdrawal", lambda id: text(1, id)),
            ("CancelWithdrawal", lambda id: text(1, b"theirs") + text(2, id)),
        ]:
            for channel in (demo_channel, other_channel):
                absent = call(channel, WITHDRAWALS + method, request(nowhere.encode()))
                theirs = call(other_channel, WITHDRAWALS + method, request(mine.id.encode()))
                assert isinstance(absent, Failure) and absent == theirs
                assert (absent.code, absent.reason) == (NOT_FOUND, "WITHDRAWAL_NOT_FOUND")
        by_request = call(other_channel, WITHDRAWALS + "GetWithdrawal", text(2, mine.request_id.encode()))
        assert isinstance(by_request, Failure) and by_request.reason == "REQUEST_NOT_FOUND"
        for method in ("GetAgent", "GetBalance", "ListEntries"):
            theirs = call(other_channel, ACCOUNTS + method, text(2, agent.encode()))
            absent = call(other_channel, ACCOUNTS + method, text(2, b"nobody"))
            assert isinstance(absent, Failure) and absent == theirs and absent.reason == "AGENT_NOT_FOUND"
        foreign = call(other_channel, SUBMIT, submit(agent=agent.encode()))
        assert isinstance(foreign, Failure) and foreign.reason == "AGENT_NOT_FOUND"
        assert not any(other.list())
    assert demo.get(mine.id) == mine


def test_request_ids_are_each_partners_own(demo, other, operator, agent):
    other.create_agent(agent)
    operator.deposit(agent, TEN, partner="other")
    mine = demo.submit(agent, TEN, "payee", request_id=f"{agent[-40:]}-1")
    theirs = other.submit(agent, Money(1), "else", request_id=f"{agent[-40:]}-1")
    assert mine.id != theirs.id
    assert demo.get_by_request_id(f"{agent[-40:]}-1") == mine


def test_roles(server, agent, nothing_changes):
    denied = grpc.StatusCode.PERMISSION_DENIED
    requests = {
        SUBMIT: submit(agent=agent.encode()),
        WITHDRAWALS + "CancelWithdrawal": text(1, b"bad-1") + text(2, identifier(1).encode()),
        WITHDRAWALS + "BatchSubmitWithdrawals": text(1, submit(agent=agent.encode())),
        ACCOUNTS + "CreateAgent": text(1, b"bad-1") + text(2, b"demo") + text(3, b"x"),
        DEPOSIT: deposit(agent=agent.encode()),
    }
    with open_channel(server, "reader-demo") as reader, nothing_changes():
        for method, request in requests.items():
            result = call(reader, method, request)
            assert isinstance(result, Failure) and result.code == denied, method
            assert result.reason == "ROLE_NOT_ALLOWED"
    with open_channel(server, "partner-demo") as partner, nothing_changes():
        result = call(partner, DEPOSIT, requests[DEPOSIT])
        assert isinstance(result, Failure) and (result.code, result.reason) == (denied, "ROLE_NOT_ALLOWED")
    with server.client("reader-demo") as reader:
        assert reader.balance(agent, partner="demo").available == Money.of("1000.00")


def test_the_edges_of_a_batch(channels, demo, agent):
    """Bad items have results of their own and harm no other."""
    good = submit(agent=agent.encode(), request_id=b"good-" + agent[-40:].encode())
    items = [
        good,
        submit(agent=agent.encode(), request_id=None),
        submit(agent=b"nobody", request_id=b"x1"),
        submit(agent=agent.encode(), request_id=b"x2", amount=money(0)),
        submit(agent=agent.encode(), request_id=b"x3-" + agent[-40:].encode(), amount=money(10**9)),
        good,
        submit(agent=agent.encode(), request_id=b"good-" + agent[-40:].encode(), amount=money(7)),
    ]
    reply = call(channels["partner-demo"], WITHDRAWALS + "BatchSubmitWithdrawals", b"".join(text(1, i) for i in items))
    assert isinstance(reply, bytes)
    results = withdrawals_pb2.BatchSubmitWithdrawalsResponse.FromString(reply).results
    codes = [result.error.code if result.HasField("error") else 0 for result in results]
    names = [grpc.StatusCode.OK, INVALID, NOT_FOUND, INVALID, grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.OK]
    names.append(grpc.StatusCode.ALREADY_EXISTS)
    assert codes == [code.value[0] for code in names]
    assert results[0].withdrawal == results[5].withdrawal
    assert demo.balance(agent).available == Money.of("990.00")


def test_unknown_fields_are_ignored(channels, agent):
    """A newer client may send more than this server knows."""
    request = submit(agent=agent.encode(), request_id=agent[-40:].encode()) + number(99, 7) + text(100, b"more")
    reply = call(channels["partner-demo"], SUBMIT, request)
    assert isinstance(reply, bytes)
    first = withdrawals_pb2.Withdrawal.FromString(reply)
    again = call(channels["partner-demo"], WITHDRAWALS + "GetWithdrawal", text(1, first.id.encode()))
    assert again == reply


def test_unknown_methods(channels):
    for path in ("Nothing", "submitWithdrawal", "SubmitWithdrawal/", "SubmitWithdrawal?x"):
        result = call(channels["partner-demo"], WITHDRAWALS + path, submit())
        assert isinstance(result, Failure) and result.code == grpc.StatusCode.UNIMPLEMENTED, path


def test_balances_of_other_currencies(channels, agent):
    for currency, code in ((b"cny", INVALID), (b"U", INVALID)):
        result = call(channels["partner-demo"], ACCOUNTS + "GetBalance", text(2, agent.encode()) + text(3, currency))
        assert isinstance(result, Failure) and result.code == code
    reply = call(channels["partner-demo"], ACCOUNTS + "GetBalance", text(2, agent.encode()))
    assert isinstance(reply, bytes)
    assert accounts_pb2.Balance.FromString(reply).currency_code == "CNY"


def identifier(ordinal: int) -> str:
    """A withdrawal id of epoch 0, shard 0: 13 Crockford symbols and the check symbol."""
    symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    values = [ordinal >> (60 - 5 * position) & 31 for position in range(13)]
    check = 0
    for value in values:
        # Times x in the field of 32 elements modulo x^5 + x^2 + 1.
        check = (check ^ value) << 1
        check ^= 0b100101 if check & 32 else 0
    return "wd_" + "".join(symbols[value] for value in [*values, check])
