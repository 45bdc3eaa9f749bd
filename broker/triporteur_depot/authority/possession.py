"""Whether who asks for a unit holds a certificate of that unit: the name alone proves nothing, for
a connection may have been begun before its certificate was revoked.
"""

import sqlite3
from collections.abc import Collection

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from triporteur_depot.authority import issued
from triporteur_depot.authority.issued import Issued
from triporteur_wire.requests import CertificateRequest, ConsoleRequest


class NotProven(Exception):
    """It is not; the sentence says why, and what to do."""


def check(
    connection: sqlite3.Connection,
    unit: str,
    question: CertificateRequest | ConsoleRequest,
    authorities: Collection[str],
    now_ms: int,
) -> None:
    """Raises NotProven unless a certificate that holds, by one of these, signed the question."""
    replace = f"At the depot: triporteur-depot replace {unit} --out FILE."
    held = issued.find(connection, question.serial)
    if held is None or held.unit != unit:
        raise NotProven(f"The depot knows no such certificate of {unit}. {replace}")
    if held.revoked_utc_ms is not None:
        raise NotProven(f"This certificate of {unit} was revoked. {replace}")
    if held.expires_utc_ms <= now_ms or held.authority not in authorities:
        raise NotProven(f"This certificate of {unit} holds no more. {replace}")
    if not _signed(held, question):
        raise NotProven(f"The question is not signed by the key of {unit}. {replace}")


def _signed(held: Issued, question: CertificateRequest | ConsoleRequest) -> bool:
    key = x509.load_pem_x509_certificate(held.pem.encode()).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    try:
        key.verify(bytes.fromhex(question.signature), question.signed, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True
