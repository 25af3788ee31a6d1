"""Reads a bank file (ISO 20022 pain.001.001.09) with nothing of ours: order of elements, lengths, counts, sums, ids.

python3 pain001_reader.py FILE    one JSON object, or a message and exit code 1
"""

from __future__ import annotations

import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from decimal import Decimal
from pathlib import Path

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"

# The order of children by the published schema; `!` must be there. Only what is used here is looked into.
PARTY = "Nm PstlAdr Id CtryOfRes CtctDtls"
BANK = "BICFI ClrSysMmbId LEI Nm PstlAdr Othr"
ORDER = {
    "Document": "CstmrCdtTrfInitn!",
    "CstmrCdtTrfInitn": "GrpHdr! PmtInf! SplmtryData",
    "GrpHdr": "MsgId! CreDtTm! Authstn NbOfTxs! CtrlSum InitgPty! FwdgAgt",
    "PmtInf": "PmtInfId! PmtMtd! BtchBookg NbOfTxs CtrlSum PmtTpInf ReqdExctnDt! PoolgAdjstmntDt Dbtr! DbtrAcct! "
    "DbtrAgt! DbtrAgtAcct InstrForDbtrAgt UltmtDbtr ChrgBr ChrgsAcct ChrgsAcctAgt CdtTrfTxInf!",
    "CdtTrfTxInf": "PmtId! PmtTpInf Amt! XchgRateInf ChrgBr ChqInstr UltmtDbtr IntrmyAgt1 IntrmyAgt1Acct IntrmyAgt2 "
    "IntrmyAgt2Acct IntrmyAgt3 IntrmyAgt3Acct CdtrAgt CdtrAgtAcct Cdtr CdtrAcct UltmtCdtr InstrForCdtrAgt "
    "InstrForDbtrAgt Purp RgltryRptg Tax RltdRmtInf RmtInf SplmtryData",
    "PmtId": "InstrId EndToEndId! UETR",
    "Amt": "InstdAmt EqvtAmt",
    "ReqdExctnDt": "Dt DtTm",
    "InitgPty": PARTY,
    "Dbtr": PARTY,
    "Cdtr": PARTY,
    "DbtrAcct": "Id Tp Ccy Nm Prxy",
    "CdtrAcct": "Id Tp Ccy Nm Prxy",
    "DbtrAgt": "FinInstnId! BrnchId",
    "CdtrAgt": "FinInstnId! BrnchId",
    "FinInstnId": BANK,
    "ClrSysMmbId": "ClrSysId MmbId!",
}
LENGTH = {"MsgId": 35, "PmtInfId": 35, "InstrId": 35, "EndToEndId": 35, "Nm": 140, "MmbId": 35}


class NotRight(Exception):
    pass


def name(element: ElementTree.Element) -> str:
    space, _, local = element.tag[1:].partition("}")
    if space != NAMESPACE:
        raise NotRight(f"{element.tag} is of another namespace")
    return local


def check_order(element: ElementTree.Element) -> None:
    own = name(element)
    if (limit := LENGTH.get(own)) and not 1 <= len(element.text or "") <= limit:
        raise NotRight(f"{own} has {len(element.text or '')} characters")
    children = [name(child) for child in element]
    if own in ORDER:
        known = ORDER[own].replace("!", "").split()
        places = [known.index(child) if child in known else -1 for child in children]
        if -1 in places or places != sorted(places):
            raise NotRight(f"{own} has {children}")
        missing = [word[:-1] for word in ORDER[own].split() if word.endswith("!") and word[:-1] not in children]
        if missing:
            raise NotRight(f"{own} lacks {missing}")
    for child in element:
        check_order(child)


def text(element: ElementTree.Element, path: str) -> str:
    found = element.findall("/".join(f"{{{NAMESPACE}}}{step}" for step in path.split("/")))
    if len(found) != 1 or not found[0].text:
        raise NotRight(f"{len(found)} of {path}")
    return found[0].text


def check_sums(element: ElementTree.Element, transfers: list[dict]) -> None:
    if text(element, "NbOfTxs") != str(len(transfers)):
        raise NotRight(f"NbOfTxs is {text(element, 'NbOfTxs')}, there are {len(transfers)}")
    total = sum((Decimal(transfer["amount"]) for transfer in transfers), Decimal(0))
    if Decimal(text(element, "CtrlSum")) != total:
        raise NotRight(f"CtrlSum is {text(element, 'CtrlSum')}, the sum is {total}")


def read(data: bytes) -> dict:
    data.decode("utf-8")
    root = ElementTree.fromstring(data)
    check_order(root)
    message = root[0]
    header = message[0]
    transfers = []
    for payment in message[1:]:
        own = []
        for element in payment.iter(f"{{{NAMESPACE}}}CdtTrfTxInf"):
            amount = text(element, "Amt/InstdAmt")
            if not re.fullmatch(r"[0-9]{1,16}\.[0-9]{2}", amount) or Decimal(amount) <= 0:
                raise NotRight(f"amount {amount}")
            own.append(
                {
                    "key": text(element, "PmtId/InstrId"),
                    "withdrawal": text(element, "PmtId/EndToEndId"),
                    "amount": amount,
                    "currency": element.find(f".//{{{NAMESPACE}}}InstdAmt").get("Ccy"),
                    "name": text(element, "Cdtr/Nm"),
                    "account": text(element, "CdtrAcct/Id/Othr/Id"),
                }
            )
        check_sums(payment, own)
        if {transfer["currency"] for transfer in own} != {text(payment, "DbtrAcct/Ccy")}:
            raise NotRight("transfers in other currencies than their debtor's account")
        if text(payment, "PmtMtd") != "TRF":
            raise NotRight("not transfers")
        transfers += own
    check_sums(header, transfers)
    keys = [transfer["key"] for transfer in transfers]
    if len(set(keys)) != len(keys):
        raise NotRight("a key stands there twice")
    if any(transfer["withdrawal"] != "wd" + transfer["key"][:-2] for transfer in transfers):
        raise NotRight("a key is not of its withdrawal")
    return {
        "message": text(header, "MsgId"),
        "created": text(header, "CreDtTm"),
        "execution": sorted({text(payment, "ReqdExctnDt/Dt") for payment in message[1:]}),
        "transfers": transfers,
    }


if __name__ == "__main__":
    try:
        print(json.dumps(read(Path(sys.argv[1]).read_bytes()), ensure_ascii=True))
    except (NotRight, ElementTree.ParseError, UnicodeDecodeError) as error:
        print(f"{sys.argv[1]}: {error}", file=sys.stderr)
        sys.exit(1)
