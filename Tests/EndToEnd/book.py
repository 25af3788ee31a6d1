"""An outside client that keeps its own book, and the oracle that compares a restarted server with it.

The book knows of every request whether it was answered, refused or cut off. After a crash every answered request has to
be there with the same result, a refused one must have no effect, and one that was cut off has none or one: repeating it
with the same request_id gives the final word.
"""

from __future__ import annotations

import random
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import grpc

import wire
from serving import Server
from settle_client import Client, EntryKind, NotFound, State, errors, types
from settle_client._proto import accounts_pb2, accounts_pb2_grpc, withdrawals_pb2, withdrawals_pb2_grpc

PARTNER = "demo"
BATCH_ITEMS = 40
# A call that takes longer is a hang.
TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Refused:
    """A recorded refusal: it is answered again for ever."""

    reason: str


@dataclass
class Operation:
    """One request, and what came of it: an answer's value, a Refused, or None while that is unknown."""

    kind: str
    request_id: str
    agent: str
    minor_units: int = 0
    withdrawal: str = ""
    outcome: Any = None

    def message(self) -> Any:
        amount = {"currency_code": "CNY", "minor_units": self.minor_units}
        match self.kind:
            case "create":
                return accounts_pb2.CreateAgentRequest(request_id=self.request_id, agent=self.agent)
            case "deposit":
                return accounts_pb2.DepositRequest(
                    request_id=self.request_id, partner=PARTNER, agent=self.agent, amount=amount
                )
            case "submit":
                return withdrawals_pb2.SubmitWithdrawalRequest(
                    request_id=self.request_id, agent=self.agent, amount=amount, payee=self.request_id
                )
            case "cancel":
                return withdrawals_pb2.CancelWithdrawalRequest(request_id=self.request_id, id=self.withdrawal)
        raise ValueError(self.kind)


class Connections:
    """Bare stubs, without any retries: the book wants to see each failure."""

    def __init__(self, server: Server) -> None:
        self._channels = [
            wire.open_channel(server, who, **{"grpc.use_local_subchannel_pool": 1, "grpc.enable_retries": 0})
            for who in ("partner-demo", "operator-demo")
        ]
        partner, operator = self._channels
        self._withdrawals = withdrawals_pb2_grpc.WithdrawalServiceStub(partner)
        self._calls: dict[str, tuple[Callable[..., Any], Callable[[Any], Any]]] = {
            "create": (accounts_pb2_grpc.AccountServiceStub(partner).CreateAgent, types.agent),
            "deposit": (accounts_pb2_grpc.AccountServiceStub(operator).Deposit, types.deposit_receipt),
            "submit": (self._withdrawals.SubmitWithdrawal, types.withdrawal),
            "cancel": (self._withdrawals.CancelWithdrawal, types.withdrawal),
        }

    def perform(self, operation: Operation) -> Any:
        """What came of it, or None when the server's word is missing."""
        method, value = self._calls[operation.kind]
        try:
            return value(method(operation.message(), timeout=TIMEOUT_SECONDS))
        except grpc.RpcError as error:
            return _outcome(errors.from_rpc_error(error))

    def perform_batch(self, operations: list[Operation]) -> list[Any]:
        request = withdrawals_pb2.BatchSubmitWithdrawalsRequest(items=[operation.message() for operation in operations])
        try:
            results = self._withdrawals.BatchSubmitWithdrawals(request, timeout=TIMEOUT_SECONDS).results
        except grpc.RpcError as error:
            assert _outcome(errors.from_rpc_error(error)) is None, error
            return [None] * len(operations)
        assert len(results) == len(operations)
        return [
            types.withdrawal(result.withdrawal)
            if result.HasField("withdrawal")
            else _outcome(errors.from_status(result.error))
            for result in results
        ]

    def close(self) -> None:
        for channel in self._channels:
            channel.close()


