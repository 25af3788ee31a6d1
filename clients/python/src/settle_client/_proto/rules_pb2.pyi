import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from . import money_pb2 as _money_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetRulesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ReloadRulesRequest(_message.Message):
    __slots__ = ("request_id",)
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    def __init__(self, request_id: _Optional[str] = ...) -> None: ...

class RulesStatus(_message.Message):
    __slots__ = ("version", "name", "digest", "active_since", "document", "receipt")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_SINCE_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    version: int
    name: str
    digest: bytes
    active_since: _timestamp_pb2.Timestamp
    document: str
    receipt: _money_pb2.Receipt
    def __init__(self, version: _Optional[int] = ..., name: _Optional[str] = ..., digest: _Optional[bytes] = ..., active_since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., document: _Optional[str] = ..., receipt: _Optional[_Union[_money_pb2.Receipt, _Mapping]] = ...) -> None: ...
