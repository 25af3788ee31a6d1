"""Where agents are paid: accounts whose numbers and names are kept encrypted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from . import types
from ._area import Area, Caller
from ._proto import accounts_pb2_grpc, payees_pb2
from ._requests import make


class Rail(types.OpenEnum):
    """Where the money arrives."""

    UNSPECIFIED = 0
    BANK_CARD = 1
    ALIPAY = 2
    WECHAT = 3


class PayeeState(types.OpenEnum):
    """Withdrawals go to verified accounts only. The data of erased ones is gone."""

    UNSPECIFIED = 0
    UNVERIFIED = 1
    VERIFIED = 2
    ERASED = 3


@dataclass(frozen=True)
class PayeeAccount:
    """An account, masked: the last four digits and the first character at most."""

    id: str
    partner: str
    agent: str
    rail: Rail
    state: PayeeState
    masked_number: str
    masked_name: str
    bank: str
    create_time: datetime
    receipt: types.Receipt


@dataclass(frozen=True)
class RevealedPayee:
    """Number and name of an account. Every look is recorded."""

    id: str
    number: str
    holder_name: str
    valid_until: datetime
    receipt: types.Receipt

    def __repr__(self) -> str:
        return f"RevealedPayee(id={self.id!r}, number=..., holder_name=...)"


def account(message: payees_pb2.PayeeAccount) -> PayeeAccount:
    """The value of a PayeeAccount message."""
    return PayeeAccount(
        id=message.id,
        partner=message.partner,
        agent=message.agent,
        rail=Rail(message.rail),
        state=PayeeState(message.state),
        masked_number=message.masked_number,
        masked_name=message.masked_name,
        bank=message.bank,
        create_time=types.time_of(message.create_time),
        receipt=types.receipt_of(message.receipt),
    )


class Payees(Area):
    """Payee accounts: ``client.payees``."""

    def __init__(self, channel: object, call: Caller) -> None:
        super().__init__(channel, call)
        self._stub = accounts_pb2_grpc.AccountServiceStub(channel)

    def create(
        self,
        agent: str,
        rail: Rail,
        number: str,
        holder_name: str,
        *,
        partner: str = "",
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> PayeeAccount:
        """Registers an account. The holder must be the agent's verified name where the rules ask for one."""
        request = make(
            payees_pb2.CreatePayeeAccountRequest,
            partner=partner,
            agent=agent,
            rail=rail,
            number=number,
            holder_name=holder_name,
        )
        return account(self._change(self._stub.CreatePayeeAccount, request, request_id, timeout))

    def get(self, id: str, *, timeout: float | None = None) -> PayeeAccount:
        """Reads an account, masked."""
        return account(self._call(self._stub.GetPayeeAccount, make(payees_pb2.GetPayeeAccountRequest, id=id), timeout))

    def list(
        self, agent: str, *, partner: str = "", page_size: int = 0, timeout: float | None = None
    ) -> Iterator[PayeeAccount]:
        """An agent's accounts, newest first."""
        request = make(payees_pb2.ListPayeeAccountsRequest, partner=partner, agent=agent, page_size=page_size)
        return map(account, self._pages(self._stub.ListPayeeAccounts, request, "accounts", timeout))

    def find(self, number: str, *, page_size: int = 0, timeout: float | None = None) -> Iterator[PayeeAccount]:
        """All accounts with a number. Compliance and finance."""
        request = make(payees_pb2.FindPayeeAccountsRequest, number=number, page_size=page_size)
        return map(account, self._pages(self._stub.FindPayeeAccounts, request, "accounts", timeout))

    def verify(self, id: str, *, request_id: str | None = None, timeout: float | None = None) -> PayeeAccount:
        """Checks again an account that could not be verified when it was created."""
        request = make(payees_pb2.VerifyPayeeAccountRequest, id=id)
        return account(self._change(self._stub.VerifyPayeeAccount, request, request_id, timeout))

    def erase(
        self, id: str, reason: str, *, request_id: str | None = None, timeout: float | None = None
    ) -> PayeeAccount:
        """Destroys the account's key: number and name are gone for good."""
        request = make(payees_pb2.ErasePayeeAccountRequest, id=id, reason=reason)
        return account(self._change(self._stub.ErasePayeeAccount, request, request_id, timeout))

    def reveal(self, proposal_id: str, *, request_id: str | None = None, timeout: float | None = None) -> RevealedPayee:
        """Number and name, after another person of finance confirmed the proposal."""
        request = make(payees_pb2.RevealPayeeAccountRequest, proposal_id=proposal_id)
        message = self._change(self._stub.RevealPayeeAccount, request, request_id, timeout)
        return RevealedPayee(
            id=message.id,
            number=message.number,
            holder_name=message.holder_name,
            valid_until=types.time_of(message.valid_until),
            receipt=types.receipt_of(message.receipt),
        )
