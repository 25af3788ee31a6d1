"""Our channels against servers of ours that check every signature with the cryptography package, and misbehave."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from providers.keys import Pair


@dataclass
class TLS:
    certificate: Path
    key: Path


@pytest.fixture(scope="session")
def directory(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("providers")


@pytest.fixture(scope="session")
def tls(directory) -> TLS:
    """The servers' certificate, which is its own authority."""
    pair = Pair(directory, "tls")
    pair.certificate(directory / "tls.pem", "localhost")
    return TLS(directory / "tls.pem", pair.private_file)


@pytest.fixture(scope="session")
def merchant(directory) -> Pair:
    """Ours: signs requests."""
    return Pair(directory, "merchant")


@pytest.fixture(scope="session")
def provider(directory) -> Pair:
    """The provider's: signs answers."""
    return Pair(directory, "provider")


@pytest.fixture(scope="session")
def stranger(directory) -> Pair:
    return Pair(directory, "stranger")
