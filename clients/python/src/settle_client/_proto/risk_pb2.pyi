import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from . import money_pb2 as _money_pb2
from . import withdrawals_pb2 as _withdrawals_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListSubject(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LIST_SUBJECT_UNSPECIFIED: _ClassVar[ListSubject]
    LIST_SUBJECT_AGENT: _ClassVar[ListSubject]
    LIST_SUBJECT_PAYEE: _ClassVar[ListSubject]
    LIST_SUBJECT_DEVICE: _ClassVar[ListSubject]
    LIST_SUBJECT_ADDRESS: _ClassVar[ListSubject]

class ListColour(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LIST_COLOUR_UNSPECIFIED: _ClassVar[ListColour]
    LIST_COLOUR_BLACK: _ClassVar[ListColour]
    LIST_COLOUR_WHITE: _ClassVar[ListColour]
LIST_SUBJECT_UNSPECIFIED: ListSubject
LIST_SUBJECT_AGENT: ListSubject
LIST_SUBJECT_PAYEE: ListSubject
LIST_SUBJECT_DEVICE: ListSubject
LIST_SUBJECT_ADDRESS: ListSubject
LIST_COLOUR_UNSPECIFIED: ListColour
LIST_COLOUR_BLACK: ListColour
LIST_COLOUR_WHITE: ListColour

class ListEntry(_message.Message):
    __slots__ = ("subject", "colour", "partner", "name", "expire_time", "reason", "automatic", "time", "receipt")
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    COLOUR_FIELD_NUMBER: _ClassVar[int]
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    AUTOMATIC_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    subject: ListSubject
    colour: ListColour
    partner: str
    name: str
    expire_time: _timestamp_pb2.Timestamp
    reason: str
    automatic: bool
    time: _timestamp_pb2.Timestamp
    receipt: _money_pb2.Receipt
    def __init__(self, subject: _Optional[_Union[ListSubject, str]] = ..., colour: _Optional[_Union[ListColour, str]] = ..., partner: _Optional[str] = ..., name: _Optional[str] = ..., expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reason: _Optional[str] = ..., automatic: bool = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_money_pb2.Receipt, _Mapping]] = ...) -> None: ...

class PutListEntryRequest(_message.Message):
    __slots__ = ("request_id", "subject", "colour", "partner", "name", "expire_time", "reason", "payee_number")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    COLOUR_FIELD_NUMBER: _ClassVar[int]
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    PAYEE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    subject: ListSubject
    colour: ListColour
    partner: str
    name: str
    expire_time: _timestamp_pb2.Timestamp
    reason: str
    payee_number: str
    def __init__(self, request_id: _Optional[str] = ..., subject: _Optional[_Union[ListSubject, str]] = ..., colour: _Optional[_Union[ListColour, str]] = ..., partner: _Optional[str] = ..., name: _Optional[str] = ..., expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reason: _Optional[str] = ..., payee_number: _Optional[str] = ...) -> None: ...

class RemoveListEntryRequest(_message.Message):
    __slots__ = ("request_id", "subject", "colour", "partner", "name", "reason", "payee_number")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    COLOUR_FIELD_NUMBER: _ClassVar[int]
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    PAYEE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    subject: ListSubject
    colour: ListColour
    partner: str
    name: str
    reason: str
    payee_number: str
    def __init__(self, request_id: _Optional[str] = ..., subject: _Optional[_Union[ListSubject, str]] = ..., colour: _Optional[_Union[ListColour, str]] = ..., partner: _Optional[str] = ..., name: _Optional[str] = ..., reason: _Optional[str] = ..., payee_number: _Optional[str] = ...) -> None: ...

class ListListEntriesRequest(_message.Message):
    __slots__ = ("subject", "page_size", "page_token")
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    subject: ListSubject
    page_size: int
    page_token: str
    def __init__(self, subject: _Optional[_Union[ListSubject, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListListEntriesResponse(_message.Message):
    __slots__ = ("entries", "next_page_token")
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[ListEntry]
    next_page_token: str
    def __init__(self, entries: _Optional[_Iterable[_Union[ListEntry, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ImportListEntriesRequest(_message.Message):
    __slots__ = ("entries",)
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[PutListEntryRequest]
    def __init__(self, entries: _Optional[_Iterable[_Union[PutListEntryRequest, _Mapping]]] = ...) -> None: ...

class ImportListEntriesResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[ImportListEntriesResult]
    def __init__(self, results: _Optional[_Iterable[_Union[ImportListEntriesResult, _Mapping]]] = ...) -> None: ...

class ImportListEntriesResult(_message.Message):
    __slots__ = ("entry", "error")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    entry: ListEntry
    error: ImportError
    def __init__(self, entry: _Optional[_Union[ListEntry, _Mapping]] = ..., error: _Optional[_Union[ImportError, _Mapping]] = ...) -> None: ...

class ImportError(_message.Message):
    __slots__ = ("code", "reason", "message")
    CODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    code: int
    reason: str
    message: str
    def __init__(self, code: _Optional[int] = ..., reason: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class ExportListEntriesRequest(_message.Message):
    __slots__ = ("subject",)
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    subject: ListSubject
    def __init__(self, subject: _Optional[_Union[ListSubject, str]] = ...) -> None: ...

class ReportOutcomeRequest(_message.Message):
    __slots__ = ("request_id", "id", "outcome", "blacklist", "note")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    BLACKLIST_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    id: str
    outcome: _withdrawals_pb2.ReviewOutcome
    blacklist: _containers.RepeatedScalarFieldContainer[ListSubject]
    note: str
    def __init__(self, request_id: _Optional[str] = ..., id: _Optional[str] = ..., outcome: _Optional[_Union[_withdrawals_pb2.ReviewOutcome, str]] = ..., blacklist: _Optional[_Iterable[_Union[ListSubject, str]]] = ..., note: _Optional[str] = ...) -> None: ...

class GetRiskProfileRequest(_message.Message):
    __slots__ = ("partner", "agent")
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    partner: str
    agent: str
    def __init__(self, partner: _Optional[str] = ..., agent: _Optional[str] = ...) -> None: ...

class RiskProfile(_message.Message):
    __slots__ = ("partner", "agent", "submissions", "median_amount", "amount_spread", "submissions_last_day", "failures_last_day", "abnormal_outcomes", "last_submission")
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    SUBMISSIONS_FIELD_NUMBER: _ClassVar[int]
    MEDIAN_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_SPREAD_FIELD_NUMBER: _ClassVar[int]
    SUBMISSIONS_LAST_DAY_FIELD_NUMBER: _ClassVar[int]
    FAILURES_LAST_DAY_FIELD_NUMBER: _ClassVar[int]
    ABNORMAL_OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    LAST_SUBMISSION_FIELD_NUMBER: _ClassVar[int]
    partner: str
    agent: str
    submissions: int
    median_amount: int
    amount_spread: int
    submissions_last_day: int
    failures_last_day: int
    abnormal_outcomes: int
    last_submission: _timestamp_pb2.Timestamp
    def __init__(self, partner: _Optional[str] = ..., agent: _Optional[str] = ..., submissions: _Optional[int] = ..., median_amount: _Optional[int] = ..., amount_spread: _Optional[int] = ..., submissions_last_day: _Optional[int] = ..., failures_last_day: _Optional[int] = ..., abnormal_outcomes: _Optional[int] = ..., last_submission: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ExportRiskLogRequest(_message.Message):
    __slots__ = ("from_time",)
    FROM_TIME_FIELD_NUMBER: _ClassVar[int]
    from_time: _timestamp_pb2.Timestamp
    def __init__(self, from_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
