"""Payouts: what the client makes of the server's messages, what it repeats, and its calls against the real server."""

import dataclasses
import hashlib

import grpc
import pytest

import misbehaving
from settle_client import (
    AttemptState,
    Channel,
    ChannelState,
    Doubt,
    DoubtVerdict,
    FundsShort,
    InvalidArgument,
    Money,
    NextAction,
    NotFound,
    NotInDoubt,
    NotRetryable,
    PayoutFailure,
    PermissionDenied,
    Rail,
    Speed,
    State,
    errors,
    evidence_digest,
    types,
)
from settle_client._channels import channel
from settle_client._proposals import doubt_message, proposal
from settle_client._proto import channels_pb2, proposals_pb2, withdrawals_pb2

TEN = Money.of("10.00")


def test_attempts_and_failures_are_values():
    message = withdrawals_pb2.Withdrawal(state="WITHDRAWAL_STATE_ACTION_REQUIRED", retryable=True, blocked=True)
    message.deadline.FromSeconds(1_790_000_000)
    message.fee_refunded.CopyFrom(types.money_message(Money(30)))
    failure = message.failure
    failure.iso_reason, failure.code, failure.channel_code = "AC01", "ACCOUNT_WRONG", "PAYEE_NOT_EXIST"
    failure.message_zh, failure.next_action = "收款卡号错误或账户不存在。", 2
    first = message.attempts.add(number=1, key="k01", channel="card-a", state="ATTEMPT_STATE_PAYEE_FAILURE", stray=True)
    first.failure.CopyFrom(failure)
    message.attempts.add(number=2, state=77).channel_fee.CopyFrom(types.money_message(Money(60)))
    read = types.withdrawal(message)
    assert (read.state, read.retryable, read.blocked) == (State.ACTION_REQUIRED, True, True)
    assert read.deadline.timestamp() == 1_790_000_000 and read.fee_refunded == Money(30)
    why = PayoutFailure(
        "AC01", "ACCOUNT_WRONG", "PAYEE_NOT_EXIST", "收款卡号错误或账户不存在。", NextAction.AMEND_PAYEE
    )
    assert read.failure == why and read.attempts[0].failure == why
    assert (read.attempts[0].state, read.attempts[0].stray, read.attempts[0].channel_fee) == (
        AttemptState.PAYEE_FAILURE,
        True,
        None,
    )
    # A state of a newer server is no error.
    assert read.attempts[1].state == AttemptState.UNSPECIFIED and read.attempts[1].channel_fee == Money(60)
    untried = types.withdrawal(withdrawals_pb2.Withdrawal())
    assert (untried.attempts, untried.failure, untried.fee_refunded, untried.deadline) == ((), None, None, None)


def test_what_the_payee_confirms_with_is_a_text_that_no_log_shows():
    message = withdrawals_pb2.Withdrawal(state="WITHDRAWAL_STATE_AWAITING_PAYEE")
    package = "affffddafdfafddffda==" * 8
    message.attempts.add(number=1, state="ATTEMPT_STATE_AWAITING_PAYEE", payee_confirmation=package)
    read = types.withdrawal(message)
    assert read.attempts[-1].payee_confirmation == package
    assert package not in repr(read) and package not in str(read.attempts)
    message.attempts[0].payee_confirmation = ""
    assert types.withdrawal(message).attempts[-1].payee_confirmation == ""


def test_a_channel_without_bounds_has_none():
    message = channels_pb2.Channel(id="gone", state="CHANNEL_STATE_DISABLED", reason="closed")
    message.floats.add().available.CopyFrom(types.money_message(TEN))
    value = channel(message)
    assert isinstance(value, Channel) and value.state == ChannelState.DISABLED
    assert (value.minimum, value.maximum, value.daily_maximum, value.rails) == (None, None, None, ())
    assert value.floats[0].available == TEN


def test_a_doubt_goes_there_and_back():
    for doubt in [
        Doubt("wd_1", DoubtVerdict.PAID, b"\x01" * 32, Money(990)),
        Doubt("wd_1", DoubtVerdict.FAILED, b"\x02" * 32),
    ]:
        message = proposals_pb2.Proposal(doubt=doubt_message(doubt))
        assert proposal(message).subject == doubt
    assert not doubt_message(doubt).HasField("paid")


