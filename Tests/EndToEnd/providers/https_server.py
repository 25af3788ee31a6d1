"""An HTTPS server whose every answer a test may spoil. It keeps what came in; its children know what it means."""

from __future__ import annotations

import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Request:
    method: str
    # With its query.
    path: str
    # Lower-case names.
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Spoil:
    """What becomes of an answer on its way. A request was fully read before: the server has acted on it."""

    SILENCE = "silence"
    RESET = "reset"
    CUT = "cut"
    DRIP = "drip"


# What a test puts between the server's answer and the wire: another answer, or a way to lose it.
Meddler = Callable[[Request, Reply], Reply | str]

# Between two bytes that drip; a test with a time-out of seconds is over long before the answer is.
DRIP_SECONDS = 0.05


class HTTPSServer:
    """Listens on a port that the system picks, until it is closed."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self.requests: list[Request] = []
        # Requests that no honest client of the documentation would send.
        self.violations: list[str] = []
        self.meddler: Meddler | None = None
        self._lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                owner._serve(self)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                pass

        class Listener(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """Clients that go away are what some tests are about."""

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._listener = Listener(("127.0.0.1", 0), Handler)
        # The handshake happens in the connection's own thread.
        self._listener.socket = context.wrap_socket(
            self._listener.socket, server_side=True, do_handshake_on_connect=False
        )
        self.origin = f"https://localhost:{self._listener.server_port}"
        self._thread = threading.Thread(target=self._listener.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join()

    def answer(self, request: Request) -> Reply:
        raise NotImplementedError

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        request = Request(handler.command, handler.path, headers, body)
        with self._lock:
            self.requests.append(request)
            reply: Reply | str = self.answer(request)
            if self.meddler is not None:
                reply = self.meddler(request, reply)
        if isinstance(reply, str):
            self._lose(handler, reply)
        else:
            self._write(handler, reply)

    @staticmethod
    def _write(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(reply.body)))
        handler.end_headers()
        handler.wfile.write(reply.body)

    @staticmethod
    def _lose(handler: BaseHTTPRequestHandler, how: str) -> None:
        handler.close_connection = True
        connection = handler.connection
        if how == Spoil.SILENCE:
            # Until the client has had enough.
            select.select([connection], [], [])
        elif how == Spoil.RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            socket.socket(fileno=connection.detach()).close()
        elif how == Spoil.CUT:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{")
        elif how == Spoil.DRIP:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n")
            while not select.select([connection], [], [], DRIP_SECONDS)[0]:
                handler.wfile.write(b" ")
        else:
            raise ValueError(how)
