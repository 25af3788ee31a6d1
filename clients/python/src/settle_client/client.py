"""The client: one method per call of the server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from os import PathLike
from typing import Any

import grpc

from . import errors, retry, types
from ._appeals import Appeals
from ._audit import Audit
from ._channels import Channels
from ._credentials import credentials
from ._payees import Payees
from ._proposals import Proposals
from ._proto import accounts_pb2, accounts_pb2_grpc, withdrawals_pb2, withdrawals_pb2_grpc
from ._requests import expect, make
from ._reviews import Reviews
from ._risk import Risk
from ._rules import Rules
from ._webhooks import Webhooks
from .money import Money
from .watch import Watch

# The server takes this many items in one batch.
MAXIMUM_BATCH_ITEMS = 8192

_OPTIONS: tuple[tuple[str, Any], ...] = (
    # A restarted server is found again within a second or two, not after grpcio's two minutes.
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.min_reconnect_backoff_ms", 50),
    ("grpc.max_reconnect_backoff_ms", 1000),
    # A watch over a dead connection ends. The server allows a ping every 5 minutes while a call is open.
    ("grpc.keepalive_time_ms", 310_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    # A batch of 8,192 withdrawals is answered in one message.
    ("grpc.max_receive_message_length", 16 * 1024 * 1024),
)

# A host or [address] and a port. What has a scheme that gRPC knows is for gRPC to read.
_TARGET = re.compile(r"(?:[^\s:/\[\]]+|\[[^\s\[\]]+\]):[0-9]{1,5}|(?:dns|ipv4|ipv6|unix|unix-abstract|vsock|xds):.+")


def _submission(item: types.NewWithdrawal) -> withdrawals_pb2.SubmitWithdrawalRequest:
    return make(
        withdrawals_pb2.SubmitWithdrawalRequest,
        request_id=item.request_id,
        agent=item.agent,
        amount=item.amount,
        payee=item.payee,
        speed=item.speed,
        acceleration=item.acceleration,
        quote=item.quote,
        device=item.device,
        address=item.address,
    )


class Client:
    """Talks to a settle server over TLS with a client certificate.

    Every method repeats its call until it is answered or its deadline is over, always with the same request_id, so
    that nothing is done twice. A ``request_id`` that is not given is made up; give your own (an order number, say) to
    be able to repeat a call after a crash of your program. ``timeout`` is seconds for the call with its repetitions.

    Safe to share between threads.
    """

    def __init__(
        self,
        target: str,
        ca: str | PathLike[str],
        cert: str | PathLike[str],
        key: str | PathLike[str],
        *,
        retry_policy: retry.RetryPolicy | None = None,
        server_name: str | None = None,
    ) -> None:
        """Connects lazily to ``target`` ("host:port").

        Args:
            ca: file of the certificates that sign the server's.
            cert: file of the client's certificate, PEM.
            key: file of its private key, PEM.
            server_name: the name in the server's certificate where it is not the host of ``target``.

        Raises ValueError for a file that cannot be used, such as a key of another certificate.
        """
        expect("target", target, str)
        if not _TARGET.fullmatch(target):
            raise ValueError(f'target must be "host:port" such as "127.0.0.1:7443", not {target!r}')
        options = list(_OPTIONS)
        if server_name is not None:
            options.append(("grpc.ssl_target_name_override", server_name))
        self._use(grpc.secure_channel(target, credentials(ca, cert, key), options=options), retry_policy)

    @classmethod
    def over(cls, channel: grpc.Channel, *, retry_policy: retry.RetryPolicy | None = None) -> Client:
        """A client over a channel of your own (interceptors, other credentials). Closing the client closes it."""
        client = cls.__new__(cls)
        client._use(channel, retry_policy)
        return client

    def _use(self, channel: grpc.Channel, policy: retry.RetryPolicy | None) -> None:
        self._channel = channel
        self._policy = policy or retry.RetryPolicy()
        self._withdrawals = withdrawals_pb2_grpc.WithdrawalServiceStub(channel)
        self._accounts = accounts_pb2_grpc.AccountServiceStub(channel)
        #: Where agents are paid.
        self.payees = Payees(channel, self._call)
        #: A second person's yes.
        self.proposals = Proposals(channel, self._call)
        self.appeals = Appeals(channel, self._call)
        #: The queue of withdrawals that people decide.
        self.reviews = Reviews(channel, self._call)
        #: Lists, profiles, outcomes.
        self.risk = Risk(channel, self._call)
        #: The business rules in force.
        self.rules = Rules(channel, self._call)
        #: The ways on which money goes out.
        self.channels = Channels(channel, self._call)
        #: Where a partner's servers are told of changes.
        self.webhooks = Webhooks(channel, self._call)
        #: Who did what, when.
        self.audit = Audit(channel, self._call)

    def close(self) -> None:
        """Ends all calls and the connection."""
        self._channel.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _call(
        self, method: Callable[..., Any], request: Any, timeout: float | None, request_id: str | None = None
    ) -> Any:
        return retry.call(
            self._policy,
            lambda seconds: method(request, timeout=seconds),
            request_id=request_id,
            deadline=timeout,
        )

    # Withdrawals

    def quote(
        self,
        agent: str,
        amount: Money,
        *,
        payee: str = "",
        speed: types.Speed = types.Speed.UNSPECIFIED,
        acceleration: types.Acceleration = types.Acceleration.FEE,
        device: str = "",
        address: str = "",
        partner: str = "",
        timeout: float | None = None,
    ) -> types.Quote:
        """What a submission would cost and meet now. Holds nothing; its token promises the fee for a while."""
        request = make(
            withdrawals_pb2.QuoteWithdrawalRequest,
            partner=partner,
            agent=agent,
            amount=amount,
            payee=payee,
            speed=speed,
            acceleration=acceleration,
            device=device,
            address=address,
        )
        return types.quote(self._call(self._withdrawals.QuoteWithdrawal, request, timeout))

    def submit(
        self,
        agent: str,
        amount: Money,
        payee: str,
        *,
        speed: types.Speed = types.Speed.UNSPECIFIED,
        acceleration: types.Acceleration = types.Acceleration.FEE,
        quote: str = "",
        device: str = "",
        address: str = "",
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> types.Withdrawal:
        """Applies for a payout of an agent's available balance.

        ``payee`` is the id of a verified payee account, or the platform's own reference where the rules ask for no
        account. ``quote`` is the token of a Quote for the same agent, amount, payee and speed: then exactly its fee is
        taken. The answer may be in state PENDING_REVIEW or REJECTED; ``risk`` says why.

        Raises InsufficientFunds or another Refused (recorded: a new try takes a new request_id), NotFound for an
        unknown agent or payee, InvalidArgument, RequestIdReused.
        """
        item = types.NewWithdrawal(
            agent, amount, payee, request_id or types.new_request_id(), speed, acceleration, quote, device, address
        )
        request = _submission(item)
        return types.withdrawal(self._call(self._withdrawals.SubmitWithdrawal, request, timeout, request.request_id))

    def get(self, id: str, *, timeout: float | None = None) -> types.Withdrawal:
        """Reads a withdrawal."""
        request = make(withdrawals_pb2.GetWithdrawalRequest, id=id)
        return types.withdrawal(self._call(self._withdrawals.GetWithdrawal, request, timeout))

    def get_by_request_id(self, request_id: str, *, timeout: float | None = None) -> types.Withdrawal:
        """Answers as the submit with this request_id did: its withdrawal, or its refusal is raised.

        NotFound is final only when that submit cannot be under way any more; repeating the submit always is.
        """
        request = make(withdrawals_pb2.GetWithdrawalRequest, request_id=request_id)
        return types.withdrawal(self._call(self._withdrawals.GetWithdrawal, request, timeout))

    def cancel(
        self, id: str, *, request_id: str | None = None, etag: str = "", timeout: float | None = None
    ) -> types.Withdrawal:
        """Cancels a withdrawal that no channel has.

        One that waits for its payee is CANCELLING until its channel has taken it back.

        With ``etag``, only if it still is what was read. Raises NotCancelable, EtagMismatch, NotFound.
        """
        request = make(
            withdrawals_pb2.CancelWithdrawalRequest, request_id=request_id or types.new_request_id(), id=id, etag=etag
        )
        return types.withdrawal(self._call(self._withdrawals.CancelWithdrawal, request, timeout, request.request_id))

    def amend(
        self, id: str, payee: str, *, request_id: str | None = None, etag: str = "", timeout: float | None = None
    ) -> types.Withdrawal:
        """Gives a withdrawal another payee, in ACTION_REQUIRED or while a reviewer asks for information. It is screened
        again.
        """
        request = make(
            withdrawals_pb2.AmendWithdrawalRequest,
            request_id=request_id or types.new_request_id(),
            id=id,
            payee=payee,
            etag=etag,
        )
        return types.withdrawal(self._call(self._withdrawals.AmendWithdrawal, request, timeout, request.request_id))

    def retry(
        self, id: str, *, request_id: str | None = None, etag: str = "", timeout: float | None = None
    ) -> types.Withdrawal:
        """Goes on with a withdrawal in ACTION_REQUIRED as it is, screened again. Partners and operators.

        With ``etag``, only if it still is what was read. Raises NotRetryable, EtagMismatch, NotFound.
        """
        request = make(
            withdrawals_pb2.RetryWithdrawalRequest, request_id=request_id or types.new_request_id(), id=id, etag=etag
        )
        return types.withdrawal(self._call(self._withdrawals.RetryWithdrawal, request, timeout, request.request_id))

    def list(
        self,
        *,
        agent: str = "",
        state: types.State = types.State.UNSPECIFIED,
        partner: str = "",
        page_size: int = 0,
        timeout: float | None = None,
    ) -> Iterator[types.Withdrawal]:
        """All withdrawals, newest first, read page by page as they are taken. ``partner`` is for staff."""
        page_token = ""
        while True:
            page = self.list_page(
                agent=agent, state=state, partner=partner, page_size=page_size, page_token=page_token, timeout=timeout
            )
            yield from page.withdrawals
            page_token = page.next_page_token
            if not page_token:
                return

    def list_page(
        self,
        *,
        agent: str = "",
        state: types.State = types.State.UNSPECIFIED,
        partner: str = "",
        page_size: int = 0,
        page_token: str = "",
        timeout: float | None = None,
    ) -> types.WithdrawalPage:
        """One page, and the cursor from which a watch misses nothing that came after it."""
        request = make(
            withdrawals_pb2.ListWithdrawalsRequest,
            partner=partner,
            agent=agent,
            state=state,
            page_size=page_size,
            page_token=page_token,
        )
        reply = self._call(self._withdrawals.ListWithdrawals, request, timeout)
        return types.WithdrawalPage(
            tuple(types.withdrawal(message) for message in reply.withdrawals), reply.next_page_token, reply.cursor
        )

    def watch(self, *, cursor: str = "", id: str = "", partner: str = "") -> Watch:
        """Follows committed changes from a cursor on, or from now on; of one withdrawal if ``id`` is given.

        Without a cursor it returns once the server has said where "now" is: what is committed afterwards will be seen.
        Raises OutOfRange for a cursor that is not of this ledger's past.
        """
        request = make(withdrawals_pb2.WatchWithdrawalsRequest, partner=partner, cursor=cursor, id=id)
        return Watch(self._withdrawals.WatchWithdrawals, request, self._policy)

    def batch_submit(
        self, items: Iterable[types.NewWithdrawal], *, timeout: float | None = None
    ) -> tuple[types.Withdrawal | errors.SettleError, ...]:
        """Submits up to 8,192 withdrawals as one durable frame; one result per item, in order.

        A refused item is returned as the error that submit would have raised, and stops no other.
        """
        messages = []
        for index, item in enumerate(items):
            expect(f"items[{index}]", item, types.NewWithdrawal)
            messages.append(_submission(item))
        if not 1 <= len(messages) <= MAXIMUM_BATCH_ITEMS:
            raise ValueError(f"a batch has 1 to {MAXIMUM_BATCH_ITEMS} items, not {len(messages)}")
        request = make(withdrawals_pb2.BatchSubmitWithdrawalsRequest, items=messages)
        reply = self._call(
            self._withdrawals.BatchSubmitWithdrawals, request, timeout, f"{messages[0].request_id} and the others"
        )
        results: list[types.Withdrawal | errors.SettleError] = []
        for message, result in zip(messages, reply.results, strict=True):
            if result.HasField("withdrawal"):
                results.append(types.withdrawal(result.withdrawal))
            else:
                error = errors.from_status(result.error)
                error.request_id = message.request_id
                results.append(error)
        return tuple(results)

    # Agents and what they are owed

    def create_agent(
        self,
        agent: str,
        *,
        parent: str = "",
        partner: str = "",
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> types.Agent:
        """Registers an agent, below ``parent`` if one is given. ``partner`` is for staff."""
        request = make(
            accounts_pb2.CreateAgentRequest,
            request_id=request_id or types.new_request_id(),
            partner=partner,
            agent=agent,
            parent=parent,
        )
        return types.agent(self._call(self._accounts.CreateAgent, request, timeout, request.request_id))

    def get_agent(self, agent: str, *, partner: str = "", timeout: float | None = None) -> types.Agent:
        """Reads an agent."""
        request = make(accounts_pb2.GetAgentRequest, partner=partner, agent=agent)
        return types.agent(self._call(self._accounts.GetAgent, request, timeout))

    def update_agent(
        self,
        agent: str,
        *,
        partner: str,
        reason: str,
        tier: str | None = None,
        frozen: bool | None = None,
        credit_grade: types.CreditGrade = types.CreditGrade.UNSPECIFIED,
        open_violations: int | None = None,
        limits: types.LimitOverride | None = None,
        parent: str | None = None,
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> types.Agent:
        """Changes what is given of an agent's standing and leaves the rest. Operators and compliance."""
        request = make(
            accounts_pb2.UpdateAgentRequest,
            request_id=request_id or types.new_request_id(),
            partner=partner,
            agent=agent,
            reason=reason,
            tier=tier,
            frozen=frozen,
            credit_grade=credit_grade,
            open_violations=open_violations,
            limits=limits,
            parent=parent,
        )
        return types.agent(self._call(self._accounts.UpdateAgent, request, timeout, request.request_id))

    def verify_agent(
        self,
        agent: str,
        *,
        name: str,
        id_number: str,
        card_number: str,
        partner: str = "",
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> types.Verification:
        """Checks name, ID number and card of an agent together; the newest check counts. Papers are kept encrypted."""
        request = make(
            accounts_pb2.VerifyAgentRequest,
            request_id=request_id or types.new_request_id(),
            partner=partner,
            agent=agent,
            name=name,
            id_number=id_number,
            card_number=card_number,
        )
        return types.verification(self._call(self._accounts.VerifyAgent, request, timeout, request.request_id))

    def limits(
        self, agent: str, *, currency: str = "", partner: str = "", timeout: float | None = None
    ) -> types.LimitStanding:
        """Limits of an agent and what is left of them; CNY unless said otherwise."""
        request = make(accounts_pb2.GetLimitsRequest, partner=partner, agent=agent, currency_code=currency)
        return types.limit_standing(self._call(self._accounts.GetLimits, request, timeout))

    def balance(
        self, agent: str, *, currency: str = "", partner: str = "", timeout: float | None = None
    ) -> types.Balance:
        """What an agent is owed, held and available; CNY unless said otherwise."""
        request = make(accounts_pb2.GetBalanceRequest, partner=partner, agent=agent, currency_code=currency)
        return types.balance(self._call(self._accounts.GetBalance, request, timeout))

    def entries(
        self, agent: str, *, partner: str = "", page_size: int = 0, timeout: float | None = None
    ) -> Iterator[types.Entry]:
        """What moved an agent's available balance, newest first, read page by page as they are taken."""
        request = make(accounts_pb2.ListEntriesRequest, partner=partner, agent=agent, page_size=page_size)
        while True:
            reply = self._call(self._accounts.ListEntries, request, timeout)
            yield from (types.entry(message) for message in reply.entries)
            if not reply.next_page_token:
                return
            request.page_token = reply.next_page_token

    def deposit(
        self,
        agent: str,
        amount: Money,
        *,
        partner: str,
        external_reference: str = "",
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> types.DepositReceipt:
        """Books money owed to an agent. Operators only."""
        request = make(
            accounts_pb2.DepositRequest,
            request_id=request_id or types.new_request_id(),
            partner=partner,
            agent=agent,
            amount=amount,
            external_reference=external_reference,
        )
        return types.deposit_receipt(self._call(self._accounts.Deposit, request, timeout, request.request_id))
