#!/usr/bin/env python3
"""Checks that targets import only what stands below them, and that the inner ones stay free of Foundation and NIO.

SwiftPM lets a file import any module that happens to have been built, so the compiler does not guard the layering.
"""

import re
import sys
from pathlib import Path

SOURCES = Path(__file__).resolve().parent.parent / "Sources"

# Target -> those of our own targets that it may import: the table of the design, arrows pointing down.
ALLOWED = {
    "CNghttp2": "",
    "COpenSSL": "",
    "CCRC32C": "",
    "Digests": "CCRC32C COpenSSL",
    "LedgerCore": "Digests",
    "Risk": "LedgerCore",
    "RiskEvaluation": "Risk LedgerCore",
    "Rules": "Risk LedgerCore Digests",
    "RulesFile": "Rules Risk LedgerCore",
    "Journal": "Digests",
    "Vault": "Digests Journal LedgerCore",
    "Ledger": "LedgerCore Journal Digests",
    "Routing": "LedgerCore",
    "RouteSimulation": "Routing LedgerCore",
    "Telemetry": "",
    "Payouts": "Ledger LedgerCore Journal Routing Vault Digests Telemetry",
    "Notifications": "Payouts Routing Ledger LedgerCore Vault Digests Telemetry",
    "HTTPStreams": "",
    "Transport": "HTTPStreams CNghttp2 COpenSSL",
    "GRPCProto": "",
    "RPC": "HTTPStreams GRPCProto",
    "SettlementProto": "GRPCProto",
    "Services": "RPC HTTPStreams SettlementProto GRPCProto Ledger LedgerCore Rules Vault Digests Routing Payouts "
    "Notifications Telemetry",
    "SettlementClient": "RPC Transport HTTPStreams SettlementProto GRPCProto Digests",
    "settle": "Services SettlementClient SettlementProto GRPCProto Transport RPC HTTPStreams Ledger LedgerCore "
    "Journal Rules RulesFile Risk RiskEvaluation Vault Digests COpenSSL Routing RouteSimulation Payouts "
    "Notifications Telemetry",
}
WITHOUT_FOUNDATION = {
    *("LedgerCore", "Risk", "RiskEvaluation", "Rules", "Vault"),
    *("RPC", "Transport", "HTTPStreams", "Journal", "Digests", "Ledger", "Routing", "RouteSimulation", "Telemetry"),
}
WITH_NIO = {"Transport", "Payouts", "Notifications", "settle"}

IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?"
    r"import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)"
)


def complaints() -> list[str]:
    found = []
    for target in sorted(path for path in SOURCES.iterdir() if path.is_dir()):
        name = target.name
        if name not in ALLOWED:
            found.append(f"{target}: a new target; give it a line in {Path(__file__).name}")
            continue
        allowed = set(ALLOWED[name].split())
        for file in sorted(target.rglob("*.swift")):
            if file.name.endswith(".pb.swift"):
                continue
            for number, line in enumerate(file.read_text().splitlines(), 1):
                match = IMPORT.match(line)
                if not match:
                    continue
                module = match.group(1)
                place = f"{file.relative_to(SOURCES.parent)}:{number}: {name} imports {module}"
                if module in ALLOWED and module not in allowed and module != name:
                    found.append(f"{place}, which does not stand below it")
                elif module.startswith("Foundation") and name in WITHOUT_FOUNDATION:
                    found.append(f"{place}; this target stays free of Foundation")
                elif module.startswith("NIO") and name not in WITH_NIO:
                    found.append(f"{place}; only {', '.join(sorted(WITH_NIO))} know NIO")
    return found


if __name__ == "__main__":
    problems = complaints()
    print("\n".join(problems), file=sys.stderr, end="\n" if problems else "")
    sys.exit(1 if problems else 0)
