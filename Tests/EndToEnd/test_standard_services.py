"""Health and reflection as the standard clients see them."""

import grpc
import pytest
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from settle_client._proto import accounts_pb2, withdrawals_pb2
from wire import open_channel

SERVICES = {"settlement.v1.WithdrawalService", "settlement.v1.AccountService"}


@pytest.fixture
def channel(server):
    with open_channel(server) as channel:
        yield channel


def test_health(channel):
    health = health_pb2_grpc.HealthStub(channel)
    for service in ("", *SERVICES):
        reply = health.Check(health_pb2.HealthCheckRequest(service=service), timeout=30)
        assert reply.status == health_pb2.HealthCheckResponse.SERVING, service
    with pytest.raises(grpc.RpcError) as raised:
        health.Check(health_pb2.HealthCheckRequest(service="no.such.Service"), timeout=30)
    assert raised.value.code() == grpc.StatusCode.NOT_FOUND


def test_watching_health(channel):
    watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(), timeout=30)
    assert next(watch).status == health_pb2.HealthCheckResponse.SERVING
    watch.cancel()


def test_reflection_describes_everything(channel):
    database = ProtoReflectionDescriptorDatabase(channel)
    assert set(database.get_services()) >= SERVICES
    pool = DescriptorPool(database)
    for module in (withdrawals_pb2, accounts_pb2):
        for name, ours in module.DESCRIPTOR.services_by_name.items():
            theirs = pool.FindServiceByName(ours.full_name)
            assert [method.name for method in theirs.methods] == [method.name for method in ours.methods], name
            for mine, other in zip(ours.methods, theirs.methods, strict=True):
                assert [(f.name, f.number) for f in mine.input_type.fields] == [
                    (f.name, f.number) for f in other.input_type.fields
                ]


@pytest.mark.parametrize("version", ["v1", "v1alpha"])
def test_both_versions_of_reflection(version, channel):
    # The messages of v1 and v1alpha are the same on the wire.
    method = channel.stream_stream(
        f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
        request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )
    requests = [
        reflection_pb2.ServerReflectionRequest(list_services=""),
        reflection_pb2.ServerReflectionRequest(file_containing_symbol="settlement.v1.Withdrawal"),
        reflection_pb2.ServerReflectionRequest(file_containing_symbol="no.such.Symbol"),
    ]
    services, file, unknown = method(iter(requests), timeout=30)
    assert {service.name for service in services.list_services_response.service} >= SERVICES
    assert file.file_descriptor_response.file_descriptor_proto
    assert unknown.error_response.error_code == grpc.StatusCode.NOT_FOUND.value[0]
