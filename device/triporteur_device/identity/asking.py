"""What an errand for a certificate asks the depot: one question at a time, told once if in vain."""

import logging

from triporteur_device.identity.received import readable
from triporteur_wire.reading import Unreadable
from triporteur_wire.requests import Certified, Refused, decode_certificate_response, new_nonce

_log = logging.getLogger(__name__)

ASK_AGAIN_MS = 600_000


class Asking:
    """Remembers the question under way, when it was asked, and what was told in the log.

    `about` is what the log calls the errand. All times are monotonic ms.
    """

    def __init__(self, about: str) -> None:
        self._about = about
        self._nonce = ""
        self._asked_ms: int | None = None
        self._told: set[str] = set()

    def ask(self, mono_ms: int) -> str:
        """The nonce of a new question: an answer to an older one counts no more."""
        self._asked_ms, self._nonce = mono_ms, new_nonce()
        return self._nonce

    def asked_within(self, time_ms: int, mono_ms: int) -> bool:
        """Whether the last question is so young."""
        return self._asked_ms is not None and mono_ms - self._asked_ms < time_ms

    def heard(self, payload: bytes) -> Certified | None:
        """The depot's answer to the question under way, if it is one and certifies."""
        try:
            answer = decode_certificate_response(payload)
        except Unreadable as error:
            self.in_vain(f"the depot's answer cannot be read ({error})")
            return None
        if not self._nonce or answer.nonce != self._nonce:
            return None
        self._nonce = ""
        if isinstance(answer, Refused):
            self.in_vain(f"the depot refuses: {readable(answer.reason)}")
            return None
        return answer

    def in_vain(self, words: str) -> None:
        """Says why nothing came of it, once until something does."""
        if words not in self._told:
            self._told.add(words)
            _log.warning("%s: %s; asking again every 10 minutes", self._about, words)

    def done(self, words: str) -> None:
        """Says what came of it."""
        self._told.clear()
        _log.info("%s: %s", self._about, words)
