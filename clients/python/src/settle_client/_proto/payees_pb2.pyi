import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from . import money_pb2 as _money_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Rail(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RAIL_UNSPECIFIED: _ClassVar[Rail]
    RAIL_BANK_CARD: _ClassVar[Rail]
    RAIL_ALIPAY: _ClassVar[Rail]
    RAIL_WECHAT: _ClassVar[Rail]

class PayeeState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PAYEE_STATE_UNSPECIFIED: _ClassVar[PayeeState]
    PAYEE_STATE_UNVERIFIED: _ClassVar[PayeeState]
    PAYEE_STATE_VERIFIED: _ClassVar[PayeeState]
    PAYEE_STATE_ERASED: _ClassVar[PayeeState]
RAIL_UNSPECIFIED: Rail
RAIL_BANK_CARD: Rail
RAIL_ALIPAY: Rail
RAIL_WECHAT: Rail
PAYEE_STATE_UNSPECIFIED: PayeeState
PAYEE_STATE_UNVERIFIED: PayeeState
PAYEE_STATE_VERIFIED: PayeeState
PAYEE_STATE_ERASED: PayeeState

class PayeeAccount(_message.Message):
    __slots__ = ("id", "partner", "agent", "rail", "state", "masked_number", "masked_name", "bank", "create_time", "receipt")
    ID_FIELD_NUMBER: _ClassVar[int]
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    RAIL_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    MASKED_NUMBER_FIELD_NUMBER: _ClassVar[int]
    MASKED_NAME_FIELD_NUMBER: _ClassVar[int]
    BANK_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    id: str
    partner: str
    agent: str
    rail: Rail
    state: PayeeState
    masked_number: str
    masked_name: str
    bank: str
    create_time: _timestamp_pb2.Timestamp
    receipt: _money_pb2.Receipt
    def __init__(self, id: _Optional[str] = ..., partner: _Optional[str] = ..., agent: _Optional[str] = ..., rail: _Optional[_Union[Rail, str]] = ..., state: _Optional[_Union[PayeeState, str]] = ..., masked_number: _Optional[str] = ..., masked_name: _Optional[str] = ..., bank: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_money_pb2.Receipt, _Mapping]] = ...) -> None: ...

class CreatePayeeAccountRequest(_message.Message):
    __slots__ = ("request_id", "partner", "agent", "rail", "number", "holder_name")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    RAIL_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    HOLDER_NAME_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    partner: str
    agent: str
    rail: Rail
    number: str
    holder_name: str
    def __init__(self, request_id: _Optional[str] = ..., partner: _Optional[str] = ..., agent: _Optional[str] = ..., rail: _Optional[_Union[Rail, str]] = ..., number: _Optional[str] = ..., holder_name: _Optional[str] = ...) -> None: ...

class GetPayeeAccountRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class ListPayeeAccountsRequest(_message.Message):
    __slots__ = ("partner", "agent", "page_size", "page_token")
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    partner: str
    agent: str
    page_size: int
    page_token: str
    def __init__(self, partner: _Optional[str] = ..., agent: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListPayeeAccountsResponse(_message.Message):
    __slots__ = ("accounts", "next_page_token")
    ACCOUNTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    accounts: _containers.RepeatedCompositeFieldContainer[PayeeAccount]
    next_page_token: str
    def __init__(self, accounts: _Optional[_Iterable[_Union[PayeeAccount, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class FindPayeeAccountsRequest(_message.Message):
    __slots__ = ("number", "page_size", "page_token")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    number: str
    page_size: int
    page_token: str
    def __init__(self, number: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class VerifyPayeeAccountRequest(_message.Message):
    __slots__ = ("request_id", "id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    id: str
    def __init__(self, request_id: _Optional[str] = ..., id: _Optional[str] = ...) -> None: ...

class ErasePayeeAccountRequest(_message.Message):
    __slots__ = ("request_id", "id", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    id: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class RevealPayeeAccountRequest(_message.Message):
    __slots__ = ("request_id", "proposal_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    proposal_id: str
    def __init__(self, request_id: _Optional[str] = ..., proposal_id: _Optional[str] = ...) -> None: ...

class RevealedPayeeAccount(_message.Message):
    __slots__ = ("id", "number", "holder_name", "valid_until", "receipt")
    ID_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    HOLDER_NAME_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    id: str
    number: str
    holder_name: str
    valid_until: _timestamp_pb2.Timestamp
    receipt: _money_pb2.Receipt
    def __init__(self, id: _Optional[str] = ..., number: _Optional[str] = ..., holder_name: _Optional[str] = ..., valid_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_money_pb2.Receipt, _Mapping]] = ...) -> None: ...
