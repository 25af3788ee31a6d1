"""`settle journal`, which reads a data directory that nobody serves."""

import re
import subprocess
from pathlib import Path

from serving import PATIENCE_SECONDS, SETTLE


def journal(command: str, data: Path) -> subprocess.CompletedProcess[str]:
    """Runs verify or dump."""
    return subprocess.run(
        [SETTLE, "journal", command, "--data", data], capture_output=True, text=True, timeout=2 * PATIENCE_SECONDS
    )


def verify(data: Path) -> dict[str, str]:
    """The sequence, seal and state hash at the end of the chain; fails when anything is wrong with it."""
    ended = journal("verify", data)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return dict(re.findall(r"(sequence|seal|state hash)\W+([0-9a-f]+)", ended.stdout))
