"""Is this certificate one that can be shown? Found out by showing it, in memory.

A TLS handshake with oneself tells whether key and certificate belong together, whether it is a
server's, and for which names and how long it holds; all with the standard library, for what reads
certificates otherwise takes 8 MB of a small computer's memory, and is needed twice a year.
"""

import hashlib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: X509_V_FLAG_NO_CHECK_TIME (x509_vfy.h): dates are read, and judged by who knows the time.
_NO_CHECK_TIME = ssl.VerifyFlags(0x200000)
_RENEW_BEFORE_MS = 200 * 86_400_000
#: X509_V_ERR_HOSTNAME_MISMATCH
_OTHER_NAME = 62


class BadChain(ValueError):
    """This certificate cannot be shown; says why."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A certificate that can be shown, with what leads to an authority, as it is now."""

    path: Path
    sha256: str
    since_utc_ms: int
    until_utc_ms: int

    @property
    def renew_from_utc_ms(self) -> int:
        """From when on another is due: 200 days before its end, or at half its life."""
        life_ms = self.until_utc_ms - self.since_utc_ms
        return self.until_utc_ms - min(_RENEW_BEFORE_MS, life_ms // 2)

    def has_ended(self, utc_ms: int | None) -> bool:
        """Not known to have where the time is not."""
        return utc_ms is not None and utc_ms >= self.until_utc_ms


def examine(path: Path, key: Path, names: Sequence[str]) -> Chain:
    """The chain in a file. Raises BadChain unless it is of this key and holds for these names."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        server.load_cert_chain(path, key)
        told = _told(server, _trusting(path), names[0])
    except (OSError, ValueError) as error:
        raise BadChain(_words(error, names[0])) from error
    held = {name for kind, name in told.get("subjectAltName", ()) if kind == "DNS"}
    if missing := [name for name in names if name not in held]:
        raise BadChain(f"the certificate does not hold for {', '.join(missing)}")
    since, until = (ssl.cert_time_to_seconds(told[each]) for each in ("notBefore", "notAfter"))
    return Chain(path, sha256, since * 1000, until * 1000)


def _trusting(path: Path) -> ssl.SSLContext:
    """A phone that takes this very certificate."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(path)
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | _NO_CHECK_TIME
    return client


def _told(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> dict[str, Any]:
    """What the client reads of the server's certificate."""
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    serving = server.wrap_bio(there, back, server_side=True)
    asking = client.wrap_bio(back, there, server_hostname=name)
    for one in (asking, serving, asking):
        try:
            one.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return asking.getpeercert() or {}


def _words(error: OSError | ValueError, name: str) -> str:
    match error:
        case ssl.SSLCertVerificationError(verify_code=code) if code == _OTHER_NAME:
            return f"the certificate does not hold for {name}"
        case ssl.SSLCertVerificationError():
            return f"no browser would take the certificate ({error.verify_message})"
        case ssl.SSLError(reason="KEY_VALUES_MISMATCH"):
            return "the certificate is of another key than this server's"
        case ssl.SSLError():
            return f"the certificate cannot be read ({error.reason})"
        case OSError():
            return f"the certificate cannot be read ({error.strerror})"
        case _:
            return f"the certificate cannot be read ({error})"
