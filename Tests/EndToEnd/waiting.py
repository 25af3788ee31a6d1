"""Waits for what becomes of a withdrawal or of a server."""

from __future__ import annotations

import time

from settle_client import Client, State

# No test expects to wait so long; it turns a hang into a failure.
PATIENCE_SECONDS = 60


def until(partner: Client, id: str, *states: State):
    """The withdrawal once it is in one of these states: told by the watch, or so already."""
    cursor = partner.list_page(page_size=1).cursor
    withdrawal = partner.get(id)
    end = time.monotonic() + PATIENCE_SECONDS
    if withdrawal.state in states:
        return withdrawal
    with partner.watch(cursor=cursor, id=id) as watch:
        for change in watch:
            if change.state in states:
                return partner.get(id)
            assert time.monotonic() < end, f"it is {change.state!r}, not {states}"
    raise AssertionError("the watch ended")


def until_so(condition) -> None:
    """Asks again and again: for what no watch and no log tells."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
