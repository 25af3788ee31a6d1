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

class Speed(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SPEED_UNSPECIFIED: _ClassVar[Speed]
    SPEED_EXPRESS: _ClassVar[Speed]
    SPEED_SAME_DAY: _ClassVar[Speed]
    SPEED_NEXT_DAY: _ClassVar[Speed]

class Acceleration(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACCELERATION_FEE: _ClassVar[Acceleration]
    ACCELERATION_POINTS: _ClassVar[Acceleration]

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

class AttemptState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ATTEMPT_STATE_UNSPECIFIED: _ClassVar[AttemptState]
    ATTEMPT_STATE_SENT: _ClassVar[AttemptState]
    ATTEMPT_STATE_ACCEPTED: _ClassVar[AttemptState]
    ATTEMPT_STATE_AWAITING_PAYEE: _ClassVar[AttemptState]
    ATTEMPT_STATE_UNKNOWN: _ClassVar[AttemptState]
    ATTEMPT_STATE_MISMATCH: _ClassVar[AttemptState]
    ATTEMPT_STATE_PAID: _ClassVar[AttemptState]
    ATTEMPT_STATE_PAYEE_FAILURE: _ClassVar[AttemptState]
    ATTEMPT_STATE_TRY_AGAIN: _ClassVar[AttemptState]
    ATTEMPT_STATE_TRY_ELSEWHERE: _ClassVar[AttemptState]
    ATTEMPT_STATE_REFUSED: _ClassVar[AttemptState]
    ATTEMPT_STATE_CANCELLED: _ClassVar[AttemptState]
    ATTEMPT_STATE_LAPSED: _ClassVar[AttemptState]

class NextAction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NEXT_ACTION_UNSPECIFIED: _ClassVar[NextAction]
    NEXT_ACTION_WAIT: _ClassVar[NextAction]
    NEXT_ACTION_AMEND_PAYEE: _ClassVar[NextAction]
    NEXT_ACTION_RETRY: _ClassVar[NextAction]
    NEXT_ACTION_CONTACT_SUPPORT: _ClassVar[NextAction]

class RiskVerdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RISK_VERDICT_APPROVE: _ClassVar[RiskVerdict]
    RISK_VERDICT_REVIEW: _ClassVar[RiskVerdict]
    RISK_VERDICT_REJECT: _ClassVar[RiskVerdict]

class ReviewOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REVIEW_OUTCOME_UNSPECIFIED: _ClassVar[ReviewOutcome]
    REVIEW_OUTCOME_CLEARED: _ClassVar[ReviewOutcome]
    REVIEW_OUTCOME_FRAUD: _ClassVar[ReviewOutcome]
    REVIEW_OUTCOME_STOLEN_CARD: _ClassVar[ReviewOutcome]
    REVIEW_OUTCOME_LAUNDERING: _ClassVar[ReviewOutcome]
SPEED_UNSPECIFIED: Speed
SPEED_EXPRESS: Speed
SPEED_SAME_DAY: Speed
SPEED_NEXT_DAY: Speed
ACCELERATION_FEE: Acceleration
ACCELERATION_POINTS: Acceleration
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
ATTEMPT_STATE_UNSPECIFIED: AttemptState
ATTEMPT_STATE_SENT: AttemptState
ATTEMPT_STATE_ACCEPTED: AttemptState
ATTEMPT_STATE_AWAITING_PAYEE: AttemptState
ATTEMPT_STATE_UNKNOWN: AttemptState
ATTEMPT_STATE_MISMATCH: AttemptState
ATTEMPT_STATE_PAID: AttemptState
ATTEMPT_STATE_PAYEE_FAILURE: AttemptState
ATTEMPT_STATE_TRY_AGAIN: AttemptState
ATTEMPT_STATE_TRY_ELSEWHERE: AttemptState
ATTEMPT_STATE_REFUSED: AttemptState
ATTEMPT_STATE_CANCELLED: AttemptState
ATTEMPT_STATE_LAPSED: AttemptState
NEXT_ACTION_UNSPECIFIED: NextAction
NEXT_ACTION_WAIT: NextAction
NEXT_ACTION_AMEND_PAYEE: NextAction
NEXT_ACTION_RETRY: NextAction
NEXT_ACTION_CONTACT_SUPPORT: NextAction
RISK_VERDICT_APPROVE: RiskVerdict
RISK_VERDICT_REVIEW: RiskVerdict
RISK_VERDICT_REJECT: RiskVerdict
REVIEW_OUTCOME_UNSPECIFIED: ReviewOutcome
REVIEW_OUTCOME_CLEARED: ReviewOutcome
REVIEW_OUTCOME_FRAUD: ReviewOutcome
REVIEW_OUTCOME_STOLEN_CARD: ReviewOutcome
REVIEW_OUTCOME_LAUNDERING: ReviewOutcome

class Withdrawal(_message.Message):
    __slots__ = ("id", "partner", "agent", "state", "final", "cancelable", "amount", "fee", "net", "payee", "request_id", "create_time", "update_time", "etag", "timeline", "receipt", "speed", "points", "settlement_date", "expected_arrival", "rules_version", "risk", "review", "attempts", "failure", "fee_refunded", "deadline", "retryable", "blocked")
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
    SPEED_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_DATE_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_ARRIVAL_FIELD_NUMBER: _ClassVar[int]
    RULES_VERSION_FIELD_NUMBER: _ClassVar[int]
    RISK_FIELD_NUMBER: _ClassVar[int]
    REVIEW_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    FEE_REFUNDED_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_FIELD_NUMBER: _ClassVar[int]
    RETRYABLE_FIELD_NUMBER: _ClassVar[int]
    BLOCKED_FIELD_NUMBER: _ClassVar[int]
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
    speed: Speed
    points: int
    settlement_date: str
    expected_arrival: _timestamp_pb2.Timestamp
    rules_version: int
    risk: RiskDecision
    review: ReviewStanding
    attempts: _containers.RepeatedCompositeFieldContainer[PayoutAttempt]
    failure: PayoutFailure
    fee_refunded: _money_pb2.Money
    deadline: _timestamp_pb2.Timestamp
    retryable: bool
    blocked: bool
    def __init__(self, id: _Optional[str] = ..., partner: _Optional[str] = ..., agent: _Optional[str] = ..., state: _Optional[_Union[WithdrawalState, str]] = ..., final: bool = ..., cancelable: bool = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., fee: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., net: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., payee: _Optional[str] = ..., request_id: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., etag: _Optional[str] = ..., timeline: _Optional[_Iterable[_Union[TimelineEntry, _Mapping]]] = ..., receipt: _Optional[_Union[_money_pb2.Receipt, _Mapping]] = ..., speed: _Optional[_Union[Speed, str]] = ..., points: _Optional[int] = ..., settlement_date: _Optional[str] = ..., expected_arrival: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., rules_version: _Optional[int] = ..., risk: _Optional[_Union[RiskDecision, _Mapping]] = ..., review: _Optional[_Union[ReviewStanding, _Mapping]] = ..., attempts: _Optional[_Iterable[_Union[PayoutAttempt, _Mapping]]] = ..., failure: _Optional[_Union[PayoutFailure, _Mapping]] = ..., fee_refunded: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., deadline: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., retryable: bool = ..., blocked: bool = ...) -> None: ...

class PayoutAttempt(_message.Message):
    __slots__ = ("number", "key", "channel", "state", "channel_reference", "begin_time", "update_time", "channel_fee", "failure", "stray", "payee_confirmation")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    BEGIN_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FEE_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    STRAY_FIELD_NUMBER: _ClassVar[int]
    PAYEE_CONFIRMATION_FIELD_NUMBER: _ClassVar[int]
    number: int
    key: str
    channel: str
    state: AttemptState
    channel_reference: str
    begin_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    channel_fee: _money_pb2.Money
    failure: PayoutFailure
    stray: bool
    payee_confirmation: str
    def __init__(self, number: _Optional[int] = ..., key: _Optional[str] = ..., channel: _Optional[str] = ..., state: _Optional[_Union[AttemptState, str]] = ..., channel_reference: _Optional[str] = ..., begin_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., channel_fee: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., failure: _Optional[_Union[PayoutFailure, _Mapping]] = ..., stray: bool = ..., payee_confirmation: _Optional[str] = ...) -> None: ...

class PayoutFailure(_message.Message):
    __slots__ = ("iso_reason", "code", "channel_code", "message_zh", "next_action")
    ISO_REASON_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ZH_FIELD_NUMBER: _ClassVar[int]
    NEXT_ACTION_FIELD_NUMBER: _ClassVar[int]
    iso_reason: str
    code: str
    channel_code: str
    message_zh: str
    next_action: NextAction
    def __init__(self, iso_reason: _Optional[str] = ..., code: _Optional[str] = ..., channel_code: _Optional[str] = ..., message_zh: _Optional[str] = ..., next_action: _Optional[_Union[NextAction, str]] = ...) -> None: ...

class RiskDecision(_message.Message):
    __slots__ = ("verdict", "score", "reasons")
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    verdict: RiskVerdict
    score: int
    reasons: _containers.RepeatedCompositeFieldContainer[RiskReason]
    def __init__(self, verdict: _Optional[_Union[RiskVerdict, str]] = ..., score: _Optional[int] = ..., reasons: _Optional[_Iterable[_Union[RiskReason, _Mapping]]] = ...) -> None: ...

class RiskReason(_message.Message):
    __slots__ = ("code", "points")
    CODE_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    code: str
    points: int
    def __init__(self, code: _Optional[str] = ..., points: _Optional[int] = ...) -> None: ...

class ReviewStanding(_message.Message):
    __slots__ = ("approvals_required", "approvals", "due_time", "claimed_by", "claim_end_time", "escalated", "information_note", "on_hold", "hold_reason", "rejection_reason", "digest", "outcome")
    APPROVALS_REQUIRED_FIELD_NUMBER: _ClassVar[int]
    APPROVALS_FIELD_NUMBER: _ClassVar[int]
    DUE_TIME_FIELD_NUMBER: _ClassVar[int]
    CLAIMED_BY_FIELD_NUMBER: _ClassVar[int]
    CLAIM_END_TIME_FIELD_NUMBER: _ClassVar[int]
    ESCALATED_FIELD_NUMBER: _ClassVar[int]
    INFORMATION_NOTE_FIELD_NUMBER: _ClassVar[int]
    ON_HOLD_FIELD_NUMBER: _ClassVar[int]
    HOLD_REASON_FIELD_NUMBER: _ClassVar[int]
    REJECTION_REASON_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    approvals_required: int
    approvals: _containers.RepeatedCompositeFieldContainer[Approval]
    due_time: _timestamp_pb2.Timestamp
    claimed_by: str
    claim_end_time: _timestamp_pb2.Timestamp
    escalated: bool
    information_note: str
    on_hold: bool
    hold_reason: str
    rejection_reason: str
    digest: bytes
    outcome: ReviewOutcome
    def __init__(self, approvals_required: _Optional[int] = ..., approvals: _Optional[_Iterable[_Union[Approval, _Mapping]]] = ..., due_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., claimed_by: _Optional[str] = ..., claim_end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., escalated: bool = ..., information_note: _Optional[str] = ..., on_hold: bool = ..., hold_reason: _Optional[str] = ..., rejection_reason: _Optional[str] = ..., digest: _Optional[bytes] = ..., outcome: _Optional[_Union[ReviewOutcome, str]] = ...) -> None: ...

class Approval(_message.Message):
    __slots__ = ("person", "role", "time")
    PERSON_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    person: str
    role: str
    time: _timestamp_pb2.Timestamp
    def __init__(self, person: _Optional[str] = ..., role: _Optional[str] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class TimelineEntry(_message.Message):
    __slots__ = ("state", "time")
    STATE_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    state: WithdrawalState
    time: _timestamp_pb2.Timestamp
    def __init__(self, state: _Optional[_Union[WithdrawalState, str]] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SubmitWithdrawalRequest(_message.Message):
    __slots__ = ("request_id", "agent", "amount", "payee", "speed", "acceleration", "quote", "device", "address")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    PAYEE_FIELD_NUMBER: _ClassVar[int]
    SPEED_FIELD_NUMBER: _ClassVar[int]
    ACCELERATION_FIELD_NUMBER: _ClassVar[int]
    QUOTE_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    agent: str
    amount: _money_pb2.Money
    payee: str
    speed: Speed
    acceleration: Acceleration
    quote: str
    device: str
    address: str
    def __init__(self, request_id: _Optional[str] = ..., agent: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., payee: _Optional[str] = ..., speed: _Optional[_Union[Speed, str]] = ..., acceleration: _Optional[_Union[Acceleration, str]] = ..., quote: _Optional[str] = ..., device: _Optional[str] = ..., address: _Optional[str] = ...) -> None: ...

class QuoteWithdrawalRequest(_message.Message):
    __slots__ = ("partner", "agent", "amount", "payee", "speed", "acceleration", "device", "address")
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    PAYEE_FIELD_NUMBER: _ClassVar[int]
    SPEED_FIELD_NUMBER: _ClassVar[int]
    ACCELERATION_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    partner: str
    agent: str
    amount: _money_pb2.Money
    payee: str
    speed: Speed
    acceleration: Acceleration
    device: str
    address: str
    def __init__(self, partner: _Optional[str] = ..., agent: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., payee: _Optional[str] = ..., speed: _Optional[_Union[Speed, str]] = ..., acceleration: _Optional[_Union[Acceleration, str]] = ..., device: _Optional[str] = ..., address: _Optional[str] = ...) -> None: ...

class WithdrawalQuote(_message.Message):
    __slots__ = ("quote", "valid_until", "speed", "amount", "fee", "net", "points", "settlement_date", "expected_arrival", "limits", "review_likely", "risk", "rules_version", "obstacle", "offers", "maintenance_begin", "maintenance_end", "calendar_missing")
    QUOTE_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_FIELD_NUMBER: _ClassVar[int]
    SPEED_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    FEE_FIELD_NUMBER: _ClassVar[int]
    NET_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_DATE_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_ARRIVAL_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    REVIEW_LIKELY_FIELD_NUMBER: _ClassVar[int]
    RISK_FIELD_NUMBER: _ClassVar[int]
    RULES_VERSION_FIELD_NUMBER: _ClassVar[int]
    OBSTACLE_FIELD_NUMBER: _ClassVar[int]
    OFFERS_FIELD_NUMBER: _ClassVar[int]
    MAINTENANCE_BEGIN_FIELD_NUMBER: _ClassVar[int]
    MAINTENANCE_END_FIELD_NUMBER: _ClassVar[int]
    CALENDAR_MISSING_FIELD_NUMBER: _ClassVar[int]
    quote: str
    valid_until: _timestamp_pb2.Timestamp
    speed: Speed
    amount: _money_pb2.Money
    fee: _money_pb2.Money
    net: _money_pb2.Money
    points: int
    settlement_date: str
    expected_arrival: _timestamp_pb2.Timestamp
    limits: LimitStanding
    review_likely: bool
    risk: RiskDecision
    rules_version: int
    obstacle: _status_pb2.Status
    offers: _containers.RepeatedCompositeFieldContainer[SpeedOffer]
    maintenance_begin: str
    maintenance_end: str
    calendar_missing: bool
    def __init__(self, quote: _Optional[str] = ..., valid_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., speed: _Optional[_Union[Speed, str]] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., fee: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., net: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., points: _Optional[int] = ..., settlement_date: _Optional[str] = ..., expected_arrival: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., limits: _Optional[_Union[LimitStanding, _Mapping]] = ..., review_likely: bool = ..., risk: _Optional[_Union[RiskDecision, _Mapping]] = ..., rules_version: _Optional[int] = ..., obstacle: _Optional[_Union[_status_pb2.Status, _Mapping]] = ..., offers: _Optional[_Iterable[_Union[SpeedOffer, _Mapping]]] = ..., maintenance_begin: _Optional[str] = ..., maintenance_end: _Optional[str] = ..., calendar_missing: bool = ...) -> None: ...

class SpeedOffer(_message.Message):
    __slots__ = ("speed", "offered", "fee", "points", "expected_arrival", "reason")
    SPEED_FIELD_NUMBER: _ClassVar[int]
    OFFERED_FIELD_NUMBER: _ClassVar[int]
    FEE_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_ARRIVAL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    speed: Speed
    offered: bool
    fee: _money_pb2.Money
    points: int
    expected_arrival: _timestamp_pb2.Timestamp
    reason: str
    def __init__(self, speed: _Optional[_Union[Speed, str]] = ..., offered: bool = ..., fee: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., points: _Optional[int] = ..., expected_arrival: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class LimitStanding(_message.Message):
    __slots__ = ("currency_code", "payout_minimum", "payout_maximum", "day_amount", "day_amount_left", "month_amount", "month_amount_left", "day_count", "day_count_left")
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    PAYOUT_MINIMUM_FIELD_NUMBER: _ClassVar[int]
    PAYOUT_MAXIMUM_FIELD_NUMBER: _ClassVar[int]
    DAY_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    DAY_AMOUNT_LEFT_FIELD_NUMBER: _ClassVar[int]
    MONTH_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    MONTH_AMOUNT_LEFT_FIELD_NUMBER: _ClassVar[int]
    DAY_COUNT_FIELD_NUMBER: _ClassVar[int]
    DAY_COUNT_LEFT_FIELD_NUMBER: _ClassVar[int]
    currency_code: str
    payout_minimum: int
    payout_maximum: int
    day_amount: int
    day_amount_left: int
    month_amount: int
    month_amount_left: int
    day_count: int
    day_count_left: int
    def __init__(self, currency_code: _Optional[str] = ..., payout_minimum: _Optional[int] = ..., payout_maximum: _Optional[int] = ..., day_amount: _Optional[int] = ..., day_amount_left: _Optional[int] = ..., month_amount: _Optional[int] = ..., month_amount_left: _Optional[int] = ..., day_count: _Optional[int] = ..., day_count_left: _Optional[int] = ...) -> None: ...

class AmendWithdrawalRequest(_message.Message):
    __slots__ = ("request_id", "id", "payee", "etag")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    PAYEE_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    id: str
    payee: str
    etag: str
    def __init__(self, request_id: _Optional[str] = ..., id: _Optional[str] = ..., payee: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

class RetryWithdrawalRequest(_message.Message):
    __slots__ = ("request_id", "id", "etag")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    id: str
    etag: str
    def __init__(self, request_id: _Optional[str] = ..., id: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

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