def _outcome(error: errors.SettleError) -> Refused | None:
    match error:
        case errors.Refused():
            return Refused(error.reason)
        # Overload promises that nothing happened; repeating it later shows that, as for what was cut off.
        case errors.Unavailable() | errors.Overloaded() | errors.DeadlineExceeded():
            return None
        case errors.ServerFault() if error.code in (grpc.StatusCode.CANCELLED, grpc.StatusCode.UNKNOWN):
            return None  # grpcio's words for a connection that went away in the middle of an answer
    raise error


class Book:
    """Everything that was ever asked, by all threads and in all lives of the server."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.operations: list[Operation] = []
        self.agents = [f"agent-{i}" for i in range(6)]
        self._lock = threading.Lock()
        self._answered = 0
        self._enough = threading.Event()
        self._enough_at = 0

    # Load

    def open(self, server: Server) -> None:
        """Agents, some with little money, so that submits race for it."""
        connections = Connections(server)
        for i, agent in enumerate(self.agents):
            for operation in (
                Operation("create", f"create {agent}", agent),
                Operation("deposit", f"deposit {agent}", agent, 50_000 if i < 2 else 10**9),
            ):
                operation.outcome = connections.perform(operation)
                assert operation.outcome is not None
                self.operations.append(operation)
        connections.close()

    def load(self, server: Server, name: str, threads: int) -> Load:
        """Starts threads that submit, cancel and deposit until the server is gone."""
        return Load(self, server, name, threads)

    def answered_event(self, more: int) -> threading.Event:
        """Set when so many further operations have been answered."""
        with self._lock:
            self._enough = threading.Event()
            self._enough_at = self._answered + more
        return self._enough

    def note(self, operations: list[Operation], outcomes: Iterable[Any]) -> None:
        for operation, outcome in zip(operations, outcomes, strict=True):
            operation.outcome = outcome
        with self._lock:
            self._answered += sum(operation.outcome is not None for operation in operations)
            if self._answered >= self._enough_at:
                self._enough.set()

    # Oracle

    def settle_unknown(self, server: Server) -> int:
        """Repeats what was cut off; each has had no effect or one, and has exactly one answer now."""
        unknown = [operation for operation in self.operations if operation.outcome is None]
        connections = Connections(server)
        with server.client("partner-demo") as demo:
            for operation in unknown:
                before = None
                if operation.kind == "submit":
                    try:
                        before = demo.get_by_request_id(operation.request_id)
                    except NotFound:
                        before = None
                    except errors.Refused as refusal:
                        before = Refused(refusal.reason)
                operation.outcome = connections.perform(operation)
                assert operation.outcome is not None, f"{operation} was not answered by a healthy server"
                assert before is None or before == operation.outcome, (
                    f"{operation} had two different outcomes: {before}"
                )
        connections.close()
        return len(unknown)

    def check(self, server: Server, *, entries: bool) -> None:
        """Points 1 to 4 of the oracle: the server says what the book says, of everything, and nothing else."""
        withdrawals: dict[str, types.Withdrawal] = {}
        deposited: dict[str, int] = defaultdict(int)
        for operation in self.operations:
            match operation.outcome:
                case types.Withdrawal() as withdrawal:
                    known = withdrawals.get(withdrawal.id)
                    # Of a withdrawal that was submitted and cancelled, the cancel is the later word.
                    if known is None or known.receipt.sequence < withdrawal.receipt.sequence:
                        withdrawals[withdrawal.id] = withdrawal
                case types.DepositReceipt() as receipt:
                    deposited[operation.agent] += receipt.amount.minor_units
        with server.client("partner-demo") as demo:
            theirs = {withdrawal.id: withdrawal for withdrawal in demo.list(page_size=1000)}
            for id, withdrawal in withdrawals.items():
                assert theirs.get(id) == withdrawal, f"acknowledged: {withdrawal}\nnow: {theirs.get(id)}"
            surplus = [theirs[id] for id in theirs.keys() - withdrawals.keys()]
            assert not surplus, f"nobody asked for these, or they were refused: {surplus}"
            request_ids = [withdrawal.request_id for withdrawal in theirs.values()]
            assert len(request_ids) == len(set(request_ids)), "a request_id has two withdrawals"

            held: dict[str, int] = defaultdict(int)
            for withdrawal in withdrawals.values():
                if withdrawal.state == State.APPROVED:
                    held[withdrawal.agent] += withdrawal.amount.minor_units
            for agent in self.agents:
                balance = demo.balance(agent)
                assert balance.credits_posted.minor_units == deposited[agent], agent
                assert balance.debits_pending.minor_units == held[agent], agent
                assert balance.debits_posted.minor_units == balance.credits_pending.minor_units == 0, agent
                assert balance.available.minor_units == deposited[agent] - held[agent] >= 0, agent
                if entries:
                    self._check_entries(demo, agent, balance)

    def _check_entries(self, demo: Client, agent: str, balance: types.Balance) -> None:
        signs = {EntryKind.DEPOSIT: 1, EntryKind.WITHDRAWAL_RELEASED: 1, EntryKind.WITHDRAWAL_HELD: -1}
        movements = list(demo.entries(agent, page_size=1000))
        total = sum(signs[entry.kind] * entry.amount.minor_units for entry in movements)
        assert total == balance.available.minor_units, f"{agent}: the entries do not add up to the balance"
        available = 0
        for entry in reversed(movements):
            available += signs[entry.kind] * entry.amount.minor_units
            assert available >= 0, f"{agent} was below zero after sequence {entry.sequence}"

    def check_repetitions(self, server: Server, count: int, rng: random.Random) -> None:
        """Any old request gets its old answer again; the resources as they stand now."""
        connections = Connections(server)
        current = {}
        with server.client("partner-demo") as demo:
            for operation in rng.sample(self.operations, min(count, len(self.operations))):
                again = connections.perform(operation)
                expected = operation.outcome
                if isinstance(expected, types.Withdrawal):
                    expected = current.setdefault(expected.id, demo.get(expected.id))
                if isinstance(expected, types.DepositReceipt):
                    # The balance is shown as it stands now, and the receipt is that of the later record it rests on.
                    assert again.receipt.sequence >= expected.receipt.sequence
                    again = replace(again, balance=expected.balance, receipt=expected.receipt)
                assert again == expected, f"{operation} is answered differently now: {again}"
        connections.close()


class Load:
    """Threads that work until their connection is gone."""

    def __init__(self, book: Book, server: Server, name: str, threads: int) -> None:
        self._failures: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._run, args=(book, Connections(server), f"{name}-{i}")) for i in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def _run(self, book: Book, connections: Connections, name: str) -> None:
        try:
            self._work(book, connections, name)
        except BaseException as failure:
            self._failures.append(failure)
        finally:
            connections.close()

    def _work(self, book: Book, connections: Connections, name: str) -> None:
        rng = random.Random(f"{book.seed} {name}")
        mine: list[Operation] = []
        number = 0

        def operation(kind: str, minor_units: int = 0) -> Operation:
            nonlocal number
            number += 1
            return Operation(kind, f"{name}-{number}", rng.choice(book.agents), minor_units)

        while True:
            choice = rng.random()
            if choice < 0.06:
                batch = [operation("submit", rng.randint(1, 2_000)) for _ in range(BATCH_ITEMS)]
            elif choice < 0.15:
                batch = [operation("deposit", rng.randint(1, 2_000))]
            elif choice < 0.40 and mine:
                # Now and then one that is cancelled already.
                chosen = mine[rng.randrange(len(mine))] if rng.random() < 0.1 else mine.pop(rng.randrange(len(mine)))
                batch = [operation("cancel")]
                batch[0].agent, batch[0].withdrawal = chosen.agent, chosen.outcome.id
            else:
                batch = [operation("submit", rng.randint(1, 2_000))]
            # In the book before it is sent: what is not in the book must not happen.
            book.operations.extend(batch)
            outcomes = connections.perform_batch(batch) if len(batch) > 1 else [connections.perform(batch[0])]
            book.note(batch, outcomes)
            if None in outcomes:
                return
            mine += [done for done in batch if done.kind == "submit" and isinstance(done.outcome, types.Withdrawal)]

    def join(self) -> None:
        """Returns when every thread has lost its connection."""
        for thread in self._threads:
            thread.join()
        if self._failures:
            raise self._failures[0]
