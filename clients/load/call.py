#!/usr/bin/env python3
"""One unary call with JSON in and out, by reflection: call.py SERVICE/METHOD [JSON]

Takes SETTLE_SERVER, SETTLE_CA, SETTLE_CERT and SETTLE_KEY like the settle commands; needs grpcio and grpcio-reflection.
"""

import os
import sys
from pathlib import Path

import grpc
from google.protobuf import json_format
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase


def main() -> None:
    if len(sys.argv) not in (2, 3) or "/" not in sys.argv[1]:
        sys.exit(__doc__)
    service, method_name = sys.argv[1].split("/", 1)
    content = sys.argv[2] if len(sys.argv) == 3 else "{}"
    credentials = grpc.ssl_channel_credentials(
        *(Path(os.environ[name]).read_bytes() for name in ("SETTLE_CA", "SETTLE_KEY", "SETTLE_CERT"))
    )
    with grpc.secure_channel(os.environ["SETTLE_SERVER"], credentials) as channel:
        pool = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
        method = pool.FindServiceByName(service).FindMethodByName(method_name)
        call = channel.unary_unary(
            f"/{service}/{method_name}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=GetMessageClass(method.output_type).FromString,
        )
        try:
            reply = call(json_format.Parse(content, GetMessageClass(method.input_type)()), timeout=30)
        except grpc.RpcError as error:
            sys.exit(f"{error.code().name}: {error.details()}")
        print(json_format.MessageToJson(reply, preserving_proto_field_name=True, descriptor_pool=pool))


if __name__ == "__main__":
    main()
