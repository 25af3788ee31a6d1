import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from . import money_pb2 as _money_pb2
from . import payees_pb2 as _payees_pb2
from . import proposals_pb2 as _proposals_pb2
from . import withdrawals_pb2 as _withdrawals_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CreditGrade(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CREDIT_GRADE_UNSPECIFIED: _ClassVar[CreditGrade]
    CREDIT_GRADE_POOR: _ClassVar[CreditGrade]
    CREDIT_GRADE_NORMAL: _ClassVar[CreditGrade]
    CREDIT_GRADE_GOOD: _ClassVar[CreditGrade]
    CREDIT_GRADE_EXCELLENT: _ClassVar[CreditGrade]

class EntryKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENTRY_KIND_UNSPECIFIED: _ClassVar[EntryKind]
    ENTRY_KIND_DEPOSIT: _ClassVar[EntryKind]
    ENTRY_KIND_WITHDRAWAL_HELD: _ClassVar[EntryKind]
    ENTRY_KIND_WITHDRAWAL_RELEASED: _ClassVar[EntryKind]
    ENTRY_KIND_ADJUSTMENT: _ClassVar[EntryKind]
    ENTRY_KIND_FEE_REFUNDED: _ClassVar[EntryKind]
    ENTRY_KIND_WITHDRAWAL_RETURNED: _ClassVar[EntryKind]
    ENTRY_KIND_APPEAL_AWARDED: _ClassVar[EntryKind]
CREDIT_GRADE_UNSPECIFIED: CreditGrade
CREDIT_GRADE_POOR: CreditGrade
CREDIT_GRADE_NORMAL: CreditGrade
CREDIT_GRADE_GOOD: CreditGrade
CREDIT_GRADE_EXCELLENT: CreditGrade
ENTRY_KIND_UNSPECIFIED: EntryKind
ENTRY_KIND_DEPOSIT: EntryKind
ENTRY_KIND_WITHDRAWAL_HELD: EntryKind
ENTRY_KIND_WITHDRAWAL_RELEASED: EntryKind
ENTRY_KIND_ADJUSTMENT: EntryKind
ENTRY_KIND_FEE_REFUNDED: EntryKind
ENTRY_KIND_WITHDRAWAL_RETURNED: EntryKind
ENTRY_KIND_APPEAL_AWARDED: EntryKind

class Agent(_message.Message):
    __slots__ = ("partner", "agent", "create_time", "receipt", "parent", "tier", "frozen", "credit_grade", "open_violations", "limits", "name_verified", "id_number_verified", "card_verified", "masked_name")
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    TIER_FIELD_NUMBER: _ClassVar[int]
    FROZEN_FIELD_NUMBER: _ClassVar[int]
    CREDIT_GRADE_FIELD_NUMBER: _ClassVar[int]
    OPEN_VIOLATIONS_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    NAME_VERIFIED_FIELD_NUMBER: _ClassVar[int]
    ID_NUMBER_VERIFIED_FIELD_NUMBER: _ClassVar[int]
    CARD_VERIFIED_FIELD_NUMBER: _ClassVar[int]
    MASKED_NAME_FIELD_NUMBER: _ClassVar[int]
    partner: str
    agent: str
    create_time: _timestamp_pb2.Timestamp
    receipt: _money_pb2.Receipt
    parent: str
    tier: str
    frozen: bool
    credit_grade: CreditGrade
    open_violations: int
    limits: LimitOverride
    name_verified: bool
    id_number_verified: bool
    card_verified: bool
    masked_name: str
    def __init__(self, partner: _Optional[str] = ..., agent: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_money_pb2.Receipt, _Mapping]] = ..., parent: _Optional[str] = ..., tier: _Optional[str] = ..., frozen: bool = ..., credit_grade: _Optional[_Union[CreditGrade, str]] = ..., open_violations: _Optional[int] = ..., limits: _Optional[_Union[LimitOverride, _Mapping]] = ..., name_verified: bool = ..., id_number_verified: bool = ..., card_verified: bool = ..., masked_name: _Optional[str] = ...) -> None: ...

class LimitOverride(_message.Message):
    __slots__ = ("payout_maximum", "day_amount", "month_amount", "day_count")
    PAYOUT_MAXIMUM_FIELD_NUMBER: _ClassVar[int]
    DAY_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    MONTH_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    DAY_COUNT_FIELD_NUMBER: _ClassVar[int]
    payout_maximum: int
    day_amount: int
    month_amount: int
    day_count: int
    def __init__(self, payout_maximum: _Optional[int] = ..., day_amount: _Optional[int] = ..., month_amount: _Optional[int] = ..., day_count: _Optional[int] = ...) -> None: ...

