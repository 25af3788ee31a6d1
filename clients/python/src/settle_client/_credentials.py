"""The files of a client certificate, looked at before they are used."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import grpc

# What OpenSSL says of a key of the right kind, and of another kind than the certificate's.
_OF_ANOTHER = {"KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH", "NO_CERTIFICATE_ASSIGNED"}

Name = str | os.PathLike[str]


def credentials(ca: Name, cert: Name, key: Name) -> grpc.ChannelCredentials:
    """Credentials of three PEM files.

    grpcio takes any bytes, and every call is then Unavailable without a word about why. So ValueError names the file
    that cannot be used, OSError the one that cannot be read.
    """
    root_certificates, certificate_chain = _certificates("ca", ca), _certificates("cert", cert)
    private_key = Path(key).read_bytes()
    _check_key(os.fspath(cert), os.fspath(key))
    return grpc.ssl_channel_credentials(root_certificates, private_key, certificate_chain)


def _certificates(argument: str, file: Name) -> bytes:
    content = Path(file).read_bytes()
    try:
        # Between the certificates of a file may stand words in any language.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=content.decode("ascii", "ignore"))
    except (ssl.SSLError, ValueError) as error:
        raise ValueError(f"{argument} {os.fspath(file)!r} has no certificate in PEM form: {error}") from error
    return content


def _check_key(cert: str, key: str) -> None:
    def encrypted() -> str:  # without it OpenSSL asks at the terminal
        raise ValueError(f"key {key!r} is encrypted: a client needs it in the clear, readable by its owner only")

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Short keys and old hashes are for the server to refuse.
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    try:
        context.load_cert_chain(cert, key, password=encrypted)
    except ssl.SSLError as error:
        if error.reason in _OF_ANOTHER:
            raise ValueError(f"key {key!r} does not belong to certificate {cert!r}") from error
        raise ValueError(f"key {key!r} has no private key in PEM form: {error}") from error
