"""The part of WeChat Pay's APIv3 that we call, as its documentation describes it."""

from __future__ import annotations

import base64
import json
import os
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from providers.https_server import HTTPSServer, Reply, Request
from providers.keys import Pair

BILLS = "/v3/fund-app/mch-transfer/transfer-bills"
AUTHORIZATION = re.compile(
    r'WECHATPAY2-SHA256-RSA2048 mchid="([^"]*)",nonce_str="([^"]*)",signature="([^"]*)",timestamp="(\d+)",'
    r'serial_no="([^"]*)"'
)
CLOCK_SECONDS = 300
# As long as they come at most, and of the same letters.
PACKAGE = "affffddafdfafddffda==" + "aZ09+/Qx" * 22 + "=="


def signed_headers(pair: Pair, serial: str, body: bytes, timestamp: int | None = None) -> dict[str, str]:
    seconds = str(int(time.time()) if timestamp is None else timestamp)
    nonce = os.urandom(16).hex()
    return {
        "Wechatpay-Timestamp": seconds,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": serial,
        "Wechatpay-Signature": pair.sign(f"{seconds}\n{nonce}\n".encode() + body + b"\n"),
    }


def notification(bill: dict[str, Any], api_v3_key: bytes, event: str = "MCHTRANSFER.BILL.FINISHED") -> bytes:
    nonce = os.urandom(6).hex()
    sealed = AESGCM(api_v3_key).encrypt(nonce.encode(), json.dumps(bill).encode(), b"mch_payment")
    envelope = {
        "id": f"EV-{bill['out_bill_no']}",
        "create_time": "2026-02-17T09:30:00+08:00",
        "resource_type": "encrypt-resource",
        "event_type": event,
        "summary": "商家转账单据终态通知",
        "resource": {
            "original_type": "mch_payment",
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": base64.b64encode(sealed).decode(),
            "nonce": nonce,
            "associated_data": "mch_payment",
        },
    }
    return json.dumps(envelope, ensure_ascii=False, indent=1).encode()


class WeChatServer(HTTPSServer):
    def __init__(
        self,
        certificate: Path,
        key: Path,
        *,
        merchant_id: str,
        serial: str,
        merchant: Pair,
        platform: Pair,
        key_id: str,
    ) -> None:
        self.merchant_id = merchant_id
        self.serial = serial
        self.merchant = merchant
        self.platform = platform
        self.key_id = key_id
        # By out_bill_no.
        self.bills: dict[str, dict[str, Any]] = {}
        self.money_out: Counter[str] = Counter()
        self.names: dict[str, str | None] = {}
        # What happens to the next transfer: a state, or a refusal's code with its status.
        self.next_state = "WAIT_USER_CONFIRM"
        self.refusal: tuple[int, str] | None = None
        self.package_info = PACKAGE
        self.nonces: Counter[str] = Counter()
        super().__init__(certificate, key)

    def answer(self, request: Request) -> Reply:
        self._check(request)
        if request.method == "POST" and request.path == BILLS:
            return self._transfer(json.loads(request.body))
        match = re.fullmatch(re.escape(BILLS) + r"/out-bill-no/(\w{1,32})(/cancel)?", request.path)
        if match is None:
            self.violations.append("path")
            return self.refused(404, "NOT_FOUND")
        bill = self.bills.get(match[1])
        if bill is None:
            return self.refused(404, "NOT_FOUND")
        if match[2]:
            return self._cancel(bill)
        return self.signed(bill)

    def _check(self, request: Request) -> None:
        match = AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
        if match is None:
            self.violations.append("authorization")
            return
        merchant, nonce, signature, timestamp, serial = match.groups()
        text = f"{request.method}\n{request.path}\n{timestamp}\n{nonce}\n".encode() + request.body + b"\n"
        try:
            self.merchant.verify(signature, text)
        except InvalidSignature:
            self.violations.append("signature")
        if (merchant, serial) != (self.merchant_id, self.serial):
            self.violations.append("merchant")
        if abs(time.time() - int(timestamp)) > CLOCK_SECONDS:
            self.violations.append("timestamp")
        if len(nonce) > 32:
            self.violations.append("nonce")
        if request.headers.get("wechatpay-serial") != self.key_id:
            self.violations.append("wechatpay-serial")
        self.nonces[nonce] += 1

    def _transfer(self, content: dict[str, Any]) -> Reply:
        number = content["out_bill_no"]
        sealed = content.pop("user_name", None)
        self.names[number] = self.platform.decrypt(sealed) if sealed is not None else None
        if content["transfer_amount"] >= 200_000 and sealed is None:
            return self.refused(400, "PARAM_ERROR")
        bill = self.bills.get(number)
        if bill is not None and bill["transfer_amount"] != content["transfer_amount"]:
            return self.refused(400, "ALREADY_EXISTS")
        if bill is None:
            if self.refusal is not None:
                return self.refused(*self.refusal)
            bill = self.bills[number] = {
                "mch_id": self.merchant_id,
                "out_bill_no": number,
                "transfer_bill_no": f"133{number}",
                "appid": content["appid"],
                "state": self.next_state,
                "transfer_amount": content["transfer_amount"],
                "transfer_remark": content["transfer_remark"],
                "openid": content["openid"],
                "create_time": "2026-02-17T09:30:00+08:00",
                "update_time": "2026-02-17T09:30:00+08:00",
            }
            if self.next_state == "SUCCESS":
                self.money_out[number] += 1
        made = {name: bill[name] for name in ("out_bill_no", "transfer_bill_no", "create_time", "state")}
        if bill["state"] == "WAIT_USER_CONFIRM":
            made["package_info"] = self.package_info
        return self.signed(made)

    def _cancel(self, bill: dict[str, Any]) -> Reply:
        if bill["state"] != "WAIT_USER_CONFIRM":
            return self.refused(400, "INVALID_REQUEST")
        bill["state"] = "CANCELLED"
        return self.signed({name: bill[name] for name in ("out_bill_no", "transfer_bill_no", "state", "update_time")})

    def refused(self, status: int, code: str) -> Reply:
        return self.signed({"code": code, "message": "说明"}, status)

    def signed(self, node: dict[str, Any], status: int = 200) -> Reply:
        body = json.dumps(node, ensure_ascii=False, indent=1).encode()
        headers = {"content-type": "application/json"} | signed_headers(self.platform, self.key_id, body)
        return Reply(status, headers, body)
