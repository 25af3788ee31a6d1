"""Keys and certificates of a test, made by the cryptography package."""

from __future__ import annotations

import base64
import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID


class Pair:
    """An RSA key and its files: `<name>.key` (the owner's alone) and `<name>.pub`."""

    def __init__(self, directory: Path, name: str) -> None:
        self.private = rsa.generate_private_key(65_537, 2_048)
        self.private_file = directory / f"{name}.key"
        self.private_file.touch(mode=0o600)
        self.private_file.write_bytes(
            self.private.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        self.public_file = directory / f"{name}.pub"
        self.public_file.write_bytes(
            self.private.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )

    def sign(self, message: bytes) -> str:
        return base64.b64encode(self.private.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()

    def verify(self, signature: str, message: bytes) -> None:
        """Raises when the signature is not this key's."""
        self.private.public_key().verify(
            base64.b64decode(signature, validate=True), message, padding.PKCS1v15(), hashes.SHA256()
        )

    def decrypt(self, text: str) -> str:
        """What was encrypted with RSAES-OAEP, SHA-1."""
        sha1 = hashes.SHA1()
        oaep = padding.OAEP(padding.MGF1(sha1), sha1, None)
        return self.private.decrypt(base64.b64decode(text, validate=True), oaep).decode()

    def certificate(self, file: Path, *names: str) -> x509.Certificate:
        """Signs itself: for a server on these names, and for anybody who only wants its serial number."""
        now = datetime.datetime.now(datetime.timezone.utc)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(self.private.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self.private, hashes.SHA256())
        )
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return certificate
