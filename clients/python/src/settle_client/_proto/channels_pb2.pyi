import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from . import money_pb2 as _money_pb2
from . import proposals_pb2 as _proposals_pb2
from . import withdrawals_pb2 as _withdrawals_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ChannelState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CHANNEL_STATE_UNSPECIFIED: _ClassVar[ChannelState]
    CHANNEL_STATE_ENABLED: _ClassVar[ChannelState]
    CHANNEL_STATE_DRAINING: _ClassVar[ChannelState]
    CHANNEL_STATE_DISABLED: _ClassVar[ChannelState]

class BreakerState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BREAKER_STATE_UNSPECIFIED: _ClassVar[BreakerState]
    BREAKER_STATE_CLOSED: _ClassVar[BreakerState]
    BREAKER_STATE_OPEN: _ClassVar[BreakerState]
    BREAKER_STATE_HALF_OPEN: _ClassVar[BreakerState]

class RouteVerdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROUTE_VERDICT_UNSPECIFIED: _ClassVar[RouteVerdict]
    ROUTE_VERDICT_CHOSEN: _ClassVar[RouteVerdict]
    ROUTE_VERDICT_ELIGIBLE: _ClassVar[RouteVerdict]
    ROUTE_VERDICT_WRONG_RAIL: _ClassVar[RouteVerdict]
    ROUTE_VERDICT_WRONG_CURRENCY: _ClassVar[RouteVerdict]
    ROUTE_VERDICT_AMOUNT_OUT_OF_RANGE: _ClassVar[RouteVerdict]
    ROUTE_VERDICT_WRONG_SPEED: _ClassVar[RouteVerdict]
    ROUTE_VERDICT_OUT_OF_HOURS: _ClassVar[RouteVerdict]
    ROUTE_VERDICT_NOT_ENABLED: _ClassVar[RouteVerdict]
    ROUTE_VERDICT_FLOAT_LOW: _ClassVar[RouteVerdict]
    ROUTE_VERDICT_BREAKER_OPEN: _ClassVar[RouteVerdict]
    ROUTE_VERDICT_TRIED_BEFORE: _ClassVar[RouteVerdict]
    ROUTE_VERDICT_DAILY_LIMIT: _ClassVar[RouteVerdict]
CHANNEL_STATE_UNSPECIFIED: ChannelState
CHANNEL_STATE_ENABLED: ChannelState
CHANNEL_STATE_DRAINING: ChannelState
CHANNEL_STATE_DISABLED: ChannelState
BREAKER_STATE_UNSPECIFIED: BreakerState
BREAKER_STATE_CLOSED: BreakerState
BREAKER_STATE_OPEN: BreakerState
BREAKER_STATE_HALF_OPEN: BreakerState
ROUTE_VERDICT_UNSPECIFIED: RouteVerdict
ROUTE_VERDICT_CHOSEN: RouteVerdict
ROUTE_VERDICT_ELIGIBLE: RouteVerdict
ROUTE_VERDICT_WRONG_RAIL: RouteVerdict
ROUTE_VERDICT_WRONG_CURRENCY: RouteVerdict
ROUTE_VERDICT_AMOUNT_OUT_OF_RANGE: RouteVerdict
ROUTE_VERDICT_WRONG_SPEED: RouteVerdict
ROUTE_VERDICT_OUT_OF_HOURS: RouteVerdict
ROUTE_VERDICT_NOT_ENABLED: RouteVerdict
ROUTE_VERDICT_FLOAT_LOW: RouteVerdict
ROUTE_VERDICT_BREAKER_OPEN: RouteVerdict
ROUTE_VERDICT_TRIED_BEFORE: RouteVerdict
ROUTE_VERDICT_DAILY_LIMIT: RouteVerdict

