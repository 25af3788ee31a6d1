"""A partner's receiver of webhooks: HTTPS on a port that the system picks, which verifies what comes and answers as a
test likes."""

from __future__ import annotations

import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from settle_client import webhooks

# No test expects to wait so long; it turns a hang into a failure.
PATIENCE_SECONDS = 60
OK = 200
# Instead of a status: no answer, until the sender has had enough.
SILENCE = -1


@dataclass(frozen=True)
class Delivery:
    """A request that was verified."""

    id: str
    event: dict[str, Any]
    headers: dict[str, str]
    body: bytes


class Receiver:
    """Listens from the beginning; while it is asleep nobody is answered, not even a handshake."""

    def __init__(self, certs: Path, *, asleep: bool = False) -> None:
        self.secrets: list[str] = []
        # Requests that were not signed by any of the secrets.
        self.violations: list[str] = []
        # The status for each delivery; it is counted before.
        self.answer: Callable[[Delivery], int] = lambda _: OK
        self._deliveries: list[Delivery] = []
        self._changed = threading.Condition()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._closing, self._closed = socket.socketpair()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certs / "server.pem", certs / "server.key")
        self._server: ThreadingHTTPServer | None = None
        # An address: of a name like localhost every other try might go to another one.
        self.url = f"https://127.0.0.1:{self._socket.getsockname()[1]}/hooks?partner=demo"
        if not asleep:
            self.wake()

    def wake(self) -> None:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Small answers must not wait for each other.
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                owner._take(self)

            def log_message(self, *_: object) -> None:
                pass

        class Listener(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """Senders that are killed are what some tests are about."""

        server = Listener(self._socket.getsockname(), Handler, bind_and_activate=False)
        server.socket.close()
        # The handshake happens in the connection's own thread.
        server.socket = self._context.wrap_socket(self._socket, server_side=True, do_handshake_on_connect=False)
        self._server = server
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self._closing.close()
        if self._server is None:
            self._socket.close()
        else:
            self._server.shutdown()
            self._server.server_close()

    def __enter__(self) -> Receiver:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def deliveries(self) -> list[Delivery]:
        """All of them, repeated ones too, in the order in which they came."""
        with self._changed:
            return list(self._deliveries)

    def wait(self, enough: Callable[[list[Delivery]], bool]) -> list[Delivery]:
        """Returns when enough has come."""
        end = time.monotonic() + PATIENCE_SECONDS
        with self._changed:
            while not enough(self._deliveries):
                left = end - time.monotonic()
                last = [delivery.event["data"] for delivery in self._deliveries[-3:]]
                assert left > 0, f"{len(self._deliveries)} deliveries came, the last ones {last}"
                self._changed.wait(left)
            return list(self._deliveries)

    def _take(self, handler: BaseHTTPRequestHandler) -> None:
        # The last header. Without it, or with less than it says, the sender was killed in the middle.
        length = int(handler.headers.get("content-length") or -1)
        body = handler.rfile.read(length) if length > 0 else b""
        if len(body) < length or length < 0:
            handler.close_connection = True
            return
        headers = {name.lower(): value for name, value in handler.headers.items()}
        try:
            event = webhooks.verify(body, headers, self.secrets)
        except (webhooks.VerificationError, ValueError) as defect:
            self.violations.append(f"{defect}: {headers} {body!r}")
            self._write(handler, 400)
            return
        delivery = Delivery(headers["webhook-id"], event, headers, body)
        with self._changed:
            self._deliveries.append(delivery)
            self._changed.notify_all()
        status = self.answer(delivery)
        if status == SILENCE:
            # Until the sender goes away, or the test is over.
            select.select([handler.connection, self._closed], [], [])
            handler.close_connection = True
        else:
            self._write(handler, status)

    @staticmethod
    def _write(handler: BaseHTTPRequestHandler, status: int) -> None:
        handler.send_response(status)
        handler.send_header("content-length", "0")
        handler.end_headers()