def test_evidence_is_hashed_from_bytes_and_files(tmp_path):
    file = tmp_path / "statement.csv"
    content = b"a,b\n" * 700_000  # more than is read at once
    file.write_bytes(content)
    expected = hashlib.sha256(content).digest()
    assert evidence_digest(content) == evidence_digest(file) == evidence_digest(str(file)) == expected
    empty = tmp_path / "empty"
    empty.touch()
    for nothing in (b"", empty):
        with pytest.raises(ValueError, match="empty"):
            evidence_digest(nothing)


def test_reasons_have_classes():
    for reason, kind in {
        "NOT_ACTION_REQUIRED": NotRetryable,
        "PAYOUT_BLOCKED": NotRetryable,
        "ATTEMPTS_USED_UP": NotRetryable,
        "NOT_IN_DOUBT": NotInDoubt,
        "CHANNEL_FUNDS_SHORT": FundsShort,
    }.items():
        assert type(errors.of_reason(grpc.StatusCode.FAILED_PRECONDITION.value[0], reason, "")) is kind


def test_a_retry_is_repeated_under_its_id(server, connect, time):
    server.steps = [misbehaving.fail(grpc.StatusCode.UNAVAILABLE), misbehaving.answer("wd_7")]
    assert connect(time.policy()).retry("wd_7", etag="e").id == "wd_7"
    assert len(server.requests) == 2 and server.requests[0] == server.requests[1]
    assert server.requests[0].request_id and server.requests[0].etag == "e"


# Against the real server, which has no payout channel here.


def test_without_channels_there_is_nothing(live):
    with live.client("operator-demo") as operator, live.client("reader-demo") as reader:
        assert reader.channels.list() == () and reader.channels.alarms() == ()
        asked = reader.channels.explain_question(TEN, Speed.EXPRESS, rail=Rail.BANK_CARD)
        assert asked.chosen == "" and asked.candidates == ()
        with pytest.raises(NotFound) as missing:
            operator.channels.set_state("card-a", ChannelState.DRAINING, "night")
        assert missing.value.reason == "CHANNEL_NOT_FOUND" and "--channels" in missing.value.message
        with pytest.raises(NotFound):
            operator.channels.fund("card-a", TEN, "transfer-1")
        with pytest.raises(NotFound):
            reader.channels.health("card-a")
        with pytest.raises(PermissionDenied):
            reader.channels.set_state("card-a", ChannelState.DRAINING, "night")


def test_what_was_never_sent_has_no_attempts(live, demo, agent):
    submitted = demo.submit(agent, TEN, "payee")
    with live.client("reader-demo") as reader:
        assert reader.channels.attempts(submitted.id) == ()
        assert reader.channels.explain(submitted.id).candidates == ()
    with pytest.raises(NotRetryable) as refused:
        demo.retry(submitted.id)
    assert refused.value.metadata["state"] == "APPROVED" and "重试" in refused.value.localized_message
    with live.client("partner-other") as other, pytest.raises(NotFound):
        other.retry(submitted.id)
    with pytest.raises(PermissionDenied):
        demo.channels.list()


def test_a_doubt_needs_a_doubt(live, demo, agent):
    submitted = demo.submit(agent, TEN, "payee")
    paid = Doubt(submitted.id, DoubtVerdict.PAID, evidence_digest(b"statement"), TEN)
    with live.client("finance-carol") as carol:
        for refused in (carol.channels.resolve_in_doubt, carol.proposals.create):
            with pytest.raises(NotInDoubt):
                refused(paid)
        with pytest.raises(InvalidArgument) as wrong:
            carol.channels.resolve_in_doubt(dataclasses.replace(paid, evidence=b"short", paid=None))
        assert {violation.field for violation in wrong.value.violations} == {
            "doubt.evidence",
            "doubt.paid.currency_code",
            "doubt.paid.minor_units",
        }
