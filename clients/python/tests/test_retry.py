"""How the client behaves when the server does not."""

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from misbehaving import answer, fail, info, retry_info, silence, status
from settle_client import (
    DeadlineExceeded,
    InsufficientFunds,
    InvalidArgument,
    Money,
    NewWithdrawal,
    NotFound,
    OutcomeUnknown,
    Overloaded,
    PermissionDenied,
    RequestIdReused,
    ServerFault,
    Unavailable,
)
from settle_client._proto import withdrawals_pb2

TEN = Money.of("10.00")
UNAVAILABLE = fail(grpc.StatusCode.UNAVAILABLE)


def test_the_same_request_id_until_it_is_answered(server, connect, time):
    server.steps = [
        UNAVAILABLE,
        fail(grpc.StatusCode.UNAVAILABLE, "disk", info("OUTCOME_UNKNOWN")),
        fail(grpc.StatusCode.RESOURCE_EXHAUSTED, "full", info("OVERLOADED"), retry_info(0.25)),
        answer(),
    ]
    withdrawal = connect(time.policy()).submit("a1", TEN, "demo")
    ids = {request.request_id for request in server.requests}
    assert len(server.requests) == 4 and ids == {withdrawal.request_id} and withdrawal.request_id
    assert all(request == server.requests[0] for request in server.requests)


def test_ids_that_are_made_up_differ(server, connect, time):
    server.steps = [answer(), answer()]
    client = connect(time.policy())
    assert client.submit("a1", TEN, "demo").request_id != client.submit("a1", TEN, "demo").request_id


def test_pauses_grow_to_their_bound_and_honour_retry_info(server, connect, time):
    server.steps = [UNAVAILABLE] * 4 + [
        fail(grpc.StatusCode.RESOURCE_EXHAUSTED, "full", retry_info(3)),
        answer(),
    ]
    connect(time.policy(initial_backoff=0.1, maximum_backoff=0.5)).submit("a1", TEN, "demo")
    assert time.pauses == pytest.approx([0.1, 0.2, 0.4, 0.5, 3.5])


def test_the_deadline_covers_all_repetitions(server, connect, time):
    server.steps = [UNAVAILABLE] * 100
    with pytest.raises(Unavailable) as raised:
        connect(time.policy(deadline=5)).submit("a1", TEN, "demo", request_id="r1")
    assert sum(time.pauses) < 5
    assert raised.value.may_have_happened and raised.value.request_id == "r1"
    assert "repeat it with request_id 'r1'" in str(raised.value)


def test_a_deadline_of_the_call_goes_before_the_policy(server, connect, time):
    server.steps = [UNAVAILABLE] * 100
    with pytest.raises(Unavailable):
        connect(time.policy(deadline=500)).get("wd_1", timeout=1)
    assert sum(time.pauses) < 1


def test_a_silent_server_is_asked_again(server, connect, time):
    server.steps = [silence, answer()]
    assert connect(time.policy(attempt_timeout=0.2)).submit("a1", TEN, "demo").id == "wd_1"
    assert len(server.requests) == 2


def test_a_query_that_fails_did_nothing(server, connect, time):
    server.steps = [silence] * 9
    with pytest.raises(DeadlineExceeded) as raised:
        connect(time.policy(deadline=0.3, attempt_timeout=0.1)).get("wd_1")
    assert not raised.value.may_have_happened and raised.value.request_id is None


def test_overload_alone_means_that_nothing_happened(server, connect, time):
    server.steps = [fail(grpc.StatusCode.RESOURCE_EXHAUSTED, "full", retry_info(100))]
    with pytest.raises(Overloaded) as raised:
        connect(time.policy()).submit("a1", TEN, "demo")
    assert raised.value.retry_after == 100 and not raised.value.may_have_happened


def test_overload_after_a_lost_answer_does_not(server, connect, time):
    server.steps = [UNAVAILABLE, fail(grpc.StatusCode.RESOURCE_EXHAUSTED, "full", retry_info(100))]
    with pytest.raises(Overloaded) as raised:
        connect(time.policy()).submit("a1", TEN, "demo")
    assert raised.value.may_have_happened


def test_a_refusal_after_a_lost_answer_is_the_final_word(server, connect, time):
    server.steps = [UNAVAILABLE, fail(grpc.StatusCode.FAILED_PRECONDITION, "no", info("INSUFFICIENT_FUNDS"))]
    with pytest.raises(InsufficientFunds) as raised:
        connect(time.policy()).submit("a1", TEN, "demo")
    assert not raised.value.may_have_happened


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (fail(grpc.StatusCode.FAILED_PRECONDITION, "no", info("INSUFFICIENT_FUNDS", available="1")), InsufficientFunds),
        (fail(grpc.StatusCode.ALREADY_EXISTS, "other content", info("REQUEST_ID_REUSED")), RequestIdReused),
        (fail(grpc.StatusCode.PERMISSION_DENIED), PermissionDenied),
        (fail(grpc.StatusCode.INTERNAL), ServerFault),
        (fail(grpc.StatusCode.UNIMPLEMENTED), ServerFault),
        (fail(grpc.StatusCode.RESOURCE_EXHAUSTED, "message too long"), Overloaded),
    ],
)
def test_not_repeated(server, connect, time, step, kind):
    server.steps = [step, answer()]
    with pytest.raises(kind) as raised:
        connect(time.policy()).submit("a1", TEN, "demo")
    assert type(raised.value) is kind and len(server.requests) == 1


