import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.rpc import status_pb2 as _status_pb2
from . import money_pb2 as _money_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WithdrawalState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WITHDRAWAL_STATE_UNSPECIFIED: _ClassVar[WithdrawalState]
    WITHDRAWAL_STATE_SUBMITTED: _ClassVar[WithdrawalState]
    WITHDRAWAL_STATE_PENDING_REVIEW: _ClassVar[WithdrawalState]
    WITHDRAWAL_STATE_APPROVED: _ClassVar[WithdrawalState]
    WITHDRAWAL_STATE_REJECTED: _ClassVar[WithdrawalState]
    WITHDRAWAL_STATE_EXPIRED: _ClassVar[WithdrawalState]
    WITHDRAWAL_STATE_CANCELLED: _ClassVar[WithdrawalState]
    WITHDRAWAL_STATE_PROCESSING: _ClassVar[WithdrawalState]
    WITHDRAWAL_STATE_AWAITING_PAYEE: _ClassVar[WithdrawalState]
    WITHDRAWAL_STATE_IN_DOUBT: _ClassVar[WithdrawalState]
    WITHDRAWAL_STATE_ACTION_REQUIRED: _ClassVar[WithdrawalState]
    WITHDRAWAL_STATE_CANCELLING: _ClassVar[WithdrawalState]
    WITHDRAWAL_STATE_PAID: _ClassVar[WithdrawalState]
    WITHDRAWAL_STATE_CONFIRMED: _ClassVar[WithdrawalState]
    WITHDRAWAL_STATE_RETURNED: _ClassVar[WithdrawalState]
    WITHDRAWAL_STATE_FAILED: _ClassVar[WithdrawalState]
WITHDRAWAL_STATE_UNSPECIFIED: WithdrawalState
WITHDRAWAL_STATE_SUBMITTED: WithdrawalState
WITHDRAWAL_STATE_PENDING_REVIEW: WithdrawalState
WITHDRAWAL_STATE_APPROVED: WithdrawalState
WITHDRAWAL_STATE_REJECTED: WithdrawalState
WITHDRAWAL_STATE_EXPIRED: WithdrawalState
WITHDRAWAL_STATE_CANCELLED: WithdrawalState
WITHDRAWAL_STATE_PROCESSING: WithdrawalState
WITHDRAWAL_STATE_AWAITING_PAYEE: WithdrawalState
WITHDRAWAL_STATE_IN_DOUBT: WithdrawalState
WITHDRAWAL_STATE_ACTION_REQUIRED: WithdrawalState
WITHDRAWAL_STATE_CANCELLING: WithdrawalState
WITHDRAWAL_STATE_PAID: WithdrawalState
WITHDRAWAL_STATE_CONFIRMED: WithdrawalState
WITHDRAWAL_STATE_RETURNED: WithdrawalState
WITHDRAWAL_STATE_FAILED: WithdrawalState

class Withdrawal(_message.Message):
    __slots__ = ("id", "partner", "agent", "state", "final", "cancelable", "amount", "fee", "net", "payee", "request_id", "create_time", "update_time", "etag", "timeline", "receipt")
    ID_FIELD_NUMBER: _ClassVar[int]
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    FINAL_FIELD_NUMBER: _ClassVar[int]
    CANCELABLE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    FEE_FIELD_NUMBER: _ClassVar[int]
    NET_FIELD_NUMBER: _ClassVar[int]
    PAYEE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    TIMELINE_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    id: str
    partner: str
    agent: str
    state: WithdrawalState
    final: bool
    cancelable: bool
    amount: _money_pb2.Money
    fee: _money_pb2.Money
    net: _money_pb2.Money
    payee: str
    request_id: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    etag: str
    timeline: _containers.RepeatedCompositeFieldContainer[TimelineEntry]
    receipt: _money_pb2.Receipt
    def __init__(self, id: _Optional[str] = ..., partner: _Optional[str] = ..., agent: _Optional[str] = ..., state: _Optional[_Union[WithdrawalState, str]] = ..., final: bool = ..., cancelable: bool = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., fee: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., net: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., payee: _Optional[str] = ..., request_id: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., etag: _Optional[str] = ..., timeline: _Optional[_Iterable[_Union[TimelineEntry, _Mapping]]] = ..., receipt: _Optional[_Union[_money_pb2.Receipt, _Mapping]] = ...) -> None: ...

