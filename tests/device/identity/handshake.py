"""A TLS handshake in memory, between a unit's context and a broker's."""

import ssl
from pathlib import Path

from cryptography import x509

from tests.device.identity.authority import HOST


def broker_context(folder: Path, key: str, chain: str, authorities: str) -> ssl.SSLContext:
    """Shows the chain, and wants a certificate of one of the authorities."""
    (folder / "broker.key").write_text(key)
    (folder / "broker.pem").write_text(chain)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "broker.pem", folder / "broker.key")
    context.load_verify_locations(cadata=authorities)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def shake_hands(unit: ssl.SSLContext, broker: ssl.SSLContext, host: str = HOST) -> str:
    """The name that the broker reads in the unit's certificate. Raises ssl.SSLError."""
    to_unit, to_broker = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = unit.wrap_bio(to_unit, to_broker, server_hostname=host)
    server = broker.wrap_bio(to_broker, to_unit, server_side=True)
    for _ in range(4):
        for end in (client, server):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    shown = server.getpeercert(binary_form=True)
    assert shown
    return x509.load_der_x509_certificate(shown).subject.rfc4514_string().removeprefix("CN=")
