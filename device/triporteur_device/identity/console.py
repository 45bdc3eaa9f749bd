"""The unit's errand for its console: carries the request to the depot, and back what is certified.

The console makes its key itself and speaks to no depot; it asks by a file in RAM, and reads the
answer in another. The unit vouches for the request with the key of its own certificate.
"""

import logging
from pathlib import Path

from msgspec.structs import replace

from triporteur_device.files import read_guest, write_whole
from triporteur_device.identity.identity import Identity
from triporteur_device.identity.papers import Papers
from triporteur_device.identity.received import readable
from triporteur_wire.reading import Unreadable
from triporteur_wire.requests import (
    ConsoleRequest,
    Refused,
    decode_certificate_response,
    encode,
    new_nonce,
)
from triporteur_wire.topics import Verb

_log = logging.getLogger(__name__)

_ASK_AGAIN_MS = 600_000
#: Another request is no reason to ask without pause.
_ASK_ANOTHER_MS = 60_000
_MOST_BYTES = 8_000


class ConsoleErrand:
    """Asks while there is a file at `request`; leaves the certificate at `certified`."""

    verb = Verb.CONSOLE

    def __init__(self, identity: Identity, request: Path, certified: Path) -> None:
        self._identity = identity
        self._request = request
        self._certified = certified
        self._nonce = ""
        self._csr = ""
        self._asked_ms: int | None = None
        self._told: set[str] = set()

    def connected(self) -> None:
        """A question that went with the old connection is asked again in its own time."""

    def due(self, mono_ms: int) -> bytes | None:
        """The question to send now, or None."""
        if self._asked_within(_ASK_ANOTHER_MS, mono_ms):
            return None
        papers, csr = self._identity.papers, self._wanted()
        if papers is None or not csr:
            return None
        if csr == self._csr and self._asked_within(_ASK_AGAIN_MS, mono_ms):
            return None
        self._csr, self._asked_ms, self._nonce = csr, mono_ms, new_nonce()
        return encode(self._question(papers))

    def answered(self, payload: bytes, mono_ms: int) -> None:
        """Takes the depot's answer; whether the console can use it, it finds out itself."""
        try:
            answer = decode_certificate_response(payload)
        except Unreadable as error:
            self._tell(f"the depot's answer cannot be read ({error})")
            return
        if not self._nonce or answer.nonce != self._nonce:
            return
        self._nonce = ""
        if isinstance(answer, Refused):
            self._tell(f"the depot refuses: {readable(answer.reason)}")
            return
        self._leave(answer.certificate)

    def _question(self, papers: Papers) -> ConsoleRequest:
        unsigned = ConsoleRequest(self._nonce, self._csr, papers.serial)
        return replace(unsigned, signature=papers.sign(unsigned.signed))

    def _leave(self, certificate: str) -> None:
        try:
            write_whole(self._certified, certificate.encode(), durable=False)
        except OSError as error:
            self._tell(f"{self._certified} cannot be written ({error.strerror})")
            return
        self._told.clear()
        _log.info("console: the depot certified its key")

    def _wanted(self) -> str:
        try:
            return read_guest(self._request, _MOST_BYTES).decode("ascii")
        except (OSError, UnicodeDecodeError):
            return ""

    def _asked_within(self, time_ms: int, mono_ms: int) -> bool:
        return self._asked_ms is not None and mono_ms - self._asked_ms < time_ms

    def _tell(self, words: str) -> None:
        if words not in self._told:
            self._told.add(words)
            _log.warning("console: %s; asking again every 10 minutes", words)