class UpdateAgentRequest(_message.Message):
    __slots__ = ("request_id", "partner", "agent", "tier", "frozen", "credit_grade", "open_violations", "limits", "parent", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    TIER_FIELD_NUMBER: _ClassVar[int]
    FROZEN_FIELD_NUMBER: _ClassVar[int]
    CREDIT_GRADE_FIELD_NUMBER: _ClassVar[int]
    OPEN_VIOLATIONS_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    partner: str
    agent: str
    tier: str
    frozen: bool
    credit_grade: CreditGrade
    open_violations: int
    limits: LimitOverride
    parent: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., partner: _Optional[str] = ..., agent: _Optional[str] = ..., tier: _Optional[str] = ..., frozen: bool = ..., credit_grade: _Optional[_Union[CreditGrade, str]] = ..., open_violations: _Optional[int] = ..., limits: _Optional[_Union[LimitOverride, _Mapping]] = ..., parent: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class VerifyAgentRequest(_message.Message):
    __slots__ = ("request_id", "partner", "agent", "name", "id_number", "card_number")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ID_NUMBER_FIELD_NUMBER: _ClassVar[int]
    CARD_NUMBER_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    partner: str
    agent: str
    name: str
    id_number: str
    card_number: str
    def __init__(self, request_id: _Optional[str] = ..., partner: _Optional[str] = ..., agent: _Optional[str] = ..., name: _Optional[str] = ..., id_number: _Optional[str] = ..., card_number: _Optional[str] = ...) -> None: ...

class VerifyAgentResponse(_message.Message):
    __slots__ = ("agent", "defects")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    DEFECTS_FIELD_NUMBER: _ClassVar[int]
    agent: Agent
    defects: _containers.RepeatedCompositeFieldContainer[ElementDefect]
    def __init__(self, agent: _Optional[_Union[Agent, _Mapping]] = ..., defects: _Optional[_Iterable[_Union[ElementDefect, _Mapping]]] = ...) -> None: ...

class ElementDefect(_message.Message):
    __slots__ = ("element", "reason", "message", "message_zh")
    ELEMENT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ZH_FIELD_NUMBER: _ClassVar[int]
    element: str
    reason: str
    message: str
    message_zh: str
    def __init__(self, element: _Optional[str] = ..., reason: _Optional[str] = ..., message: _Optional[str] = ..., message_zh: _Optional[str] = ...) -> None: ...

class GetLimitsRequest(_message.Message):
    __slots__ = ("partner", "agent", "currency_code")
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    partner: str
    agent: str
    currency_code: str
    def __init__(self, partner: _Optional[str] = ..., agent: _Optional[str] = ..., currency_code: _Optional[str] = ...) -> None: ...

class CreateAgentRequest(_message.Message):
    __slots__ = ("request_id", "partner", "agent", "parent")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    partner: str
    agent: str
    parent: str
    def __init__(self, request_id: _Optional[str] = ..., partner: _Optional[str] = ..., agent: _Optional[str] = ..., parent: _Optional[str] = ...) -> None: ...

class GetAgentRequest(_message.Message):
    __slots__ = ("partner", "agent")
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    partner: str
    agent: str
    def __init__(self, partner: _Optional[str] = ..., agent: _Optional[str] = ...) -> None: ...

class GetBalanceRequest(_message.Message):
    __slots__ = ("partner", "agent", "currency_code")
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    partner: str
    agent: str
    currency_code: str
    def __init__(self, partner: _Optional[str] = ..., agent: _Optional[str] = ..., currency_code: _Optional[str] = ...) -> None: ...

class Balance(_message.Message):
    __slots__ = ("partner", "agent", "currency_code", "debits_pending", "debits_posted", "credits_pending", "credits_posted", "available", "receipt")
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    DEBITS_PENDING_FIELD_NUMBER: _ClassVar[int]
    DEBITS_POSTED_FIELD_NUMBER: _ClassVar[int]
    CREDITS_PENDING_FIELD_NUMBER: _ClassVar[int]
    CREDITS_POSTED_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    partner: str
    agent: str
    currency_code: str
    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int
    available: int
    receipt: _money_pb2.Receipt
    def __init__(self, partner: _Optional[str] = ..., agent: _Optional[str] = ..., currency_code: _Optional[str] = ..., debits_pending: _Optional[int] = ..., debits_posted: _Optional[int] = ..., credits_pending: _Optional[int] = ..., credits_posted: _Optional[int] = ..., available: _Optional[int] = ..., receipt: _Optional[_Union[_money_pb2.Receipt, _Mapping]] = ...) -> None: ...

class Entry(_message.Message):
    __slots__ = ("sequence", "time", "kind", "amount", "withdrawal_id", "external_reference", "proposal_id", "appeal_id")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWAL_ID_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_ID_FIELD_NUMBER: _ClassVar[int]
    APPEAL_ID_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    time: _timestamp_pb2.Timestamp
    kind: EntryKind
    amount: _money_pb2.Money
    withdrawal_id: str
    external_reference: str
    proposal_id: str
    appeal_id: str
    def __init__(self, sequence: _Optional[int] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., kind: _Optional[_Union[EntryKind, str]] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., withdrawal_id: _Optional[str] = ..., external_reference: _Optional[str] = ..., proposal_id: _Optional[str] = ..., appeal_id: _Optional[str] = ...) -> None: ...

class ListEntriesRequest(_message.Message):
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

class ListEntriesResponse(_message.Message):
    __slots__ = ("entries", "next_page_token")
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[Entry]
    next_page_token: str
    def __init__(self, entries: _Optional[_Iterable[_Union[Entry, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class DepositRequest(_message.Message):
    __slots__ = ("request_id", "partner", "agent", "amount", "external_reference")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    partner: str
    agent: str
    amount: _money_pb2.Money
    external_reference: str
    def __init__(self, request_id: _Optional[str] = ..., partner: _Optional[str] = ..., agent: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., external_reference: _Optional[str] = ...) -> None: ...

class DepositReceipt(_message.Message):
    __slots__ = ("partner", "agent", "amount", "external_reference", "time", "balance", "receipt")
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    partner: str
    agent: str
    amount: _money_pb2.Money
    external_reference: str
    time: _timestamp_pb2.Timestamp
    balance: Balance
    receipt: _money_pb2.Receipt
    def __init__(self, partner: _Optional[str] = ..., agent: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., external_reference: _Optional[str] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., balance: _Optional[_Union[Balance, _Mapping]] = ..., receipt: _Optional[_Union[_money_pb2.Receipt, _Mapping]] = ...) -> None: ...