class Channel(_message.Message):
    __slots__ = ("id", "state", "reason", "rails", "floats", "minimum", "maximum", "daily_maximum", "capabilities", "opens", "closes", "speeds", "simulated")
    ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RAILS_FIELD_NUMBER: _ClassVar[int]
    FLOATS_FIELD_NUMBER: _ClassVar[int]
    MINIMUM_FIELD_NUMBER: _ClassVar[int]
    MAXIMUM_FIELD_NUMBER: _ClassVar[int]
    DAILY_MAXIMUM_FIELD_NUMBER: _ClassVar[int]
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    OPENS_FIELD_NUMBER: _ClassVar[int]
    CLOSES_FIELD_NUMBER: _ClassVar[int]
    SPEEDS_FIELD_NUMBER: _ClassVar[int]
    SIMULATED_FIELD_NUMBER: _ClassVar[int]
    id: str
    state: ChannelState
    reason: str
    rails: _containers.RepeatedScalarFieldContainer[str]
    floats: _containers.RepeatedCompositeFieldContainer[ChannelFloat]
    minimum: _money_pb2.Money
    maximum: _money_pb2.Money
    daily_maximum: _money_pb2.Money
    capabilities: _containers.RepeatedScalarFieldContainer[str]
    opens: str
    closes: str
    speeds: _containers.RepeatedScalarFieldContainer[_withdrawals_pb2.Speed]
    simulated: bool
    def __init__(self, id: _Optional[str] = ..., state: _Optional[_Union[ChannelState, str]] = ..., reason: _Optional[str] = ..., rails: _Optional[_Iterable[str]] = ..., floats: _Optional[_Iterable[_Union[ChannelFloat, _Mapping]]] = ..., minimum: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., maximum: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., daily_maximum: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., capabilities: _Optional[_Iterable[str]] = ..., opens: _Optional[str] = ..., closes: _Optional[str] = ..., speeds: _Optional[_Iterable[_Union[_withdrawals_pb2.Speed, str]]] = ..., simulated: bool = ...) -> None: ...

