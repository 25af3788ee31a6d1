"""Client of the settle server: submit, query and cancel withdrawals.

>>> from settle_client import Client, Money
>>> client = Client("127.0.0.1:7443", ca="ca.pem", cert="partner-demo.pem", key="partner-demo.key")
>>> withdrawal = client.submit("a1", Money.of("50.00"), payee="demo")
>>> client.cancel(withdrawal.id).state
<State.CANCELLED: 6>
"""

from .client import MAXIMUM_BATCH_ITEMS, Client
from .errors import (
    AlreadyExists,
    DeadlineExceeded,
    EtagMismatch,
    FieldViolation,
    InsufficientFunds,
    InvalidArgument,
    NotCancelable,
    NotFound,
    OutcomeUnknown,
    OutOfRange,
    Overloaded,
    PermissionDenied,
    Refused,
    RequestIdReused,
    ServerFault,
    SettleError,
    Unauthenticated,
    Unavailable,
)
from .money import Money
from .retry import RetryPolicy
from .types import (
    Agent,
    Balance,
    Change,
    DepositReceipt,
    Entry,
    EntryKind,
    NewWithdrawal,
    Receipt,
    State,
    TimelineEntry,
    Withdrawal,
    WithdrawalPage,
    new_request_id,
)
from .watch import Watch

__all__ = [
    "MAXIMUM_BATCH_ITEMS",
    "Agent",
    "AlreadyExists",
    "Balance",
    "Change",
    "Client",
    "DeadlineExceeded",
    "DepositReceipt",
    "Entry",
    "EntryKind",
    "EtagMismatch",
    "FieldViolation",
    "InsufficientFunds",
    "InvalidArgument",
    "Money",
    "NewWithdrawal",
    "NotCancelable",
    "NotFound",
    "OutOfRange",
    "OutcomeUnknown",
    "Overloaded",
    "PermissionDenied",
    "Receipt",
    "Refused",
    "RequestIdReused",
    "RetryPolicy",
    "ServerFault",
    "SettleError",
    "State",
    "TimelineEntry",
    "Unauthenticated",
    "Unavailable",
    "Watch",
    "Withdrawal",
    "WithdrawalPage",
    "new_request_id",
]
