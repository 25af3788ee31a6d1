"""Simulated channels as `serve --channels` reads them."""

from __future__ import annotations

from pathlib import Path


def write_channels(place: Path, *channels: tuple[str, dict[str, str | int]]) -> Path:
    """A file of channels, each with its id and what goes wrong there; the first one is the cheapest."""
    lines = ["channels:"]
    for number, (name, troubles) in enumerate(channels):
        lines += [f"  - id: {name}", "    kind: simulated", f"    fee: {{fixed_minor_units: {number + 1}}}"]
        lines += ["    rails: [bank_card, alipay, wechat]", "    pays_references: true"]
        lines += [f'    book: "{place / name}.book"', "    behaviour:", f"      seed: {number + 1}"]
        lines += [f"      {key}: {value}" for key, value in troubles.items()]
    file = place / "channels.yaml"
    file.write_text("\n".join(lines) + "\n")
    return file
