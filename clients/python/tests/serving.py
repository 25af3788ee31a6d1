"""Runs the real server as a process: `settle certs` for a PKI, `settle serve` on a port that the system picks."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from settle_client import Client

# The binary named by SETTLE_BIN, or that of the debug build.
SETTLE = Path(os.environ.get("SETTLE_BIN") or Path(__file__).resolve().parents[3] / ".build/debug/settle")

READY = "listening on "
# No test expects to wait so long; it turns a hang into a failure.
PATIENCE_SECONDS = 60


def make_certificates(directory: Path, *options: str) -> Path:
    """A development PKI: ca, server, partners demo and other, and staff of every role."""
    if not SETTLE.exists():
        raise FileNotFoundError(f"{SETTLE} is not built; run swift build, or name the binary in SETTLE_BIN")
    subprocess.run([SETTLE, "certs", "--out", directory, *options], check=True, stdout=subprocess.DEVNULL)
    return directory


class DidNotStart(Exception):
    """The server ended before it was ready; exit code and standard error."""

    def __init__(self, code: int, log: str) -> None:
        super().__init__(f"exit code {code}: {log}")
        self.code = code
        self.log = log


class Server:
    """One data directory and the process that serves it, started as often as you like."""

    def __init__(
        self,
        data: Path,
        certs: Path,
        *,
        client_ca: Path | None = None,
        rules: str | Path = "open",
        options: Iterable[str | Path] = (),
    ) -> None:
        self.data = data
        self.certs = certs
        # The open rules screen nothing; tests of screening name the standard ones, or a file of their own.
        self.rules = rules
        # Further options of serve, such as those that name payout channels.
        self.options = tuple(options)
        self.client_ca = client_ca or certs / "ca.pem"
        self.target = ""
        self.recovery_seconds = 0.0
        # Standard error of all its lives.
        self._log: list[str] = []
        self._logged = threading.Condition()
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> Server:
        """Returns when the server has said that it listens."""
        began = time.monotonic()
        arguments: list[Any] = [SETTLE, "serve", "--data", self.data, "--listen", "127.0.0.1:0"]
        arguments += ["--tls-cert", self.certs / "server.pem", "--tls-key", self.certs / "server.key"]
        arguments += ["--client-ca", self.client_ca, "--rules", self.rules, *self.options]
        said = len(self._log)
        self._process = process = subprocess.Popen(
            arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace"
        )
        assert process.stdout is not None
        logging = threading.Thread(target=self._keep_log, args=(process.stderr,), daemon=True)
        logging.start()
        watchdog = threading.Timer(PATIENCE_SECONDS, process.kill)
        watchdog.start()
        line = None
        self.doors: list[str] = []
        for said_line in process.stdout:
            if said_line.startswith(READY):
                line = said_line
                break
            # Its other doors, as "metrics on HOST:PORT".
            self.doors.append(said_line.strip())
        watchdog.cancel()
        if line is None:
            self._process = None
            code = process.wait()
            logging.join()
            raise DidNotStart(code, "".join(self._log[said:]))
        self.recovery_seconds = time.monotonic() - began
        self.target = line[len(READY) :].strip()
        # Whatever else it prints must not fill the pipe.
        threading.Thread(target=process.stdout.read, daemon=True).start()
        return self

    def _keep_log(self, stderr: Iterable[str]) -> None:
        for line in stderr:
            with self._logged:
                self._log.append(line)
                self._logged.notify_all()

    @property
    def log(self) -> str:
        """What it has written to standard error."""
        with self._logged:
            return "".join(self._log)

    def wait_for_log(self, words: str, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """Returns when it has logged a line with these words; earlier or later."""
        with self._logged:
            found = self._logged.wait_for(lambda: any(words in line for line in self._log), patience_seconds)
        assert found, f"it never logged {words!r}: {self.log}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        assert self._process is not None
        return self._process.wait(timeout=PATIENCE_SECONDS)

    def kill(self) -> None:
        """SIGKILL: as the power switch, but for the page cache."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> int:
        """SIGTERM and its exit code."""
        self.signal(signal.SIGTERM)
        return self.wait()

    def client(self, who: str = "partner-demo", **options: Any) -> Client:
        """A client with one of the development certificates."""
        cert, key = self.certs / f"{who}.pem", self.certs / f"{who}.key"
        return Client(self.target, ca=self.certs / "ca.pem", cert=cert, key=key, **options)
