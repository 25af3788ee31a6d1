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

class ProposalState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PROPOSAL_STATE_UNSPECIFIED: _ClassVar[ProposalState]
    PROPOSAL_STATE_OPEN: _ClassVar[ProposalState]
    PROPOSAL_STATE_CONFIRMED: _ClassVar[ProposalState]
    PROPOSAL_STATE_EXPIRED: _ClassVar[ProposalState]

class DoubtVerdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DOUBT_VERDICT_UNSPECIFIED: _ClassVar[DoubtVerdict]
    DOUBT_VERDICT_PAID: _ClassVar[DoubtVerdict]
    DOUBT_VERDICT_NOT_PAID: _ClassVar[DoubtVerdict]
    DOUBT_VERDICT_FAILED: _ClassVar[DoubtVerdict]
    DOUBT_VERDICT_STRAYED: _ClassVar[DoubtVerdict]
PROPOSAL_STATE_UNSPECIFIED: ProposalState
PROPOSAL_STATE_OPEN: ProposalState
PROPOSAL_STATE_CONFIRMED: ProposalState
PROPOSAL_STATE_EXPIRED: ProposalState
DOUBT_VERDICT_UNSPECIFIED: DoubtVerdict
DOUBT_VERDICT_PAID: DoubtVerdict
DOUBT_VERDICT_NOT_PAID: DoubtVerdict
DOUBT_VERDICT_FAILED: DoubtVerdict
DOUBT_VERDICT_STRAYED: DoubtVerdict

class Proposal(_message.Message):
    __slots__ = ("id", "state", "reveal", "adjustment", "doubt", "proposer", "confirmations", "create_time", "valid_until", "digest", "receipt")
    ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REVEAL_FIELD_NUMBER: _ClassVar[int]
    ADJUSTMENT_FIELD_NUMBER: _ClassVar[int]
    DOUBT_FIELD_NUMBER: _ClassVar[int]
    PROPOSER_FIELD_NUMBER: _ClassVar[int]
    CONFIRMATIONS_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    id: str
    state: ProposalState
    reveal: RevealSubject
    adjustment: AdjustmentSubject
    doubt: DoubtSubject
    proposer: str
    confirmations: _containers.RepeatedCompositeFieldContainer[_withdrawals_pb2.Approval]
    create_time: _timestamp_pb2.Timestamp
    valid_until: _timestamp_pb2.Timestamp
    digest: bytes
    receipt: _money_pb2.Receipt
    def __init__(self, id: _Optional[str] = ..., state: _Optional[_Union[ProposalState, str]] = ..., reveal: _Optional[_Union[RevealSubject, _Mapping]] = ..., adjustment: _Optional[_Union[AdjustmentSubject, _Mapping]] = ..., doubt: _Optional[_Union[DoubtSubject, _Mapping]] = ..., proposer: _Optional[str] = ..., confirmations: _Optional[_Iterable[_Union[_withdrawals_pb2.Approval, _Mapping]]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., valid_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., digest: _Optional[bytes] = ..., receipt: _Optional[_Union[_money_pb2.Receipt, _Mapping]] = ...) -> None: ...

class RevealSubject(_message.Message):
    __slots__ = ("payee_id",)
    PAYEE_ID_FIELD_NUMBER: _ClassVar[int]
    payee_id: str
    def __init__(self, payee_id: _Optional[str] = ...) -> None: ...

class AdjustmentSubject(_message.Message):
    __slots__ = ("partner", "agent", "amount", "reason")
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    partner: str
    agent: str
    amount: _money_pb2.Money
    reason: str
    def __init__(self, partner: _Optional[str] = ..., agent: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class DoubtSubject(_message.Message):
    __slots__ = ("withdrawal_id", "verdict", "paid", "evidence")
    WITHDRAWAL_ID_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    PAID_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    withdrawal_id: str
    verdict: DoubtVerdict
    paid: _money_pb2.Money
    evidence: bytes
    def __init__(self, withdrawal_id: _Optional[str] = ..., verdict: _Optional[_Union[DoubtVerdict, str]] = ..., paid: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., evidence: _Optional[bytes] = ...) -> None: ...

class CreateProposalRequest(_message.Message):
    __slots__ = ("request_id", "reveal", "adjustment", "doubt")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    REVEAL_FIELD_NUMBER: _ClassVar[int]
    ADJUSTMENT_FIELD_NUMBER: _ClassVar[int]
    DOUBT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    reveal: RevealSubject
    adjustment: AdjustmentSubject
    doubt: DoubtSubject
    def __init__(self, request_id: _Optional[str] = ..., reveal: _Optional[_Union[RevealSubject, _Mapping]] = ..., adjustment: _Optional[_Union[AdjustmentSubject, _Mapping]] = ..., doubt: _Optional[_Union[DoubtSubject, _Mapping]] = ...) -> None: ...

class ConfirmProposalRequest(_message.Message):
    __slots__ = ("request_id", "id", "digest")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    id: str
    digest: bytes
    def __init__(self, request_id: _Optional[str] = ..., id: _Optional[str] = ..., digest: _Optional[bytes] = ...) -> None: ...

class GetProposalRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class ListProposalsRequest(_message.Message):
    __slots__ = ("open_only", "page_size", "page_token")
    OPEN_ONLY_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    open_only: bool
    page_size: int
    page_token: str
    def __init__(self, open_only: bool = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListProposalsResponse(_message.Message):
    __slots__ = ("proposals", "next_page_token")
    PROPOSALS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    proposals: _containers.RepeatedCompositeFieldContainer[Proposal]
    next_page_token: str
    def __init__(self, proposals: _Optional[_Iterable[_Union[Proposal, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
