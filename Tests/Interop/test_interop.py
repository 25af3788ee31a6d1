"""The public gRPC interoperability cases (grpc/grpc doc/interop-test-descriptions.md), by grpcio."""

import queue

import grpc
import pytest
from messages import (
    EchoStatus,
    Empty,
    Payload,
    ResponseParameters,
    SimpleRequest,
    StreamingInputCallRequest,
    StreamingOutputCallRequest,
    TestServiceStub,
)

REQUEST_SIZES = [27182, 8, 1828, 45904]
RESPONSE_SIZES = [31415, 9, 2653, 58979]
# Long enough for a loaded machine; no test takes it when the server is right.
PATIENCE = 30


@pytest.fixture
def stub(channel) -> TestServiceStub:
    return TestServiceStub(channel)


def payload(size: int) -> Payload:
    return Payload(body=b"\0" * size)


def output_request(response: int, request: int, interval_us: int = 0) -> StreamingOutputCallRequest:
    parameters = [ResponseParameters(size=response, interval_us=interval_us)]
    return StreamingOutputCallRequest(response_parameters=parameters, payload=payload(request))


class Requests:
    """Requests of a stream, sent one by one as a test wants."""

    def __init__(self):
        self._queue = queue.Queue()

    def send(self, request) -> None:
        self._queue.put(request)

    def close(self) -> None:
        self._queue.put(None)

    def __iter__(self):
        return iter(self._queue.get, None)


def test_empty_unary(stub):
    assert stub.EmptyCall(Empty(), timeout=PATIENCE) == Empty()


def test_large_unary(stub):
    response = stub.UnaryCall(SimpleRequest(response_size=314159, payload=payload(271828)), timeout=PATIENCE)
    assert response.payload.body == b"\0" * 314159


def test_client_streaming(stub):
    requests = (StreamingInputCallRequest(payload=payload(size)) for size in REQUEST_SIZES)
    assert stub.StreamingInputCall(requests, timeout=PATIENCE).aggregated_payload_size == 74922


def test_server_streaming(stub):
    parameters = [ResponseParameters(size=size) for size in RESPONSE_SIZES]
    responses = stub.StreamingOutputCall(StreamingOutputCallRequest(response_parameters=parameters), timeout=PATIENCE)
    assert [len(response.payload.body) for response in responses] == RESPONSE_SIZES


def test_ping_pong(stub):
    requests = Requests()
    responses = stub.FullDuplexCall(iter(requests), timeout=PATIENCE)
    for response_size, request_size in zip(RESPONSE_SIZES, REQUEST_SIZES, strict=True):
        requests.send(output_request(response_size, request_size))
        assert len(next(responses).payload.body) == response_size
    requests.close()
    with pytest.raises(StopIteration):
        next(responses)


def test_half_duplex(stub):
    requests = [output_request(size, 8) for size in RESPONSE_SIZES]
    responses = stub.HalfDuplexCall(iter(requests), timeout=PATIENCE)
    assert [len(response.payload.body) for response in responses] == RESPONSE_SIZES


def test_empty_stream(stub):
    assert list(stub.FullDuplexCall(iter(()), timeout=PATIENCE)) == []


def test_timeout_on_sleeping_server(stub):
    requests = Requests()
    requests.send(output_request(31415, 27182, interval_us=PATIENCE * 1_000_000))
    responses = stub.FullDuplexCall(iter(requests), timeout=0.05)
    with pytest.raises(grpc.RpcError) as failure:
        next(responses)
    assert failure.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    requests.close()


def test_cancel_after_begin(stub):
    requests = Requests()
    call = stub.StreamingInputCall.future(iter(requests))
    call.cancel()
    assert call.code() == grpc.StatusCode.CANCELLED
    assert call.cancelled()
    requests.close()


def test_cancel_after_first_response(stub):
    requests = Requests()
    responses = stub.FullDuplexCall(iter(requests), timeout=PATIENCE)
    requests.send(output_request(31415, 27182))
    next(responses)
    responses.cancel()
    with pytest.raises(grpc.RpcError) as failure:
        next(responses)
    assert failure.value.code() == grpc.StatusCode.CANCELLED
    requests.close()


