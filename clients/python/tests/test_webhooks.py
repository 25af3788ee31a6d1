"""The verifier of Standard Webhooks, against signatures that it did not make."""

import base64
import subprocess

import pytest

from settle_client import webhooks

# The example of the Standard Webhooks specification's own libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
TIME = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

OTHER = "whsec_" + base64.b64encode(bytes(range(32))).decode()


def headers(**changes):
    made = {"webhook-id": ID, "webhook-timestamp": str(TIME), "webhook-signature": SIGNATURE}
    made.update({name.replace("_", "-"): value for name, value in changes.items()})
    return {name: value for name, value in made.items() if value is not None}


def openssl(secret, message):
    """HMAC by another program than ours."""
    key = base64.b64decode(secret.removeprefix("whsec_")).hex()
    command = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{key}", "-binary"]
    digest = subprocess.run(command, input=message, capture_output=True, check=True).stdout
    return "v1," + base64.b64encode(digest).decode()


def test_the_specifications_example():
    assert webhooks.verify(BODY, headers(), SECRET, now=TIME) == {"test": 2432232314}
    assert webhooks.verify(BODY.decode(), headers(), SECRET, now=TIME) == {"test": 2432232314}


def test_a_signature_of_openssl():
    body = '{"type":"withdrawal.paid","data":{"agent":"王"}}'.encode()
    made = headers(webhook_signature=openssl(OTHER, f"{ID}.{TIME}.".encode() + body))
    assert webhooks.verify(body, made, OTHER, now=TIME)["data"] == {"agent": "王"}


def test_header_names_in_any_case():
    shouted = {name.upper(): value for name, value in headers().items()}
    assert webhooks.verify(BODY, shouted, SECRET, now=TIME)


def test_while_rotating():
    both = openssl(OTHER, f"{ID}.{TIME}.".encode() + BODY) + " " + SIGNATURE
    made = headers(webhook_signature=both)
    for secret in (SECRET, OTHER, [SECRET, OTHER]):
        assert webhooks.verify(BODY, made, secret, now=TIME)
    # A receiver that knows both takes what either signed.
    assert webhooks.verify(BODY, headers(), [OTHER, SECRET], now=TIME)


@pytest.mark.parametrize("away", [-300, 300])
def test_fresh_enough(away):
    assert webhooks.verify(BODY, headers(), SECRET, now=TIME + away)


@pytest.mark.parametrize("away", [-301, 301])
def test_too_old_and_too_new(away):
    with pytest.raises(webhooks.VerificationError, match="timestamp"):
        webhooks.verify(BODY, headers(), SECRET, now=TIME + away)


@pytest.mark.parametrize(
    ("body", "changes", "secret"),
    [
        (BODY + b" ", {}, SECRET),
        (BODY.replace(b"4", b"5", 1), {}, SECRET),
        (b"", {}, SECRET),
        (BODY, {"webhook_id": ID + "x"}, SECRET),
        (BODY, {"webhook_timestamp": str(TIME + 1)}, SECRET),
        (BODY, {}, OTHER),
        (BODY, {"webhook_signature": "v1,"}, SECRET),
        (BODY, {"webhook_signature": SIGNATURE.removeprefix("v1,")}, SECRET),
        (BODY, {"webhook_signature": SIGNATURE.replace("v1", "v2")}, SECRET),
        (BODY, {"webhook_signature": SIGNATURE[:-2]}, SECRET),
        (BODY, {"webhook_signature": SIGNATURE.replace("v1,", "v1,=")}, SECRET),
        (BODY, {"webhook_signature": "v1,\u00fc"}, SECRET),
        (BODY, {"webhook_signature": " "}, SECRET),
        (BODY, {"webhook_signature": None}, SECRET),
        (BODY, {"webhook_id": None}, SECRET),
        (BODY, {"webhook_timestamp": None}, SECRET),
        (BODY, {"webhook_id": ""}, SECRET),
        (BODY, {"webhook_timestamp": f" {TIME}"}, SECRET),
        (BODY, {"webhook_timestamp": f"+{TIME}"}, SECRET),
        (BODY, {"webhook_timestamp": f"0{TIME}"}, SECRET),
        (BODY, {"webhook_timestamp": f"{TIME}.0"}, SECRET),
        (BODY, {"webhook_timestamp": "1614_265330"}, SECRET),
        (BODY, {"webhook_timestamp": "9" * 400}, SECRET),
        (BODY, {"webhook_timestamp": "nan"}, SECRET),
        # Surrogates stand for bytes that are no UTF-8 where a framework decodes so; they cannot be encoded.
        (BODY.decode() + "\udcff", {}, SECRET),
        (BODY, {"webhook_id": ID + "\udcff"}, SECRET),
        (BODY, {"webhook_timestamp": f"{TIME}\udcff"}, SECRET),
        (BODY, {"webhook_signature": SIGNATURE + "\udcff"}, SECRET),
    ],
)
def test_rejected(body, changes, secret):
    with pytest.raises(webhooks.VerificationError):
        webhooks.verify(body, headers(**changes), secret, now=TIME)


def test_what_is_signed_and_no_event():
    for body in (b"[]", b"{", b"\xff"):
        made = headers(webhook_signature=openssl(SECRET, f"{ID}.{TIME}.".encode() + body))
        with pytest.raises(webhooks.VerificationError):
            webhooks.verify(body, made, SECRET, now=TIME)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_AAAA", "whsec_!!!", [], "whsec_" + "A" * 100])
def test_no_secret(secret):
    with pytest.raises(ValueError, match="secret"):
        webhooks.verify(BODY, headers(), secret, now=TIME)
