"""The independent reader of bank files finds what it is there to find."""

from __future__ import annotations

import pytest

from pain001_reader import NAMESPACE, NotRight, read

TRANSFER = (
    "<CdtTrfTxInf><PmtId><InstrId>{id}01</InstrId><EndToEndId>wd{id}</EndToEndId></PmtId>"
    '<Amt><InstdAmt Ccy="CNY">{amount}</InstdAmt></Amt><Cdtr><Nm>王小明</Nm></Cdtr>'
    "<CdtrAcct><Id><Othr><Id>6222</Id></Othr></Id></CdtrAcct></CdtTrfTxInf>"
)
GOOD = (
    f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{NAMESPACE}"><CstmrCdtTrfInitn><GrpHdr><MsgId>M1</MsgId>'
    "<CreDtTm>2026-03-02T16:30:00+08:00</CreDtTm><NbOfTxs>2</NbOfTxs><CtrlSum>3.33</CtrlSum><InitgPty><Nm>A</Nm>"
    "</InitgPty></GrpHdr><PmtInf><PmtInfId>M1-CNY</PmtInfId><PmtMtd>TRF</PmtMtd><NbOfTxs>2</NbOfTxs>"
    "<CtrlSum>3.33</CtrlSum><ReqdExctnDt><Dt>2026-03-02</Dt></ReqdExctnDt><Dbtr><Nm>A</Nm></Dbtr><DbtrAcct><Id><Othr>"
    "<Id>1</Id></Othr></Id><Ccy>CNY</Ccy></DbtrAcct><DbtrAgt><FinInstnId><Nm>B</Nm></FinInstnId></DbtrAgt>"
    + TRANSFER.format(id="AA", amount="1.11")
    + TRANSFER.format(id="BB", amount="2.22")
    + "</PmtInf></CstmrCdtTrfInitn></Document>"
)


def test_a_right_file_is_read():
    assert [(row["key"], row["amount"]) for row in read(GOOD.encode())["transfers"]] == [
        ("AA01", "1.11"),
        ("BB01", "2.22"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<CtrlSum>3.33", "<CtrlSum>3.32"),
        ("<NbOfTxs>2", "<NbOfTxs>3"),
        (NAMESPACE, NAMESPACE[:-1] + "8"),
        ("2.22<", "2.2<"),
        ("2.22<", "-2.22<"),
        ("<PmtMtd>TRF</PmtMtd><NbOfTxs>2</NbOfTxs>", "<NbOfTxs>2</NbOfTxs><PmtMtd>TRF</PmtMtd>"),
        ("<Cdtr><Nm>王小明</Nm></Cdtr>", ""),
        ("<InitgPty><Nm>A</Nm></InitgPty>", ""),
        ("<Unknown/>", None),
        ("BB", "AA"),
        ("wdBB", "wdCC"),
        ("<MsgId>M1", "<MsgId>" + "M" * 36),
        ('Ccy="CNY">2', 'Ccy="USD">2'),
    ],
)
def test_a_wrong_file_is_not(old, new):
    wrong = GOOD.replace(old, new) if new is not None else GOOD.replace("</GrpHdr>", f"{old}</GrpHdr>")
    assert wrong != GOOD
    with pytest.raises(NotRight):
        read(wrong.encode())