class ChannelFloat(_message.Message):
    __slots__ = ("available", "pending", "fees")
    AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    PENDING_FIELD_NUMBER: _ClassVar[int]
    FEES_FIELD_NUMBER: _ClassVar[int]
    available: _money_pb2.Money
    pending: _money_pb2.Money
    fees: _money_pb2.Money
    def __init__(self, available: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., pending: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., fees: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...

class ListChannelsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListChannelsResponse(_message.Message):
    __slots__ = ("channels",)
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    channels: _containers.RepeatedCompositeFieldContainer[Channel]
    def __init__(self, channels: _Optional[_Iterable[_Union[Channel, _Mapping]]] = ...) -> None: ...

class SetChannelStateRequest(_message.Message):
    __slots__ = ("request_id", "channel", "state", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    channel: str
    state: ChannelState
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., channel: _Optional[str] = ..., state: _Optional[_Union[ChannelState, str]] = ..., reason: _Optional[str] = ...) -> None: ...

class FundChannelRequest(_message.Message):
    __slots__ = ("request_id", "channel", "amount", "reference")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    channel: str
    amount: _money_pb2.Money
    reference: str
    def __init__(self, request_id: _Optional[str] = ..., channel: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., reference: _Optional[str] = ...) -> None: ...

class GetChannelHealthRequest(_message.Message):
    __slots__ = ("channel",)
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    channel: str
    def __init__(self, channel: _Optional[str] = ...) -> None: ...

class ChannelHealth(_message.Message):
    __slots__ = ("channel", "breaker", "breaker_since", "next_probe", "window_attempts", "window_failures", "success_permille", "arrival_p95_ms", "in_flight", "in_flight_maximum", "in_doubt", "last_error", "last_error_time")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    BREAKER_FIELD_NUMBER: _ClassVar[int]
    BREAKER_SINCE_FIELD_NUMBER: _ClassVar[int]
    NEXT_PROBE_FIELD_NUMBER: _ClassVar[int]
    WINDOW_ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FAILURES_FIELD_NUMBER: _ClassVar[int]
    SUCCESS_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    ARRIVAL_P95_MS_FIELD_NUMBER: _ClassVar[int]
    IN_FLIGHT_FIELD_NUMBER: _ClassVar[int]
    IN_FLIGHT_MAXIMUM_FIELD_NUMBER: _ClassVar[int]
    IN_DOUBT_FIELD_NUMBER: _ClassVar[int]
    LAST_ERROR_FIELD_NUMBER: _ClassVar[int]
    LAST_ERROR_TIME_FIELD_NUMBER: _ClassVar[int]
    channel: str
    breaker: BreakerState
    breaker_since: _timestamp_pb2.Timestamp
    next_probe: _timestamp_pb2.Timestamp
    window_attempts: int
    window_failures: int
    success_permille: int
    arrival_p95_ms: int
    in_flight: int
    in_flight_maximum: int
    in_doubt: int
    last_error: str
    last_error_time: _timestamp_pb2.Timestamp
    def __init__(self, channel: _Optional[str] = ..., breaker: _Optional[_Union[BreakerState, str]] = ..., breaker_since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., next_probe: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., window_attempts: _Optional[int] = ..., window_failures: _Optional[int] = ..., success_permille: _Optional[int] = ..., arrival_p95_ms: _Optional[int] = ..., in_flight: _Optional[int] = ..., in_flight_maximum: _Optional[int] = ..., in_doubt: _Optional[int] = ..., last_error: _Optional[str] = ..., last_error_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ExplainRoutingRequest(_message.Message):
    __slots__ = ("withdrawal_id", "question")
    WITHDRAWAL_ID_FIELD_NUMBER: _ClassVar[int]
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    withdrawal_id: str
    question: RouteQuestion
    def __init__(self, withdrawal_id: _Optional[str] = ..., question: _Optional[_Union[RouteQuestion, _Mapping]] = ...) -> None: ...

class RouteQuestion(_message.Message):
    __slots__ = ("amount", "rail", "speed")
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    RAIL_FIELD_NUMBER: _ClassVar[int]
    SPEED_FIELD_NUMBER: _ClassVar[int]
    amount: _money_pb2.Money
    rail: str
    speed: _withdrawals_pb2.Speed
    def __init__(self, amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., rail: _Optional[str] = ..., speed: _Optional[_Union[_withdrawals_pb2.Speed, str]] = ...) -> None: ...

class RoutingExplanation(_message.Message):
    __slots__ = ("chosen", "candidates", "time")
    CHOSEN_FIELD_NUMBER: _ClassVar[int]
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    chosen: str
    candidates: _containers.RepeatedCompositeFieldContainer[RouteCandidate]
    time: _timestamp_pb2.Timestamp
    def __init__(self, chosen: _Optional[str] = ..., candidates: _Optional[_Iterable[_Union[RouteCandidate, _Mapping]]] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class RouteCandidate(_message.Message):
    __slots__ = ("channel", "verdict", "fee", "arrival_p95_ms", "success_permille", "score")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    FEE_FIELD_NUMBER: _ClassVar[int]
    ARRIVAL_P95_MS_FIELD_NUMBER: _ClassVar[int]
    SUCCESS_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    channel: str
    verdict: RouteVerdict
    fee: _money_pb2.Money
    arrival_p95_ms: int
    success_permille: int
    score: int
    def __init__(self, channel: _Optional[str] = ..., verdict: _Optional[_Union[RouteVerdict, str]] = ..., fee: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., arrival_p95_ms: _Optional[int] = ..., success_permille: _Optional[int] = ..., score: _Optional[int] = ...) -> None: ...

class ListAttemptsRequest(_message.Message):
    __slots__ = ("withdrawal_id",)
    WITHDRAWAL_ID_FIELD_NUMBER: _ClassVar[int]
    withdrawal_id: str
    def __init__(self, withdrawal_id: _Optional[str] = ...) -> None: ...

class ListAttemptsResponse(_message.Message):
    __slots__ = ("attempts",)
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    attempts: _containers.RepeatedCompositeFieldContainer[ExplainedAttempt]
    def __init__(self, attempts: _Optional[_Iterable[_Union[ExplainedAttempt, _Mapping]]] = ...) -> None: ...

class ExplainedAttempt(_message.Message):
    __slots__ = ("attempt", "candidates", "receipt")
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    attempt: _withdrawals_pb2.PayoutAttempt
    candidates: _containers.RepeatedCompositeFieldContainer[RouteCandidate]
    receipt: _money_pb2.Receipt
    def __init__(self, attempt: _Optional[_Union[_withdrawals_pb2.PayoutAttempt, _Mapping]] = ..., candidates: _Optional[_Iterable[_Union[RouteCandidate, _Mapping]]] = ..., receipt: _Optional[_Union[_money_pb2.Receipt, _Mapping]] = ...) -> None: ...

class ResolveInDoubtRequest(_message.Message):
    __slots__ = ("request_id", "doubt")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DOUBT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    doubt: _proposals_pb2.DoubtSubject
    def __init__(self, request_id: _Optional[str] = ..., doubt: _Optional[_Union[_proposals_pb2.DoubtSubject, _Mapping]] = ...) -> None: ...

class ListAlarmsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListAlarmsResponse(_message.Message):
    __slots__ = ("alarms",)
    ALARMS_FIELD_NUMBER: _ClassVar[int]
    alarms: _containers.RepeatedCompositeFieldContainer[Alarm]
    def __init__(self, alarms: _Optional[_Iterable[_Union[Alarm, _Mapping]]] = ...) -> None: ...

class Alarm(_message.Message):
    __slots__ = ("code", "subject", "message", "since")
    CODE_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    code: str
    subject: str
    message: str
    since: _timestamp_pb2.Timestamp
    def __init__(self, code: _Optional[str] = ..., subject: _Optional[str] = ..., message: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
