"""What a server tells Prometheus."""

from __future__ import annotations

import http.client
import ssl

from serving import Server

# An option of serve, without which there are no metrics.
METRICS = ("--metrics-listen", "127.0.0.1:0")


def port(server: Server, door: str) -> int:
    """Of its door "metrics" or "callbacks"."""
    return int(next(said for said in server.doors if said.startswith(f"{door} on ")).rsplit(":", 1)[1])


def metrics(server: Server) -> dict[str, float]:
    """Every sample by its name with labels."""
    context = ssl.create_default_context(cafile=str(server.certs / "ca.pem"))
    context.load_cert_chain(server.certs / "operator-demo.pem", server.certs / "operator-demo.key")
    connection = http.client.HTTPSConnection("127.0.0.1", port(server, "metrics"), context=context, timeout=30)
    connection.request("GET", "/metrics")
    reply = connection.getresponse()
    assert reply.status == 200
    lines = reply.read().decode().splitlines()
    connection.close()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}
