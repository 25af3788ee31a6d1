"""What is wrong with an argument is said at once, and by its name."""

import shutil
import subprocess

import pytest

from serving import make_certificates
from settle_client import Client


@pytest.fixture(scope="module")
def certs(tmp_path_factory):
    directory = make_certificates(tmp_path_factory.mktemp("arguments") / "certs")
    (directory / "garbage.pem").write_text("-----BEGIN CERTIFICATE-----\nno base64\n-----END CERTIFICATE-----\n")
    (directory / "empty.pem").write_text("")
    return directory


def connect(certs, target="127.0.0.1:7443", ca="ca.pem", cert="partner-demo.pem", key="partner-demo.key"):
    return Client(target, ca=certs / ca, cert=certs / cert, key=certs / key)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"ca": "garbage.pem"}, "ca '{}/garbage.pem' has no certificate"),
        ({"ca": "empty.pem"}, "ca '{}/empty.pem' has no certificate"),
        ({"cert": "garbage.pem"}, "cert '{}/garbage.pem' has no certificate"),
        ({"cert": "partner-demo.key"}, "cert '{}/partner-demo.key' has no certificate"),
        ({"key": "garbage.pem"}, "key '{}/garbage.pem' has no private key"),
        ({"key": "server.key"}, "key '{0}/server.key' does not belong to certificate '{0}/partner-demo.pem'"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(certs, files, words):
    with pytest.raises(ValueError) as raised:
        connect(certs, **files)
    assert words.format(certs) in str(raised.value)


@pytest.mark.parametrize("argument", ["ca", "cert", "key"])
def test_a_file_that_is_missing_is_named(certs, argument):
    with pytest.raises(FileNotFoundError) as raised:
        connect(certs, **{argument: "nowhere.pem"})
    assert str(certs / "nowhere.pem") in str(raised.value)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes these keys")
def test_keys_that_openssl_made(certs):
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=certs, check=True, capture_output=True)

    openssl("pkcs8", "-topk8", "-in", "partner-demo.key", "-passout", "pass:1234", "-out", "encrypted.key")
    with pytest.raises(ValueError, match=r"key '.*encrypted\.key' is encrypted"):
        connect(certs, key="encrypted.key")
    # Weak, which is for the server to refuse, and after words that are not ASCII.
    openssl(
        "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-subj", "/CN=weak", "-keyout", "weak.key", "-out", "weak.pem"
    )
    (certs / "weak.pem").write_text("某人的证书\n" + (certs / "weak.pem").read_text())
    connect(certs, ca="weak.pem", cert="weak.pem", key="weak.key").close()
    with pytest.raises(ValueError, match=r"key '.*weak\.key' does not belong to certificate '.*partner-demo\.pem'"):
        connect(certs, key="weak.key")
