#!/usr/bin/env python3
"""One unary call with JSON in and out, by reflection: call.py SERVICE/METHOD [JSON]

Takes SETTLE_SERVER, SETTLE_CA, SETTLE_CERT and SETTLE_KEY like the settle commands; needs grpcio and grpcio-reflection.
"""

import os
import sys
from pathlib import Path

import grpc
from google.protobuf import json_format
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase


def variable(name: str) -> str:
    return os.environ.get(name) or sys.exit(f"set {name}: SETTLE_SERVER is HOST:PORT, the others name PEM files")


def file(name: str) -> bytes:
    path = variable(name)
    try:
        return Path(path).read_bytes()
    except OSError as error:
        sys.exit(f"{name} names {path}, which cannot be read: {error.strerror}")


def find(database: ProtoReflectionDescriptorDatabase, service: str, name: str) -> MethodDescriptor:
    try:
        methods = DescriptorPool(database).FindServiceByName(service).methods_by_name
    except KeyError:
        sys.exit(f"the server has no service {service}; it has {', '.join(database.get_services())}")
    if name not in methods:
        sys.exit(f"{service} has no method {name}; it has {', '.join(methods)}")
    return methods[name]


def main() -> None:
    if len(sys.argv) not in (2, 3) or "/" not in sys.argv[1]:
        sys.exit(__doc__)
    service, method_name = sys.argv[1].split("/", 1)
    content = sys.argv[2] if len(sys.argv) == 3 else "{}"
    server = variable("SETTLE_SERVER")
    credentials = grpc.ssl_channel_credentials(*(file(name) for name in ("SETTLE_CA", "SETTLE_KEY", "SETTLE_CERT")))
    with grpc.secure_channel(server, credentials) as channel:
        try:
            method = find(ProtoReflectionDescriptorDatabase(channel), service, method_name)
            call = channel.unary_unary(
                f"/{service}/{method_name}",
                request_serializer=lambda message: message.SerializeToString(),
                response_deserializer=GetMessageClass(method.output_type).FromString,
            )
            reply = call(json_format.Parse(content, GetMessageClass(method.input_type)()), timeout=30)
        except json_format.ParseError as error:
            sys.exit(f"{content!r} is no {method.input_type.name} in JSON: {error}")
        except grpc.RpcError as error:
            sys.exit(f"{error.code().name}: {error.details()}")
        pool = method.containing_service.file.pool
        print(json_format.MessageToJson(reply, preserving_proto_field_name=True, descriptor_pool=pool))


if __name__ == "__main__":
    main()