def test_outcome_unknown_is_a_type_of_its_own(server, connect, time):
    server.steps = [fail(grpc.StatusCode.UNAVAILABLE, "disk", info("OUTCOME_UNKNOWN"))] * 100
    with pytest.raises(OutcomeUnknown) as raised:
        connect(time.policy(deadline=1)).submit("a1", TEN, "demo")
    assert raised.value.may_have_happened


def test_everything_that_the_details_say(server, connect, time):
    bad = error_details_pb2.BadRequest(
        field_violations=[
            error_details_pb2.BadRequest.FieldViolation(field="amount.minor_units", description="must be positive"),
            error_details_pb2.BadRequest.FieldViolation(field="payee", description="is missing"),
        ]
    )
    localized = error_details_pb2.LocalizedMessage(locale="zh-CN", message="金额必须大于零")
    server.steps = [fail(grpc.StatusCode.INVALID_ARGUMENT, "bad", info("INVALID", hint="x"), bad, localized)]
    with pytest.raises(InvalidArgument) as raised:
        connect(time.policy()).submit("a1", TEN, "")
    error = raised.value
    assert [violation.field for violation in error.violations] == ["amount.minor_units", "payee"]
    assert (error.reason, error.metadata, error.localized_message) == ("INVALID", {"hint": "x"}, "金额必须大于零")
    assert "amount.minor_units: must be positive" in str(error)


def test_what_the_message_says_is_not_said_again(server, connect, time):
    violations = {"agent": "must be set", "payee": "must be set"}
    fields = [error_details_pb2.BadRequest.FieldViolation(field=f, description=d) for f, d in violations.items()]
    bad = error_details_pb2.BadRequest(field_violations=fields)
    server.steps = [fail(grpc.StatusCode.INVALID_ARGUMENT, "agent must be set", info("INVALID_FIELDS"), bad)]
    with pytest.raises(InvalidArgument) as raised:
        connect(time.policy()).submit("", TEN, "")
    assert str(raised.value) == "INVALID_ARGUMENT INVALID_FIELDS: agent must be set; payee: must be set"
    assert [violation.field for violation in raised.value.violations] == ["agent", "payee"]


def test_details_that_are_nonsense_do_no_harm(server, connect, time):
    def step(request, context):
        context.set_trailing_metadata([("grpc-status-details-bin", b"\xff\xff\xff")])
        context.abort(grpc.StatusCode.NOT_FOUND, "nothing here")

    server.steps = [step]
    with pytest.raises(NotFound) as raised:
        connect(time.policy()).get("wd_1")
    assert raised.value.message == "nothing here"


def test_one_detail_that_is_nonsense_hides_no_other(server, connect, time):
    def step(request, context):
        answer = status(grpc.StatusCode.NOT_FOUND, "nothing here", info("X"), info("WITHDRAWAL_NOT_FOUND"))
        answer.details[0].value = b"\xff\xff"
        context.abort_with_status(rpc_status.to_status(answer))

    server.steps = [step]
    with pytest.raises(NotFound) as raised:
        connect(time.policy()).get("wd_1")
    assert raised.value.reason == "WITHDRAWAL_NOT_FOUND"


def test_a_server_that_is_not_there(connect, server, time):
    client = connect(time.policy(deadline=2))
    server.stop()
    with pytest.raises(Unavailable):
        client.get("wd_1")
    assert time.pauses


def test_batch_results_keep_their_order(server, connect, time):
    refused = status(grpc.StatusCode.FAILED_PRECONDITION, "no", info("INSUFFICIENT_FUNDS"))

    def step(request, context):
        return withdrawals_pb2.BatchSubmitWithdrawalsResponse(
            results=[
                withdrawals_pb2.BatchSubmitWithdrawalsResult(withdrawal=withdrawals_pb2.Withdrawal(id="wd_1")),
                withdrawals_pb2.BatchSubmitWithdrawalsResult(error=refused),
            ]
        )

    server.steps = [UNAVAILABLE, step]
    items = [NewWithdrawal("a1", TEN, "demo"), NewWithdrawal("a2", TEN, "demo")]
    first, second = connect(time.policy()).batch_submit(items)
    assert first.id == "wd_1"
    assert isinstance(second, InsufficientFunds) and second.request_id == items[1].request_id
    assert [item.request_id for item in server.requests[1].items] == [item.request_id for item in items]


def test_a_batch_has_bounds(connect, time):
    client = connect(time.policy())
    for count in (0, 8193):
        with pytest.raises(ValueError):
            client.batch_submit([NewWithdrawal("a1", TEN, "demo")] * count)


def test_only_money_is_money(connect, time):
    with pytest.raises(TypeError):
        connect(time.policy()).submit("a1", 10.0, "demo")


def test_list_reads_page_after_page(server, connect, time):
    def page(token, next_token):
        def step(request, context):
            assert request.page_token == token
            return withdrawals_pb2.ListWithdrawalsResponse(
                withdrawals=[withdrawals_pb2.Withdrawal(id=f"wd_{token}")], next_page_token=next_token
            )

        return step

    server.steps = [page("", "p2"), UNAVAILABLE, page("p2", "p3"), page("p3", "")]
    withdrawals = connect(time.policy()).list(agent="a1", page_size=1)
    assert next(withdrawals).id == "wd_" and len(server.requests) == 1
    assert [withdrawal.id for withdrawal in withdrawals] == ["wd_p2", "wd_p3"]
    assert {(request.agent, request.page_size) for request in server.requests} == {("a1", 1)}
