"""Our channel as a process: commands in, answers out, a line each."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from pathlib import Path
from typing import Any

BINARY = (
    Path(os.environ.get("SETTLE_BIN_DIR") or Path(__file__).resolve().parents[3] / ".build/debug") / "provider-probe"
)

# No test expects to wait so long; it turns a hang into a failure.
PATIENCE_SECONDS = 120


class DidNotStart(Exception):
    """What it said when it refused its options."""


class Probe:
    def __init__(self, channel: str, options: dict[str, Any], directory: Path) -> None:
        file = directory / f"{channel}-{os.urandom(4).hex()}.json"
        file.write_text(json.dumps(options))
        self._process = subprocess.Popen(
            [BINARY, channel, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            assert self._read() == {"ready": True}
        except EOFError:
            assert self._process.stderr is not None
            raise DidNotStart(self._process.stderr.read()) from None

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        watchdog = threading.Timer(PATIENCE_SECONDS, self._process.kill)
        watchdog.start()
        line = self._process.stdout.readline()
        watchdog.cancel()
        if not line:
            raise EOFError
        return json.loads(line)

    def ask(self, **command: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return self._read()

    def key(self, ordinal: int) -> str:
        return self.ask(do="key", ordinal=ordinal)["key"]

    def close(self) -> str:
        """Everything that it wrote to standard error."""
        _, errors = self._process.communicate(timeout=PATIENCE_SECONDS)
        return errors


class Payout:
    """One payout of a probe, with a key of its own."""

    _ordinal = 0

    def __init__(self, probe: Probe, *, amount: int, number: str, name: str) -> None:
        Payout._ordinal += 1
        self.probe = probe
        self.amount = amount
        self.number = number
        self.name = name
        self.key = probe.key(Payout._ordinal)
        self.body = self.prepare()["body"]

    def prepare(self) -> dict[str, Any]:
        return self.probe.ask(do="prepare", key=self.key, amount=self.amount, number=self.number, name=self.name)

    def _ask(self, what: str, **more: Any) -> dict[str, Any]:
        return self.probe.ask(do=what, key=self.key, amount=self.amount, **{"body": self.body} | more)

    def send(self, *, repeated: bool = False) -> dict[str, Any]:
        """Repeated: it may have been sent before."""
        return self._ask("send", repeated=repeated)

    def query(self) -> dict[str, Any]:
        return self._ask("query")

    def query_without_body(self) -> dict[str, Any]:
        """As of a payout that is closed: its request is not looked up any more."""
        return self._ask("query", body="")

    def cancel(self) -> dict[str, Any]:
        return self._ask("cancel")
