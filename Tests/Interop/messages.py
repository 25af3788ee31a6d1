"""The messages of grpc.testing, made from their fields at run time, so that nothing needs to be generated here."""

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

FIELD = descriptor_pb2.FieldDescriptorProto
SCALARS = {
    "bool": FIELD.TYPE_BOOL,
    "bytes": FIELD.TYPE_BYTES,
    "int32": FIELD.TYPE_INT32,
    "string": FIELD.TYPE_STRING,
}

# Message -> fields as (name, number, type, repeated); the numbers of the public grpc.testing messages.
MESSAGES = {
    "Empty": [],
    "Payload": [("body", 2, "bytes", False)],
    "EchoStatus": [("code", 1, "int32", False), ("message", 2, "string", False)],
    "SimpleRequest": [
        ("response_size", 2, "int32", False),
        ("payload", 3, "Payload", False),
        ("response_status", 7, "EchoStatus", False),
    ],
    "SimpleResponse": [("payload", 1, "Payload", False)],
    "StreamingInputCallRequest": [("payload", 1, "Payload", False)],
    "StreamingInputCallResponse": [("aggregated_payload_size", 1, "int32", False)],
    "ResponseParameters": [("size", 1, "int32", False), ("interval_us", 2, "int32", False)],
    "StreamingOutputCallRequest": [
        ("response_parameters", 2, "ResponseParameters", True),
        ("payload", 3, "Payload", False),
        ("response_status", 7, "EchoStatus", False),
    ],
    "StreamingOutputCallResponse": [("payload", 1, "Payload", False)],
}


def _classes() -> dict[str, type]:
    file = descriptor_pb2.FileDescriptorProto(name="interop.proto", package="grpc.testing", syntax="proto3")
    for message_name, fields in MESSAGES.items():
        message = file.message_type.add(name=message_name)
        for name, number, kind, repeated in fields:
            label = FIELD.LABEL_REPEATED if repeated else FIELD.LABEL_OPTIONAL
            field = message.field.add(name=name, number=number, label=label)
            if kind in SCALARS:
                field.type = SCALARS[kind]
            else:
                field.type = FIELD.TYPE_MESSAGE
                field.type_name = f".grpc.testing.{kind}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"grpc.testing.{name}")) for name in MESSAGES
    }


_ALL = _classes()
Empty = _ALL["Empty"]
Payload = _ALL["Payload"]
EchoStatus = _ALL["EchoStatus"]
SimpleRequest = _ALL["SimpleRequest"]
SimpleResponse = _ALL["SimpleResponse"]
StreamingInputCallRequest = _ALL["StreamingInputCallRequest"]
StreamingInputCallResponse = _ALL["StreamingInputCallResponse"]
ResponseParameters = _ALL["ResponseParameters"]
StreamingOutputCallRequest = _ALL["StreamingOutputCallRequest"]
StreamingOutputCallResponse = _ALL["StreamingOutputCallResponse"]


class TestServiceStub:
    """The methods of grpc.testing.TestService, or of another service with the same shapes."""

    __test__ = False

    def __init__(self, channel, service: str = "grpc.testing.TestService"):
        def method(kind: str, name: str, request: type, response: type):
            return getattr(channel, kind)(
                f"/{service}/{name}",
                request_serializer=request.SerializeToString,
                response_deserializer=response.FromString,
            )

        output = (StreamingOutputCallRequest, StreamingOutputCallResponse)
        self.EmptyCall = method("unary_unary", "EmptyCall", Empty, Empty)
        self.UnaryCall = method("unary_unary", "UnaryCall", SimpleRequest, SimpleResponse)
        self.StreamingOutputCall = method("unary_stream", "StreamingOutputCall", *output)
        self.StreamingInputCall = method(
            "stream_unary", "StreamingInputCall", StreamingInputCallRequest, StreamingInputCallResponse
        )
        self.FullDuplexCall = method("stream_stream", "FullDuplexCall", *output)
        self.HalfDuplexCall = method("stream_stream", "HalfDuplexCall", *output)
        self.UnimplementedCall = method("unary_unary", "UnimplementedCall", Empty, Empty)
