#!/usr/bin/env python3
"""Generates the message and stub modules of settle_client from proto/.

`make proto` runs it; with --check it only tells whether the committed modules still match. The generated modules import
each other relatively, so that the package can live anywhere and claims no top-level name.
"""

import re
import sys
import tempfile
from pathlib import Path

import google.rpc
from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent.parent
PROTO = ROOT / "proto"
TARGET = ROOT / "clients/python/src/settle_client/_proto"
SIBLING = re.compile(r"^from settlement\.v1 import", re.MULTILINE)
WELL_KNOWN = Path(protoc.__file__).parent / "_proto"
# google/rpc/status.proto, from googleapis-common-protos.
GOOGLE_RPC = Path(next(iter(google.rpc.__path__))).parent.parent


def generate() -> dict[str, str]:
    """File name -> content of every module."""
    with tempfile.TemporaryDirectory() as directory:
        sources = sorted(str(path.relative_to(PROTO)) for path in PROTO.glob("settlement/v1/*.proto"))
        arguments = ["protoc", f"-I{PROTO}", f"-I{WELL_KNOWN}", f"-I{GOOGLE_RPC}"]
        arguments += [f"--{kind}_out={directory}" for kind in ("python", "pyi", "grpc_python")]
        if protoc.main(arguments + sources) != 0:
            sys.exit("protoc failed; see above")
        modules = {
            path.name: SIBLING.sub("from . import", path.read_text()) for path in Path(directory).rglob("*_pb2*.py*")
        }
    # A proto file without a service has nothing to say in its stub module.
    return {name: text for name, text in modules.items() if not name.endswith("_pb2_grpc.py") or "class " in text} | {
        "__init__.py": '"""Generated from proto/settlement/v1 by generate.py."""\n'
    }


def main() -> None:
    fresh = generate()
    present = {path.name: path.read_text() for path in TARGET.glob("*.py*")}
    if sys.argv[1:] == ["--check"]:
        stale = sorted(name for name in fresh.keys() | present.keys() if fresh.get(name) != present.get(name))
        if stale:
            sys.exit(f"not what proto/ generates: {', '.join(stale)} in {TARGET.relative_to(ROOT)}; run make proto")
        return
    TARGET.mkdir(parents=True, exist_ok=True)
    for name in present.keys() - fresh.keys():
        (TARGET / name).unlink()
    for name, text in fresh.items():
        (TARGET / name).write_text(text)


if __name__ == "__main__":
    main()
