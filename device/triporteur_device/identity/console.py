"""The unit's errand for its console: carries the request to the depot, and back what is certified.

The console makes its key itself and speaks to no depot; it asks by a file in RAM, and reads the
answer in another. The unit vouches for the request with the key of its own certificate.
"""

from pathlib import Path

from msgspec.structs import replace

from triporteur_device.files import read_guest, write_whole
from triporteur_device.identity.asking import ASK_AGAIN_MS, Asking
from triporteur_device.identity.identity import Identity
from triporteur_device.identity.papers import Papers
from triporteur_wire.requests import ConsoleRequest, encode
from triporteur_wire.topics import Verb

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
        self._csr = ""
        self._asking = Asking("console")

    def connected(self) -> None:
        """A question that went with the old connection is asked again in its own time."""

    def due(self, mono_ms: int) -> bytes | None:
        """The question to send now, or None."""
        if self._asking.asked_within(_ASK_ANOTHER_MS, mono_ms):
            return None
        papers, csr = self._identity.papers, self._wanted()
        if papers is None or not csr:
            return None
        if csr == self._csr and self._asking.asked_within(ASK_AGAIN_MS, mono_ms):
            return None
        self._csr = csr
        return encode(self._question(papers, self._asking.ask(mono_ms)))

    def answered(self, payload: bytes, mono_ms: int) -> None:
        """Takes the depot's answer; whether the console can use it, it finds out itself."""
        if answer := self._asking.heard(payload):
            self._leave(answer.certificate)

    def _question(self, papers: Papers, nonce: str) -> ConsoleRequest:
        unsigned = ConsoleRequest(nonce, self._csr, papers.serial)
        return replace(unsigned, signature=papers.sign(unsigned.signed))

    def _leave(self, certificate: str) -> None:
        try:
            write_whole(self._certified, certificate.encode(), durable=False)
        except OSError as error:
            self._asking.in_vain(f"{self._certified} cannot be written ({error.strerror})")
            return
        self._asking.done("the depot certified its key")

    def _wanted(self) -> str:
        try:
            return read_guest(self._request, _MOST_BYTES).decode("ascii")
        except (OSError, UnicodeDecodeError):
            return ""
