"""Starts the interop server of this build and gives the tests a channel to it."""

import os
import subprocess
from pathlib import Path

import grpc
import pytest

BINARIES = Path(os.environ.get("SETTLE_BIN_DIR", Path(__file__).resolve().parents[2] / ".build/debug"))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed certificate for localhost: its file and its key's."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "server.pem", folder / "server.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*command, "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


@pytest.fixture(scope="session")
def address(certificate: tuple[Path, Path]):
    """Where the server listens; it ends by itself on SIGTERM after the tests."""
    cert, key = certificate
    command = [BINARIES / "interop-server", "--port", "0", "--tls-cert", cert, "--tls-key", key]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        line = server.stdout.readline()
        assert line.startswith("listening on "), f"the server said {line!r}"
        yield line.split()[-1]
        server.terminate()
        assert server.wait(timeout=20) == 0


@pytest.fixture
def channel(address: str, certificate: tuple[Path, Path]):
    credentials = grpc.ssl_channel_credentials(certificate[0].read_bytes())
    options = [("grpc.ssl_target_name_override", "localhost")]
    with grpc.secure_channel(address, credentials, options) as channel:
        yield channel
