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

class AppealKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    APPEAL_KIND_UNSPECIFIED: _ClassVar[AppealKind]
    APPEAL_KIND_NOT_ARRIVED: _ClassVar[AppealKind]
    APPEAL_KIND_WRONG_AMOUNT: _ClassVar[AppealKind]
    APPEAL_KIND_LATE: _ClassVar[AppealKind]
    APPEAL_KIND_FEE: _ClassVar[AppealKind]
    APPEAL_KIND_OTHER: _ClassVar[AppealKind]

class AppealState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    APPEAL_STATE_UNSPECIFIED: _ClassVar[AppealState]
    APPEAL_STATE_OPEN: _ClassVar[AppealState]
    APPEAL_STATE_ASSIGNED: _ClassVar[AppealState]
    APPEAL_STATE_UPHELD: _ClassVar[AppealState]
    APPEAL_STATE_REJECTED: _ClassVar[AppealState]
APPEAL_KIND_UNSPECIFIED: AppealKind
APPEAL_KIND_NOT_ARRIVED: AppealKind
APPEAL_KIND_WRONG_AMOUNT: AppealKind
APPEAL_KIND_LATE: AppealKind
APPEAL_KIND_FEE: AppealKind
APPEAL_KIND_OTHER: AppealKind
APPEAL_STATE_UNSPECIFIED: AppealState
APPEAL_STATE_OPEN: AppealState
APPEAL_STATE_ASSIGNED: AppealState
APPEAL_STATE_UPHELD: AppealState
APPEAL_STATE_REJECTED: AppealState

class Appeal(_message.Message):
    __slots__ = ("id", "partner", "agent", "withdrawal_id", "kind", "state", "disputed", "awarded", "text", "evidence", "assignee", "create_time", "first_answer_due", "due_time", "first_answer_time", "resolve_time", "escalated", "answer", "receipt")
    ID_FIELD_NUMBER: _ClassVar[int]
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWAL_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    DISPUTED_FIELD_NUMBER: _ClassVar[int]
    AWARDED_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    ASSIGNEE_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    FIRST_ANSWER_DUE_FIELD_NUMBER: _ClassVar[int]
    DUE_TIME_FIELD_NUMBER: _ClassVar[int]
    FIRST_ANSWER_TIME_FIELD_NUMBER: _ClassVar[int]
    RESOLVE_TIME_FIELD_NUMBER: _ClassVar[int]
    ESCALATED_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    id: str
    partner: str
    agent: str
    withdrawal_id: str
    kind: AppealKind
    state: AppealState
    disputed: _money_pb2.Money
    awarded: _money_pb2.Money
    text: str
    evidence: _containers.RepeatedCompositeFieldContainer[Evidence]
    assignee: str
    create_time: _timestamp_pb2.Timestamp
    first_answer_due: _timestamp_pb2.Timestamp
    due_time: _timestamp_pb2.Timestamp
    first_answer_time: _timestamp_pb2.Timestamp
    resolve_time: _timestamp_pb2.Timestamp
    escalated: bool
    answer: str
    receipt: _money_pb2.Receipt
    def __init__(self, id: _Optional[str] = ..., partner: _Optional[str] = ..., agent: _Optional[str] = ..., withdrawal_id: _Optional[str] = ..., kind: _Optional[_Union[AppealKind, str]] = ..., state: _Optional[_Union[AppealState, str]] = ..., disputed: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., awarded: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., text: _Optional[str] = ..., evidence: _Optional[_Iterable[_Union[Evidence, _Mapping]]] = ..., assignee: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., first_answer_due: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., due_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., first_answer_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., resolve_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., escalated: bool = ..., answer: _Optional[str] = ..., receipt: _Optional[_Union[_money_pb2.Receipt, _Mapping]] = ...) -> None: ...

class Evidence(_message.Message):
    __slots__ = ("person", "time", "note", "sha256")
    PERSON_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    person: str
    time: _timestamp_pb2.Timestamp
    note: str
    sha256: bytes
    def __init__(self, person: _Optional[str] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., note: _Optional[str] = ..., sha256: _Optional[bytes] = ...) -> None: ...

class CreateAppealRequest(_message.Message):
    __slots__ = ("request_id", "withdrawal_id", "kind", "disputed", "text")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWAL_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    DISPUTED_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    withdrawal_id: str
    kind: AppealKind
    disputed: _money_pb2.Money
    text: str
    def __init__(self, request_id: _Optional[str] = ..., withdrawal_id: _Optional[str] = ..., kind: _Optional[_Union[AppealKind, str]] = ..., disputed: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., text: _Optional[str] = ...) -> None: ...

class GetAppealRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class AddEvidenceRequest(_message.Message):
    __slots__ = ("request_id", "id", "note", "sha256")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    id: str
    note: str
    sha256: bytes
    def __init__(self, request_id: _Optional[str] = ..., id: _Optional[str] = ..., note: _Optional[str] = ..., sha256: _Optional[bytes] = ...) -> None: ...

class AssignAppealRequest(_message.Message):
    __slots__ = ("request_id", "id", "assignee")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    ASSIGNEE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    id: str
    assignee: str
    def __init__(self, request_id: _Optional[str] = ..., id: _Optional[str] = ..., assignee: _Optional[str] = ...) -> None: ...

class ResolveAppealRequest(_message.Message):
    __slots__ = ("request_id", "id", "upheld", "awarded", "answer")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    UPHELD_FIELD_NUMBER: _ClassVar[int]
    AWARDED_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    id: str
    upheld: bool
    awarded: _money_pb2.Money
    answer: str
    def __init__(self, request_id: _Optional[str] = ..., id: _Optional[str] = ..., upheld: bool = ..., awarded: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., answer: _Optional[str] = ...) -> None: ...

class ListAppealsRequest(_message.Message):
    __slots__ = ("partner", "open_only", "escalated_only", "page_size", "page_token")
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    OPEN_ONLY_FIELD_NUMBER: _ClassVar[int]
    ESCALATED_ONLY_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    partner: str
    open_only: bool
    escalated_only: bool
    page_size: int
    page_token: str
    def __init__(self, partner: _Optional[str] = ..., open_only: bool = ..., escalated_only: bool = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListAppealsResponse(_message.Message):
    __slots__ = ("appeals", "next_page_token")
    APPEALS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    appeals: _containers.RepeatedCompositeFieldContainer[Appeal]
    next_page_token: str
    def __init__(self, appeals: _Optional[_Iterable[_Union[Appeal, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