class TimelineEntry(_message.Message):
    __slots__ = ("state", "time")
    STATE_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    state: WithdrawalState
    time: _timestamp_pb2.Timestamp
    def __init__(self, state: _Optional[_Union[WithdrawalState, str]] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SubmitWithdrawalRequest(_message.Message):
    __slots__ = ("request_id", "agent", "amount", "payee")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    PAYEE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    agent: str
    amount: _money_pb2.Money
    payee: str
    def __init__(self, request_id: _Optional[str] = ..., agent: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., payee: _Optional[str] = ...) -> None: ...

class GetWithdrawalRequest(_message.Message):
    __slots__ = ("id", "request_id")
    ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    request_id: str
    def __init__(self, id: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class CancelWithdrawalRequest(_message.Message):
    __slots__ = ("request_id", "id", "etag")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    id: str
    etag: str
    def __init__(self, request_id: _Optional[str] = ..., id: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

class ListWithdrawalsRequest(_message.Message):
    __slots__ = ("partner", "agent", "state", "page_size", "page_token")
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    partner: str
    agent: str
    state: WithdrawalState
    page_size: int
    page_token: str
    def __init__(self, partner: _Optional[str] = ..., agent: _Optional[str] = ..., state: _Optional[_Union[WithdrawalState, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListWithdrawalsResponse(_message.Message):
    __slots__ = ("withdrawals", "next_page_token", "cursor")
    WITHDRAWALS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    withdrawals: _containers.RepeatedCompositeFieldContainer[Withdrawal]
    next_page_token: str
    cursor: str
    def __init__(self, withdrawals: _Optional[_Iterable[_Union[Withdrawal, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., cursor: _Optional[str] = ...) -> None: ...

class WatchWithdrawalsRequest(_message.Message):
    __slots__ = ("partner", "cursor", "id")
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    partner: str
    cursor: str
    id: str
    def __init__(self, partner: _Optional[str] = ..., cursor: _Optional[str] = ..., id: _Optional[str] = ...) -> None: ...

class WatchWithdrawalsResponse(_message.Message):
    __slots__ = ("cursor", "change", "heartbeat")
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    cursor: str
    change: WithdrawalChange
    heartbeat: Heartbeat
    def __init__(self, cursor: _Optional[str] = ..., change: _Optional[_Union[WithdrawalChange, _Mapping]] = ..., heartbeat: _Optional[_Union[Heartbeat, _Mapping]] = ...) -> None: ...

class WithdrawalChange(_message.Message):
    __slots__ = ("state", "time", "withdrawal")
    STATE_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWAL_FIELD_NUMBER: _ClassVar[int]
    state: WithdrawalState
    time: _timestamp_pb2.Timestamp
    withdrawal: Withdrawal
    def __init__(self, state: _Optional[_Union[WithdrawalState, str]] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., withdrawal: _Optional[_Union[Withdrawal, _Mapping]] = ...) -> None: ...

class Heartbeat(_message.Message):
    __slots__ = ("time",)
    TIME_FIELD_NUMBER: _ClassVar[int]
    time: _timestamp_pb2.Timestamp
    def __init__(self, time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class BatchSubmitWithdrawalsRequest(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[SubmitWithdrawalRequest]
    def __init__(self, items: _Optional[_Iterable[_Union[SubmitWithdrawalRequest, _Mapping]]] = ...) -> None: ...

class BatchSubmitWithdrawalsResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[BatchSubmitWithdrawalsResult]
    def __init__(self, results: _Optional[_Iterable[_Union[BatchSubmitWithdrawalsResult, _Mapping]]] = ...) -> None: ...

class BatchSubmitWithdrawalsResult(_message.Message):
    __slots__ = ("withdrawal", "error")
    WITHDRAWAL_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    withdrawal: Withdrawal
    error: _status_pb2.Status
    def __init__(self, withdrawal: _Optional[_Union[Withdrawal, _Mapping]] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...
