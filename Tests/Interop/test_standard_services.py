"""Health and reflection, by the clients that come with grpcio."""

import grpc
import pytest
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

PATIENCE = 30


def test_health(channel):
    stub = health_pb2_grpc.HealthStub(channel)
    for service in ["", "grpc.testing.TestService"]:
        response = stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=PATIENCE)
        assert response.status == health_pb2.HealthCheckResponse.SERVING
    with pytest.raises(grpc.RpcError) as failure:
        stub.Check(health_pb2.HealthCheckRequest(service="no.Such"), timeout=PATIENCE)
    assert failure.value.code() == grpc.StatusCode.NOT_FOUND


def test_health_watch(channel):
    watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(service="no.Such"))
    assert next(watch).status == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
    watch.cancel()


def test_reflection_lists_services(channel):
    assert ProtoReflectionDescriptorDatabase(channel).get_services() == [
        "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection",
        "grpc.reflection.v1alpha.ServerReflection",
        "grpc.testing.TestService",
    ]


def test_reflection_describes_services(channel):
    pool = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
    service = pool.FindServiceByName("grpc.testing.TestService")
    assert service.methods_by_name["UnaryCall"].input_type.full_name == "grpc.testing.SimpleRequest"
    for name in ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"]:
        assert pool.FindServiceByName(name).methods
    assert pool.FindMessageTypeByName("google.rpc.Status").fields_by_name["details"].number == 3
    with pytest.raises(KeyError):
        pool.FindMessageTypeByName("no.Such")