@pytest.mark.parametrize(
    "message", ["test status message", "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP \U0001f608\t\n"]
)
def test_status_code_and_message(stub, message):
    """Also special_status_message."""
    status = EchoStatus(code=2, message=message)
    with pytest.raises(grpc.RpcError) as failure:
        stub.UnaryCall(SimpleRequest(response_status=status), timeout=PATIENCE)
    assert failure.value.code() == grpc.StatusCode.UNKNOWN
    assert failure.value.details() == message
    with pytest.raises(grpc.RpcError) as failure:
        list(stub.FullDuplexCall(iter([StreamingOutputCallRequest(response_status=status)]), timeout=PATIENCE))
    assert failure.value.code() == grpc.StatusCode.UNKNOWN
    assert failure.value.details() == message


INITIAL = ("x-grpc-test-echo-initial", "test_initial_metadata_value")
TRAILING = ("x-grpc-test-echo-trailing-bin", b"\xab\xab\xab")


def test_custom_metadata(stub):
    request = SimpleRequest(response_size=314159, payload=payload(271828))
    _, call = stub.UnaryCall.with_call(request, metadata=[INITIAL, TRAILING], timeout=PATIENCE)
    assert INITIAL in call.initial_metadata()
    assert TRAILING in call.trailing_metadata()
    responses = stub.FullDuplexCall(iter([output_request(314159, 271828)]), metadata=[INITIAL, TRAILING])
    assert len(list(responses)) == 1
    assert INITIAL in responses.initial_metadata()
    assert TRAILING in responses.trailing_metadata()


def test_unimplemented_method(stub):
    with pytest.raises(grpc.RpcError) as failure:
        stub.UnimplementedCall(Empty(), timeout=PATIENCE)
    assert failure.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_unimplemented_service(channel):
    with pytest.raises(grpc.RpcError) as failure:
        TestServiceStub(channel, "grpc.testing.UnimplementedService").UnimplementedCall(Empty(), timeout=PATIENCE)
    assert failure.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_unimplemented_while_the_client_streams(channel):
    """An answer before the end of the request reaches the client as it is."""
    stub = TestServiceStub(channel, "grpc.testing.UnimplementedService")
    requests = Requests()
    requests.send(StreamingInputCallRequest(payload=payload(100_000)))
    with pytest.raises(grpc.RpcError) as failure:
        stub.StreamingInputCall(iter(requests), timeout=PATIENCE)
    assert failure.value.code() == grpc.StatusCode.UNIMPLEMENTED
    requests.close()


def test_too_large_a_request(stub):
    with pytest.raises(grpc.RpcError) as failure:
        stub.UnaryCall(SimpleRequest(payload=payload(5 << 20)), timeout=PATIENCE)
    assert failure.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED


def test_compressed_requests_are_refused_with_what_is_taken(stub):
    with pytest.raises(grpc.RpcError) as failure:
        stub.UnaryCall(SimpleRequest(payload=payload(10_000)), compression=grpc.Compression.Gzip, timeout=PATIENCE)
    assert failure.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_many_calls_at_once(stub):
    calls = [stub.UnaryCall.future(SimpleRequest(response_size=size), timeout=PATIENCE) for size in range(1000)]
    assert [len(call.result().payload.body) for call in calls] == list(range(1000))


def test_large_streams_pass_flow_control(stub):
    parameters = [ResponseParameters(size=1 << 20) for _ in range(32)]
    responses = stub.StreamingOutputCall(StreamingOutputCallRequest(response_parameters=parameters), timeout=PATIENCE)
    assert sum(len(response.payload.body) for response in responses) == 32 << 20
    requests = (StreamingInputCallRequest(payload=payload(1 << 20)) for _ in range(32))
    assert stub.StreamingInputCall(requests, timeout=PATIENCE).aggregated_payload_size == 32 << 20
