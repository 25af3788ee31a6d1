"""The part of Alipay's gateway that we call, as its documentation describes it."""

from __future__ import annotations

import json
import time
import urllib.parse
from collections import Counter
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature

from providers.https_server import HTTPSServer, Reply, Request
from providers.keys import Pair

TRANSFER = "alipay.fund.trans.uni.transfer"
QUERY = "alipay.fund.trans.common.query"


def notification(
    pair: Pair, app_id: str, key: str, notify_id: str, *, status: str = "SUCCESS", age_seconds: int = 0
) -> bytes:
    """alipay.fund.trans.order.changed, as a form that is signed over its sorted fields."""
    fields = {
        "notify_id": notify_id,
        "utc_timestamp": str(int(time.time() - age_seconds) * 1_000),
        "msg_method": "alipay.fund.trans.order.changed",
        "app_id": app_id,
        "version": "1.1",
        "charset": "UTF-8",
        "biz_content": json.dumps({"out_biz_no": key, "status": status, "memo": "转 账+&="}, ensure_ascii=False),
    }
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields))
    return urllib.parse.urlencode(fields | {"sign": pair.sign(text.encode()), "sign_type": "RSA2"}).encode()


class AlipayServer(HTTPSServer):
    def __init__(self, certificate: Path, key: Path, app_id: str, app: Pair, alipay: Pair) -> None:
        self.app_id = app_id
        self.app = app
        self.alipay = alipay
        # By out_biz_no: what was asked for, and how it stands.
        self.bills: dict[str, dict[str, Any]] = {}
        self.money_out: Counter[str] = Counter()
        # What happens to the next transfer: SUCCESS, DEALING, FAIL or a refusal's sub_code.
        self.next_status = "SUCCESS"
        self.refusal = ""
        self.signatures: set[str] = set()
        super().__init__(certificate, key)

    def answer(self, request: Request) -> Reply:
        parameters = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(request.path).query, strict_parsing=True))
        parameters |= dict(urllib.parse.parse_qsl(request.body.decode(), strict_parsing=True))
        self._check(request, dict(parameters))
        content = json.loads(parameters["biz_content"])
        method = parameters["method"]
        return self.signed(method, self._transfer(content) if method == TRANSFER else self._query(content))

    def _check(self, request: Request, parameters: dict[str, str]) -> None:
        signature = parameters.pop("sign")
        text = "&".join(f"{name}={parameters[name]}" for name in sorted(parameters) if parameters[name])
        try:
            self.app.verify(signature, text.encode())
        except InvalidSignature:
            self.violations.append("signature")
        expected = {"app_id": self.app_id, "format": "JSON", "charset": "utf-8", "sign_type": "RSA2", "version": "1.0"}
        self.violations += [name for name, value in expected.items() if parameters.get(name) != value]
        if not request.path.startswith("/gateway.do?") or request.method != "POST":
            self.violations.append("path")
        self.signatures.add(signature)

    def _transfer(self, content: dict[str, Any]) -> dict[str, Any]:
        number = content["out_biz_no"]
        bill = self.bills.get(number)
        if bill is not None and bill["content"] != content:
            return self.refused("PAYMENT_INFO_INCONSISTENCY", "两次请求商户单号一样,但是参数不一致")
        if bill is None:
            if self.refusal:
                return self.refused(self.refusal, "说明")
            bill = self.bills[number] = {
                "content": content,
                "status": self.next_status,
                "amount": content["trans_amount"],
            }
            if self.next_status == "SUCCESS":
                self.money_out[number] += 1
        return {
            "code": "10000",
            "msg": "Success",
            "out_biz_no": number,
            "order_id": f"O{number}",
            "pay_fund_order_id": f"F{number}",
            "status": bill["status"],
            "trans_date": "2026-02-17 09:30:00",
        }

    def _query(self, content: dict[str, Any]) -> dict[str, Any]:
        if content.get("product_code") != "TRANS_ACCOUNT_NO_PWD" or content.get("biz_scene") != "DIRECT_TRANSFER":
            self.violations.append("query")
        number = content["out_biz_no"]
        bill = self.bills.get(number)
        if bill is None:
            return self.refused("ORDER_NOT_EXIST", "转账订单不存在")
        return {
            "code": "10000",
            "msg": "Success",
            "out_biz_no": number,
            "order_id": f"O{number}",
            "pay_fund_order_id": f"F{number}",
            "status": bill["status"],
            "trans_amount": bill["amount"],
            **bill.get("more", {}),
        }

    @staticmethod
    def refused(sub_code: str, message: str, code: str = "40004") -> dict[str, Any]:
        return {"code": code, "msg": "Business Failed", "sub_code": sub_code, "sub_msg": message}

    def signed(self, method: str, node: dict[str, Any]) -> Reply:
        """Spaces and escapes as no other writer of JSON would set them: only the raw bytes verify."""
        raw = json.dumps(node, ensure_ascii=True, separators=(" , ", " :  "))
        name = method.replace(".", "_") + "_response"
        body = f'{{ "sign" : {json.dumps(self.alipay.sign(raw.encode()))} , "{name}" :\n{raw} }}'
        return Reply(headers={"content-type": "application/json;charset=utf-8"}, body=body.encode())
