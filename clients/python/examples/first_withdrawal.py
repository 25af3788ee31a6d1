#!/usr/bin/env python3
r"""A platform's first withdrawal: an agent with a deposit, then submit, watch, query and cancel.

It pays to a reference of the platform's own ("demo"), which open rules take; the server of `settle demo` wants a
verified payee account instead. So start a server with:

    settle certs --out certs
    settle serve --data data --listen 127.0.0.1:7443 --tls-cert certs/server.pem --tls-key certs/server.key \
        --client-ca certs/ca.pem --rules open

and then, where `certs` is:

    python first_withdrawal.py --server 127.0.0.1:7443 --certs certs
"""

import argparse
import contextlib
from pathlib import Path

from settle_client import AlreadyExists, Client, InsufficientFunds, Money, new_request_id


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", required=True, metavar="HOST:PORT")
    parser.add_argument("--certs", required=True, type=Path, metavar="DIR")
    parser.add_argument("--agent", default="a1")
    arguments = parser.parse_args()
    agent: str = arguments.agent

    def connect(who: str) -> Client:
        certs: Path = arguments.certs
        return Client(arguments.server, ca=certs / "ca.pem", cert=certs / f"{who}.pem", key=certs / f"{who}.key")

    with connect("operator-demo") as operator, connect("partner-demo") as platform:
        with contextlib.suppress(AlreadyExists):  # from an earlier run
            platform.create_agent(agent)
        deposit = operator.deposit(agent, Money.of("1000.00"), partner="demo")
        print(f"deposited {deposit.amount}, {deposit.balance.available} available")

        with platform.watch() as changes:
            # Kept before the call, this id makes it safe to repeat it after a crash of this program.
            request_id = new_request_id()
            withdrawal = platform.submit(agent, Money.of("50.00"), payee="demo", request_id=request_id)
            print(f"submitted {withdrawal.id}: {withdrawal.state.name}, {withdrawal.amount}")

            again = platform.submit(agent, Money.of("50.00"), payee="demo", request_id=request_id)
            print(f"submitted again with the same request_id: still {again.id}")

            try:
                platform.submit(agent, Money.of("1000000.00"), payee="demo")
            except InsufficientFunds as refusal:
                print(f"refused: {refusal}")

            cancelled = platform.cancel(withdrawal.id)
            print(f"cancelled: {cancelled.state.name}, {platform.balance(agent).available} available")

            for change in changes:
                print(f"watched: {change.withdrawal.id} {change.state.name}")
                if change.withdrawal.id == withdrawal.id and change.state == cancelled.state:
                    break


if __name__ == "__main__":
    main()
